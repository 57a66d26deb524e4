/**
 * Members of classes and interfaces, and the text below a signature. A member is shown compactly: its signature, its
 * description, and those of its parameters that have a description.
 */

import {
  type DeclarationReflection,
  type DefaultThemeRenderContext,
  JSX,
  type ParameterReflection,
  ReflectionKind,
  type SignatureReflection,
} from "typedoc";
import { declared } from "../families/families.ts";
import type { Counterpart } from "../pytorch/counterparts.ts";
import { type Field, optionsIn } from "./options.ts";
import { line } from "./signature.ts";
import type { Site } from "./site.ts";
import { nameLink } from "./summary.ts";

const h = JSX.createElement;

/** Shows properties, such as those of options, each with its description. */
export function fields(context: DefaultThemeRenderContext, list: readonly Field[]): JSX.Element {
  return h(
    "dl",
    { class: "ak-fields" },
    ...list.map(({ declaration: field, optional }) =>
      h(
        "div",
        // Options are also described on the pages of functions; their anchors are on the page of the options type.
        { class: "ak-row", id: context.page.model === field.parent ? context.getAnchor(field) : undefined },
        h(
          "dt",
          null,
          ...(field.parent?.kindOf(ReflectionKind.Class) ? flags(field) : []),
          h("span", { class: "tsd-kind-property" }, field.name),
          h("span", { class: "tsd-signature-symbol" }, optional ? "?: " : ": "),
          field.signatures?.[0] === undefined
            ? context.type(field.type ?? field.getSignature?.type)
            : line(context, field.signatures[0], ""),
        ),
        h("dd", null, summaryOf(context, field), context.commentTags(field)),
      ),
    ),
  );
}

function summaryOf(context: DefaultThemeRenderContext, reflection: DeclarationReflection): JSX.Element | undefined {
  const own = reflection.getSignature ?? reflection.signatures?.[0];
  return context.commentSummary(reflection) ?? (own && context.commentSummary(own));
}

function parameterRow(
  context: DefaultThemeRenderContext,
  parameter: ParameterReflection,
  described: Set<DeclarationReflection> | null,
): JSX.Element | null {
  const options =
    described === null
      ? []
      : optionsIn(parameter.type).filter(({ target }) => target === null || !described.has(target));
  for (const { target } of options) if (target !== null) described?.add(target);
  if (!parameter.hasComment() && options.length === 0) return null;
  return h(
    "li",
    null,
    h("span", { class: "ak-parameter" }, parameter.name),
    " ",
    parameter.hasComment() ? context.commentSummary(parameter) : null,
    ...options.map(({ target, fields: list }) =>
      h(
        "div",
        { class: "ak-expanded" },
        target === null ? null : h("p", null, nameLink(context, target)),
        fields(context, list),
      ),
    ),
  );
}

/**
 * Shows the text below signatures that have the same docstring. Options are described where they first occur on the
 * page: `described` holds those already described, or is null if the page describes none.
 */
export function signatureBody(
  context: DefaultThemeRenderContext,
  signatures: readonly [SignatureReflection, ...SignatureReflection[]],
  described: Set<DeclarationReflection> | null,
): JSX.Element {
  const rows = new Map<string, JSX.Element>();
  for (const parameter of signatures.flatMap(({ parameters }) => parameters ?? [])) {
    const row = rows.has(parameter.name) ? null : parameterRow(context, parameter, described);
    if (row !== null) rows.set(parameter.name, row);
  }
  const [signature] = signatures;
  const returns = signature.comment?.getTag("@returns");
  return h(
    JSX.Fragment,
    null,
    context.commentSummary(signature),
    rows.size === 0 ? null : h("ul", { class: "ak-parameters" }, ...rows.values()),
    returns === undefined
      ? null
      : h(
          "div",
          { class: "tsd-comment tsd-typography" },
          h("h4", null, "Returns"),
          h(JSX.Raw, { html: context.markdown(returns.content) }),
        ),
    context.commentTags(signature),
  );
}

/** Shows overloads: those with the same docstring together, simple ones first, above the text. */
export function overloads(
  context: DefaultThemeRenderContext,
  signatures: readonly SignatureReflection[],
  described: Set<DeclarationReflection> | null,
  heading: (signature: SignatureReflection) => JSX.Element,
): JSX.Element[] {
  const groups = Map.groupBy(signatures, ({ comment }) => JSON.stringify([comment?.summary, comment?.blockTags]));
  const generics = ({ typeParameters = [] }: SignatureReflection): number => typeParameters.length;
  return [...groups.values()].flatMap((group) => {
    // Safe: groups are not empty.
    const sorted = group.toSorted((a, b) => generics(a) - generics(b)) as [SignatureReflection];
    return [...sorted.map(heading), h("div", { class: "ak-body" }, signatureBody(context, sorted, described))];
  });
}

function pytorchLink({ namespace, name, url }: Counterpart): JSX.Element {
  return h("a", { href: url, class: "external ak-pytorch", target: "_blank" }, `${namespace}.${name}`);
}

/** Shows the links of a name: PyTorch's documentation, and its other forms in Akari. */
export function links(
  context: DefaultThemeRenderContext,
  site: Site,
  reflection: DeclarationReflection,
): JSX.Element | null {
  const target = declared(reflection);
  const pytorch = site.counterparts.of(target).slice(0, 5);
  const related = site.relations.of(target);
  if (pytorch.length === 0 && related.length === 0) return null;
  return h(
    "ul",
    { class: "ak-links" },
    ...related.map((other) => h("li", null, kindOf(other), " ", nameLink(context, other, labelOf(other)))),
    pytorch.length === 0
      ? null
      : h("li", null, "PyTorch ", ...pytorch.flatMap((page, i) => [i === 0 ? "" : ", ", pytorchLink(page)])),
  );
}

function labelOf(reflection: DeclarationReflection): string {
  return reflection.parent?.name === "Tensor" ? `Tensor.${reflection.name}` : reflection.name;
}

function kindOf(reflection: DeclarationReflection): string {
  if (reflection.parent?.name === "Tensor") return "Method";
  return reflection.signatures !== undefined && reflection.children === undefined ? "Function" : "Layer";
}

function flags(reflection: DeclarationReflection): JSX.Element[] {
  const names = [
    reflection.flags.isStatic ? "static" : "",
    reflection.flags.isAbstract ? "abstract" : "",
    reflection.flags.isProtected ? "protected" : "",
    reflection.flags.isReadonly || (reflection.getSignature !== undefined && reflection.setSignature === undefined)
      ? "readonly"
      : "",
  ];
  return names.filter((name) => name !== "").map((name) => h("span", { class: "tsd-signature-keyword" }, `${name} `));
}

/** Shows a method with its overloads and their descriptions. */
export function member(
  context: DefaultThemeRenderContext,
  site: Site,
  reflection: DeclarationReflection,
  described: Set<DeclarationReflection> | null,
): JSX.Element {
  return h(
    "section",
    { class: "tsd-member ak-member", id: context.getAnchor(reflection) },
    ...overloads(context, reflection.signatures ?? [], described, (signature) =>
      h(
        "h3",
        { class: "tsd-signature" },
        ...flags(reflection),
        line(context, signature, `${signature.name}${reflection.flags.isOptional ? "?" : ""}`),
      ),
    ),
    links(context, site, reflection),
  );
}
