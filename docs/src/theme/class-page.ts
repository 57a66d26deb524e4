/**
 * The page of a class or an interface: its description, constructors, members (those of `Tensor` by family), and
 * inherited members.
 */

import {
  type DeclarationReflection,
  type DefaultThemeRenderContext,
  JSX,
  type ReferenceType,
  ReflectionKind,
  type TypeParameterReflection,
} from "typedoc";
import { inheritedMembers } from "../convert/inherited.ts";
import { tensorSections } from "../families/tensor-members.ts";
import { fields, links, member, overloads, signatureBody } from "./members.ts";
import { fieldOf } from "./options.ts";
import { line, typeParameter } from "./signature.ts";
import type { Site } from "./site.ts";
import { nameLink } from "./summary.ts";

const h = JSX.createElement;

/** Number of members above which their names are listed at the top of the page. */
const many = 12;

/** A heading with members below it. */
interface MemberSection {
  readonly title: string;
  readonly slug: string;
  readonly members: readonly DeclarationReflection[];
  readonly closed: boolean;
}

/** The options already described on a page; null on a page that describes none. */
type Described = Set<DeclarationReflection> | null;

function sectionsOf(
  context: DefaultThemeRenderContext,
  site: Site,
  reflection: DeclarationReflection,
): readonly MemberSection[] {
  const titled = (title: string, members: readonly DeclarationReflection[], closed = false): MemberSection[] =>
    members.length === 0 ? [] : [{ title, slug: context.slugger.slug(title), members, closed }];
  if (reflection.getFullName() === "@akari/tensor.Tensor") {
    return tensorSections(site.families, reflection).flatMap(({ title, members }) => titled(title, members));
  }
  const forward = forwardOf(reflection);
  const children = (reflection.children ?? []).filter(
    (child) => !child.kindOf(ReflectionKind.Constructor) && child !== forward,
  );
  const isProtected = (child: DeclarationReflection): boolean => child.flags.isProtected === true;
  const isMethod = (child: DeclarationReflection): boolean => child.signatures !== undefined;
  return [
    ...titled(
      "Properties",
      children.filter((child) => !isMethod(child) && !isProtected(child)),
    ),
    ...titled(
      "Methods",
      children.filter((child) => isMethod(child) && !isProtected(child)),
    ),
    ...titled("For subclasses", children.filter(isProtected), !reflection.flags.isAbstract),
  ];
}

/** Splits members into runs of properties and runs of methods, keeping their order; each kind has its own layout. */
function inRuns(members: readonly DeclarationReflection[]): DeclarationReflection[][] {
  const runs: DeclarationReflection[][] = [];
  for (const member of members) {
    const last = runs.at(-1);
    if (last !== undefined && (last[0]?.signatures === undefined) === (member.signatures === undefined))
      last.push(member);
    else runs.push([member]);
  }
  return runs;
}

/**
 * Lists inherited members by the class that declares them. Those for subclasses are listed for an abstract class only,
 * which is there to be extended.
 */
function inherited(context: DefaultThemeRenderContext, reflection: DeclarationReflection): JSX.Element[] {
  const byOwner = new Map<DeclarationReflection, DeclarationReflection[]>();
  for (const each of inheritedMembers.get(reflection) ?? []) {
    // Safe: the parent of a member is a class or an interface.
    const owner = each.parent as DeclarationReflection;
    if (each.flags.isProtected !== true || reflection.flags.isAbstract)
      byOwner.set(owner, [...(byOwner.get(owner) ?? []), each]);
  }
  return [...byOwner].map(([owner, members]) =>
    h(
      "section",
      { class: "ak-inherited" },
      h("h2", null, "Inherited from ", nameLink(context, owner)),
      h(
        "p",
        null,
        ...members.flatMap((each) => [h("a", { href: context.urlTo(each), class: "ak-link" }, each.name), " "]),
      ),
    ),
  );
}

function known(types: readonly unknown[] | undefined): DeclarationReflection[] {
  // Safe: a type that a class extends or implements refers to a declaration, or has no `reflection`.
  return (types ?? [])
    .map((type) => (type as ReferenceType).reflection as DeclarationReflection | undefined)
    .filter((each) => each !== undefined);
}

function relatives(
  context: DefaultThemeRenderContext,
  site: Site,
  reflection: DeclarationReflection,
): JSX.Element | null {
  const row = (title: string, list: readonly DeclarationReflection[]): JSX.Element | null =>
    list.length === 0 || list.length > 30
      ? null
      : h("li", null, `${title} `, ...list.flatMap((each, i) => [i === 0 ? "" : ", ", nameLink(context, each)]));
  const isType = reflection.kindOf(ReflectionKind.Interface | ReflectionKind.TypeAlias);
  const rows = [
    row("Extends", known(reflection.extendedTypes)),
    row("Implements", known(reflection.implementedTypes)),
    row("Extended by", known(reflection.extendedBy)),
    row("Implemented by", known(reflection.implementedBy)),
    isType ? row("Used by", site.relations.users(reflection)) : null,
  ].filter((each) => each !== null);
  return rows.length === 0 ? null : h("ul", { class: "ak-links" }, ...rows);
}

