/** Copies of a tensor with repeated or reordered elements: repeat, roll, flip and rotate. */

import { checkInteger } from "../argument.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { apply, type Op, rules } from "../op.ts";
import { checkSizes, differentDimensions, dimension, dimensions, ownDimension, shapeOf, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { windowOn } from "../view.ts";
import { clone, copyInto } from "./copy.ts";
import { expand } from "./expand.ts";
import { counting } from "./fill.ts";
import { indexList, selectUnchecked } from "./gather.ts";
import { cat } from "./join.ts";
import { transpose } from "./permute.ts";
import { flatten, reshape, type Sizes, sizesOf } from "./reshape.ts";
import { narrow } from "./slice.ts";

/**
 * Repeats a tensor `counts[i]` times along dimension `i`. Extra counts add leading dimensions. Returns a copy.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.repeat.html
 *
 * @throws ShapeError when there are fewer counts than dimensions, or a count is not a non-negative integer.
 */
export function repeat(x: Tensor, ...counts: Sizes): Tensor {
  const times = sizesOf(counts);
  checkSizes("repeat", times);
  if (times.length < shapeOf("repeat", x).length)
    throw new ShapeError(
      `repeat: ${times.length} counts ${showShape(times)} are too few for shape ${showShape(x.shape)}`,
    );
  const sizes = [...new Array<number>(times.length - x.ndim).fill(1), ...x.shape];
  const apart = reshape(
    x,
    sizes.flatMap((size) => [1, size]),
  );
  const all = expand(
    apart,
    sizes.flatMap((size, i) => [times[i] as number, size]),
  );
  return reshape(
    clone(all),
    sizes.map((size, i) => size * (times[i] as number)),
  );
}

/**
 * Repeats a tensor like `repeat`; missing leading counts are 1.
 * https://pytorch.org/docs/stable/generated/torch.tile.html
 *
 * @throws ShapeError when a count is not a non-negative integer.
 */
export function tile(x: Tensor, ...counts: Sizes): Tensor {
  const times = sizesOf(counts);
  return repeat(x, [...new Array<number>(Math.max(shapeOf("tile", x).length - times.length, 0)).fill(1), ...times]);
}

/**
 * Repeats each index of a dimension, or without `dim`, each element of the flattened tensor.
 *
 * https://pytorch.org/docs/stable/generated/torch.repeat_interleave.html
 *
 * @param repeats one count, or one per index: numbers, or an int32 tensor whose values are read.
 * @throws ShapeError when the counts do not match the dimension, or a count is negative.
 * @throws DeviceError for a tensor of counts on a device that cannot be read synchronously; call
 * `await repeats.prefetch()` first.
 */
export function repeatInterleave(
  x: Tensor,
  repeats: number | readonly number[] | Tensor,
  dim: number | null = null,
): Tensor {
  if (dim === null) return repeatInterleave(flatten(x), repeats, 0);
  const at = dimension("repeatInterleave", dim, x);
  const length = x.shape[at] ?? 1;
  const given =
    typeof repeats === "number"
      ? [repeats]
      : Array.isArray(repeats)
        ? (repeats as readonly number[])
        : Array.from(indexList("repeatInterleave", repeats as Tensor).dataSync()); // safe: all else is excluded
  const counts = given.length === 1 ? new Array<number>(length).fill(given[0] as number) : given;
  if (counts.length !== length)
    throw new ShapeError(`repeatInterleave: ${counts.length} counts do not fit dimension ${at} of size ${length}`);
  checkSizes("repeatInterleave", counts);
  let [place, left] = [-1, 0];
  const places = counting(
    x,
    counts.reduce((sum, count) => sum + count, 0),
    () => {
      while (left === 0) left = counts[++place] as number;
      left--;
      return place;
    },
  );
  return selectUnchecked(x.ndim === 0 ? flatten(x) : x, at, places);
}

/**
 * Shifts elements along dimensions, or without `dims`, in the flattened tensor. Elements shifted past the end reappear
 * at the start. Returns a copy.
 *
 * https://pytorch.org/docs/stable/generated/torch.roll.html
 *
 * @throws ArgumentError unless there is one integer shift per dimension.
 */
export function roll(
  x: Tensor,
  shifts: number | readonly number[],
  dims: number | readonly number[] | null = null,
): Tensor {
  const steps = [shifts].flat();
  for (const step of steps) checkInteger("roll", "shifts", step, Number.NEGATIVE_INFINITY);
  if (dims === null) {
    if (steps.length !== 1) throw new ArgumentError(`roll: ${steps.length} shifts need as many dimensions`);
    return reshape(roll(flatten(x), steps, 0), x.shape);
  }
  const places = [dims].flat();
  if (places.length !== steps.length)
    throw new ArgumentError(`roll: ${steps.length} shifts for ${places.length} dimensions`);
  let result = x;
  places.forEach((dim, i) => {
    const at = dimension("roll", dim, x);
    const size = x.shape[at] ?? 0;
    const step = steps[i] as number;
    const shift = size === 0 ? 0 : ((step % size) + size) % size;
    if (shift > 0) result = cat([narrow(result, at, size - shift, shift), narrow(result, at, 0, size - shift)], at);
  });
  return result === x ? clone(x) : result;
}

/** Copying with the elements along some dimensions in reverse order, which is reading with negative strides. */
const flipping: Op<readonly number[]> = {
  name: "flip",
  infer: ([x]) => [x],
  run: ([x], dims, [to]) => {
    const strides = x.strides.map((stride, d) => (dims.includes(d) ? -stride : stride));
    const last = dims.reduce((at, d) => at + ((x.shape[d] as number) - 1) * (x.strides[d] as number), x.offset);
    copyInto(to, windowOn(x, x.shape, strides, last), to.device);
  },
  gradient: /* @__PURE__ */ rules<readonly number[]>({ of: (g, { attrs }) => apply(flipping, [g], attrs) }),
};

/**
 * Reverses the order of the elements along the given dimensions. Returns a copy, since the strides of a tensor are never
 * negative.
 *
 * https://pytorch.org/docs/stable/generated/torch.flip.html
 *
 * @throws ArgumentError when a dimension appears twice.
 */
export function flip(x: Tensor, ...dims: readonly number[] | readonly [readonly number[]]): Tensor {
  const named = sizesOf(dims);
  return apply(flipping, [x], named.length === 0 ? [] : dimensions("flip", named, x));
}

/**
 * Reverses the order of the columns (dimension 1). Returns a copy.
 * https://pytorch.org/docs/stable/generated/torch.fliplr.html
 *
 * @throws IndexError for fewer than 2 dimensions.
 */
export function fliplr(x: Tensor): Tensor {
  return flip(x, dimension("fliplr", 1, x));
}

/**
 * Reverses the order of the rows (dimension 0). Returns a copy.
 * https://pytorch.org/docs/stable/generated/torch.flipud.html
 *
 * @throws IndexError for a scalar.
 */
export function flipud(x: Tensor): Tensor {
  return flip(x, ownDimension("flipud", 0, x));
}

/**
 * Rotates a tensor by `k` quarter turns in the plane of two dimensions, from the first toward the second. Returns a
 * copy.
 *
 * https://pytorch.org/docs/stable/generated/torch.rot90.html
 *
 * @param k Default 1. Negative turns go the other way.
 * @param dims Default [0, 1].
 * @throws ArgumentError unless `k` is an integer and the dimensions differ.
 */
export function rot90(x: Tensor, k = 1, dims: readonly [number, number] = [0, 1]): Tensor {
  const [a, b] = differentDimensions("rot90", dims, x) as [number, number]; // safe: one for each
  checkInteger("rot90", "k", k, Number.NEGATIVE_INFINITY);
  const turns = ((k % 4) + 4) % 4;
  const half = turns === 0 ? clone(x) : turns === 1 ? x : flip(x, a, b);
  return turns % 2 === 1 ? transpose(flip(half, b), a, b) : half;
}
