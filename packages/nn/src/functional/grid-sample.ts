/**
 * Sampling of images at arbitrary points, as in spatial transformers. Along each dimension, a point has a few
 * neighbors with weights. Its value is the sum over all combinations of neighbors, so the same code handles all modes
 * and both images and volumes.
 */

import {
  arange,
  checkChoice,
  checkSizes,
  matmul,
  ones,
  pointwise,
  ShapeError,
  settings,
  shapeError,
  shapeOf,
  showShape,
  sizeOf,
  stack,
  type Tensor,
} from "@akari/tensor";

/** Options of `gridSample`. */
export interface GridSampleOptions {
  /** Interpolation between elements; `"bicubic"` requires images [N, C, H, W]. Default "bilinear". */
  readonly mode?: "bilinear" | "nearest" | "bicubic";
  /** Values outside the image: zeros, the nearest border element, or the reflected image. Default "zeros". */
  readonly paddingMode?: "zeros" | "border" | "reflection";
  /** Whether -1 and 1 refer to the centers of the outermost elements instead of their outer edges. Default false. */
  readonly alignCorners?: boolean;
}

/** Converts coordinates in [-1, 1] to element positions. */
const unnormalized = {
  true: /* @__PURE__ */ pointwise<[Tensor, number]>("gridSample", (x, size) => x.add(1).div(2).mul(size.sub(1))),
  false: /* @__PURE__ */ pointwise<[Tensor, number]>("gridSample", (x, size) => x.add(1).mul(size).sub(1).div(2)),
};
/** Clamps positions to the outermost elements, with derivative 0 beyond them. */
const clipped = /* @__PURE__ */ pointwise<[Tensor, number]>("gridSample", (x, most) =>
  x.le(0).where(0, x.ge(most).where(most, x)),
);
/** Reflects positions at `low` and `low + span` until they are between them. */
const reflected = /* @__PURE__ */ pointwise<[Tensor, number, number]>("gridSample", (x, low, span) => {
  const far = x.sub(low).abs();
  const flips = far.div(span).floor();
  const rest = far.sub(flips.mul(span));
  return flips.sub(flips.div(2).floor().mul(2)).eq(0).where(rest.add(low), span.sub(rest).add(low));
});
const masked = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>("gridSample", (weight, at, most) =>
  at.ge(0).and(at.le(most)).where(weight, 0),
);
const near = /* @__PURE__ */ pointwise<[Tensor]>("gridSample", (t) => t.mul(1.25).sub(2.25).mul(t).mul(t).add(1));
const far = /* @__PURE__ */ pointwise<[Tensor]>("gridSample", (t) =>
  t.mul(-0.75).add(3.75).mul(t).sub(6).mul(t).add(3),
);

/** Neighbor of each point along one dimension: its position and weight. */
interface Tap {
  readonly at: Tensor;
  readonly weight: Tensor;
}

/** Returns the neighbors along a dimension of `size` elements. */
function tapsOf(x: Tensor, size: number, { mode, paddingMode, alignCorners }: Required<GridSampleOptions>): Tap[] {
  const inside = (place: Tensor): Tensor => {
    if (paddingMode === "zeros") return place;
    if (paddingMode === "border") return clipped(place, size - 1);
    const back = alignCorners
      ? size === 1
        ? place.mul(0)
        : reflected(place, 0, size - 1)
      : reflected(place, -0.5, size);
    return clipped(back, size - 1);
  };
  const free = unnormalized[alignCorners ? "true" : "false"](x, size);
  if (mode === "bicubic") {
    const floor = free.detach().floor();
    const t = free.sub(floor);
    return [far(t.add(1)), near(t), near(t.mul(-1).add(1)), far(t.mul(-1).add(2))].map((weight, i) => ({
      at: inside(floor.add(i - 1)),
      weight,
    }));
  }
  const place = inside(free);
  // The weight depends on the position, so that the grid has a gradient, which is zero.
  if (mode === "nearest") return [{ at: place.detach().round(), weight: place.mul(0).add(1) }];
  const floor = place.detach().floor();
  const t = place.sub(floor);
  return [
    { at: floor, weight: t.mul(-1).add(1) },
    { at: floor.add(1), weight: t },
  ];
}

/**
 * Samples images at the points of a grid: input [N, C, H, W] and grid [N, H', W', 2] of points (x, y) → [N, C, H', W'],
 * or input [N, C, D, H, W] and grid [N, D', H', W', 3] of points (x, y, z) → [N, C, D', H', W']. Coordinates range from
 * -1 to 1 across the image.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.grid_sample.html
 *
 * @throws ShapeError when the shapes of input and grid do not match.
 * @throws ArgumentError for an unknown mode or padding mode.
 */
