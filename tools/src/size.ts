/**
 * What an application downloads: each import bundled alone for the browser, minified and gzipped, beside its limit.
 * What is only loaded when it is needed, by an import within a function, is told apart. Exits with 1 if one is over.
 *
 * All of a package is what a program holds that uses every one of its exports. It imports them by their names, as
 * programs do, and so does not contain the names; they would be 8 KB of everything.
 */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { types } from "node:util";
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
  /** Packages that are there anyway, and not counted. */
  readonly without?: readonly string[];
}

/** A program as people write them: it uses every package that `akari` is made of, and little of each. */
const training = `import { Adam, DataLoader, MNIST, nn } from "akari";
const model = new nn.Sequential(new nn.Flatten(), new nn.Linear(784, 128), new nn.ReLU(), new nn.Linear(128, 10));
const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
for await (const [images, labels] of new DataLoader(await MNIST.load(), { batchSize: 64, shuffle: true })) {
  optimizer.zeroGrad();
  nn.functional.crossEntropy(model(images), labels).backward();
  optimizer.step();
}`;

const limits: readonly Limit[] = [
  {
    name: "@akari/tensor, one tensor on the CPU backend",
    code: 'import { tensor } from "@akari/tensor"; tensor([1]);',
    limit: 67.5,
    goal: 60,
  },
  {
    name: "@akari/tensor, all of it",
    code: usingAll("@akari/tensor", await import("@akari/tensor")),
    limit: 99,
    goal: 60,
  },
  { name: "akari: the training program of the README", code: training, limit: 85.5, goal: 80 },
  { name: "akari: everything", code: usingAll("akari", await import("akari")), limit: 151, goal: 120 },
  {
    name: "@akari/distributions, all of it, beside @akari/tensor",
    code: usingAll("@akari/distributions", await import("@akari/distributions")),
    limit: 22.5,
    goal: 20,
    without: ["@akari/tensor"],
  },
  {
    name: "@akari/fft, all of it, beside @akari/tensor",
    code: usingAll("@akari/fft", await import("@akari/fft")),
    limit: 6,
    goal: 5,
    without: ["@akari/tensor"],
  },
  {
    name: "@akari/linalg, all of it, beside @akari/tensor",
    code: usingAll("@akari/linalg", await import("@akari/linalg")),
    limit: 10.5,
    goal: 9.5,
    without: ["@akari/tensor"],
  },
  {
    name: "@akari/special, all of it, beside @akari/tensor",
    code: usingAll("@akari/special", await import("@akari/special")),
    limit: 8,
    goal: 8,
    without: ["@akari/tensor"],
  },
];

/** A program that uses every export of a package. Namespaces are left out: they hold the same once more. */
function usingAll(name: string, exports: object): string {
  const names = Object.entries(exports).flatMap(([key, value]) => (types.isModuleNamespaceObject(value) ? [] : [key]));
  const [imported, own] = [names.map((key, i) => `${key} as x${i}`), names.map((_, i) => `x${i}`)];
  return `import { ${imported.join()} } from "${name}"; globalThis.used = [${own.join()}];`;
}

const home = dirname(fileURLToPath(import.meta.url));

/** A part of a bundle: its code, where that comes from, and which parts it imports. */
interface Chunk {
  readonly fileName: string;
  readonly isEntry: boolean;
  readonly code: string;
  readonly imports: readonly string[];
  readonly modules: Readonly<Record<string, { readonly renderedLength: number }>>;
}

/** The chunks of a bundle. */
async function bundle(code: string, without: readonly string[] = []): Promise<readonly Chunk[]> {
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
      // Nothing of the entry is dropped, and as in an application its chunk may export more than that, for the chunks
      // that are loaded later. A strict one would become a list of names before chunks of its own.
      rollupOptions: { input: entry, preserveEntrySignatures: "allow-extension", external: [/^node:/, ...without] },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  return outputs.flatMap((one) =>
    "output" in one ? one.output.flatMap((chunk) => (chunk.type === "chunk" ? [chunk] : [])) : [],
  );
}

/** The chunks that are there from the start: the entry and whatever is imported from there on. */
function initial(chunks: readonly Chunk[]): ReadonlySet<Chunk> {
  const found = new Set(chunks.filter(({ isEntry }) => isEntry));
  for (const { imports } of found) for (const chunk of chunks) if (imports.includes(chunk.fileName)) found.add(chunk);
  return found;
}

const kilobytes = (chunks: readonly Chunk[], size: (text: string) => number): number =>
  chunks.reduce((sum, chunk) => sum + size(chunk.code), 0) / 1000;
const gzipped = (text: string): number => gzipSync(text, { level: 9 }).length;

for (const { name, code, limit, goal, without } of limits) {
  const chunks = await bundle(code, without);
  const first = initial(chunks);
  const later = chunks.filter((chunk) => !first.has(chunk));
  const weight = kilobytes([...first], gzipped);
  const over = weight > limit;
  const minified = kilobytes([...first], Buffer.byteLength).toFixed(1);
  const rest = later.length === 0 ? "" : `, ${kilobytes(later, gzipped).toFixed(1)} KB more when needed`;
  console.log(
    `${name}: ${weight.toFixed(1)} KB gzipped (${minified} KB minified${rest}), limit ${limit} KB, goal ${goal} KB${over ? ": TOO LARGE" : ""}`,
  );
  if (over) process.exitCode = 1;
  if (process.argv.includes("--modules")) {
    const modules = chunks
      .flatMap((chunk) => Object.entries(chunk.modules))
      .sort(([, a], [, b]) => b.renderedLength - a.renderedLength);
    for (const [id, { renderedLength }] of modules.slice(0, 40))
      console.log(`  ${(renderedLength / 1000).toFixed(1).padStart(6)}  ${id}`);
  }
}
