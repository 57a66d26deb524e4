/**
 * The way back from a maximum pooling: each value where it stood, zeros elsewhere.
 */

import {
  ArgumentError,
  expectBetween,
  type PerDimension,
  sameShape,
  settings,
  shapeError,
  showShape,
  sizeOf,
  type Tensor,
} from "@akari/tensor";
import { perDimension } from "../arguments.ts";

/** Options of `maxUnpool1d` and its relatives: those that the pooling had. */
export interface MaxUnpoolOptions {
  /** Default: the size of the window. */
  readonly stride?: PerDimension;
  /** Default 0. */
  readonly padding?: PerDimension;
  /**
   * The spatial sizes of the result, or its whole shape, where the pooling left several possible. Default: the
   * smallest.
   */
  readonly outputSize?: readonly number[] | null;
}

/** The way back from a maximum pooling. */
export type MaxUnpool = (x: Tensor, indices: Tensor, kernelSize: PerDimension, options?: MaxUnpoolOptions) => Tensor;

function maxUnpool(operation: string, dims: number): MaxUnpool {
  return (x, indices, kernelSize, options = {}) => {
    const given = settings(operation, options, { stride: kernelSize, padding: 0, outputSize: null });
    if (x.ndim !== dims + 1 && x.ndim !== dims + 2)
      throw shapeError(operation, `an input of ${dims + 1} or ${dims + 2} dimensions`, x);
    if (!sameShape(x.shape, indices.shape))
      throw shapeError(operation, "an input and indices of one shape", x, indices);
    const kernel = perDimension(operation, "kernelSize", kernelSize, dims);
    const stride = perDimension(operation, "stride", given.stride, dims);
    const padding = perDimension(operation, "padding", given.padding, dims);
    const lead = x.shape.slice(0, -dims);
    const least = kernel.map(
      (k, i) => ((x.shape[lead.length + i] as number) - 1) * (stride[i] as number) - 2 * (padding[i] as number) + k,
    );
    const wanted = given.outputSize ?? least;
    const sizes = wanted.slice(-dims);
    // Within a stride of the smallest size the pooling would have given the same.
    const fits = sizes.every(
      (size, i) => Number.isInteger(size) && Math.abs(size - (least[i] as number)) < (stride[i] as number),
    );
    if (
      sizes.length !== dims ||
      !(wanted.length === dims || wanted.length === dims + 2) ||
      (given.outputSize && !fits)
    ) {
      throw new ArgumentError(
        `${operation}: outputSize must be ${dims} sizes less than a stride of ${showShape(stride)} away from ${showShape(least)}, got ${showShape(wanted)}`,
      );
    }
    const plane = sizeOf(sizes);
    const message = `${operation}: index {} is outside of a plane of ${showShape(sizes)}`;
    expectBetween(indices, 0, plane - 1, message, { error: "IndexError" });
    const flat = x.reshape([...lead, -1]);
    const empty = x.newEmpty([...lead, plane]).fill_(0);
    return empty.scatter(-1, indices.reshape(flat.shape), flat).reshape([...lead, ...sizes]);
  };
}

/**
 * The values of a pooling put back where they stood, by the indices of `maxPool1d` with `returnIndices`: [N, C, L] →
 * [N, C, L'], with L' = (L - 1) · stride - 2 · padding + kernelSize unless told otherwise. Everything else is zero;
 * where an index appears twice, one of the two wins.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool1d.html
 *
 * @throws ShapeError, ArgumentError for shapes and sizes that do not fit. @throws IndexError for an index outside of
 * the result.
 */
export const maxUnpool1d: MaxUnpool = /* @__PURE__ */ maxUnpool("maxUnpool1d", 1);

/**
 * The same for `maxPool2d`: [N, C, H, W].
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool2d.html
 */
export const maxUnpool2d: MaxUnpool = /* @__PURE__ */ maxUnpool("maxUnpool2d", 2);

/**
 * The same for `maxPool3d`: [N, C, D, H, W].
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool3d.html
 */
export const maxUnpool3d: MaxUnpool = /* @__PURE__ */ maxUnpool("maxUnpool3d", 3);
