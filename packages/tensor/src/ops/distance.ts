/**
 * Directions and distances of vectors: what is made of norms and dot products.
 */

import type { Tensor } from "../tensor.ts";
import { add, div, mul, sub } from "./arithmetic.ts";
import { broadcastTensors } from "./expand.ts";
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
export function normalize(x: Tensor, { p = 2, dim = 1, eps = 1e-12 }: NormalizeOptions = {}): Tensor {
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
export function cosineSimilarity(a: Tensor, b: Tensor, { dim = 1, eps = 1e-8 }: SimilarityOptions = {}): Tensor {
  // The dimension counts in the common shape: vectors may be stretched along it.
  const [x, y] = broadcastTensors(a, b) as [Tensor, Tensor]; // safe: two tensors
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
export function pairwiseDistance(a: Tensor, b: Tensor, { p = 2, eps = 1e-6, keepdim = false }: DistanceOptions = {}): Tensor {
  return norm(add(sub(a, b), eps), p, -1, { keepdim });
}
