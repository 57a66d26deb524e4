/** Operations on the binary representation of floating-point numbers: significands, powers of two and neighbors. */

import {
  constant,
  type Expr,
  expectFloating,
  expectTensor,
  finfo,
  floating,
  isFloating,
  mul,
  namedTuple,
  type Pointwise,
  pointwise,
  type Tensor,
  type TensorOrNumber,
  type Unary,
} from "@akari/tensor";

/**
 * Splits |x| exactly into `size · 2^exponent` with `size` in
 * [1, 2), and returns `unit = times · 2^exponent` as well. For 0, infinities and NaN, `size` is |x| and `exponent` is
 * 0.
 */
function split(x: Expr, times: number): { readonly size: Expr; readonly exponent: Expr; readonly unit: Expr } {
  let size = x.abs();
  let exponent: Expr = constant(0, x.dtype);
  let unit: Expr = constant(times, x.dtype);
  const most = x.dtype === "float64" ? 512 : 64;
  const steps: number[] = [];
  for (let step = most; step >= 1; step /= 2) steps.push(step);
  const finite = size.gt(0).and(size.lt(Number.POSITIVE_INFINITY));
  const move = (when: Expr, by: number): void => {
    const moved = finite.and(when);
    size = moved.where(size.mul(2 ** -by), size);
    unit = moved.where(unit.mul(2 ** by), unit);
    exponent = exponent.add(moved.where(by, 0));
  };
  for (const step of steps) move(size.ge(2 ** step), step);
  // The largest step is repeated because denormals extend farther below 1 than the largest numbers extend above it.
  for (const step of [most, ...steps]) move(size.lt(2 ** (1 - step)), -step);
  return { size, exponent, unit };
}

const mantissa: Unary = /* @__PURE__ */ pointwise<[Tensor]>("frexp", (x) => {
  const { size } = split(x, 1);
  const ordinary = size.gt(0).and(size.lt(Number.POSITIVE_INFINITY));
  return ordinary.where(x.lt(0).where(size.neg(), size).mul(0.5), x);
});
const exponent: Unary = /* @__PURE__ */ pointwise<[Tensor]>("frexp", (x) => {
  const { size, exponent } = split(x, 1);
  const ordinary = size.gt(0).and(size.lt(Number.POSITIVE_INFINITY));
  return ordinary.where(exponent.add(1), 0).cast("int32");
});

/** Result of `frexp`: `const [mantissa, exponent] = frexp(x)`, or by these names. */
export type Frexp = readonly [mantissa: Tensor, exponent: Tensor] & {
  /** Mantissa, with an absolute value in [½, 1); 0, infinities and NaN stay as they are. */
  readonly mantissa: Tensor;
  /** Exponent of the power of two, an int32 tensor. */
  readonly exponent: Tensor;
};

/**
 * Decomposes each element into `mantissa · 2^exponent`.
 *
 * https://pytorch.org/docs/stable/generated/torch.frexp.html
 *
 * @throws DTypeError for integers and bools.
 */
export function frexp(x: Tensor): Frexp {
  expectFloating("frexp", x);
  return namedTuple([mantissa(x), exponent(x)], "mantissa", "exponent");
}

const power: Unary = /* @__PURE__ */ pointwise<[Tensor]>("ldexp", (n) => constant(2, floating(n.dtype)).pow(n));

/**
 * Multiplies by powers of two, `x · 2ⁿ`. The result is floating point, also for integers.
 *
 * https://pytorch.org/docs/stable/generated/torch.ldexp.html
 */
export function ldexp(x: Tensor, n: Tensor | number): Tensor {
  expectTensor("ldexp", x);
  if (typeof n === "number") return (isFloating(x.dtype) ? x : x.to("float32")).mul(2 ** n);
  expectTensor("ldexp", n);
  // float32 cannot represent all powers of two that float64 can.
  return mul(x, power(x.dtype === "float64" ? n.to("float64") : n));
}

/**
 * Next representable number after each element of x in the direction of the second argument; equal arguments return
 * that number. Computed in float32 or float64; a GPU may flush the neighbors of 0, which are denormal, to 0.
 *
 * https://pytorch.org/docs/stable/generated/torch.nextafter.html
 *
 * @throws DTypeError for integers and bools.
 */
export const nextafter: Pointwise<[Tensor, TensorOrNumber]> = /* @__PURE__ */ pointwise<[Tensor, TensorOrNumber]>(
  "nextafter",
  (x, to) => {
    const { eps, tiny, max } = finfo(x.dtype === "float64" ? "float64" : "float32");
    const least = tiny * eps;
    const { size, unit } = split(x, eps);
    const up = to.gt(x);
    const away = up.xor(x.lt(0));
    // The spacing below a power of two is half of that above it.
    const step = x.eq(0).where(least, away.or(size.ne(1)).where(unit, unit.mul(0.5)).max(least));
    const moved = x.add(up.where(step, step.neg()));
    const infinite = x.abs().eq(Number.POSITIVE_INFINITY);
    const value = infinite.where(x.sign().mul(max), moved);
    return x.eq(to).where(to, x.isNaN().or(to.isNaN()).where(x.add(to), value));
  },
  { kind: 2 },
);
