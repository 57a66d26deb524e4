/** Substitution in formulas: for fusion, and for gradients that read saved results instead of recomputing them. */

import { derivativeOf, withDerivative } from "./derivative.ts";
import { type Expr, node } from "./expr.ts";

/** Returns a formula with some of its nodes replaced by others. */
export function substitute(root: Expr, replacements: ReadonlyMap<Expr, Expr>): Expr {
  const done = new Map<Expr, Expr>(replacements);
  const visit = (e: Expr): Expr => {
    const known = done.get(e);
    if (known !== undefined) return known;
    const args = e.args.map(visit);
    const result = args.every((arg, i) => arg === e.args[i]) ? e : node(e.op, e.dtype, args, e.value);
    const own = derivativeOf(e);
    if (own !== undefined && result !== e) withDerivative(result, own.operands.map(visit), own.partials);
    done.set(e, result);
    return result;
  };
  return visit(root);
}
