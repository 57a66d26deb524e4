/**
 * Symbolic derivatives of formulas, in reverse: from the gradient of the results back to the gradient of the leaves, so
 * that shared parts are shared in the gradient too. Every rule is given the node itself, `y`, and writes with it where
 * it can: that is how the derivative of `exp`, `tanh` or `relu` comes to need the output only.
 */

import { constant, derivativeOf, type Expr, isFloating, nodesOf, type ScalarOp } from "@akari/tensor";

/** From the gradient `g` of the node `y`, the gradient of each operand; null for zero. */
type Rule = (g: Expr, y: Expr, a: Expr, b: Expr, c: Expr) => readonly (Expr | null)[];

const one = (e: Expr): Expr => constant(1, e.dtype);
const zero = (e: Expr): Expr => constant(0, e.dtype);
/** The gradient where a condition holds, zero elsewhere: never a product, which would turn infinity into NaN. */
const only = (condition: Expr, g: Expr): Expr => condition.where(g, zero(g));
/**
 * The gradient of one of two of which one is chosen: PyTorch gives each of two equals half of it, and both all of it
 * where one is NaN.
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
  sigmoid: (g, y) => [g.mul(y.mul(one(y).sub(y)))],
  erf: (g, _, a) => [g.mul(a.mul(a).neg().exp()).mul(2 / Math.sqrt(Math.PI))],
  erfc: (g, _, a) => [g.mul(a.mul(a).neg().exp()).mul(-2 / Math.sqrt(Math.PI))],
  // Not where y is above 0: the gradient passes NaN, as in PyTorch.
  relu: (g, y) => [y.le(0).where(zero(y), g)],
  not: none,
  add: (g) => [g, g],
  sub: (g) => [g, g.neg()],
  mul: (g, _, a, b) => [g.mul(b), g.mul(a)],
  div: (g, y, _, b) => [g.div(b), g.mul(y).mul(one(b).div(b)).neg()],
  idiv: none,
  // a - b⌊a/b⌋, and the same with truncation: the quotient's own derivative is zero.
  mod: (g, _, a, b) => [g, g.mul(a.floorDiv(b)).neg()],
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
 * The gradients of some leaves, given the gradients of some results.
 *
 * @param results the formulas differentiated, each with its gradient, or null when none arrives there.
 * @param leaves the leaves asked for.
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
    // Rules are linear in g, so a condition on g is moved outside: what a branch not taken would give, NaN perhaps,
    // never counts. A conversion stays outermost: what is stored in half precision is computed in single precision up
    // to there.
    const { condition, taken, flipped } = y.op === "cast" ? { condition: null, taken: g, flipped: false } : branchOf(g);
    const found = gradientsOf(taken);
    operands.forEach((operand, i) => {
      const part = found[i] ?? null;
      if (part === null || !reaching.has(operand)) return;
      if (condition === null) arrive(operand, part);
      else arrive(operand, flipped ? condition.where(zero(part), part) : condition.where(part, zero(part)));
    });
  }
  return leaves.map((leaf) => arriving.get(leaf) ?? null);
}

/** How the gradient passes a node: by the derivative stated for it, or by the rule of its primitive. */
function ruleFor(y: Expr): { operands: readonly Expr[]; gradientsOf: (g: Expr) => readonly (Expr | null)[] } {
  const own = derivativeOf(y);
  if (own !== undefined) {
    return {
      operands: own.operands,
      gradientsOf: (g) => own.partials(y, ...own.operands).map((partial) => times(g, partial)),
    };
  }
  const rule = rules[y.op as keyof typeof rules]; // safe: leaves have no operands
  const [a, b, c] = y.args as [Expr, Expr, Expr]; // a rule uses only as many as its node has
  return { operands: y.args, gradientsOf: (g) => rule(g, y, a, b, c) };
}

/**
 * A gradient times a derivative: where that is 0 or 1 in some cases, there is no product, which would turn infinity
 * into NaN. One that has a derivative stated for it stays in one piece, for the next derivative.
 */
function times(g: Expr, partial: Expr): Expr {
  const [condition, yes, no] = partial.args;
  if (partial.op === "select" && condition && yes && no && !derivativeOf(partial))
    return condition.where(times(g, yes), times(g, no));
  if (partial.op === "constant" && partial.value === 1) return g;
  return isZero(partial) ? zero(g) : g.mul(partial);
}

/** A gradient that is zero unless a condition holds (or, flipped, fails), taken apart. */
function branchOf(g: Expr): { condition: Expr | null; taken: Expr; flipped: boolean } {
  const [condition, yes, no] = g.args;
  if (g.op === "select" && condition && yes && no) {
    if (isZero(no)) return { condition, taken: yes, flipped: false };
    if (isZero(yes)) return { condition, taken: no, flipped: true };
  }
  return { condition: null, taken: g, flipped: false };
}

/** The nodes through which a leaf asked for can be reached; nobody computes a gradient for the others. */
function reach(roots: readonly Expr[], leaves: readonly Expr[]): Set<Expr> {
  const reaching = new Set<Expr>(leaves);
  for (const e of nodesOf(roots)) if (e.args.some((arg) => reaching.has(arg))) reaching.add(e);
  return reaching;
}

function isZero(e: Expr): boolean {
  return e.op === "constant" && e.value === 0;
}
