/**
 * The primitives of the scalar language: the complete list of scalar functions that a backend implements. All other
 * elementwise functions of the library are formulas of these.
 */

/** Functions of one floating-point number. `relu` propagates NaN. */
export type UnaryOp =
  | "neg"
  | "abs"
  | "floor"
  | "ceil"
  | "round" // half to even
  | "trunc"
  | "sqrt"
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "log2"
  | "log10"
  | "sin"
  | "cos"
  | "tan"
  | "atan"
  | "tanh"
  | "erf"
  | "erfc"
  | "relu";

/**
 * Functions of two numbers of one type. `div` is true division (floating point); `idiv` rounds down (integers). `fmod`
 * has the sign of the dividend. `min` and `max` propagate NaN. `and`, `or` and `xor` are logical for bools and bitwise
 * for integers. `shr` preserves the sign. Shifting by a negative count, or by at least the number of bits, yields 0, or
 * for `shr` only sign bits.
 *
 * Integers wrap around. Integer division by zero yields 0, and so do both remainders. An integer to a negative power is
 * 0, except that ±1 remain ±1. `pow` of floats follows C, so that 1 to any power is 1, NaN included. Bools support
 * `add` (OR), `mul` (AND), `sub` (XOR), `min`, `max` and the logical functions.
 */
export type BinaryOp =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "idiv"
  | "fmod"
  | "pow"
  | "atan2"
  | "min"
  | "max"
  | "and"
  | "or"
  | "xor"
  | "shl"
  | "shr";

/** Comparisons of two numbers of one type. The result is a bool. */
export type CompareOp = "eq" | "ne" | "lt" | "le";

/**
 * Leaves: an element of an input, a scalar argument, a constant of the formula, or the result of a row program's stage.
 */
export type LeafOp = "input" | "scalar" | "constant" | "row";

/**
 * Every kind of node. `select` is `condition ? a : b`. `cast` converts to the node's own type like C on x86: floats are
 * truncated toward zero for integers; a float that does not fit into an int32 (NaN included) becomes -2³¹; a uint8 is
 * the low eight bits of that int32. Integers wrap around. Floats round to nearest, ties to even. A bool is whether the
 * value differs from zero, which NaN does.
 */
export type ScalarOp = LeafOp | UnaryOp | BinaryOp | CompareOp | "select" | "cast";
