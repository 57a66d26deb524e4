/**
 * Losses for classification: the negative log-likelihood and the cross-entropy.
 */

import { ArgumentError, DTypeError, isFloating, logSoftmax, pointwise, ShapeError, sameShape, showShape, type Tensor } from "@akari/tensor";
import { checkReduction, type LossOptions, type Reduction, reduce } from "./reduction.ts";

/** Options of `nllLoss`. */
export interface NllOptions extends LossOptions {
  /** A factor for each class: [C]. */
  readonly weight?: Tensor | null;
  /** A target class that counts for nothing. Default -100. */
  readonly ignoreIndex?: number;
}

/** Options of `crossEntropy`. */
export interface CrossEntropyOptions extends NllOptions {
  /** How much of the target is spread evenly over all classes, from 0 to 1. Default 0. */
  readonly labelSmoothing?: number;
}

const picked = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>(
  "nllLoss",
  (p, target, ignored) => target.eq(ignored).where(0, p.neg()),
  { apart: [1, 2] },
);
const pickedWeighted = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, number]>(
  "nllLoss",
  (p, weight, target, ignored) => target.eq(ignored).where(0, p.mul(weight).neg()),
  { apart: [2, 3] },
);
const counted = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>(
  "nllLoss",
  (weight, target, ignored) => target.eq(ignored).where(0, weight),
  { apart: [1, 2] },
);
const inRange = /* @__PURE__ */ pointwise<[Tensor, number]>("nllLoss", (target, ignored) => target.eq(ignored).where(0, target));

/** The class indices of a target, checked against the input: which dimension holds the classes, and indices that can be looked up. */
function classes(
  operation: string,
  input: Tensor,
  target: Tensor,
  ignoreIndex: number,
): { dim: number; target: Tensor; safe: Tensor; count: number } {
  if (input.ndim === 0) throw new ShapeError(`${operation}: the input needs a dimension of classes`);
  if (isFloating(target.dtype) || target.dtype === "bool") {
    throw new DTypeError(`${operation}: class indices must be integers, the target of shape ${showShape(target.shape)} is ${target.dtype}`);
  }
  const dim = input.ndim === 1 ? 0 : 1;
  const rest = input.shape.filter((_, i) => i !== dim);
  if (!sameShape(rest, target.shape)) {
    throw new ShapeError(
      `${operation}: input ${showShape(input.shape)} wants class indices of shape ${showShape(rest)} (or probabilities of its own shape), got a target of shape ${showShape(target.shape)}`,
    );
  }
  const indices = target.to("int32");
  return { dim, target: indices, safe: inRange(indices, ignoreIndex), count: input.shape[dim] ?? 0 };
}

function checkWeight(operation: string, weight: Tensor | null | undefined, count: number): void {
  if (weight && !sameShape(weight.shape, [count])) {
    throw new ShapeError(`${operation}: weight has shape ${showShape(weight.shape)}, expected [${count}], a factor for each class`);
  }
}

/** The losses of the targets and what they are divided by for the mean. */
function pick(
  logs: Tensor,
  found: ReturnType<typeof classes>,
  weight: Tensor | null | undefined,
  ignored: number,
): { losses: Tensor; total: () => Tensor } {
  const { dim, target, safe } = found;
  const chosen = logs.gather(dim, safe.unsqueeze(dim)).squeeze(dim);
  if (!weight) {
    return { losses: picked(chosen, target, ignored), total: () => target.ne(ignored).sum().to(logs.dtype) };
  }
  const factors = weight.indexSelect(0, safe.reshape([-1])).reshape(target.shape);
  return { losses: pickedWeighted(chosen, factors, target, ignored), total: () => counted(factors, target, ignored).sum() };
}

/**
 * `-w[y]·x[y]` of log-probabilities: input [N, C, ...] (or [C]), target [N, ...] of class indices. The mean is weighted by the classes' weights.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.nll_loss.html
 *
 * @throws ShapeError, DTypeError when the target does not suit. @throws IndexError for a class that does not exist.
 */
export function nllLoss(input: Tensor, target: Tensor, options: NllOptions = {}): Tensor {
  const { weight, ignoreIndex = -100, reduction = "mean" } = options;
  checkReduction("nllLoss", reduction);
  const found = classes("nllLoss", input, target, ignoreIndex);
  checkWeight("nllLoss", weight, found.count);
  const { losses, total } = pick(input, found, weight, ignoreIndex);
  return reduction === "mean" ? losses.sum().div(total()) : reduce("nllLoss", losses, reduction);
}

/**
 * The cross-entropy of `softmax(input)`: input [N, C, ...] (or [C]) of logits, target either [N, ...] of class indices or probabilities of the
 * input's own shape.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html
 *
 * @throws ShapeError, DTypeError when the target does not suit. @throws IndexError for a class that does not exist.
 * @example
 * const loss = crossEntropy(model(x), y);
 */
export function crossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { weight, ignoreIndex = -100, reduction = "mean", labelSmoothing = 0 } = options;
  checkReduction("crossEntropy", reduction);
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new ArgumentError(`crossEntropy: labelSmoothing must be from 0 to 1, got ${labelSmoothing}`);
  }
  if (isFloating(target.dtype)) return withProbabilities(input, target, weight, reduction, labelSmoothing);
  const found = classes("crossEntropy", input, target, ignoreIndex);
  checkWeight("crossEntropy", weight, found.count);
  const logs = logSoftmax(input, found.dim);
  const { losses, total } = pick(logs, found, weight, ignoreIndex);
  if (labelSmoothing === 0) return reduction === "mean" ? losses.sum().div(total()) : reduce("crossEntropy", losses, reduction);
  const all = (weight ? logs.mul(alongClasses(weight, logs, found.dim)) : logs).sum(found.dim);
  const even = picked(all, found.target, ignoreIndex);
  const smoothed = losses.mul(1 - labelSmoothing).add(even.mul(labelSmoothing / found.count));
  return reduction === "mean" ? smoothed.sum().div(total()) : reduce("crossEntropy", smoothed, reduction);
}

function withProbabilities(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null | undefined,
  reduction: Reduction,
  labelSmoothing: number,
): Tensor {
  if (!sameShape(input.shape, target.shape)) {
    throw new ShapeError(
      `crossEntropy: probabilities must have the input's shape ${showShape(input.shape)}, got ${showShape(target.shape)}`,
    );
  }
  const dim = input.ndim === 1 ? 0 : 1;
  const count = input.shape[dim] ?? 0;
  checkWeight("crossEntropy", weight, count);
  const wanted = labelSmoothing === 0 ? target : target.mul(1 - labelSmoothing).add(labelSmoothing / count);
  const logs = logSoftmax(input, dim);
  const terms = weight ? logs.mul(wanted).mul(alongClasses(weight, logs, dim)) : logs.mul(wanted);
  const losses = terms.sum(dim).neg();
  return reduction === "mean" ? losses.sum().div(input.numel() / count) : reduce("crossEntropy", losses, reduction);
}

/** Weights of classes in the shape in which they meet the input. */
function alongClasses(weight: Tensor, input: Tensor, dim: number): Tensor {
  return weight.reshape(input.shape.map((_, i) => (i === dim ? -1 : 1)));
}
