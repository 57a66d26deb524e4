/**
 * Reading images at any points: spatial transformers. Along each dimension a point has a few neighbours with weights; a
 * value is the sum over all combinations of them, so one form serves for all modes and for images of two and three
 * dimensions.
 */

import {
  arange,
  checkChoice,
  matmul,
  ones,
  pointwise,
  ShapeError,
  settings,
  shapeError,
  showShape,
  sizeOf,
  stack,
  type Tensor,
} from "@akari/tensor";

/** Options of `gridSample`. */
export interface GridSampleOptions {
  /** How values between elements come about; `"bicubic"` for images of two dimensions only. Default "bilinear". */
  readonly mode?: "bilinear" | "nearest" | "bicubic";
  /** What lies outside: zeros, the nearest border, or the image reflected. Default "zeros". */
  readonly paddingMode?: "zeros" | "border" | "reflection";
  /** Whether -1 and 1 are the centers of the outermost elements, rather than their outer edges. Default false. */
  readonly alignCorners?: boolean;
}

/** From [-1, 1] to elements. */
const unnormalized = {
  true: /* @__PURE__ */ pointwise<[Tensor, number]>("gridSample", (x, size) => x.add(1).div(2).mul(size.sub(1))),
  false: /* @__PURE__ */ pointwise<[Tensor, number]>("gridSample", (x, size) => x.add(1).mul(size).sub(1).div(2)),
};
/** Cut off at the outermost elements, with the derivative 0 there. */
const clipped = /* @__PURE__ */ pointwise<[Tensor, number]>("gridSample", (x, most) =>
  x.le(0).where(0, x.ge(most).where(most, x)),
);
/** Reflected at `low` and `low + span`, as often as it takes. */
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

/** A neighbour of each point along one dimension: where it lies, and what it weighs. */
interface Tap {
  readonly at: Tensor;
  readonly weight: Tensor;
}

/** The neighbours along a dimension of `size` elements. */
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
  // The weight hangs on the place, so that the grid has a gradient, which is zero.
  if (mode === "nearest") return [{ at: place.detach().round(), weight: place.mul(0).add(1) }];
  const floor = place.detach().floor();
  const t = place.sub(floor);
  return [
    { at: floor, weight: t.mul(-1).add(1) },
    { at: floor.add(1), weight: t },
  ];
}

/**
 * The values of images at the points of a grid: input [N, C, H, W] and grid [N, H', W', 2] of points (x, y) →
 * [N, C, H', W']; input [N, C, D, H, W] and grid [N, D', H', W', 3] of points (x, y, z) → [N, C, D', H', W']. Points
 * run from -1 to 1 over the image.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.grid_sample.html
 *
 * @throws ShapeError when the grid does not fit. @throws ArgumentError for unknown modes.
 */
export function gridSample(input: Tensor, grid: Tensor, options?: GridSampleOptions): Tensor {
  const given = settings("gridSample", options, { mode: "bilinear", paddingMode: "zeros", alignCorners: false });
  const { mode, paddingMode } = given;
  const dims = input.ndim - 2;
  if (
    (dims !== 2 && dims !== 3) ||
    grid.ndim !== input.ndim ||
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
  if (space.includes(0)) throw new ShapeError(`gridSample: the images of shape ${showShape(input.shape)} are empty`);
  const points = grid.shape.slice(1, -1);
  const flat = input.reshape([n, channels, sizeOf(space)]);
  // The last coordinate of a point belongs to the first dimension of an image.
  const taps = space.map((size, i) => tapsOf(grid.select(-1, dims - 1 - i).reshape([n, 1, -1]), size, given));
  /**
   * The sum over the neighbours in the dimensions from `dim` on, given the index and the weight that the dimensions
   * before make.
   */
  const total = (dim: number, index: Tensor | null, weight: Tensor | null): Tensor => {
    const size = space[dim];
    if (size === undefined) {
      const at = index as Tensor; // safe: there are dimensions
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
 * The grid of points for `gridSample` that a batch of affine maps makes of the points of a result: theta [N, 2, 3] with
 * size [N, C, H, W] → [N, H, W, 2]; theta [N, 3, 4] with size [N, C, D, H, W] → [N, D, H, W, 3].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.affine_grid.html
 *
 * @throws ShapeError when the maps and the size do not fit.
 */
export function affineGrid(
  theta: Tensor,
  size: readonly number[],
  options?: Pick<GridSampleOptions, "alignCorners">,
): Tensor {
  const { alignCorners } = settings("affineGrid", options, { alignCorners: false });
  const [n, , ...space] = size;
  const dims = space.length;
  if (
    (dims !== 2 && dims !== 3) ||
    theta.ndim !== 3 ||
    theta.shape.some((length, i) => length !== [n, dims, dims + 1][i])
  ) {
    throw new ShapeError(
      `affineGrid: expected maps [N, 2, 3] with a size [N, C, H, W] or [N, 3, 4] with [N, C, D, H, W], got shape ${showShape(theta.shape)} and size ${showShape(size)}`,
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
