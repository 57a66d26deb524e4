/**
 * The kernel calls: all the work a backend can be asked to do, as plain data. The union is closed, so a backend that
 * misses a kind does not compile. Views describe the memory layout of each operand; all sizes, strides and offsets
 * count elements. The issuer of a call has validated the shapes, and issues a `check` call where values need
 * validation; backends validate nothing else.
 */

import type { DeviceBuffer } from "./backend.ts";
import type { DType } from "./dtype.ts";
import type { Program, RowProgram } from "./expr/program.ts";

/**
 * A strided view of a buffer. A stride of 0 repeats an element. Strides are negative only in inputs of pointwise calls,
 * which then read backward. A Tensor is a View.
 */
export interface View {
  /** The device memory, which other views may share. */
  readonly buffer: DeviceBuffer;
  /** The element type, and so the unit of strides and offset. */
  readonly dtype: DType;
  /** The size of each dimension; empty for a scalar. */
  readonly shape: readonly number[];
  /** The step in memory between neighbors along each dimension, in elements. */
  readonly strides: readonly number[];
  /** The position of the element with all indices 0, in elements from the start of the buffer. */
  readonly offset: number;
}

/**
 * The CPU device's implementation of a kind of call that not every program needs. The operation that issues the call
 * passes it along, so that bundlers include the implementation only together with the operation. It is private to the
 * CPU device: other devices ignore it, and wrappers forward it.
 */
export type CpuKernel<Call> = (runtime: never, call: Call) => void;

/**
 * Elementwise formulas: `to[k][i] = program.outputs[k](inputs[0][i], …, scalars)` for every index `i`. All views have
 * one shape. An output may be the same view as an input; otherwise it overlaps none. Values are converted to the dtype
 * of `to[k]` when they are stored, like the primitive `cast`.
 */
export interface PointwiseCall {
  readonly kind: "pointwise";
  /** The formulas, one for each view of `to`. */
  readonly program: Program;
  /** The operands of the `input` leaves, all of the shape of `to`. Broadcast dimensions have stride 0. */
  readonly inputs: readonly View[];
  /** The values of the `scalar` leaves: numbers that are not compiled into the kernel. */
  readonly scalars: readonly number[];
  /** The outputs, one view for each formula. */
  readonly to: readonly View[];
}

/**
 * One pointwise program applied to many tuples of tensors, each tuple with its own shape: an optimizer's step over all
 * parameters.
 */
export interface ForeachCall {
  readonly kind: "foreach";
  /** The formulas, shared by all items. */
  readonly program: Program;
  /** The work items: each has the fields of a pointwise call except its program, and its own shape. */
  readonly items: readonly {
    readonly inputs: readonly View[];
    readonly scalars: readonly number[];
    readonly to: readonly View[];
  }[];
}

/**
 * A row program. The inputs share one shape. Its last `dims` dimensions form a row; the other, outer dimensions index
 * the rows. Each stage reduces an expression over the row; later stages and the outputs can read the results of earlier
 * stages (the `row` leaves). `toRows[k]` has the outer shape and receives `program.rows[k]`; `toElements[k]` has the
 * full shape and receives `program.elements[k]`. Input views that do not vary within a row (strides 0) are read once
 * per row in `rows` expressions. Over an empty row, sums are 0, products 1, maxima the lowest value of the type (-∞ for
 * floats) and minima the highest. Outputs never overlap inputs, except that an element output may be the same view as
 * an input.
 */
export interface RowsCall {
  readonly kind: "rows";
  /** The stages and the output formulas. */
  readonly program: RowProgram;
  /** The number of trailing dimensions that form a row: 0 to the rank of the inputs. */
  readonly dims: number;
  /** The operands of the `input` leaves, all of the full shape. */
  readonly inputs: readonly View[];
  /** The values of the `scalar` leaves: numbers that are not compiled into the kernel. */
  readonly scalars: readonly number[];
  /** The row outputs: one view for each formula in `program.rows`, without the last `dims` dimensions. */
  readonly toRows: readonly View[];
  /** The element outputs: one view for each formula in `program.elements`, in the inputs' shape. */
  readonly toElements: readonly View[];
}

