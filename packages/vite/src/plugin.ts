/** The plugin: which methods a program may call, and the tables without the others. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Tensor } from "@akari/tensor";
import type { Program } from "estree";
import { collectNames } from "./names.ts";
import { mayContainTables, withoutUncalled } from "./tables.ts";

/** Options of `akari`. */
export interface AkariOptions {
  /** Methods to keep although no module names them: those whose names the program computes. Default: none. */
  readonly keep?: readonly string[];
}

/** What the plugin reads of a module. Vite, Rollup and Rolldown give it. */
export interface BundledModule {
  /** The transformed code. Null if the module is not part of the bundle. */
  readonly code: string | null;
  /** The modules that it imports. */
  readonly importedIds: readonly string[];
  /** The modules that it imports on demand. */
  readonly dynamicallyImportedIds: readonly string[];
}

/** What the plugin uses of the bundler. */
export interface BuildContext {
  /** How the bundler runs. */
  readonly meta: { readonly watchMode: boolean };
  /** Waits until a module is transformed and its imports are resolved, and returns it. */
  load(options: { id: string; resolveDependencies: boolean }): Promise<BundledModule>;
  /** Finds the module that an import means. */
  resolve(id: string, importer?: string): Promise<{ readonly id: string; readonly external: unknown } | null>;
  /** Returns the syntax tree of a module, as ESTree defines it. */
  // biome-ignore lint/suspicious/noExplicitAny: the bundlers' own declarations of syntax trees differ
  parse(code: string): any;
}

/** A plugin of Vite, Rollup or Rolldown. */
export interface AkariPlugin {
  /** The plugin's name in messages of the bundler. */
  readonly name: string;
  /** For Vite: the plugin has no part in development. */
  readonly apply: "build";
  /** Called by the bundler before it reads modules. */
  readonly buildStart: (
    this: BuildContext,
    options: { readonly input?: string | readonly string[] | Readonly<Record<string, string>> },
  ) => void;
  /** Called by the bundler for each module, after the plugins that compile it to JavaScript. */
  readonly transform: {
    readonly order: "post";
    readonly handler: (this: BuildContext, code: string, id: string) => Promise<{ code: string; map: null } | null>;
  };
}

const packages = new Map<string, string>();

/** Returns the name of the package that a file belongs to, or an empty string. */
function packageOf(id: string): string {
  const folder = dirname(id);
  let name = packages.get(folder);
  if (name !== undefined) return name;
  const path = join(folder, "package.json");
  // Safe: a package.json is an object.
  const manifest = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as { name?: string }) : {};
  name = manifest.name ?? (folder === dirname(folder) ? "" : packageOf(folder));
  packages.set(folder, name);
  return name;
}

/** Whether a module is one of ours, which never choose a method by a string. */
const isOurs = (id: string): boolean => /^(@akari\/|akari$)/.test(packageOf(id));

/** For each method, the name that it is an alias of, or its own: aliases are the same functions. */
const ownNames: ReadonlyMap<string, string> = (() => {
  const first = new Map<unknown, string>();
  const methods = Object.entries(Object.getOwnPropertyDescriptors(Tensor.prototype));
  for (const [name, { value }] of methods) if (!first.has(value)) first.set(value, name);
  return new Map(methods.map(([name, { value }]) => [name, first.get(value) ?? name]));
})();

/** Returns the names that the modules reachable from `roots` may call as methods. */
async function namesIn(context: BuildContext, roots: readonly string[]): Promise<Set<string>> {
  const names = new Set<string>();
  const found = new Set(roots);
  for (const id of found) {
    // The functions in `@akari/tensor` call each other, and no methods.
    if (packageOf(id) === "@akari/tensor") continue;
    const { code, importedIds, dynamicallyImportedIds } = await context.load({ id, resolveDependencies: true });
    if (code !== null) collectNames(context.parse(code) as Program, names, !isOurs(id));
    for (const imported of [...importedIds, ...dynamicallyImportedIds]) {
      if (!found.has(imported) && !(await context.resolve(imported, id))?.external) found.add(imported);
    }
  }
  return names;
}

/**
 * Creates a plugin of Vite, Rollup or Rolldown that leaves methods of tensors out of a bundle that does not call them,
 * with the operations behind them. A bundler cannot do so alone, because it does not know which objects are tensors.
 *
 * A method stays if any module of the bundle accesses a property of its name, takes it out of an object, or contains its
 * name as a string. It acts on builds only, not in development and not when a build watches its files.
 *
 * @throws TypeError if `keep` contains a name that no method of tensors has.
 * @example
 * // vite.config.ts
 * import { akari } from "@akari/vite";
 * import { defineConfig } from "vite";
 *
 * export default defineConfig({ plugins: [akari()] });
 */
export function akari({ keep = [] }: AkariOptions = {}): AkariPlugin {
  const unknown = keep.find((name) => !ownNames.has(name));
  if (unknown !== undefined) throw new TypeError(`akari: keep contains ${unknown}, but tensors have no such method`);
  let roots: Promise<readonly string[]>;
  let called: Promise<ReadonlySet<string>> | null;
  return {
    name: "akari",
    apply: "build",
    buildStart({ input = [] }) {
      const inputs: readonly string[] = typeof input === "string" ? [input] : Object.values(input);
      roots = Promise.all(inputs.map(async (one) => (await this.resolve(one))?.id ?? one));
      called = null;
    },
    transform: {
      order: "post",
      async handler(code, id) {
        if (this.meta.watchMode || !mayContainTables.test(code) || packageOf(id) !== "@akari/tensor") return null;
        called ??= roots
          .then((ids) => namesIn(this, ids))
          .then((names) => new Set([...names, ...keep].flatMap((name) => [name, ownNames.get(name) ?? name])));
        return { code: withoutUncalled(code, this.parse(code) as Program, await called), map: null };
      },
    },
  };
}
