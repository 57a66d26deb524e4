/**
 * Classification losses: negative log-likelihood and cross-entropy.
 */

import {
  checkNumber,
  DTypeError,
  expectFloating,
  expectRank,
  expectShape,
  expectTensor,
  isFloating,
  logSoftmax,
  pointwise,
  ShapeError,
  sameShape,
  settings,
  shapeOf,
  showShape,
  type Tensor,
} from "@akari/tensor";
import { classLosses, classMean } from "./class-losses.ts";
import { checkReduction, type LossOptions, lossDefaults, type Reduction, reduce } from "./reduction.ts";

/** Options of `nllLoss`. */
export interface NllOptions extends LossOptions {
  /** Factor of each class: [C]. It receives no gradient. Default: no factor. */
  readonly weight?: Tensor | null;
  /** Class index whose examples are ignored. Default -100. */
  readonly ignoreIndex?: number;
}

/** Options of `crossEntropy`. */
export interface CrossEntropyOptions extends NllOptions {
  /** Share of the target that is spread evenly over all classes, from 0 to 1. Default 0. */
  readonly labelSmoothing?: number;
}

const nllDefaults = { weight: null, ignoreIndex: -100, ...lossDefaults } as const;

const picked = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>(
  "nllLoss",
  (p, target, ignored) => target.eq(ignored).where(0, p.neg()),
  { apart: [1, 2] },
);
const counted = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>(
  "nllLoss",
  (weight, target, ignored) => target.eq(ignored).where(0, weight),
  { apart: [1, 2] },
);
const inRange = /* @__PURE__ */ pointwise<[Tensor, number]>("nllLoss", (target, ignored) =>
  target.eq(ignored).where(0, target),
);

/** Converts class indices to int32. Throws a DTypeError unless they are integers. */
export function classIndices(operation: string, target: Tensor): Tensor {
  expectTensor(operation, target);
  if (isFloating(target.dtype) || target.dtype === "bool") {
    throw new DTypeError(
      `${operation}: class indices must be integers, the target of shape ${showShape(target.shape)} is ${target.dtype}; convert it with .long()`,
    );
  }
  return target.to("int32");
}

/**
 * Checks class indices against the input. Returns the class dimension and the indices as int32.
 */
function classes(operation: string, input: Tensor, target: Tensor): { dim: number; indices: Tensor } {
  expectRank(operation, "an input with a class dimension", input, 1, Number.POSITIVE_INFINITY);
  const indices = classIndices(operation, target);
  const dim = input.ndim === 1 ? 0 : 1;
  const rest = input.shape.toSpliced(dim, 1);
  if (!sameShape(rest, target.shape)) {
    throw new ShapeError(
      `${operation}: input ${showShape(input.shape)} needs class indices of shape ${showShape(rest)} (or probabilities of its own shape), got a target of shape ${showShape(target.shape)}`,
    );
  }
  return { dim, indices };
}

/**
 * Computes the negative log-likelihood `-w[y]·x[y]` of log-probabilities. Input [N, C, ...] or [C], class indices
 * [N, ...] or []. The mean is weighted by the class weights.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.nll_loss.html
 *
 * @throws ShapeError when input, target or weight do not match.
 * @throws DTypeError when the target is not of an integer dtype.
 * @throws IndexError when a class index is out of range.
 */
export function nllLoss(input: Tensor, target: Tensor, options?: NllOptions): Tensor {
  const { weight, ignoreIndex, reduction } = settings("nllLoss", options, nllDefaults);
  checkReduction("nllLoss", reduction);
  const { dim, indices } = classes("nllLoss", input, target);
  expectShape("nllLoss", "weight", weight, [input.shape[dim] as number]);
  const safe = inRange(indices, ignoreIndex);
  const chosen = input.gather(dim, safe.unsqueeze(dim)).squeeze(dim);
  const given = weight
    ?.detach()
    .indexSelect(0, safe.reshape([-1]))
    .reshape(indices.shape);
  const factors = given ? counted(given, indices, ignoreIndex) : null;
  const unweighted = picked(chosen, indices, ignoreIndex);
  const losses = factors ? unweighted.mul(factors) : unweighted;
  return reduction === "mean" ? classMean(losses, indices, factors, ignoreIndex) : reduce("nllLoss", losses, reduction);
}

/**
 * Computes the cross-entropy of `softmax(input)`. Input [N, C, ...] or [C] of logits; the target holds class indices
 * [N, ...], or probabilities of the input's shape.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html
 *
 * @throws ShapeError when input, target or weight do not match.
 * @throws DTypeError when the target is bool or the input is not floating-point.
 * @throws IndexError when a class index is out of range.
 * @example
 * const loss = crossEntropy(model(x), y);
 */
export function crossEntropy(input: Tensor, target: Tensor, options?: CrossEntropyOptions): Tensor {
  const { weight, ignoreIndex, reduction, labelSmoothing } = settings("crossEntropy", options, {
    labelSmoothing: 0,
    ...nllDefaults,
  });
  checkReduction("crossEntropy", reduction);
  checkNumber("crossEntropy", "labelSmoothing", labelSmoothing, 1);
  if (isFloating(target?.dtype)) return withProbabilities(input, target, weight, reduction, labelSmoothing);
  const { dim, indices } = classes("crossEntropy", input, target);
  expectFloating("crossEntropy", input);
  expectShape("crossEntropy", "weight", weight, [input.shape[dim] as number]);
  const classTarget = { dim, target: indices, weight: weight ?? null, ignored: ignoreIndex, smoothing: labelSmoothing };
  const { losses, factors } = classLosses(input, classTarget);
  return reduction === "mean"
    ? classMean(losses, indices, factors, ignoreIndex)
    : reduce("crossEntropy", losses, reduction);
}

function withProbabilities(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null | undefined,
  reduction: Reduction,
  labelSmoothing: number,
): Tensor {
  if (!sameShape(shapeOf("crossEntropy", input), target.shape)) {
    throw new ShapeError(
      `crossEntropy: a target of ${target.dtype} holds probabilities and needs the input's shape ${showShape(input.shape)}, got ${showShape(target.shape)}; for class indices, convert it with .long()`,
    );
  }
  const dim = input.ndim === 1 ? 0 : 1;
  const count = input.shape[dim] ?? 0;
  expectShape("crossEntropy", "weight", weight, [count]);
  const wanted = labelSmoothing === 0 ? target : target.mul(1 - labelSmoothing).add(labelSmoothing / count);
  const logs = logSoftmax(input, dim);
  const terms = weight ? logs.mul(wanted).mul(alongClasses(weight, logs, dim)) : logs.mul(wanted);
  const losses = terms.sum(dim).neg();
  return reduction === "mean" ? losses.sum().div(input.numel() / count) : reduce("crossEntropy", losses, reduction);
}

/** Reshapes class weights so that they broadcast with the input. */
function alongClasses(weight: Tensor, input: Tensor, dim: number): Tensor {
  return weight.reshape(input.shape.map((_, i) => (i === dim ? -1 : 1)));
}
