/**
 * Converts the examples in docstrings to programs: each `@example` becomes a module that imports the names it uses.
 * Variables that an example uses without declaring them (`x`, `model`, `optimizer`) come from `given.ts`. A comment
 * after an expression statement is the expected value, if it is valid JSON.
 */

import { globSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { given, givenIn } from "./given.ts";
import { type Manifest, root } from "./packages.ts";

/** An example and its location. */
export interface Example {
  /** Path of the file relative to `packages`, with the line: `optim/src/sgd.ts:24`. */
  readonly place: string;
  readonly file: string;
  readonly code: string;
}

/** Returns all examples in the docstrings of the packages. */
export function findExamples(): readonly Example[] {
  const packages = join(root, "packages");
  return globSync("*/src/**/*.ts", { cwd: packages })
    .sort()
    .flatMap((file) => {
      const text = readFileSync(join(packages, file), "utf8");
      return [...text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*?@example[\s\S]*?)\*\//g)].flatMap(
        ({ 1: comment = "", index }) => {
          const line = text.slice(0, index).split("\n").length;
          const blocks = comment.replace(/^[ \t]*\* ?/gm, "").split(/^@/m);
          return blocks
            .filter((block) => block.startsWith("example"))
            .map((block, i) => ({
              place: `${file}:${line}${i === 0 ? "" : `+${i}`}`,
              file,
              code: block.slice("example".length).trim(),
            }));
        },
      );
    });
}

/** Returns the source file of every import path of the packages. */
export function sources(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const folder of readdirSync(join(root, "packages"))) {
    // Safe: a package.json of this repository.
    const { name, exports } = JSON.parse(
      readFileSync(join(root, "packages", folder, "package.json"), "utf8"),
    ) as Manifest;
    for (const [path, file] of Object.entries(exports))
      found.set(name + path.slice(1), join(root, "packages", folder, String(file)));
  }
  return found;
}

/** Returns the identifiers in a piece of code, except those after a dot, in strings or in comments. */
function identifiers(code: string): ReadonlySet<string> {
  const bare = code
    .replace(/\/\/.*$|\/\*[\s\S]*?\*\//gm, "")
    .replace(/"[^"\n]*"/g, '""')
    .replaceAll("...", "");
  return new Set([...bare.matchAll(/(?<![.\w$]|\?\.)[A-Za-z_]\w*(?!\w*:(?!:))/g)].map(([name]) => name));
}

/** Returns the names that a piece of code declares at its top level. */
function declared(code: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, list, one] of code.matchAll(/^(?:const|let|using) (?:[[{](.*?)[\]}] =|(\w+))/gm)) {
    for (const name of (list ?? one ?? "").replaceAll(/[[\]{}]/g, "").split(","))
      names.add(name.split(":").at(-1)?.trim() ?? "");
  }
  for (const [, name = ""] of code.matchAll(/^(?:class|function) (\w+)/gm)) names.add(name);
  return names;
}

/** Replaces `value; // [1, 2]` by a check that the value is `[1, 2]`. Comments that are not JSON are kept. */
function checked(code: string): string {
  return code.replace(
    /^(?!const |let |using |class |for |import |\s|})(.+); \/\/ (.+)$/gm,
    (line, expression: string, text: string) => {
      try {
        JSON.parse(text);
      } catch {
        return line;
      }
      return `await check(${expression}, ${text});`;
    },
  );
}

/** Resolves the names that examples import. Values take precedence over types. */
export interface Exported {
  /** Returns the path to import a value or type from, or undefined if there is none with that name. */
  from(name: string, file: string): { readonly path: string; readonly isValue: boolean } | undefined;
}

/** Returns the example as a module to be written to `folder`. */
export function moduleOf({ file, code }: Example, folder: string, exported: Exported): string {
  const own = givenIn[file] ?? {};
  const lines: string[] = [];
  const known = new Set<string>([
    ...declared(code),
    ...[...code.matchAll(/^import \{(.*)\}/gm)].flatMap(([, names = ""]) =>
      names.split(",").map((name) => name.trim()),
    ),
  ]);
  const imports: string[] = [];
  const supply = (text: string): void => {
    for (const name of identifiers(text)) {
      if (known.has(name)) continue;
      const statement = [own, given].find((table) => Object.hasOwn(table, name))?.[name];
      known.add(name);
      if (statement === undefined || !declared(statement).has(name)) {
        const source = exported.from(name, file);
        if (source)
          imports.push(`import { ${source.isValue ? "" : "type "}${name} } from "${relative(folder, source.path)}";`);
      }
      if (statement !== undefined) {
        supply(statement);
        lines.push(statement);
      }
    }
  };
  supply(code);
  const paths = sources();
  const body = checked(code).replace(/^(import .* from )"(.+)";$/gm, (line, head: string, path: string) => {
    const source = paths.get(path);
    return source ? `${head}"${relative(folder, source)}";` : line;
  });
  return [...imports, 'import { check } from "./check.ts";', ...lines, body, "export { check };", ""].join("\n");
}
