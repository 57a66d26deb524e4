/** Triangles and diagonals of matrices, and coordinate grids. */

import { checkChoice, checkInteger } from "../argument.ts";
import { constant } from "../expr/expr.ts";
import { type Pointwise, pointwise } from "../pointwise.ts";
import { isOptions, settings } from "../settings.ts";
import { differentDimensions, expectRank } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { expand } from "./expand.ts";
import { counting } from "./fill.ts";
import { reshape, unsqueeze } from "./reshape.ts";
import { diagonal as diagonalOf, spreadDiagonal } from "./slice.ts";
import type { TensorEach } from "./split.ts";

// Row indices start at the diagonal's offset, so that the diagonal is where both indices are equal.
const cut = (name: string, side: "le" | "ge"): Pointwise<[Tensor, Tensor, Tensor]> =>
  pointwise(name, (x, i, j) => j[side](i).where(x, constant(0, x.dtype)), { apart: [1, 2] });
const below = /* @__PURE__ */ cut("tril", "le");
const above = /* @__PURE__ */ cut("triu", "ge");

function triangle(operation: string, part: typeof below, x: Tensor, diagonal: number): Tensor {
  expectRank(operation, "at least 2 dimensions", x, 2, Number.POSITIVE_INFINITY);
  checkInteger(operation, "diagonal", diagonal, Number.NEGATIVE_INFINITY);
  const [rows, columns] = x.shape.slice(-2) as [number, number]; // safe: at least two dimensions
  const row = unsqueeze(
    counting(x, rows, (i) => i + diagonal),
    1,
  );
  return part(x, row, counting(x, columns));
}

/**
 * Returns the lower triangle of each matrix: the elements on and below a diagonal, with zeros above.
 * https://pytorch.org/docs/stable/generated/torch.tril.html
 *
 * @param diagonal 0 is the main one, positive ones are above it. Default 0.
 * @throws ShapeError for fewer than two dimensions.
 * @throws ArgumentError unless `diagonal` is an integer.
 */
export function tril(x: Tensor, diagonal = 0): Tensor {
  return triangle("tril", below, x, diagonal);
}

/**
 * Returns the upper triangle of each matrix: the elements on and above a diagonal, with zeros below.
 * https://pytorch.org/docs/stable/generated/torch.triu.html
 *
 * @param diagonal 0 is the main one, positive ones are above it. Default 0.
 * @throws ShapeError for fewer than two dimensions.
 * @throws ArgumentError unless `diagonal` is an integer.
 */
export function triu(x: Tensor, diagonal = 0): Tensor {
  return triangle("triu", above, x, diagonal);
}

/**
 * Returns matrices, in dimensions `dim1` and `dim2` of the result, with the last dimension of `x` on a diagonal and
 * zeros elsewhere.
 *
 * https://pytorch.org/docs/stable/generated/torch.diag_embed.html
 *
 * @param offset the diagonal: 0 is the main one, positive ones are above it. Default 0.
 * @param dim1 Default -2.
 * @param dim2 Default -1.
 * @throws ShapeError for a scalar.
 * @throws ArgumentError unless the dimensions differ and the offset is an integer.
 */
export function diagEmbed(x: Tensor, offset = 0, dim1 = -2, dim2 = -1): Tensor {
  expectRank("diagEmbed", "at least 1 dimension", x, 1, Number.POSITIVE_INFINITY);
  const [a, b] = differentDimensions("diagEmbed", [dim1, dim2], x, 1) as [number, number]; // safe: one for each
  checkInteger("diagEmbed", "offset", offset, Number.NEGATIVE_INFINITY);
  const side = (x.shape[x.ndim - 1] as number) + Math.abs(offset);
  const shape = x.shape.slice(0, -1);
  for (const at of [Math.min(a, b), Math.max(a, b)]) shape.splice(at, 0, side);
  return spreadDiagonal(x, shape, offset, a, b);
}

/**
 * Returns a diagonal of a matrix, or the matrix with a vector on that diagonal.
 * https://pytorch.org/docs/stable/generated/torch.diag.html
 *
 * @param diagonal 0 is the main one, positive ones are above it. Default 0.
 * @throws ShapeError unless `x` has one or two dimensions.
 */
export function diag(x: Tensor, diagonal = 0): Tensor {
  expectRank("diag", "1 or 2 dimensions (diagonal and diagEmbed take more)", x, 1, 2);
  return x.ndim === 1 ? diagEmbed(x, diagonal) : diagonalOf(x, diagonal);
}

/** Options of `meshgrid`. */
export interface MeshgridOptions {
  /** `"ij"`: the first vector varies along the rows; `"xy"`: along the columns. Default `"ij"`. */
  readonly indexing?: "ij" | "xy";
}

/**
 * Returns the coordinates of a grid: for each vector, a tensor with its value at every grid point.
 *
 * https://pytorch.org/docs/stable/generated/torch.meshgrid.html
 *
 * @param vectors tensors of at most one dimension, in an array or one by one.
 * @throws ShapeError for a tensor of more than one dimension.
 * @throws ArgumentError for an unknown `indexing`.
 * @example
 * const [rows, columns] = meshgrid(arange(2), arange(3), { indexing: "ij" }); // [2, 3] both
 */
export function meshgrid<const Vectors extends readonly Tensor[]>(
  vectors: Vectors,
  options?: MeshgridOptions,
): TensorEach<Vectors>;
export function meshgrid<const Vectors extends readonly Tensor[]>(...vectors: Vectors): TensorEach<Vectors>;
export function meshgrid<const Vectors extends readonly Tensor[]>(
  ...given: readonly [...vectors: Vectors, options: MeshgridOptions]
): TensorEach<Vectors>;
export function meshgrid(...given: readonly unknown[]): Tensor[] {
  const [first, second] = given;
  if (!Array.isArray(first)) {
    const last = given.at(-1);
    const tensors = given as readonly Tensor[]; // safe: all but options at the end
    return isOptions(last) ? meshgrid(tensors.slice(0, -1), last as MeshgridOptions) : meshgrid(tensors);
  }
  const vectors: readonly Tensor[] = first;
  const { indexing } = settings("meshgrid", second as MeshgridOptions | undefined, { indexing: "ij" });
  checkChoice("meshgrid", "indexing", indexing, ["ij", "xy"]);
  for (const v of vectors) expectRank("meshgrid", "vectors", v, 0, 1);
  if (indexing === "xy" && vectors.length >= 2) {
    const [first, second, ...rest] = vectors as readonly [Tensor, Tensor, ...Tensor[]]; // safe: there are at least two
    const [b, a, ...others] = meshgrid([second, first, ...rest]);
    return [a, b, ...others];
  }
  const sizes = vectors.map((v) => v.numel());
  return vectors.map((v, i) =>
    expand(
      reshape(
        v,
        sizes.map((size, k) => (k === i ? size : 1)),
      ),
      sizes,
    ),
  );
}