/** Shows type parameters, on a single line if none of them has a description. */
function typeParameters(
  context: DefaultThemeRenderContext,
  list: readonly TypeParameterReflection[],
): JSX.Element | null {
  if (list.length === 0) return null;
  if (list.some((parameter) => parameter.hasComment())) return context.typeParameters([...list]);
  return h(
    "ul",
    { class: "ak-links" },
    h(
      "li",
      null,
      "For any ",
      ...list.flatMap((each, i) => [i === 0 ? "" : ", ", h("code", null, typeParameter(context, each))]),
    ),
  );
}

/**
 * Returns a variable name for an instance: `conv2d` for `Conv2d`, `lstm` for `LSTM`, `bceLoss` for `BCELoss`, `prelu`
 * for `PReLU`.
 */
function instanceName(name: string): string {
  return name.replace(/^(?:[A-Z]?(?:Re|Si)LU|[A-Z]+(?![a-z])|[A-Z])/, (capitals) => capitals.toLowerCase());
}

/** Returns the `forward` of a module, own or inherited. */
function forwardOf(reflection: DeclarationReflection): DeclarationReflection | undefined {
  if (reflection.signatures === undefined) return undefined;
  const members = [...(reflection.children ?? []), ...(inheritedMembers.get(reflection) ?? [])];
  return members.find(({ name, flags }) => name === "forward" && !flags.isAbstract);
}

/** Shows the constructors. */
function made(
  context: DefaultThemeRenderContext,
  reflection: DeclarationReflection,
  described: Described,
): JSX.Element[] {
  const maker = reflection.children?.find((child) => child.kindOf(ReflectionKind.Constructor));
  const isInternal = maker?.signatures?.[0]?.comment?.summary[0]?.text.startsWith("Internal") === true;
  if (reflection.flags.isAbstract || isInternal) return [];
  return overloads(context, maker?.signatures ?? [], described, (signature) =>
    h(
      "div",
      { class: "tsd-signature", id: context.getAnchor(signature.parent) },
      line(context, signature, reflection.name),
    ),
  );
}

/** Shows how a module is called, with the parameters and the result of its `forward`. */
function called(
  context: DefaultThemeRenderContext,
  reflection: DeclarationReflection,
  described: Described,
): JSX.Element[] {
  const forward = forwardOf(reflection);
  const signature = forward?.signatures?.[0] ?? reflection.signatures?.[0];
  if (signature === undefined) return [];
  const id = forward?.parent === reflection ? context.getAnchor(forward) : undefined;
  return [
    h("p", { class: "ak-note" }, "Call an instance like a function to run ", h("code", null, "forward"), ":"),
    h("div", { class: "tsd-signature", id }, line(context, signature, instanceName(reflection.name))),
    signatureBody(context, [signature], described),
  ];
}

/** Lists the names of all members by heading. */
function index(context: DefaultThemeRenderContext, sections: readonly MemberSection[]): JSX.Element | null {
  if (sections.reduce((sum, { members }) => sum + members.length, 0) <= many) return null;
  return h(
    "dl",
    { class: "ak-index" },
    ...sections.flatMap(({ title, slug, members }) => [
      h("dt", null, h("a", { href: `#${slug}` }, title)),
      h(
        "dd",
        null,
        ...members.flatMap((each) => [
          h("a", { href: `#${context.getAnchor(each)}`, class: "ak-link" }, each.name),
          " ",
        ]),
      ),
    ]),
  );
}

/** Shows a heading and its members. Members for subclasses are collapsed. */
function section(
  context: DefaultThemeRenderContext,
  site: Site,
  { title, slug, members, closed }: MemberSection,
  described: Described,
): JSX.Element {
  if (!closed) {
    context.page.startNewSection(title);
    context.page.pageHeadings.push(
      ...members.map((each) => ({
        link: `#${context.getAnchor(each)}`,
        text: each.name,
        kind: each.kind,
        classes: "",
      })),
    );
  }
  const heading = h(
    "h2",
    { id: slug, class: "tsd-anchor-link" },
    h("a", { href: `#${slug}`, class: "ak-anchor" }, title),
  );
  const body = inRuns(members).map((run) =>
    run[0]?.signatures === undefined
      ? fields(context, run.map(fieldOf))
      : h(JSX.Fragment, null, ...run.map((each) => member(context, site, each, described))),
  );
  return closed
    ? h("details", { class: "ak-members" }, h("summary", null, heading), ...body)
    : h("section", { class: "ak-members" }, heading, ...body);
}

/** Returns the page of a class or an interface. */
export function classPage(
  context: DefaultThemeRenderContext,
  site: Site,
  reflection: DeclarationReflection,
): JSX.Element {
  const isTensor = reflection.getFullName() === "@akari/tensor.Tensor";
  // The options of tensor methods are described on the pages of the functions.
  const described: Described = isTensor ? null : new Set();
  const sections = sectionsOf(context, site, reflection);
  return h(
    JSX.Fragment,
    null,
    reflection.hasComment()
      ? h("section", { class: "tsd-panel tsd-comment" }, context.commentSummary(reflection))
      : null,
    links(context, site, reflection),
    relatives(context, site, reflection),
    typeParameters(context, reflection.typeParameters ?? []),
    ...(isTensor ? [] : made(context, reflection, described)),
    ...called(context, reflection, described),
    context.commentTags(reflection),
    index(context, sections),
    ...sections.map((each) => section(context, site, each, described)),
    ...inherited(context, reflection),
  );
}
