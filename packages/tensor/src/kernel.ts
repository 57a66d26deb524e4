/**
 * The kernel calls: all the work a backend can be asked to do, as plain data. The union is closed, so a backend that
 * forgets a kind does not compile. Views describe how each operand lies in memory; all sizes, strides and offsets count
 * elements. Whoever issues a call has checked shapes, and has a `check` call look at values: backends check nothing
 * besides.
 */

import type { DeviceBuffer } from "./backend.ts";
import type { DType } from "./dtype.ts";
import type { Program, RowProgram } from "./expr/program.ts";

/** A strided window onto a buffer. A stride of 0 repeats an element; strides are never negative. A Tensor is a View. */
export interface View {
  /** The device memory that the window looks into; other views may look into the same. */
  readonly buffer: DeviceBuffer;
  /** The type of the elements, and so the unit of strides and offset. */
  readonly dtype: DType;
  /** The size of each dimension; empty for a scalar. */
  readonly shape: readonly number[];
  /** How many elements to go on for the next index of each dimension, as many as there are dimensions. */
  readonly strides: readonly number[];
  /** Where the element with all indices 0 lies, in elements from the start of the buffer. */
  readonly offset: number;
}

/**
 * How the CPU device runs calls of a kind that not every program needs. The operation that issues such a call brings it
 * along, so that the code is in a bundle together with the operation and not otherwise. It is the CPU device's own
 * business: other devices ignore it, and one that hands calls on hands it on with them.
 */
export type CpuKernel<Call> = (runtime: never, call: Call) => void;

/**
 * `to[k][i] = program.outputs[k](inputs[0][i], …, scalars)` for every index `i`. All views have one shape. An output
 * may be the very same view as an input, and otherwise overlaps none. Values are converted to the dtype of `to[k]` when
 * they are stored, as the primitive `cast` converts.
 */
export interface PointwiseCall {
  readonly kind: "pointwise";
  /** The formulas, one for each view of `to`. */
  readonly program: Program;
  /** What the `input` leaves read, all of the shape of `to`; broadcasting is done by strides of 0. */
  readonly inputs: readonly View[];
  /** What the `scalar` leaves read: numbers that are not compiled into the kernel. */
  readonly scalars: readonly number[];
  /** Where the results go, one view for each formula. */
  readonly to: readonly View[];
}

/**
 * One pointwise program over many lists of tensors, each with a shape of its own: an optimizer's step over all
 * parameters.
 */
export interface ForeachCall {
  readonly kind: "foreach";
  /** The formulas, the same for every item. */
  readonly program: Program;
  /** The work: each item holds what a pointwise call has besides its program, in a shape of its own. */
  readonly items: readonly {
    readonly inputs: readonly View[];
    readonly scalars: readonly number[];
    readonly to: readonly View[];
  }[];
}

/**
 * A row program. The inputs share one shape whose last `dims` dimensions form a row and whose other dimensions number
 * the rows. Each stage reduces an expression over the row; later stages and the outputs see the results of earlier
 * stages (the `row` leaves). `toRows[k]` has the outer shape and takes `program.rows[k]`; `toElements[k]` has the full
 * shape and takes `program.elements[k]`. Input views that do not vary within a row (strides 0) are read once per row in
 * `rows` expressions. Over an empty row sums are 0, products 1, maxima the lowest value of the type (-∞ for floats) and
 * minima the highest. Outputs never overlap inputs, except that an element output may be the very same view as an
 * input.
 */
export interface RowsCall {
  readonly kind: "rows";
  /** The stages, and the formulas of the results. */
  readonly program: RowProgram;
  /** How many of the last dimensions form a row: 0 to the rank of the inputs. */
  readonly dims: number;
  /** What the `input` leaves read, all of one full shape. */
  readonly inputs: readonly View[];
  /** What the `scalar` leaves read: numbers that are not compiled into the kernel. */
  readonly scalars: readonly number[];
  /** The results for rows: one view for each formula in `program.rows`, without the last `dims` dimensions. */
  readonly toRows: readonly View[];
  /** The results for elements: one view for each formula in `program.elements`, in the inputs' shape. */
  readonly toElements: readonly View[];
}

/**
 * The position of the largest or smallest element within each row of the last `dims` dimensions, counted in row-major
 * order, as int32. The first of equals wins; NaN beats everything. `values`, when given, takes the element itself.
 */
export interface ArgReduceCall {
  readonly kind: "argreduce";
  /** Whether the largest or the smallest element is looked for. */
  readonly op: "max" | "min";
  /** How many of the last dimensions form a row. */
  readonly dims: number;
  /** The elements to look through, [...outer, ...row]; no row is empty. */
  readonly input: View;
  /** Where the positions go: int32, of the outer shape. */
  readonly indices: View;
  /** Where the elements found go: the input's dtype, of the outer shape; null when only positions are wanted. */
  readonly values: View | null;
}

