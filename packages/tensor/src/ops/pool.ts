/**
 * Max, average and power-average pooling over sliding windows of one to three spatial dimensions. Averages are computed
 * one dimension after the other.
 */

import { refuse } from "../argument.ts";
import { runPool } from "../backends/cpu/pool.ts";
import { expectFloating } from "../dtype.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { apply, applyAll, type Op, rules, type Spec } from "../op.ts";
import { pointwise } from "../pointwise.ts";
import { settings } from "../settings.ts";
import { type Shape, shapeError, shapeOf, showShape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { type PerDimension, perDimension } from "./conv.ts";
import { cast } from "./copy.ts";
import { gatherUnchecked } from "./gather.ts";
import { reshape, squeeze, unsqueeze } from "./reshape.ts";
import { resample, tapsOf } from "./sparse.ts";

/** The placement of the windows, one number per spatial dimension. */
interface Windows {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  /** Spatial sizes of the input and of the output. */
  readonly inputSizes: Shape;
  readonly outputSizes: Shape;
}

function launch(
  direction: "forward" | "backward",
  input: Tensor,
  output: Tensor,
  indices: Tensor,
  windows: Windows,
): void {
  input.device.run({ kind: "pool", direction, input, output, indices, ...windows, cpu: runPool });
}

function resized({ shape }: Spec, sizes: Shape): Shape {
  return [...shape.slice(0, 2), ...sizes];
}

/** x → values, indices */
const largest: Op<Windows> = {
  name: "maxPool",
  infer: ([x], { outputSizes }) => {
    const shape = resized(x, outputSizes);
    return [
      { shape, dtype: x.dtype },
      { shape, dtype: "int32" },
    ];
  },
  run: ([x], windows, [values, indices]) => launch("forward", x, values, indices, windows),
  gradient: {
    reads: () => ({ outputs: [1] }),
    compute: ([g], context) => [g ? apply(putBack, [g, context.output(1)], context.attrs) : null],
  },
};

/** g, indices → g scattered to the positions of the maxima */
const putBack: Op<Windows> = {
  name: "maxPoolBackward",
  infer: ([g], { inputSizes }) => [{ shape: resized(g, inputSizes), dtype: g.dtype }],
  run: ([g, indices], windows, [to]) => launch("backward", to, g, indices, windows),
  gradient: /* @__PURE__ */ rules<Windows>(
    {
      inputs: [1],
      of: (g, context) => {
        const indices = context.input(1);
        const flat = (x: Tensor) => reshape(x, [x.shape[0] as number, x.shape[1] as number, sizeOf(x.shape.slice(2))]);
        return reshape(gatherUnchecked(flat(g), 2, flat(indices)), indices.shape);
      },
    },
    null,
  ),
};

/** Options of all pooling functions. */
export interface PoolOptions {
  /** Step of the window. Default: the kernel size, so that windows do not overlap. */
  readonly stride?: PerDimension;
  /**
   * Padding on both sides, at most half of the kernel size. Default 0. Maxima ignore it; averages count it as zeros.
   */
  readonly padding?: PerDimension;
  /** Whether to round the output size up, which adds a last window that is only partly filled. Default false. */
  readonly ceilMode?: boolean;
}

/** Options of `maxPool1d`, `maxPool2d` and `maxPool3d`. */
export interface MaxPoolOptions extends PoolOptions {
  /** Spacing between the elements of a window. Default 1. */
  readonly dilation?: PerDimension;
  /**
   * Whether to also return the indices of the maxima, counted in row-major order within each channel, as int32. Default
   * false.
   */
  readonly returnIndices?: boolean;
}

/** Options of `avgPool1d`, `avgPool2d` and `avgPool3d`. */
export interface AvgPoolOptions extends PoolOptions {
  /** Whether padding counts in the divisor. Default true. */
  readonly countIncludePad?: boolean;
  /** Divisor of the sums. Default: the number of elements in the window. */
  readonly divisorOverride?: number;
}

/** Defaults of `PoolOptions`. */
const defaultsFor = (size: PerDimension) => ({ stride: size, padding: 0, ceilMode: false }) as const;

function windowsOf(
  operation: string,
  dims: number,
  x: Tensor,
  size: PerDimension,
  options: Required<PoolOptions> & Pick<MaxPoolOptions, "dilation">,
): Windows {
  if (x.ndim !== dims + 2 || x.shape.includes(0, 1))
    throw shapeError(operation, `an input of ${dims + 1} or ${dims + 2} dimensions, sizes (except the batch) not 0`, x);
  const kernel = perDimension(operation, "kernelSize", size, dims, 1);
  const stride = perDimension(operation, "stride", options.stride, dims, 1);
  const padding = perDimension(operation, "padding", options.padding, dims, 0);
  const dilation = perDimension(operation, "dilation", options.dilation ?? 1, dims, 1);
  const { ceilMode } = options;
  const inputSizes = x.shape.slice(2);
  const outputSizes = inputSizes.map((length, i) => {
    const [k, s, p, d] = [kernel[i] as number, stride[i] as number, padding[i] as number, dilation[i] as number];
    if (p > k / 2) throw new ArgumentError(`${operation}: padding ${p} is more than half of the window ${k}`);
    const room = length + 2 * p - d * (k - 1) - 1;
    let count = (ceilMode ? Math.ceil(room / s) : Math.floor(room / s)) + 1;
    // The last window must start within the input or its left padding.
    if (ceilMode && (count - 1) * s >= length + p) count--;
    if (count < 1) {
      throw new ShapeError(
        `${operation}: a window of ${showShape(kernel)} does not fit into the input ${showShape(x.shape)} padded by ${showShape(padding)}`,
      );
    }
    return count;
  });
  return { kernel, stride, padding, dilation, inputSizes, outputSizes };
}

/** Pools a batch. A single example becomes a batch of one. */
function batched(
  operation: string,
  dims: number,
  x: Tensor,
  pool: (x: Tensor) => readonly Tensor[],
): readonly Tensor[] {
  return shapeOf(operation, x).length === dims + 1 ? pool(unsqueeze(x, 0)).map((y) => squeeze(y, 0)) : pool(x);
}

/** A max pooling function: returns the values, or with `returnIndices` the pair [values, indices]. */
export interface MaxPool {
  (x: Tensor, kernelSize: PerDimension, options?: MaxPoolOptions & { readonly returnIndices?: false }): Tensor;
  (x: Tensor, kernelSize: PerDimension, options: MaxPoolOptions & { readonly returnIndices: true }): [Tensor, Tensor];
}

/** Returns the function that computes the maximum of each window and its index. */
function maxPool(operation: string, dims: number): MaxPool {
  return ((x: Tensor, size: PerDimension, options?: MaxPoolOptions) => {
    const given = settings(operation, options, { ...defaultsFor(size), dilation: 1, returnIndices: false });
    const outputs = batched(operation, dims, x, (batch) =>
      applyAll(largest, [batch], windowsOf(operation, dims, batch, size, given)),
    );
    if (given.returnIndices) return outputs;
    outputs[1]?.dispose();
    return outputs[0];
  }) as MaxPool; // safe: the operation has two outputs, and `returnIndices` selects the result's type
}

/**
 * Computes the maximum of each window: [N, C, L] → [N, C, L']. Unbatched input [C, L] is accepted too.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool1d.html
 *
 * @throws ShapeError when the window is larger than the padded input, and for a size of 0 (except the batch).
 * @throws ArgumentError for invalid sizes, and for padding of more than half the kernel size.
 */
export const maxPool1d: MaxPool = /* @__PURE__ */ maxPool("maxPool1d", 1);

/**
 * Computes the maximum of each window: [N, C, H, W] → [N, C, H', W']. Unbatched input [C, H, W] is accepted too.
 *
 *     H' = ⌊(H + 2·padding - dilation·(k - 1) - 1) / stride⌋ + 1
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool2d.html
 *
 * @throws ShapeError when the window is larger than the padded input, and for a size of 0 (except the batch).
 * @throws ArgumentError for invalid sizes, and for padding of more than half the kernel size.
 * @example
 * maxPool2d(x, 2); // half as high and as wide
 * const [values, indices] = maxPool2d(x, 3, { stride: 2, returnIndices: true });
 */
export const maxPool2d: MaxPool = /* @__PURE__ */ maxPool("maxPool2d", 2);

/**
 * Computes the maximum of each window: [N, C, D, H, W] → [N, C, D', H', W']. Unbatched input is accepted too.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool3d.html
 *
 * @throws ShapeError when the window is larger than the padded input, and for a size of 0 (except the batch).
 * @throws ArgumentError for invalid sizes, and for padding of more than half the kernel size.
 */
export const maxPool3d: MaxPool = /* @__PURE__ */ maxPool("maxPool3d", 3);

function avgPool(
  operation: string,
  dims: number,
  x: Tensor,
  size: PerDimension,
  options: AvgPoolOptions | undefined,
): Tensor {
  const given = settings(operation, options, {
    ...defaultsFor(size),
    countIncludePad: true,
    divisorOverride: undefined,
  });
  const { countIncludePad, divisorOverride } = given;
  if (divisorOverride !== undefined && !(typeof divisorOverride === "number" && Math.abs(divisorOverride) > 0))
    refuse(operation, "divisorOverride", divisorOverride, "not be 0 and must be a number");
  // Integers are averaged in float64 and truncated. The factor makes up for rounding just below a whole number.
  if (x?.dtype === "int32" && x.device.supports("float64"))
    return cast(mul(avgPool(operation, dims, cast(x, "float64"), size, options), 1 + 2 ** -46), "int32");
  const outputs = batched(operation, dims, x, (batch) => {
    expectFloating(operation, batch);
    const { kernel, stride, padding, inputSizes, outputSizes } = windowsOf(operation, dims, batch, size, given);
    const taps = outputSizes.map((out, d) => {
      const lists = [inputSizes, kernel, stride, padding];
      const [length, k, s, p] = lists.map((list) => list[d]) as [number, number, number, number]; // safe: four lists
      return tapsOf(out, (i, add) => {
        const start = i * s - p;
        const end = Math.min(start + k, length + p);
        const [from, to] = [Math.max(start, 0), Math.min(end, length)];
        const count = countIncludePad ? end - start : to - from;
        // The one divisor goes into the first dimension.
        const weight = 1 / (divisorOverride === undefined ? count : d === 0 ? divisorOverride : 1);
        for (let j = from; j < to; j++) add(j, weight);
      });
    });
    return [resample(batch, taps)];
  });
  return outputs[0] as Tensor; // safe: one output
}

/**
 * Computes the mean of each window: [N, C, L] → [N, C, L']. Unbatched input [C, L] is accepted too.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool1d.html
 *
 * @throws ShapeError when the window is larger than the padded input, and for a size of 0 (except the batch).
 * @throws ArgumentError for invalid sizes, and for padding of more than half the kernel size.
 * @throws DTypeError for integers, except int32 on devices with float64, whose means are truncated toward zero.
 */
export function avgPool1d(x: Tensor, kernelSize: PerDimension, options?: AvgPoolOptions): Tensor {
  return avgPool("avgPool1d", 1, x, kernelSize, options);
}

/**
 * Computes the mean of each window: [N, C, H, W] → [N, C, H', W']. Unbatched input [C, H, W] is accepted too.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool2d.html
 *
 * @throws ShapeError when the window is larger than the padded input, and for a size of 0 (except the batch).
 * @throws ArgumentError for invalid sizes, and for padding of more than half the kernel size.
 * @throws DTypeError for integers, except int32 on devices with float64, whose means are truncated toward zero.
 */
export function avgPool2d(x: Tensor, kernelSize: PerDimension, options?: AvgPoolOptions): Tensor {
  return avgPool("avgPool2d", 2, x, kernelSize, options);
}

/**
 * Computes the mean of each window: [N, C, D, H, W] → [N, C, D', H', W']. Unbatched input is accepted too.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool3d.html
 *
 * @throws ShapeError when the window is larger than the padded input, and for a size of 0 (except the batch).
 * @throws ArgumentError for invalid sizes, and for padding of more than half the kernel size.
 * @throws DTypeError for integers, except int32 on devices with float64, whose means are truncated toward zero.
 */
export function avgPool3d(x: Tensor, kernelSize: PerDimension, options?: AvgPoolOptions): Tensor {
  return avgPool("avgPool3d", 3, x, kernelSize, options);
}

const power = /* @__PURE__ */ pointwise<[Tensor, number]>("pow", (x, p) => x.pow(p), { literal: true });
const root = /* @__PURE__ */ pointwise<[Tensor, number, number]>(
  "lpPool",
  (x, count, p) => x.sign().mul(x.abs().relu()).mul(count).pow(p),
  {
    literal: true,
  },
);

function lpPool(
  operation: string,
  dims: number,
  x: Tensor,
  normType: number,
  size: PerDimension,
  options: PoolOptions | undefined,
): Tensor {
  const kernel = perDimension(operation, "kernelSize", size, dims, 1);
  const means = avgPool(operation, dims, power(x, normType), kernel, options);
  return root(means, sizeOf(kernel), 1 / normType);
}

/**
 * Computes the power average `(Σ xᵖ)^(1/p)` of each window: [N, C, L] → [N, C, L']. `normType` is p.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.lp_pool1d.html
 */
export function lpPool1d(x: Tensor, normType: number, kernelSize: PerDimension, options?: PoolOptions): Tensor {
  return lpPool("lpPool1d", 1, x, normType, kernelSize, options);
}

/**
 * Computes the power average `(Σ xᵖ)^(1/p)` of each window: [N, C, H, W] → [N, C, H', W']. `normType` is p.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.lp_pool2d.html
 */
export function lpPool2d(x: Tensor, normType: number, kernelSize: PerDimension, options?: PoolOptions): Tensor {
  return lpPool("lpPool2d", 2, x, normType, kernelSize, options);
}
