/** Transforms to lower triangular matrices. */

import { diagEmbed, finfo, logsigmoid, type Shape, ShapeError, type Tensor, tensor, tril } from "@akari/tensor";
import { type Constraint, corrCholesky, independent, lowerCholesky, real, realVector } from "../constraints.ts";
import { Transform } from "./transform.ts";

/**
 * Transforms square matrices to lower triangular ones with a positive diagonal, by exponentiating the diagonal and
 * dropping the elements above it.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.LowerCholeskyTransform
 */
export class LowerCholeskyTransform extends Transform {
  static override name = "LowerCholeskyTransform";
  override readonly domain: Constraint = independent(real, 2);
  override readonly codomain: Constraint = lowerCholesky;

  override get bijective(): boolean {
    return false;
  }

  override apply(x: Tensor): Tensor {
    return tril(x, -1).add(diagEmbed(x.diagonal(0, -2, -1).exp()));
  }

  override inverse(y: Tensor): Tensor {
    return tril(y, -1).add(diagEmbed(y.diagonal(0, -2, -1).log()));
  }

  /** The log-determinant of the transform restricted to lower triangular matrices. */
  override logAbsDetJacobian(x: Tensor, _y: Tensor): Tensor {
    return x.diagonal(0, -2, -1).sum(-1);
  }
}

/**
 * Transforms vectors of length n (n - 1) / 2 to the Cholesky factors [n, n] of correlation matrices. `tanh(x)` of each
 * number is a partial correlation, which takes its share of the remaining length of the row.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.CorrCholeskyTransform
 *
 * @throws ShapeError for vectors of another length.
 */
export class CorrCholeskyTransform extends Transform {
  static override name = "CorrCholeskyTransform";
  override readonly domain: Constraint = realVector;
  override readonly codomain: Constraint = corrCholesky;

  override apply(x: Tensor): Tensor {
    const least = finfo(x.dtype).eps;
    const partial = matrixOf(x.tanh().clamp(-1 + least, 1 - least), this.#rows(x.shape));
    const left = partial.square().neg().add(1).sqrt().cumprod(-1);
    const n = left.size(-1);
    const diagonal = diagEmbed(partial.detach().select(-1, 0).mul(0).add(1));
    return partial.add(diagonal).mul(left.narrow(-1, 0, n - 1).pad([1, 0], { value: 1 }));
  }

  override inverse(y: Tensor): Tensor {
    const n = y.size(-1);
    const left = y
      .square()
      .cumsum(-1)
      .neg()
      .add(1)
      .narrow(-1, 0, n - 1)
      .pad([1, 0], { value: 1 });
    const below = vectorOf(y);
    return below.div(vectorOf(left).sqrt()).atanh();
  }

  override logAbsDetJacobian(x: Tensor, y: Tensor): Tensor {
    const n = y.size(-1);
    const left = y.square().cumsum(-1).neg().add(1);
    // The remaining lengths after the elements below the subdiagonal. Each one scales the next element of its row.
    const lengths =
      n > 2
        ? vectorOf(left.narrow(-2, 1, n - 1).narrow(-1, 0, n - 1))
            .log()
            .sum(-1)
            .mul(0.5)
        : left.select(-1, 0).select(-1, 0).mul(0);
    // ln(1 - tanh² x) = 2 (ln 2 - x - softplus(-2x))
    const slopes = x
      .sub(logsigmoid(x.mul(2)))
      .sub(Math.LN2)
      .mul(-2)
      .sum(-1);
    return lengths.add(slopes);
  }

  override forwardShape(shape: Shape): Shape {
    const n = this.#rows(shape);
    return [...shape.slice(0, -1), n, n];
  }

  override inverseShape(shape: Shape): Shape {
    const [rows, columns] = shape.slice(-2);
    if (rows === undefined || rows !== columns)
      throw new ShapeError(`CorrCholeskyTransform: expected square matrices, got [${shape.join(", ")}]`);
    return [...shape.slice(0, -2), (rows * (rows - 1)) / 2];
  }

  #rows(shape: Shape): number {
    const count = shape.at(-1) ?? 0;
    const n = Math.round(0.5 + Math.sqrt(0.25 + 2 * count));
    if (count === 0 || n * (n - 1) !== 2 * count)
      throw new ShapeError(`CorrCholeskyTransform: expected vectors of length n (n - 1) / 2, got length ${count}`);
    return n;
  }
}

/** Returns the flat indices of the elements below the diagonal of an [n, n] matrix, in row-major order. */
function indicesBelow(n: number, like: Tensor): Tensor {
  const indices = Array.from({ length: n }, (_, i) => Array.from({ length: i }, (_, j) => i * n + j)).flat();
  return tensor(indices, { dtype: "int32", device: like.device });
}

/** Scatters vectors to the elements below the diagonals of zero matrices. */
function matrixOf(x: Tensor, n: number): Tensor {
  const flat = x.newZeros([...x.shape.slice(0, -1), n * n]);
  return flat.indexAdd(-1, indicesBelow(n, x), x).reshape([...x.shape.slice(0, -1), n, n]);
}

/** Gathers the elements below the diagonals of matrices into vectors. */
function vectorOf(x: Tensor): Tensor {
  const n = x.size(-1);
  return x.reshape([...x.shape.slice(0, -2), n * n]).indexSelect(-1, indicesBelow(n, x));
}
