/**
 * The kernel calls: all the work a backend can be asked to do, as plain data. The union is closed, so a backend that
 * forgets a kind does not compile. Views describe how each operand lies in memory; all sizes, strides and offsets
 * count elements. Whoever issues a call has checked shapes, and has a `check` call look at values: backends check nothing besides.
 */

import type { DeviceBuffer } from "./backend.ts";
import type { DType } from "./dtype.ts";
import type { Program, RowProgram } from "./expr/program.ts";

/** A strided window onto a buffer. A stride of 0 repeats an element; strides are never negative. A Tensor is a View. */
export interface View {
  readonly buffer: DeviceBuffer;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/**
 * How the CPU device runs calls of a kind that not every program needs. The operation that issues such a call brings it along, so that the code is in a
 * bundle together with the operation and not otherwise. It is the CPU device's own business: other devices ignore it, and one that hands calls on
 * hands it on with them.
 */
export type CpuKernel<Call> = (runtime: never, call: Call) => void;

/**
 * `to[k][i] = program.outputs[k](inputs[0][i], …, scalars)` for every index `i`. All views have one shape. An output may be the
 * very same view as an input, and otherwise overlaps none. Values are converted to the dtype of `to[k]` when they are stored,
 * as the primitive `cast` converts.
 */
export interface PointwiseCall {
  readonly kind: "pointwise";
  readonly program: Program;
  readonly inputs: readonly View[];
  readonly scalars: readonly number[];
  readonly to: readonly View[];
}

/** One pointwise program over many lists of tensors, each with a shape of its own: an optimizer's step over all parameters. */
export interface ForeachCall {
  readonly kind: "foreach";
  readonly program: Program;
  readonly items: readonly { readonly inputs: readonly View[]; readonly scalars: readonly number[]; readonly to: readonly View[] }[];
}

/**
 * A row program. The inputs share one shape whose last `dims` dimensions form a row and whose other dimensions number the
 * rows. Each stage reduces an expression over the row; later stages and the outputs see the results of earlier stages
 * (the `row` leaves). `toRows[k]` has the outer shape and takes `program.rows[k]`; `toElements[k]` has the full shape and
 * takes `program.elements[k]`. Input views that do not vary within a row (strides 0) are read once per row in `rows` expressions.
 * Over an empty row sums are 0, products 1, maxima the lowest value of the type (-∞ for floats) and minima the highest. Outputs never overlap inputs, except that an element output may be the very same view as an input.
 */
export interface RowsCall {
  readonly kind: "rows";
  readonly program: RowProgram;
  readonly dims: number;
  readonly inputs: readonly View[];
  readonly scalars: readonly number[];
  readonly toRows: readonly View[];
  readonly toElements: readonly View[];
}

/**
 * The position of the largest or smallest element within each row of the last `dims` dimensions, counted in row-major order, as int32.
 * The first of equals wins; NaN beats everything. `values`, when given, takes the element itself.
 */
export interface ArgReduceCall {
  readonly kind: "argreduce";
  readonly op: "max" | "min";
  readonly dims: number;
  readonly input: View;
  readonly indices: View;
  readonly values: View | null;
}

/**
 * `to = a · b (+ to when accumulate) (+ bias)`: `a` is [...B, m, k], `b` [...B, k, n], `to` [...B, m, n], with equal batch dimensions
 * (broadcast by strides of 0) and any strides, so that a transpose costs no copy. `bias` has the shape of `to` (strides may be 0).
 * `k` may be 0. float16 and bfloat16 accumulate in float32.
 */
export interface MatmulCall {
  readonly kind: "matmul";
  readonly a: View;
  readonly b: View;
  readonly to: View;
  readonly accumulate: boolean;
  readonly bias: View | null;
}

/**
 * Convolution (cross-correlation) over 1 to 3 spatial dimensions: input [N, Cin, ...S], weight [Cout, Cin/groups, ...K], output
 * [N, Cout, ...O], bias [Cout]. `forward` writes `output`; `input` writes `input`, the gradient, from `output` and `weight`; `weight` writes
 * `weight`, the gradient, from `input` and `output`. `bias` is added in `forward` and null otherwise. `padding` is the zeros on the low side; what
 * the high side needs follows from the shapes. A device may multiply padding or leave it out, which differ where it meets an infinity or a NaN; and it may
 * use an algorithm that takes several results from shared products, so that an infinity or a NaN in an operand may make NaN of results beside those it belongs to.
 */
export interface ConvCall {
  readonly kind: "conv";
  readonly direction: "forward" | "input" | "weight";
  readonly input: View;
  readonly weight: View;
  readonly output: View;
  readonly bias: View | null;
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  readonly cpu: CpuKernel<ConvCall>;
}

/**
 * Pooling over 1 to 3 spatial dimensions, input [N, C, ...S], output [N, C, ...O]. `forward` writes `output`, and for `max` also `indices` when
 * given: the flat position in the input's spatial plane, int32. `backward` writes the whole of `input`, the gradient, from `output`, the
 * gradient there (and `indices` for `max`). NaN wins a maximum; the first of equals is taken. Average pooling divides by `divisor` when given, else by
 * the window's size (clipped to the padded input), counting padding only when `countIncludePad`. A window may run past the right edge.
 */
export interface PoolCall {
  readonly kind: "pool";
  readonly op: "max" | "average";
  readonly direction: "forward" | "backward";
  readonly input: View;
  readonly output: View;
  readonly indices: View | null;
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly countIncludePad: boolean;
  readonly divisor: number | null;
  readonly cpu: CpuKernel<PoolCall>;
}

/**
 * `to[i₀, …, iₙ] = input[i₀, …, index[i₀, …, iₙ], …, iₙ]`, the index standing in dimension `dim`. `index` (int32) and `to` have one shape; the
 * input has the same rank and is at least as large in the other dimensions. Indices are within bounds.
 */
export interface GatherCall {
  readonly kind: "gather";
  readonly dim: number;
  readonly input: View;
  readonly index: View;
  readonly to: View;
}

/**
 * `to[i₀, …, index[i₀, …, iₙ], …, iₙ] ← source[i₀, …, iₙ]`: the reverse of a gather, in place. `set` lets the last write in row-major order win
 * on devices that have an order; the others combine what is there with what comes (`max` and `min` pass NaN on).
 */
export interface ScatterCall {
  readonly kind: "scatter";
  readonly reduce: "set" | "add" | "multiply" | "max" | "min";
  readonly dim: number;
  readonly to: View;
  readonly index: View;
  readonly source: View;
}

/**
 * Running totals along `dim`: `to` has the input's shape. `max` and `min` also write the position of the running extreme (int32) when
 * `indices` is given: the last of equals, as `torch.cummax` has it, and once there was a NaN the last NaN.
 */
export interface ScanCall {
  readonly kind: "scan";
  readonly op: "sum" | "product" | "max" | "min";
  readonly dim: number;
  readonly input: View;
  readonly to: View;
  readonly indices: View | null;
}

/**
 * Sorts along `dim`, NaN counting as the largest (and so coming first in a descending sort). Stable either way: equals keep their order, and
 * all NaNs are equal, as are -0 and 0. `values` and `indices` (int32) have the input's shape, except that `dim` may be cut short: then only the
 * first ones are kept.
 */
export interface SortCall {
  readonly kind: "sort";
  readonly dim: number;
  readonly descending: boolean;
  readonly input: View;
  readonly values: View;
  readonly indices: View;
}

/**
 * Fills a contiguous view from the counter-based generator Philox 4×32-10: element `i` depends on `seed`, `offset + i` and nothing else.
 * `uniform` draws from [0, 1), `normal` from the standard normal distribution, `bits` raw int32.
 */
export interface RandomCall {
  readonly kind: "random";
  readonly distribution: "uniform" | "normal" | "bits";
  readonly seed: number;
  readonly offset: number;
  readonly to: View;
}

/**
 * Refuses a view with an element that is not in [low, high]. A device that can be read at once throws before it returns. Another
 * throws with the next read or flush, and nothing that was issued in between writes outside of its own tensors meanwhile.
 */
export interface CheckCall {
  readonly kind: "check";
  readonly input: View;
  readonly low: number;
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
