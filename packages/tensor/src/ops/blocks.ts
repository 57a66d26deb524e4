/**
 * Tensors assembled from other tensors: block-diagonal matrices, Cartesian products, combinations, Vandermonde
 * matrices, and copies with a slice or diagonal replaced. All are compositions of other operations.
 */

import { checkChoice, checkInteger, expectTensor } from "../argument.ts";
import { isOptions, settings } from "../settings.ts";
import { expectRank, expectShape, type Shape, shapeError, shapeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { clone, copy_ } from "./copy.ts";
import { expand } from "./expand.ts";
import { fill_, filled, integers } from "./fill.ts";
import { selectUnchecked } from "./gather.ts";
import { cat, stack } from "./join.ts";
import { pad } from "./pad.ts";
import { flip } from "./repeat.ts";
import { atLeast, flatten, reshape, unsqueeze } from "./reshape.ts";
import { cumprod } from "./scan.ts";
import { asStrided, diagonal, select, slice } from "./slice.ts";
import { diagEmbed, meshgrid } from "./triangle.ts";

/**
 * Builds a block-diagonal matrix: the blocks along the diagonal, zeros elsewhere.
 *
 * A vector is a block of one row, a scalar a block of one element.
 *
 * https://pytorch.org/docs/stable/generated/torch.block_diag.html
 *
 * @throws ShapeError for a block of more than two dimensions.
 * @throws ArgumentError if there is no block.
 * @example
 * blockDiag(ones([1, 2]), ones([1, 1])); // [[1, 1, 0], [0, 0, 1]]
 */
export function blockDiag(...blocks: readonly Tensor[]): Tensor {
  const matrices = blocks.map((x) => {
    expectRank("blockDiag", "matrices", x, 0, 2);
    return atLeast(x, 2);
  });
  const widths = matrices.map(({ shape }) => shape[1] as number);
  const total = widths.reduce((sum, width) => sum + width, 0);
  let left = 0;
  const rows = matrices.map((x, i) => {
    const width = widths[i] as number;
    left += width;
    return pad(x, [left - width, total - left]);
  });
  return cat(rows);
}

/**
 * Builds a square matrix with the flattened elements of `x` on a diagonal, zeros elsewhere.
 *
 * https://pytorch.org/docs/stable/generated/torch.diagflat.html
 *
 * @param offset the diagonal: positive above the main diagonal, negative below. Default 0.
 */
export function diagflat(x: Tensor, offset = 0): Tensor {
  return diagEmbed(flatten(atLeast(x, 1)), offset);
}

/**
 * Cartesian product of k vectors of lengths n₁ … nₖ: [n₁ ⋯ nₖ, k], one tuple per row. A single vector is returned
 * unchanged.
 *
 * https://pytorch.org/docs/stable/generated/torch.cartesian_prod.html
 */
export function cartesianProd(...vectors: readonly Tensor[]): Tensor {
  if (vectors.length === 1) return vectors[0] as Tensor; // safe: there is one
  return stack(
    meshgrid(vectors).map((x) => flatten(x)),
    1,
  );
}

/** Options of `combinations`. */
export interface CombinationsOptions {
  /** Whether an element may be chosen more than once. Default false. */
  readonly withReplacement?: boolean;
}

/**
 * Returns all combinations of `r` elements of a vector, in lexicographic order of their positions: [count, r].
 *
 * With `r` 0 the result is an empty vector.
 *
 * https://pytorch.org/docs/stable/generated/torch.combinations.html
 *
 * @param r the length of a combination. Default 2. May be left out before options.
 * @throws ShapeError unless `x` is a vector.
 * @throws ArgumentError unless `r` is a non-negative integer.
 */
export function combinations(x: Tensor, r: number | CombinationsOptions = 2, options?: CombinationsOptions): Tensor {
  if (isOptions(r)) return combinations(x, 2, r);
  const { withReplacement } = settings("combinations", options, { withReplacement: false });
  expectRank("combinations", "a vector", x, 1);
  checkInteger("combinations", "r", r);
  const size = x.shape[0] as number;
  let rows: number[][] = [[]];
  for (let k = 0; k < r && rows.length > 0; k++) {
    rows = rows.flatMap((row) => {
      const from = k === 0 ? 0 : (row[k - 1] as number) + (withReplacement ? 0 : 1);
      return Array.from({ length: Math.max(size - from, 0) }, (_, i) => [...row, from + i]);
    });
  }
  if (r === 0) return x.newEmpty([0]);
  const indices = integers(x, rows.flat());
  return reshape(selectUnchecked(x, 0, indices), [rows.length, r]);
}

/** Options of `vander`. */
export interface VanderOptions {
  /** Number of columns. Default: the length of the vector. */
  readonly n?: number;
  /** Whether the powers increase from left to right. Default false. */
  readonly increasing?: boolean;
}

/**
 * Builds a Vandermonde matrix: the powers `n - 1` to 0 of each element of a vector, [length] → [length, n].
 *
 * https://pytorch.org/docs/stable/generated/torch.vander.html
 *
 * @throws ShapeError unless `x` is a vector.
 * @throws ArgumentError unless `n` is a non-negative integer.
 */
export function vander(x: Tensor, options?: VanderOptions): Tensor {
  expectRank("vander", "a vector", x, 1);
  const length = x.shape[0] as number;
  const { n, increasing } = settings("vander", options, { n: length, increasing: false });
  checkInteger("vander", "n", n);
  if (n < 1) return x.newEmpty([length, 0]);
  const factors = cat([filled(x, [length, 1], 1), expand(unsqueeze(x, 1), [length, n - 1])], 1);
  const powers = cumprod(factors, 1);
  return increasing ? powers : flip(powers, 1);
}

/** Copies `x` with the part that `view` selects replaced by `source`. */
function withPart(operation: string, x: Tensor, source: Tensor, view: (copy: Tensor) => Tensor): Tensor {
  const copy = clone(x);
  const part = view(copy);
  expectTensor(operation, source);
  expectShape(operation, "source", source, part.shape);
  copy_(part, source);
  return copy;
}

/**
 * Copies `x` with the slice at one index of a dimension replaced.
 *
 * https://pytorch.org/docs/stable/generated/torch.select_scatter.html
 *
 * @param source the shape of `x` without dimension `dim`.
 * @throws ShapeError if `source` has another shape.
 * @throws IndexError if the dimension or the index does not exist.
 */
export function selectScatter(x: Tensor, source: Tensor, dim: number, index: number): Tensor {
  return withPart("selectScatter", x, source, (copy) => select(copy, dim, index));
}

/**
 * Copies `x` with the slice `start:end:step` of a dimension replaced.
 *
 * https://pytorch.org/docs/stable/generated/torch.slice_scatter.html
 *
 * @param source the shape of the slice.
 * @param dim default 0.
 * @param start default null: the beginning.
 * @param end default null: the end.
 * @param step default 1.
 * @throws ShapeError if `source` has another shape.
 * @throws IndexError if there is no such dimension.
 */
export function sliceScatter(
  x: Tensor,
  source: Tensor,
  dim = 0,
  start: number | null = null,
  end: number | null = null,
  step = 1,
): Tensor {
  return withPart("sliceScatter", x, source, (copy) => slice(copy, dim, start, end, step));
}

/**
 * Copies `x` with a diagonal of two of its dimensions replaced.
 *
 * https://pytorch.org/docs/stable/generated/torch.diagonal_scatter.html
 *
 * @param source the shape of `diagonal(x, offset, dim1, dim2)`.
 * @throws ShapeError if `source` has another shape.
 */
export function diagonalScatter(x: Tensor, source: Tensor, offset = 0, dim1 = 0, dim2 = 1): Tensor {
  return withPart("diagonalScatter", x, source, (copy) => diagonal(copy, offset, dim1, dim2));
}

/**
 * Fills the main diagonal of a matrix, or of a tensor of equal sizes, with one value in place. Returns `x`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.fill_diagonal_.html
 *
 * @param wrap whether the diagonal of a tall matrix starts again below. Default false.
 * @throws ShapeError for fewer than two dimensions, and for more than two of different sizes.
 * @throws ArgumentError unless `wrap` is true or false.
 */
export function fillDiagonal_(x: Tensor, value: number, wrap = false): Tensor {
  checkChoice("fillDiagonal_", "wrap", wrap, [true, false]);
  const shape = shapeOf("fillDiagonal_", x);
  const { ndim, strides } = x;
  const [rows, columns] = shape as readonly [number, number];
  if (ndim < 2 || (ndim > 2 && shape.some((size) => size !== rows)))
    throw shapeError("fillDiagonal_", "a matrix or equal sizes", x);
  const fill = (part: Tensor) => {
    const sizes: Shape = [Math.min(...part.shape)];
    fill_(asStrided(part, sizes, [strides.reduce((sum, stride) => sum + stride, 0)]), value);
  };
  for (let top = 0; top < (wrap ? rows : Math.min(rows, 1)); top += columns + 1) fill(top === 0 ? x : slice(x, 0, top));
  return x;
}
