/**
 * The maps from matrices to orthogonal matrices of `orthogonal` in `@akari/nn/parametrize`. They consist of products and
 * solves, so they run on every device and read no values. Only the matrix that an assigned one is computed from is found
 * on the host.
 */

import {
  ArgumentError,
  cat,
  diagonal,
  eye,
  fromTypedArray,
  numbersOf,
  pad,
  randn,
  solve,
  solveTriangular,
  type Tensor,
} from "@akari/tensor";
import { orthonormalize } from "./gram-schmidt.ts";
import { Module } from "./module.ts";

/** The map from a matrix to an orthogonal one. */
export type OrthogonalMap = "matrix_exp" | "cayley" | "householder";

/**
 * Computes the Padé approximant of order [q/q] of exp(A): `N(A) N(-A)⁻¹`, which is orthogonal for a skew-symmetric A,
 * however large. That of order [1/1] is the Cayley map.
 */
function approximateExp(a: Tensor, q: number): Tensor {
  const square = a.matmul(a);
  let power = eye(a.size(-1), { dtype: a.dtype, device: a.device });
  let [even, odd, factor] = [power, power.mul(1 / 2), 1 / 2];
  for (let k = 2; k < q; k += 2) {
    const ratio = (i: number) => (q - i + 1) / ((2 * q - i + 1) * i);
    power = k === 2 ? square : power.matmul(square);
    factor *= ratio(k);
    even = even.add(power.mul(factor));
    factor *= ratio(k + 1);
    odd = odd.add(power.mul(factor));
  }
  const part = a.matmul(odd);
  return solve(even.sub(part), even.add(part));
}

/**
 * The exponential of skew-symmetric matrices, whose eigenvalues are angles. Exact to rounding for angles up to 20, with
 * errors below 1e-8 up to 40. The power of two that A is divided by is fixed, since finding it would read values.
 */
function exponential(a: Tensor): Tensor {
  let result = approximateExp(a.mul(1 / 8), 9);
  for (let k = 0; k < 3; k++) result = result.matmul(result);
  return result;
}

/** Returns the skew-symmetric matrices [..., n, n] with the lower triangle of tall matrices [..., n, k]. */
function skew(x: Tensor): Tensor {
  const [n, k] = x.size(-2, -1);
  const square = pad(x.tril(), [0, n - k]);
  return square.sub(square.mT);
}

/**
 * The product of the reflections `I - 2 v vᵀ / ‖v‖²` whose vectors are the columns of the unit lower triangle V, as one
 * expression: `I - V S⁻¹ Vᵀ`, where S is the upper triangle of `Vᵀ V` with half of its diagonal. (Puglisi 1992, "Modification
 * of the Householder method based on the compact WY representation".) The diagonal of X holds signs of the columns.
 */
function reflections(x: Tensor): Tensor {
  const [n, k] = x.size(-2, -1);
  const unit = eye(n, k, { dtype: x.dtype, device: x.device });
  const v = x.tril(-1).add(unit);
  const gram = v.mT.matmul(v);
  const s = gram.triu(1).add(gram.mul(unit.narrow(0, 0, k)).mul(0.5));
  const q = unit.sub(v.matmul(solveTriangular(s, v.narrow(-2, 0, k).mT, { upper: true })));
  return q.mul(diagonal(x.detach(), 0, -2, -1).trunc().unsqueeze(-2));
}

const maps = {
  matrix_exp: (x: Tensor) => exponential(skew(x)).narrow(-1, 0, x.size(-1)),
  cayley: (x: Tensor) => approximateExp(skew(x), 1).narrow(-1, 0, x.size(-1)),
  householder: reflections,
};

/** Calls a function with the columns of each of the tall matrices [..., n, k], and returns what it makes of them. */
function mapColumns(x: Tensor, change: (columns: readonly Float64Array[]) => void): Tensor {
  const [n, k] = x.size(-2, -1);
  const values = Float64Array.from(numbersOf(x.mT.contiguous().dataSync(), x.dtype));
  for (let start = 0; start < values.length; start += n * k)
    change(Array.from({ length: k }, (_, j) => values.subarray(start + j * n, start + (j + 1) * n)));
  const data = x.dtype === "float64" ? values : Float32Array.from(values);
  return fromTypedArray(data, x.mT.shape, { device: x.device }).to(x.dtype).mT;
}

/** Makes the columns orthonormal, in order. */
function orthonormal(columns: readonly Float64Array[]): void {
  orthonormalize(columns);
  if (columns.some((column) => column.includes(Number.NaN)))
    throw new ArgumentError("orthogonal: the columns (or rows) of the weight are not linearly independent");
}

/**
 * Makes the columns orthonormal, and replaces them by what `reflections` computes them from: Q minus its signs is L U,
 * and L holds the vectors. (Ballard et al. 2014, "Reconstructing Householder vectors from tall-skinny QR".)
 */
function toReflections(columns: readonly Float64Array[]): void {
  orthonormal(columns);
  columns.forEach((column, j) => {
    const sign = (column[j] as number) < 0 ? 1 : -1;
    const pivot = (column[j] as number) - sign;
    for (let i = j + 1; i < column.length; i++) column[i] = (column[i] as number) / pivot;
    for (const other of columns.slice(j + 1))
      for (let i = j + 1; i < column.length; i++)
        other[i] = (other[i] as number) - (column[i] as number) * (other[j] as number);
    column.fill(0, 0, j);
    column[j] = sign;
  });
}

/** Computes an orthogonal matrix from any matrix. */
export class Orthogonal extends Module {
  static override name = "Orthogonal";
  readonly orthogonalMap: OrthogonalMap;
  /** The orthogonal matrices [..., n, n] that the computed ones are multiplied by. */
  declare base?: Tensor;

  constructor(orthogonalMap: OrthogonalMap) {
    super();
    this.orthogonalMap = orthogonalMap;
  }

  forward(x: Tensor): Tensor {
    const wide = x.size(-2) < x.size(-1);
    const tall = wide ? x.mT : x;
    const q = maps[this.orthogonalMap](tall);
    const product = this.base?.matmul(q) ?? q;
    return wide ? product.mT : product;
  }
}

/** One that finds what a matrix is computed from. */
export class HouseholderOrthogonal extends Orthogonal {
  rightInverse(weight: Tensor): Tensor {
    const wide = weight.size(-2) < weight.size(-1);
    const x = mapColumns(wide ? weight.mT : weight, toReflections);
    return wide ? x.mT : x;
  }
}

/** One that multiplies by the assigned matrix, made orthogonal, and starts from the unit matrix. */
export class TrivializedOrthogonal extends Orthogonal {
  rightInverse(weight: Tensor): Tensor {
    const { dtype, device } = weight;
    const tall = weight.size(-2) < weight.size(-1) ? weight.mT : weight;
    const [n, k] = tall.size(-2, -1);
    const others = () => randn([...tall.shape.slice(0, -2), n, n - k], { dtype, device });
    const base = mapColumns(n === k ? tall : cat([tall, others()], -1), orthonormal);
    if (this.base) this.base.copy_(base);
    else this.registerBuffer("base", base);
    return eye(...weight.size(-2, -1), { dtype, device })
      .neg()
      .expand(...weight.shape);
  }
}
