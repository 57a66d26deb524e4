/**
 * Table rows: the name with its parameters, the first sentence of its docstring, and the types that only it uses.
 */

import { type DeclarationReflection, type DefaultThemeRenderContext, JSX, ReflectionKind } from "typedoc";
import { commentOf, firstSentence } from "../docstring.ts";
import { declared } from "../families/families.ts";
import { fieldsOf, isOptions } from "./options.ts";
import { hint } from "./signature.ts";

const h = JSX.createElement;

/** Returns a docstring's first sentence as inline HTML. */
export function sentence(context: DefaultThemeRenderContext, reflection: DeclarationReflection): JSX.Element | null {
  const parts = firstSentence(commentOf(declared(reflection))?.summary ?? []);
  if (parts.length === 0) return null;
  // Joined into plain text, because sentences full of links make a table hard to read.
  const html = context.markdown([{ kind: "text", text: parts.map(({ text }) => text).join("") }]).trim();
  return h(JSX.Raw, { html: html.replace(/^<p>/, "").replace(/<\/p>$/, "") });
}

/** Returns the parameter lists of a name without types, one for each distinct overload. */
function hints(reflection: DeclarationReflection): string[] {
  const target = declared(reflection);
  const maker = target.children?.find(({ kind }) => kind === ReflectionKind.Constructor);
  if (target.kindOf(ReflectionKind.Class)) {
    const internal = maker?.signatures?.[0]?.comment?.summary[0]?.text.startsWith("Internal");
    return target.flags.isAbstract || internal ? [] : [...new Set(maker?.signatures?.map(hint))];
  }
  return [...new Set(target.signatures?.map(hint))];
}

/** Returns a link to a name, set as code. */
export function nameLink(
  context: DefaultThemeRenderContext,
  reflection: DeclarationReflection,
  text = reflection.name,
): JSX.Element {
  return h("a", { href: context.urlTo(declared(reflection)), class: "ak-link" }, text);
}

/** Returns the row of a name in its family's table, including the types listed with it. */
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
