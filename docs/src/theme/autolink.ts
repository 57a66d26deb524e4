/**
 * Links names in a text to their pages: code that is exactly the name of an export, and names of error classes. A
 * docstring can mention `softmax` in backticks instead of writing a link.
 */

import type { CommentDisplayPart, DeclarationReflection, ProjectReflection, Reflection } from "typedoc";
import { declared } from "../families/families.ts";

/** Exports that are never linked automatically, because in a text these words usually mean something else. */
const ordinary = new Set(
  "all any apply data dtypes floating functional get grad gradients init input io keep max mean min mode nn node optim row rules scalar seed set size t trace".split(
    " ",
  ),
);

/** Resolves names in a text. */
export class Autolink {
  readonly #exports = new Map<string, DeclarationReflection>();
  readonly #modules = new Map<Reflection, Map<string, DeclarationReflection>>();

  constructor(project: ProjectReflection) {
    for (const module of project.children ?? []) {
      const names = new Map((module.children ?? []).map((child) => [child.name, declared(child)]));
      this.#modules.set(module, names);
      for (const [name, target] of names) if (!this.#exports.has(name)) this.#exports.set(name, target);
    }
  }

  #find(page: Reflection, name: string): DeclarationReflection | undefined {
    for (let at: Reflection | undefined = page; at !== undefined; at = at.parent) {
      const target = this.#modules.get(at)?.get(name);
      if (target !== undefined) return target;
    }
    return this.#exports.get(name);
  }

  /** Returns the text with its names as links, except those that the page itself defines. */
  linked(page: Reflection, parts: readonly CommentDisplayPart[]): CommentDisplayPart[] {
    const local = localNames(page);
    const link = (text: string, name: string): CommentDisplayPart | null => {
      if (local.has(name) || ordinary.has(name)) return null;
      const target = this.#find(page, name);
      return target === undefined || target === page
        ? null
        : { kind: "inline-tag", tag: text === name ? "@link" : "@linkcode", text: name, target };
    };
    return parts.flatMap((part) => {
      if (part.kind === "code") {
        const [, name] = /^`([A-Za-z_]\w*)`$/.exec(part.text) ?? [];
        return [(name === undefined ? null : link(part.text, name)) ?? part];
      }
      if (part.kind !== "text") return [part];
      return part.text.split(/(?<![\w`])((?:[A-Z]\w*)?Error)(?!\w|`)/).flatMap((piece, i) => {
        if (i % 2 === 1) return [link(piece, piece) ?? { kind: "text", text: piece }];
        return piece === "" ? [] : [{ kind: "text", text: piece }];
      });
    });
  }
}

/** Returns the names that a page itself defines: its parameters and members. */
function localNames(page: Reflection): Set<string> {
  const names = new Set([page.name]);
  if (!page.isDeclaration()) return names;
  for (const owner of [page, ...(page.children ?? [])]) {
    if (page.children?.includes(owner)) names.add(owner.name);
    for (const signature of owner.signatures ?? []) for (const { name } of signature.parameters ?? []) names.add(name);
  }
  return names;
}
