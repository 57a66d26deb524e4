/** The names that a program may call as methods. */

import type { MemberExpression, Node } from "estree";
import { walk } from "estree-walker";

/** Objects of JavaScript with methods that tensors have too. */
const platform = new Set(["Math", "Number", "Object", "Array", "Promise", "Reflect"]);

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

function addMember({ object, property, computed }: MemberExpression, names: Set<string>): void {
  if (property.type !== "Identifier" || computed) return;
  if (object.type !== "Identifier" || !platform.has(object.name)) names.add(property.name);
}

/** Adds the names of the methods that a module calls, as far as their names stand there. */
export function collectCalls(program: Node, { names }: Names): void {
  walk(program, {
    enter(node) {
      if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return;
      addMember(node.callee, names);
    },
  });
}

/**
 * Adds all names that a module may use for methods: those of properties that it accesses or takes out of objects, and
 * those from which it may choose one at run time, which are words of its strings and keys of its objects and classes.
 */
export function collectNames(program: Node, found: Names): void {
  const { names, strings } = found;
  const add = (text: string): void => {
    strings.add(text);
    collectWords(text, found);
  };
  walk(program, {
    enter(node) {
      if (node.type === "MemberExpression") addMember(node, names);
      else if (node.type === "Property" || node.type === "MethodDefinition" || node.type === "PropertyDefinition") {
        if (node.key.type === "Identifier") names.add(node.key.name);
      } else if (node.type === "Literal" && typeof node.value === "string") add(node.value);
      else if (node.type === "TemplateElement") add(node.value.cooked ?? node.value.raw);
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
