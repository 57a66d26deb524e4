/** Greatest common divisors and least common multiples of integers. */

import { type Binary, DTypeError, type Expr, isFloating, pointwise, type TensorOrNumber } from "@akari/tensor";

/** Maximum number of steps of Euclid's algorithm per dtype, reached for neighboring Fibonacci numbers. */
const steps = { int32: 46, uint8: 13 } as const;

function expectIntegers(operation: string, ...operands: readonly Expr[]): void {
  for (const { dtype } of operands) {
    if (isFloating(dtype) || dtype === "bool")
      throw new DTypeError(`${operation}: expected integers, got ${dtype}; convert with to("int32")`);
  }
}

function divisor(left: Expr, right: Expr): Expr {
  let [a, b] = [left.abs(), right.abs()];
  for (let step = 0; step < steps[a.dtype as "int32" | "uint8"]; step++) {
    const done = b.eq(0);
    // Avoids a division by zero even in lanes whose quotient is discarded.
    const rest = a.fmod(done.where(1, b));
    [a, b] = [done.where(a, b), done.where(b, rest)];
  }
  return a;
}

/**
 * Greatest common divisor of integers, never negative. gcd(x, 0) is |x|.
 *
 * https://pytorch.org/docs/stable/generated/torch.gcd.html
 *
 * @throws DTypeError for floats and bools.
 */
export const gcd: Binary = /* @__PURE__ */ pointwise<[TensorOrNumber, TensorOrNumber]>("gcd", (a, b) => {
  expectIntegers("gcd", a, b);
  return divisor(a, b);
});

/**
 * Least common multiple of integers, never negative. lcm(x, 0) is 0.
 *
 * https://pytorch.org/docs/stable/generated/torch.lcm.html
 *
 * @throws DTypeError for floats and bools.
 */
export const lcm: Binary = /* @__PURE__ */ pointwise<[TensorOrNumber, TensorOrNumber]>("lcm", (a, b) => {
  expectIntegers("lcm", a, b);
  const common = divisor(a, b);
  return a.floorDiv(common.eq(0).where(1, common)).mul(b).abs();
});
