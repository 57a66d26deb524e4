/**
 * Row operations: reductions over some dimensions, and operations whose elements depend on such a reduction (softmax,
 * normalization). Each is one row program and runs as one kernel. The views are permuted so that the reduced dimensions
 * come last, which copies nothing.
 */

import { expectTensor } from "../argument.ts";
import { computeType, type DType, expectFloating } from "../dtype.ts";
import { IndexError } from "../errors.ts";
import { type Expr, input } from "../expr/expr.ts";
import type { RowProgram } from "../expr/program.ts";
import type { View } from "../kernel.ts";
import { once } from "../once.ts";
import { apply, type Gradient, type Op, type Spec } from "../op.ts";
import { broadcastView } from "../pointwise.ts";
import { broadcastShapes, dimensions, type Shape, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { windowOn, without } from "../view.ts";
import { unsqueeze } from "./reshape.ts";

/** The dimensions that a reduction covers: one, several, or all (`null`, `undefined` or an empty list). */
export type Dims = number | readonly number[] | null;

/** Options of most reductions. */
export interface ReduceOptions {
  /** Whether to keep the reduced dimensions with size one. Default false. */
  readonly keepdim?: boolean;
  /**
   * Dtype of the computation and of the result. Default: the dtype of the input; int32 for sums and products of bools
   * and integers.
   */
  readonly dtype?: DType;
}

/** Options of reductions that have no `dtype`. */
export type KeepOptions = Pick<ReduceOptions, "keepdim">;

/** Defaults of `KeepOptions`. */
export const keepDefaults = { keepdim: false } as const;
/** Defaults of `ReduceOptions`. */
export const reduceDefaults = { keepdim: false, dtype: undefined } as const;

/** The attributes of a row operation. */
export interface RowAttrs {
  /** The dimensions that form a row, in ascending order. */
  readonly dims: readonly number[];
  /** Whether the row results keep these dimensions with size one. */
  readonly keepdim: boolean;
  /** The scalar arguments of the program. */
  readonly scalars: readonly number[];
}

/** The shape after reducing the given dimensions. */
export function reducedShape(shape: Shape, dims: readonly number[], keepdim: boolean): Shape {
  if (keepdim) return shape.map((size, i) => (dims.includes(i) ? 1 : size));
  return shape.filter((_, i) => !dims.includes(i));
}

/** The number of elements that are reduced into one. */
export function rowLength(shape: Shape, dims: readonly number[]): number {
  return dims.reduce((count, d) => count * (shape[d] as number), 1);
}

/** A view of the same elements with the dimensions `dims` moved to the end. */
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

/** A view of a row result without the reduced dimensions, which it may have kept. */
export function outerView(x: Tensor, dims: readonly number[], keepdim: boolean): View {
  return !keepdim || dims.length === 0 ? x : without(x, dims);
}

/**
 * An operation that runs a row program. Its outputs are the results per row, followed by the results per element.
 * Inputs broadcast.
 */
export class RowOp implements Op<RowAttrs> {
  readonly name: string;
  readonly gradient: Gradient<RowAttrs> | null;
  readonly #program: RowProgram;
  readonly #types: readonly DType[];

  /** @param types dtype of each output. */
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
  return broadcastShapes(
    operation,
    inputs.map((x) => x.shape),
  );
}

/** How a row operation of one tensor is applied. */
interface RowUse {
  /** The dtype as which the elements are read. */
  readonly type: DType;
  /** The dtype of the result. Default: `type`. */
  readonly to?: DType;
  /** Whether the reduced dimensions are kept with size one. Default false. */
  readonly keepdim?: boolean;
  /** The scalar arguments of the program. Default: none. */
  readonly scalars?: readonly number[];
}

/** A row operation of one tensor, over the given dimensions or all. */
export type RowFunction = (x: Tensor, dim: Dims, use: RowUse) => Tensor;

/** Creates a row operation of one tensor from the program for its elements. It is instantiated for each dtype. */
export function rowFunction(
  name: string,
  programOf: (x: Expr) => RowProgram,
  gradient: Gradient<RowAttrs> | null,
): RowFunction {
  const ops = new Map<string, RowOp>();
  return (x, dim, { type, to = type, keepdim = false, scalars = [] }) => {
    expectTensor(name, x);
    const op = once(ops, `${x.dtype} ${type} ${to}`, () => {
      return new RowOp(name, programOf(input(0, x.dtype).cast(computeType(type))), [to], gradient);
    });
    return apply(op, [x], { dims: dimensions(name, dim, x), keepdim, scalars });
  };
}

/** Reshapes the result of a reduction to broadcast against its input: the reduced dimensions get size one. */
export function restored(x: Tensor, { dims, keepdim }: Pick<RowAttrs, "dims" | "keepdim">): Tensor {
  // A scalar, reduced over all dimensions, broadcasts as it is.
  if (keepdim || x.ndim === 0) return x;
  let result = x;
  for (const d of dims) result = unsqueeze(result, d);
  return result;
}

/** Throws an IndexError when a reduction without an identity has no elements in a row. */
export function expectRows(operation: string, x: Tensor, dims: readonly number[]): void {
  if (rowLength(x.shape, dims) === 0) {
    throw new IndexError(
      `${operation}: cannot reduce dimensions ${showShape(dims)} of shape ${showShape(x.shape)}: they have no elements`,
    );
  }
}

/** The floating-point dtype that an operation computes in and returns. Throws a DTypeError for integers. */
export function floatingType(operation: string, x: Tensor, dtype?: DType): DType {
  expectTensor(operation, x);
  const type = dtype ?? x.dtype;
  expectFloating(operation, { dtype: type });
  return type;
}
