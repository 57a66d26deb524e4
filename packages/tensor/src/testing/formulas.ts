/** Random formulas. */

import * as fc from "fast-check";
import { computeType, type DType } from "../dtype.ts";
import { constant, type Expr, input, scalar } from "../expr/expr.ts";

/** A formula before its leaves have types. fast-check shrinks it by removing operands. */
export interface Sketch {
  readonly op: string;
  readonly args: readonly Sketch[];
  readonly number: number;
}

// biome-ignore format: one entry per line would be hard to read
const unaries = [
  "neg", "abs", "floor", "ceil", "round", "trunc", "sqrt", "exp", "expm1", "log", "log1p", "log2", "log10", "sin", "cos", "tan", "atan",
  "tanh", "sigmoid", "erf", "erfc", "relu", "not", "sign", "square", "rsqrt", "reciprocal", "isNaN",
] as const;

// biome-ignore format: one entry per line would be hard to read
const binaries = [
  "add", "sub", "mul", "div", "floorDiv", "mod", "fmod", "pow", "atan2", "max", "min", "and", "or", "xor", "shl", "shr", "eq", "ne",
  "lt", "le", "gt", "ge",
] as const;

const constants = [0, 1, 2, -1, 0.5, 3, -0.25, 10, 1.7];
const casts: readonly DType[] = ["float32", "int32", "uint8", "bool", "float16", "bfloat16", "float64"];

/** Generates sketches of a bounded depth. */
export function sketches(depth: number): fc.Arbitrary<Sketch> {
  const number = fc.nat(1000);
  const leaf: fc.Arbitrary<Sketch> = fc.record({
    op: fc.constantFrom("input", "input", "scalar", "constant"),
    args: fc.constant([]),
    number,
  });
  let tree = leaf;
  for (let level = 0; level < depth; level++) {
    const arg = tree;
    const branch = (ops: readonly string[], arity: number): fc.Arbitrary<Sketch> =>
      fc.record({
        op: fc.constantFrom(...ops),
        args: fc.array(arg, { minLength: arity, maxLength: arity, size: "max" }),
        number,
      });
    tree = fc.oneof(
      { withCrossShrink: true },
      { weight: 1, arbitrary: leaf },
      { weight: 3, arbitrary: branch(unaries, 1) },
      { weight: 4, arbitrary: branch(binaries, 2) },
      { weight: 1, arbitrary: branch(["where"], 3) },
      { weight: 1, arbitrary: branch(["cast"], 1) },
    );
  }
  return tree;
}

/**
 * Builds the formula of a sketch, over inputs of these types and `scalars` scalars. Operands of types that an operation
 * does not accept are converted first.
 */
export function build(sketch: Sketch, types: readonly DType[], scalars: number, supported: readonly DType[]): Expr {
  const part = (k: number): Expr => build(sketch.args[k] as Sketch, types, scalars, supported);
  const { op, number } = sketch;
  switch (op) {
    case "input":
      return types.length === 0 ? constant(1) : input(number % types.length, types[number % types.length] as DType);
    case "scalar":
      return scalars === 0 ? constant(0.5) : scalar(number % scalars, number % 3 === 0 ? "int32" : "float32");
    case "constant":
      return constant(constants[number % constants.length] as number);
    case "where":
      return part(0).where(part(1), part(2));
    case "cast": {
      const choice = casts.filter((dtype) => supported.includes(dtype));
      const to = choice[number % choice.length] as DType;
      // 16-bit floats are a storage format, so the value is converted back to a type in which devices compute.
      return part(0).cast(to).cast(computeType(to));
    }
    default:
      return combine(
        op,
        sketch.args.map((_, k) => part(k)),
      );
  }
}

const integersOnly = new Set(["and", "or", "xor", "shl", "shr", "not"]);
const notForBools = new Set(["neg", "abs", "relu", "floorDiv", "mod", "fmod", "pow", "shl", "shr", "square"]);

function combine(op: string, args: readonly Expr[]): Expr {
  let [a, b] = args as [Expr, Expr | undefined];
  const fits = (e: Expr): Expr => {
    if (integersOnly.has(op) && e.dtype.startsWith("float")) return e.cast("int32");
    return notForBools.has(op) && e.dtype === "bool" ? e.cast("int32") : e;
  };
  a = fits(a);
  b = b && fits(b);
  // Safe: `op` is from the two lists above, which name methods of Expr.
  const method = a[op as keyof Expr] as unknown as (this: Expr, other?: Expr) => Expr;
  return method.call(a, b);
}

/** Formats a formula as text. */
export function showFormula(e: Expr): string {
  if (e.op === "constant") return `${Object.is(e.value, -0) ? "-0" : e.value}`;
  if (e.args.length === 0) return `${e.op}${e.value}:${e.dtype}`;
  const args = e.args.map(showFormula).join(", ");
  return e.op === "cast" ? `${e.dtype}(${args})` : `${e.op}(${args})`;
}
