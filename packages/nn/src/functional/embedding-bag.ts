/**
 * Sums, means and maxima of bags of table rows. Each index is assigned to a bag. An extra bag receives the indices that
 * do not count, which are padding and those after the last offset.
 */

import {
  ArgumentError,
  arange,
  checkChoice,
  computeType,
  type EmbeddingOptions,
  embedding,
  expectBetween,
  expectRank,
  ShapeError,
  sameShape,
  scatterReduce,
  settings,
  shapeError,
  showShape,
  type Tensor,
  where,
  zeros,
} from "@akari/tensor";

/** Options of `embeddingBag`. */
export interface EmbeddingBagOptions extends EmbeddingOptions {
  /** Reduction of the rows of a bag. Default "mean". */
  readonly mode?: "sum" | "mean" | "max";
  /** Factor of each row, in the shape of the indices. Only with `mode: "sum"`. Default: no factors. */
  readonly perSampleWeights?: Tensor | null;
  /** Whether the last entry of `offsets` is the end of the last bag. Default false: one entry per bag. */
  readonly includeLastOffset?: boolean;
}

/** Default options of a lookup. */
export const embeddingDefaults: Required<EmbeddingOptions> = {
  paddingIdx: null,
  maxNorm: null,
  normType: 2,
  scaleGradByFreq: false,
};

/** Default options of a lookup with reduction. */
export const bagDefaults: Required<Omit<EmbeddingBagOptions, "perSampleWeights">> = {
  ...embeddingDefaults,
  mode: "mean",
  includeLastOffset: false,
};

/** @throws ArgumentError for an unknown mode. */
export function checkMode(operation: string, mode: string): void {
  checkChoice(operation, "mode", mode, ["sum", "mean", "max"]);
}

/** Returns the number of bags, and the bag of each index. */
function bagsOf(input: Tensor, offsets: Tensor | null, includeLast: boolean): { count: number; bags: Tensor } {
  const options = { dtype: "int32", device: input.device } as const;
  if (input.ndim === 2) {
    if (offsets !== null)
      throw new ArgumentError("embeddingBag: offsets do not apply to indices [bags, length]; leave them out");
    const [count, length] = input.shape as readonly [number, number]; // safe: two dimensions
    return { count, bags: arange(0, count, 1, options).unsqueeze(1).expand(count, length).reshape([-1]) };
  }
  if (offsets === null || offsets.ndim !== 1 || (includeLast && offsets.numel() === 0)) {
    throw new ShapeError(
      `embeddingBag: indices with 1 dimension need offsets [bags], got ${offsets === null ? "none" : `shape ${showShape(offsets.shape)}`}`,
    );
  }
  const length = input.numel();
  const message = `embeddingBag: offsets must start with 0 and be at most ${length}, the number of indices, got {}`;
  if (offsets.numel() > 0) expectBetween(offsets.select(0, 0), 0, 0, message);
  expectBetween(offsets, 0, length, message);
  // The bag of an index is the number of offsets up to it, minus one.
  const begins = zeros([length + 1], options).scatterAdd(0, offsets, zeros(offsets.shape, options).add(1));
  return { count: offsets.numel() - (includeLast ? 1 : 0), bags: begins.cumsum(0).narrow(0, 0, length).sub(1) };
}

/**
 * Computes the sum, mean or maximum of bags of table rows. A bag without rows is zero.
 *
 *     y[b] = Σ wᵢ weight[inputᵢ]        over the indices of bag b; or their mean or maximum
 *
 * Indices are int32: [bags, length], or [n] with `offsets` [bags], the int32 start of each bag. Weight [rows, width] →
 * [bags, width].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.embedding_bag.html
 *
 * @throws ShapeError when indices, offsets or factors have other shapes.
 * @throws IndexError when an index is out of range.
 * @throws ArgumentError for an unknown mode, for factors with another mode than "sum", for `scaleGradByFreq` with
 * "max", and for offsets that are out of range.
 * @example
 * const table = randn([10, 3]);
 * const [input, offsets] = [tensor([1, 2, 4, 5]).to("int32"), tensor([0, 3]).to("int32")];
 * functional.embeddingBag(input, table, offsets); // the means of rows 1, 2, 4, and row 5
 */
export function embeddingBag(
  input: Tensor,
  weight: Tensor,
  offsets: Tensor | null = null,
  options?: EmbeddingBagOptions,
): Tensor {
  const { mode, perSampleWeights, includeLastOffset, paddingIdx, ...lookup } = settings("embeddingBag", options, {
    ...bagDefaults,
    perSampleWeights: null,
  });
  checkMode("embeddingBag", mode);
  expectRank("embeddingBag", "indices of 1 or 2 dimensions", input, 1, 2);
  if (perSampleWeights !== null && mode !== "sum")
    throw new ArgumentError(`embeddingBag: perSampleWeights need mode "sum", got "${mode}"`);
  if (perSampleWeights !== null && !sameShape(perSampleWeights.shape, input.shape))
    throw shapeError("embeddingBag", "indices and perSampleWeights of the same shape", input, perSampleWeights);
  if (lookup.scaleGradByFreq && mode === "max")
    throw new ArgumentError('embeddingBag: mode "max" does not support scaleGradByFreq');
  const { count, bags: all } = bagsOf(input, offsets, includeLastOffset);
  const flat = input.reshape([-1]);
  let rows = embedding(flat, weight, { ...lookup, paddingIdx });
  const wide = computeType(weight.dtype);
  rows = rows.to(wide); // a sum of halves is rounded once
  if (perSampleWeights !== null) rows = rows.mul(perSampleWeights.reshape([-1, 1]));
  const padding = paddingIdx !== null && paddingIdx < 0 ? paddingIdx + (weight.shape[0] as number) : paddingIdx;
  const bags = padding === null ? all : where(flat.eq(padding), count, all);
  const like = { dtype: rows.dtype, device: rows.device };
  const empty = zeros([count + 1, rows.shape[1] as number], like);
  let results =
    mode === "max"
      ? scatterReduce(empty, 0, bags.unsqueeze(1).expand(rows.shape), rows, "amax", { includeSelf: false })
      : empty.indexAdd(0, bags, rows);
  if (mode === "mean") {
    const ones = zeros([flat.numel(), 1], like).add(1);
    results = results.div(empty.narrow(1, 0, 1).indexAdd(0, bags, ones).clamp(1));
  }
  results = results.narrow(0, 0, count);
  return weight.dtype === wide ? results : results.to(weight.dtype);
}
