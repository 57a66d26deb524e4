/**
 * `Expr`, the scalar language: formulas over single numbers, from which kernels for every device, gradients and fusions
 * all come. An expression is a typed, immutable graph. Expressions are interned: building the same formula twice gives
 * the same object, so comparing and caching go by identity. Types follow PyTorch's promotion rules as the formula is
 * built, so `exp` of an integer is a float32, and a comparison is a bool.
 */

import { computeType, type DType, isFloating, kindOf, promoteTypes } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import { once } from "../once.ts";
import type { BinaryOp, CompareOp, ScalarOp, UnaryOp } from "./ops.ts";

/** What a formula may combine an expression with: another one, or a number, which adapts to the other side's type. */
export type Operand = Expr | number | boolean;

let count = 0;
const interned = new Map<string, Expr>();

/** The primitives as methods, which the class below gets by name. */
export interface Expr {
  /** `this + other` */
  add(other: Operand): Expr;
  /** `this - other` */
  sub(other: Operand): Expr;
  /** `this · other` */
  mul(other: Operand): Expr;
  /** The remainder with the divisor's sign, as Python's `%`. */
  mod(other: Operand): Expr;
  /** The remainder with the dividend's sign, as C's `fmod`. */
  fmod(other: Operand): Expr;
  /** `thisᵒᵗʰᵉʳ` */
  pow(other: Operand): Expr;
  /** The larger; NaN if either is. */
  max(other: Operand): Expr;
  /** The smaller; NaN if either is. */
  min(other: Operand): Expr;
  /** Logical and of bools, bitwise and of integers. */
  and(other: Operand): Expr;
  /** Logical or of bools, bitwise or of integers. */
  or(other: Operand): Expr;
  /** Logical exclusive or of bools, bitwise of integers. */
  xor(other: Operand): Expr;
  /** Bits moved left. */
  shl(other: Operand): Expr;
  /** Bits moved right, the sign kept. */
  shr(other: Operand): Expr;
  /** `this = other` */
  eq(other: Operand): Expr;
  /** `this ≠ other` */
  ne(other: Operand): Expr;
  /** `this < other` */
  lt(other: Operand): Expr;
  /** `this ≤ other` */
  le(other: Operand): Expr;
  /** Rounded down. */
  floor(): Expr;
  /** Rounded up. */
  ceil(): Expr;
  /** Rounded to the nearest integer, halves to the even one. */
  round(): Expr;
  /** Rounded towards zero. */
  trunc(): Expr;
  /** `√this` */
  sqrt(): Expr;
  /** `eᵗʰⁱˢ` */
  exp(): Expr;
  /** `eᵗʰⁱˢ - 1`, exact near zero. */
  expm1(): Expr;
  /** The natural logarithm. */
  log(): Expr;
  /** `ln(1 + this)`, exact near zero. */
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
  /** The angle whose tangent this is, in radians. */
  atan(): Expr;
  /** The hyperbolic tangent. */
  tanh(): Expr;
  /** `1 / (1 + e⁻ᵗʰⁱˢ)` */
  sigmoid(): Expr;
  /** The error function, `2/√π ∫₀ᵗʰⁱˢ e^(-t²) dt`. */
  erf(): Expr;
  /** `1 - erf(this)`, exact far out. */
  erfc(): Expr;
}

