/**
 * Activation functions. Each is one formula, which runs as one kernel forward and one backward. At a kink the
 * derivative is PyTorch's: it is that of the case of the formula that applies at the kink.
 */

import { checkChoice, checkNumber, refuse } from "../argument.ts";
import { isFloating } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { withDerivative } from "../expr/derivative.ts";
import { constant, type Expr } from "../expr/expr.ts";
import { type Pointwise, pointwise } from "../pointwise.ts";
import { settings } from "../settings.ts";
import { dimension, shapeError, shapeOf, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type Unary, unary } from "./arithmetic.ts";
import { reshape } from "./reshape.ts";
import { narrow } from "./slice.ts";

/** An activation with one parameter. */
type Tunable = Pointwise<[Tensor, number]>;
/** Options of activations that accept floating-point dtypes only. A fractional parameter does not promote integers. */
const floats = { kind: 2, apart: [1, 2] } as const;
/** Options of activations that accept integers too, but not bools. */
const numbers = { kind: 1 } as const;
/** Options of activations that can overwrite their input. */
export interface InplaceOptions {
  /** Whether to overwrite the input with the result, which saves its memory. Default false. */
  readonly inplace?: boolean;
}

/** Applies an activation with parameters, which are truncated for integers, since fractions would promote these. */
function activate(
  name: string,
  activation: Tunable | Tunable2,
  options: InplaceOptions | undefined,
  x: Tensor,
  ...parameters: readonly number[]
): Tensor {
  const { inplace } = settings(name, options, { inplace: false });
  const given = isFloating(x?.dtype) ? parameters : parameters.map(Math.trunc);
  return (inplace ? activation.inPlace : activation)(x, ...(given as [number, number])); // safe: as many as it has
}

/** An activation with two parameters. */
type Tunable2 = Pointwise<[Tensor, number, number]>;

/**
 * Rectified linear unit, `max(x, 0)`. The derivative at 0 is 0.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.relu.html
 *
 * @throws DTypeError for bools.
 */
export const relu: Unary = /* @__PURE__ */ unary("relu", numbers);

/**
 * ReLU clamped at 6, `min(max(x, 0), 6)`. The derivative is 0 at both limits.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.relu6.html
 *
 * @throws DTypeError for bools.
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
 * Leaky ReLU: `x` where `x > 0`, `negativeSlope · x` elsewhere.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.leaky_relu.html
 *
 * @param negativeSlope default 0.01.
 * @param options.inplace whether to overwrite `x` with the result, which saves its memory. Default false.
 * @throws DTypeError unless `x` is floating point.
 */
export function leakyRelu(x: Tensor, negativeSlope = 0.01, options?: InplaceOptions): Tensor {
  return activate("leakyRelu", leaky, options, x, negativeSlope);
}

// `x ≤ 0` is false for NaN, so NaN has the derivative of the positive numbers.
const eluOf: Tunable = /* @__PURE__ */ pointwise<[Tensor, number]>(
  "elu",
  (x, alpha) => x.le(0).where(x.expm1().mul(alpha), x),
  floats,
);

/**
 * Exponential linear unit: `x` where `x > 0`, `alpha · (eˣ - 1)` elsewhere.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.elu.html
 *
 * @param alpha default 1.
 * @param options.inplace whether to overwrite `x` with the result, which saves its memory. Default false.
 * @throws DTypeError unless `x` is floating point.
 */
export function elu(x: Tensor, alpha = 1, options?: InplaceOptions): Tensor {
  return activate("elu", eluOf, options, x, alpha);
}

const celuOf: Tunable = /* @__PURE__ */ pointwise<[Tensor, number]>(
  "celu",
  (x, alpha) => x.le(0).where(x.div(alpha).expm1().mul(alpha), x),
  floats,
);

/**
 * Continuously differentiable ELU: `x` where `x > 0`, `alpha · (e^(x/alpha) - 1)` elsewhere.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.celu.html
 *
 * @param alpha default 1.
 * @param options.inplace whether to overwrite `x` with the result, which saves its memory. Default false.
 * @throws ArgumentError if `alpha` is 0.
 * @throws DTypeError unless `x` is floating point.
 */
export function celu(x: Tensor, alpha = 1, options?: InplaceOptions): Tensor {
  if (alpha === 0) refuse("celu", "alpha", alpha, "not be 0");
  return activate("celu", celuOf, options, x, alpha);
}

// The constants of Klambauer et al. 2017, "Self-Normalizing Neural Networks", for the fixed point mean 0, variance 1.
const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

