/** Lowers expressions to vector code: a traversal of the graph that computes each node once, operands first. */

import { bytesOf, type DType, isFloating } from "../../../dtype.ts";
import type { Expr } from "../../../expr/expr.ts";
import type { BinaryOp, UnaryOp } from "../../../expr/ops.ts";
import { nodesOf } from "../../../expr/program.ts";
import { f32, f32x4, f64x2, i32, i32x4, i64, v128 } from "../wasm/index.ts";
import type { Emitter } from "./emitter.ts";
import { binary, compare, select, unary } from "./primitives.ts";
import { constant, convert, type Value } from "./values.ts";

/** Returns four elements of an input. */
export type Input = (leaf: Expr) => Value;

/** Values computed so far, by expression. */
export type Known = Map<Expr, Value>;

/** Computes expressions. Nodes in `known` are reused, and computed nodes are added to it. */
export function lower(e: Emitter, roots: readonly Expr[], input: Input, known: Known): Value[] {
  e.reduced = new Map();
  const visit = (node: Expr): void => {
    if (known.has(node)) return;
    for (const arg of node.args) visit(arg);
    known.set(node, lowerNode(e, node, input, known));
  };
  for (const root of roots) visit(root);
  return roots.map((root) => known.get(root) as Value); // safe: visited above
}

/** Computes expressions, each for a store in a type. 16-bit floats are not rounded, since the store does that. */
export function lowerAs(
  e: Emitter,
  roots: readonly Expr[],
  types: readonly DType[],
  input: Input,
  known: Known,
): Value[] {
  return lower(e, roots, input, known).map((value, k) => {
    const type = types[k] as DType; // safe: there is a type for each expression
    return convert(e, value, (roots[k] as Expr).dtype, bytesOf(type) === 2 ? "float32" : type);
  });
}

/** Computes the nodes that depend only on constants and scalars, outside the loops. */
export function lowerInvariant(e: Emitter, roots: readonly Expr[], known: Known): void {
  for (const node of nodesOf(roots)) {
    if (node.op === "input" || node.op === "row" || known.has(node)) continue;
    if (node.args.every((arg) => known.has(arg)))
      known.set(
        node,
        lowerNode(e, node, () => [], known),
      );
  }
}

function lowerNode(e: Emitter, node: Expr, input: Input, known: Known): Value {
  // safe: operands come first, and a node uses as many as it has
  const [a, b, c] = node.args.map((arg) => known.get(arg)) as [Value, Value, Value];
  const operand = node.args[0]?.dtype ?? node.dtype;
  switch (node.op) {
    case "input":
      return input(node);
    case "row":
      throw new Error("row result outside a row program");
    case "scalar":
      return scalar(e, node);
    case "constant":
      return constant(e, node.dtype, node.value);
    case "cast":
      return convert(e, a, operand, node.dtype);
    case "select":
      return select(e, node.dtype, a, b, c);
    case "eq":
    case "ne":
    case "lt":
    case "le":
      return compare(e, node.op, operand, a, b);
    case "pow":
      // Squares are by far the most frequent powers.
      return node.args[1]?.op === "constant" && node.args[1].value === 2
        ? binary(e, "mul", node.dtype, a, a)
        : binary(e, "pow", node.dtype, a, b);
    default:
      // Safe: the remaining primitives have one or two operands.
      return node.args.length === 2
        ? binary(e, node.op as BinaryOp, node.dtype, a, b)
        : unary(e, node.op as UnaryOp, node.dtype, a);
  }
}

function scalar(e: Emitter, { dtype, value }: Expr): Value {
  const number = e.scalar(value, dtype, (x) => {
    if (dtype === "float64") return f64x2.splat(x);
    // Truncated to an integer modulo 2³².
    return isFloating(dtype) ? f32x4.splat(f32.demote(x)) : i32x4.splat(i32.wrap(i64.truncF64(x)));
  });
  if (dtype === "float64") return [number, number];
  if (dtype === "bool") return [e.let(i32x4.ne(number, e.i32(0)))];
  return [dtype === "uint8" ? e.let(v128.and(number, e.i32(255))) : number];
}
