/**
 * Error bounds of sums. Evaluated in any order, a sum of n products with unit roundoff u differs from the exact sum by
 * at most about n·u·Σ|aᵢbᵢ| (Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., section 3.1). The sum
 * of magnitudes is obtained by running the same call on absolute values, so the bound holds for each element, even with
 * cancellation.
 */

import { computeType, type DType, digitsOf, isFloating } from "../dtype.ts";
import type { Operand } from "./operand.ts";
import { point, type Range, spread } from "./range.ts";
import { referenceResults, type Trial } from "./trial.ts";

/** Returns the unit roundoff with which sums of a dtype are accumulated: 16-bit floats accumulate in float32. */
export function roundoff(dtype: DType): number {
  return dtype === "float64" ? 2 ** -53 : 2 ** -24;
}

/** Returns the unit roundoff when the accumulated value is stored in memory and rounded at every step. */
export function storedRoundoff(dtype: DType): number {
  return computeType(dtype) === dtype ? roundoff(dtype) : 2 ** -digitsOf(dtype);
}

/**
 * Returns the ranges of a call whose results are sums of up to `terms` products. They are exact for integers and where
 * the result is NaN or infinite. `roundoffOf` is the precision in which each step is rounded.
 */
export function sumRanges(
  trial: Pick<Trial, "operands" | "outputs" | "call">,
  terms: number,
  roundoffOf: (dtype: DType) => number = roundoff,
): Range[][] {
  const results = referenceResults(trial);
  const sizes = referenceResults(trial, trial.operands.map(magnitude));
  return results.map((values, k) => {
    const { dtype } = trial.operands[trial.outputs[k] as number] as Operand; // safe: outputs are indices of operands
    return values.map((value, i) =>
      sumRange(value, (terms + 4) * roundoffOf(dtype) * (sizes[k]?.[i] as number), dtype),
    );
  });
}

/** Returns the range of one sum. The reference's own error is within the same bound. */
function sumRange(value: number, slack: number, dtype: DType): Range {
  if (!isFloating(dtype) || !Number.isFinite(value)) return point(value);
  return spread({ lo: value - slack, hi: value + slack, nan: false }, 1, dtype);
}

function magnitude(one: Operand): Operand {
  return isFloating(one.dtype) ? { ...one, values: one.values.map(Math.abs) } : one;
}
