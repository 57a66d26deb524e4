/**
 * The validation of arguments. The device checks the values itself: where it can be read at once, a bad one is refused
 * before anything runs with it; on a GPU it is refused when something is read next, since looking at once would mean to
 * wait for all the work so far.
 */

import { computeType, expectBetween, finfo, pointwise, type Tensor } from "@akari/tensor";
import type { Constraint } from "./constraints.ts";

/** What stands in for values that are right: a number that nobody has. */
const mark = -1.8e35;

const wrongOnes = /* @__PURE__ */ pointwise<[Tensor, Tensor]>(
  "validation",
  (right, x) => right.where(mark, x.eq(mark).where(Number.NaN, x)),
  { apart: [0] },
);

/**
 * Refuses a tensor with a value that is not of the constraint's set.
 *
 * @param what begins the message: `Normal: scale`.
 * @throws ArgumentError: at once on devices that can be read at once, otherwise with the next read.
 */
export function expectWithin(x: Tensor, constraint: Constraint, what: string): void {
  const { name, ends, eventDim } = constraint;
  const given = x.detach();
  if (ends !== undefined) {
    const [low, high] = ends;
    // No device need tell numbers that have lost digits from 0.
    const least = low > 0 ? Math.max(low, finfo(computeType(x.dtype)).tiny) : low;
    expectBetween(given, least, high, `${what} must be ${name}, got {}`);
  } else if (eventDim === 0) {
    const shown = wrongOnes(constraint.check(given), given.to("float32"));
    expectBetween(shown, Math.fround(mark), Math.fround(mark), `${what} must be ${name}, got {}`);
  } else {
    expectBetween(constraint.check(given), 1, 1, `${what} must hold ${name}`);
  }
}