/**
 * Finds the position of the largest or smallest element in each row of the last `dims` dimensions, as an int32
 * row-major index. Ties resolve to the first element; NaN wins over everything. `values`, if given, receives the
 * element itself.
 */
export interface ArgReduceCall {
  readonly kind: "argreduce";
  /** Whether to find the largest or the smallest element. */
  readonly op: "max" | "min";
  /** The number of trailing dimensions that form a row. */
  readonly dims: number;
  /** The elements to search, [...outer, ...row]; no row is empty. */
  readonly input: View;
  /** Receives the positions: int32, of the outer shape. */
  readonly indices: View;
  /** Receives the elements found: the input's dtype, of the outer shape. Null when only positions are needed. */
  readonly values: View | null;
}

/**
 * Batched matrix product: `to = a · b (+ to when accumulate) (+ bias)`. `a` is [...B, m, k], `b` [...B, k, n], `to`
 * [...B, m, n], with equal batch dimensions (broadcast by strides of 0) and any strides, so that a transpose needs no
 * copy. `bias` has the shape of `to` (strides may be 0). `k` may be 0. float16 and bfloat16 accumulate in float32.
 */
export interface MatmulCall {
  readonly kind: "matmul";
  /** The left operands, [...B, m, k]. */
  readonly a: View;
  /** The right operands, [...B, k, n]. */
  readonly b: View;
  /** The output, [...B, m, n]. */
  readonly to: View;
  /** Whether to add the products to the contents of `to` instead of overwriting them. */
  readonly accumulate: boolean;
  /** Added to the products, [...B, m, n], with strides of 0 where broadcast; null for none. */
  readonly bias: View | null;
}

/**
 * Convolution (cross-correlation) over 1 to 3 spatial dimensions: input [N, Cin, ...S], weight [Cout, Cin/groups,
 * ...K], output [N, Cout, ...O], bias [Cout]. `forward` computes `output`; `input` computes the gradient `input` from
 * `output` and `weight`; `weight` computes the gradient `weight` from `input` and `output`. `bias` is added in
 * `forward` and null otherwise. `padding` is the number of zeros on the low side; the padding on the high side follows
 * from the shapes. A device may multiply by padding or skip it, which differs where the other factor is infinite or
 * NaN. It may also use an algorithm that derives several results from shared products, so that an infinity or a NaN in
 * an operand can turn neighboring results into NaN.
 */
export interface ConvCall {
  readonly kind: "conv";
  /** The tensor to compute from the other two: the output, or the gradient of the input or of the weight. */
  readonly direction: "forward" | "input" | "weight";
  /** The input [N, Cin, ...S], read; or its gradient, written when the direction is `input`. */
  readonly input: View;
  /** The weight [Cout, Cin / groups, ...K], read; or its gradient, written when the direction is `weight`. */
  readonly weight: View;
  /** The output [N, Cout, ...O], written by `forward`; or the upstream gradient, read. */
  readonly output: View;
  /** The bias [Cout], added to each channel of the output; null for none, and always null in the other directions. */
  readonly bias: View | null;
  /** The step of the kernel between outputs, for each spatial dimension. */
  readonly stride: readonly number[];
  /** The number of zeros before the first element, for each spatial dimension. */
  readonly padding: readonly number[];
  /** The distance between the kernel's taps, for each spatial dimension; 1 for adjacent taps. */
  readonly dilation: readonly number[];
  /** The number of groups of channels that are convolved separately; it divides Cin and Cout. */
  readonly groups: number;
  /** The CPU device's implementation; other devices ignore it. */
  readonly cpu: CpuKernel<ConvCall>;
}

