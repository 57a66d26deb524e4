/**
 * The build of a published package, run in its folder: Vite merges the sources into one file per entry point, one per
 * part that is loaded on demand, and those shared between them. Loading each source as a file of its own takes several
 * times as long. Then `tsc` adds the declarations.
 */

import { readdirSync, readFileSync } from "node:fs";
import { basename, join, posix, resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

const read = (path: string): string => readFileSync(join("src", path), "utf8");

/** Returns the sources that an entry point exports as namespaces. Paths are relative to `src`. */
function namespacesOf(entry: string): readonly string[] {
  const found = read(entry).matchAll(/^export \* as \w+ from "(\..+)";$/gm);
  // Safe: the pattern has a group.
  return [...found].map(([, path]) => posix.join(posix.dirname(entry), path as string));
}

// Safe: each package of this repository maps its entry points to sources; knip loads this file in the root, without any.
const { exports = {} } = JSON.parse(readFileSync("package.json", "utf8")) as {
  exports?: Readonly<Record<string, string>>;
};
const entries = new Set(Object.values(exports).map((path) => posix.relative("src", path)));
for (const entry of entries) for (const path of namespacesOf(entry)) entries.add(path);

/**
 * Keeps namespaces in files of their own. In the file that exports it, a namespace would become an object, of which
 * bundlers can drop no member.
 */
const namespaces: Plugin = {
  name: "namespaces",
  enforce: "pre",
  resolveId(source, importer) {
    const entry = [...entries].find((path) => importer === resolve("src", path).replaceAll("\\", "/"));
    const path = entry && posix.join(posix.dirname(entry), source);
    return path && namespacesOf(entry).includes(path) ? { id: source.replace(/ts$/, "js"), external: true } : null;
  },
};

/**
 * Keeps two kinds of sources in files of their own: those that load others on demand, so that bundlers can drop both,
 * and those that export other packages as namespaces, which Parcel loses beside an `export *` of the same package.
 */
const apart: Plugin = {
  name: "apart",
  buildStart() {
    for (const path of readdirSync("src", { recursive: true, encoding: "utf8" })) {
      if (!path.endsWith(".ts") || !/[^.]\bimport\("\.|^export \* as \w+ from "[^.]/m.test(read(path))) continue;
      this.emitFile({ type: "chunk", id: resolve("src", path), name: basename(path, ".ts"), preserveSignature: false });
    }
  },
};

export default defineConfig({
  logLevel: "warn",
  publicDir: false,
  plugins: [namespaces, apart],
  build: {
    target: "es2024",
    minify: false,
    sourcemap: true,
    lib: {
      entry: Object.fromEntries([...entries].map((path) => [path.replace(/\.ts$/, ""), join("src", path)])),
      formats: ["es"],
    },
    rolldownOptions: {
      // Other packages and Node's modules.
      external: /^(?:node:|@?[a-z][\w-]*(?:\/|$))/,
      checks: { bundlerTimings: false },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "chunks/[name].js",
        // What parts loaded on demand share with all others. With more in this file, bundles of applications are split
        // at it, which compresses worse.
        codeSplitting: { groups: [{ name: "argument", test: /src[\\/](errors|argument)\.ts$/ }] },
        // The declarations contain the docstrings.
        comments: { jsdoc: false },
      },
    },
  },
});
