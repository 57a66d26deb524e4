/** The names that a module may call as methods. */

import type { Node } from "estree";
import { walk } from "estree-walker";

/** Objects of JavaScript with methods that tensors have too. */
const platform = new Set(["Math", "Number", "Object", "Array"]);

/**
 * Adds the names of a module's member accesses and destructured properties to `names` and, with `strings`, also of its
 * strings, from which names may be chosen at run time.
 */
export function collectNames(program: Node, names: Set<string>, strings: boolean): void {
  walk(program, {
    enter(node) {
      if (node.type === "MemberExpression" && node.property.type === "Identifier" && !node.computed) {
        if (node.object.type !== "Identifier" || !platform.has(node.object.name)) names.add(node.property.name);
      } else if (node.type === "ObjectPattern") {
        for (const one of node.properties)
          if (one.type === "Property" && one.key.type === "Identifier") names.add(one.key.name);
      } else if (strings && node.type === "Literal" && typeof node.value === "string") names.add(node.value);
      else if (strings && node.type === "TemplateElement") names.add(node.value.raw);
    },
  });
}
