/** Numerical differentiation of sampled functions by finite differences. */

import {
  ArgumentError,
  cat,
  checkChoice,
  dimensions,
  expectTensor,
  isFloating,
  ShapeError,
  settings,
  shapeOf,
  type Tensor,
} from "@akari/tensor";

/** Options of `gradient`. */
export interface GradientOptions {
  /**
   * Distance between samples: one number for all dimensions, or per dimension either a number or the coordinates of the
   * samples, [n]. Default 1.
   */
  readonly spacing?: number | readonly (number | Tensor)[];
  /** Dimensions to differentiate along. Default: all. */
  readonly dim?: number | readonly number[];
  /**
   * Order of accuracy at the two ends: 1 differentiates the line through the last two samples, 2 the parabola through
   * the last three. Default 1.
   */
  readonly edgeOrder?: 1 | 2;
}

/**
 * Estimates the partial derivatives of a sampled function along one or several dimensions. Inner samples use the
 * parabola through the sample and its two neighbors.
 *
 * https://pytorch.org/docs/stable/generated/torch.gradient.html
 *
 * @returns one tensor of x's shape per dimension.
 * @throws ShapeError for fewer than `edgeOrder` + 1 samples along a dimension, or a different number of coordinates.
 * @throws ArgumentError when `spacing` is a list of another length than the dimensions, or a dimension is listed twice.
 * @throws IndexError when there is no such dimension.
 *
 * @example
 * gradient(tensor([4, 1, 1, 16]), { spacing: [tensor([-2, -1, 1, 4])] })[0]; // [ -3, -2, 2, 5 ]
 */
export function gradient(x: Tensor, options?: GradientOptions): Tensor[] {
  const { spacing, dim, edgeOrder } = settings("gradient", options, { spacing: 1, dim: undefined, edgeOrder: 1 });
  checkChoice("gradient", "edgeOrder", edgeOrder, [1, 2]);
  const dims = [dim ?? shapeOf("gradient", x).map((_, d) => d)].flat();
  dimensions("gradient", dims, x);
  const each = typeof spacing === "number" ? new Array<number>(dims.length).fill(spacing) : spacing;
  if (each.length !== dims.length)
    throw new ArgumentError(`gradient: expected a spacing for each of ${dims.length} dimensions, got ${each.length}`);
  const samples = isFloating(x.dtype) ? x : x.to("float32");
  return dims.map((d, i) => along(samples, d, each[i] as number | Tensor, edgeOrder));
}

function along(x: Tensor, dim: number, spacing: number | Tensor, edgeOrder: 1 | 2): Tensor {
  if (typeof spacing !== "number") expectTensor("gradient", spacing, "numbers and tensors as spacing");
  const n = x.size(dim);
  if (n <= edgeOrder)
    throw new ShapeError(`gradient: expected more than ${edgeOrder} samples along dimension ${dim}, got ${n}`);
  if (typeof spacing === "object" && (spacing.ndim !== 1 || spacing.numel() !== n))
    throw new ShapeError(
      `gradient: expected ${n} coordinates along dimension ${dim}, got a tensor of shape [${spacing.shape}]`,
    );
  // Shaped to broadcast along `dim`.
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
  // The slope of the parabola through three points is a weighted mean of the slopes on both sides.
  const middle = left.mul(after).add(right.mul(before)).div(before.add(after));
  if (edgeOrder === 1) return cat([first, middle, last], dim);
  // A parabola's slope is linear, so the outer secant slope, at the midpoint, is the mean of the slopes at its two
  // ends.
  const [second, penultimate] = [middle.narrow(dim, 0, 1), middle.narrow(dim, n - 3, 1)];
  return cat([first.mul(2).sub(second), middle, last.mul(2).sub(penultimate)], dim);
}
