/**
 * Embedding lookup and one-hot encoding of class indices.
 */

import { checkInteger } from "../argument.ts";
import { ArgumentError, IndexError } from "../errors.ts";
import { apply, type Op, rules } from "../op.ts";
import { pointwise } from "../pointwise.ts";
import { settings } from "../settings.ts";
import { expectRank, shapeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkBounds, checkIndexType } from "./check.ts";
import { renorm } from "./distance.ts";
import { expand } from "./expand.ts";
import { countOf } from "./extremes.ts";
import { filled } from "./fill.ts";
import { gatherBackward, gathering, gatherUnchecked, selectUnchecked } from "./gather.ts";
import { reshape, unsqueeze } from "./reshape.ts";
import { indexCopy_, scatter } from "./scatter.ts";

interface Lookup {
  /** The row that receives no gradient. */
  readonly padding: number | null;
  /** Whether to divide the gradient of each row by the number of its lookups. */
  readonly byFrequency: boolean;
}

const without = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>(
  "embeddingBackward",
  (g, index, row) => index.ne(row).where(g, 0),
  {
    apart: [1],
  },
);
const shared = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("embeddingBackward", (g, count) => g.div(count));

/** [weight, rows] → output, where `rows` are the row indices expanded to [n, width] */
const lookup: Op<Lookup> = {
  name: "embedding",
  infer: (inputs) => gathering.infer(inputs, 0),
  run: (inputs, _, outputs) => gathering.run?.(inputs, 0, outputs),
  gradient: /* @__PURE__ */ rules<Lookup>(
    {
      inputs: [1],
      of: (g, context) => {
        const rows = context.input(1);
        const { padding, byFrequency } = context.attrs;
        const { shape } = context.inputs[0];
        let kept = padding === null ? g : without(g, rows, padding);
        if (byFrequency) {
          const counts = gatherBackward(filled(g, rows.shape, 1), 0, rows, shape);
          kept = shared(kept, gatherUnchecked(counts, 0, rows));
        }
        return gatherBackward(kept, 0, rows, shape, context.sum(0));
      },
    },
    null,
  ),
};

/** Options of `embedding`. */
export interface EmbeddingOptions {
  /** Row that receives no gradient; a negative index counts from the end. Default null: none. */
  readonly paddingIdx?: number | null;
  /**
   * Maximum norm of the rows looked up. Rows with a larger norm are first scaled down to it, in place in `weight`.
   * Default null: no limit.
   */
  readonly maxNorm?: number | null;
  /** Order of the norm for `maxNorm`. Default 2. */
  readonly normType?: number;
  /** Whether to divide the gradient of each row by the number of its lookups in this call. Default false. */
  readonly scaleGradByFreq?: boolean;
}

/**
 * Looks up rows of a matrix by index: `y[..., :] = weight[indices[...], :]`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.embedding.html
 *
 * @param indices int32, of any shape [...].
 * @param weight [rows, width].
 * @returns [..., width].
 * @throws IndexError for an index or `paddingIdx` out of range.
 * @throws DTypeError unless the indices are int32.
 * @throws ShapeError unless `weight` is a matrix.
 */
export function embedding(indices: Tensor, weight: Tensor, options?: EmbeddingOptions): Tensor {
  const { paddingIdx, maxNorm, normType, scaleGradByFreq } = settings("embedding", options, {
    paddingIdx: null,
    maxNorm: null,
    normType: 2,
    scaleGradByFreq: false,
  });
  expectRank("embedding", "a weight [rows, width]", weight, 2);
  const [count, width] = [weight.shape[0] as number, weight.shape[1] as number];
  if (paddingIdx !== null && (!Number.isInteger(paddingIdx) || paddingIdx < -count || paddingIdx >= count)) {
    throw new IndexError(`embedding: paddingIdx ${paddingIdx} is out of range for a table of ${count} rows`);
  }
  checkBounds("embedding", indices, count, 0);
  const flat = reshape(indices, [-1]);
  if (maxNorm !== null) {
    const table = weight.detach();
    indexCopy_(table, 0, flat, renorm(selectUnchecked(table, 0, flat), normType, 0, maxNorm));
  }
  const rows = apply(lookup, [weight, expand(unsqueeze(flat, 1), [flat.numel(), width])], {
    padding: paddingIdx !== null && paddingIdx < 0 ? paddingIdx + count : paddingIdx,
    byFrequency: scaleGradByFreq,
  });
  return reshape(rows, [...indices.shape, width]);
}

/**
 * Encodes class indices as one-hot vectors: [...] → [..., numClasses], int32.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.one_hot.html
 *
 * @param classes int32 class indices.
 * @param numClasses default -1: one more than the largest index.
 * @throws IndexError for an index that is not less than `numClasses`.
 * @throws ArgumentError for a negative index without `numClasses`, and for an empty tensor without it.
 * @throws DTypeError unless `classes` is int32.
 * @throws DeviceError without `numClasses` on a device that cannot be read synchronously; call
 * `await classes.prefetch()` first.
 */
export function oneHot(classes: Tensor, numClasses = -1): Tensor {
  const shape = shapeOf("oneHot", classes);
  let count = numClasses;
  if (count === -1) {
    if (shape.includes(0))
      throw new ArgumentError("oneHot: cannot infer the number of classes from an empty tensor; pass numClasses");
    checkIndexType("oneHot", classes);
    count = countOf("oneHot", classes);
  }
  checkInteger("oneHot", "numClasses", count, 1);
  checkBounds("oneHot", classes, count, shape.length);
  const index = unsqueeze(classes, -1);
  return scatter(filled(classes, [...shape, count], 0, "int32"), -1, index, 1);
}
