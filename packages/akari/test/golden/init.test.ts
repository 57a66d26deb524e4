/** Initialisers and the first state of layers against PyTorch: exact values, bounds and moments. */

import * as nn from "@akari/nn";
import { type Shape, type Tensor, zeros } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { expectSame, values } from "./compare.ts";
import { cases, folder, type Json, Missing, type Recorded, reason } from "./golden.ts";
import { itRecorded } from "./it-recorded.ts";
import { layerOf } from "./layers.ts";

type Keywords = Readonly<Record<string, Json>>;

type Distribution =
  | { readonly kind: "uniform"; readonly bound: number }
  | { readonly kind: "normal"; readonly mean: number; readonly std: number }
  | { readonly kind: "constant"; readonly value: number };

interface InitCase {
  readonly id: string;
  readonly op: string;
  readonly size?: Shape;
  readonly args: Keywords;
  readonly outputs?: readonly Recorded[];
  readonly value?: number;
  readonly distribution?: Distribution | Readonly<Record<string, Distribution>>;
  readonly property?: string;
  readonly state_shapes?: Readonly<Record<string, Shape>>;
}

const { init } = nn;

/** Initialisers with their arguments; each returns the tensor it filled. */
const initialisers: Readonly<Record<string, (x: Tensor, args: Keywords) => Tensor>> = {
  zeros_: init.zeros_,
  ones_: init.ones_,
  eye_: init.eye_,
  constant_: (x, { val }) => init.constant_(x, val as number),
  dirac_: (x, { groups = 1 }) => init.dirac_(x, groups as number),
  kaiming_uniform_: (x, args) => init.kaimingUniform_(x, args as object),
  kaiming_normal_: (x, args) => init.kaimingNormal_(x, args as object),
  xavier_uniform_: (x, { gain = 1 }) => init.xavierUniform_(x, gain as number),
  xavier_normal_: (x, { gain = 1 }) => init.xavierNormal_(x, gain as number),
  orthogonal_: (x, { gain = 1 }) => init.orthogonal_(x, gain as number),
};

/** Draws enough numbers to tell the distribution by five standard errors. */
async function expectDistribution(draw: () => Tensor, want: Distribution): Promise<void> {
  const numbers: number[] = [];
  while (numbers.length < 20_000) numbers.push(...(await values(draw())));
  const count = numbers.length;
  if (want.kind === "constant") {
    expect(new Set(numbers)).toEqual(new Set([Math.fround(want.value)]));
    return;
  }
  const mean = numbers.reduce((a, b) => a + b, 0) / count;
  const variance = numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / count;
  const uniform = want.kind === "uniform";
  const std = uniform ? want.bound / Math.sqrt(3) : want.std;
  expect(Math.abs(mean - (uniform ? 0 : want.mean))).toBeLessThan((5 * std) / Math.sqrt(count));
  // The fourth moment is 9/5 σ⁴ for a uniform and 3 σ⁴ for a normal distribution.
  expect(Math.abs(variance - std ** 2)).toBeLessThan(5 * std ** 2 * Math.sqrt((uniform ? 0.8 : 2) / count));
  const largest = numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (uniform) {
    expect(largest).toBeLessThanOrEqual(Math.fround(want.bound));
    expect(largest).toBeGreaterThan(want.bound * 0.99);
  } else expect(largest).toBeGreaterThan(3 * want.std);
}

async function run(one: InitCase): Promise<void> {
  const name = one.op.slice("nn.init.".length);
  if (one.op === "nn.init.calculate_gain") {
    const { nonlinearity, param } = one.args as { nonlinearity: "linear"; param?: number };
    expect(param === undefined ? init.calculateGain(nonlinearity) : init.calculateGain(nonlinearity, param)).toBeCloseTo(
      one.value as number,
      14,
    );
    return;
  }
  if (one.size === undefined) return expectLayer(one);
  const initialiser = initialisers[name];
  if (initialiser === undefined) throw new Missing(one.op);
  const fill = () => initialiser(zeros(one.size as Shape), one.args);
  if (one.outputs !== undefined) await expectSame(name, fill(), one.outputs[0] as Recorded, {});
  else if (one.distribution !== undefined) await expectDistribution(fill, one.distribution as Distribution);
  else await expectOrthogonal(fill(), (one.args.gain ?? 1) as number);
}

async function expectLayer(one: InitCase): Promise<void> {
  const create = () => layerOf(one.op, one.args);
  const shapes = Object.fromEntries(Object.entries(create().stateDict()).map(([name, x]) => [name, [...x.shape]]));
  expect(shapes).toEqual(one.state_shapes);
  for (const [name, want] of Object.entries(one.distribution as Readonly<Record<string, Distribution>>)) {
    await expectDistribution(() => create().stateDict()[name] as Tensor, want);
  }
}

/** The shorter side's vectors have length `gain` and are at right angles. */
async function expectOrthogonal(x: Tensor, gain: number): Promise<void> {
  const [rows = 1, columns = 1] = x.shape;
  const gram = rows <= columns ? x.matmul(x.t()) : x.t().matmul(x);
  const size = Math.min(rows, columns);
  for (const [i, value] of (await values(gram)).entries()) expect(value).toBeCloseTo(i % (size + 1) === 0 ? gain ** 2 : 0, 5);
}

describe("initialisers", () => {
  if (folder === null) it.skip(reason, () => {});
  for (const one of cases<InitCase>("init")) {
    itRecorded(one.id, async () => {
      await run(one);
    });
  }
});
