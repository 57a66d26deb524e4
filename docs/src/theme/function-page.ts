/**
 * The page of a function: each overload with its parameters, the properties of its options, and links to the method,
 * the layer and PyTorch.
 */

import { type DeclarationReflection, type DefaultThemeRenderContext, JSX } from "typedoc";
import { pointwiseOperations } from "../convert/callable.ts";
import { links, signatureBody } from "./members.ts";
import { line } from "./signature.ts";
import type { Site } from "./site.ts";
import { nameLink } from "./summary.ts";

const h = JSX.createElement;

/** Describes what a pointwise operation offers in addition to its call. */
function pointwiseNote(context: DefaultThemeRenderContext, site: Site, { name }: DeclarationReflection): JSX.Element {
  const type = site.project.getChildByName(["@akari/tensor", "Pointwise"]);
  return h(
    "p",
    { class: "ak-note" },
    "This is a pointwise operation: ",
    h("code", null, `${name}.inPlace(target, …)`),
    " stores the result in its first operand, and ",
    h("code", null, `${name}.formula`),
    " can be used in other formulas (",
    type?.isDeclaration() ? nameLink(context, type) : "Pointwise",
    ").",
  );
}

/** Returns the page of a function. */
export function functionPage(
  context: DefaultThemeRenderContext,
  site: Site,
  reflection: DeclarationReflection,
): JSX.Element {
  const signatures = reflection.signatures ?? [];
  const described = new Set<DeclarationReflection>();
  return h(
    JSX.Fragment,
    null,
    reflection.hasComment()
      ? h("section", { class: "tsd-panel tsd-comment" }, context.commentSummary(reflection))
      : null,
    links(context, site, reflection),
    ...signatures.flatMap((signature) => [
      h("div", { class: "tsd-signature", id: context.getAnchor(signature) }, line(context, signature)),
      h("div", { class: "ak-body" }, signatureBody(context, signature, described)),
    ]),
    reflection.comment === undefined ? null : context.commentTags(reflection),
    pointwiseOperations.has(reflection) ? pointwiseNote(context, site, reflection) : null,
  );
}