/**
 * `to = a · b (+ to when accumulate) (+ bias)`: `a` is [...B, m, k], `b` [...B, k, n], `to` [...B, m, n], with equal
 * batch dimensions (broadcast by strides of 0) and any strides, so that a transpose costs no copy. `bias` has the shape
 * of `to` (strides may be 0). `k` may be 0. float16 and bfloat16 accumulate in float32.
 */
export interface MatmulCall {
  readonly kind: "matmul";
  /** The left factors, [...B, m, k]. */
  readonly a: View;
  /** The right factors, [...B, k, n]. */
  readonly b: View;
  /** Where the products go, [...B, m, n]. */
  readonly to: View;
  /** Whether the products are added to what `to` holds instead of replacing it. */
  readonly accumulate: boolean;
  /** Added to the products, [...B, m, n], with strides of 0 where it repeats; null for none. */
  readonly bias: View | null;
}

/**
 * Convolution (cross-correlation) over 1 to 3 spatial dimensions: input [N, Cin, ...S], weight
 * [Cout, Cin/groups, ...K], output [N, Cout, ...O], bias [Cout]. `forward` writes `output`; `input` writes `input`, the
 * gradient, from `output` and `weight`; `weight` writes `weight`, the gradient, from `input` and `output`. `bias` is
 * added in `forward` and null otherwise. `padding` is the zeros on the low side; what the high side needs follows from
 * the shapes. A device may multiply padding or leave it out, which differ where it meets an infinity or a NaN; and it
 * may use an algorithm that takes several results from shared products, so that an infinity or a NaN in an operand may
 * make NaN of results beside those it belongs to.
 */
export interface ConvCall {
  readonly kind: "conv";
  /**
   * Which of the three tensors is computed from the other two: the output, or the gradient of the input or of the
   * weight.
   */
  readonly direction: "forward" | "input" | "weight";
  /** The input [N, Cin, ...S], read; or its gradient, written when the direction is `input`. */
  readonly input: View;
  /** The kernels [Cout, Cin / groups, ...K], read; or their gradient, written when the direction is `weight`. */
  readonly weight: View;
  /** The output [N, Cout, ...O], written by `forward`; or the gradient that arrived there, read. */
  readonly output: View;
  /** [Cout], added to each channel of the output; null for none, and always in the other directions. */
  readonly bias: View | null;
  /** How many elements the kernel moves from one output to the next, for each spatial dimension. */
  readonly stride: readonly number[];
  /** How many zeros stand before the first element, for each spatial dimension. */
  readonly padding: readonly number[];
  /** How many elements apart the kernel's taps lie, for each spatial dimension; 1 for neighbours. */
  readonly dilation: readonly number[];
  /** Into how many groups the channels fall, each convolved by itself; it divides Cin and Cout. */
  readonly groups: number;
  /** What the CPU device runs the call with; other devices ignore it. */
  readonly cpu: CpuKernel<ConvCall>;
}

/**
 * Pooling over 1 to 3 spatial dimensions, input [N, C, ...S], output [N, C, ...O]. `forward` writes `output`, and for
 * `max` also `indices` when given: the flat position in the input's spatial plane, int32. `backward` writes the whole
 * of `input`, the gradient, from `output`, the gradient there (and `indices` for `max`). NaN wins a maximum; the first
 * of equals is taken. Average pooling divides by `divisor` when given, else by the window's size (clipped to the padded
 * input), counting padding only when `countIncludePad`. A window may run past the right edge.
 */
export interface PoolCall {
  readonly kind: "pool";
  /** What becomes of a window: its largest element, or the mean of all. */
  readonly op: "max" | "average";
  /** Whether the output is computed from the input, or the input's gradient from the output's. */
  readonly direction: "forward" | "backward";
  /** The input [N, C, ...S], read by `forward`; or its gradient, written by `backward`. */
  readonly input: View;
  /** The output [N, C, ...O], written by `forward`; or the gradient that arrived there, read by `backward`. */
  readonly output: View;
  /**
   * Where each maximum stood: int32, of the output's shape; written by `forward`, read by `backward`. Null for
   * averages, and where nobody asks.
   */
  readonly indices: View | null;
  /** The size of a window in each spatial dimension. */
  readonly kernel: readonly number[];
  /** How many elements a window moves from one output to the next, for each spatial dimension. */
  readonly stride: readonly number[];
  /**
   * How many elements stand before the first, for each spatial dimension: a maximum never takes them, an average adds 0
   * for each.
   */
  readonly padding: readonly number[];
  /** How many elements apart those of a window lie, for each spatial dimension; 1 for neighbours. */
  readonly dilation: readonly number[];
  /** Whether an average without a divisor also counts the padding in its window. */
  readonly countIncludePad: boolean;
  /** What the sum of a window is divided by, whatever its size; null for the number of elements in it. */
  readonly divisor: number | null;
  /** What the CPU device runs the call with; other devices ignore it. */
  readonly cpu: CpuKernel<PoolCall>;
}

