/**
 * Weighted sums along the spatial dimensions of images. Each dimension is replaced by the product with a sparse matrix
 * [out, in], whose entries are listed on the host; the gradient is the product with the transpose. Interpolation and
 * averages of windows are such sums: they are separable, so that one dimension after the other can be processed.
 */

import { runSparse } from "../backends/cpu/sparse.ts";
import type { DType } from "../dtype.ts";
import { encode } from "../encode.ts";
import type { View } from "../kernel.ts";
import { apply, type Op, rules } from "../op.ts";
import { contiguousStrides, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { windowOn } from "../view.ts";
import { contiguous } from "./copy.ts";
import { fromHost } from "./fill.ts";

/** A sparse matrix [out, in]. Row i has the entries from `starts[i]` up to `starts[i + 1]`. */
export interface Taps {
  readonly starts: readonly number[];
  /** The column of each entry: the position of an element that contributes. */
  readonly positions: readonly number[];
  readonly weights: readonly number[];
}

/** Builds a matrix of `out` rows. `fill` adds the entries of row `i`. */
export function tapsOf(out: number, fill: (i: number, add: (position: number, weight: number) => void) => void): Taps {
  const [starts, positions, weights] = [[0], [] as number[], [] as number[]];
  const add = (position: number, weight: number): void => {
    positions.push(position);
    weights.push(weight);
  };
  for (let i = 0; i < out; i++) {
    fill(i, add);
    starts.push(positions.length);
  }
  return { starts, positions, weights };
}

/** Transposes a matrix with `columns` columns. */
function transposed({ starts, positions, weights }: Taps, columns: number): Taps {
  const rows = Array.from({ length: columns }, (): [number, number][] => []);
  for (let i = 0, k = 0; i + 1 < starts.length; i++) {
    for (; k < (starts[i + 1] as number); k++) rows[positions[k] as number]?.push([i, weights[k] as number]);
  }
  return tapsOf(columns, (j, add) => {
    for (const [i, weight] of rows[j] as [number, number][]) add(i, weight);
  });
}

/** x [N, C, ...in], contiguous, and the matrix of each spatial dimension in three parts → [N, C, ...out] */
const resampling: Op<readonly Taps[]> = {
  name: "resample",
  infer: ([x], dims) => [
    { shape: [...x.shape.slice(0, 2), ...dims.map(({ starts }) => starts.length - 1)], dtype: x.dtype },
  ],
  run: ([x, ...parts]: readonly [Tensor, Tensor, ...Tensor[]], dims, [to]) => {
    let from = x;
    // From the last dimension on, since neighbors in memory take longest to gather, and most images grow.
    for (let d = dims.length + 1; d > 1; d--) {
      const sizes = from.shape.with(d, to.shape[d] as number);
      const next = d === 2 ? to : x.newEmpty(sizes);
      const middle = (image: Tensor): View => {
        const shape = [sizeOf(sizes.slice(0, d)), image.shape[d] as number, sizeOf(sizes.slice(d + 1))];
        return windowOn(image, shape, contiguousStrides(shape));
      };
      const [starts, positions, weights] = parts.slice(3 * (d - 2)) as [Tensor, Tensor, Tensor]; // safe: three each
      const matrix = { starts, positions, weights };
      x.device.run({ kind: "sparse", ...matrix, input: middle(from), to: middle(next), cpu: runSparse });
      if (from !== x) from.dispose();
      from = next;
    }
  },
  gradient: /* @__PURE__ */ rules<readonly Taps[]>(
    {
      of: (g, { attrs, inputs }) =>
        resample(
          g,
          attrs.map((taps, d) => transposed(taps, inputs[0]?.shape[d + 2] ?? 0)),
        ),
    },
    null,
  ),
};

/** Replaces the elements along each spatial dimension by weighted sums: [N, C, ...in] → [N, C, ...out]. */
export function resample(x: Tensor, dims: readonly Taps[]): Tensor {
  const upload = (values: readonly number[], dtype: DType) =>
    fromHost(x, [values.length], dtype, encode(values, dtype));
  const parts = dims.flatMap(({ starts, positions, weights }) => [
    upload(starts, "int32"),
    upload(positions, "int32"),
    upload(weights, x.dtype),
  ]);
  return apply(resampling, [contiguous(x), ...parts], dims);
}
