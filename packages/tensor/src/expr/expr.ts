/**
 * `Expr`, the scalar expression language: formulas over single numbers, from which the kernels of every device,
 * gradients and fused kernels are generated. An expression is a typed, immutable graph. Expressions are interned:
 * building the same formula twice returns the same object, so they are compared and cached by identity. Types follow
 * PyTorch's promotion rules as the formula is built: `exp` of an integer is a float32, and a comparison is a bool.
 */

import { computeType, type DType, isFloating, kindOf, promoteTypes } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import { once } from "../once.ts";
import { withDerivative } from "./derivative.ts";
import type { BinaryOp, ScalarOp, UnaryOp } from "./ops.ts";

/** An operand of an expression: another expression, or a number, which adapts to the other operand's type. */
export type Operand = Expr | number | boolean;

let count = 0;
const interned = new Map<string, Expr>();

/** Kinds of dtypes, in the order of promotion. */
const kinds = ["bools", "integers", "floating-point numbers"];

/** The binary operations with a result of the operands' type, and the lowest and highest kind they are defined for. */
const binaries = [
  [0, 2, ["add", "sub", "mul", "max", "min"]],
  [1, 2, ["fmod", "pow"]],
  [0, 1, ["and", "or", "xor"]],
  [1, 1, ["shl", "shr"]],
] as const;

/** The primitives as methods, which the class below installs by name. */
export interface Expr {
  /** `this + other` */
  add(other: Operand): Expr;
  /** `this - other` */
  sub(other: Operand): Expr;
  /** `this · other` */
  mul(other: Operand): Expr;
  /** `this / other`, a floating-point division. */
  div(other: Operand): Expr;
  /** The angle of the point `(other, this)`, in radians. */
  atan2(other: Operand): Expr;
  /** The remainder with the sign of the dividend, like C's `fmod`. Throws a DTypeError for bools. */
  fmod(other: Operand): Expr;
  /** `thisᵒᵗʰᵉʳ`. Throws a DTypeError for bools. */
  pow(other: Operand): Expr;
  /** The maximum; NaN if either operand is NaN. */
  max(other: Operand): Expr;
  /** The minimum; NaN if either operand is NaN. */
  min(other: Operand): Expr;
  /** Logical AND of bools, bitwise AND of integers. Throws a DTypeError for floats. */
  and(other: Operand): Expr;
  /** Logical OR of bools, bitwise OR of integers. Throws a DTypeError for floats. */
  or(other: Operand): Expr;
  /** Logical XOR of bools, bitwise XOR of integers. Throws a DTypeError for floats. */
  xor(other: Operand): Expr;
  /** `this << other`. Throws a DTypeError unless both are integers. */
  shl(other: Operand): Expr;
  /** `this >> other`, an arithmetic shift that preserves the sign. Throws a DTypeError unless both are integers. */
  shr(other: Operand): Expr;
  /** `this = other` */
  eq(other: Operand): Expr;
  /** `this ≠ other` */
  ne(other: Operand): Expr;
  /** `this < other` */
  lt(other: Operand): Expr;
  /** `this ≤ other` */
  le(other: Operand): Expr;
  /** The largest integer not above the value. */
  floor(): Expr;
  /** The smallest integer not below the value. */
  ceil(): Expr;
  /** The nearest integer; ties round to even. */
  round(): Expr;
  /** The value rounded toward zero. */
  trunc(): Expr;
  /** `√this` */
  sqrt(): Expr;
  /** `eᵗʰⁱˢ` */
  exp(): Expr;
  /** `eᵗʰⁱˢ - 1`, accurate near zero. */
  expm1(): Expr;
  /** The natural logarithm. */
  log(): Expr;
  /** `ln(1 + this)`, accurate near zero. */
  log1p(): Expr;
  /** The logarithm to base 2. */
  log2(): Expr;
  /** The logarithm to base 10. */
  log10(): Expr;
  /** The sine of an angle in radians. */
  sin(): Expr;
  /** The cosine of an angle in radians. */
  cos(): Expr;
  /** The tangent of an angle in radians. */
  tan(): Expr;
  /** The inverse tangent, an angle in radians. */
  atan(): Expr;
  /** The hyperbolic tangent. */
  tanh(): Expr;
  /** The error function, `2/√π ∫₀ᵗʰⁱˢ e^(-t²) dt`. */
  erf(): Expr;
  /** `1 - erf(this)`, accurate for large values. */
  erfc(): Expr;
}

