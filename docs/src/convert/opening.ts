/**
 * A namespace is a file that is exported under a name: `export * as init from "./init.ts"`. What it is for says the
 * paragraph that the file opens with.
 */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Comment, type ProjectReflection, ReflectionKind } from "typedoc";

/** Gives namespaces without a docstring the opening paragraph of their file. */
export function describeNamespaces(project: ProjectReflection): void {
  for (const namespace of project.getReflectionsByKind(ReflectionKind.Namespace)) {
    const index = project.getSymbolIdFromReflection(namespace.parent ?? namespace)?.fileName;
    if (namespace.hasComment() || index === undefined) continue;
    const [, path] =
      new RegExp(`export \\* as ${namespace.name} from "(\\./[^"]+)"`).exec(readFileSync(index, "utf8")) ?? [];
    if (path === undefined) continue;
    const [, opening] = /^\/\*\*\n([\s\S]*?)\n \*\//.exec(readFileSync(join(dirname(index), path), "utf8")) ?? [];
    if (opening !== undefined)
      namespace.comment = new Comment([{ kind: "text", text: opening.replace(/^ \* ?/gm, "") }]);
  }
}
