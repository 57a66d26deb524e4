/**
 * Numbers on the host as the elements of a dtype are stored.
 */

import { type DType, type TypedArray, typedArray } from "./dtype.ts";
import { toHalf } from "./half.ts";

/** Numbers converted for a dtype: rounded, cut off towards zero, wrapped around, or turned into the bits of half precision. */
export function encode(values: ArrayLike<number>, dtype: DType): TypedArray {
  if (dtype !== "float16" && dtype !== "bool") {
    const data = typedArray(dtype, values.length);
    data.set(values);
    return data;
  }
  const data = typedArray(dtype, values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    data[i] = dtype === "float16" ? toHalf(value) : value !== 0 ? 1 : 0;
  }
  return data;
}
