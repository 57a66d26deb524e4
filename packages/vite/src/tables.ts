/** The tables in `@akari/tensor` from which the methods of tensors are installed. */

import type { Node, ObjectExpression, Property } from "estree";
import { walk } from "estree-walker";

/** Matches the code of a module that contains tables. */
export const mayContainTables: RegExp = /\b(?:\w+Methods|otherNames)\s*=\s*\{/;

/** One entry of a table. */
interface Entry {
  /** The names of the methods that are installed from it. */
  readonly methods: readonly string[];
  /** The range of the code that contains it and the comma after it. */
  readonly start: number;
  readonly end: number;
}

/** Maps the name in an entry to the methods that are installed from it. */
type Methods = (name: string) => readonly string[];
const itself: Methods = (name) => [name];
const inPlace: Methods = (name) => [`${name}_`];
const both: Methods = (name) => [name, `${name}_`];

/** Returns the entries of an object, including those of the objects that its helpers receive. */
function entriesOf(code: string, object: ObjectExpression, methods: Methods): readonly Entry[] {
  return object.properties.flatMap((property): readonly Entry[] => {
    if (property.type === "SpreadElement") {
      const call = property.argument;
      if (call.type !== "CallExpression" || call.callee.type !== "Identifier") return [];
      const [given] = call.arguments;
      const installed = call.callee.name.startsWith("withInPlace") ? both : inPlace;
      return given?.type === "ObjectExpression" ? entriesOf(code, given, installed) : [];
    }
    // Safe: the parsers of all bundlers give places.
    const { key, start, end } = property as Property & { readonly start: number; readonly end: number };
    if (key.type !== "Identifier") return [];
    const comma = /^\s*,/.exec(code.slice(end));
    return [{ methods: methods(key.name), start, end: end + (comma?.[0].length ?? 0) }];
  });
}

/**
 * Returns the code of a module without the methods in its tables that are not called. Spaces take their place, so that
 * positions in the code stay the same.
 *
 * @param program the syntax tree of `code`.
 */
export function withoutUncalled(code: string, program: Node, called: ReadonlySet<string>): string {
  let shorter = code;
  walk(program, {
    enter(node) {
      if (node.type !== "VariableDeclarator" || node.id.type !== "Identifier") return;
      const { id, init } = node;
      if (!/^\w+Methods$|^otherNames$/.test(id.name) || init?.type !== "ObjectExpression") return;
      for (const { methods, start, end } of entriesOf(code, init, id.name === "otherNames" ? both : itself)) {
        if (methods.some((name) => called.has(name))) continue;
        shorter = shorter.slice(0, start) + shorter.slice(start, end).replace(/\S/g, " ") + shorter.slice(end);
      }
    },
  });
  return shorter;
}
