/**
 * Convolutions over one to three spatial dimensions. A convolution, its gradient with respect to the input and its
 * gradient with respect to the weight are three operations. The gradients of each are the other two, so all can be
 * differentiated any number of times, and the second is also the transposed convolution.
 */

import { checkInteger, refuse } from "../argument.ts";
import { runConv } from "../backends/cpu/conv.ts";
import { expectOneType } from "../dtype.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { apply, type Op, rules } from "../op.ts";
import { isOptions, settings } from "../settings.ts";
import { expectRank, expectShape, type Shape, shapeOf, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { checkProductTypes } from "./matmul.ts";
import { reshape, squeeze, unsqueeze } from "./reshape.ts";
import { sum } from "./sum.ts";

/** Placement of a convolution's windows, and the spatial sizes of its three tensors. */
interface Geometry {
  readonly stride: readonly number[];
  /** Zeros on the low side of the input. The padding on the high side follows from the sizes. */
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  readonly inputSizes: Shape;
  readonly kernelSizes: Shape;
  readonly outputSizes: Shape;
}

function issue(
  direction: "forward" | "input" | "weight",
  input: Tensor,
  weight: Tensor,
  output: Tensor,
  bias: Tensor | null,
  geometry: Geometry,
): void {
  output.device.run({ kind: "conv", direction, input, weight, output, bias, ...geometry, cpu: runConv });
}

/** [x, weight, bias?] → output */
const forward: Op<Geometry> = {
  name: "conv",
  infer: ([x, w], { outputSizes }) => [
    { shape: [x.shape[0] as number, w.shape[0] as number, ...outputSizes], dtype: x.dtype },
  ],
  run: ([x, w, b]: readonly [Tensor, Tensor, ...Tensor[]], geometry, [y]) =>
    issue("forward", x, w, y, b ?? null, geometry),
  gradient: /* @__PURE__ */ rules<Geometry>(
    { inputs: [1], of: (g, context) => apply(towardsInput, [g, context.input(1)], context.attrs) },
    { inputs: [0], of: (g, context) => apply(towardsWeight, [context.input(0), g], context.attrs) },
    { of: (g) => sum(g, [0, ...g.shape.slice(2).map((_, i) => i + 2)]) },
  ),
};

/** [output, weight] → input */
const towardsInput: Op<Geometry> = {
  name: "convTranspose",
  infer: ([y, w], { inputSizes, groups }) => [
    { shape: [y.shape[0] as number, (w.shape[1] as number) * groups, ...inputSizes], dtype: y.dtype },
  ],
  run: ([y, w], geometry, [x]) => issue("input", x, w, y, null, geometry),
  gradient: /* @__PURE__ */ rules<Geometry>(
    { inputs: [1], of: (g, context) => apply(forward, [g, context.input(1)], context.attrs) },
    { inputs: [0], of: (g, context) => apply(towardsWeight, [g, context.input(0)], context.attrs) },
  ),
};

/** [input, output] → weight */
const towardsWeight: Op<Geometry> = {
  name: "convWeight",
  infer: ([x, y], { kernelSizes, groups }) => [
    { shape: [y.shape[1] as number, (x.shape[1] as number) / groups, ...kernelSizes], dtype: x.dtype },
  ],
  run: ([x, y], geometry, [w]) => issue("weight", x, w, y, null, geometry),
  gradient: /* @__PURE__ */ rules<Geometry>(
    { inputs: [1], of: (g, context) => apply(towardsInput, [context.input(1), g], context.attrs) },
    { inputs: [0], of: (g, context) => apply(forward, [context.input(0), g], context.attrs) },
  ),
};

/** One number for all spatial dimensions, alone or in an array, or one number for each. */
export type PerDimension = number | readonly number[];

/** Options of `conv1d`, `conv2d` and `conv3d`. */
export interface ConvOptions {
  /** Step of the window. Default 1. */
  readonly stride?: PerDimension;
  /**
   * Zero padding on both sides of the input. `"same"` preserves the size and requires a stride of 1; `"valid"` is no
   * padding. Default 0.
   */
  readonly padding?: PerDimension | "same" | "valid";
  /** Spacing between the elements of the kernel. Default 1. */
  readonly dilation?: PerDimension;
  /** Number of groups into which the channels are split, each convolved independently. Default 1. */
  readonly groups?: number;
}

/**
 * Checks an option and expands it to one number per spatial dimension.
 *
 * @param least the least valid number: 0 or 1.
 * @throws ArgumentError unless it is one integer, or one for each dimension.
 */
export function perDimension(
  operation: string,
  name: string,
  value: PerDimension,
  dims: number,
  least: number,
): readonly number[] {
  const only = (typeof value === "number" ? value : value?.[0]) as number; // what is not an integer is rejected next
  const list = Array.isArray(value) && value.length > 1 ? [...value] : new Array<number>(dims).fill(only);
  if (list.length !== dims || list.some((n: number) => !Number.isInteger(n) || n < least)) {
    refuse(operation, name, value, `be a ${least === 0 ? "non-negative" : "positive"} integer, or ${dims} of them`);
  }
  return list;
}

const defaults = { stride: [1], padding: [0], dilation: [1], groups: 1 } as const; // lists, because they need not be numbers

/**
 * Checks the operands of a convolution, or with `transposed`, a transposed one, and returns the number of output
 * channels.
 */
function check(
  operation: string,
  dims: number,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  groups: number,
  transposed: boolean,
): number {
  checkProductTypes(operation, x, weight);
  expectRank(operation, `an input of ${dims + 1} or ${dims + 2} dimensions`, x, dims + 2);
  expectRank(operation, `a weight of ${dims + 2} dimensions`, weight, dims + 2);
  checkInteger(operation, "groups", groups, 1);
  if (bias !== null) expectOneType(operation, x, bias);
  const channels = x.shape[1] as number;
  const [divided, groupChannels] = weight.shape as readonly [number, number]; // safe: it has `dims + 2` sizes
  const whole = groupChannels * groups;
  const [expected, produced] = transposed ? [divided, whole] : [whole, divided];
  if (channels !== expected || divided % groups !== 0) {
    const rest = divided % groups === 0 ? "" : `, and ${divided} channels cannot be divided by ${groups}`;
    throw new ShapeError(
      `${operation}: the input ${showShape(x.shape)} has ${channels} channels, but the weight ${showShape(weight.shape)} expects ${expected} (groups: ${groups})${rest}`,
    );
  }
  expectShape(operation, "bias", bias, [produced]);
  return produced;
}

function convolution(
  operation: string,
  dims: number,
  input: Tensor,
  weight: Tensor,
  bias: Tensor | ConvOptions | null,
  options: ConvOptions | undefined,
): Tensor {
  if (isOptions(bias)) return convolution(operation, dims, input, weight, null, bias);
  const given = settings(operation, options, defaults);
  if (shapeOf(operation, input).length === dims + 1)
    return squeeze(convolution(operation, dims, unsqueeze(input, 0), weight, bias, options), 0);
  const { groups } = given;
  check(operation, dims, input, weight, bias, groups, false);
  const stride = perDimension(operation, "stride", given.stride, dims, 1);
  const dilation = perDimension(operation, "dilation", given.dilation, dims, 1);
  const kernelSizes = weight.shape.slice(2);
  const inputSizes = input.shape.slice(2);
  const extents = kernelSizes.map((k, i) => (dilation[i] as number) * (k - 1) + 1);
  let padding: readonly number[];
  let total: readonly number[];
  if (given.padding === "same") {
    if (stride.some((s) => s !== 1))
      throw new ArgumentError(`${operation}: padding "same" needs a stride of 1, got ${showShape(stride)}`);
    total = extents.map((extent) => extent - 1);
    padding = total.map((n) => Math.floor(n / 2));
  } else {
    padding = perDimension(operation, "padding", given.padding === "valid" ? 0 : given.padding, dims, 0);
    total = padding.map((n) => 2 * n);
  }
  const outputSizes = inputSizes.map((size, i) => {
    const [room, extent] = [size + (total[i] as number), extents[i] as number];
    if (room < extent) {
      throw new ShapeError(
        `${operation}: a kernel of ${showShape(kernelSizes)} with dilation ${showShape(dilation)} does not fit into the input ${showShape(input.shape)} padded by ${showShape(padding)}`,
      );
    }
    return Math.floor((room - extent) / (stride[i] as number)) + 1;
  });
  const geometry: Geometry = { stride, padding, dilation, groups, inputSizes, kernelSizes, outputSizes };
  return apply(forward, bias === null ? [input, weight] : [input, weight, bias], geometry);
}

/**
 * One-dimensional convolution (cross-correlation).
 *
 * The output length is L' = ⌊(L + 2·padding - dilation·(K - 1) - 1) / stride⌋ + 1.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.conv1d.html
 *
 * @param input [N, Cin, L], or [Cin, L] without a batch dimension.
 * @param weight [Cout, Cin / groups, K].
 * @param bias [Cout]. Default null: none. May be left out before options.
 * @returns [N, Cout, L'], or [Cout, L'].
 * @throws ShapeError if the channels do not match, or the kernel is larger than the padded input.
 * @throws ArgumentError for an invalid option.
 */
export function conv1d(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | ConvOptions | null = null,
  options?: ConvOptions,
): Tensor {
  return convolution("conv1d", 1, input, weight, bias, options);
}

/**
 * Two-dimensional convolution (cross-correlation).
 *
 *     y[n, o, i, j] = b[o] + Σ x[n, c, i·stride + u·dilation - padding, …] · w[o, c, u, v]
 *
 * The output height is H' = ⌊(H + 2·padding - dilation·(Kh - 1) - 1) / stride⌋ + 1, and the width likewise.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html
 *
 * @param input [N, Cin, H, W], or [Cin, H, W] without a batch dimension.
 * @param weight [Cout, Cin / groups, Kh, Kw].
 * @param bias [Cout]. Default null: none. May be left out before options.
 * @returns [N, Cout, H', W'], or [Cout, H', W'].
 * @throws ShapeError if the channels do not match, or the kernel is larger than the padded input.
 * @throws ArgumentError for an invalid option.
 * @example
 * conv2d(images, weight, bias, { stride: 2, padding: 1 });
 */
export function conv2d(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | ConvOptions | null = null,
  options?: ConvOptions,
): Tensor {
  return convolution("conv2d", 2, input, weight, bias, options);
}

/**
 * Three-dimensional convolution (cross-correlation).
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.conv3d.html
 *
 * @param input [N, Cin, D, H, W], or [Cin, D, H, W] without a batch dimension.
 * @param weight [Cout, Cin / groups, Kd, Kh, Kw].
 * @param bias [Cout]. Default null: none. May be left out before options.
 * @returns [N, Cout, D', H', W'], or [Cout, D', H', W'], with the sizes of `conv2d`.
 * @throws ShapeError if the channels do not match, or the kernel is larger than the padded input.
 * @throws ArgumentError for an invalid option.
 */
export function conv3d(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | ConvOptions | null = null,
  options?: ConvOptions,
): Tensor {
  return convolution("conv3d", 3, input, weight, bias, options);
}

/** Options of `convTranspose1d`, `convTranspose2d` and `convTranspose3d`. */
export interface ConvTransposeOptions {
  /** Step of the window in the output. Default 1. */
  readonly stride?: PerDimension;
  /** Number of elements to remove from both sides of the output. Default 0. */
  readonly padding?: PerDimension;
  /** Number of elements to add on the high side of the output; less than the stride or the dilation. Default 0. */
  readonly outputPadding?: PerDimension;
  /** Number of groups into which the channels are split, each convolved independently. Default 1. */
  readonly groups?: number;
  /** Spacing between the elements of the kernel. Default 1. */
  readonly dilation?: PerDimension;
}

function transposed(
  operation: string,
  dims: number,
  input: Tensor,
  weight: Tensor,
  bias: Tensor | ConvTransposeOptions | null,
  options: ConvTransposeOptions | undefined,
): Tensor {
  if (isOptions(bias)) return transposed(operation, dims, input, weight, null, bias);
  const given = settings(operation, options, { ...defaults, outputPadding: 0 });
  if (shapeOf(operation, input).length === dims + 1)
    return squeeze(transposed(operation, dims, unsqueeze(input, 0), weight, bias, options), 0);
  const { groups } = given;
  const channels = check(operation, dims, input, weight, bias, groups, true);
  const stride = perDimension(operation, "stride", given.stride, dims, 1);
  const padding = perDimension(operation, "padding", given.padding, dims, 0);
  const dilation = perDimension(operation, "dilation", given.dilation, dims, 1);
  const extra = perDimension(operation, "outputPadding", given.outputPadding, dims, 0);
  const kernelSizes = weight.shape.slice(2);
  const outputSizes = input.shape.slice(2);
  const inputSizes = outputSizes.map((size, i) => {
    const [s, p, d, e] = [stride[i] as number, padding[i] as number, dilation[i] as number, extra[i] as number];
    if (e >= Math.max(s, d))
      throw new ArgumentError(
        `${operation}: outputPadding ${e} must be less than the stride ${s} or the dilation ${d}`,
      );
    const result = (size - 1) * s - 2 * p + d * ((kernelSizes[i] as number) - 1) + e + 1;
    if (result < 1)
      throw new ShapeError(
        `${operation}: the output for the input ${showShape(input.shape)} would have size ${result}`,
      );
    return result;
  });
  const geometry: Geometry = { stride, padding, dilation, groups, inputSizes, kernelSizes, outputSizes };
  const y = apply(towardsInput, [input, weight], geometry);
  return bias === null ? y : add(y, reshape(bias, [channels, ...new Array<number>(dims).fill(1)]));
}

/**
 * One-dimensional transposed convolution: the gradient of `conv1d` with respect to its input.
 *
 * The output length is L' = (L - 1)·stride - 2·padding + dilation·(K - 1) + outputPadding + 1.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose1d.html
 *
 * @param input [N, Cin, L], or [Cin, L] without a batch dimension.
 * @param weight [Cin, Cout / groups, K].
 * @param bias [Cout]. Default null: none. May be left out before options.
 * @returns [N, Cout, L'], or [Cout, L'].
 * @throws ShapeError if the channels do not match, or the output would be empty.
 * @throws ArgumentError for an invalid option.
 */
export function convTranspose1d(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | ConvTransposeOptions | null = null,
  options?: ConvTransposeOptions,
): Tensor {
  return transposed("convTranspose1d", 1, input, weight, bias, options);
}

/**
 * Two-dimensional transposed convolution: the gradient of `conv2d` with respect to its input.
 *
 * The output height is H' = (H - 1)·stride - 2·padding + dilation·(Kh - 1) + outputPadding + 1, and the width likewise.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose2d.html
 *
 * @param input [N, Cin, H, W], or [Cin, H, W] without a batch dimension.
 * @param weight [Cin, Cout / groups, Kh, Kw].
 * @param bias [Cout]. Default null: none. May be left out before options.
 * @returns [N, Cout, H', W'], or [Cout, H', W'].
 * @throws ShapeError if the channels do not match, or the output would be empty.
 * @throws ArgumentError for an invalid option.
 */
export function convTranspose2d(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | ConvTransposeOptions | null = null,
  options?: ConvTransposeOptions,
): Tensor {
  return transposed("convTranspose2d", 2, input, weight, bias, options);
}

/**
 * Three-dimensional transposed convolution: the gradient of `conv3d` with respect to its input.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose3d.html
 *
 * @param input [N, Cin, D, H, W], or [Cin, D, H, W] without a batch dimension.
 * @param weight [Cin, Cout / groups, Kd, Kh, Kw].
 * @param bias [Cout]. Default null: none. May be left out before options.
 * @returns [N, Cout, D', H', W'], or [Cout, D', H', W'], with the sizes of `convTranspose2d`.
 * @throws ShapeError if the channels do not match, or the output would be empty.
 * @throws ArgumentError for an invalid option.
 */
export function convTranspose3d(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | ConvTransposeOptions | null = null,
  options?: ConvTransposeOptions,
): Tensor {
  return transposed("convTranspose3d", 3, input, weight, bias, options);
}
