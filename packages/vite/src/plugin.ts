/** The plugin: which methods a program may call, and the tables without the others. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ArgumentError, refuse, settings, Tensor } from "@akari/tensor";
import type { Program } from "estree";
import { collectCalls, collectNames, collectWords, mayCall, type Names } from "./names.ts";
import { mayContainTables, withoutUncalled } from "./tables.ts";

/** Options of `akari`. */
export interface AkariOptions {
  /** Methods to keep although no module names them: those whose names the program computes. Default: none. */
  readonly keep?: readonly string[];
}

/** A module, as the bundler finds it. */
interface FoundModule {
  /** Its path, or the name that a plugin gave it. */
  readonly id: string;
  /** Whether it is not part of the bundle. */
  readonly external?: unknown;
}

/** What the plugin reads of a module. Vite, Rollup and Rolldown give it. */
interface BundledModule {
  /** The transformed code. Null if the module is not part of the bundle. */
  readonly code: string | null;
  /** The modules that it imports. */
  readonly importedIds: readonly string[];
  /** The modules that it imports on demand. */
  readonly dynamicallyImportedIds: readonly string[];
  /** For Rollup: the modules that it imports, with what Rollup has to know when it loads them. */
  readonly importedIdResolutions?: readonly FoundModule[];
  /** For Rollup: the same for those that it imports on demand. */
  readonly dynamicallyImportedIdResolutions?: readonly FoundModule[];
}

/** What the plugin uses of the bundler. */
interface BuildContext {
  /** How the bundler runs. */
  readonly meta: { readonly watchMode: boolean };
  /** Returns the modules that the bundler has found so far. */
  getModuleIds(): Iterable<string>;
  /** Returns what is known of a module so far. */
  getModuleInfo(id: string): { readonly isExternal?: boolean } | null;
  /** Waits until a module is transformed and its imports are resolved, and returns it. */
  load(options: { id: string; resolveDependencies: boolean }): Promise<BundledModule | null>;
  /** Finds the module that an import or an entry means. */
  resolve(id: string, importer?: string, options?: { isEntry: boolean }): Promise<FoundModule | null>;
  /** Returns the syntax tree of a module, as ESTree defines it. */
  // biome-ignore lint/suspicious/noExplicitAny: the bundlers' own declarations of syntax trees differ
  parse(code: string): any;
}

/** What the plugin reads of the bundler's options. */
interface BundleOptions {
  /** The bundle's entries. */
  readonly input?: string | readonly string[] | Readonly<Record<string, string>> | undefined;
  /** For Vite 8 and Rolldown: the code that replaces constants, which is not in the code of modules yet. */
  readonly transform?: { readonly define?: Readonly<Record<string, string>> | undefined } | undefined;
}

/** A plugin of Vite, Rollup or Rolldown. */
export interface AkariPlugin {
  /** The plugin's name in messages of the bundler. */
  readonly name: string;
  /** For Vite: the plugin has no part in development. */
  readonly apply: "build";
  /** Called by the bundler at the start of each build, after other plugins have set their options. */
  readonly options: {
    readonly order: "post";
    // biome-ignore lint/suspicious/noExplicitAny: the bundlers' own declarations of options differ
    readonly handler: (options: any) => any;
  };
}

