/**
 * Runs `gradcheck` on every recorded case of a differentiable operation, and `gradgradcheck` on one case of each, in
 * float64. The recorded inputs are perturbed slightly to avoid kinks and ties.
 */

import { gradcheck, gradgradcheck, requiresGrad } from "@akari/autograd";
import { isFloating, type Tensor, tensor } from "@akari/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { Arguments } from "../src/arguments.ts";
import type { Call, OpCase } from "../src/op-case.ts";
import { dtypeOf, isRecorded, Missing, number, type Recorded } from "../src/recorded.ts";
import { table } from "../src/tables/index.ts";
import { cases, folder, reason } from "./recorded-folder.ts";

const families = [
  "pointwise",
  "activation",
  "reduction",
  "shape",
  "indexing",
  "matmul",
  "conv",
  "pool",
  "norm",
  "loss",
  "linalg_small",
] as const;

/** Cases with more elements are skipped, because they take long and prove nothing more. */
const mostElements = 40;

/**
 * Whether finite differences can judge a case. They cannot for infinite or huge values and for results in another
 * precision; cases with many elements would take too long.
 */
function suits(one: OpCase): boolean {
  const args = one.args ?? {};
  // The row of `padding_idx` gets no gradient although the result depends on it.
  if (one.grads === undefined || one.raises || "dtype" in args || "padding_idx" in args) return false;
  const leaves = Object.keys(one.grads).flatMap((name) => recordedIn(one.inputs?.[name]));
  const count = leaves.reduce((sum, x) => sum + x.data.length, 0);
  const everything = [...recordedIn(one.inputs), ...recordedIn(one.outputs), ...recordedIn(one.grads)];
  const ordinary = everything.every(
    (x) =>
      x.dtype !== "float16" && x.data.every((value) => Number.isFinite(number(value)) && Math.abs(number(value)) < 1e3),
  );
  return ordinary && count > 0 && count <= mostElements;
}

function recordedIn(value: unknown): Recorded[] {
  if (isRecorded(value)) return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(recordedIn) : [];
}

/** Operations on symmetric matrices, which read one triangle and distribute the gradient over both. */
const symmetric = new Set(["linalg.cholesky"]);

/** Returns a generator of numbers in [0, 1) that are the same in every run. */
function sequence(): () => number {
  let state = 0.5;
  return () => {
    state = (state + 0.618033988749895) % 1;
    return state;
  };
}

/** Converts a case to a function of its differentiable inputs, and returns it with those inputs in float64. */
function prepare(one: OpCase, call: Call): { fn: (...inputs: Tensor[]) => Tensor[]; inputs: Tensor[] } {
  const next = sequence();
  const fixed = new Map<string, Tensor | readonly Tensor[]>();
  const inputs: Tensor[] = [];
  const places: (readonly [string, number])[] = [];
  const make = (recorded: Recorded): Tensor => {
    const dtype = dtypeOf(recorded.dtype);
    if (dtype === null) throw new Missing(`dtype ${recorded.dtype}`);
    const floating = isFloating(dtype);
    const moved = recorded.data.map((value) =>
      floating ? number(value) * (1 - 1e-3 * next()) + (number(value) === 0 ? 1e-3 * next() : 0) : number(value),
    );
    return tensor(moved, { dtype: floating ? "float64" : dtype }).reshape(recorded.shape);
  };
  for (const [name, recorded] of Object.entries(one.inputs ?? {})) {
    const list = (Array.isArray(recorded) ? recorded : [recorded]) as readonly Recorded[];
    const tensors = list.map(make);
    tensors.forEach((x, i) => {
      if (!(name in (one.grads ?? {})) || !isFloating(x.dtype)) return;
      places.push([name, i]);
      inputs.push(requiresGrad(x));
    });
    fixed.set(name, Array.isArray(recorded) ? tensors : (tensors[0] as Tensor));
  }
  const fn = (...given: Tensor[]): Tensor[] => {
    const tensors = new Map(fixed);
    given.forEach((moved, k) => {
      const x = symmetric.has(one.op) ? moved.add(moved.t()).mul(0.5) : moved;
      const [name, i] = places[k] as readonly [string, number];
      const before = tensors.get(name);
      tensors.set(name, Array.isArray(before) ? before.map((old: Tensor, j) => (i === j ? x : old)) : x);
    });
    if (one.op.startsWith("Tensor.") && one.op.endsWith("_"))
      tensors.set("input", (tensors.get("input") as Tensor).clone());
    const result = call(new Arguments(tensors, one.args ?? {}));
    return ([result].flat() as (Tensor | null)[]).filter((x): x is Tensor => x !== null && isFloating(x.dtype));
  };
  return { fn, inputs };
}

/** Operations whose first and second derivatives were checked. */
const checked = [new Set<string>(), new Set<string>()] as const;

describe.skipIf(folder === null)(folder === null ? `derivatives (skipped: ${reason})` : "derivatives", () => {
  const twice = new Set<string>();
  for (const family of families) {
    describe(family, () => {
      for (const one of cases(family) as readonly OpCase[]) {
        const call = table[one.op];
        if (call === undefined || !suits(one)) continue;
        it(`gradcheck ${one.id}`, async () => {
          const { fn, inputs } = prepare(one, call);
          expect(await gradcheck(fn, inputs)).toBe(true);
          checked[0].add(one.op);
        });
        if (twice.has(one.op)) continue;
        twice.add(one.op);
        it(`gradgradcheck ${one.id}`, async () => {
          const { fn, inputs } = prepare(one, call);
          expect(await gradgradcheck(fn, inputs)).toBe(true);
          checked[1].add(one.op);
        });
      }
    });
  }

  afterAll(() => {
    process.stdout.write(`gradcheck passed for ${checked[0].size} operations, gradgradcheck for ${checked[1].size}\n`);
  });
});
