/**
 * The page of a function: its overloads with their parameters, the properties of its options, and links to the method,
 * the layer and PyTorch.
 */

import { type DeclarationReflection, type DefaultThemeRenderContext, JSX } from "typedoc";
import { pointwiseOperations } from "../convert/callable.ts";
import { links, overloads } from "./members.ts";
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
  return h(
    JSX.Fragment,
    null,
    reflection.hasComment()
      ? h("section", { class: "tsd-panel tsd-comment" }, context.commentSummary(reflection))
      : null,
    links(context, site, reflection),
    ...overloads(context, reflection.signatures ?? [], new Set(), (signature) =>
      h("div", { class: "tsd-signature", id: context.getAnchor(signature) }, line(context, signature)),
    ),
    reflection.comment === undefined ? null : context.commentTags(reflection),
    pointwiseOperations.has(reflection) ? pointwiseNote(context, site, reflection) : null,
  );
}
