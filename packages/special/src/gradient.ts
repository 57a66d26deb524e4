/**
 * The gradient of a function of which only samples are known, by differences.
 */

import { ArgumentError, cat, checkChoice, isFloating, ShapeError, settings, type Tensor } from "@akari/tensor";

/** The options of `gradient`. */
export interface GradientOptions {
  /**
   * How far apart the samples are: for all dimensions, for each, or the coordinates of the samples in each. Default 1.
   */
  readonly spacing?: number | readonly (number | Tensor)[];
  /** Along which dimensions. Default: all of them. */
  readonly dim?: number | readonly number[];
  /** How exact the ends are: 1 for straight lines, 2 for parabolas. Default 1. */
  readonly edgeOrder?: 1 | 2;
}

/**
 * The derivative of samples along one dimension or several: by the parabola through each and its neighbours, at the
 * ends by a line or a parabola.
 *
 * https://pytorch.org/docs/stable/generated/torch.gradient.html
 *
 * @returns one tensor for each dimension, in the shape of x.
 * @throws ShapeError for fewer samples than `edgeOrder` + 1 along a dimension, or coordinates of another number.
 *
 * @example
 * gradient(tensor([4, 1, 1, 16]), { spacing: [tensor([-2, -1, 1, 4])] })[0]; // [ -3, -2, 2, 5 ]
 */
export function gradient(x: Tensor, options?: GradientOptions): Tensor[] {
  const { spacing, dim, edgeOrder } = settings("gradient", options, { spacing: 1, dim: undefined, edgeOrder: 1 });
  checkChoice("gradient", "edgeOrder", edgeOrder, [1, 2]);
  const dims = dim === undefined ? x.shape.map((_, d) => d) : typeof dim === "number" ? [dim] : dim;
  const each = typeof spacing === "number" ? new Array<number>(dims.length).fill(spacing) : spacing;
  if (each.length !== dims.length)
    throw new ArgumentError(`gradient: expected a spacing for each of ${dims.length} dimensions, got ${each.length}`);
  const samples = isFloating(x.dtype) ? x : x.to("float32");
  return dims.map((d, i) => along(samples, d, each[i] as number | Tensor, edgeOrder));
}

function along(x: Tensor, dim: number, spacing: number | Tensor, edgeOrder: 1 | 2): Tensor {
  const n = x.size(dim);
  if (n <= edgeOrder)
    throw new ShapeError(`gradient: expected more than ${edgeOrder} samples along dimension ${dim}, got ${n}`);
  if (typeof spacing === "object" && (spacing.ndim !== 1 || spacing.numel() !== n))
    throw new ShapeError(
      `gradient: expected ${n} coordinates along dimension ${dim}, got a tensor of shape [${spacing.shape}]`,
    );
  // In the shape of what they divide.
  const shape = x.shape.map((_, d) => (d === (dim < 0 ? dim + x.ndim : dim) ? n - 1 : 1));
  const steps =
    typeof spacing === "number"
      ? x.newFull(shape, spacing)
      : spacing
          .to(x.dtype)
          .diff()
          .reshape(...shape);
  const slopes = x
    .narrow(dim, 1, n - 1)
    .sub(x.narrow(dim, 0, n - 1))
    .div(steps);
  const [first, last] = [slopes.narrow(dim, 0, 1), slopes.narrow(dim, n - 2, 1)];
  if (n === 2) return cat([first, last], dim);
  const [left, right] = [slopes.narrow(dim, 0, n - 2), slopes.narrow(dim, 1, n - 2)];
  const [before, after] = [steps.narrow(dim, 0, n - 2), steps.narrow(dim, 1, n - 2)];
  // The slope of the parabola through three points is a mean of the slopes on both sides.
  const middle = left.mul(after).add(right.mul(before)).div(before.add(after));
  if (edgeOrder === 1) return cat([first, middle, last], dim);
  // And it is straight: so far from the middle as the outer slope is to it, beyond that.
  const [second, penultimate] = [middle.narrow(dim, 0, 1), middle.narrow(dim, n - 3, 1)];
  return cat([first.mul(2).sub(second), middle, last.mul(2).sub(penultimate)], dim);
}
