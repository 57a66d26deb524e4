/**
 * How far a sum may be off. Added in any order, n products in a precision of unit roundoff u differ from the exact sum
 * by at most about n·u·Σ|aᵢbᵢ| (Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., section 3.1). The
 * sum of magnitudes comes from running the same call on absolute values, so the bound holds element by element, however
 * much cancels.
 */

import { computeType, type DType, digitsOf, isFloating } from "../dtype.ts";
import type { Operand } from "./operand.ts";
import { point, type Range, spread } from "./range.ts";
import { referenceResults, type Trial } from "./trial.ts";

/** The unit roundoff in which sums of a dtype are accumulated: 16-bit floats accumulate in float32. */
export function roundoff(dtype: DType): number {
  return dtype === "float64" ? 2 ** -53 : 2 ** -24;
}

/** The same where the running value lies in memory and is rounded at every step. */
export function storedRoundoff(dtype: DType): number {
  return computeType(dtype) === dtype ? roundoff(dtype) : 2 ** -digitsOf(dtype);
}

/**
 * Ranges for a call whose results are sums of up to `terms` products: exact for integers and wherever NaN or an
 * infinity comes out. `roundoffOf` says in which precision each step is rounded.
 */
export function sumRanges(
  trial: Pick<Trial, "operands" | "outputs" | "call">,
  terms: number,
  roundoffOf: (dtype: DType) => number = roundoff,
): Range[][] {
  const results = referenceResults(trial);
  const sizes = referenceResults(trial, trial.operands.map(magnitude));
  return results.map((values, k) => {
    const { dtype } = trial.operands[trial.outputs[k] as number] as Operand; // safe: outputs are numbers of operands
    return values.map((value, i) =>
      sumRange(value, (terms + 4) * roundoffOf(dtype) * (sizes[k]?.[i] as number), dtype),
    );
  });
}

/** The range of one sum. The reference's own error is within the same bound. */
function sumRange(value: number, slack: number, dtype: DType): Range {
  if (!isFloating(dtype) || !Number.isFinite(value)) return point(value);
  return spread({ lo: value - slack, hi: value + slack, nan: false }, 1, dtype);
}

function magnitude(one: Operand): Operand {
  return isFloating(one.dtype) ? { ...one, values: one.values.map(Math.abs) } : one;
}
