/**
 * Max pooling with windows at random positions, which shrinks an input by any factor. The window positions are computed
 * on the device. The elements are gathered dimension by dimension and reduced to their maximum.
 */

import {
  ArgumentError,
  arange,
  expectRank,
  type PerDimension,
  perDimension,
  rand,
  settings,
  shapeError,
  showShape,
  sizeOf,
  type Tensor,
} from "@akari/tensor";

/**
 * Options of `fractionalMaxPool2d` and `fractionalMaxPool3d`. Exactly one of `outputSize` and `outputRatio` is
 * required.
 */
export interface FractionalPoolOptions {
  /** Spatial sizes of the result. */
  readonly outputSize?: PerDimension;
  /** Ratios of the result's spatial sizes to those of the input, between 0 and 1. */
  readonly outputRatio?: PerDimension;
  /**
   * Whether to also return the positions of the maxima as int32, in row-major order within each channel. Default false.
   */
  readonly returnIndices?: boolean;
  /**
   * Random numbers from [0, 1) that determine the window positions, [N, C, spatial dimensions]; for images in the order
   * width, height. Default: drawn from the default generator.
   */
  readonly randomSamples?: Tensor;
}

/**
 * Type of `fractionalMaxPool2d` and `fractionalMaxPool3d`: returns the values, or values and indices with
 * `returnIndices`.
 */
export interface FractionalPool {
  (x: Tensor, kernelSize: PerDimension, options?: FractionalPoolOptions & { readonly returnIndices?: false }): Tensor;
  (
    x: Tensor,
    kernelSize: PerDimension,
    options: FractionalPoolOptions & { readonly returnIndices: true },
  ): [Tensor, Tensor];
}

/**
 * Returns a function that computes the sizes of the result. Throws unless exactly one of the two size options is given.
 */
export function fractionalSizes(
  operation: string,
  dims: number,
  options: FractionalPoolOptions,
): (size: number, dim: number) => number {
  const { outputSize, outputRatio } = settings(operation, options, {
    outputSize: undefined,
    outputRatio: undefined,
    returnIndices: false,
    randomSamples: undefined,
  });
  if ((outputSize === undefined) === (outputRatio === undefined))
    throw new ArgumentError(`${operation}: pass either outputSize or outputRatio`);
  if (outputSize !== undefined) {
    const sizes = perDimension(operation, "outputSize", outputSize, dims, 1);
    return (_, dim) => sizes[dim] as number;
  }
  const given = [outputRatio as PerDimension].flat(); // safe: one of the two is given
  const ratios = given.length === 1 ? new Array<number>(dims).fill(given[0] as number) : given;
  if (ratios.length !== dims || !ratios.every((ratio) => ratio > 0 && ratio < 1))
    throw new ArgumentError(`${operation}: outputRatio must be between 0 and 1, got ${showShape(ratios)}`);
  return (size, dim) => Math.floor(size * (ratios[dim] as number));
}

function fractionalMaxPool(operation: string, dims: number): FractionalPool {
  const pool = (
    x: Tensor,
    kernelSize: PerDimension,
    options: FractionalPoolOptions = {},
  ): Tensor | [Tensor, Tensor] => {
    expectRank(operation, `an input of ${dims + 1} or ${dims + 2} dimensions`, x, dims + 1, dims + 2);
    if (x.ndim === dims + 1) {
      const found = pool(x.unsqueeze(0), kernelSize, options);
      return Array.isArray(found) ? [found[0].squeeze(0), found[1].squeeze(0)] : found.squeeze(0);
    }
    const kernel = perDimension(operation, "kernelSize", kernelSize, dims, 1);
    const space = x.shape.slice(2);
    const sizes = space.map(fractionalSizes(operation, dims, options));
    if (sizes.some((size, i) => !(size >= 1 && size + (kernel[i] as number) - 1 <= (space[i] as number)))) {
      throw shapeError(operation, `room for ${showShape(sizes)} windows of ${showShape(kernel)}`, x);
    }
    const { device, dtype } = x;
    const lead = x.shape.slice(0, 2);
    const samples = options.randomSamples ?? rand([...lead, dims], { device, dtype });
    if (samples.ndim !== 3 || samples.shape.some((size, i) => size !== [...lead, dims][i]))
      throw shapeError(operation, `randomSamples ${showShape([...lead, dims])}`, samples);
    const count = (length: number) => arange(0, length, 1, { dtype: "int32", device });
    /** For each dimension, the indices of the elements of all windows: [N, C, size, kernel], apart by ones. */
    const places = sizes.map((size, i) => {
      const [length, k] = [space[i] as number, kernel[i] as number];
      const u = samples.select(2, dims === 2 ? 1 - i : i).unsqueeze(2);
      const step = (length - k) / (size - 1);
      const begins = u
        .add(count(size))
        .mul(size > 1 ? step : 0)
        .floor()
        .sub(u.mul(size > 1 ? step : 0).floor())
        .to("int32");
      const last = count(size)
        .eq(size - 1)
        .to("int32");
      // The last window is always at the end.
      const start = begins.mul(last.mul(-1).add(1)).add(last.mul(length - k));
      const apart = [sizes, kernel].flatMap((all) => all.map((n, d) => (d === i ? n : 1)));
      return start
        .unsqueeze(3)
        .add(count(k))
        .reshape([...lead, ...apart]);
    });
    /** Positions of the elements of each window in the plane: [N, C, ...sizes, elements]. */
    const positions = places
      .reduce((position, place, i) => position.mul(space[i] as number).add(place))
      .reshape([...lead, ...sizes, sizeOf(kernel)]);
    const windows = x.flatten(2).gather(2, positions.flatten(2)).reshape(positions.shape);
    const { values, indices } = windows.max(-1);
    if (!options.returnIndices) return values;
    return [values, positions.gather(-1, indices.unsqueeze(-1)).squeeze(-1)];
  };
  // safe: `returnIndices` selects the result type, as the overloads declare
  return pool as FractionalPool;
}

/**
 * Computes the maximum of windows at random positions: [N, C, H, W] → [N, C, H', W']. Graham 2015, "Fractional
 * Max-Pooling", https://arxiv.org/abs/1412.6071
 *
 *     startᵢ = ⌊α (i + u)⌋ - ⌊α u⌋,  α = (H - k) / (H' - 1),  the last one is H - k        u from [0, 1) per channel
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.fractional_max_pool2d.html
 *
 * @throws ArgumentError unless exactly one of `outputSize` and `outputRatio` is given.
 * @throws ShapeError when the input is too small, or `randomSamples` has another shape.
 */
export const fractionalMaxPool2d: FractionalPool = /* @__PURE__ */ fractionalMaxPool("fractionalMaxPool2d", 2);

/**
 * Computes the maximum of windows at random positions of volumes: [N, C, D, H, W] → [N, C, D', H', W']. Arguments and
 * errors are those of `fractionalMaxPool2d`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.fractional_max_pool3d.html
 */
export const fractionalMaxPool3d: FractionalPool = /* @__PURE__ */ fractionalMaxPool("fractionalMaxPool3d", 3);
