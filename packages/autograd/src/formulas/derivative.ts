/**
 * Symbolic reverse-mode differentiation of formulas, from the gradients of the results to those of the leaves, so that
 * common subexpressions are shared in the gradient as well. Each rule receives the node itself as `y` and uses it where
 * possible: this is why the gradients of `exp`, `tanh` and `relu` read only the output.
 */

import { constant, derivativeOf, type Expr, isFloating, nodesOf, type ScalarOp } from "@akari/tensor";

/** Returns the gradient of each operand from the gradient `g` of the node `y`; null for zero. */
type Rule = (g: Expr, y: Expr, a: Expr, b: Expr, c: Expr) => readonly (Expr | null)[];

const one = (e: Expr): Expr => constant(1, e.dtype);
const zero = (e: Expr): Expr => constant(0, e.dtype);
/** The gradient where a condition holds, zero elsewhere. A product with a mask would turn infinity into NaN. */
const only = (condition: Expr, g: Expr): Expr => condition.where(g, zero(g));
/**
 * The gradient of one operand of `min` or `max`. As in PyTorch, equal operands receive half of it each, and both
 * receive all of it if one is NaN.
 */
const shared = (g: Expr, beaten: Expr, a: Expr, b: Expr): Expr => beaten.where(zero(g), a.eq(b).where(g.mul(0.5), g));
const none: Rule = () => [null, null, null];

const rules: Readonly<Record<Exclude<ScalarOp, "input" | "scalar" | "constant" | "row">, Rule>> = {
  neg: (g) => [g.neg()],
  abs: (g, _, a) => [g.mul(a.sign())],
  floor: none,
  ceil: none,
  round: none,
  trunc: none,
  sqrt: (g, y) => [g.mul(one(y).div(y)).mul(0.5)],
  exp: (g, y) => [g.mul(y)],
  expm1: (g, y) => [g.mul(y.add(1))],
  log: (g, _, a) => [g.div(a)],
  log1p: (g, _, a) => [g.div(a.add(1))],
  log2: (g, _, a) => [g.div(a.mul(Math.LN2))],
  log10: (g, _, a) => [g.div(a.mul(Math.LN10))],
  sin: (g, _, a) => [g.mul(a.cos())],
  cos: (g, _, a) => [g.mul(a.sin()).neg()],
  tan: (g, y) => [g.mul(y.mul(y).add(1))],
  atan: (g, _, a) => [g.div(a.mul(a).add(1))],
  tanh: (g, y) => [g.mul(one(y).sub(y.mul(y)))],
  erf: (g, _, a) => [g.mul(a.mul(a).neg().exp()).mul(2 / Math.sqrt(Math.PI))],
  erfc: (g, _, a) => [g.mul(a.mul(a).neg().exp()).mul(-2 / Math.sqrt(Math.PI))],
  // Tests `y ≤ 0` rather than `y > 0` so that the gradient passes where y is NaN, as in PyTorch.
  relu: (g, y) => [y.le(0).where(zero(y), g)],
  add: (g) => [g, g],
  sub: (g) => [g, g.neg()],
  mul: (g, _, a, b) => [g.mul(b), g.mul(a)],
  div: (g, y, _, b) => [g.div(b), g.mul(y).mul(one(b).div(b)).neg()],
  idiv: none,
  // a - b trunc(a/b). The derivative of the rounded quotient is zero.
  fmod: (g, _, a, b) => [g, g.mul(a.div(b).trunc()).neg()],
  pow: (g, y, a, b) => [
    b.eq(0).where(zero(g), g.mul(b).mul(a.pow(b.sub(1)))),
    a.eq(0).and(b.ge(0)).where(zero(g), g.mul(y).mul(a.log())),
  ],
  atan2: (g, _, a, b) => {
    const square = a.mul(a).add(b.mul(b));
    return [g.mul(b).div(square), g.mul(a).div(square).neg()];
  },
  min: (g, _, a, b) => [shared(g, a.gt(b), a, b), shared(g, b.gt(a), a, b)],
  max: (g, _, a, b) => [shared(g, a.lt(b), a, b), shared(g, b.lt(a), a, b)],
  and: none,
  or: none,
  xor: none,
  shl: none,
  shr: none,
  eq: none,
  ne: none,
  lt: none,
  le: none,
  select: (g, _, condition) => [null, only(condition, g), condition.where(zero(g), g)],
  cast: (g, y, a) => [isFloating(a.dtype) && isFloating(y.dtype) ? g.cast(a.dtype) : null],
};