/**
 * Scaled ELU: `scale · x` where `x > 0`, `scale · alpha · (eˣ - 1)` elsewhere.
 *
 * With scale 1.0507… and alpha 1.6732…, the activations of deep networks tend to mean 0 and variance 1. (Klambauer et
 * al. 2017, "Self-Normalizing Neural Networks".)
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.selu.html
 *
 * @throws DTypeError unless `x` is floating point.
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

/** Options of `gelu`. */
export interface GeluOptions {
  /** How to compute Φ: `"none"` uses the error function, `"tanh"` a tanh approximation. Default `"none"`. */
  readonly approximate?: "none" | "tanh";
}

/**
 * Gaussian error linear unit, `x · Φ(x)`, where Φ is the cumulative distribution function of the standard normal
 * distribution.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.gelu.html
 *
 * @throws ArgumentError for an unknown approximation.
 * @throws DTypeError unless `x` is floating point.
 */
export function gelu(x: Tensor, options?: GeluOptions): Tensor {
  const { approximate } = settings("gelu", options, { approximate: "none" });
  checkChoice("gelu", "approximate", approximate, ["none", "tanh"]);
  return approximate === "none" ? geluExact(x) : geluTanh(x);
}

/**
 * Sigmoid linear unit (swish), `x · sigmoid(x)`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.silu.html
 *
 * @throws DTypeError unless `x` is floating point.
 */
export const silu: Unary = /* @__PURE__ */ pointwise<[Tensor]>("silu", (x) => x.mul(x.sigmoid()), floats);

/** `ln(1 + eˣ)`. `max` splits the gradient evenly between equal operands, so the derivative at 0 is the correct 1/2. */
const soft = (x: Expr): Expr => x.max(0).add(x.abs().neg().exp().log1p());

/**
 * Mish, `x · tanh(softplus(x)) = x · tanh(ln(1 + eˣ))`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.mish.html
 *
 * @throws DTypeError unless `x` is floating point.
 */
export const mish: Unary = /* @__PURE__ */ pointwise<[Tensor]>("mish", (x) => x.mul(soft(x).tanh()), floats);

const softplusOf: Tunable2 = /* @__PURE__ */ pointwise<[Tensor, number, number]>(
  "softplus",
  (x, beta, threshold) => {
    const scaled = x.mul(beta);
    return scaled.gt(threshold).where(x, soft(scaled).div(beta));
  },
  floats,
);

/** Options of `softplus`. */
export interface SoftplusOptions {
  /** Sharpness: the larger, the closer to ReLU. Default 1. */
  readonly beta?: number;
  /** Value of `beta · x` above which the function is linear: the result is `x`. Default 20. */
  readonly threshold?: number;
}

/**
 * Smooth approximation of ReLU, `ln(1 + e^(beta · x)) / beta`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.softplus.html
 *
 * @throws DTypeError unless `x` is floating point.
 */
export function softplus(x: Tensor, options?: SoftplusOptions): Tensor {
  const { beta, threshold } = settings("softplus", options, { beta: 1, threshold: 20 });
  return softplusOf(x, beta, threshold);
}

/**
 * Logarithm of the sigmoid, `ln(1 / (1 + e⁻ˣ))`, computed without underflow.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.logsigmoid.html
 *
 * @throws DTypeError unless `x` is floating point.
 */
export const logsigmoid: Unary = /* @__PURE__ */ pointwise<[Tensor]>(
  "logsigmoid",
  (x) => x.min(0).sub(x.abs().neg().exp().log1p()),
  floats,
);

/** Softsign, `x / (1 + |x|)`. https://pytorch.org/docs/stable/generated/torch.nn.functional.softsign.html */
export const softsign: Unary = /* @__PURE__ */ pointwise<[Tensor]>("softsign", (x) => x.div(x.abs().add(1)));

/** Tanh shrinkage, `x - tanh(x)`. https://pytorch.org/docs/stable/generated/torch.nn.functional.tanhshrink.html */
export const tanhshrink: Unary = /* @__PURE__ */ pointwise<[Tensor]>("tanhshrink", (x) => x.toFloat().sub(x.tanh()));

const hardtanhOf: Tunable2 = /* @__PURE__ */ pointwise<[Tensor, number, number]>(
  "hardtanh",
  (x, min, max) => x.le(min).where(min, x.ge(max).where(max, x)),
  numbers,
);

/**
 * Clamps each element to [`min`, `max`]. The derivative is 0 at both limits.
 *
 * If `min > max`, every element becomes `max`. For integers the limits are truncated.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.hardtanh.html
 *
 * @param min default -1.
 * @param max default 1.
 * @param options.inplace whether to overwrite `x` with the result, which saves its memory. Default false.
 * @throws ArgumentError for a negative limit of a uint8 tensor.
 * @throws DTypeError for bools.
 */
