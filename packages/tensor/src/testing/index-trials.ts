/** Random calls that search or move elements: argreduce, gather, scatter, scan, sort. */

import * as fc from "fast-check";
import { computeType, type DType } from "../dtype.ts";
import type { View } from "../kernel.ts";
import { type Contents, type Operand, operand, type Recipe, recipe, shapes, withValues } from "./operand.ts";
import { arithmetic, recipes } from "./product-trials.ts";
import { point, type Range } from "./range.ts";
import { storedRoundoff, sumRanges } from "./sums.ts";
import { referenceResults, type Trial } from "./trial.ts";

type Partial = Pick<Trial, "operands" | "outputs" | "call">;

/** The expected ranges of calls whose results are elements and positions: exactly those of the reference. */
const exactly = (trial: Partial) => (): Range[][] => referenceResults(trial).map((values) => values.map(point));

const anyContents: readonly Contents[] = ["tame", "special", "wide"];

const three = fc.array(recipe(anyContents), { minLength: 3, maxLength: 3, size: "max" });

/** Generates random argreduce calls. Rows are never empty. */
export function argreduceTrials(dtypes: readonly DType[], most = 600): fc.Arbitrary<Trial> {
  return fc
    .record({
      op: fc.constantFrom("max", "min"),
      dtype: fc.constantFrom(...dtypes),
      shape: shapes({ least: 1, most, empty: false }),
      dims: fc.nat(3),
      values: fc.boolean(),
      recipes: three,
    })
    .map(({ op, dtype, shape, dims: drawn, values, recipes }) => {
      const dims = (drawn % shape.length) + 1;
      const outer = shape.slice(0, shape.length - dims);
      const [first, second, third] = recipes as [Recipe, Recipe, Recipe];
      const operands = [operand(first, shape, dtype), operand(second, outer, "int32", "output")];
      if (values) operands.push(operand(third, outer, dtype, "output"));
      const call: Trial["call"] = (views) => {
        const [input, indices, found] = views as [View, View, View?]; // safe: one view for each operand
        return { kind: "argreduce", op, dims, input, indices, values: found ?? null };
      };
      const trial = { operands, outputs: values ? [1, 2] : [1], call };
      return { ...trial, what: `argreduce ${op} of the last ${dims}`, expected: exactly(trial) };
    });
}

/** Returns an index operand with values below `size`. */
function indices(made: Recipe, shape: readonly number[], size: number): Operand {
  return withValues(operand(made, shape, "int32"), (_, random) => Math.floor(random() * size), made.seed);
}

interface Indexed {
  readonly shape: number[];
  readonly index: number[];
  readonly dim: number;
}

/** A shape, a dimension in it, and the shape of an index into that dimension, smaller or equal in the others. */
const indexed: fc.Arbitrary<Indexed> = fc
  .tuple(
    shapes({ rank: 3, least: 1, most: 400, empty: false }),
    fc.nat(2),
    fc.constantFrom(1, 2, 3, 5, 0, 17),
    fc.boolean(),
  )
  .map(([shape, drawn, length, cut]) => {
    const dim = drawn % shape.length;
    const index = shape.map((size, d) => (d === dim ? length : cut ? Math.max(size - 1, 1) : size));
    return { shape, index, dim };
  });

/** Generates random gathers. */
export function gatherTrials(dtypes: readonly DType[]): fc.Arbitrary<Trial> {
  return fc.tuple(fc.constantFrom(...dtypes), indexed, three).map(([dtype, { shape, index, dim }, recipes]) => {
    const [first, second, third] = recipes as [Recipe, Recipe, Recipe];
    const operands = [
      operand(first, shape, dtype),
      indices(second, index, shape[dim] as number),
      operand(third, index, dtype, "output"),
    ];
    const call: Trial["call"] = (views) => {
      const [input, at, to] = views as [View, View, View]; // safe: one view for each operand
      return { kind: "gather", dim, input, index: at, to };
    };
    const trial = { operands, outputs: [2], call };
    return { ...trial, what: `gather in dimension ${dim}`, expected: exactly(trial) };
  });
}

const reduces = ["set", "add", "multiply", "max", "min"] as const;

