/**
 * Derivatives stated by hand, beside the formulas that they belong to. All others follow from the formulas, in
 * `@akari/autograd`, so that programs without gradients do not carry the rules.
 */

import type { Expr } from "./expr.ts";

/** A derivative stated by hand. */
export interface Derivative {
  /** The parts of the formula by which it is differentiated. */
  readonly operands: readonly Expr[];
  /** The derivative of the formula, `y`, by each operand. */
  readonly partials: (y: Expr, ...operands: Expr[]) => readonly Expr[];
}

const derivatives = new Map<Expr, Derivative>();

/**
 * States the derivative of a formula, for functions whose formula is a way to compute them and not one to
 * differentiate: approximations, and formulas with cases. Equal formulas are one object, so the statement holds for the
 * formula wherever it stands.
 *
 * @param value the formula. @param operands the parts of it by which it is differentiated.
 * @param partials the derivative by each operand, given the formula itself and the operands.
 * @returns `value`.
 *
 * @example
 * const asinh = (x: Expr) => withDerivative(formula(x), [x], (_, x) => [x.square().add(1).rsqrt()]);
 */
export function withDerivative(value: Expr, operands: readonly Expr[], partials: Derivative["partials"]): Expr {
  derivatives.set(value, { operands, partials });
  return value;
}

/** The derivative that was stated for a formula; undefined where it follows from the formula itself. */
export function derivativeOf(formula: Expr): Derivative | undefined {
  return derivatives.get(formula);
}
