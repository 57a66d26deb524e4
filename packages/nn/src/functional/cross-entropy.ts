/**
 * Losses for classification: the negative log-likelihood and the cross-entropy.
 */

import {
  checkNumber,
  DTypeError,
  expectFloating,
  expectTensor,
  isFloating,
  logSoftmax,
  pointwise,
  ShapeError,
  sameShape,
  settings,
  showShape,
  type Tensor,
} from "@akari/tensor";
import { classLosses, classMean } from "./class-losses.ts";
import { checkReduction, type LossOptions, lossDefaults, type Reduction, reduce } from "./reduction.ts";

/** Options of `nllLoss`. */
export interface NllOptions extends LossOptions {
  /** A factor for each class: [C]. It gets no gradient. */
  readonly weight?: Tensor | null;
  /** A target class that counts for nothing. Default -100. */
  readonly ignoreIndex?: number;
}

/** Options of `crossEntropy`. */
export interface CrossEntropyOptions extends NllOptions {
  /** How much of the target is spread evenly over all classes, from 0 to 1. Default 0. */
  readonly labelSmoothing?: number;
}

const nllDefaults = { weight: null, ignoreIndex: -100, ...lossDefaults } as const;

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
const inRange = /* @__PURE__ */ pointwise<[Tensor, number]>("nllLoss", (target, ignored) =>
  target.eq(ignored).where(0, target),
);

/** A target of class indices as int32. */
export function classIndices(operation: string, target: Tensor): Tensor {
  if (isFloating(target.dtype) || target.dtype === "bool") {
    throw new DTypeError(
      `${operation}: class indices must be integers, the target of shape ${showShape(target.shape)} is ${target.dtype}; convert it with .long()`,
    );
  }
  return target.to("int32");
}

/**
 * The class indices of a target, checked against the input: which dimension holds the classes, and the indices as
 * int32.
 */
function classes(operation: string, input: Tensor, target: Tensor): { dim: number; indices: Tensor } {
  expectTensor(operation, input);
  expectTensor(operation, target);
  if (input.ndim === 0) throw new ShapeError(`${operation}: the input needs a dimension of classes`);
  const indices = classIndices(operation, target);
  const dim = input.ndim === 1 ? 0 : 1;
  const rest = input.shape.filter((_, i) => i !== dim);
  if (!sameShape(rest, target.shape)) {
    throw new ShapeError(
      `${operation}: input ${showShape(input.shape)} wants class indices of shape ${showShape(rest)} (or probabilities of its own shape), got a target of shape ${showShape(target.shape)}`,
    );
  }
  return { dim, indices };
}

function checkWeight(operation: string, weight: Tensor | null | undefined, count: number): void {
  if (weight && !sameShape(weight.shape, [count])) {
    throw new ShapeError(
      `${operation}: weight has shape ${showShape(weight.shape)}, expected [${count}], a factor for each class`,
    );
  }
}

/**
 * `-w[y]·x[y]` of log-probabilities: input [N, C, ...] (or [C]), target [N, ...] of class indices. The mean is weighted
 * by the classes' weights.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.nll_loss.html
 *
 * @throws ShapeError, DTypeError when the target does not suit. @throws IndexError for a class that does not exist.
 */
export function nllLoss(input: Tensor, target: Tensor, options?: NllOptions): Tensor {
  const { weight, ignoreIndex, reduction } = settings("nllLoss", options, nllDefaults);
  checkReduction("nllLoss", reduction);
  const { dim, indices } = classes("nllLoss", input, target);
  checkWeight("nllLoss", weight, input.shape[dim] as number);
  const safe = inRange(indices, ignoreIndex);
  const chosen = input.gather(dim, safe.unsqueeze(dim)).squeeze(dim);
  const factors = weight
    ? weight
        .detach()
        .indexSelect(0, safe.reshape([-1]))
        .reshape(indices.shape)
    : null;
  const losses =
    factors === null ? picked(chosen, indices, ignoreIndex) : pickedWeighted(chosen, factors, indices, ignoreIndex);
  if (reduction !== "mean") return reduce("nllLoss", losses, reduction);
  return classMean(losses, indices, factors === null ? null : counted(factors, indices, ignoreIndex), ignoreIndex);
}

/**
 * The cross-entropy of `softmax(input)`: input [N, C, ...] (or [C]) of logits, target either [N, ...] of class indices
 * or probabilities of the input's own shape.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html
 *
 * @throws ShapeError, DTypeError when the target does not suit. @throws IndexError for a class that does not exist.
 * @example
 * const loss = crossEntropy(model(x), y);
 */
export function crossEntropy(input: Tensor, target: Tensor, options?: CrossEntropyOptions): Tensor {
  expectTensor("crossEntropy", input);
  expectTensor("crossEntropy", target);
  const { weight, ignoreIndex, reduction, labelSmoothing } = settings("crossEntropy", options, {
    labelSmoothing: 0,
    ...nllDefaults,
  });
  checkReduction("crossEntropy", reduction);
  checkNumber("crossEntropy", "labelSmoothing", labelSmoothing, 1);
  if (isFloating(target.dtype)) return withProbabilities(input, target, weight, reduction, labelSmoothing);
  const { dim, indices } = classes("crossEntropy", input, target);
  expectFloating("crossEntropy", input.dtype);
  checkWeight("crossEntropy", weight, input.shape[dim] as number);
  const asked = { dim, target: indices, weight: weight ?? null, ignored: ignoreIndex, smoothing: labelSmoothing };
  const { losses, factors } = classLosses(input, asked);
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
  if (!sameShape(input.shape, target.shape)) {
    throw new ShapeError(
      `crossEntropy: a target of ${target.dtype} holds probabilities, in the input's shape ${showShape(input.shape)}, got ${showShape(target.shape)}; for class indices, convert it with .long()`,
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