/** A node of a formula. Build nodes with `input`, `scalar` and the methods, not with `new`. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the class installs the interface's methods below.
export class Expr {
  /** The primitive. */
  readonly op: ScalarOp;
  /** The type of the value. */
  readonly dtype: DType;
  /** The operands. */
  readonly args: readonly Expr[];
  /** For a leaf: the index of its input, scalar or row result, or the value of the constant. Otherwise 0. */
  readonly value: number;
  /** A unique number, in order of creation: operands have lower numbers than the nodes that use them. */
  readonly id: number;

  static {
    const { prototype } = Expr;
    for (const [least, most, ops] of binaries) {
      for (const op of ops) {
        prototype[op] = function (other) {
          return binary(op, this, other, least, most);
        };
      }
    }
    for (const op of ["div", "atan2"] as const) {
      prototype[op] = function (other) {
        const [a, b] = meet(this, other);
        return node(op, floating(a.dtype), [a.toFloat(), b.toFloat()]);
      };
    }
    for (const op of ["eq", "ne", "lt", "le"] as const) {
      prototype[op] = function (other) {
        return node(op, "bool", meet(this, other));
      };
    }
    // Integers are already rounded.
    for (const op of ["floor", "ceil", "round", "trunc"] as const) {
      prototype[op] = function () {
        return isFloating(this.dtype) ? unary(op, this) : this;
      };
    }
    for (const op of [
      "sqrt",
      "exp",
      "expm1",
      "log",
      "log1p",
      "log2",
      "log10",
      "sin",
      "cos",
      "tan",
      "atan",
      "tanh",
      "erf",
      "erfc",
    ] as const) {
      prototype[op] = function () {
        return unary(op, this.toFloat());
      };
    }
  }

  /** Internal: use `node`. */
  constructor(op: ScalarOp, dtype: DType, args: readonly Expr[], value: number) {
    this.op = op;
    this.dtype = dtype;
    this.args = args;
    this.value = value;
    this.id = count++;
  }

  /** `⌊this / other⌋`, in the operands' own type. */
  floorDiv(other: Operand): Expr {
    const [a, b] = meet(this, other);
    if (!isFloating(a.dtype)) return binary("idiv", a, b, 1, 1);
    // Computed from the remainder, as Python does: the quotient alone may round up past an integer.
    const rest = a.fmod(b);
    const q = a.sub(rest).div(b).sub(isOpposite(rest, b).cast(a.dtype));
    const whole = q.sub(q.floor()).gt(0.5).where(q.floor().add(1), q.floor());
    // Division by zero yields an infinity or NaN, on which `trunc` has a zero gradient.
    return b.eq(0).where(a.div(b).trunc(), whole);
  }
  /** The remainder with the sign of the divisor, like Python's `%`. Throws a DTypeError for bools. */
  mod(other: Operand): Expr {
    const [a, b] = meet(this, other);
    const rest = a.fmod(b);
    return isOpposite(rest, b).where(rest.add(b), rest);
  }
  /** `this > other` */
  gt(other: Operand): Expr {
    return node("lt", "bool", meet(this, other).reverse());
  }
  /** `this ≥ other` */
  ge(other: Operand): Expr {
    return node("le", "bool", meet(this, other).reverse());
  }
  /** `this ? a : b`. A number as the condition counts as true unless it is zero. */
  where(a: Operand, b: Operand): Expr {
    const sides = a instanceof Expr ? meet(a, b) : meet(b instanceof Expr ? b : constant(b), a).reverse();
    return node("select", (sides[0] as Expr).dtype, [this.toBool(), ...sides]); // safe: there are two
  }
  /** `-this` */
  neg(): Expr {
    return isFloating(this.dtype) ? unary("neg", this) : constant(0, this.dtype).sub(this);
  }
  /** `|this|` */
  abs(): Expr {
    if (isFloating(this.dtype)) return unary("abs", this);
    return this.dtype === "int32" ? this.max(this.neg()) : this;
  }
  /** The sign: -1, 0 or 1. */
  sign(): Expr {
    return this.gt(0).cast(this.dtype).sub(this.lt(0).cast(this.dtype));
  }
  /** `1 / √this` */
  rsqrt(): Expr {
    return constant(1, floating(this.dtype)).div(this.sqrt());
  }
  /** `1 / this` */
  reciprocal(): Expr {
    return constant(1, floating(this.dtype)).div(this);
  }
  /** `this²` */
  square(): Expr {
    return this.mul(this);
  }
  /** `max(this, 0)`, with the derivative 0 at 0. */
  relu(): Expr {
    if (isFloating(this.dtype)) return unary("relu", this);
    return this.dtype === "int32" ? this.max(0) : this;
  }
  /** `1 / (1 + e⁻ᵗʰⁱˢ)` */
  sigmoid(): Expr {
    const x = this.toFloat();
    return withDerivative(x.neg().exp().add(1).reciprocal(), [x], (y) => [y.mul(y.neg().add(1))]);
  }
  /** Logical NOT of a bool, bitwise NOT of an integer. Throws a DTypeError for floats. */
  not(): Expr {
    if (isFloating(this.dtype)) throw new DTypeError(`not: expected a bool or an integer, got ${this.dtype}`);
    return this.xor(this.dtype === "bool" ? true : -1);
  }
  /** Whether this is NaN. */
  isNaN(): Expr {
    return this.ne(this);
  }
  /** Converts to another type, like `tensor.to(dtype)`. */
  cast(dtype: DType): Expr {
    if (dtype === this.dtype) return this;
    if (this.op === "constant") return constant(this.value, dtype);
    return node("cast", dtype, [this]);
  }
  /** Converts to floating point: floats are unchanged, other types become float32. */
  toFloat(): Expr {
    return this.cast(floating(this.dtype));
  }
  /** Converts to a bool: whether the value differs from zero. */
  toBool(): Expr {
    return this.dtype === "bool" ? this : this.ne(0);
  }
}

