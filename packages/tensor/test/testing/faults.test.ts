/**
 * Tests of the suite for backends: it must find small faults that are added to the reference backend, and must accept
 * the reference backend without faults.
 */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Backend } from "../../src/backend.ts";
import { reference } from "../../src/backends/reference/index.ts";
import { dtypes } from "../../src/dtype.ts";
import { node } from "../../src/expr/expr.ts";
import { program, rowProgram } from "../../src/expr/program.ts";
import { substitute } from "../../src/expr/substitute.ts";
import type { KernelCall, View } from "../../src/kernel.ts";
import { defaultAccuracy, nodeRange } from "../../src/testing/formula-range.ts";
import {
  argreduceTrials,
  gatherTrials,
  scanTrials,
  scatterTrials,
  sortTrials,
} from "../../src/testing/index-trials.ts";
import { foreachTrials, pointwiseTrials } from "../../src/testing/pointwise-trials.ts";
import { poolTrials } from "../../src/testing/pool-trials.ts";
import { convTrials, matmulTrials } from "../../src/testing/product-trials.ts";
import { contains, point, spread } from "../../src/testing/range.ts";
import { rowsTrials } from "../../src/testing/rows-trials.ts";
import { sparseTrials } from "../../src/testing/sparse-trials.ts";
import { runTrial, type Trial } from "../../src/testing/trial.ts";

const all = {
  pointwise: pointwiseTrials(dtypes, defaultAccuracy, 60),
  foreach: foreachTrials(dtypes, defaultAccuracy),
  rows: rowsTrials(dtypes, defaultAccuracy, 60),
  argreduce: argreduceTrials(dtypes, 60),
  matmul: matmulTrials(dtypes),
  conv: convTrials(dtypes),
  pool: poolTrials(dtypes),
  gather: gatherTrials(dtypes),
  scatter: scatterTrials(dtypes),
  scan: scanTrials(dtypes),
  sort: sortTrials(dtypes, 60),
  sparse: sparseTrials(dtypes),
};

type Kind = keyof typeof all;

/** The reference backend with some calls changed before they run. */
function faulty(change: (call: KernelCall) => KernelCall): Backend {
  const device = reference();
  return { ...device, run: (call) => device.run(change(call)) };
}

/** Returns how many of some random trials fail on a device. */
async function failures(trials: fc.Arbitrary<Trial>, device: Backend, count = 150): Promise<number> {
  let failed = 0;
  for (const trial of fc.sample(trials, { numRuns: count, seed: 3 })) {
    await runTrial(device, trial).catch(() => {
      failed++;
    });
  }
  return failed;
}

const shifted = (view: View): View => ({ ...flat(view), offset: view.offset === 0 ? 0 : view.offset - 1 });
const rowMajor = (view: View): View => ({
  ...flat(view),
  strides: view.shape.map((_, d) => view.shape.slice(d + 1).reduce((a, b) => a * Math.max(b, 1), 1)),
});
const flat = ({ buffer, dtype, shape, strides, offset }: View): View => ({ buffer, dtype, shape, strides, offset });

/** Faults that a backend could have, by the kind of call. */
const faults: readonly (readonly [Kind, string, (call: never) => KernelCall])[] = [
  [
    "pointwise",
    "ignores offsets",
    (call: KernelCall & { kind: "pointwise" }) => ({ ...call, inputs: call.inputs.map(shifted) }),
  ],
  [
    "pointwise",
    "ignores scalars",
    (call: KernelCall & { kind: "pointwise" }) => ({ ...call, scalars: call.scalars.map(() => 1) }),
  ],
  [
    "pointwise",
    "rounds down instead of truncating",
    (call: KernelCall & { kind: "pointwise" }) => ({
      ...call,
      program: program(call.program.outputs.map((e) => substitute(e, swapped(e)))),
    }),
  ],
  [
    "foreach",
    "omits the last item",
    (call: KernelCall & { kind: "foreach" }) => ({ ...call, items: call.items.slice(0, -1) }),
  ],
  [
    "rows",
    "computes minima instead of maxima",
    (call: KernelCall & { kind: "rows" }) => {
      const stages = call.program.stages.map((stage) =>
        stage.reduce === "max" ? ({ ...stage, reduce: "min" } as const) : stage,
      );
      return { ...call, program: rowProgram({ ...call.program, stages }) };
    },
  ],
  [
    "argreduce",
    "exchanges largest and smallest",
    (call: KernelCall & { kind: "argreduce" }) => ({ ...call, op: "max" }),
  ],
  [
    "matmul",
    "overwrites instead of adding",
    (call: KernelCall & { kind: "matmul" }) => ({ ...call, accumulate: false }),
  ],
  [
    "matmul",
    "treats a transposed matrix as contiguous",
    (call: KernelCall & { kind: "matmul" }) => ({ ...call, a: rowMajorInside(call.a) }),
  ],
  ["conv", "forgets the bias", (call: KernelCall & { kind: "conv" }) => ({ ...call, bias: null })],
  [
    "pool",
    "ignores the dilation",
    (call: KernelCall & { kind: "pool" }) => ({ ...call, dilation: call.dilation.map(() => 1) }),
  ],
  [
    "gather",
    "ignores the index's offset",
    (call: KernelCall & { kind: "gather" }) => ({ ...call, index: shifted(call.index) }),
  ],
  [
    "scatter",
    "sets instead of adding",
    (call: KernelCall & { kind: "scatter" }) => ({ ...call, reduce: call.reduce === "add" ? "set" : call.reduce }),
  ],
  [
    "scan",
    "computes maxima instead of minima",
    (call: KernelCall & { kind: "scan" }) => ({ ...call, op: call.op === "min" ? "max" : call.op }),
  ],
  [
    "sparse",
    "ignores the weights' offset",
    (call: KernelCall & { kind: "sparse" }) => ({ ...call, weights: shifted(call.weights) }),
  ],
  ["sort", "always sorts upward", (call: KernelCall & { kind: "sort" }) => ({ ...call, descending: false })],
];

