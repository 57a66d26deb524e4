/**
 * Conversions by the names of dtypes, as methods of `Tensor`.
 */

import { bytesOf, isFloating } from "../dtype.ts";
import { cast } from "../ops/copy.ts";
import type { Tensor } from "../tensor.ts";
import type { Behind } from "./behind.ts";

/** Conversions by the names of dtypes. */
export interface ConversionMethods {
  /** The values as float32. */
  float(): Tensor;
  /** The values as float64. */
  double(): Tensor;
  /** The values as float16. */
  half(): Tensor;
  /** The values as int32. */
  int(): Tensor;
  /** The values as int32, the widest integers there are: PyTorch's `long`. */
  long(): Tensor;
  /** The values as uint8. */
  byte(): Tensor;
  /** Whether the elements are not zero. */
  bool(): Tensor;
  /** The values in the dtype of another tensor, on its device. */
  typeAs(other: Tensor): Tensor;
  /** Whether the dtype is one of floating-point numbers. */
  isFloatingPoint(): boolean;
  /** The bytes of an element. */
  elementSize(): number;
}

/** The functions behind them. */
export const conversionMethods: Behind<ConversionMethods> = {
  float: (x) => cast(x, "float32"),
  double: (x) => cast(x, "float64"),
  half: (x) => cast(x, "float16"),
  int: (x) => cast(x, "int32"),
  long: (x) => cast(x, "int32"),
  byte: (x) => cast(x, "uint8"),
  bool: (x) => cast(x, "bool"),
  typeAs: (x, other) => cast(x, other.dtype).to(other.device),
  isFloatingPoint: (x) => isFloating(x.dtype),
  elementSize: (x) => bytesOf(x.dtype),
};