/** Generates random scatters. Several sources may go to one position. */
export function scatterTrials(dtypes: readonly DType[]): fc.Arbitrary<Trial> {
  return fc
    .tuple(
      fc.constantFrom(...reduces),
      fc.constantFrom(...dtypes),
      fc.constantFrom(...arithmetic(dtypes)),
      indexed,
      recipes(3),
    )
    .map(([reduce, any, number, { shape, index, dim }, recipes]) => {
      const [first, second, third] = recipes as [Recipe, Recipe, Recipe];
      // Products of 16-bit floats quickly become subnormal, where no relative error bound holds.
      const dtype =
        reduce === "set" ? any : reduce === "multiply" && computeType(number) !== number ? "float32" : number;
      const size = shape[dim] as number;
      const drawn = indices(second, index, size);
      // Devices differ in which of several writes comes last, so a `set` gets one source for each position.
      const at = reduce === "set" ? spreadOut(drawn, index, dim, size) : drawn;
      const count = reduce === "set" ? index.map((length, d) => (d === dim ? Math.min(length, size) : length)) : index;
      const operands = [operand(first, shape, dtype, "output"), { ...at, shape: count }, operand(third, count, dtype)];
      const call: Trial["call"] = (views) => {
        const [to, place, source] = views as [View, View, View]; // safe: one view for each operand
        return { kind: "scatter", reduce, dim, to, index: place, source };
      };
      const trial = { operands, outputs: [0], call };
      // A product of n factors rounds n times, like a sum of n terms, and its magnitude is known.
      const rounds = reduce === "add" || reduce === "multiply";
      const expected = rounds ? () => sumRanges(trial, index[dim] as number, storedRoundoff) : exactly(trial);
      return { ...trial, what: `scatter ${reduce} in dimension ${dim}`, expected };
    });
}

/** Replaces the values of an index operand by consecutive ones along `dim`, so that no position repeats. */
function spreadOut(one: Operand, shape: readonly number[], dim: number, size: number): Operand {
  const strides = shape.map((_, d) => (d === dim ? 1 : 0));
  return {
    ...one,
    strides,
    offset: 0,
    values: Array.from({ length: Math.max(size, shape[dim] as number) }, (_, i) => (i + 1) % size),
  };
}

/** Generates random scans. */
export function scanTrials(dtypes: readonly DType[]): fc.Arbitrary<Trial> {
  return fc
    .record({
      op: fc.constantFrom("sum", "product", "max", "min"),
      number: fc.constantFrom(...arithmetic(dtypes)),
      any: fc.constantFrom(...dtypes),
      shape: shapes({ rank: 3, most: 400 }),
      dim: fc.nat(2),
      indices: fc.boolean(),
      recipes: recipes(3),
    })
    .map((draw) => {
      const { op, shape } = draw;
      const dim = shape.length === 0 ? 0 : draw.dim % shape.length;
      const [first, second, third] = draw.recipes as [Recipe, Recipe, Recipe];
      const extreme = op === "max" || op === "min";
      const dtype = extreme ? draw.any : draw.number;
      const operands = [operand(first, shape, dtype), operand(second, shape, dtype, "output")];
      if (extreme && draw.indices) operands.push(operand(third, shape, "int32", "output"));
      const call: Trial["call"] = (views) => {
        const [input, to, at] = views as [View, View, View?]; // safe: one view for each operand
        return { kind: "scan", op, dim, input, to, indices: at ?? null };
      };
      const trial = { operands, outputs: operands.slice(1).map((_, k) => k + 1), call };
      const expected = extreme ? exactly(trial) : () => sumRanges(trial, shape[dim] ?? 1);
      return { ...trial, what: `scan ${op} along dimension ${dim}`, expected };
    });
}

/** Generates random sorts, including partial ones that keep only some of the elements. */
export function sortTrials(dtypes: readonly DType[], most = 600): fc.Arbitrary<Trial> {
  return fc
    .record({
      dtype: fc.constantFrom(...dtypes),
      shape: shapes({ rank: 3, most }),
      dim: fc.nat(2),
      descending: fc.boolean(),
      keep: fc.constantFrom(1000, 1000, 1, 2, 5, 60),
      skip: fc.constantFrom(0, 0, 1, 7, 500, 5000),
      recipes: three,
    })
    .map((draw) => {
      const { dtype, shape, descending } = draw;
      const dim = shape.length === 0 ? 0 : draw.dim % shape.length;
      const cut = shape.map((size, d) => (d === dim ? Math.min(size, draw.keep) : size));
      const skip = Math.min(draw.skip, (shape[dim] ?? 1) - (cut[dim] ?? 1));
      const [first, second, third] = draw.recipes as [Recipe, Recipe, Recipe];
      const operands = [
        operand(first, shape, dtype),
        operand(second, cut, dtype, "output"),
        operand(third, cut, "int32", "output"),
      ];
      const call: Trial["call"] = (views) => {
        const [input, values, at] = views as [View, View, View]; // safe: one view for each operand
        return { kind: "sort", dim, descending, skip, input, values, indices: at };
      };
      const trial = { operands, outputs: [1, 2], call };
      return {
        ...trial,
        what: `sort along dimension ${dim}${descending ? ", descending" : ""}`,
        expected: exactly(trial),
      };
    });
}
