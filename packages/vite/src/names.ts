/** The names that a program may call as methods. */

import type { Node } from "estree";
import { walk } from "estree-walker";

/** Objects of JavaScript with methods that tensors have too. */
const platform = new Set(["Math", "Number", "Object", "Array", "Promise"]);

/** The names in a program. */
export interface Names {
  /** Names that stand in the program. */
  readonly names: Set<string>;
  /** Strings, of which names may be composed. */
  readonly strings: Set<string>;
}

/** Adds the words of a text, among which a program may choose a name: of a string, or of a file in another language. */
export function collectWords(text: string, { names }: Names): void {
  for (const [word] of text.matchAll(/\w+/g)) names.add(word);
}

/**
 * Adds the names of a module's member accesses and destructured properties and, with `choosing`, all from which it may
 * choose one at run time: words of its strings and keys of its objects and classes.
 */
export function collectNames(program: Node, found: Names, choosing: boolean): void {
  const { names, strings } = found;
  const add = (text: string): void => {
    strings.add(text);
    collectWords(text, found);
  };
  walk(program, {
    enter(node, parent) {
      if (node.type === "MemberExpression" && node.property.type === "Identifier" && !node.computed) {
        if (node.object.type !== "Identifier" || !platform.has(node.object.name)) names.add(node.property.name);
      } else if (node.type === "Property" || node.type === "MethodDefinition" || node.type === "PropertyDefinition") {
        if (node.key.type === "Identifier" && (choosing || parent?.type === "ObjectPattern")) names.add(node.key.name);
      } else if (choosing && node.type === "Literal" && typeof node.value === "string") add(node.value);
      else if (choosing && node.type === "TemplateElement") add(node.value.cooked ?? node.value.raw);
    },
  });
}

/** Whether a program may call a method: its name stands in the program, or a string before or after which one does. */
export function mayCall({ names, strings }: Names, method: string): boolean {
  if (names.has(method)) return true;
  return [...method].some((_, i) => {
    const [start, end] = [method.slice(0, i), method.slice(i)];
    return (strings.has(start) && names.has(end)) || (names.has(start) && strings.has(end));
  });
}
