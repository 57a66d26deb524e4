/**
 * Evaluation of formulas node by node on JavaScript numbers. This file walks the graph; the arithmetic is in
 * `primitives.ts`.
 */

import { type DType, isFloating } from "../../dtype.ts";
import type { Expr } from "../../expr/expr.ts";
import type { ScalarOp } from "../../expr/ops.ts";
import { nodesOf } from "../../expr/program.ts";
import { binary, compare, convert, round, unary } from "./primitives.ts";

/** The values of a formula's leaves. */
export interface Leaves {
  input(index: number): number;
  scalar(index: number): number;
  row(index: number): number;
}

/** Computes one node from the values of the nodes before it. */
type Node = (values: readonly number[], leaves: Leaves) => number;

/** Prepares formulas for evaluation. Returns a function from the values of the leaves to those of the formulas. */
export function evaluator(roots: readonly Expr[]): (leaves: Leaves) => number[] {
  const order = nodesOf(roots);
  const place = new Map(order.map((e, i) => [e, i]));
  const nodes = order.map((e) =>
    compileNode(
      e,
      e.args.map((arg) => place.get(arg) as number),
    ),
  );
  const results = roots.map((e) => place.get(e) as number);
  return (leaves) => {
    const values: number[] = [];
    for (const node of nodes) values.push(node(values, leaves));
    return results.map((k) => values[k] as number);
  };
}

function compileNode(e: Expr, args: readonly number[]): Node {
  const { dtype, value } = e;
  const [a = 0, b = 0, c = 0] = args;
  const operand: DType = e.args[0]?.dtype ?? dtype;
  const op: ScalarOp = e.op;
  switch (op) {
    case "input":
      return (_, leaves) => leaves.input(value);
    case "scalar":
      // A scalar is passed as a double, and a device converts it to the type of the leaf.
      return (_, leaves) => round(isFloating(dtype) ? leaves.scalar(value) : Math.trunc(leaves.scalar(value)), dtype);
    case "row":
      return (_, leaves) => leaves.row(value);
    case "constant":
      return () => value;
    case "select":
      return (values) => ((values[a] as number) !== 0 ? (values[b] as number) : (values[c] as number));
    case "cast":
      return (values) => convert(values[a] as number, operand, dtype);
    case "eq":
    case "ne":
    case "lt":
    case "le": {
      const f = compare(op);
      return (values) => f(values[a] as number, values[b] as number);
    }
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "idiv":
    case "fmod":
    case "pow":
    case "atan2":
    case "min":
    case "max":
    case "and":
    case "or":
    case "xor":
    case "shl":
    case "shr": {
      const f = binary(op, dtype);
      return (values) => round(f(values[a] as number, values[b] as number), dtype);
    }
    default: {
      const f = unary(op);
      return (values) => round(f(values[a] as number), dtype);
    }
  }
}