/** Returns the interned expression with these parts, creating it on first use. */
export function node(op: ScalarOp, dtype: DType, args: readonly Expr[], value = 0): Expr {
  let key = `${op} ${dtype}`;
  // `Object.is` distinguishes -0 from 0, so that interning preserves a constant's sign.
  if (args.length === 0) key += Object.is(value, -0) ? " -0" : ` ${value}`;
  for (const arg of args) key += ` ${arg.id}`;
  return once(interned, key, () => new Expr(op, dtype, args, value));
}

/** Returns the leaf for input number `index`. 16-bit floats are read as float32. */
export function input(index: number, dtype: DType): Expr {
  const stored = node("input", dtype, [], index);
  return stored.cast(computeType(dtype));
}

/**
 * Returns the leaf for scalar argument number `index`: a number passed with each call and not compiled into the kernel.
 */
export function scalar(index: number, dtype: DType): Expr {
  return node("scalar", computeType(dtype), [], index);
}

/** Returns the leaf for the result of stage number `index` of a row program. */
export function row(index: number, dtype: DType): Expr {
  return node("row", dtype, [], index);
}

/** Returns the leaf for a constant, which is compiled into the kernel. */
export function constant(value: number | boolean, dtype?: DType): Expr {
  const type = dtype ?? (typeof value === "boolean" ? "bool" : (value | 0) === value ? "int32" : "float32");
  let number = Number(value);
  if (type === "bool") number = number !== 0 ? 1 : 0;
  else if (type === "int32") number = Math.trunc(number) | 0;
  else if (type === "uint8") number = Math.trunc(number) & 255;
  else if (type === "float32") number = Math.fround(number);
  return node("constant", type, [], number);
}

/** Returns the floating-point type in which a function like `exp` is computed for this type. */
export function floating(dtype: DType): DType {
  return isFloating(dtype) ? computeType(dtype) : "float32";
}

/**
 * Converts both operands to their common type. A plain number takes the other operand's type unless its kind is higher.
 */
function meet(a: Expr, b: Operand): [Expr, Expr] {
  if (!(b instanceof Expr)) {
    const kind = typeof b === "boolean" ? 0 : Number.isInteger(b) ? 1 : 2;
    const have = kindOf(a.dtype);
    const dtype = kind <= have ? a.dtype : kind === 1 ? "int32" : "float32";
    return [a.cast(dtype), constant(b, dtype)];
  }
  const dtype = promoteTypes(a.dtype, b.dtype);
  return [a.cast(dtype), b.cast(dtype)];
}

/** Whether a remainder is not zero and its sign is not that of the divisor. */
function isOpposite(rest: Expr, divisor: Expr): Expr {
  return rest.ne(0).and(rest.lt(0).xor(divisor.lt(0)));
}

function unary(op: UnaryOp, a: Expr): Expr {
  return node(op, a.dtype, [a]);
}

function binary(op: BinaryOp, left: Expr, right: Operand, least: number, most: number): Expr {
  const [a, b] = meet(left, right);
  const kind = kindOf(a.dtype);
  if (kind < least || kind > most)
    throw new DTypeError(`${op}: expected ${kinds.slice(least, most + 1).join(" or ")}, got ${a.dtype}`);
  return node(op, a.dtype, [a, b]);
}
