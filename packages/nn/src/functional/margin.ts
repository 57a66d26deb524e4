/**
 * Margin losses: they are zero where scores are correct by at least the margin.
 */

import {
  arange,
  checkChoice,
  constant,
  cosineSimilarity,
  cumprod,
  type Expr,
  expectShape,
  logsigmoid,
  minimum,
  mul,
  pairwiseDistance,
  pointwise,
  sameShape,
  settings,
  shapeError,
  shapeOf,
  showShape,
  type Tensor,
} from "@akari/tensor";
import { classIndices } from "./cross-entropy.ts";
import { binaryCrossEntropyWithLogits } from "./loss.ts";
import { expectSameShape, type LossOptions, lossDefaults, reduce } from "./reduction.ts";

/** Options of the margin losses. */
export interface MarginOptions extends LossOptions {
  /** Margin by which scores have to be correct. The default is given by each function. */
  readonly margin?: number;
}

// At exactly the margin, the gradient is that of the positive side, as in PyTorch. NaN propagates no gradient.
const positive = (x: Expr): Expr => x.ge(0).where(x, x.lt(0).where(0, constant(Number.NaN, x.dtype)));
// In the multi-class losses it is 0 there.
const above = (x: Expr): Expr => x.gt(0).where(x, 0);

const hinge = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>("hingeEmbeddingLoss", (x, y, margin) => {
  const far = y.eq(1).where(0, positive(margin.sub(x)));
  return far.add(y.eq(-1).where(0, x));
});

/**
 * Computes the hinge embedding loss of distances `x`: `x` where the target is 1, `max(0, margin - x)` where it is -1.
 * Input and target broadcast. The margin defaults to 1.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.hinge_embedding_loss.html
 */
export function hingeEmbeddingLoss(input: Tensor, target: Tensor, options?: MarginOptions): Tensor {
  const { margin, reduction } = settings("hingeEmbeddingLoss", options, { margin: 1, ...lossDefaults });
  return reduce("hingeEmbeddingLoss", hinge(input, target, margin), reduction);
}

function expectSameRank(operation: string, ...tensors: readonly [Tensor, Tensor, Tensor]): void {
  if (tensors.some((x) => shapeOf(operation, x).length !== tensors[0].ndim))
    throw shapeError(operation, "equally many dimensions", ...tensors);
}

const ranking = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, number]>("marginRankingLoss", (a, b, y, margin) =>
  positive(y.neg().mul(a.sub(b)).toFloat().add(margin)),
);

/**
 * Computes the margin ranking loss `max(0, -y (a - b) + margin)`: `a` should rank higher where the target is 1, lower
 * where it is -1. The margin defaults to 0.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.margin_ranking_loss.html
 *
 * @throws ShapeError when the tensors differ in their number of dimensions.
 */
export function marginRankingLoss(a: Tensor, b: Tensor, target: Tensor, options?: MarginOptions): Tensor {
  const { margin, reduction } = settings("marginRankingLoss", options, { margin: 0, ...lossDefaults });
  expectSameRank("marginRankingLoss", a, b, target);
  return reduce("marginRankingLoss", ranking(a, b, target, margin), reduction);
}

/**
 * Computes the logistic loss `log(1 + e^(-y·x))` for targets 1 and -1. Input and target broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.soft_margin_loss.html
 */
export function softMarginLoss(input: Tensor, target: Tensor, options?: LossOptions): Tensor {
  const { reduction } = settings("softMarginLoss", options, lossDefaults);
  return reduce("softMarginLoss", logsigmoid(mul(input, target)).neg(), reduction);
}

/** Options of `multilabelSoftMarginLoss`. */
export interface MultilabelOptions extends LossOptions {
  /** Factor of each class: [C]. */
  readonly weight?: Tensor | null;
}

/**
 * Computes the mean over classes of `-(y·log σ(x) + (1-y)·log σ(-x))`. Input and target are [N, C] or [C].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.multilabel_soft_margin_loss.html
 *
 * @throws ShapeError when the shapes differ.
 */
