/**
 * Losses for regression and for probabilities. They are computed element-wise and then reduced.
 */

import {
  checkNumber,
  checkPositive,
  type Expr,
  expectBetween,
  pointwise,
  settings,
  shapeOf,
  type Tensor,
  withDerivative,
} from "@akari/tensor";
import { expectSameShape, type LossOptions, lossDefaults, reduce } from "./reduction.ts";

const squared = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("mseLoss", (x, y) => x.sub(y).square());

/**
 * Computes the squared error, `(x - y)²`. Input and target broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.mse_loss.html
 */
export function mseLoss(input: Tensor, target: Tensor, options?: LossOptions): Tensor {
  const { reduction } = settings("mseLoss", options, lossDefaults);
  return reduce("mseLoss", squared(input, target), reduction);
}

const absolute = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("l1Loss", (x, y) => x.sub(y).abs());

/**
 * Computes the absolute error, `|x - y|`. Input and target broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.l1_loss.html
 */
export function l1Loss(input: Tensor, target: Tensor, options?: LossOptions): Tensor {
  const { reduction } = settings("l1Loss", options, lossDefaults);
  return reduce("l1Loss", absolute(input, target), reduction);
}

/** Options of `smoothL1Loss`. */
export interface SmoothL1Options extends LossOptions {
  /** Difference at which the loss changes from quadratic to linear. Default 1; 0 is equivalent to `l1Loss`. */
  readonly beta?: number;
}

const smooth = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>("smoothL1Loss", (x, y, beta) => {
  const d = x.sub(y).abs();
  // A NaN takes the quadratic branch, so that its gradient is NaN, too.
  return d.ge(beta).where(d.sub(beta.mul(0.5)), d.mul(d).mul(0.5).div(beta));
});

/**
 * Computes the smooth L1 loss: `d²/2β` where `d = |x - y| < β`, `d - β/2` elsewhere. Input and target broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.smooth_l1_loss.html
 *
 * @throws ArgumentError when `beta` is negative.
 */
export function smoothL1Loss(input: Tensor, target: Tensor, options?: SmoothL1Options): Tensor {
  const { beta, reduction } = settings("smoothL1Loss", options, { beta: 1, ...lossDefaults });
  checkNumber("smoothL1Loss", "beta", beta);
  return reduce("smoothL1Loss", beta === 0 ? absolute(input, target) : smooth(input, target, beta), reduction);
}

/** Options of `huberLoss`. */
export interface HuberOptions extends LossOptions {
  /** Difference at which the loss changes from quadratic to linear. Default 1. */
  readonly delta?: number;
}

const huber = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>("huberLoss", (x, y, delta) => {
  const d = x.sub(y).abs();
  return d.gt(delta).where(delta.mul(d.sub(delta.mul(0.5))), d.mul(d).mul(0.5));
});

/**
 * Computes the Huber loss: `d²/2` where `d = |x - y| ≤ δ`, `δ(d - δ/2)` elsewhere. Input and target broadcast. Huber
 * 1964.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.huber_loss.html
 *
 * @throws ArgumentError unless `delta` is positive.
 */
export function huberLoss(input: Tensor, target: Tensor, options?: HuberOptions): Tensor {
  const { delta, reduction } = settings("huberLoss", options, { delta: 1, ...lossDefaults });
  checkPositive("huberLoss", "delta", delta);
  return reduce("huberLoss", huber(input, target, delta), reduction);
}

/** Options of `binaryCrossEntropy`. */
export interface BinaryOptions extends LossOptions {
  /** Factor of each element's loss; broadcasts. Default: no factor. */
  readonly weight?: Tensor | null;
}

const binary = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("binaryCrossEntropy", (p, y) => {
  // The logarithms are clamped at -100, so that a certain but wrong prediction has a finite loss.
  const yes = p.log().max(-100);
  const no = p.neg().log1p().max(-100);
  // The gradient is bounded for the same reason.
  return withDerivative(y.sub(1).mul(no).sub(y.mul(yes)), [p, y], (_, p, y) => [
    p.sub(y).div(p.neg().add(1).mul(p).max(1e-12)),
    p.neg().log1p().max(-100).sub(p.log().max(-100)),
  ]);
});

