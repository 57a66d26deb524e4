/**
 * How fine and how small the numbers of a floating dtype are: what keeps logarithms and quotients away from 0 and 1.
 */

import { type DType, expectFloating, type Tensor } from "@akari/tensor";

const digits: Readonly<Partial<Record<DType, readonly [epsilon: number, tiny: number]>>> = {
  float64: [2 ** -52, 2 ** -1022],
  float32: [2 ** -23, 2 ** -126],
  float16: [2 ** -10, 2 ** -14],
  bfloat16: [2 ** -7, 2 ** -126],
};

function ofType(dtype: DType): readonly [epsilon: number, tiny: number] {
  const found = digits[dtype];
  if (found === undefined) expectFloating("precision", dtype);
  return found as readonly [number, number]; // safe: every floating dtype is there
}

/** The distance from 1 to the next larger number. */
export function epsilon(dtype: DType): number {
  return ofType(dtype)[0];
}

/** The smallest positive number that has all its digits. */
export function tiny(dtype: DType): number {
  return ofType(dtype)[1];
}

/** Probabilities away from 0 and 1, whose logits are infinite. */
export function inside(p: Tensor): Tensor {
  return p.clamp(tiny(p.dtype), 1 - epsilon(p.dtype));
}
