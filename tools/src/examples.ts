/**
 * The examples in docstrings as programs: each `@example` of a source file becomes a module that imports the names it
 * uses. What an example takes for granted (`x`, `model`, an optimizer) comes from the table in `given.ts`. A comment
 * behind a statement that is a value is what the statement gives.
 */

import { globSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { given, givenIn } from "./given.ts";
import { type Manifest, root } from "./packages.ts";

/** An example, and where it stands. */
export interface Example {
  /** The path of the file, from `packages` on, with the line: `optim/src/sgd.ts:24`. */
  readonly place: string;
  readonly file: string;
  readonly code: string;
}

/** All examples in the docstrings of the packages. */
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

/** The source file of every import path of the packages. */
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

/** The identifiers in a piece of code, without those behind a dot, in strings or in comments. */
function identifiers(code: string): ReadonlySet<string> {
  const bare = code.replace(/\/\/.*$|\/\*[\s\S]*?\*\//gm, "").replace(/"[^"\n]*"/g, '""');
  return new Set([...bare.matchAll(/(?<![.\w$]|\?\.)[A-Za-z_]\w*(?!\w*:(?!:))/g)].map(([name]) => name));
}

/** The names that a piece of code declares at its top. */
function declared(code: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, list, one] of code.matchAll(/^(?:const|let|using) (?:[[{](.*?)[\]}] =|(\w+))/gm)) {
    for (const name of (list ?? one ?? "").replaceAll(/[[\]{}]/g, "").split(","))
      names.add(name.split(":").at(-1)?.trim() ?? "");
  }
  for (const [, name = ""] of code.matchAll(/^(?:class|function) (\w+)/gm)) names.add(name);
  return names;
}

/** `value; // [1, 2]` becomes a check that the value is `[1, 2]`; what is behind it and is no value stays a comment. */
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

/** What the modules of examples may import, by name: values first, where they come from. */
export interface Exported {
  /** The path to import a value or type from, or undefined if there is none of that name. */
  from(name: string, file: string): { readonly path: string; readonly isValue: boolean } | undefined;
}

/** The example as a module that lies in `folder`. */
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
