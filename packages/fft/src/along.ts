/**
 * What the functions for one and for several dimensions have in common: their options, and a transform along one
 * dimension.
 */

import { checkInteger, isFloating, shapeError, type Tensor } from "@akari/tensor";
import { table } from "./tables.ts";
import { fourier, sizesOf } from "./transform.ts";
import { upload } from "./upload.ts";

/**
 * Which direction of a transform is divided by its length: `"backward"` the inverse, `"forward"` the other one,
 * `"ortho"` both by the square root of it.
 */
export type Norm = "backward" | "ortho" | "forward";

/** All of them. */
export const norms: readonly Norm[] = ["backward", "ortho", "forward"];

/**
 * The kinds of transforms: what of the numbers and of the results is complex rather than real, and the sign of the
 * exponent.
 */
export const kinds = {
  fft: { from: true, to: true, sign: -1 },
  ifft: { from: true, to: true, sign: 1 },
  rfft: { from: false, to: true, sign: -1 },
  irfft: { from: true, to: false, sign: 1 },
  hfft: { from: true, to: false, sign: -1 },
  ihfft: { from: false, to: true, sign: 1 },
} as const;

/** One of the kinds of transforms. */
export type Kind = (typeof kinds)[keyof typeof kinds];

/**
 * Looks at what is given to a transform. Integers become float32.
 *
 * @throws ShapeError for what should be complex and has no last dimension of 2, and for a single number.
 */
export function expectNumbers(operation: string, x: Tensor, complex: boolean): Tensor {
  if (complex && x.shape.at(-1) !== 2)
    throw shapeError(
      operation,
      "complex numbers, the last dimension being 2 for their real and imaginary parts (complex(x) makes them of real ones)",
      x,
    );
  if (sizesOf(x, complex).length === 0) throw shapeError(operation, "at least one dimension of numbers", x);
  return isFloating(x.dtype) ? x : x.to("float32");
}

/** A transform along a dimension, from 0. `length` undefined stands for the number of elements there. */
export function along(
  operation: string,
  x: Tensor,
  kind: Kind,
  length: number | undefined,
  dim: number,
  norm: Norm,
): Tensor {
  const { from, to, sign } = kind;
  const size = x.shape[dim] as number; // safe: the dimension has been looked up
  const n = length ?? (from && !to ? 2 * (size - 1) : size);
  checkInteger(operation, "the length of the transform", n, 1);
  const half = Math.floor(n / 2) + 1;
  const given = Math.min(size, from && !to ? half : n);
  const numbers = given < size ? x.narrow(dim, 0, given) : x;
  // The half that is not given has the same real parts of its terms, so those that are given count twice: all but the
  // first, and that of n/2.
  const whole = to ? numbers : numbers.mul(weights(numbers, dim, n));
  const divided = { backward: sign > 0 ? n : 1, ortho: Math.sqrt(n), forward: sign > 0 ? 1 : n }[norm];
  return fourier(whole, { ...kind, n, dim, wanted: to && !from ? half : n, scale: 1 / divided });
}

/** How often each number of the given half counts, along a dimension. */
function weights({ shape, dtype, device }: Tensor, dim: number, n: number): Tensor {
  const given = shape[dim] as number; // safe: the dimension has been looked up
  const counts = table(`weights ${n} ${given} ${dtype}`, device, () =>
    upload(
      "fft",
      Float64Array.from({ length: given }, (_, k) => (k === 0 || 2 * k === n ? 1 : 2)),
      [given],
      { dtype, device },
    ),
  );
  return counts.view(given, ...shape.slice(dim + 1).map(() => 1));
}