/**
 * Differentiates formulas: returns the gradients of `leaves` given the gradients of `results`.
 *
 * @param results the formulas to differentiate, each with its upstream gradient; null for none.
 * @param leaves the expressions to differentiate with respect to.
 * @returns a formula for each leaf; null where the gradient is zero.
 */
export function gradients(
  results: readonly (readonly [Expr, Expr | null])[],
  leaves: readonly Expr[],
): (Expr | null)[] {
  const arriving = new Map<Expr, Expr>();
  const arrive = (at: Expr, g: Expr | null) => {
    if (g === null || isZero(g)) return;
    const sum = arriving.get(at);
    arriving.set(at, sum === undefined ? g : sum.add(g));
  };
  for (const [result, g] of results) arrive(result, g);
  const reaching = reach(
    results.map(([result]) => result),
    leaves,
  );
  for (const y of nodesOf(results.map(([result]) => result)).reverse()) {
    const g = arriving.get(y);
    if (g === undefined || y.args.length === 0 || !reaching.has(y) || !isFloating(y.dtype)) continue;
    const { operands, gradientsOf } = ruleFor(y);
    // Rules are linear in g, so a condition on g is moved outside: the value of the branch not taken, possibly NaN, is
    // discarded. A conversion stays outermost, so that a half-precision gradient is computed in single precision.
    const { taken, outside } = y.op === "cast" ? { taken: g, outside: same } : branchOf(g);
    const found = gradientsOf(taken);
    operands.forEach((operand, i) => {
      const part = found[i] ?? null;
      if (part !== null && reaching.has(operand)) arrive(operand, outside(part));
    });
  }
  return leaves.map((leaf) => arriving.get(leaf) ?? null);
}

/** Returns the gradient rule of a node: from the derivative declared for it, or else the rule of its primitive. */
function ruleFor(y: Expr): { operands: readonly Expr[]; gradientsOf: (g: Expr) => readonly (Expr | null)[] } {
  const own = derivativeOf(y);
  if (own !== undefined) {
    return {
      operands: own.operands,
      gradientsOf: (g) => own.partials(y, ...own.operands).map((partial) => times(g, partial)),
    };
  }
  const rule = rules[y.op as keyof typeof rules]; // safe: leaves have no operands
  const [a, b, c] = y.args as [Expr, Expr, Expr]; // safe: a rule uses only the operands its node has
  return { operands: y.args, gradientsOf: (g) => rule(g, y, a, b, c) };
}

/**
 * Multiplies a gradient by a partial derivative. Branches in which the derivative is 0 or 1 need no product, which
 * would turn infinity into NaN. A partial with a declared derivative is not split, so that the next derivative can use
 * it.
 */
function times(g: Expr, partial: Expr): Expr {
  const [condition, yes, no] = partial.args;
  if (partial.op === "select" && condition && yes && no && !derivativeOf(partial))
    return condition.where(times(g, yes), times(g, no));
  if (partial.op === "constant" && partial.value === 1) return g;
  return isZero(partial) ? zero(g) : g.mul(partial);
}

const same = (e: Expr): Expr => e;

/** Splits a gradient that is zero in one branch of a condition into the other branch and the condition around it. */
function branchOf(g: Expr): { taken: Expr; outside: (part: Expr) => Expr } {
  const [condition, yes, no] = g.args;
  if (g.op === "select" && condition && yes && no) {
    if (isZero(no)) return { taken: yes, outside: (part) => only(condition, part) };
    if (isZero(yes)) return { taken: no, outside: (part) => condition.where(zero(part), part) };
  }
  return { taken: g, outside: same };
}

/** Returns the nodes on a path to one of `leaves`. No other node needs a gradient. */
function reach(roots: readonly Expr[], leaves: readonly Expr[]): Set<Expr> {
  const reaching = new Set<Expr>(leaves);
  for (const e of nodesOf(roots)) if (e.args.some((arg) => reaching.has(arg))) reaching.add(e);
  return reaching;
}

function isZero(e: Expr): boolean {
  return e.op === "constant" && e.value === 0;
}
