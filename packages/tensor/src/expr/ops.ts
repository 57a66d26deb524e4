/**
 * The primitives of the scalar language. This short list is all that a backend has to be able to compute for one
 * element; everything else in the library that works element by element is a formula made of these.
 */

/**
 * Functions of one number. `neg`, `abs`, `relu` and `not` also take integers, which wrap around, and `not` bools; the
 * others work on floating-point numbers. `relu` passes NaN on.
 */
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
  | "sigmoid"
  | "erf"
  | "erfc"
  | "relu"
  | "not"; // logical for bool, bitwise for integers

/**
 * Functions of two numbers of one type. `div` is true division (floating point) and `idiv` rounds down (integers).
 * `mod` takes the sign of the divisor, as Python's `%` does, `fmod` that of the dividend. `min` and `max` pass NaN on.
 * `and`, `or` and `xor` are logical for bool and bitwise for integers; `shr` keeps the sign. Moving bits by a negative
 * count, or by as many as there are, leaves 0, or for `shr` the sign alone.
 *
 * Integers wrap around. Divided by zero, the quotient and both remainders are 0. An integer to a negative power is 0,
 * except that ±1 stay ±1; and `pow` of floats is C's, so that 1 to any power is 1, NaN included. Bools know `add` (or),
 * `mul` (and), `sub` (exclusive or), `min`, `max` and logic.
 */
export type BinaryOp =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "idiv"
  | "mod"
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

/** Comparisons of two numbers of one type, giving a bool. */
export type CompareOp = "eq" | "ne" | "lt" | "le";

/**
 * What a leaf stands for: an element of an input, a scalar argument, a number of the formula itself, or the result of a
 * row program's stage.
 */
export type LeafOp = "input" | "scalar" | "constant" | "row";

/**
 * Every kind of node. `select` is `condition ? a : b`. `cast` converts to the node's own type as C does on x86: a float
 * loses its fraction on the way to an integer, what does not fit into an int32 (NaN included) becomes -2³¹, and a uint8
 * is the low eight bits of that int32; integers wrap; floats round to the nearest, halves to even; a bool is whether
 * the value differs from zero, which NaN does.
 */
export type ScalarOp = LeafOp | UnaryOp | BinaryOp | CompareOp | "select" | "cast";
