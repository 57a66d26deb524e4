/** Random row programs: reductions of random formulas, and the programs that the library itself uses. */

import * as fc from "fast-check";
import { combine, identity } from "../backends/reference/combine.ts";
import { type DType, isFloating } from "../dtype.ts";
import { type Expr, input, row } from "../expr/expr.ts";
import { type Reduction, type RowProgram, rowProgram } from "../expr/program.ts";
import { sizeOf } from "../shape.ts";
import { type Accuracy, castRange } from "./formula-range.ts";
import { build, type Sketch, showFormula, sketches } from "./formulas.ts";
import { logical, type Operand, operand, type Recipe, recipe, shapes } from "./operand.ts";
import { rangeEvaluator, someScalars } from "./pointwise-trials.ts";
import { anything, isOrdinary, only, point, type Range } from "./range.ts";
import { roundoff } from "./sums.ts";
import type { Trial } from "./trial.ts";

const reductions: readonly Reduction[] = ["sum", "product", "max", "min"];

/** Programs over one input that softmax and normalization use. */
const known: Readonly<Record<string, (x: Expr, length: Expr) => RowProgram>> = {
  softmax: (x) => {
    const e = x.sub(row(0, x.dtype)).exp();
    return rowProgram({
      stages: [
        { reduce: "max", of: x },
        { reduce: "sum", of: e },
      ],
      elements: [e.div(row(1, x.dtype))],
    });
  },
  logSumExp: (x) => {
    const e = x.sub(row(0, x.dtype)).exp();
    return rowProgram({
      stages: [
        { reduce: "max", of: x },
        { reduce: "sum", of: e },
      ],
      rows: [row(1, x.dtype).log().add(row(0, x.dtype))],
    });
  },
  normalize: (x, length) => {
    const mean = row(0, x.dtype).div(length);
    const centered = x.sub(mean);
    const variance = row(1, x.dtype).div(length);
    return rowProgram({
      stages: [
        { reduce: "sum", of: x },
        { reduce: "sum", of: centered.square() },
      ],
      rows: [mean, variance],
      elements: [centered.mul(variance.add(1e-5).rsqrt())],
    });
  },
  norm: (x) => rowProgram({ stages: [{ reduce: "sum", of: x.square() }], rows: [row(0, x.dtype).sqrt()] }),
};

/** Generates reductions of random formulas, followed by stages that use their results. */
export function rowsTrials(dtypes: readonly DType[], accuracy: Accuracy, most = 300): fc.Arbitrary<Trial> {
  const type = fc.constantFrom(...dtypes);
  return fc
    .record({
      shape: shapes({ rank: 4, least: 1, most }),
      dims: fc.nat(3),
      types: fc.array(type, { minLength: 1, maxLength: 2 }),
      of: fc.array(sketches(2), { minLength: 1, maxLength: 2 }),
      reduce: fc.array(fc.constantFrom(...reductions), { minLength: 2, maxLength: 2, size: "max" }),
      recipes: fc.array(recipe(["tame", "tame", "tame", "special"]), { minLength: 6, maxLength: 6, size: "max" }),
      elements: fc.boolean(),
      plain: fc.boolean(),
      once: fc.boolean(),
    })
    .map((draw) => {
      const plain: Sketch = { op: "input", args: [], number: 0 };
      const formulas = draw.of.map((sketch) =>
        build(draw.plain ? plain : sketch, draw.types, someScalars.length, dtypes),
      );
      const first = row(0, (formulas[0] as Expr).dtype);
      const stages = formulas.map((of, k) => ({
        reduce: draw.reduce[k] as Reduction,
        of: k > 0 && isFloating(of.dtype) && isFloating(first.dtype) ? of.sub(first) : of,
      }));
      const results = stages.map((stage, k) => row(k, stage.of.dtype));
      const rows = results.map((result, k) => (k === 0 ? result : result.add(1)));
      if (draw.once && draw.types.length > 1) rows.push(input(1, draw.types[1] as DType).add(results[0] as Expr));
      const last = results[results.length - 1] as Expr;
      const elements = draw.elements ? [(formulas[0] as Expr).add(last)] : [];
      return rowsTrial(
        rowProgram({ stages, rows, elements }),
        { ...draw, onceOnly: draw.once ? 1 : -1 },
        dtypes,
        accuracy,
      );
    });
}

