/**
 * What the transforms along one dimension and along several share: the table of transform kinds, the `norm` option, and
 * the transform along a single dimension.
 */

import { checkInteger, expectTensor, isFloating, shapeError, type Tensor } from "@akari/tensor";
import { table } from "./tables.ts";
import { fourier, sizesOf } from "./transform.ts";
import { upload } from "./upload.ts";

/**
 * Normalization of a transform of length n: `"backward"` divides the inverse transform by n, `"forward"` divides the
 * forward transform by n, and `"ortho"` divides both by √n.
 */
export type Norm = "backward" | "ortho" | "forward";

/** All values of `Norm`. */
export const norms: readonly Norm[] = ["backward", "ortho", "forward"];

/**
 * The kinds of transforms: whether the input (`from`) and the output (`to`) are complex, and the sign of the exponent.
 */
export const kinds = {
  fft: { from: true, to: true, sign: -1 },
  ifft: { from: true, to: true, sign: 1 },
  rfft: { from: false, to: true, sign: -1 },
  irfft: { from: true, to: false, sign: 1 },
  hfft: { from: true, to: false, sign: -1 },
  ihfft: { from: false, to: true, sign: 1 },
} as const;

/** One kind of transform. */
export type Kind = (typeof kinds)[keyof typeof kinds];

/**
 * Checks the input of a transform. Integers become float32.
 *
 * @throws ShapeError when a complex input lacks the last dimension of size 2, or when there is no dimension to
 * transform.
 */
export function expectNumbers(operation: string, x: Tensor, complex: boolean): Tensor {
  expectTensor(operation, x);
  if (complex && x.shape.at(-1) !== 2)
    throw shapeError(operation, "complex numbers [..., 2] (complex(x) converts real ones)", x);
  if (sizesOf(x, complex).length === 0) throw shapeError(operation, "at least one dimension to transform", x);
  return isFloating(x.dtype) ? x : x.to("float32");
}

/**
 * Transforms `x` along the non-negative dimension `dim`. The default `length` is the size of that dimension, or
 * `2 (size - 1)` for a complex input and a real output.
 */
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
  // A real output needs only the real parts of the terms. The missing half of the input contributes the same real parts
  // as the given half, so every given element counts twice, except the first and the one at n/2.
  const whole = to ? numbers : numbers.mul(weights(numbers, dim, n));
  const divided = { backward: sign > 0 ? n : 1, ortho: Math.sqrt(n), forward: sign > 0 ? 1 : n }[norm];
  return fourier(whole, { ...kind, n, dim, wanted: to && !from ? half : n, scale: 1 / divided });
}

/** How often each element of the given half counts, shaped to broadcast along `dim`. */
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
