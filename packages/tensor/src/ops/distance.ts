/**
 * Normalization, similarity and distances of vectors, composed of norms, dot products and matrix products.
 */

import { checkNumber, checkPositive } from "../argument.ts";
import { type DType, expectFloating, promoteTypes } from "../dtype.ts";
import { withDerivative } from "../expr/derivative.ts";
import { pointwise } from "../pointwise.ts";
import { settings } from "../settings.ts";
import { broadcastShapes, dimension, expectRank, shapeError, shapeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add, div, mul, sub } from "./arithmetic.ts";
import { cast } from "./copy.ts";
import { broadcastTensors } from "./expand.ts";
import { integers } from "./fill.ts";
import { selectUnchecked } from "./gather.ts";
import { matmul } from "./matmul.ts";
import { mT } from "./permute.ts";
import { square } from "./power.ts";
import { unsqueeze } from "./reshape.ts";
import { clamp } from "./rounding.ts";
import { type NormOrder, norm } from "./statistics.ts";
import { sum } from "./sum.ts";

/** Returns the common dtype of two tensors. Throws unless it is floating point and their shapes broadcast. */
function commonType(operation: string, a: Tensor, b: Tensor): DType {
  broadcastShapes(operation, [shapeOf(operation, a), shapeOf(operation, b)]);
  const dtype = promoteTypes(a.dtype, b.dtype);
  expectFloating(operation, { dtype });
  return dtype;
}

/** Options of `normalize`. */
export interface NormalizeOptions {
  /** Order of the norm. Default 2. */
  readonly p?: NormOrder;
  /** Dimension of the vectors. Default 1. */
  readonly dim?: number;
  /** Lower bound of the divisor. Default 1e-12. */
  readonly eps?: number;
}

/**
 * Normalizes the vectors along a dimension to unit norm: `x / max(‖x‖, eps)`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.normalize.html
 */
export function normalize(x: Tensor, options?: NormalizeOptions): Tensor {
  const { p, dim, eps } = settings("normalize", options, { p: 2, dim: 1, eps: 1e-12 });
  expectFloating("normalize", x);
  dimension("normalize", dim, x);
  return div(x, clamp(norm(x, p, dim, { keepdim: true }), eps));
}

/** Options of `cosineSimilarity`. */
export interface SimilarityOptions {
  /** Dimension of the vectors, counted in the broadcast shape. Default 1. */
  readonly dim?: number;
  /** Lower bound of each norm in the divisor. Default 1e-8. */
  readonly eps?: number;
}

/**
 * Cosine of the angle between vectors, `a · b / (max(‖a‖, eps) max(‖b‖, eps))`. The inputs broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.cosine_similarity.html
 */
export function cosineSimilarity(a: Tensor, b: Tensor, options?: SimilarityOptions): Tensor {
  const { dim, eps } = settings("cosineSimilarity", options, { dim: 1, eps: 1e-8 });
  const dtype = commonType("cosineSimilarity", a, b);
  // `dim` refers to the broadcast shape, since broadcasting may also expand that dimension.
  const [x, y] = broadcastTensors(cast(a, dtype), cast(b, dtype));
  dimension("cosineSimilarity", dim, x);
  return sum(mul(normalize(x, { dim, eps }), normalize(y, { dim, eps })), dim);
}

/** Options of `pairwiseDistance`. */
export interface DistanceOptions {
  /** Order of the norm. Default 2. */
  readonly p?: number;
  /** Number added to each difference. Default 1e-6. */
  readonly eps?: number;
  /** Whether to keep the last dimension with size one. Default false. */
  readonly keepdim?: boolean;
}

/**
 * Distance between corresponding vectors in the last dimension, `‖a - b + eps‖`: [..., M] → [...].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.pairwise_distance.html
 */
export function pairwiseDistance(a: Tensor, b: Tensor, options?: DistanceOptions): Tensor {
  const { p, eps, keepdim } = settings("pairwiseDistance", options, { p: 2, eps: 1e-6, keepdim: false });
  broadcastShapes("pairwiseDistance", [shapeOf("pairwiseDistance", a), shapeOf("pairwiseDistance", b)]);
  return norm(add(sub(a, b), eps), p, -1, { keepdim });
}