/** The nodes of a formula that truncate, each with a floor as its replacement. */
function swapped(root: Parameters<typeof substitute>[0]): Map<typeof root, typeof root> {
  const found = new Map<typeof root, typeof root>();
  const visit = (e: typeof root): void => {
    for (const arg of e.args) visit(arg);
    if (e.op === "trunc") found.set(e, node("floor", e.dtype, e.args));
  };
  visit(root);
  return found;
}

/** A view with row-major strides, if these stay within its buffer. */
function rowMajorInside(view: View): View {
  return view.strides.some((stride) => stride === 0) ? view : rowMajor(view);
}

describe("the suite for backends", () => {
  it.each(faults)("finds a %s call that %s", async (kind, _, change) => {
    // Safe: the change is applied to calls of this kind only.
    expect(await failures(all[kind], faulty(change as (call: KernelCall) => KernelCall))).toBeGreaterThan(0);
  });

  it.each(Object.keys(all) as Kind[])("accepts a correct %s", async (kind) => {
    expect(await failures(all[kind], reference(), 60)).toBe(0);
  });

  it("finds a write outside the result", async () => {
    const device = reference();
    const careless: Backend = {
      ...device,
      run(call) {
        device.run(call);
        if (call.kind !== "gather" || call.to.offset === 0) return;
        device.write(call.to.buffer, Uint8Array.of(171), 0);
      },
    };
    expect(await failures(all.gather, careless)).toBeGreaterThan(0);
  });
});

describe("ranges", () => {
  const x = node("input", "float32", [], 0);
  const y = node("input", "float32", [], 1);
  const range = (lo: number, hi: number) => ({ lo, hi, nan: false });

  it("contain the possible results of rounding, and no others", () => {
    const one = spread(point(1), 1, "float32");
    expect([1, 1 + 2 ** -23, 1 - 2 ** -23].every((value) => contains(one, value, "float32"))).toBe(true);
    expect(contains(one, 1 + 2 ** -22, "float32")).toBe(false);
    expect(contains(one, Number.NaN, "float32")).toBe(false);
    expect(contains(point(Number.NaN), Number.NaN, "float32")).toBe(true);
    expect(contains(point(-0), 0, "float32")).toBe(true);
  });
  it("are computed for operations", () => {
    expect(nodeRange(x.mul(y), [range(-1, 2), range(-3, 1)], {})).toMatchObject({ nan: false });
    const product = nodeRange(x.mul(y), [range(-1, 2), range(-3, 1)], {});
    expect(product.lo).toBeCloseTo(-6, 5);
    expect(product.hi).toBeCloseTo(3, 5);
    expect(nodeRange(x.abs(), [range(-2, 1)], {})).toEqual(range(0, 2));
    expect(nodeRange(x.lt(y), [range(0, 1), range(2, 3)], {})).toEqual(point(1));
    expect(nodeRange(x.lt(y), [range(0, 2), range(1, 3)], {})).toEqual(range(0, 1));
    expect(nodeRange(x.div(y), [range(1, 1.5), range(-1, 1)], {})).toMatchObject({ nan: true });
    expect(nodeRange(x.cast("int32"), [range(1.2, 1.7)], {})).toEqual(point(1));
  });
});
