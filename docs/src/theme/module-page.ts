/**
 * The page of a package: its description, and its names by family, each with the first sentence of its docstring. Types
 * are listed with the function that uses them, or at the end of their family. The page of the umbrella is an index of
 * all packages, whose pages describe the names.
 */

import { type DeclarationReflection, type DefaultThemeRenderContext, JSX, ReflectionKind } from "typedoc";
import { anchorOf, declared, type Section } from "../families/families.ts";
import type { Site } from "./site.ts";
import { nameLink, row, sentence } from "./summary.ts";

const h = JSX.createElement;

/** Number of users up to which a type is listed with each of them. */
const few = 3;

/** Whether a name is a type only. */
export function isType(reflection: DeclarationReflection): boolean {
  return declared(reflection).kindOf(ReflectionKind.Interface | ReflectionKind.TypeAlias);
}

function sectionHead(context: DefaultThemeRenderContext, title: string): JSX.Element {
  const anchor = anchorOf(title);
  context.page.pageHeadings.push({ link: `#${anchor}`, text: title, level: 1 });
  return h("h2", { id: anchor, class: "tsd-anchor-link" }, h("a", { href: `#${anchor}`, class: "ak-anchor" }, title));
}

/** Shows the names of one family. */
function familyOf(context: DefaultThemeRenderContext, site: Site, { title, about, entries }: Section): JSX.Element {
  const values = entries.filter((entry) => !isType(entry));
  const types = entries.filter(isType);
  const beside = new Map<DeclarationReflection, DeclarationReflection[]>();
  const alone: DeclarationReflection[] = [];
  for (const type of types) {
    const users = site.relations.users(declared(type));
    const here = values.filter((value) => users.includes(declared(value)));
    if (here.length === 0 || here.length > few) alone.push(type);
    for (const value of here.length > few ? [] : here) beside.set(value, [...(beside.get(value) ?? []), type]);
  }
  return h(
    "section",
    { class: "ak-family" },
    title === "" ? null : sectionHead(context, title),
    about === undefined ? null : h(JSX.Raw, { html: context.markdown([{ kind: "text", text: about }]) }),
    values.length === 0
      ? null
      : h("dl", { class: "ak-table" }, ...values.map((value) => row(context, value, beside.get(value) ?? []))),
    alone.length === 0
      ? null
      : h(
          "details",
          { class: "ak-types", open: values.length === 0 },
          h("summary", null, values.length === 0 ? "Types" : `Related types (${alone.length})`),
          h("dl", { class: "ak-table" }, ...alone.map((type) => row(context, type, []))),
        ),
  );
}

/** Lists all names of a package by family, without descriptions. */
function namesOnly(context: DefaultThemeRenderContext, site: Site, module: DeclarationReflection): JSX.Element {
  const sections = site.families.sections(module);
  return h(
    "section",
    { class: "ak-family" },
    sectionHead(context, module.name),
    h("p", null, sentence(context, module), " ", h("a", { href: context.urlTo(module) }, "Package page")),
    h(
      "dl",
      { class: "ak-index" },
      ...sections.flatMap(({ title, entries }) => [
        h("dt", null, title === "" ? "" : h("a", { href: `${context.urlTo(module)}#${anchorOf(title)}` }, title)),
        h("dd", null, ...entries.filter((entry) => !isType(entry)).flatMap((entry) => [nameLink(context, entry), " "])),
      ]),
    ),
  );
}

/** Returns the page of a module or a namespace. */
export function modulePage(context: DefaultThemeRenderContext, site: Site, module: DeclarationReflection): JSX.Element {
  const isUmbrella = module.name === "akari" && module.kindOf(ReflectionKind.Module);
  const intro =
    module.readme === undefined || module.readme.length === 0
      ? h("div", { class: "tsd-comment tsd-typography" }, context.commentSummary(module), context.commentTags(module))
      : h("div", { class: "tsd-comment tsd-typography" }, h(JSX.Raw, { html: context.markdown(module.readme) }));
  const own = (module.children ?? []).filter((child) => !child.isReference());
  const sections = isUmbrella ? site.families.sorted(module, own) : site.families.sections(module);
  const titles = sections.filter(({ title }) => title !== "");
  const families = sections.map((section) => familyOf(context, site, section));
  const index = isUmbrella
    ? site.modules
        .filter(
          ({ name }) =>
            site.entryPoints.some((entry) => entry.name === name && entry.name === entry.packageName) &&
            name !== "akari" &&
            !/-/.test(name),
        )
        .map((each) => namesOnly(context, site, each))
    : [];
  return h(
    JSX.Fragment,
    null,
    intro,
    titles.length < 3
      ? null
      : h(
          "nav",
          { class: "ak-titles", "aria-label": "Families" },
          ...titles.map(({ title }) => h("a", { href: `#${anchorOf(title)}` }, title)),
        ),
    ...families,
    ...index,
  );
}
