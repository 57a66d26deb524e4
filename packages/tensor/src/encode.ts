/** Conversion between numbers on the host and the elements of a dtype as they are stored. */

import { computeType, type DType, type TypedArray, typedArray } from "./dtype.ts";
import { fromBfloat16, fromHalf, toBfloat16, toHalf } from "./half.ts";

/** Returns the function that converts an element in a typed array of this dtype to a number. */
export function decoder(dtype: DType): (element: number) => number {
  return dtype === "float16" ? fromHalf : dtype === "bfloat16" ? fromBfloat16 : (element) => element;
}

/**
 * Returns the function that converts a number to an element: the bits of a 16-bit float, or 0 or 1 for a bool. For
 * other dtypes it is the identity, since the typed array converts on assignment.
 */
export function encoder(dtype: DType): (value: number) => number {
  if (dtype === "float16") return toHalf;
  if (dtype === "bfloat16") return toBfloat16;
  return dtype === "bool" ? (value) => Number(value !== 0) : (value) => value;
}

/**
 * Decodes the elements that `data()` returned: float16 and bfloat16 become a Float32Array, other dtypes are returned as
 * they are.
 *
 * @example
 * const x = tensor([1, 2], { dtype: "bfloat16" });
 * Array.from(numbersOf(await x.data(), x.dtype)); // [1, 2]
 */
export function numbersOf(data: TypedArray, dtype: DType): ArrayLike<number> {
  return computeType(dtype) === dtype ? data : Float32Array.from(data, decoder(dtype));
}

/**
 * Converts numbers to the elements of a dtype: floats are rounded, integers truncated toward zero and wrapped around,
 * and 16-bit floats encoded as bits.
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
