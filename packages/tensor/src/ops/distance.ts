/**
 * Directions and distances of vectors: what is made of norms and dot products.
 */

import { checkNumber, checkPositive } from "../argument.ts";
import { expectFloating } from "../dtype.ts";
import { withDerivative } from "../expr/derivative.ts";
import { pointwise } from "../pointwise.ts";
import { settings } from "../settings.ts";
import { dimension, shapeError } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add, div, mul, sub } from "./arithmetic.ts";
import { broadcastTensors } from "./expand.ts";
import { fromHost } from "./fill.ts";
import { selectUnchecked } from "./gather.ts";
import { matmul } from "./matmul.ts";
import { mT } from "./permute.ts";
import { square } from "./power.ts";
import { unsqueeze } from "./reshape.ts";
import { clamp } from "./rounding.ts";
import { type NormOrder, norm } from "./statistics.ts";
import { sum } from "./sum.ts";

/** The options of `normalize`. */
export interface NormalizeOptions {
  /** The order of the norm. Default 2. */
  readonly p?: NormOrder;
  /** The dimension along which the vectors lie. Default 1. */
  readonly dim?: number;
  /** The least divisor. Default 1e-12. */
  readonly eps?: number;
}

/**
 * Vectors of length one: `x / max(‖x‖, eps)`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.normalize.html
 */
export function normalize(x: Tensor, options?: NormalizeOptions): Tensor {
  const { p, dim, eps } = settings("normalize", options, { p: 2, dim: 1, eps: 1e-12 });
  return div(x, clamp(norm(x, p, dim, { keepdim: true }), eps));
}

/** The options of `cosineSimilarity`. */
export interface SimilarityOptions {
  /** The dimension along which the vectors lie. Default 1. */
  readonly dim?: number;
  /** The least length that is divided by. Default 1e-8. */
  readonly eps?: number;
}

/**
 * The cosine of the angle between vectors: `a · b / (max(‖a‖, eps) max(‖b‖, eps))`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.cosine_similarity.html
 */
export function cosineSimilarity(a: Tensor, b: Tensor, options?: SimilarityOptions): Tensor {
  const { dim, eps } = settings("cosineSimilarity", options, { dim: 1, eps: 1e-8 });
  // The dimension counts in the common shape: vectors may be stretched along it.
  const [x, y] = broadcastTensors(a, b);
  const length = (vectors: Tensor): Tensor => clamp(norm(vectors, 2, dim, { keepdim: true }), eps);
  return sum(mul(div(x, length(x)), div(y, length(y))), dim);
}

/** The options of `pairwiseDistance`. */
export interface DistanceOptions {
  /** The order of the norm. Default 2. */
  readonly p?: number;
  /** Added to each difference. Default 1e-6. */
  readonly eps?: number;
  /** Keep the last dimension with size one. Default false. */
  readonly keepdim?: boolean;
}

/**
 * The distance of vectors that lie along the last dimension: `‖a - b + eps‖`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.pairwise_distance.html
 */
export function pairwiseDistance(a: Tensor, b: Tensor, options?: DistanceOptions): Tensor {
  const { p, eps, keepdim } = settings("pairwiseDistance", options, { p: 2, eps: 1e-6, keepdim: false });
  return norm(add(sub(a, b), eps), p, -1, { keepdim });
}

/**
 * The distance of two tensors, taken as vectors: `‖a - b‖`.
 *
 * https://pytorch.org/docs/stable/generated/torch.dist.html
 */
export function dist(a: Tensor, b: Tensor, p: NormOrder = 2): Tensor {
  return norm(sub(a, b), p);
}

// ‖a‖² + ‖b‖² - 2 a·b may come out below zero. Where it is zero there is no direction, and no gradient.
const fromProduct = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("cdist", (a, b, product) => {
  const square = a.add(b).sub(product.mul(2)).max(0);
  return withDerivative(square.sqrt(), [square], (y) => [y.eq(0).where(0, y.reciprocal().mul(0.5))]);
});

/** The option of `cdist`. */
export interface CdistOptions {
  /** The order of the norm. Default 2. */
  readonly p?: number;
}

/**
 * The distance of each row of one matrix from each row of another: [..., P, M] and [..., R, M] → [..., P, R]. Batches
 * broadcast. With p = 2 and more than 25 rows on a side it is computed from one matrix product, which is much faster
 * and less exact for rows that are close to each other.
 *
 * https://pytorch.org/docs/stable/generated/torch.cdist.html
 *
 * @throws ShapeError when the rows have different lengths.
 */
export function cdist(a: Tensor, b: Tensor, options?: CdistOptions): Tensor {
  const { p } = settings("cdist", options, { p: 2 });
  if (a.ndim < 2 || b.ndim < 2 || a.shape.at(-1) !== b.shape.at(-1))
    throw shapeError("cdist", "rows of one length", a, b);
  expectFloating("cdist", a.dtype);
  if (p !== 2 || Math.max(a.shape.at(-2) as number, b.shape.at(-2) as number) <= 25)
    return norm(sub(unsqueeze(a, -2), unsqueeze(b, -3)), p, -1);
  const squares = (x: Tensor) => sum(square(x), -1, { keepdim: true });
  return fromProduct(squares(a), mT(squares(b)), matmul(a, mT(b)));
}

/**
 * The distance of each row of a matrix from each row below: [N, M] → [N (N - 1) / 2].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.pdist.html
 *
 * @throws ShapeError unless it is a matrix.
 */
export function pdist(x: Tensor, p = 2): Tensor {
  if (x.ndim !== 2) throw shapeError("pdist", "a matrix", x);
  const count = x.shape[0] as number;
  const pairs = Array.from({ length: count }, (_, i) =>
    Array.from({ length: count - i - 1 }, (_, k) => [i, i + 1 + k] as const),
  ).flat();
  const rows = (side: 0 | 1) =>
    selectUnchecked(
      x,
      0,
      fromHost(
        x,
        [pairs.length],
        "int32",
        Int32Array.from(pairs, (pair) => pair[side]),
      ),
    );
  return norm(sub(rows(0), rows(1)), p, -1);
}

const shortened = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>("renorm", (x, length, most) =>
  length.gt(most).where(x.mul(most).div(length.add(1e-7)), x),
);

/**
 * `x` whose parts at each index of a dimension have a norm of at most `maxNorm`; longer ones are scaled down.
 *
 * https://pytorch.org/docs/stable/generated/torch.renorm.html
 *
 * @throws ArgumentError for a norm that is not positive.
 */
export function renorm(x: Tensor, p: number, dim: number, maxNorm: number): Tensor {
  checkPositive("renorm", "p", p);
  checkNumber("renorm", "maxNorm", maxNorm);
  const at = dimension("renorm", dim, x.ndim);
  const rest = x.shape.flatMap((_, i) => (i === at ? [] : [i]));
  return shortened(x, norm(x, p, rest, { keepdim: true }), maxNorm);
}
