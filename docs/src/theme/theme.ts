/**
 * The theme of the reference: TypeDoc's default theme with custom pages for packages, classes and functions, and a
 * custom layout.
 */

import {
  type Comment,
  type ContainerReflection,
  type DeclarationReflection,
  DefaultTheme,
  DefaultThemeRenderContext,
  JSX,
  type NavigationElement,
  type PageEvent,
  type Reflection,
  ReflectionKind,
  type Renderer,
} from "typedoc";
import { withoutPages } from "../docstring.ts";
import { classPage } from "./class-page.ts";
import { functionPage } from "./function-page.ts";
import { layout } from "./layout.ts";
import { fields, links } from "./members.ts";
import { modulePage } from "./module-page.ts";
import { fieldsOf, isOptions } from "./options.ts";
import type { Site } from "./site.ts";

const h = JSX.createElement;

/** Kinds whose page lists members. */
const withMembers = ReflectionKind.Class | ReflectionKind.Interface;

/** Returns the theme for a site. */
export function themeFor(site: Site): new (renderer: Renderer) => DefaultTheme {
  return class AkariTheme extends DefaultTheme {
    override getRenderContext(page: PageEvent<Reflection>): DefaultThemeRenderContext {
      const context = new DefaultThemeRenderContext(this.router, this, page, this.application.options);
      adapt(context, site);
      return context;
    }

    // The navigation is part of each page, so TypeDoc's is not needed.
    override buildNavigation(): NavigationElement[] {
      return [];
    }
  };
}

/** Replaces TypeDoc's pages by ours. */
function adapt(context: DefaultThemeRenderContext, site: Site): void {
  const { commentSummary, commentTags, markdown } = context;
  context.markdown = (text) => markdown(Array.isArray(text) ? site.autolink.linked(context.model, text) : text);
  context.commentSummary = (reflection) => {
    const summary = reflection.comment?.summary ?? [];
    if (!summary.some(({ text }) => text !== "")) return commentSummary(reflection);
    const parts = withoutPages(summary);
    return parts.length === 0 ? undefined : context.displayParts(parts);
  };
  context.commentTags = (reflection) => {
    if (reflection.comment !== undefined) joinThrows(reflection.comment);
    return commentTags(reflection);
  };
  context.defaultLayout = (template, page) => layout(context, site, template, page);
  context.reflectionTemplate = (page) => pageOf(context, site, page);
}

/** Joins several `@throws` tags under one heading. */
function joinThrows(comment: Comment): void {
  const [first, ...others] = comment.getTags("@throws");
  for (const { content } of others) first?.content.push({ kind: "text", text: "\n\n" }, ...content);
  for (const other of others) comment.blockTags.splice(comment.blockTags.indexOf(other), 1);
}

function pageOf(context: DefaultThemeRenderContext, site: Site, page: PageEvent<ContainerReflection>): JSX.Element {
  const { model } = page;
  if (!model.isDeclaration()) return h("p", null, h("a", { href: context.relativeURL("index.html") }, "Akari"));
  if (model.kindOf(ReflectionKind.SomeModule)) return modulePage(context, site, model);
  if (model.kindOf(withMembers)) return classPage(context, site, model);
  if (model.kindOf(ReflectionKind.Function)) return functionPage(context, site, model);
  const isAlias = model.kindOf(ReflectionKind.TypeAlias) && isOptions(model) && model.type?.type !== "reflection";
  return h(
    JSX.Fragment,
    null,
    context.memberDeclaration(model),
    isAlias ? fields(context, fieldsOf(model)) : null,
    users(context, site, model),
  );
}

/** Shows the functions and classes that use a type or a constant. */
function users(context: DefaultThemeRenderContext, site: Site, reflection: DeclarationReflection): JSX.Element | null {
  const list = site.relations.users(reflection);
  const other = links(context, site, reflection);
  if (list.length === 0 || list.length > 30) return other;
  return h(
    JSX.Fragment,
    null,
    other,
    h(
      "ul",
      { class: "ak-links" },
      h(
        "li",
        null,
        "Used by ",
        ...list.flatMap((each, i) => [
          i === 0 ? "" : ", ",
          h("a", { href: context.urlTo(each), class: "ak-link" }, each.name),
        ]),
      ),
    ),
  );
}