/**
 * `to[i₀, …, iₙ] = input[i₀, …, index[i₀, …, iₙ], …, iₙ]`, the index standing in dimension `dim`. `index` (int32) and
 * `to` have one shape; the input has the same rank and is at least as large in the other dimensions. Indices are within
 * bounds.
 */
export interface GatherCall {
  readonly kind: "gather";
  /** The dimension that the index stands for, from 0. */
  readonly dim: number;
  /** The elements to choose from. */
  readonly input: View;
  /** Which element of `dim` to take for each place of `to`: int32, of the shape of `to`. */
  readonly index: View;
  /** Where the elements chosen go. */
  readonly to: View;
}

/**
 * `to[i₀, …, index[i₀, …, iₙ], …, iₙ] ← source[i₀, …, iₙ]`: the reverse of a gather, in place. `set` lets the last
 * write in row-major order win on devices that have an order; the others combine what is there with what comes (`max`
 * and `min` pass NaN on).
 */
export interface ScatterCall {
  readonly kind: "scatter";
  /** What becomes of the element that is there: replaced by the new one, or combined with it. */
  readonly reduce: "set" | "add" | "multiply" | "max" | "min";
  /** The dimension that the index stands for, from 0. */
  readonly dim: number;
  /** What is written to in place; elements that no index names stay. */
  readonly to: View;
  /** Where along `dim` each element of the source goes: int32, of the source's shape and within bounds. */
  readonly index: View;
  /** What is written or combined. */
  readonly source: View;
}

/**
 * Running totals along `dim`: `to` has the input's shape. `max` and `min` also write the position of the running
 * extreme (int32) when `indices` is given: the last of equals, as `torch.cummax` has it, and once there was a NaN the
 * last NaN.
 */
export interface ScanCall {
  readonly kind: "scan";
  /** What runs along: a sum, a product, the largest or the smallest element so far. */
  readonly op: "sum" | "product" | "max" | "min";
  /** The dimension to run along, from 0; all others are independent. */
  readonly dim: number;
  /** The elements in their order. */
  readonly input: View;
  /** The totals, each of all elements up to its own place, which is included. */
  readonly to: View;
  /**
   * Where each running extreme stood: int32, of the input's shape; null for sums and products, and where nobody asks.
   */
  readonly indices: View | null;
}

/**
 * Sorts along `dim`, NaN counting as the largest (and so coming first in a descending sort). Stable either way: equals
 * keep their order, and all NaNs are equal, as are -0 and 0. `values` and `indices` (int32) have the input's shape,
 * except that `dim` may be cut short: then only the first ones are kept.
 */
export interface SortCall {
  readonly kind: "sort";
  /** The dimension to sort along, from 0. */
  readonly dim: number;
  /** Whether the largest comes first. */
  readonly descending: boolean;
  /** The elements to sort, which stay as they are. */
  readonly input: View;
  /** The elements in their new order, or the first ones of them. */
  readonly values: View;
  /** Where along `dim` each of `values` stood in the input, int32. */
  readonly indices: View;
}

/**
 * Fills a contiguous view from the counter-based generator Philox 4×32-10: element `i` depends on `seed`, `offset + i`
 * and nothing else. `uniform` draws from [0, 1), `normal` from the standard normal distribution, `bits` raw int32.
 */
export interface RandomCall {
  readonly kind: "random";
  /** What is drawn: numbers of [0, 1), standard normal ones, or raw 32-bit integers. */
  readonly distribution: "uniform" | "normal" | "bits";
  /** Which of the generator's sequences to take: an integer from 0 to 2⁵³ - 1. */
  readonly seed: number;
  /** The seed for when the same call is issued once more. Devices ignore it. */
  readonly reseed?: () => number;
  /** The place in the sequence that element 0 takes; the others follow. */
  readonly offset: number;
  /** The contiguous view to fill. */
  readonly to: View;
}

/**
 * Refuses a view with an element that is not in [low, high]. A device that can be read at once throws before it
 * returns. Another throws with the next read or flush, and nothing that was issued in between writes outside of its own
 * tensors meanwhile.
 */
export interface CheckCall {
  readonly kind: "check";
  /** The elements to look at. */
  readonly input: View;
  /** The smallest number that passes. */
  readonly low: number;
  /** The largest number that passes. */
  readonly high: number;
  /** Whether NaN passes. */
  readonly nan: boolean;
  /** Which error is thrown. */
  readonly error: "IndexError" | "ArgumentError" | "AutogradError";
  /** What it says; `{}` in it stands for the element. */
  readonly message: string;
}

/** Everything a backend can be asked to do. */
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
  | ScanCall
  | SortCall
  | RandomCall
  | CheckCall;
