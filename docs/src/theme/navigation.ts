/**
 * The navigation next to every page: the guides in reading order, then the packages. The current package shows its
 * families, and the current family its names. The navigation is part of the page, so it is visible immediately and
 * marks the current page.
 */

import {
  type DeclarationReflection,
  type DefaultThemeRenderContext,
  JSX,
  type PageEvent,
  type PageHeading,
  type Reflection,
  ReflectionKind,
} from "typedoc";
import { anchorOf, declared } from "../families/families.ts";
import { isType } from "./module-page.ts";
import type { Site } from "./site.ts";

const h = JSX.createElement;

/**
 * The position of the current page: its package, the namespace or package whose families are shown, and the name
 * itself.
 */
interface Here {
  readonly module: Reflection | null;
  readonly container: DeclarationReflection | null;
  readonly entry: DeclarationReflection | null;
}

function hereOf(model: Reflection): Here {
  let [entry, container]: (Reflection | undefined)[] = [model, model];
  while (container !== undefined && !container.kindOf(ReflectionKind.SomeModule))
    [entry, container] = [container, container.parent];
  if (!container?.isDeclaration()) return { module: null, container: null, entry: null };
  let module: Reflection = container;
  while (!module.kindOf(ReflectionKind.Module) && module.parent !== undefined) module = module.parent;
  return { module, container, entry: entry?.isDeclaration() && entry !== container ? entry : null };
}

function link(context: DefaultThemeRenderContext, target: Reflection, text: string): JSX.Element {
  const current = context.page.model === target && context.page.pageKind !== "index";
  return h(
    "a",
    {
      href: context.urlTo(target) || "#",
      class: current ? "current" : undefined,
      "aria-current": current ? "page" : undefined,
    },
    text,
  );
}

function families(context: DefaultThemeRenderContext, site: Site, here: Here): JSX.Element | null {
  const { container, entry } = here;
  if (container === null) return null;
  const sections = site.families.sections(container).filter(({ title }) => title !== "");
  return h(
    "ul",
    null,
    ...sections.map(({ title, entries }) => {
      const open = entry !== null && entries.includes(entry);
      const names = entries.filter((each) => !isType(each) || each === entry);
      return h(
        "li",
        { class: open ? "ak-open" : undefined },
        h("a", { href: `${context.urlTo(container)}#${anchorOf(title)}` }, title),
        open
          ? h(
              "ul",
              { class: "ak-names" },
              ...names.map((each) => h("li", null, link(context, declared(each), each.name))),
            )
          : null,
      );
    }),
  );
}

/**
 * Shows a package. Its subpaths are indented; the current one shows its families, or those of the current namespace.
 */
function packageItem(
  context: DefaultThemeRenderContext,
  site: Site,
  here: Here,
  module: DeclarationReflection,
): JSX.Element {
  const { container } = here;
  const open = here.module === module;
  const isBeside = site.entryPoints.some(({ name, packageName }) => name === module.name && name !== packageName);
  const namespace = open && container !== null && container !== module ? container : null;
  const nested =
    namespace === null
      ? families(context, site, here)
      : h(
          "ul",
          null,
          h("li", { class: "ak-open" }, link(context, namespace, namespace.name), families(context, site, here)),
        );
  return h(
    "li",
    { class: `${open ? "ak-open" : ""} ${isBeside ? "ak-beside" : ""}`.trim() || undefined },
    link(context, module, module.name),
    open ? nested : null,
  );
}

/** Returns the navigation of a page. */
export function navigation(context: DefaultThemeRenderContext, site: Site): JSX.Element {
  const here = hereOf(context.page.model);
  return h(
    "nav",
    { class: "tsd-navigation ak-navigation", "aria-label": "Reference" },
    ...site.guides.map(({ title, guides }) =>
      h(
        "details",
        { class: "ak-group", open: here.module === null },
        h("summary", null, title),
        h("ul", null, ...guides.map((guide) => h("li", null, link(context, guide, guide.name)))),
      ),
    ),
    h(
      "details",
      { class: "ak-group", open: true },
      h("summary", null, "Packages"),
      h("ul", null, ...site.modules.map((module) => packageItem(context, site, here, module))),
    ),
  );
}

/** Number of headings up to which all sections are open initially. */
const few = 24;

/** Returns the list of a page's headings. If there are many, the sections are collapsed. */
export function pageMenu(page: PageEvent<Reflection>): JSX.Element | null {
  const sections = page.pageSections.filter(({ title, headings }) => title !== "" || headings.length > 0);
  const count = sections.reduce((sum, { headings }) => sum + headings.length, 0);
  if (count < 2) return null;
  const list = (headings: readonly PageHeading[]): JSX.Element =>
    h(
      "ul",
      null,
      ...headings
        .filter(({ level = 2 }) => level > 1 || page.model.isDeclaration())
        .map((each) => h("li", { class: `ak-level-${each.level ?? 2}` }, h("a", { href: each.link }, each.text))),
    );
  return h(
    "nav",
    { class: "ak-page-menu", "aria-label": "On this page" },
    h("p", null, "On this page"),
    ...sections.map(({ title, headings }) =>
      title === "" ? list(headings) : h("details", { open: count <= few }, h("summary", null, title), list(headings)),
    ),
  );
}