/**
 * Max pooling over 1 to 3 spatial dimensions: input [N, C, ...S], output [N, C, ...O]. `forward` computes `output`, and
 * `indices` if given: the flat position in the input's spatial plane, int32. `backward` overwrites all of the gradient
 * `input` from the upstream gradient `output` and `indices`. NaN wins, the last one if there are several; other ties
 * resolve to the first element. A window may extend past the high end. (Average pooling is separable: each dimension is
 * a `sparse` call.)
 */
export interface PoolCall {
  readonly kind: "pool";
  /** Whether to compute the output from the input, or the input's gradient from the output's. */
  readonly direction: "forward" | "backward";
  /** The input [N, C, ...S], read by `forward`; or its gradient, written by `backward`. */
  readonly input: View;
  /** The output [N, C, ...O], written by `forward`; or the upstream gradient, read by `backward`. */
  readonly output: View;
  /**
   * The position of each maximum: int32, of the output's shape; written by `forward`, read by `backward`. Null when
   * positions are not needed.
   */
  readonly indices: View | null;
  /** The size of a window, for each spatial dimension. */
  readonly kernel: readonly number[];
  /** The step of the window between outputs, for each spatial dimension. */
  readonly stride: readonly number[];
  /** The padding before the first element, for each spatial dimension. A maximum ignores it. */
  readonly padding: readonly number[];
  /** The distance between a window's elements, for each spatial dimension; 1 for adjacent elements. */
  readonly dilation: readonly number[];
  /** The CPU device's implementation; other devices ignore it. */
  readonly cpu: CpuKernel<PoolCall>;
}

/**
 * Gathers along dimension `dim`: `to[i₀, …, iₙ] = input[i₀, …, index[i₀, …, iₙ], …, iₙ]`, with the index in position
 * `dim`. `index` (int32) and `to` have one shape; the input has the same rank and is at least as large in the other
 * dimensions. Indices are in bounds.
 */
export interface GatherCall {
  readonly kind: "gather";
  /** The dimension that is indexed, from 0. */
  readonly dim: number;
  /** The elements to gather from. */
  readonly input: View;
  /** The position along `dim` to read for each element of `to`: int32, of the shape of `to`. */
  readonly index: View;
  /** The output. */
  readonly to: View;
}

/**
 * Scatters along dimension `dim`, in place: `to[i₀, …, index[i₀, …, iₙ], …, iₙ] ← source[i₀, …, iₙ]`, the inverse of a
 * gather. With `set`, the last write in row-major order wins on devices that execute in order; the other reductions
 * combine the present element with the new one (`max` and `min` propagate NaN).
 */
export interface ScatterCall {
  readonly kind: "scatter";
  /** How the present element is updated: overwritten with the new one, or combined with it. */
  readonly reduce: "set" | "add" | "multiply" | "max" | "min";
  /** The dimension that is indexed, from 0. */
  readonly dim: number;
  /** The tensor to modify in place; elements that no index refers to are unchanged. */
  readonly to: View;
  /** The position along `dim` for each element of `source`: int32, of the source's shape, in bounds. */
  readonly index: View;
  /** The values to write or combine. */
  readonly source: View;
}

/**
 * Product of a sparse matrix with dense ones along their middle dimension: `to[o, i, j] = Σ weights[k] · input[o,
 * positions[k], j]` over the entries `starts[i] ≤ k < starts[i + 1]` of row `i` (the format CSR). The result has the
 * dtype of the input and the weights; float16 and bfloat16 accumulate in float32. A row may have no entries, several at
 * one position, and weights of 0, which count: 0 · ∞ is NaN.
 */
export interface SparseCall {
  readonly kind: "sparse";
  /** The first entry of each row, and at the end the number of entries: int32, [rows + 1], contiguous. */
  readonly starts: View;
  /** The column of each entry, and so the position in the input: int32, [entries], contiguous, in bounds. */
  readonly positions: View;
  /** The value of each entry, [entries], contiguous. */
  readonly weights: View;
  /** The dense matrices, [outer, columns, inner]. */
  readonly input: View;
  /** The output, [outer, rows, inner]. */
  readonly to: View;
  /** The CPU device's implementation; other devices ignore it. */
  readonly cpu: CpuKernel<SparseCall>;
}

