/**
 * What an application downloads: each import bundled alone for the browser, minified and gzipped, beside its limit. Exits with 1 if one is over.
 */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

/** An import, and how many kilobytes (1,000 bytes) it may weigh. */
interface Limit {
  readonly name: string;
  readonly code: string;
  /** More than this is an error: a little over what it weighs today, so that it does not grow unseen. */
  readonly limit: number;
  /** What it is to become. */
  readonly goal: number;
}

const limits: readonly Limit[] = [
  {
    name: "@akari/tensor, one tensor on the CPU backend",
    code: 'import { tensor } from "@akari/tensor"; tensor([1]);',
    limit: 80,
    goal: 60,
  },
  { name: "@akari/tensor, all of it", code: 'export * from "@akari/tensor";', limit: 98, goal: 60 },
  { name: "akari: everything", code: 'export * from "akari";', limit: 165, goal: 120 },
];

const home = dirname(fileURLToPath(import.meta.url));

/** The chunks of a bundle, each with its code and where the code comes from. */
async function bundle(code: string): Promise<{ code: string; modules: Readonly<Record<string, { readonly renderedLength: number }>> }[]> {
  const entry = join(home, "entry.ts");
  const result = await build({
    configFile: false,
    logLevel: "error",
    root: home,
    plugins: [
      {
        name: "entry",
        enforce: "pre",
        resolveId: (id) => (id === entry ? entry : null),
        load: (id) => (id === entry ? code : null),
      },
    ],
    build: {
      write: false,
      minify: true,
      modulePreload: false,
      rollupOptions: { input: entry, preserveEntrySignatures: "strict", external: [/^node:/] },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  return outputs.flatMap((one) => ("output" in one ? one.output.flatMap((chunk) => (chunk.type === "chunk" ? [chunk] : [])) : []));
}

for (const { name, code, limit, goal } of limits) {
  const chunks = await bundle(code);
  const [bytes, gzipped] = [(text: string) => Buffer.byteLength(text), (text: string) => gzipSync(text, { level: 9 }).length].map((size) =>
    chunks.reduce((sum, chunk) => sum + size(chunk.code), 0),
  ) as [number, number]; // safe: two in, two out
  const over = gzipped > limit * 1000;
  console.log(
    `${name}: ${(gzipped / 1000).toFixed(1)} KB gzipped (${(bytes / 1000).toFixed(1)} KB minified), limit ${limit} KB, goal ${goal} KB${over ? ": TOO LARGE" : ""}`,
  );
  if (over) process.exitCode = 1;
  if (process.argv.includes("--modules")) {
    const modules = chunks.flatMap((chunk) => Object.entries(chunk.modules)).sort(([, a], [, b]) => b.renderedLength - a.renderedLength);
    for (const [id, { renderedLength }] of modules.slice(0, 40)) console.log(`  ${(renderedLength / 1000).toFixed(1).padStart(6)}  ${id}`);
  }
}