/** The plugin that is added for one build. */
interface BuildPlugin {
  readonly name: string;
  buildStart(options: BundleOptions): void;
  readonly transform: {
    readonly order: "post";
    handler(this: BuildContext, code: string, id: string): Promise<{ code: string; map: null } | null>;
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

/** Whether a module is one of ours, whose methods of tensors all stand where they are called. */
const isOurs = (id: string): boolean => /^(@akari\/|akari$)/.test(packageOf(id));

/** Whether a module calls no methods: in `@akari/tensor` functions call each other, and Vite's own know no tensors. */
const callsNoMethods = (id: string): boolean => packageOf(id) === "@akari/tensor" || id.startsWith("\0vite/");

/** For each method, the name that it is an alias of, or its own: aliases are the same functions. */
const ownNames: ReadonlyMap<string, string> = (() => {
  const first = new Map<unknown, string>();
  const methods = Object.entries(Object.getOwnPropertyDescriptors(Tensor.prototype));
  for (const [name, { value }] of methods) if (!first.has(value)) first.set(value, name);
  return new Map(methods.map(([name, { value }]) => [name, first.get(value) ?? name]));
})();

/** Adds the names in a module. */
function collect(context: BuildContext, id: string, code: string, found: Names): void {
  let program: Program;
  try {
    program = context.parse(code) as Program;
  } catch {
    // A language that the bundler itself compiles, such as TypeScript in Rolldown.
    collectWords(code, found);
    return;
  }
  if (isOurs(id)) {
    collectCalls(program, found);
    return;
  }
  collectNames(program, found);
  // Of HTML, the code has the imports only, and of JSON nothing in Rolldown.
  if (/\.(?:html|json)$/.test(id) && existsSync(id)) collectWords(readFileSync(id, "utf8"), found);
}

/** Returns the names in all modules of a bundle, which are those reachable from its entries. */
async function namesIn(context: BuildContext, entries: readonly string[]): Promise<Names> {
  const found: Names = { names: new Set(), strings: new Set() };
  const modules = new Map<string, FoundModule>();
  const add = (more: readonly FoundModule[]): void => {
    for (const one of more) if (!one.external && !modules.has(one.id)) modules.set(one.id, one);
  };
  add(
    await Promise.all(entries.map(async (id) => (await context.resolve(id, undefined, { isEntry: true })) ?? { id })),
  );
  let visited = 0;
  for (const [id, module] of modules) {
    const loaded = callsNoMethods(id) ? null : await context.load({ ...module, resolveDependencies: true });
    if (loaded) {
      collect(context, id, loaded.code ?? "", found);
      const { importedIdResolutions: known, dynamicallyImportedIdResolutions: later = [] } = loaded;
      const ids = [...loaded.importedIds, ...loaded.dynamicallyImportedIds];
      add(known ? [...known, ...later] : await withExternal(context, ids, id));
    }
    // Plugins may have added entries.
    if (++visited === modules.size) add(await withExternal(context, [...context.getModuleIds()]));
  }
  return found;
}

/** Finds out which modules are external. */
function withExternal(context: BuildContext, ids: readonly string[], importer?: string): Promise<FoundModule[]> {
  const external = async (id: string): Promise<unknown> =>
    context.getModuleInfo(id)?.isExternal ?? (await context.resolve(id, importer))?.external;
  return Promise.all(ids.map(async (id) => ({ id, external: await external(id) })));
}

/** Creates the plugin for one build. */
function forOneBuild(keep: readonly string[], { transform: { define = {} } = {} }: BundleOptions): BuildPlugin {
  let entries: readonly string[] = [];
  let called: Promise<ReadonlySet<string>> | null = null;
  return {
    name: "akari:build",
    buildStart({ input = [] }) {
      entries = typeof input === "string" ? [input] : Object.values(input);
      called = null;
    },
    transform: {
      order: "post",
      async handler(code, id) {
        if (this.meta.watchMode || !mayContainTables.test(code) || packageOf(id) !== "@akari/tensor") return null;
        called ??= namesIn(this, entries).then((names) => {
          for (const text of Object.values(define)) collectWords(text, names);
          const methods = [...ownNames].filter(([name]) => keep.includes(name) || mayCall(names, name));
          return new Set([...names.names, ...methods.flat()]);
        });
        return { code: withoutUncalled(code, this.parse(code) as Program, await called), map: null };
      },
    },
  };
}

/**
 * Creates a plugin of Vite, Rollup or Rolldown that leaves methods of tensors out of a bundle that does not call them,
 * with the operations behind them. A bundler cannot do so alone, because it does not know which objects are tensors.
 *
 * A method stays if a module of the bundle accesses a property of its name or takes it out of an object, or if a program
 * or a package that it uses, other than Akari's, contains the name as a word of a string or as a key of an object, or two
 * strings that it consists of. It acts on builds only, not in development and not when a build watches its files.
 *
 * @throws ArgumentError for unknown options, and if `keep` contains a name that no method of tensors has.
 * @example
 * // vite.config.ts
 * import { akari } from "@akari/vite";
 * import { defineConfig } from "vite";
 *
 * export default defineConfig({ plugins: [akari()] });
 */
export function akari(options?: AkariOptions): AkariPlugin {
  const { keep } = settings("akari", options, { keep: [] });
  if (!Array.isArray(keep)) refuse("akari", "keep", keep, "be an array of names");
  const unknown = keep.find((name) => !ownNames.has(name));
  if (unknown !== undefined)
    throw new ArgumentError(`akari: keep contains ${String(unknown)}, but tensors have no such method`);
  return {
    name: "akari",
    apply: "build",
    options: {
      order: "post",
      // Builds that share the plugin, also those of workers, may run at once, and a failed one for a while beside the next.
      handler: (options) => ({ ...options, plugins: [options.plugins, forOneBuild(keep, options)] }),
    },
  };
}
