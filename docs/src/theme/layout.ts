/**
 * The layout around every page: the head, the toolbar with search and color scheme, the navigation, and the list of
 * the page's headings. Pages are readable without scripts and load nothing from other hosts.
 */

import {
  type DefaultThemeRenderContext,
  JSX,
  type PageEvent,
  type Reflection,
  ReflectionKind,
  type RenderTemplate,
} from "typedoc";
import { navigation, pageMenu } from "./navigation.ts";
import type { Site } from "./site.ts";

const h = JSX.createElement;

// Runs before the first paint, so that a page never flashes in the wrong colors.
const chooseTheme =
  'document.documentElement.dataset.theme=(()=>{try{return localStorage.getItem("tsd-theme")}catch{}})()||"os"';

// Scrolls a long navigation to the current page.
const showCurrent = 'document.querySelector(".ak-navigation .current")?.scrollIntoView({block:"nearest"})';

function titleOf(page: PageEvent<Reflection>): string {
  const { model } = page;
  if (model.isProject()) return "Akari: PyTorch's way of working, in TypeScript";
  const parent = model.parent?.isProject() === false ? ` · ${model.parent.name}` : "";
  return `${model.name}${parent} · Akari`;
}

function head(context: DefaultThemeRenderContext, page: PageEvent<Reflection>): JSX.Element {
  const style = (file: string): JSX.Element =>
    h("link", { rel: "stylesheet", href: context.relativeURL(`assets/${file}`, true) });
  const script = (file: string, props: object): JSX.Element =>
    h("script", { ...props, src: context.relativeURL(`assets/${file}`, true) });
  return h(
    "head",
    null,
    h("meta", { charset: "utf-8" }),
    h("title", null, titleOf(page)),
    h("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    h("meta", { name: "color-scheme", content: "light dark" }),
    h("link", { rel: "icon", href: context.relativeURL("assets/favicon.svg"), type: "image/svg+xml" }),
    h("script", null, h(JSX.Raw, { html: chooseTheme })),
    style("style.css"),
    style("highlight.css"),
    style("custom.css"),
    script("main.js", { defer: true }),
    script("icons.js", { async: true, id: "tsd-icons-script" }),
    script("search.js", { async: true, id: "tsd-search-script" }),
    context.hook("head.end", context),
  );
}

/** The logo next to the name. */
function lamp(): JSX.Element {
  const flame = "M16 3c2 4 6.5 7.5 6.5 13a6.5 6.5 0 0 1-13 0c0-2.5 1-4.5 2.5-6 0 2.5 1 3.5 2 3.5 2 0 0-6.5 2-10.5z";
  return h(
    "svg",
    { class: "ak-lamp", viewBox: "0 0 32 32", width: "22", height: "22", "aria-hidden": "true" },
    h("path", { d: flame, fill: "currentColor" }),
    h("path", { d: "M9 27h14", stroke: "currentColor", "stroke-width": "2.5", "stroke-linecap": "round" }),
  );
}

function searchDialog(): JSX.Element {
  return h(
    "dialog",
    { id: "tsd-search", "aria-label": "Search" },
    h("input", {
      role: "combobox",
      id: "tsd-search-input",
      "aria-controls": "tsd-search-results",
      "aria-autocomplete": "list",
      "aria-expanded": "true",
      spellcheck: false,
      autocapitalize: "off",
      autocomplete: "off",
      placeholder: "Akari or PyTorch name: clipGradNorm_, clip_grad_norm_",
      maxLength: 100,
    }),
    h("ul", { role: "listbox", id: "tsd-search-results" }),
    h(
      "div",
      { id: "tsd-search-status", "aria-live": "polite", "aria-atomic": "true" },
      h("div", null, "Loading the search index …"),
    ),
  );
}

function toolbar(context: DefaultThemeRenderContext, site: Site): JSX.Element {
  const guide = (name: string): JSX.Element[] =>
    site.guides
      .flatMap(({ guides }) => guides)
      .filter((each) => each.name === name)
      .map((each) => h("a", { href: context.urlTo(each) }, name));
  const umbrella = site.modules.find(({ name }) => name === "akari");
  return h(
    "header",
    { class: "tsd-page-toolbar" },
    h(
      "div",
      { class: "tsd-toolbar-contents container" },
      h("a", { href: context.relativeURL("index.html"), class: "title" }, lamp(), "Akari"),
      h(
        "div",
        { id: "tsd-toolbar-links" },
        ...guide("Getting started"),
        ...guide("Coming from PyTorch"),
        umbrella === undefined ? null : h("a", { href: context.urlTo(umbrella) }, "All names"),
      ),
      h(
        "button",
        { id: "tsd-search-trigger", class: "ak-search", "aria-label": "Search", type: "button" },
        context.icons.search(),
        h("span", null, "Search"),
        h("kbd", null, "/"),
      ),
      h(
        "select",
        { id: "tsd-theme", class: "ak-theme", "aria-label": "Color scheme" },
        h("option", { value: "os" }, "Auto"),
        h("option", { value: "light" }, "Light"),
        h("option", { value: "dark" }, "Dark"),
      ),
      searchDialog(),
      h(
        "a",
        {
          href: "#",
          class: "tsd-widget menu",
          id: "tsd-toolbar-menu-trigger",
          "data-toggle": "menu",
          "aria-label": "Menu",
        },
        context.icons.menu(),
      ),
    ),
  );
}

/** Names of kinds that differ from TypeDoc's. */
const kinds = new Map([
  [ReflectionKind.Module, "Package"],
  [ReflectionKind.TypeAlias, "Type"],
  [ReflectionKind.Variable, "Constant"],
]);

/** Shows the path to a page and its title. */
function pageTitle(context: DefaultThemeRenderContext, page: PageEvent<Reflection>): JSX.Element | null {
  const { model } = page;
  if (model.isProject() || model.isDocument()) return null;
  const path: Reflection[] = [];
  for (let each = model.parent; each !== undefined && !each.isProject(); each = each.parent) path.unshift(each);
  const kind = kinds.get(model.kind) ?? ReflectionKind.singularString(model.kind);
  const isAbstract = model.flags.isAbstract === true;
  return h(
    "div",
    { class: "tsd-page-title" },
    path.length === 0
      ? null
      : h(
          "p",
          { class: "ak-path" },
          ...path.flatMap((each, i) => [i === 0 ? "" : " / ", h("a", { href: context.urlTo(each) }, each.name)]),
        ),
    h("h1", null, model.name, h("span", { class: "ak-kind" }, isAbstract ? `Abstract ${kind.toLowerCase()}` : kind)),
  );
}

/** Returns a complete HTML page. */
export function layout(
  context: DefaultThemeRenderContext,
  site: Site,
  template: RenderTemplate<PageEvent<Reflection>>,
  page: PageEvent<Reflection>,
): JSX.Element {
  // Rendered first, because this collects the headings of the page.
  const content = template(page);
  return h(
    "html",
    { class: "default", lang: "en", "data-base": context.relativeURL("./") },
    head(context, page),
    h(
      "body",
      { class: page.pageKind === "index" ? "ak-front" : undefined },
      toolbar(context, site),
      h(
        "div",
        { class: "container container-main" },
        h("main", { class: "col-content" }, pageTitle(context, page), content),
        h(
          "div",
          { class: "col-sidebar" },
          h("div", { class: "page-menu" }, pageMenu(page)),
          h("div", { class: "site-menu" }, navigation(context, site)),
          h("script", null, h(JSX.Raw, { html: showCurrent })),
        ),
      ),
      h("div", { class: "overlay" }),
    ),
  );
}