/**
 * Cumulative reductions along `dim`: `to` has the input's shape. `max` and `min` also write the position of the running
 * extreme (int32) if `indices` is given: the last of equal elements, as in `torch.cummax`, and the last NaN once there
 * was one.
 */
export interface ScanCall {
  readonly kind: "scan";
  /** The reduction: the sum, product, maximum or minimum so far. */
  readonly op: "sum" | "product" | "max" | "min";
  /** The dimension to scan along, from 0; all others are independent. */
  readonly dim: number;
  /** The elements to scan. */
  readonly input: View;
  /** The cumulative results, inclusive of the element at the same position. */
  readonly to: View;
  /**
   * The position of each running extreme: int32, of the input's shape. Null for sums and products, and when positions
   * are not needed.
   */
  readonly indices: View | null;
}

/**
 * Sorts along `dim`. NaN counts as the largest element, and so comes first in a descending sort. Both orders are
 * stable: equal elements keep their order. All NaNs are equal, and so are -0 and 0. `values` and `indices` (int32) have
 * the input's shape, except that `dim` may be shorter: then only as many elements are kept, from number `skip` on.
 */
export interface SortCall {
  readonly kind: "sort";
  /** The dimension to sort along, from 0. */
  readonly dim: number;
  /** Whether the largest element comes first. */
  readonly descending: boolean;
  /** The number of sorted elements before the first one that is kept. */
  readonly skip: number;
  /** The elements to sort; not modified. */
  readonly input: View;
  /** The sorted elements, or some of them. */
  readonly values: View;
  /** The position along `dim` in the input of each element of `values`, int32. */
  readonly indices: View;
}

/**
 * Fills a contiguous view from the counter-based generator Philox 4×32-10: element `i` depends only on `seed` and
 * `offset + i`. `uniform` draws from [0, 1), `normal` from the standard normal distribution, `bits` raw int32.
 */
export interface RandomCall {
  readonly kind: "random";
  /** The distribution: uniform on [0, 1), standard normal, or raw 32-bit integers. */
  readonly distribution: "uniform" | "normal" | "bits";
  /** The seed of the sequence: an integer from 0 to 2⁵³ - 1. */
  readonly seed: number;
  /** Returns the seed for a later repetition of this call. Ignored by devices. */
  readonly reseed?: () => number;
  /** The position in the sequence of element 0; the other elements follow. */
  readonly offset: number;
  /** The contiguous view to fill. */
  readonly to: View;
  /**
   * The CPU device's implementation, which operations leave out, since the host draws the numbers for that device; other
   * devices ignore it.
   */
  readonly cpu?: CpuKernel<RandomCall>;
}

/**
 * Checks that every element is in [low, high]. A device with synchronous reads throws before it returns. Other devices
 * throw at the next read or flush; until then, work issued after the check writes only to its own tensors.
 */
export interface CheckCall {
  readonly kind: "check";
  /** The elements to check. */
  readonly input: View;
  /** The smallest valid value. */
  readonly low: number;
  /** The largest valid value. */
  readonly high: number;
  /** Whether NaN is valid. */
  readonly nan: boolean;
  /** The error to throw. */
  readonly error: "IndexError" | "ArgumentError" | "AutogradError";
  /** The error's message; `{}` is replaced by the offending element. */
  readonly message: string;
}

/** Any kernel call a backend can be asked to run. */
export type KernelCall =
  | PointwiseCall
  | ForeachCall
  | RowsCall
  | ArgReduceCall
  | MatmulCall
  | ConvCall
  | PoolCall
  | GatherCall
  | ScatterCall
  | SparseCall
  | ScanCall
  | SortCall
  | RandomCall
  | CheckCall;
