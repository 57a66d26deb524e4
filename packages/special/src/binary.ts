/**
 * Floating-point numbers as what they are made of: a significand and a power of two.
 */

import {
  constant,
  type Expr,
  expectFloating,
  finfo,
  floating,
  mul,
  type Pointwise,
  pointwise,
  type Tensor,
  type TensorOrNumber,
  type Unary,
} from "@akari/tensor";

/**
 * A number as `size · 2^exponent` with its size in [1, 2), exact; `unit` is `2^exponent` times what is asked for. All
 * as it is for 0, infinities and NaN.
 */
function apart(x: Expr, times: number): { readonly size: Expr; readonly exponent: Expr; readonly unit: Expr } {
  let size = x.abs();
  let exponent: Expr = constant(0, x.dtype);
  let unit: Expr = constant(times, x.dtype);
  const most = x.dtype === "float64" ? 512 : 64;
  const steps: number[] = [];
  for (let step = most; step >= 1; step /= 2) steps.push(step);
  const ordinary = size.gt(0).and(size.lt(Number.POSITIVE_INFINITY));
  const move = (when: Expr, by: number): void => {
    const moved = ordinary.and(when);
    size = moved.where(size.mul(2 ** -by), size);
    unit = moved.where(unit.mul(2 ** by), unit);
    exponent = exponent.add(moved.where(by, 0));
  };
  for (const step of steps) move(size.ge(2 ** step), step);
  // Once more from the start: the smallest numbers lie farther below 1 than the largest lie above it.
  for (const step of [most, ...steps]) move(size.lt(2 ** (1 - step)), -step);
  return { size, exponent, unit };
}

const mantissa: Unary = /* @__PURE__ */ pointwise<[Tensor]>("frexp", (x) => {
  const { size } = apart(x, 1);
  const ordinary = size.gt(0).and(size.lt(Number.POSITIVE_INFINITY));
  return ordinary.where(x.lt(0).where(size.neg(), size).mul(0.5), x);
});
const exponent: Unary = /* @__PURE__ */ pointwise<[Tensor]>("frexp", (x) => {
  const { size, exponent } = apart(x, 1);
  const ordinary = size.gt(0).and(size.lt(Number.POSITIVE_INFINITY));
  return ordinary.where(exponent.add(1), 0).cast("int32");
});

/** What `frexp` gives. */
export interface Frexp {
  /** With a size in [½, 1), or 0, an infinity or NaN. */
  readonly mantissa: Tensor;
  /** The power of two, an int32. */
  readonly exponent: Tensor;
}

/**
 * A number as `mantissa · 2^exponent`.
 *
 * https://pytorch.org/docs/stable/generated/torch.frexp.html
 *
 * @throws DTypeError for integers.
 */
export function frexp(x: Tensor): Frexp {
  expectFloating("frexp", x.dtype);
  return { mantissa: mantissa(x), exponent: exponent(x) };
}

const power: Unary = /* @__PURE__ */ pointwise<[Tensor]>("ldexp", (n) => constant(2, floating(n.dtype)).pow(n));

/**
 * `x · 2ⁿ`, in floating point.
 *
 * https://pytorch.org/docs/stable/generated/torch.ldexp.html
 */
export function ldexp(x: Tensor, n: Tensor | number): Tensor {
  if (typeof n === "number") return x.mul(2 ** n);
  // Not every power of a double is one of float32.
  return mul(x, power(x.dtype === "float64" ? n.to("float64") : n));
}

/**
 * The neighbour of each number among those of its dtype, on the way to another one; the number itself where both are
 * equal. In float32 or float64; a GPU may take the nearest neighbours of 0, which are denormal, for 0.
 *
 * https://pytorch.org/docs/stable/generated/torch.nextafter.html
 */
export const nextafter: Pointwise<[Tensor, TensorOrNumber]> = /* @__PURE__ */ pointwise<[Tensor, TensorOrNumber]>(
  "nextafter",
  (x, to) => {
    const { eps, tiny, max } = finfo(x.dtype === "float64" ? "float64" : "float32");
    const least = tiny * eps;
    const { size, unit } = apart(x, eps);
    const up = to.gt(x);
    const away = up.xor(x.lt(0));
    // A power of two has nearer neighbours on the side of 0.
    const step = x.eq(0).where(least, away.or(size.ne(1)).where(unit, unit.mul(0.5)).max(least));
    const moved = x.add(up.where(step, step.neg()));
    const infinite = x.abs().eq(Number.POSITIVE_INFINITY);
    const value = infinite.where(x.sign().mul(max), moved);
    return x.eq(to).where(to, x.isNaN().or(to.isNaN()).where(x.add(to), value));
  },
  { kind: 2 },
);
