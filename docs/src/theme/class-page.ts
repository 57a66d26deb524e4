/**
 * The page of a class or an interface: what it is for, how it is made, its members (those of `Tensor` by family), and what it has from others.
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
import { fields, links, member, signatureBody } from "./members.ts";
import { fieldOf } from "./options.ts";
import { line, typeParameter } from "./signature.ts";
import type { Site } from "./site.ts";
import { nameLink } from "./summary.ts";

const h = JSX.createElement;

/** So many members there may be before their names are listed at the top of the page. */
const many = 12;

/** A heading with members below it. */
interface MemberSection {
  readonly title: string;
  readonly members: readonly DeclarationReflection[];
}

function sectionsOf(site: Site, reflection: DeclarationReflection): readonly MemberSection[] {
  if (reflection.getFullName() === "@akari/tensor.Tensor") return tensorSections(site.families, reflection);
  const children = reflection.children ?? [];
  const of = (title: string, keep: (child: DeclarationReflection) => boolean): MemberSection => ({ title, members: children.filter(keep) });
  const isProtected = (child: DeclarationReflection): boolean => child.flags.isProtected === true;
  const isMethod = (child: DeclarationReflection): boolean => child.signatures !== undefined;
  const isConstructor = (child: DeclarationReflection): boolean => child.kindOf(ReflectionKind.Constructor);
  return [
    of("Fields", (child) => !isMethod(child) && !isProtected(child)),
    of("Methods", (child) => isMethod(child) && !isConstructor(child) && !isProtected(child)),
    of("For subclasses", (child) => isProtected(child) && !isConstructor(child)),
  ].filter(({ members }) => members.length > 0);
}

/** Members in their order, fields and methods apart: fields need a line each, methods more. */
function inRuns(members: readonly DeclarationReflection[]): DeclarationReflection[][] {
  const runs: DeclarationReflection[][] = [];
  for (const member of members) {
    const last = runs.at(-1);
    if (last !== undefined && (last[0]?.signatures === undefined) === (member.signatures === undefined)) last.push(member);
    else runs.push([member]);
  }
  return runs;
}

/** What a class has from others, by name. */
function inherited(context: DefaultThemeRenderContext, reflection: DeclarationReflection): JSX.Element[] {
  const byOwner = new Map<DeclarationReflection, DeclarationReflection[]>();
  for (const each of inheritedMembers.get(reflection) ?? []) {
    // Safe: the parent of a member is a class or an interface.
    const owner = each.parent as DeclarationReflection;
    if (each.flags.isProtected !== true) byOwner.set(owner, [...(byOwner.get(owner) ?? []), each]);
  }
  return [...byOwner].map(([owner, members]) =>
    h(
      "section",
      { class: "ak-inherited" },
      h("h2", null, "From ", nameLink(context, owner)),
      h("p", null, ...members.flatMap((each) => [h("a", { href: context.urlTo(each), class: "ak-link" }, each.name), " "])),
    ),
  );
}

function known(types: readonly unknown[] | undefined): DeclarationReflection[] {
  // Safe: what a class extends or implements is a reference to a declaration, or else has no `reflection`.
  return (types ?? [])
    .map((type) => (type as ReferenceType).reflection as DeclarationReflection | undefined)
    .filter((each) => each !== undefined);
}

function relatives(context: DefaultThemeRenderContext, site: Site, reflection: DeclarationReflection): JSX.Element | null {
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

/** What a type leaves open: a line, unless there is something to say. */
function typeParameters(context: DefaultThemeRenderContext, list: readonly TypeParameterReflection[]): JSX.Element | null {
  if (list.length === 0) return null;
  if (list.some((parameter) => parameter.hasComment())) return context.typeParameters([...list]);
  return h(
    "ul",
    { class: "ak-links" },
    h("li", null, "For any ", ...list.flatMap((each, i) => [i === 0 ? "" : ", ", h("code", null, typeParameter(context, each))])),
  );
}

/** What an instance may be called: `conv2d` of `Conv2d`, `lstm` of `LSTM`, `bceLoss` of `BCELoss`, `prelu` of `PReLU`. */
function instanceName(name: string): string {
  return name.replace(/^(?:[A-Z]?(?:Re|Si)LU|[A-Z]+(?![a-z])|[A-Z])/, (capitals) => capitals.toLowerCase());
}

/** The page of a class, an interface, or a type that is an object. */
export function classPage(context: DefaultThemeRenderContext, site: Site, reflection: DeclarationReflection): JSX.Element {
  const sections = sectionsOf(site, reflection);
  const count = sections.reduce((sum, { members }) => sum + members.length, 0);
  const isTensor = reflection.getFullName() === "@akari/tensor.Tensor";
  const maker = isTensor ? undefined : reflection.children?.find((child) => child.kindOf(ReflectionKind.Constructor));
  // The methods of a tensor are functions, too, and described there.
  const described = isTensor ? null : new Set<DeclarationReflection>();
  const isInternal = maker?.signatures?.[0]?.comment?.summary[0]?.text.startsWith("Internal") === true;
  const made = (reflection.flags.isAbstract || isInternal ? [] : (maker?.signatures ?? [])).flatMap((signature) => [
    h("div", { class: "tsd-signature", id: context.getAnchor(signature.parent) }, line(context, signature, reflection.name)),
    signatureBody(context, signature, described),
  ]);
  // A module is called with what its `forward` takes; what may be left out is only known there.
  const own = reflection.children?.find((child) => child.name === "forward" && !child.flags.isAbstract)?.signatures?.[0];
  const built = sections.map(({ title, members }) => {
    const slug = context.slugger.slug(title);
    context.page.startNewSection(title);
    context.page.pageHeadings.push(
      ...members.map((each) => ({ link: `#${context.getAnchor(each)}`, text: each.name, kind: each.kind, classes: "" })),
    );
    return {
      title,
      slug,
      members,
      html: h(
        "section",
        { class: "ak-members" },
        h("h2", { id: slug, class: "tsd-anchor-link" }, h("a", { href: `#${slug}`, class: "ak-anchor" }, title)),
        ...inRuns(members).map((run) =>
          run[0]?.signatures === undefined
            ? fields(context, run.map(fieldOf))
            : h(JSX.Fragment, null, ...run.map((each) => member(context, site, each, described))),
        ),
      ),
    };
  });
  return h(
    JSX.Fragment,
    null,
    reflection.hasComment() ? h("section", { class: "tsd-panel tsd-comment" }, context.commentSummary(reflection)) : null,
    links(context, site, reflection),
    relatives(context, site, reflection),
    typeParameters(context, reflection.typeParameters ?? []),
    ...made,
    ...(reflection.signatures ?? []).flatMap((signature) => [
      h("p", { class: "ak-note" }, "It is called as a function:"),
      h("div", { class: "tsd-signature" }, line(context, own ?? signature, instanceName(reflection.name))),
    ]),
    context.commentTags(reflection),
    count <= many
      ? null
      : h(
          "dl",
          { class: "ak-index" },
          ...built.flatMap(({ title, slug, members }) => [
            h("dt", null, h("a", { href: `#${slug}` }, title)),
            h(
              "dd",
              null,
              ...members.flatMap((each) => [h("a", { href: `#${context.getAnchor(each)}`, class: "ak-link" }, each.name), " "]),
            ),
          ]),
        ),
    ...built.map(({ html }) => html),
    ...inherited(context, reflection),
  );
}