export function gridSample(input: Tensor, grid: Tensor, options?: GridSampleOptions): Tensor {
  const given = settings("gridSample", options, { mode: "bilinear", paddingMode: "zeros", alignCorners: false });
  const { mode, paddingMode } = given;
  const dims = shapeOf("gridSample", input).length - 2;
  if (
    (dims !== 2 && dims !== 3) ||
    shapeOf("gridSample", grid).length !== dims + 2 ||
    grid.shape.at(-1) !== dims ||
    grid.shape[0] !== input.shape[0]
  ) {
    throw shapeError(
      "gridSample",
      "images [N, C, H, W] with a grid [N, H', W', 2] or volumes [N, C, D, H, W] with [N, D', H', W', 3]",
      input,
      grid,
    );
  }
  checkChoice("gridSample", `mode for ${dims} dimensions`, mode, [
    "bilinear",
    "nearest",
    ...(dims === 2 ? ["bicubic"] : []),
  ]);
  checkChoice("gridSample", "paddingMode", paddingMode, ["zeros", "border", "reflection"]);
  // safe: at least four dimensions
  const [n, channels, ...space] = input.shape as readonly [number, number, ...number[]];
  if (space.includes(0)) throw shapeError("gridSample", "images that are not empty", input);
  const points = grid.shape.slice(1, -1);
  const flat = input.reshape([n, channels, sizeOf(space)]);
  // The last coordinate of a point belongs to the first spatial dimension.
  const taps = space.map((size, i) => tapsOf(grid.select(-1, dims - 1 - i).reshape([n, 1, -1]), size, given));
  /**
   * Sums over the neighbors in the dimensions from `dim` on, given the index and weight accumulated in the previous
   * ones.
   */
  const total = (dim: number, index: Tensor | null, weight: Tensor | null): Tensor => {
    const size = space[dim];
    if (size === undefined) {
      const at = index as Tensor; // safe: there is at least one dimension
      return flat.gather(2, at.expand(n, channels, at.shape[2] as number)).mul(weight as Tensor);
    }
    const parts = (taps[dim] as Tap[]).map(({ at, weight: own }) => {
      const place = at.clamp(0, size - 1).to("int32");
      const counted = paddingMode === "zeros" ? masked(own, at, size - 1) : own;
      return total(
        dim + 1,
        index === null ? place : index.mul(size).add(place),
        weight === null ? counted : weight.mul(counted),
      );
    });
    return parts.reduce((sum, part) => sum.add(part));
  };
  return total(0, null, null).reshape([n, channels, ...points]);
}

/**
 * Generates a grid for `gridSample` from a batch of affine matrices: theta [N, 2, 3] and size [N, C, H, W] →
 * [N, H, W, 2], or theta [N, 3, 4] and size [N, C, D, H, W] → [N, D, H, W, 3].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.affine_grid.html
 *
 * @throws ShapeError when theta and the size do not match.
 */
export function affineGrid(
  theta: Tensor,
  size: readonly number[],
  options?: Pick<GridSampleOptions, "alignCorners">,
): Tensor {
  const { alignCorners } = settings("affineGrid", options, { alignCorners: false });
  checkSizes("affineGrid", size);
  const [n, , ...space] = size;
  const dims = space.length;
  if (
    (dims !== 2 && dims !== 3) ||
    shapeOf("affineGrid", theta).length !== 3 ||
    theta.shape.some((length, i) => length !== [n, dims, dims + 1][i])
  ) {
    throw new ShapeError(
      `affineGrid: expected theta [N, 2, 3] with a size [N, C, H, W] or [N, 3, 4] with [N, C, D, H, W], got shape ${showShape(theta.shape)} and size ${showShape(size)}`,
    );
  }
  const { device, dtype } = theta;
  const coordinates = space.map((length, i) => {
    // Between the centers of the outermost elements, or between their outer edges.
    const step = alignCorners ? (length > 1 ? 2 / (length - 1) : 0) : 2 / length;
    const line = arange(0, length, 1, { device, dtype })
      .sub((length - 1) / 2)
      .mul(step);
    return line.reshape(space.map((_, d) => (d === i ? length : 1))).expand(space);
  });
  const base = stack([...coordinates.reverse(), ones(space, { device, dtype })], -1).reshape([-1, dims + 1]);
  return matmul(base, theta.mT).reshape([n as number, ...space, dims]);
}