/**
 * Computes the binary cross-entropy of probabilities, `-(y·log p + (1-y)·log(1-p))`, with each logarithm clamped at
 * -100. Input and target have the same shape.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy.html
 *
 * @throws ShapeError when the shapes differ.
 * @throws ArgumentError when an input is outside [0, 1].
 */
export function binaryCrossEntropy(input: Tensor, target: Tensor, options?: BinaryOptions): Tensor {
  const { weight, reduction } = settings("binaryCrossEntropy", options, { weight: null, ...lossDefaults });
  expectSameShape("binaryCrossEntropy", input, target);
  expectBetween(input, 0, 1, "binaryCrossEntropy: expected probabilities between 0 and 1, got {}");
  const losses = binary(input, target);
  return reduce("binaryCrossEntropy", weight ? losses.mul(weight) : losses, reduction);
}

/** Options of `binaryCrossEntropyWithLogits`. */
export interface BinaryLogitsOptions extends BinaryOptions {
  /** Factor of the positive term, for each class; broadcasts. Default: no factor. */
  readonly posWeight?: Tensor | null;
}

// log(1 + e^-|x|) is accurate for any x.
const binaryLogits = /* @__PURE__ */ pointwise<[Tensor, Tensor, ...Tensor[]]>(
  "binaryCrossEntropyWithLogits",
  // The weight may be left out.
  (...[x, y, weight]: [Expr, Expr, Expr?]) => {
    const softplus = x.neg().max(0).add(x.abs().neg().exp().log1p());
    const weighted = weight ? weight.sub(1).mul(y).add(1).mul(softplus) : softplus;
    return x.mul(y.neg().add(1)).add(weighted);
  },
);

/**
 * Computes the binary cross-entropy of `sigmoid(x)` from logits, in a numerically stable way. Input and target have the
 * same shape.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy_with_logits.html
 *
 * @throws ShapeError when the shapes differ.
 */
export function binaryCrossEntropyWithLogits(input: Tensor, target: Tensor, options?: BinaryLogitsOptions): Tensor {
  expectSameShape("binaryCrossEntropyWithLogits", input, target);
  const { weight, posWeight, reduction } = settings("binaryCrossEntropyWithLogits", options, {
    weight: null,
    posWeight: null,
    ...lossDefaults,
  });
  const losses = binaryLogits(input, target, ...(posWeight ? [posWeight] : []));
  return reduce("binaryCrossEntropyWithLogits", weight ? losses.mul(weight) : losses, reduction);
}

/** Options of `klDiv`. */
export interface KlDivOptions {
  /** Reduction; "batchmean" divides the sum by the batch size, as in the mathematical definition. Default "mean". */
  readonly reduction?: "mean" | "sum" | "none" | "batchmean";
  /** Whether the target is given as log-probabilities. Default false. */
  readonly logTarget?: boolean;
}

// The derivative with respect to the target is NaN at 0. PyTorch differentiates `xlogy(y, y)`, which divides 0 by 0.
const divergence = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("klDiv", (x, y) =>
  withDerivative(y.eq(0).where(0, y.mul(y.log())).sub(y.mul(x)), [x, y], (_, x, y) => [
    y.neg(),
    y.eq(0).where(Number.NaN, y.log().add(1)).sub(x),
  ]),
);
const logDivergence = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("klDiv", (x, y) => y.exp().mul(y.sub(x)));

/**
 * Computes the Kullback–Leibler divergence of a target distribution from log-probabilities, `y·(log y - x)`. Input and
 * target broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.kl_div.html
 */
export function klDiv(input: Tensor, target: Tensor, options?: KlDivOptions): Tensor {
  const { logTarget, reduction } = settings("klDiv", options, { logTarget: false, ...lossDefaults });
  const losses = logTarget ? logDivergence(input, target) : divergence(input, target);
  if (reduction === "batchmean") return losses.sum().div(shapeOf("klDiv", input)[0] ?? 1);
  return reduce("klDiv", losses, reduction);
}
