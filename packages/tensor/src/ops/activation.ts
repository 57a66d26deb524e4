/**
 * Activation functions. Each is one formula with one kernel forward and one backward; at a kink the derivative is
 * PyTorch's, which the cases of the formula spell out: a case that is taken at the kink gives its derivative there.
 */

import { checkChoice, checkNumber } from "../argument.ts";
import { isFloating } from "../dtype.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { withDerivative } from "../expr/derivative.ts";
import { constant, type Expr } from "../expr/expr.ts";
import { type Pointwise, pointwise } from "../pointwise.ts";
import { settings } from "../settings.ts";
import { dimension, shapeError, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import type { Unary } from "./arithmetic.ts";
import { reshape } from "./reshape.ts";
import { narrow } from "./slice.ts";

/** An activation with one number to set. */
type Tunable = Pointwise<[Tensor, number]>;
/** For those that are only there for floating-point numbers. */
const floats = { kind: 2 } as const;
/** For those that are there for integers, too. */
const numbers = { kind: 1 } as const;
/** An activation with two numbers to set. */
type Tunable2 = Pointwise<[Tensor, number, number]>;

/** `max(x, 0)`, with the derivative 0 at 0. https://pytorch.org/docs/stable/generated/torch.nn.functional.relu.html */
export const relu: Unary = /* @__PURE__ */ pointwise<[Tensor]>("relu", (x) => x.relu(), numbers);

/**
 * `x` cut off at 0 and 6, with the derivative 0 at both.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.relu6.html
 */
export const relu6: Unary = /* @__PURE__ */ pointwise<[Tensor]>(
  "relu6",
  (x) => x.le(0).where(0, x.ge(6).where(6, x)),
  numbers,
);

const leaky: Tunable = /* @__PURE__ */ pointwise<[Tensor, number]>(
  "leakyRelu",
  (x, slope) => x.gt(0).where(x, x.mul(slope)),
  floats,
);

/**
 * `x` above 0, `negativeSlope · x` below. https://pytorch.org/docs/stable/generated/torch.nn.functional.leaky_relu.html
 */
export function leakyRelu(x: Tensor, negativeSlope = 0.01): Tensor {
  return leaky(x, negativeSlope);
}

// NaN is not below 0, so that its derivative is that of the numbers above.
const eluOf: Tunable = /* @__PURE__ */ pointwise<[Tensor, number]>(
  "elu",
  (x, alpha) => x.le(0).where(x.expm1().mul(alpha), x),
  floats,
);

/** `x` above 0, `alpha · (eˣ - 1)` below. https://pytorch.org/docs/stable/generated/torch.nn.functional.elu.html */
export function elu(x: Tensor, alpha = 1): Tensor {
  return eluOf(x, alpha);
}

const celuOf: Tunable = /* @__PURE__ */ pointwise<[Tensor, number]>(
  "celu",
  (x, alpha) => x.le(0).where(x.div(alpha).expm1().mul(alpha), x),
  floats,
);

/**
 * `x` above 0, `alpha · (e^(x/alpha) - 1)` below.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.celu.html
 */
export function celu(x: Tensor, alpha = 1): Tensor {
  if (alpha === 0) throw new ArgumentError("celu: alpha must not be 0");
  return celuOf(x, alpha);
}

// The fixed point of mean 0 and variance 1 in Klambauer et al. 2017, "Self-Normalizing Neural Networks".
const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

/**
 * `scale · (x above 0, alpha · (eˣ - 1) below)`, which keeps mean 0 and variance 1.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.selu.html
 */
export const selu: Unary = /* @__PURE__ */ pointwise<[Tensor]>(
  "selu",
  (x) => x.le(0).where(x.expm1().mul(seluAlpha * seluScale), x.mul(seluScale)),
  floats,
);

const geluExact: Unary = /* @__PURE__ */ pointwise<[Tensor]>(
  "gelu",
  (x) => x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1)),
  floats,
);
const geluTanh: Unary = /* @__PURE__ */ pointwise<[Tensor]>(
  "gelu",
  (x) => {
    const inner = x.add(x.mul(x).mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
    return x.mul(0.5).mul(inner.tanh().add(1));
  },
  floats,
);

/** The option of `gelu`. */
export interface GeluOptions {
  /** `"none"` uses the error function, `"tanh"` an approximation. Default `"none"`. */
  readonly approximate?: "none" | "tanh";
}

/**
 * `x Φ(x)`, Φ being the normal distribution's cumulative function.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.gelu.html
 *
 * @throws ArgumentError for an unknown approximation.
 */
export function gelu(x: Tensor, options?: GeluOptions): Tensor {
  const { approximate } = settings("gelu", options, { approximate: "none" });
  checkChoice("gelu", "approximate", approximate, ["none", "tanh"]);
  return approximate === "none" ? geluExact(x) : geluTanh(x);
}

/** `x · sigmoid(x)`. https://pytorch.org/docs/stable/generated/torch.nn.functional.silu.html */
export const silu: Unary = /* @__PURE__ */ pointwise<[Tensor]>("silu", (x) => x.mul(x.sigmoid()), floats);

/** `ln(1 + eˣ)`. Of two equals the maximum gives each half the gradient, which makes the derivative right at 0. */
const soft = (x: Expr): Expr => x.max(0).add(x.abs().neg().exp().log1p());

/** `x · tanh(ln(1 + eˣ))`. https://pytorch.org/docs/stable/generated/torch.nn.functional.mish.html */
export const mish: Unary = /* @__PURE__ */ pointwise<[Tensor]>("mish", (x) => x.mul(soft(x).tanh()), floats);

const softplusOf: Tunable2 = /* @__PURE__ */ pointwise<[Tensor, number, number]>(
  "softplus",
  (x, beta, threshold) => {
    const scaled = x.mul(beta);
    return scaled.gt(threshold).where(x, soft(scaled).div(beta));
  },
  floats,
);

/** The options of `softplus`. */
export interface SoftplusOptions {
  /** How sharp the bend is. Default 1. */
  readonly beta?: number;
  /** Where `beta · x` exceeds this, the result is `x` itself. Default 20. */
  readonly threshold?: number;
}

/** `ln(1 + e^(beta · x)) / beta`. https://pytorch.org/docs/stable/generated/torch.nn.functional.softplus.html */
export function softplus(x: Tensor, options?: SoftplusOptions): Tensor {
  const { beta, threshold } = settings("softplus", options, { beta: 1, threshold: 20 });
  return softplusOf(x, beta, threshold);
}

/**
 * `ln sigmoid(x)`, without underflow on the way.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.logsigmoid.html
 */
export const logsigmoid: Unary = /* @__PURE__ */ pointwise<[Tensor]>(
  "logsigmoid",
  (x) => x.min(0).sub(x.abs().neg().exp().log1p()),
  floats,
);

/** `x / (1 + |x|)`. https://pytorch.org/docs/stable/generated/torch.nn.functional.softsign.html */
export const softsign: Unary = /* @__PURE__ */ pointwise<[Tensor]>("softsign", (x) => x.div(x.abs().add(1)));

/** `x - tanh(x)`. https://pytorch.org/docs/stable/generated/torch.nn.functional.tanhshrink.html */
export const tanhshrink: Unary = /* @__PURE__ */ pointwise<[Tensor]>("tanhshrink", (x) => x.toFloat().sub(x.tanh()));

const hardtanhOf: Tunable2 = /* @__PURE__ */ pointwise<[Tensor, number, number]>(
  "hardtanh",
  (x, min, max) => x.le(min).where(min, x.ge(max).where(max, x)),
  numbers,
);

/**
 * `x` cut off at two limits, with the derivative 0 at both; where `min` is above `max`, all is `max`. Integers take the
 * limits without their fractions.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.hardtanh.html
 *
 * @throws ArgumentError when uint8 is to be cut off below 0.
 */
export function hardtanh(x: Tensor, min = -1, max = 1): Tensor {
  const [low, high] = isFloating(x.dtype) ? [min, max] : [Math.trunc(min), Math.trunc(max)];
  if (x.dtype === "uint8" && low < 0) throw new ArgumentError(`hardtanh: uint8 has no negative limits, got ${min}`);
  return hardtanhOf(x, Math.min(low, high), high);
}

/**
 * 0 below -3, 1 above 3, `x/6 + 1/2` between.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.hardsigmoid.html
 */
export const hardsigmoid: Unary = /* @__PURE__ */ pointwise<[Tensor]>(
  "hardsigmoid",
  (x) =>
    withDerivative(x.le(-3).where(0, x.ge(3).where(1, x.div(6).add(0.5))), [x], (_, at) => {
      const x = at as Expr; // safe: of one operand
      return [
        x
          .gt(-3)
          .and(x.lt(3))
          .where(constant(1 / 6, x.dtype), 0),
      ];
    }),
  floats,
);

/** `x · hardsigmoid(x)`. https://pytorch.org/docs/stable/generated/torch.nn.functional.hardswish.html */
export const hardswish: Unary = /* @__PURE__ */ pointwise<[Tensor]>(
  "hardswish",
  (x) =>
    withDerivative(x.mul(x.le(-3).where(0, x.ge(3).where(6, x.add(3)))).div(6), [x], (_, at) => {
      const x = at as Expr; // safe: of one operand
      return [x.lt(-3).where(0, x.le(3).where(x.div(3).add(0.5), 1))];
    }),
  floats,
);

const hardshrinkOf: Tunable = /* @__PURE__ */ pointwise<[Tensor, number]>(
  "hardshrink",
  (x, lambd) => x.abs().le(lambd).where(0, x),
  floats,
);

/**
 * `x` where `|x|` exceeds `lambd`, 0 elsewhere.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.hardshrink.html
 */
export function hardshrink(x: Tensor, lambd = 0.5): Tensor {
  return hardshrinkOf(x, lambd);
}

const softshrinkOf: Tunable = /* @__PURE__ */ pointwise<[Tensor, number]>(
  "softshrink",
  (x, lambd) =>
    withDerivative(x.gt(lambd).where(x.sub(lambd), x.lt(lambd.neg()).where(x.add(lambd), 0)), [x], (_, x) => [
      (x as Expr).abs().le(lambd).where(0, 1), // safe: one operand
    ]),
  floats,
);

/**
 * `x` moved towards 0 by `lambd`, and 0 where it would pass it, or is NaN.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.softshrink.html
 *
 * @throws ArgumentError for a negative `lambd`.
 */
export function softshrink(x: Tensor, lambd = 0.5): Tensor {
  checkNumber("softshrink", "lambd", lambd);
  return softshrinkOf(x, lambd);
}

const thresholdOf: Tunable2 = /* @__PURE__ */ pointwise<[Tensor, number, number]>(
  "threshold",
  (x, limit, value) => x.le(limit).where(value, x),
  numbers,
);

/**
 * `x` where it exceeds the limit, `value` elsewhere.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.threshold.html
 */
export function threshold(x: Tensor, limit: number, value: number): Tensor {
  // Integers stay integers, and the numbers become integers as well.
  return isFloating(x.dtype) ? thresholdOf(x, limit, value) : thresholdOf(x, Math.trunc(limit), Math.trunc(value));
}

const preluOf: Pointwise<[Tensor, Tensor]> = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("prelu", (x, weight) =>
  x.gt(0).where(x, weight.mul(x)),
);

/**
 * `x` above 0, `weight · x` below, the weight being learned: one for all, or one per channel (dimension 1).
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.prelu.html
 *
 * @param weight shape [1] or [C]. @throws ShapeError when it has another number of elements.
 */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  if (weight.numel() === 1) return preluOf(x, weight.ndim > x.ndim ? reshape(weight, []) : weight);
  const channels = x.ndim > 1 ? (x.shape[1] as number) : 1;
  if (weight.ndim !== 1 || weight.shape[0] !== channels) {
    throw new ShapeError(
      `prelu: expected one weight or ${channels}, one per channel of ${showShape(x.shape)}, got a weight of shape ${showShape(weight.shape)}`,
    );
  }
  return preluOf(x, reshape(weight, [channels, ...new Array<number>(x.ndim - 2).fill(1)]));
}

const gate: Pointwise<[Tensor, Tensor]> = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("glu", (a, b) =>
  a.mul(b.sigmoid()),
);

/**
 * The first half of a dimension times the sigmoid of the second.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.glu.html
 *
 * @throws ShapeError when the dimension's size is odd.
 */
export function glu(x: Tensor, dim = -1): Tensor {
  const axis = dimension("glu", dim, x.ndim);
  const size = x.shape[axis] ?? 1;
  if (size % 2 !== 0 || x.ndim === 0) {
    throw shapeError("glu", `an even size in dimension ${axis}`, x);
  }
  return gate(narrow(x, axis, 0, size / 2), narrow(x, axis, size / 2, size / 2));
}
