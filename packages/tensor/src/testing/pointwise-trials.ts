/** Random pointwise and foreach calls. */

import * as fc from "fast-check";
import { round } from "../backends/reference/primitives.ts";
import { type DType, isFloating } from "../dtype.ts";
import type { Expr } from "../expr/expr.ts";
import { nodesOf, program } from "../expr/program.ts";
import { type Accuracy, castRange, flushed, nodeRange } from "./formula-range.ts";
import { build, type Sketch, showFormula, sketches } from "./formulas.ts";
import { logical, type Operand, operand, type Recipe, recipe, reversed, shapes } from "./operand.ts";
import { point, type Range } from "./range.ts";
import type { Trial } from "./trial.ts";

/** The ranges of a formula's leaves. */
export interface LeafRanges {
  input(index: number): Range;
  row(index: number): Range;
}

/** Prepares formulas for evaluation over ranges. */
export function rangeEvaluator(
  roots: readonly Expr[],
  scalars: readonly number[],
  accuracy: Accuracy,
): (leaves: LeafRanges) => Range[] {
  const order = nodesOf(roots);
  return (leaves) => {
    const ranges = new Map<Expr, Range>();
    for (const e of order) {
      const args = e.args.map((arg) => ranges.get(arg) as Range);
      const range = leafRange(e, scalars, leaves) ?? nodeRange(e, args, accuracy);
      ranges.set(e, flushed(range, e.dtype, accuracy));
    }
    return roots.map((e) => ranges.get(e) as Range);
  };
}

function leafRange(e: Expr, scalars: readonly number[], leaves: LeafRanges): Range | null {
  switch (e.op) {
    case "input":
      return leaves.input(e.value);
    case "scalar": {
      const value = scalars[e.value] as number;
      return point(round(isFloating(e.dtype) ? value : Math.trunc(value), e.dtype));
    }
    case "constant":
      return point(e.value);
    case "row":
      return leaves.row(e.value);
    default:
      return null;
  }
}

/** The scalars passed to random calls. */
export const someScalars: readonly number[] = [3, 0.7];

interface Draw {
  readonly shape: readonly number[];
  readonly types: readonly DType[];
  readonly sketches: readonly Sketch[];
  readonly recipes: readonly Recipe[];
  /** For each input, the dimensions that it is read backward along, as bits. */
  readonly reverse: readonly number[];
  readonly store: readonly DType[];
  readonly inPlace: boolean;
}

function draws(dtypes: readonly DType[], most: number): fc.Arbitrary<Draw> {
  const type = fc.constantFrom(...dtypes);
  return fc.record({
    shape: shapes({ rank: 5, most }),
    types: fc.array(type, { minLength: 1, maxLength: 3 }),
    sketches: fc.array(sketches(3), { minLength: 1, maxLength: 3 }),
    recipes: fc.array(recipe(), { minLength: 6, maxLength: 6, size: "max" }),
    reverse: fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(31) }), {
      minLength: 3,
      maxLength: 3,
    }),
    store: fc.array(type, { minLength: 3, maxLength: 3, size: "max" }),
    inPlace: fc.boolean(),
  });
}

/** Generates random formulas over random views. Some write a result over the input that it was computed from. */
export function pointwiseTrials(dtypes: readonly DType[], accuracy: Accuracy, most = 300): fc.Arbitrary<Trial> {
  return draws(dtypes, most).map((draw) => pointwiseTrial(draw, dtypes, accuracy));
}

function pointwiseTrial(
  { shape, types, sketches, recipes, reverse, store, inPlace }: Draw,
  dtypes: readonly DType[],
  accuracy: Accuracy,
): Trial {
  const outputs = sketches.map((sketch) => build(sketch, types, someScalars.length, dtypes));
  const inputs = types.map((dtype, k) => {
    if (inPlace && k === 0) return operand(recipes[k] as Recipe, shape, dtype, "output");
    return reversed(operand(recipes[k] as Recipe, shape, dtype), reverse[k] as number);
  });
  const targets = outputs.map((e, k) =>
    operand(
      recipes[3 + k] as Recipe,
      shape,
      k === 1 || !dtypes.includes(e.dtype) ? (store[k] as DType) : e.dtype,
      "output",
    ),
  );
  const operands = inPlace ? [...inputs, ...targets.slice(1)] : [...inputs, ...targets];
  const written = outputs.map((_, k) => (inPlace ? (k === 0 ? 0 : inputs.length + k - 1) : inputs.length + k));
  const p = program(outputs);
  return {
    what: `pointwise [${outputs.map(showFormula).join("; ")}] with scalars ${someScalars.join(", ")}`,
    operands,
    outputs: written,
    call: (views) => ({
      kind: "pointwise",
      program: p,
      inputs: views.slice(0, inputs.length),
      scalars: someScalars,
      to: written.map((k) => views[k] as (typeof views)[number]),
    }),
    expected: () =>
      pointwiseRanges(
        outputs,
        inputs,
        written.map((k) => (operands[k] as Operand).dtype),
        someScalars,
        accuracy,
      ),
  };
}

/** Returns the ranges of a program's results, each converted to the dtype in which it is stored. */
function pointwiseRanges(
  outputs: readonly Expr[],
  inputs: readonly Operand[],
  store: readonly DType[],
  scalars: readonly number[],
  accuracy: Accuracy,
): Range[][] {
  const evaluate = rangeEvaluator(outputs, scalars, accuracy);
  const values = inputs.map((one) => logical(one));
  const results: Range[][] = outputs.map(() => []);
  const count = values[0]?.length ?? 0;
  for (let i = 0; i < count; i++) {
    const ranges = evaluate({ input: (k) => point(values[k]?.[i] as number), row: () => point(Number.NaN) });
    for (const [k, range] of ranges.entries())
      results[k]?.push(castRange(range, (outputs[k] as Expr).dtype, store[k] as DType));
  }
  return results;
}

/** Generates one random program over several tuples of views, each with its own shape. */
export function foreachTrials(dtypes: readonly DType[], accuracy: Accuracy): fc.Arbitrary<Trial> {
  return fc
    .tuple(draws(dtypes, 100), fc.array(shapes({ most: 100 }), { minLength: 1, maxLength: 4 }))
    .map(([draw, list]) => {
      const items = list.map((shape) => pointwiseTrial({ ...draw, shape }, dtypes, accuracy));
      const starts = items.map((_, i) => items.slice(0, i).reduce((sum, item) => sum + item.operands.length, 0));
      return {
        what: `foreach over ${items.length} lists of ${items[0]?.what}`,
        operands: items.flatMap((item) => item.operands),
        outputs: items.flatMap((item, i) => item.outputs.map((k) => (starts[i] as number) + k)),
        call: (views) => {
          const calls = items.map((item, i) =>
            item.call(views.slice(starts[i], (starts[i] as number) + item.operands.length)),
          );
          const each = calls.flatMap((call) => (call.kind === "pointwise" ? [call] : []));
          return { kind: "foreach", program: (each[0] as (typeof each)[number]).program, items: each };
        },
        expected: () => items.flatMap((item) => item.expected()),
      };
    });
}
