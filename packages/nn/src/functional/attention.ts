/**
 * Scaled dot-product attention: the output of each query is the mean of the values, weighted by the softmax of its
 * scores with the keys.
 */

import {
  ArgumentError,
  arange,
  DTypeError,
  isFloating,
  pointwise,
  scope,
  settings,
  shapeError,
  shapeOf,
  showShape,
  softmax,
  type Tensor,
} from "@akari/tensor";
import { dropout } from "./dropout.ts";

/** Options of `attend`. */
export interface AttendOptions {
  readonly scale: number;
  /** Masks of the scores: bool tensors (true hides the key) or floats to add. */
  readonly masks: readonly Tensor[];
  readonly isCausal: boolean;
  /** Number of keys appended to the sequence, which `isCausal` does not hide. */
  readonly appended: number;
  readonly dropoutP: number;
}

// The score of a hidden key, -∞, is passed as a scalar.
const hideFuture = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, number, number]>(
  "causalMask",
  (s, query, key, sequence, hidden) => key.le(query).or(key.ge(sequence)).where(s, hidden),
  { apart: [1, 2] },
);

/**
 * Computes the attention output and the attention weights: queries [..., L, E], keys [..., S, E], values [..., S, V] →
 * [..., L, V] and [..., L, S].
 */
export function attend(query: Tensor, key: Tensor, value: Tensor, options: AttendOptions): readonly [Tensor, Tensor] {
  return scope(() => attention(query, key, value, options));
}

function attention(query: Tensor, key: Tensor, value: Tensor, options: AttendOptions): readonly [Tensor, Tensor] {
  // Scaling the queries is cheaper than scaling the scores.
  let scores = query.mul(options.scale).matmul(key.transpose(-2, -1));
  const hidden = Number.NEGATIVE_INFINITY;
  for (const mask of options.masks) scores = mask.dtype === "bool" ? scores.maskedFill(mask, hidden) : scores.add(mask);
  if (options.isCausal) {
    const [length, keys] = [query.shape[query.ndim - 2] ?? 0, key.shape[key.ndim - 2] ?? 0];
    const { device } = query;
    const [queryIndex, keyIndex] = [arange(length, { device }).unsqueeze(1), arange(keys, { device })];
    scores = hideFuture(scores, queryIndex, keyIndex, keys - options.appended, hidden);
  }
  const all = softmax(scores, -1);
  const weights = options.dropoutP > 0 ? dropout(all, options.dropoutP) : all;
  return [weights.matmul(value), weights];
}

/** Throws a DTypeError for a mask that is neither bool nor floating-point. */
export function checkMask(operation: string, name: string, mask: Tensor | null | undefined): void {
  if (mask && mask.dtype !== "bool" && !isFloating(mask.dtype))
    throw new DTypeError(
      `${operation}: ${name} must be bool or floating-point, got ${mask.dtype} of shape ${showShape(mask.shape)}`,
    );
}

/** Options of `scaledDotProductAttention`. */
export interface AttentionOptions {
  /**
   * Mask that broadcasts to [..., L, S]: a bool tensor (true keeps the key) or floats added to the attention scores.
   * Default: no mask.
   */
  readonly attnMask?: Tensor | null;
  /** Dropout probability applied to the attention weights. Default 0. */
  readonly dropoutP?: number;
  /** Whether query `i` attends only to the keys `0…i`. Default false. Cannot be combined with `attnMask`. */
  readonly isCausal?: boolean;
  /** Factor applied to the scores. Default 1/√E. */
  readonly scale?: number | null;
}

/**
 * Computes scaled dot-product attention, `softmax(Q Kᵀ · scale + mask) V`: query [..., L, E], key [..., S, E], value
 * [..., S, V] → [..., L, V]. Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html
 *
 * @throws ShapeError when the shapes of query, key and value do not match.
 * @throws DTypeError for a mask that is neither bool nor floating-point.
 * @throws ArgumentError for a mask together with `isCausal`.
 * @example
 * const y = scaledDotProductAttention(q, k, v, { isCausal: true });
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options?: AttentionOptions,
): Tensor {
  const operation = "scaledDotProductAttention";
  const { attnMask, dropoutP, isCausal, scale } = settings(operation, options, {
    attnMask: null,
    dropoutP: 0,
    isCausal: false,
    scale: null,
  });
  const [width, keys] = [shapeOf(operation, query).at(-1), shapeOf(operation, key).at(-2)];
  if (query.ndim < 2 || keys === undefined || key.shape.at(-1) !== width || shapeOf(operation, value).at(-2) !== keys) {
    throw shapeError(operation, "query [..., L, E], key [..., S, E] and value [..., S, V]", query, key, value);
  }
  if (isCausal && attnMask) throw new ArgumentError(`${operation}: pass either attnMask or isCausal`);
  checkMask(operation, "attnMask", attnMask);
  const masks = attnMask ? [attnMask.dtype === "bool" ? attnMask.logicalNot() : attnMask] : [];
  return attend(query, key, value, {
    scale: scale ?? 1 / Math.sqrt(width ?? 1),
    masks,
    isCausal,
    appended: 0,
    dropoutP,
  })[0];
}