export function hardtanh(x: Tensor, min = -1, max = 1, options?: InplaceOptions): Tensor {
  const least = Math.min(min, max);
  if (x?.dtype === "uint8" && least <= -1)
    throw new ArgumentError(`hardtanh: uint8 has no negative limits, got ${least}`);
  return activate("hardtanh", hardtanhOf, options, x, least, max);
}

/**
 * Piecewise linear approximation of the sigmoid: 0 for `x ≤ -3`, 1 for `x ≥ 3`, `x / 6 + 1 / 2` between.
 *
 * The derivative is 0 at -3 and 3.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.hardsigmoid.html
 *
 * @throws DTypeError unless `x` is floating point.
 */
export const hardsigmoid: Unary = /* @__PURE__ */ pointwise<[Tensor]>(
  "hardsigmoid",
  (x) =>
    withDerivative(x.le(-3).where(0, x.ge(3).where(1, x.div(6).add(0.5))), [x], (_, at) => {
      const x = at as Expr; // safe: one operand
      return [
        x
          .gt(-3)
          .and(x.lt(3))
          .where(constant(1 / 6, x.dtype), 0),
      ];
    }),
  floats,
);

/**
 * Hard swish, `x · hardsigmoid(x)`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.hardswish.html
 *
 * @throws DTypeError unless `x` is floating point.
 */
export const hardswish: Unary = /* @__PURE__ */ pointwise<[Tensor]>(
  "hardswish",
  (x) =>
    withDerivative(x.mul(x.le(-3).where(0, x.ge(3).where(6, x.add(3)))).div(6), [x], (_, at) => {
      const x = at as Expr; // safe: one operand
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
 * Hard shrinkage: `x` where `|x| > lambd`, 0 elsewhere.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.hardshrink.html
 *
 * @param lambd default 0.5.
 * @throws DTypeError unless `x` is floating point.
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
 * Soft shrinkage: `x - lambd` where `x > lambd`, `x + lambd` where `x < -lambd`, 0 elsewhere (and for NaN).
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.softshrink.html
 *
 * @param lambd default 0.5.
 * @throws ArgumentError for a negative `lambd`.
 * @throws DTypeError unless `x` is floating point.
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
 * Replaces elements that do not exceed a limit: `x` where `x > limit`, `value` elsewhere.
 *
 * For integers, `limit` and `value` are truncated.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.threshold.html
 *
 * @param options.inplace whether to overwrite `x` with the result, which saves its memory. Default false.
 * @throws DTypeError for bools.
 */
export function threshold(x: Tensor, limit: number, value: number, options?: InplaceOptions): Tensor {
  return activate("threshold", thresholdOf, options, x, limit, value);
}

const preluOf: Pointwise<[Tensor, Tensor]> = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("prelu", (x, weight) =>
  x.gt(0).where(x, weight.mul(x)),
);

/**
 * Parametric ReLU with learnable slopes: `x` where `x > 0`, `weight · x` elsewhere.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.prelu.html
 *
 * @param x [N, C, ...].
 * @param weight [1] for one slope in common, or [C] for one per channel (dimension 1 of `x`).
 * @throws ShapeError if `weight` has any other shape.
 */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  const rank = shapeOf("prelu", x).length;
  if (sizeOf(shapeOf("prelu", weight)) === 1) return preluOf(x, weight.ndim > rank ? reshape(weight, []) : weight);
  const channels = rank > 1 ? (x.shape[1] as number) : 1;
  if (weight.ndim !== 1 || weight.shape[0] !== channels)
    throw shapeError("prelu", `an input and one weight, or ${channels}, one per channel`, x, weight);
  return preluOf(x, reshape(weight, [channels, ...new Array<number>(rank - 2).fill(1)]));
}

const gate: Pointwise<[Tensor, Tensor]> = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("glu", (a, b) =>
  a.mul(b.sigmoid()),
);

/**
 * Gated linear unit, `a · sigmoid(b)`, where `a` and `b` are the first and second half of `x` along `dim`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.glu.html
 *
 * @param dim the dimension to split; its size is halved. Default -1.
 * @throws ShapeError if the size of that dimension is odd, or `x` is a scalar.
 * @throws IndexError if there is no such dimension.
 */
export function glu(x: Tensor, dim = -1): Tensor {
  const axis = dimension("glu", dim, x);
  const size = x.shape[axis] ?? 1;
  if (size % 2 !== 0 || x.ndim === 0) {
    throw shapeError("glu", `an even size in dimension ${axis}`, x);
  }
  return gate(narrow(x, axis, 0, size / 2), narrow(x, axis, size / 2, size / 2));
}
