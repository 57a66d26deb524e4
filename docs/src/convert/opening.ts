/**
 * Documents namespaces. A namespace is a file exported under a name, `export * as init from "./init.ts"`, and the
 * opening paragraph of that file describes it.
 */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Comment, type ProjectReflection, ReflectionKind } from "typedoc";

/** Sets the docstring of each namespace without one to the opening paragraph of its file. */
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
