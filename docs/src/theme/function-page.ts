/**
 * The page of a function: each form with its parameters, the fields of its options in place, and the links to the
 * method, the layer and PyTorch.
 */

import { type DeclarationReflection, type DefaultThemeRenderContext, JSX } from "typedoc";
import { pointwiseOperations } from "../convert/callable.ts";
import { links, signatureBody } from "./members.ts";
import { line } from "./signature.ts";
import type { Site } from "./site.ts";
import { nameLink } from "./summary.ts";

const h = JSX.createElement;

/** What a pointwise operation has besides its call. */
function pointwiseNote(context: DefaultThemeRenderContext, site: Site, { name }: DeclarationReflection): JSX.Element {
  const type = site.project.getChildByName(["@akari/tensor", "Pointwise"]);
  return h(
    "p",
    { class: "ak-note" },
    "One formula, and so one kernel: ",
    h("code", null, `${name}.inPlace(target, …)`),
    " stores the result in its first operand, and ",
    h("code", null, `${name}.formula`),
    " is the formula, to build larger ones from (",
    type?.isDeclaration() ? nameLink(context, type) : "Pointwise",
    ").",
  );
}

/** The page of a function. */
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