export function multilabelSoftMarginLoss(input: Tensor, target: Tensor, options?: MultilabelOptions): Tensor {
  const { weight, reduction } = settings("multilabelSoftMarginLoss", options, { weight: null, ...lossDefaults });
  expectSameShape("multilabelSoftMarginLoss", input, target);
  const losses = binaryCrossEntropyWithLogits(input, target, { weight, reduction: "none" });
  return reduce("multilabelSoftMarginLoss", losses.mean(-1), reduction);
}

/** Options of `multiMarginLoss`. */
export interface MultiMarginOptions extends MarginOptions {
  /** Exponent of the margin violation: 1 or 2. Default 1. */
  readonly p?: 1 | 2;
  /** Factor of each class: [C]. */
  readonly weight?: Tensor | null;
}

const others = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor, number]>(
  "multiMarginLoss",
  (x, own, label, index, margin) => index.eq(label).where(0, above(margin.sub(own).add(x))),
  { apart: [2, 3] },
);

/**
 * Computes the multi-class margin loss `Σᵢ max(0, margin - x[y] + x[i])ᵖ / C` over the classes `i ≠ y`. Input [N, C] or
 * [C], class indices [N] or []. The margin defaults to 1.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.multi_margin_loss.html
 *
 * @throws ShapeError when input, target or weight do not match.
 * @throws DTypeError when the target is not of an integer dtype.
 * @throws ArgumentError unless `p` is 1 or 2.
 * @throws IndexError when a class index is out of range.
 */
export function multiMarginLoss(input: Tensor, target: Tensor, options?: MultiMarginOptions): Tensor {
  const { p, margin, weight, reduction } = settings("multiMarginLoss", options, {
    p: 1,
    margin: 1,
    weight: null,
    ...lossDefaults,
  });
  checkChoice("multiMarginLoss", "p", p, [1, 2]);
  const classes = shapeOf("multiMarginLoss", input).at(-1);
  if (
    classes === undefined ||
    input.ndim > 2 ||
    !sameShape(shapeOf("multiMarginLoss", target), input.shape.slice(0, -1))
  ) {
    throw shapeError("multiMarginLoss", "an input [N, C] and a target [N], or [C] and []", input, target);
  }
  expectShape("multiMarginLoss", "weight", weight, [classes]);
  const indices = classIndices("multiMarginLoss", target);
  const label = indices.unsqueeze(-1);
  const missing = others(input, input.gather(-1, label), label, arange(classes, { device: input.device }), margin);
  const means = (p === 2 ? missing.square() : missing).mean(-1);
  const losses = weight ? means.mul(weight.indexSelect(0, indices.reshape([-1])).reshape(target.shape)) : means;
  return reduce("multiMarginLoss", losses, reduction);
}

const missed = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>(
  "multilabelMarginLoss",
  (x, own, counts) => counts.where(above(own.neg().add(1).add(x)), 0),
  { apart: [2] },
);

/**
 * Computes the multi-label margin loss `Σⱼ Σᵢ max(0, 1 - x[yⱼ] + x[i]) / C` over the target classes `yⱼ` and all other
 * classes `i`. Input [N, C] or [C]; target of the same shape, with class indices up to the first -1.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.multilabel_margin_loss.html
 *
 * @throws ShapeError when the shapes differ.
 * @throws DTypeError when the target is not of an integer dtype.
 * @throws IndexError when a class index is out of range.
 */
export function multilabelMarginLoss(input: Tensor, target: Tensor, options?: LossOptions): Tensor {
  const { reduction } = settings("multilabelMarginLoss", options, lossDefaults);
  expectSameShape("multilabelMarginLoss", input, target);
  const classes = input.shape[input.ndim - 1];
  if (classes === undefined || input.ndim > 2)
    throw shapeError("multilabelMarginLoss", "an input [N, C] or [C]", input);
  const given = classIndices("multilabelMarginLoss", target);
  const counts = cumprod(given.ge(0).to("int32"), -1).to("bool");
  const chosen = given.maskedFill(counts.logicalNot(), 0);
  // [..., targets, classes]: one-hot targets, from which the classes that are not targets follow.
  const same = chosen
    .unsqueeze(-1)
    .eq(arange(classes, { device: input.device }))
    .logicalAnd(counts.unsqueeze(-1));
  const others = same.any(-2).logicalNot().unsqueeze(-2).logicalAnd(counts.unsqueeze(-1));
  const losses = missed(input.unsqueeze(-2), input.gather(-1, chosen).unsqueeze(-1), others);
  return reduce("multilabelMarginLoss", losses.sum([-2, -1]).div(classes), reduction);
}

