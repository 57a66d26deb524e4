/**
 * Inverse of max pooling: puts each value back in its original position, with zeros elsewhere.
 */

import {
  ArgumentError,
  checkSizes,
  expectBetween,
  expectRank,
  type PerDimension,
  perDimension,
  sameShape,
  settings,
  shapeError,
  shapeOf,
  showShape,
  sizeOf,
  type Tensor,
} from "@akari/tensor";

/** Options of `maxUnpool1d`, `maxUnpool2d` and `maxUnpool3d`: those of the pooling. */
export interface MaxUnpoolOptions {
  /** Stride of the pooling. Default: the kernel size. */
  readonly stride?: PerDimension;
  /** Padding of the pooling. Default 0. */
  readonly padding?: PerDimension;
  /**
   * Spatial sizes of the result, or its full shape, where several input sizes have the same pooled size. Default: the
   * smallest one.
   */
  readonly outputSize?: readonly number[] | null;
}

/** Type of `maxUnpool1d`, `maxUnpool2d` and `maxUnpool3d`. */
export type MaxUnpool = (x: Tensor, indices: Tensor, kernelSize: PerDimension, options?: MaxUnpoolOptions) => Tensor;

function maxUnpool(operation: string, dims: number): MaxUnpool {
  return (x, indices, kernelSize, options = {}) => {
    const given = settings(operation, options, { stride: kernelSize, padding: 0, outputSize: null });
    expectRank(operation, `an input of ${dims + 1} or ${dims + 2} dimensions`, x, dims + 1, dims + 2);
    if (!sameShape(x.shape, shapeOf(operation, indices)))
      throw shapeError(operation, "an input and indices of the same shape", x, indices);
    const kernel = perDimension(operation, "kernelSize", kernelSize, dims, 1);
    const stride = perDimension(operation, "stride", given.stride, dims, 1);
    const padding = perDimension(operation, "padding", given.padding, dims, 0);
    const lead = x.shape.slice(0, -dims);
    const least = kernel.map(
      (k, i) => ((x.shape[lead.length + i] as number) - 1) * (stride[i] as number) - 2 * (padding[i] as number) + k,
    );
    const wanted = given.outputSize ?? least;
    checkSizes(operation, wanted);
    const sizes = wanted.slice(-dims);
    // As in PyTorch, sizes on both sides of the default are accepted, up to a stride away.
    const fits = sizes.every((size, i) => Math.abs(size - (least[i] as number)) < (stride[i] as number));
    if (
      sizes.length !== dims ||
      !(wanted.length === dims || wanted.length === dims + 2) ||
      (given.outputSize && !fits)
    ) {
      throw new ArgumentError(
        `${operation}: outputSize must be ${dims} sizes that differ from ${showShape(least)} by less than the stride ${showShape(stride)}, got ${showShape(wanted)}`,
      );
    }
    const plane = sizeOf(sizes);
    const message = `${operation}: index {} is out of range for a plane of shape ${showShape(sizes)}`;
    expectBetween(indices, 0, plane - 1, message, { error: "IndexError" });
    const flat = x.reshape([...lead, -1]);
    const empty = x.newEmpty([...lead, plane]).fill_(0);
    return empty.scatter(-1, indices.reshape(flat.shape), flat).reshape([...lead, ...sizes]);
  };
}

/**
 * Puts the values of `maxPool1d` back in their original positions, given the indices returned with `returnIndices`:
 * [N, C, L] → [N, C, L'], with L' = (L - 1) · stride - 2 · padding + kernelSize by default. All other elements are
 * zero. Where an index appears twice, one of the two values is kept.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool1d.html
 *
 * @throws ShapeError when input and indices differ in shape, or have the wrong number of dimensions.
 * @throws ArgumentError when `outputSize` does not match the pooling.
 * @throws IndexError when an index is out of range.
 */
export const maxUnpool1d: MaxUnpool = /* @__PURE__ */ maxUnpool("maxUnpool1d", 1);

/**
 * Puts the values of `maxPool2d` back in their original positions: [N, C, H, W] → [N, C, H', W']. Arguments and errors
 * are those of `maxUnpool1d`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool2d.html
 */
export const maxUnpool2d: MaxUnpool = /* @__PURE__ */ maxUnpool("maxUnpool2d", 2);

/**
 * Puts the values of `maxPool3d` back in their original positions: [N, C, D, H, W] → [N, C, D', H', W']. Arguments and
 * errors are those of `maxUnpool1d`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool3d.html
 */
export const maxUnpool3d: MaxUnpool = /* @__PURE__ */ maxUnpool("maxUnpool3d", 3);
