/**
 * The guides and the front page of the reference are programs: their `ts` blocks are type-checked, and the blocks of
 * each page run as one program. Each `console.log` must print what the comment after it says.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const home = fileURLToPath(new URL("..", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));
const docs = join(root, "docs");
const pages = [
  "index.md",
  ...readdirSync(join(docs, "guides")).flatMap((file) => (file.endsWith(".md") ? [join("guides", file)] : [])),
];
// Inside the package, so that the programs can import it by its name.
const folder = mkdtempSync(join(home, ".guides-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Joins the `ts` blocks of a page into one program. */
function programOf(page: string): string {
  const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block]) => block as string);
  return blocks.join("\n");
}

/** The lines that a program must print, from the comments after `console.log`. */
function promised(program: string): string[] {
  return [...program.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text as string);
}

/** Node's warnings about experimental features, and output of the GPU's loader if there is no driver. */
function isNoise(line: string): boolean {
  return /^\(node:|^\(Use `node|^error: XDG_RUNTIME_DIR|^Warning: (?:vk|Vulkan)|^ - While initializing|^ +at .*dawn/.test(
    line,
  );
}

const programs = pages.map((page) => {
  const name = basename(page, ".md");
  const program = programOf(readFileSync(join(docs, page), "utf8"));
  writeFileSync(join(folder, `${name}.ts`), program);
  return { name, program };
});

/**
 * Converts the expressions of the tables in "Coming from PyTorch" to a program, which checks that all of them exist and
 * accept these arguments.
 */
function phrases(): string {
  const table =
    readFileSync(join(docs, "guides/from-pytorch.md"), "utf8").split("## Common expressions")[1]?.split("\n## ")[0] ??
    "";
  const cells = [...table.matchAll(/^\| .* \| (.*) \|$/gm)].slice(2).map(([, cell = ""]) => cell);
  const statements = cells.flatMap((cell) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code.replace("…", "0")),
  );
  const complete = statements
    // Names of results, JavaScript words, errors and packages are not statements, and fields have no class here.
    .filter((code) => !/^\{|^var$|^func$|^\w+Error$|^this\.|^static |^@?akari\//.test(code))
    .map((code) =>
      code.startsWith("for")
        ? `${code} void [x, y];`
        : code.startsWith("class")
          ? `${code} { forward(v: Tensor) { return v; } length = 1; get() { return samples[0] as Sample; } *[Symbol.iterator]() { yield* samples; } }`
          : `{ ${code}; }`,
    );
  return `import { Adam, arange, assertClose, cat, Compose, compile, cpu, DataLoader, type Dataset, deepcopy, defaultGenerator, div, type FunctionContext, fromTypedArray, get, grad, inv, isTensor, jacobian, load, manualSeed, multinomial, nn, noGrad, optim, pow, requiresGrad, save, savedTensorsHooks, setGradEnabled, setPrintoptions, slogdet, type StateDict, stdMean, sub, tensor, TensorDataset, type Transform, variance, zeros, type Tensor } from "akari";
import { Binomial, Categorical, type Distribution, klDivergence, Normal, poisson, TanhTransform, TransformedDistribution } from "@akari/distributions";
import * as fft from "@akari/fft";
import { irfft, rfft } from "@akari/fft";
import * as linalg from "@akari/linalg";
import { svd } from "@akari/linalg";
import { besselJ0, gcd, histogram, ndtr, unravelIndex } from "@akari/special";
import { Adafactor } from "@akari/optim-adafactor";
import { Muon } from "@akari/optim-muon";
import { checkpoint, checkpointSequential } from "akari/checkpoint";
import * as func from "akari/func";
import { fuseConvBnEval } from "akari/fusion";
import { LazyLinear } from "akari/lazy";
import { type PackedSequence, packPaddedSequence } from "akari/rnn";
import { orthogonal, type Parametrization, registerParametrization, weightNorm } from "akari/parametrize";
import { globalUnstructured, L1Unstructured, l1Unstructured, remove } from "akari/prune";
import { StackDataset } from "akari/stack-dataset";
import { AveragedModel, getEmaAvgFn, SWALR, updateBn } from "akari/swa";
import { webgpu } from "@akari/tensor/webgpu";
declare const [x, y, mask, b, loss]: [Tensor, Tensor, Tensor, Tensor, Tensor];
declare const a: Tensor & Float32Array<ArrayBuffer>;
declare const model: nn.Sequential;
declare const layer: nn.Linear;
declare const layers: nn.ModuleList;
declare const parameter: nn.Parameter;
declare const hook: nn.ForwardHook;
declare const encoder: nn.TransformerEncoder;
declare const attention: nn.MultiheadAttention;
declare const [q, k, v, image]: [Tensor, Tensor, Tensor, Tensor];
declare const p: Tensor & Distribution;
declare const z: Tensor;
declare const [list, path, matrices]: [Tensor[], string, Tensor[]];
declare const [lstm, output, lengths, n, packed]: [nn.LSTM, Tensor, Tensor, number, PackedSequence];
declare const [loader, averaged]: [DataLoader<Tensor>, AveragedModel<nn.Sequential>];
type Sample = [Tensor, number];
declare const samples: Sample[];
declare const [images, captions]: [Dataset<Tensor>, string[]];
declare const symmetric: Parametrization;
declare const [conv, bn]: [nn.Conv2d, nn.BatchNorm2d];
declare const f: (samples: Sample[]) => Tensor;
declare const t: Transform;
declare const fn: (x: Tensor) => Tensor;
declare const [params, buffers]: Record<string, Tensor>[];
declare const models: nn.Sequential[];
declare const saved: { rng: Tensor & Uint8Array };
declare const [bag, offsets, w]: [nn.EmbeddingBag, Tensor, Tensor];
declare const Square: { apply(x: Tensor): Tensor };
declare const optimizer: Adam;
declare const context: FunctionContext;
declare const d: TensorDataset<[Tensor, Tensor]>;
const [shape, device] = [[1], cpu()];
${complete.join("\n")}
`;
}

/** Runs a program in a folder that is removed afterward, and returns the lines that it prints. */
function run(name: string): string[] {
  const child = spawnSync(process.execPath, [join(folder, `${name}.ts`)], { encoding: "utf8", cwd: folder });
  const complaints = child.stderr.split("\n").filter((line) => line.trim() !== "" && !isNoise(line));
  expect(complaints, name).toEqual([]);
  expect(child.status, name).toBe(0);
  return child.stdout.trimEnd().split("\n");
}

describe("guides", () => {
  it.each(programs)("$name", ({ name, program }) => {
    const lines = run(name);
    const expected = promised(program);
    expect(expected.length > 0 || name === "index").toBe(true);
    // A loop prints its line more than once.
    expect(lines.filter((line, i) => line !== lines[i - 1] || expected[i] === line)).toEqual(
      expected.length > 0 ? expected : [""],
    );
  });

  it("type-check", () => {
    const table = phrases();
    expect(table.split("\n").length).toBeGreaterThan(50);
    writeFileSync(join(folder, "phrases.ts"), table);
    // The code is complete, but need not satisfy rules for the package's own code.
    const compilerOptions = { noImplicitOverride: false, noUncheckedIndexedAccess: false };
    const config = { extends: "../../../tsconfig.test.json", compilerOptions, include: ["*.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const child = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", folder, "--pretty", "false"], {
      encoding: "utf8",
      cwd: folder,
    });
    expect(child.stdout).toBe("");
  });
});