/** One node of a formula. Build them with `input`, `scalar` and the methods; never with `new`. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the class makes what the interface says, below.
export class Expr {
  /** Which primitive this is. */
  readonly op: ScalarOp;
  /** The type of the value. */
  readonly dtype: DType;
  /** The operands. */
  readonly args: readonly Expr[];
  /** A leaf's number: which input, scalar or row result it is, or the constant itself; 0 otherwise. */
  readonly value: number;
  /** A number unique to this formula, in order of creation: operands come before what uses them. */
  readonly id: number;

  static {
    const { prototype } = Expr;
    for (const op of [
      "add",
      "sub",
      "mul",
      "mod",
      "fmod",
      "pow",
      "max",
      "min",
      "and",
      "or",
      "xor",
      "shl",
      "shr",
    ] as const) {
      prototype[op] = function (other) {
        return binary(op, this, other);
      };
    }
    for (const op of ["eq", "ne", "lt", "le"] as const) {
      prototype[op] = function (other) {
        return compare(op, this, other);
      };
    }
    // Rounding leaves integers alone.
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
      "sigmoid",
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

  /** `this / other`, in floating point. */
  div(other: Operand): Expr {
    const [a, b] = meet(this, other);
    return node("div", floating(a.dtype), [a.toFloat(), b.toFloat()]);
  }
  /** `⌊this / other⌋`, in the operands' own type. */
  floorDiv(other: Operand): Expr {
    const [a, b] = meet(this, other);
    if (!isFloating(a.dtype)) return node("idiv", a.dtype, [a, b]);
    // Through the remainder, as Python does it: the quotient alone may round up past an integer.
    const rest = a.fmod(b);
    const below = rest.ne(0).and(rest.lt(0).xor(b.lt(0)));
    const q = a.sub(rest).div(b).sub(below.cast(a.dtype));
    const whole = q.sub(q.floor()).gt(0.5).where(q.floor().add(1), q.floor());
    // An infinity or NaN, of which no gradient is asked either.
    return b.eq(0).where(a.div(b).trunc(), whole);
  }
  /** The angle of the point `(other, this)`, in radians. */
  atan2(other: Operand): Expr {
    const [a, b] = meet(this, other);
    return node("atan2", floating(a.dtype), [a.toFloat(), b.toFloat()]);
  }
  /** `this > other` */
  gt(other: Operand): Expr {
    const [a, b] = meet(this, other);
    return node("lt", "bool", [b, a]);
  }
  /** `this ≥ other` */
  ge(other: Operand): Expr {
    const [a, b] = meet(this, other);
    return node("le", "bool", [b, a]);
  }
  /** `this ? a : b`, this being a bool (or a number, which counts as true unless it is zero). */
  where(a: Operand, b: Operand): Expr {
    const [x, y] = a instanceof Expr ? meet(a, b) : b instanceof Expr ? swap(meet(b, a)) : swap(meet(constant(b), a));
    return node("select", x.dtype, [this.toBool(), x, y]);
  }
  /** `-this` */
  neg(): Expr {
    return unary("neg", this);
  }
  /** `|this|` */
  abs(): Expr {
    return this.dtype === "uint8" || this.dtype === "bool" ? this : unary("abs", this);
  }
  /** -1, 0 or 1. */
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
    return unary("relu", this);
  }
  /** Logical not of a bool, bitwise not of an integer. */
  not(): Expr {
    if (isFloating(this.dtype)) throw new DTypeError(`not: expected a bool or an integer, got ${this.dtype}`);
    return node("not", this.dtype, [this]);
  }
  /** Whether this is NaN. */
  isNaN(): Expr {
    return compare("ne", this, this);
  }
  /** Converted to another type, as `tensor.to(dtype)` converts. */
  cast(dtype: DType): Expr {
    if (dtype === this.dtype) return this;
    if (this.op === "constant") return constant(this.value, dtype);
    return node("cast", dtype, [this]);
  }
  /** This in floating point: itself if it is, float32 if not. */
  toFloat(): Expr {
    return this.cast(floating(this.dtype));
  }
  /** This as a bool: whether it differs from zero. */
  toBool(): Expr {
    return this.dtype === "bool" ? this : this.ne(0);
  }
}

/** The one expression with these parts: built on first demand, found again after that. */
export function node(op: ScalarOp, dtype: DType, args: readonly Expr[], value = 0): Expr {
  let key = `${op} ${dtype}`;
  // Object.is tells -0 from 0, and a constant's sign must not be lost to interning.
  if (args.length === 0) key += Object.is(value, -0) ? " -0" : ` ${value}`;
  for (const arg of args) key += ` ${arg.id}`;
  return once(interned, key, () => new Expr(op, dtype, args, value));
}

/** The element of input number `index`. 16-bit floats are read as float32. */
export function input(index: number, dtype: DType): Expr {
  const stored = node("input", dtype, [], index);
  return stored.cast(computeType(dtype));
}

/** Scalar argument number `index`: a number handed over with each call, so that its value is never compiled in. */
export function scalar(index: number, dtype: DType): Expr {
  return node("scalar", computeType(dtype), [], index);
}

/** The result of stage number `index` of a row program. */
export function row(index: number, dtype: DType): Expr {
  return node("row", dtype, [], index);
}

/** A number that belongs to the formula itself. */
export function constant(value: number | boolean, dtype?: DType): Expr {
  const type = dtype ?? (typeof value === "boolean" ? "bool" : (value | 0) === value ? "int32" : "float32");
  let number = Number(value);
  if (type === "bool") number = number !== 0 ? 1 : 0;
  else if (type === "int32") number = Math.trunc(number) | 0;
  else if (type === "uint8") number = Math.trunc(number) & 255;
  else if (type === "float32") number = Math.fround(number);
  return node("constant", type, [], number);
}

/** The floating-point type in which a function like `exp` of this type is computed. */
export function floating(dtype: DType): DType {
  return isFloating(dtype) ? computeType(dtype) : "float32";
}

/** Both operands in the type they meet in. A plain number takes the other's type unless it is of a higher kind. */
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

function swap([a, b]: [Expr, Expr]): [Expr, Expr] {
  return [b, a];
}

function unary(op: UnaryOp, a: Expr): Expr {
  return node(op, a.dtype, [a]);
}

function binary(op: BinaryOp, left: Expr, right: Operand): Expr {
  const [a, b] = meet(left, right);
  return node(op, a.dtype, [a, b]);
}

function compare(op: CompareOp, left: Expr, right: Operand): Expr {
  const [a, b] = meet(left, right);
  return node(op, "bool", [a, b]);
}
