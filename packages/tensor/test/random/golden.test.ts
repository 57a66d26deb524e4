/** The draws that PyTorch made after `manual_seed`, against ours: bit for bit where the recording says so. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  drawBernoulli,
  drawBernoulliEach,
  drawIntegers,
  drawNormal,
  drawPermutation,
  drawUniform,
} from "../../src/random/distributions.ts";
import { Generator } from "../../src/random/generator.ts";

interface Recorded {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Arguments {
  readonly size?: readonly number[];
  readonly dtype?: string;
  readonly low?: number;
  readonly high?: number;
  readonly from?: number;
  readonly to?: number;
  readonly mean?: number;
  readonly std?: number;
  readonly p?: number;
  readonly n?: number;
  readonly input?: Recorded;
}

interface Case {
  readonly id: string;
  readonly seed: number;
  readonly program: readonly { readonly op: string; readonly args: Arguments }[];
  readonly outputs: readonly (readonly Recorded[])[];
  readonly outputs_scalar_kernels?: readonly (readonly Recorded[])[];
  readonly exact: boolean;
  readonly rtol?: number;
  readonly atol?: number;
}

type Draw = (generator: Generator, args: Arguments, count: number, dtype: "float32" | "float64") => ArrayLike<number>;

const draws: Readonly<Record<string, Draw>> = {
  rand: (g, _, count, dtype) => drawUniform(g, count, dtype),
  randn: (g, _, count, dtype) => drawNormal(g, count, dtype),
  normal: (g, { mean = 0, std = 1 }, count, dtype) => drawNormal(g, count, dtype, mean, std),
  "Tensor.normal_": (g, { mean = 0, std = 1 }, count, dtype) => drawNormal(g, count, dtype, mean, std),
  "Tensor.uniform_": (g, { from = 0, to = 1 }, count, dtype) => drawUniform(g, count, dtype, from, to),
  randint: (g, { low = 0, high = 0 }, count) => drawIntegers(g, count, low, high),
  "Tensor.random_": (g, { from = 0, to = 0 }, count) => drawIntegers(g, count, from, to),
  randperm: (g, { n = 0 }) => drawPermutation(g, n),
  bernoulli: (g, { input }) => drawBernoulliEach(g, input?.data ?? [], "float32"),
  "Tensor.bernoulli_": (g, { p = 0.5 }, count) => drawBernoulli(g, count, p),
};

const file = `${process.env.AKARI_GOLDEN ?? fileURLToPath(new URL("../../../../../shared/golden", import.meta.url))}/random.json`;
const found = existsSync(file);
if (!found) console.warn(`skipped: no recorded draws at ${file}; set AKARI_GOLDEN`);

describe.skipIf(!found)("recorded draws", () => {
  // Safe: the form of the file is written down beside it.
  const { cases } = found ? (JSON.parse(readFileSync(file, "utf8")) as { cases: readonly Case[] }) : { cases: [] };
  for (const recorded of cases.filter((c) => c.program.every(({ op }) => op in draws))) {
    it(recorded.id, () => {
      const generator = new Generator().manualSeed(recorded.seed);
      recorded.program.forEach(({ op, args }, k) => {
        const want = recorded.outputs[k]?.[0] as Recorded;
        const dtype = args.dtype === "float64" ? "float64" : "float32";
        const count = (args.size ?? []).reduce((a, b) => a * b, 1);
        const got = Array.from((draws[op] as Draw)(generator, args, count, dtype));
        const round = dtype === "float64" ? Number : Math.fround;
        if (recorded.exact) {
          expect(got).toEqual(want.data.map(round));
          return;
        }
        const other = recorded.outputs_scalar_kernels?.[k]?.[0] ?? want;
        const { rtol = 0, atol = 0 } = recorded;
        got.forEach((x, i) => {
          const near = [want, other].some((w) => Math.abs(x - (w.data[i] as number)) <= atol + rtol * Math.abs(w.data[i] as number));
          expect(near, `element ${i} of statement ${k}: got ${x}, recorded ${want.data[i]}`).toBe(true);
        });
      });
    });
  }
});
