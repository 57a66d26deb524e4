/**
 * Numbers on the host as the elements of a dtype are stored, and back.
 */

import { computeType, type DType, type TypedArray, typedArray } from "./dtype.ts";
import { fromBfloat16, fromHalf, toBfloat16, toHalf } from "./half.ts";

/** What makes a number of an element of a dtype, as a typed array holds it. */
export function decoder(dtype: DType): (element: number) => number {
  return dtype === "float16" ? fromHalf : dtype === "bfloat16" ? fromBfloat16 : (element) => element;
}

/**
 * What makes an element of a number: the bits of 16-bit floats, 0 or 1 for a bool; all else a typed array converts by
 * itself.
 */
export function encoder(dtype: DType): (value: number) => number {
  if (dtype === "float16") return toHalf;
  if (dtype === "bfloat16") return toBfloat16;
  return dtype === "bool" ? (value) => Number(value !== 0) : (value) => value;
}

/**
 * The elements that `data()` gave as numbers: float16 and bfloat16 decoded, all others as they are.
 *
 * @example
 * const x = tensor([1, 2], { dtype: "bfloat16" });
 * Array.from(numbersOf(await x.data(), x.dtype)); // [1, 2]
 */
export function numbersOf(data: TypedArray, dtype: DType): ArrayLike<number> {
  return computeType(dtype) === dtype ? data : Float32Array.from(data, decoder(dtype));
}

/**
 * Numbers converted for a dtype: rounded, cut off towards zero, wrapped around, or turned into the bits of 16-bit
 * floats.
 */
export function encode(values: ArrayLike<number>, dtype: DType): TypedArray {
  const data = typedArray(dtype, values.length);
  if (dtype !== "bool" && computeType(dtype) === dtype) data.set(values);
  else {
    const convert = encoder(dtype);
    for (let i = 0; i < values.length; i++) data[i] = convert(values[i] as number);
  }
  return data;
}
