/**
 * Validation of values. The device checks the values itself. On devices with synchronous reads, an invalid value is
 * rejected before anything else runs. On a GPU it is reported at the next read, because checking immediately would have
 * to wait for all pending work.
 */

import { computeType, expectBetween, finfo, pointwise, type Tensor } from "@akari/tensor";
import type { Constraint } from "./constraints.ts";

/** Stands for valid values in the check. An invalid input of exactly this value is shown as NaN. */
const mark = -1.8e35;

const invalidOnes = /* @__PURE__ */ pointwise<[Tensor, Tensor]>(
  "validation",
  (right, x) => right.where(mark, x.eq(mark).where(Number.NaN, x)),
  { apart: [0] },
);

/**
 * Throws unless all values of a tensor satisfy a constraint.
 *
 * @param what start of the message, such as `Normal: scale`.
 * @throws ArgumentError immediately on devices with synchronous reads, otherwise at the next read.
 */
export function expectWithin(x: Tensor, constraint: Constraint, what: string): void {
  const { name, ends, eventDim } = constraint;
  const given = x.detach();
  if (ends !== undefined) {
    const [low, high] = ends;
    // Devices may flush denormals to 0.
    const least = low > 0 ? Math.max(low, finfo(computeType(x.dtype)).tiny) : low;
    expectBetween(given, least, high, `${what} must be ${name}, got {}`);
  } else if (eventDim === 0) {
    const shown = invalidOnes(constraint.check(given), given.to("float32"));
    expectBetween(shown, Math.fround(mark), Math.fround(mark), `${what} must be ${name}, got {}`);
  } else {
    expectBetween(constraint.check(given), 1, 1, `${what} must contain ${name}`);
  }
}
