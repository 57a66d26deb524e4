/**
 * Row operations: what reduces over some dimensions, or needs such a reduction for each element (softmax,
 * normalisation). Each is one row program and runs as one kernel. Whatever the dimensions, the views are permuted so
 * that they come last, which costs nothing.
 */

import { expectTensor } from "../argument.ts";
import { type DType, expectFloating } from "../dtype.ts";
import type { RowProgram } from "../expr/program.ts";
import type { View } from "../kernel.ts";
import type { Gradient, Op, Spec } from "../op.ts";
import { broadcastView } from "../pointwise.ts";
import { broadcastShapes, type Shape, sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { windowOn, without } from "../view.ts";
import { unsqueeze } from "./reshape.ts";

/** Which dimensions an operation reduces: one, several, or all (`null`, nothing, or an empty list). */
export type Dims = number | readonly number[] | null;

/** Options of most reductions. */
export interface ReduceOptions {
  /** Keep the reduced dimensions with size one. Default false. */
  readonly keepdim?: boolean;
  /** The dtype to compute in and to return. Default: that of the input, int32 for sums of bools and small integers. */
  readonly dtype?: DType;
}

/** Whether the reduced dimensions stay, with size one. Default false. */
export type KeepOptions = Pick<ReduceOptions, "keepdim">;

/** The defaults of these options. */
export const keepDefaults = { keepdim: false } as const;
/** The defaults of `ReduceOptions`. */
export const reduceDefaults = { keepdim: false, dtype: undefined } as const;

/** How a row operation is applied. */
export interface RowAttrs {
  /** The dimensions that form a row, ascending. */
  readonly dims: readonly number[];
  /** Whether results for each row keep those dimensions with size one. */
  readonly keepdim: boolean;
  /** The program's scalar arguments. */
  readonly scalars: readonly number[];
}

/** A shape with some dimensions reduced. */
export function reducedShape(shape: Shape, dims: readonly number[], keepdim: boolean): Shape {
  if (keepdim) return shape.map((size, i) => (dims.includes(i) ? 1 : size));
  return shape.filter((_, i) => !dims.includes(i));
}

/** How many elements are reduced into one. */
export function rowLength(shape: Shape, dims: readonly number[]): number {
  return dims.reduce((count, d) => count * (shape[d] as number), 1);
}

/** The same elements with the dimensions `dims` moved to the end. */
export function rowsLast(x: View, dims: readonly number[]): View {
  const rank = x.shape.length;
  const first = rank - dims.length;
  if (dims.every((d, i) => d === first + i)) return x;
  const order: number[] = [];
  for (let d = 0; d < rank; d++) if (!dims.includes(d)) order.push(d);
  order.push(...dims);
  const ordered = (list: readonly number[]) => order.map((d) => list[d] as number);
  return windowOn(x, ordered(x.shape), ordered(x.strides));
}

/** A result for each row without the reduced dimensions, whatever its shape says. */
export function outerView(x: Tensor, dims: readonly number[], keepdim: boolean): View {
  return !keepdim || dims.length === 0 ? x : without(x, dims);
}

/**
 * A row program as an operation: its outputs are the results for each row, then those for each element. Inputs
 * broadcast.
 */
export class RowOp implements Op<RowAttrs> {
  readonly name: string;
  readonly gradient: Gradient<RowAttrs> | null;
  readonly #program: RowProgram;
  readonly #types: readonly DType[];

  /** @param types how each output is stored. */
  constructor(name: string, program: RowProgram, types: readonly DType[], gradient: Gradient<RowAttrs> | null) {
    this.name = name;
    this.gradient = gradient;
    this.#program = program;
    this.#types = types;
  }

  infer(inputs: readonly Tensor[], { dims, keepdim }: RowAttrs): readonly Spec[] {
    const full = fullShape(this.name, inputs);
    const rows = this.#program.rows.length;
    return this.#types.map((dtype, k) => ({ dtype, shape: k < rows ? reducedShape(full, dims, keepdim) : full }));
  }

  run(inputs: readonly Tensor[], { dims, keepdim, scalars }: RowAttrs, outputs: readonly Tensor[]): void {
    if (outputs.every((x) => x.numel() === 0)) return;
    const full = fullShape(this.name, inputs);
    const rows = this.#program.rows.length;
    (outputs[0] as Tensor).device.run({
      kind: "rows",
      program: this.#program,
      dims: dims.length,
      inputs: inputs.map((x) => rowsLast(broadcastView(this.name, x, full), dims)),
      scalars,
      toRows: outputs.slice(0, rows).map((x) => outerView(x, dims, keepdim)),
      toElements: outputs.slice(rows).map((x) => rowsLast(x, dims)),
    });
  }
}

function fullShape(operation: string, inputs: readonly Tensor[]): Shape {
  const first = (inputs[0] as Tensor).shape; // safe: a row operation has an input
  if (inputs.every((x) => sameShape(x.shape, first))) return first;
  return broadcastShapes(
    operation,
    inputs.map((x) => x.shape),
  );
}

/** The result of a reduction as it broadcasts against what was reduced: with the reduced dimensions at size one. */
export function restored(x: Tensor, { dims, keepdim }: Pick<RowAttrs, "dims" | "keepdim">): Tensor {
  // Reduced over everything, a scalar broadcasts by itself.
  if (keepdim || x.ndim === 0) return x;
  let result = x;
  for (const d of dims) result = unsqueeze(result, d);
  return result;
}

/** Throws unless a reduction has something to choose from in each row. */
export function expectRows(
  operation: string,
  x: Tensor,
  dims: readonly number[],
  error: (message: string) => Error,
): void {
  if (rowLength(x.shape, dims) === 0 && x.ndim > 0) {
    throw error(
      `${operation}: cannot reduce dimensions [${dims.join(", ")}] of shape [${x.shape.join(", ")}]: they have no elements`,
    );
  }
}

/** The floating dtype an operation computes in and returns. Throws a DTypeError for integers. */
export function floatingType(operation: string, x: Tensor, dtype: DType | undefined): DType {
  expectTensor(operation, x);
  const type = dtype ?? x.dtype;
  expectFloating(operation, type);
  return type;
}
