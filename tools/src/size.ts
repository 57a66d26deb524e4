/**
 * Measures what an application downloads: each import is bundled alone for the browser, minified and gzipped, and
 * compared with its limit. Code that is loaded on demand, by a dynamic import, is counted separately. Exits with 1 if a
 * bundle exceeds its limit. Bundles "with @akari/vite" are those of an application whose configuration contains our
 * plugin.
 *
 * "All of" a package is a program that uses each of its exports. It imports them by name, as programs do, so that the
 * names are not part of the bundle; they would add 8 KB to `akari`.
 */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { types } from "node:util";
import { gzipSync } from "node:zlib";
import { akari } from "@akari/vite";
import { build } from "vite";

/** An import and its limit in kilobytes (1,000 bytes). */
interface Limit {
  readonly name: string;
  readonly code: string;
  /** The largest size allowed, slightly above the current size, so that growth does not go unnoticed. */
  readonly limit: number;
  /** The size to aim for. */
  readonly goal: number;
  /** Packages that the application contains anyway, which are not counted. */
  readonly without?: readonly string[];
  /** Whether the plugin of `@akari/vite` leaves out methods that are not called. Default: false. */
  readonly plugin?: boolean;
}

/** A typical program, which uses a small part of every package in `akari`. */
const training = `import { Adam, DataLoader, MNIST, nn } from "akari";
const model = new nn.Sequential(new nn.Flatten(), new nn.Linear(784, 128), new nn.ReLU(), new nn.Linear(128, 10));
const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
for await (const [images, labels] of new DataLoader(await MNIST.load(), { batchSize: 64, shuffle: true })) {
  optimizer.zeroGrad();
  nn.functional.crossEntropy(model(images), labels).backward();
  optimizer.step();
}`;

const oneTensor = 'import { tensor } from "@akari/tensor"; tensor([1]);';

/** A program that uses every package for the browser. */
const study = `${training}
import { Normal } from "@akari/distributions";
import { fft } from "@akari/fft";
import { svd } from "@akari/linalg";
import { Adafactor } from "@akari/optim-adafactor";
import { Lion } from "@akari/optim-lion";
import { Muon } from "@akari/optim-muon";
import { gammainc } from "@akari/special";
import { compile, load, randn, save } from "akari";
const [, s] = svd(randn([4, 4]));
const optimizers = [new Adafactor([s]), new Lion([s]), new Muon([randn([2, 2])])];
console.log(gammainc(s, s), fft(s), new Normal(s, 1).sample(), await compile(model), optimizers);
console.log(await load(await save(model.stateDict())));`;

const limits: readonly Limit[] = [
  { name: "@akari/tensor, one tensor on the CPU backend", code: oneTensor, limit: 65.3, goal: 60 },
  { name: "@akari/tensor, one tensor, with @akari/vite", code: oneTensor, limit: 37.4, goal: 60, plugin: true },
  {
    name: "@akari/tensor, all of it",
    code: usingAll("@akari/tensor", await import("@akari/tensor")),
    limit: 97.1,
    goal: 60,
  },
  { name: "akari: the training program of the README", code: training, limit: 84.6, goal: 80 },
  { name: "akari: the training program, with @akari/vite", code: training, limit: 69.9, goal: 80, plugin: true },
  { name: "every package: a small program", code: study, limit: 99.4, goal: 120 },
  { name: "every package: a small program, with @akari/vite", code: study, limit: 89.8, goal: 120, plugin: true },
  { name: "akari: everything", code: usingAll("akari", await import("akari")), limit: 151.5, goal: 120 },
  {
    name: "@akari/distributions, all of it, beside @akari/tensor",
    code: usingAll("@akari/distributions", await import("@akari/distributions")),
    limit: 22.7,
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
    limit: 14.9,
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

/** Returns a program that uses every export of a package, except namespaces, which repeat other exports. */
function usingAll(name: string, exports: object): string {
  const names = Object.entries(exports).flatMap(([key, value]) => (types.isModuleNamespaceObject(value) ? [] : [key]));
  const [imported, own] = [names.map((key, i) => `${key} as x${i}`), names.map((_, i) => `x${i}`)];
  return `import { ${imported.join()} } from "${name}"; globalThis.used = [${own.join()}];`;
}

const home = dirname(fileURLToPath(import.meta.url));

/** A chunk of a bundle: its code, the modules in it, and the chunks that it imports. */
interface Chunk {
  readonly fileName: string;
  readonly isEntry: boolean;
  readonly code: string;
  readonly imports: readonly string[];
  readonly modules: Readonly<Record<string, { readonly renderedLength: number }>>;
}

/** Bundles a program and returns its chunks. */
async function bundle({ code, without = [], plugin = false }: Limit): Promise<readonly Chunk[]> {
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
      plugin && akari(),
    ],
    build: {
      write: false,
      minify: true,
      modulePreload: false,
      // Keeps the entry in one chunk, as in an application, which may export more for the chunks loaded on demand. With
      // strict signatures the entry would become a facade that re-exports from other chunks.
      rollupOptions: { input: entry, preserveEntrySignatures: "allow-extension", external: [/^node:/, ...without] },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  return outputs.flatMap((one) =>
    "output" in one ? one.output.flatMap((chunk) => (chunk.type === "chunk" ? [chunk] : [])) : [],
  );
}

/** Returns the chunks that are loaded at the start: the entry and its static imports. */
function initial(chunks: readonly Chunk[]): ReadonlySet<Chunk> {
  const found = new Set(chunks.filter(({ isEntry }) => isEntry));
  for (const { imports } of found) for (const chunk of chunks) if (imports.includes(chunk.fileName)) found.add(chunk);
  return found;
}

const kilobytes = (chunks: readonly Chunk[], size: (text: string) => number): number =>
  chunks.reduce((sum, chunk) => sum + size(chunk.code), 0) / 1000;
const gzipped = (text: string): number => gzipSync(text, { level: 9 }).length;

for (const measured of limits) {
  const { name, limit, goal } = measured;
  const chunks = await bundle(measured);
  const first = initial(chunks);
  const later = chunks.filter((chunk) => !first.has(chunk));
  const weight = kilobytes([...first], gzipped);
  const over = weight > limit;
  const minified = kilobytes([...first], Buffer.byteLength).toFixed(1);
  const rest = later.length === 0 ? "" : `, ${kilobytes(later, gzipped).toFixed(1)} KB more on demand`;
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