/** Generates calls of softmax, logSumExp, normalization and the norm, in floating point. */
export function knownRowsTrials(dtypes: readonly DType[], accuracy: Accuracy, most = 600): fc.Arbitrary<Trial> {
  return fc
    .record({
      name: fc.constantFrom(...Object.keys(known)),
      type: fc.constantFrom(...dtypes.filter(isFloating)),
      shape: shapes({ rank: 4, least: 1, most, empty: false }),
      dims: fc.nat(3),
      recipes: fc.array(recipe(["tame"]), { minLength: 6, maxLength: 6, size: "max" }),
    })
    .map((draw) => {
      const dims = dimsOf(draw.shape, draw.dims);
      const length = sizeOf(draw.shape.slice(draw.shape.length - dims));
      const x = input(0, draw.type);
      const one = x.sub(x).add(length); // the length as a formula of the input's type, exact for finite inputs
      const build = known[draw.name] as (x: Expr, length: Expr) => RowProgram;
      return rowsTrial(build(x, one), { ...draw, types: [draw.type], onceOnly: -1 }, dtypes, accuracy);
    });
}

function dimsOf(shape: readonly number[], drawn: number): number {
  return (drawn % shape.length) + 1;
}

interface Layout {
  readonly shape: readonly number[];
  readonly dims: number;
  readonly types: readonly DType[];
  readonly recipes: readonly Recipe[];
  /** The index of the input that must not vary within a row, or -1. */
  readonly onceOnly: number;
}

function rowsTrial(program: RowProgram, layout: Layout, dtypes: readonly DType[], accuracy: Accuracy): Trial {
  const { shape, types, recipes } = layout;
  const dims = dimsOf(shape, layout.dims);
  const outer = shape.length - dims;
  const inputs = types.map((dtype, k) => {
    if (k !== layout.onceOnly) return operand(recipes[k] as Recipe, shape, dtype);
    // One element is repeated over the whole row, even if the row is empty.
    const single = operand(
      recipes[k] as Recipe,
      shape.map((size, d) => (d < outer ? size : 1)),
      dtype,
    );
    return { ...single, shape, strides: single.strides.map((stride, d) => (d < outer ? stride : 0)) };
  });
  const stored = (e: Expr): DType => (dtypes.includes(e.dtype) ? e.dtype : (dtypes[0] as DType));
  const toRows = program.rows.map((e, k) =>
    operand(recipes[2 + (k % 3)] as Recipe, shape.slice(0, outer), stored(e), "output"),
  );
  const toElements = program.elements.map((e) => operand(recipes[5] as Recipe, shape, stored(e), "output"));
  const targets = [...toRows, ...toElements];
  const parts = program.stages.map((stage, k) => `row${k} = ${stage.reduce} ${showFormula(stage.of)}`);
  return {
    what: `rows of the last ${dims}: ${parts.join("; ")}; rows [${program.rows.map(showFormula).join("; ")}]; elements [${program.elements.map(showFormula).join("; ")}]`,
    operands: [...inputs, ...targets],
    outputs: targets.map((_, k) => inputs.length + k),
    call: (views) => ({
      kind: "rows",
      program,
      dims,
      inputs: views.slice(0, inputs.length),
      scalars: someScalars,
      toRows: views.slice(inputs.length, inputs.length + toRows.length),
      toElements: views.slice(inputs.length + toRows.length),
    }),
    expected: () => rowsRanges(program, shape, outer, inputs, targets, accuracy),
  };
}