/**
 * Norm of the difference of two tensors, `‖a - b‖` over all elements, as a scalar.
 *
 * https://pytorch.org/docs/stable/generated/torch.dist.html
 *
 * @param p the order of the norm. Default 2.
 */
export function dist(a: Tensor, b: Tensor, p: NormOrder = 2): Tensor {
  return norm(sub(a, b), p);
}

// Rounding may make ‖a‖² + ‖b‖² - 2 a·b negative. The gradient at distance 0, where it is undefined, is 0.
const fromProduct = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("cdist", (a, b, product) => {
  const square = a.add(b).sub(product.mul(2)).max(0);
  return withDerivative(square.sqrt(), [square], (y) => [y.eq(0).where(0, y.reciprocal().mul(0.5))]);
});

/** Options of `cdist`. */
export interface CdistOptions {
  /** Order of the norm. Default 2. */
  readonly p?: number;
}

/**
 * Distances between all pairs of rows of two matrices: [..., P, M] and [..., R, M] → [..., P, R].
 *
 * Batch dimensions broadcast. If `p` is 2 and either matrix has more than 25 rows, the distances are computed from one
 * matrix product, which is much faster but less accurate for rows that are close to each other.
 *
 * https://pytorch.org/docs/stable/generated/torch.cdist.html
 *
 * @throws ShapeError if the rows differ in length.
 * @throws DTypeError unless `a` is floating point.
 */
export function cdist(a: Tensor, b: Tensor, options?: CdistOptions): Tensor {
  const { p } = settings("cdist", options, { p: 2 });
  if (shapeOf("cdist", a).length < 2 || shapeOf("cdist", b).length < 2 || a.shape.at(-1) !== b.shape.at(-1))
    throw shapeError("cdist", "rows of equal length", a, b);
  expectFloating("cdist", a);
  expectFloating("cdist", b);
  if (p !== 2 || Math.max(a.shape.at(-2) as number, b.shape.at(-2) as number) <= 25)
    return norm(sub(unsqueeze(a, -2), unsqueeze(b, -3)), p, -1);
  const squares = (x: Tensor) => sum(square(x), -1, { keepdim: true });
  return fromProduct(squares(a), mT(squares(b)), matmul(a, mT(b)));
}

/**
 * Distances between all pairs of rows of a matrix, each pair once: [N, M] → [N (N - 1) / 2].
 *
 * The pairs (i, j) with i < j are in lexicographic order.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.pdist.html
 *
 * @param p the order of the norm. Default 2.
 * @throws ShapeError unless `x` is a matrix.
 */
export function pdist(x: Tensor, p = 2): Tensor {
  expectRank("pdist", "a matrix", x, 2);
  expectFloating("pdist", x);
  const count = x.shape[0] as number;
  const pairs = (count * (count - 1)) / 2;
  const [first, second] = [new Int32Array(pairs), new Int32Array(pairs)];
  for (let i = 0, k = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++, k++) {
      first[k] = i;
      second[k] = j;
    }
  }
  const rows = (list: Int32Array) => selectUnchecked(x, 0, integers(x, list));
  return norm(sub(rows(first), rows(second)), p, -1);
}

const shortened = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>("renorm", (x, length, most) =>
  length.gt(most).where(x.mul(most).div(length.add(1e-7)), x),
);

/**
 * Scales down the slices at each index of a dimension whose norm exceeds `maxNorm`, so that their norm is `maxNorm`.
 *
 * https://pytorch.org/docs/stable/generated/torch.renorm.html
 *
 * @param p the order of the norm.
 * @throws ShapeError for fewer than 2 dimensions.
 * @throws ArgumentError unless `p` is positive and `maxNorm` is non-negative.
 * @throws IndexError if there is no such dimension.
 */
export function renorm(x: Tensor, p: number, dim: number, maxNorm: number): Tensor {
  expectRank("renorm", "at least 2 dimensions", x, 2, Number.POSITIVE_INFINITY);
  checkPositive("renorm", "p", p);
  checkNumber("renorm", "maxNorm", maxNorm);
  const at = dimension("renorm", dim, x);
  const rest = x.shape.flatMap((_, i) => (i === at ? [] : [i]));
  return shortened(x, norm(x, p, rest, { keepdim: true }), maxNorm);
}
