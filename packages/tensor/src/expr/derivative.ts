/**
 * Derivatives specified by hand, next to the formulas they belong to. All other derivatives are derived from the
 * formulas in `@akari/autograd`, so that programs without gradients do not include the differentiation rules.
 */

import type { Expr } from "./expr.ts";

/** A derivative specified by hand. */
export interface Derivative {
  /** The subexpressions with respect to which the formula is differentiated. */
  readonly operands: readonly Expr[];
  /** Returns the partial derivative of the formula `y` with respect to each operand. */
  readonly partials: (y: Expr, ...operands: Expr[]) => readonly Expr[];
}

const derivatives = new Map<Expr, Derivative>();

/**
 * Specifies the derivative of a formula that is written for computing rather than for differentiating, such as an
 * approximation or a formula with case distinctions. Formulas are interned, so the derivative applies wherever the
 * formula occurs.
 *
 * @param value the formula.
 * @param operands the subexpressions with respect to which it is differentiated.
 * @param partials returns the partial derivative for each operand, given the formula itself and the operands.
 * @returns `value`.
 *
 * @example
 * const asinh = (x: Expr) => withDerivative(formula(x), [x], (_, x) => [x.square().add(1).rsqrt()]);
 */
export function withDerivative(value: Expr, operands: readonly Expr[], partials: Derivative["partials"]): Expr {
  derivatives.set(value, { operands, partials });
  return value;
}

/** Returns the derivative specified for a formula; undefined when it is derived from the formula itself. */
export function derivativeOf(formula: Expr): Derivative | undefined {
  return derivatives.get(formula);
}
