/**
 * One name in a table: how it is called, and its first sentence; below it the options that belong to it alone.
 */

import { type DeclarationReflection, type DefaultThemeRenderContext, JSX, ReflectionKind } from "typedoc";
import { commentOf, firstSentence } from "../docstring.ts";
import { declared } from "../families/families.ts";
import { fieldsOf, isOptions } from "./options.ts";
import { hint } from "./signature.ts";

const h = JSX.createElement;

/** A docstring's first sentence as a piece of a line. */
export function sentence(context: DefaultThemeRenderContext, reflection: DeclarationReflection): JSX.Element | null {
  const parts = firstSentence(commentOf(declared(reflection))?.summary ?? []);
  if (parts.length === 0) return null;
  // As one text: a table full of links inside of its sentences is hard to read.
  const html = context.markdown([{ kind: "text", text: parts.map(({ text }) => text).join("") }]).trim();
  return h(JSX.Raw, { html: html.replace(/^<p>/, "").replace(/<\/p>$/, "") });
}

/** How a name is called, without types: one form for each signature that differs. */
function hints(reflection: DeclarationReflection): string[] {
  const target = declared(reflection);
  const maker = target.children?.find(({ kind }) => kind === ReflectionKind.Constructor);
  if (target.kindOf(ReflectionKind.Class)) {
    const internal = maker?.signatures?.[0]?.comment?.summary[0]?.text.startsWith("Internal");
    return target.flags.isAbstract || internal ? [] : [...new Set(maker?.signatures?.map(hint))];
  }
  return [...new Set(target.signatures?.map(hint))];
}

/** A link to a name, in the type of code. */
export function nameLink(
  context: DefaultThemeRenderContext,
  reflection: DeclarationReflection,
  text = reflection.name,
): JSX.Element {
  return h("a", { href: context.urlTo(declared(reflection)), class: "ak-link" }, text);
}

/** The row of a name in a family's table, and the types listed with it. */
export function row(
  context: DefaultThemeRenderContext,
  reflection: DeclarationReflection,
  types: readonly DeclarationReflection[],
): JSX.Element {
  const forms = hints(reflection);
  const shownForms = forms.length === 0 ? [""] : forms.slice(0, 3);
  return h(
    "div",
    { class: "ak-row" },
    h(
      "dt",
      null,
      ...shownForms.map((form, i) =>
        h(
          "span",
          { class: "ak-form" },
          i === 0 ? nameLink(context, reflection) : h("span", { class: "ak-again" }, reflection.name),
          h("span", { class: "ak-hint" }, form),
        ),
      ),
    ),
    h(
      "dd",
      null,
      sentence(context, reflection),
      ...types.map((type) => {
        const fields = isOptions(type) ? fieldsOf(type) : [];
        const names = fields
          .slice(0, 8)
          .map(({ declaration }) => declaration.name)
          .join(", ");
        return h(
          "span",
          { class: "ak-type" },
          nameLink(context, type),
          names === "" ? "" : h("span", { class: "ak-hint" }, `: ${names}${fields.length > 8 ? ", …" : ""}`),
        );
      }),
    ),
  );
}
