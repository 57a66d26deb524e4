/** Normalization: rows with mean 0 and variance 1, running statistics, and errors. */

import { describe, expect, it } from "vitest";
import { reference } from "../../src/backends/reference/index.ts";
import {
  ArgumentError,
  batchNorm,
  cosineSimilarity,
  DTypeError,
  groupNorm,
  instanceNorm,
  layerNorm,
  localResponseNorm,
  type NestedArray,
  normalize,
  pairwiseDistance,
  rmsNorm,
  ShapeError,
  type Tensor,
  tensor,
} from "../../src/index.ts";

const device = reference();
const of = (data: NestedArray): Tensor => tensor(data, { dtype: "float64", device });
const close = (got: Tensor, want: readonly number[]): void => {
  const data = Array.from(got.dataSync());
  expect(data.length).toBe(want.length);
  data.forEach((value, i) => {
    expect(value).toBeCloseTo(want[i] as number, 10);
  });
};

describe("normalization", () => {
  it("layerNorm standardizes each row, then applies weight and bias", () => {
    const x = of([
      [1, 3],
      [10, 20],
    ]);
    close(layerNorm(x, [2], null, null, { eps: 0 }), [-1, 1, -1, 1]);
    close(layerNorm(x, [2], of([2, 3]), of([1, 1]), { eps: 0 }), [-1, 4, -1, 4]);
    close(layerNorm(x, [2, 2], null, null, { eps: 0 }).sum(), [0]);
    close(layerNorm(of([[5, 5]]), [2]), [0, 0]);
  });

  it("rmsNorm does not subtract the mean", () => {
    close(rmsNorm(of([[3, 4]]), [2], of([1, 2]), { eps: 0 }), [3 / Math.sqrt(12.5), 8 / Math.sqrt(12.5)]);
  });

  it("batchNorm works on channels and updates the running statistics", () => {
    const x = of([
      [
        [1, 3],
        [0, 0],
      ],
      [
        [5, 7],
        [2, 2],
      ],
    ]);
    const mean = of([0, 0]);
    const variance = of([1, 1]);
    const y = batchNorm(x, mean, variance, of([1, 2]), of([0, 1]), { training: true, eps: 0, momentum: 0.5 });
    const unit = Math.sqrt(5);
    close(y, [-3 / unit, -1 / unit, -1, -1, 1 / unit, 3 / unit, 3, 3]);
    close(mean, [2, 0.5]);
    close(variance, [0.5 + 0.5 * (20 / 3), 0.5 + 0.5 * (4 / 3)]);
    close(batchNorm(x, of([1, 0]), of([4, 1]), null, null, { eps: 0 }), [0, 1, 0, 0, 2, 3, 2, 2]);
    close(batchNorm(x, of([1, 0]), of([4, 1]), { eps: 0 }), [0, 1, 0, 0, 2, 3, 2, 2]);
  });

  it("groupNorm and instanceNorm work on groups of channels and on single channels", () => {
    const x = of([
      [
        [1, 3],
        [1, 3],
        [5, 5],
        [7, 7],
      ],
    ]);
    close(groupNorm(x, 2, null, null, { eps: 0 }), [-1, 1, -1, 1, -1, -1, 1, 1]);
    close(
      instanceNorm(
        of([
          [
            [1, 3],
            [4, 8],
          ],
        ]),
        null,
        null,
        of([1, 2]),
        of([0, 1]),
        { eps: 0 },
      ),
      [-1, 1, -1, 3],
    );
  });

  it("localResponseNorm divides by a sum over neighboring channels", () => {
    close(localResponseNorm(of([[[1], [2], [3]]]), 3, { alpha: 3, beta: 1, k: 1 }), [1 / 6, 2 / 15, 3 / 14]);
    expect(() => localResponseNorm(of([[[1]]]), 0)).toThrow(ArgumentError);
    expect(() => localResponseNorm(of([[1]]), 1)).toThrow(ShapeError);
  });

  it("normalize, cosineSimilarity and distances work on vectors", () => {
    const [a, b] = [
      of([
        [3, 4],
        [0, 0],
      ]),
      of([
        [4, 3],
        [0, 2],
      ]),
    ];
    close(normalize(a), [0.6, 0.8, 0, 0]);
    close(cosineSimilarity(a, b), [0.96, 0]);
    close(cosineSimilarity(of([[[1, 2]]]), of([[1], [3]]), { dim: 2 }), [3 / Math.sqrt(10), 3 / Math.sqrt(10)]);
    close(pairwiseDistance(a, b, { eps: 0 }), [Math.SQRT2, 2]);
  });

  it("rejects invalid shapes and batches", () => {
    const x = of([[1, 2, 3]]);
    expect(() => layerNorm(x, [2])).toThrow(ShapeError);
    expect(() => layerNorm(x, [3], of([1, 2]))).toThrow("layerNorm: expected a weight of shape [3], got shape [2]");
    expect(() => batchNorm(x, null, null, null, null, { training: true })).toThrow("more than one value per channel");
    expect(() => batchNorm(x, null, null)).toThrow(ArgumentError);
    expect(() => groupNorm(x, 2)).toThrow(ShapeError);
    expect(() => layerNorm(x.to("int32"), [3])).toThrow(DTypeError);
  });
});