function rowsRanges(
  program: RowProgram,
  shape: readonly number[],
  outer: number,
  inputs: readonly Operand[],
  targets: readonly Operand[],
  accuracy: Accuracy,
): Range[][] {
  const count = sizeOf(shape.slice(0, outer));
  const length = sizeOf(shape.slice(outer));
  const values = inputs.map((one) => logical(one));
  // An input that does not vary within a row has a value even if the row is empty.
  const heads = inputs.map((one) =>
    logical({ ...one, shape: shape.slice(0, outer), strides: one.strides.slice(0, outer) }),
  );
  const stages = program.stages.map((stage) => rangeEvaluator([stage.of], someScalars, accuracy));
  const forRow = rangeEvaluator(program.rows, someScalars, accuracy);
  const forElement = rangeEvaluator(program.elements, someScalars, accuracy);
  const results: Range[][] = targets.map(() => []);
  const put = (k: number, e: Expr, range: Range) =>
    results[k]?.push(castRange(range, e.dtype, (targets[k] as Operand).dtype));
  for (let r = 0; r < count; r++) {
    const found: Range[] = [];
    const at = (i: number) => ({
      input: (k: number) => point(values[k]?.[r * length + i] as number),
      row: (k: number) => found[k] as Range,
    });
    stages.forEach((evaluate, k) => {
      const { reduce, of } = program.stages[k] as RowProgram["stages"][number];
      found.push(
        reduceRanges(
          reduce,
          of.dtype,
          Array.from({ length }, (_, i) => evaluate(at(i))[0] as Range),
        ),
      );
    });
    const head = { input: (k: number) => point(heads[k]?.[r] as number), row: (k: number) => found[k] as Range };
    if (program.rows.length > 0) {
      for (const [k, range] of forRow(head).entries()) put(k, program.rows[k] as Expr, range);
    }
    if (program.elements.length === 0) continue;
    for (let i = 0; i < length; i++) {
      for (const [k, range] of forElement(at(i)).entries())
        put(program.rows.length + k, program.elements[k] as Expr, range);
    }
  }
  return results;
}

/** Returns the range of a reduction over ranges, for any order of evaluation. */
function reduceRanges(reduce: Reduction, dtype: DType, ranges: readonly Range[]): Range {
  const known = ranges.map(only);
  const f = combine(reduce, dtype);
  if (!isFloating(dtype)) {
    if (known.some((value) => value === null)) return dtype === "bool" ? { lo: 0, hi: 1, nan: false } : anything;
    return point((known as number[]).reduce(f, identity(reduce, dtype)));
  }
  if (reduce === "max" || reduce === "min") {
    if (known.some((value) => Number.isNaN(value))) return point(Number.NaN);
    const lo = ranges.map((r) => r.lo).reduce(f, identity(reduce, dtype));
    const hi = ranges.map((r) => r.hi).reduce(f, identity(reduce, dtype));
    return { lo, hi, nan: ranges.some((r) => r.nan) };
  }
  const most = dtype === "float64" ? 1e300 : 1e37;
  if (!ranges.every(isOrdinary)) {
    // An infinity or a NaN determines the sum in any order, unless another partial sum overflows.
    const sizes = known.map((value) => (value !== null && Number.isFinite(value) ? Math.abs(value) : 0));
    const certain =
      known.every((value) => value !== null) && reduce === "sum" && sizes.reduce((a, b) => a + b, 0) < most;
    return certain ? point((known as number[]).reduce(f, 0)) : anything;
  }
  return reduce === "sum" ? sumOf(ranges, dtype, most) : productOf(ranges, dtype, most);
}

function sumOf(ranges: readonly Range[], dtype: DType, most: number): Range {
  let lo = 0;
  let hi = 0;
  let size = 0;
  for (const r of ranges) {
    lo += r.lo;
    hi += r.hi;
    size += Math.max(Math.abs(r.lo), Math.abs(r.hi));
  }
  if (size > most) return anything;
  const slack = ranges.length < 2 ? 0 : (ranges.length + 1) * roundoff(dtype) * size;
  return { lo: lo - slack, hi: hi + slack, nan: false };
}

function productOf(ranges: readonly Range[], dtype: DType, most: number): Range {
  let lo = 1;
  let hi = 1;
  let large = 1;
  let small = 1;
  for (const r of ranges) {
    const corners = [lo * r.lo, lo * r.hi, hi * r.lo, hi * r.hi];
    lo = Math.min(...corners);
    hi = Math.max(...corners);
    const size = Math.max(Math.abs(r.lo), Math.abs(r.hi));
    large *= Math.max(size, 1);
    if (size > 0) small *= Math.min(size, 1);
  }
  // In some order of evaluation, a partial product could overflow or underflow.
  if (large > most || small < 1 / most) return anything;
  const slack = ranges.length < 2 ? 0 : (ranges.length + 1) * roundoff(dtype) * Math.max(Math.abs(lo), Math.abs(hi));
  return { lo: lo - slack, hi: hi + slack, nan: false };
}
