/** `Tensor`'s conversion methods that are named after dtypes, and queries about the dtype. */

import { bytesOf, isFloating } from "../dtype.ts";
import { cast } from "../ops/copy.ts";
import type { Tensor } from "../tensor.ts";
import type { Implementations } from "./implementations.ts";

/** Conversions named after dtypes, and queries about the dtype. */
export interface ConversionMethods {
  /** Converts to float32. */
  float(): Tensor;
  /** Converts to float64. */
  double(): Tensor;
  /** Converts to float16. */
  half(): Tensor;
  /** Converts to bfloat16. */
  bfloat16(): Tensor;
  /** Converts to int32. */
  int(): Tensor;
  /** Converts to int32, the widest integer dtype; named after PyTorch's int64 conversion. */
  long(): Tensor;
  /** Converts to uint8. */
  byte(): Tensor;
  /** Converts to bool: nonzero elements become true. */
  bool(): Tensor;
  /** Converts to the dtype and the device of another tensor. */
  typeAs(other: Tensor): Tensor;
  /** Returns whether the dtype is a floating-point type. */
  isFloatingPoint(): boolean;
  /** Returns the size of an element in bytes. */
  elementSize(): number;
}

/** The implementations of `ConversionMethods`. */
export const conversionMethods: Implementations<ConversionMethods> = {
  float: (x) => cast(x, "float32"),
  double: (x) => cast(x, "float64"),
  half: (x) => cast(x, "float16"),
  bfloat16: (x) => cast(x, "bfloat16"),
  int: (x) => cast(x, "int32"),
  long: (x) => cast(x, "int32"),
  byte: (x) => cast(x, "uint8"),
  bool: (x) => cast(x, "bool"),
  typeAs: (x, other) => x.to(other),
  isFloatingPoint: (x) => isFloating(x.dtype),
  elementSize: (x) => bytesOf(x.dtype),
};