const byAngle = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>("cosineEmbeddingLoss", (cosine, y, margin) => {
  const near = y.eq(1).where(cosine.neg().add(1), 0);
  return near.add(y.eq(-1).where(positive(cosine.sub(margin)), 0));
});

/**
 * Computes the cosine embedding loss: `1 - cos(a, b)` where the target is 1, `max(0, cos(a, b) - margin)` where it is
 * -1. Inputs [N, D] or [D], target [N] or []. The margin defaults to 0.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.cosine_embedding_loss.html
 *
 * @throws ShapeError when the shapes do not match.
 */
export function cosineEmbeddingLoss(a: Tensor, b: Tensor, target: Tensor, options?: MarginOptions): Tensor {
  const { margin, reduction } = settings("cosineEmbeddingLoss", options, { margin: 0, ...lossDefaults });
  expectSameShape("cosineEmbeddingLoss", a, b);
  if (a.ndim === 0 || !sameShape(shapeOf("cosineEmbeddingLoss", target), a.shape.slice(0, -1))) {
    throw shapeError("cosineEmbeddingLoss", `a target of shape ${showShape(a.shape.slice(0, -1))}`, target);
  }
  return reduce("cosineEmbeddingLoss", byAngle(cosineSimilarity(a, b, { dim: -1 }), target, margin), reduction);
}

/** Options of `tripletMarginWithDistanceLoss`. */
export interface TripletDistanceOptions extends MarginOptions {
  /** Distance between two inputs. Default `pairwiseDistance`. */
  readonly distanceFunction?: (a: Tensor, b: Tensor) => Tensor;
  /**
   * Whether to use the distance from the positive to the negative input where it is smaller than that from the anchor
   * to the negative input. Default false.
   */
  readonly swap?: boolean;
}

/** Options of `tripletMarginLoss`. */
export interface TripletOptions extends Omit<TripletDistanceOptions, "distanceFunction"> {
  /** Order of the norm. Default 2. */
  readonly p?: number;
  /** Value added to each difference. Default 1e-6. */
  readonly eps?: number;
}

const tripletDefaults = { margin: 1, swap: false, ...lossDefaults } as const;

const further = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>("tripletMarginLoss", (near, far, margin) =>
  positive(margin.add(near).sub(far)),
);

/**
 * Computes the triplet margin loss `max(0, d(anchor, positive) - d(anchor, negative) + margin)` of vectors along the
 * last dimension. The margin defaults to 1.
 *
 * Balntas et al. 2016, "Learning shallow convolutional feature descriptors with triplet losses"
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.triplet_margin_loss.html
 *
 * @throws ShapeError when the tensors differ in their number of dimensions.
 */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options?: TripletOptions,
): Tensor {
  const { p, eps, ...rest } = settings("tripletMarginLoss", options, { p: 2, eps: 1e-6, ...tripletDefaults });
  expectSameRank("tripletMarginLoss", anchor, positive, negative);
  return tripletMarginWithDistanceLoss(anchor, positive, negative, {
    ...rest,
    distanceFunction: (a, b) => pairwiseDistance(a, b, { p, eps }),
  });
}

/**
 * Computes the triplet margin loss with a custom distance function. The margin defaults to 1.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.triplet_margin_with_distance_loss.html
 */
export function tripletMarginWithDistanceLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options?: TripletDistanceOptions,
): Tensor {
  const {
    distanceFunction: distance,
    margin,
    swap,
    reduction,
  } = settings("tripletMarginWithDistanceLoss", options, { distanceFunction: pairwiseDistance, ...tripletDefaults });
  const near = distance(anchor, positive);
  const far = distance(anchor, negative);
  const least = swap ? minimum(far, distance(positive, negative)) : far;
  return reduce("tripletMarginLoss", further(near, least, margin), reduction);
}
