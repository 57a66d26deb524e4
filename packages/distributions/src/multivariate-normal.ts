/** The multivariate normal distribution. */

import {
  ArgumentError,
  broadcastShapes,
  cholesky,
  eye,
  type GeneratorOption,
  randn,
  type Shape,
  ShapeError,
  shapeOf,
  showShape,
  solveTriangular,
  Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import { type Constraint, lowerCholesky, positiveDefinite, realVector } from "./constraints.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import { tensorsOf } from "./parameters.ts";

/**
 * Scale of a multivariate normal distribution: its covariance, precision or lower Cholesky factor, [..., n, n]. A plain
 * tensor is the covariance matrix.
 */
export type Spread =
  | Tensor
  | { readonly covarianceMatrix: Tensor }
  | { readonly precisionMatrix: Tensor }
  | { readonly scaleTril: Tensor };

/**
 * Returns the lower triangle L with L Lᵀ = P⁻¹ without inverting P, from the Cholesky factor of P with rows and columns
 * reversed.
 */
function triangleOfPrecision(precision: Tensor): Tensor {
  const factor = cholesky(precision.flip(-2, -1)).flip(-2, -1).mT;
  const n = precision.size(-1);
  const identity = eye(n, n, { dtype: precision.dtype, device: precision.device });
  return solveTriangular(factor, identity.expand(precision.shape), { upper: false });
}

/** Computes `|L⁻¹ x|²` over the last dimension of x. */
export function mahalanobis(scaleTril: Tensor, x: Tensor): Tensor {
  const n = x.size(-1);
  const batch = broadcastShapes("MultivariateNormal.logProb", [scaleTril.shape.slice(0, -2), x.shape.slice(0, -1)]);
  const solved = solveTriangular(scaleTril.expand([...batch, n, n]), x.expand([...batch, n]).unsqueeze(-1), {
    upper: false,
  });
  return solved.square().sum([-2, -1]);
}

/** Computes `½ ln |L Lᵀ|`. */
export function halfLogDeterminant(scaleTril: Tensor): Tensor {
  return scaleTril.diagonal(0, -2, -1).log().sum(-1);
}

/**
 * The multivariate normal distribution of vectors [..., n] with a full covariance matrix.
 *
 *     p(x) = e^(-½ (x - μ)ᵀ Σ⁻¹ (x - μ)) / √((2π)ⁿ |Σ|)
 *
 * It is parametrized by the covariance Σ, by its inverse, or by the lower triangle L with Σ = L Lᵀ, which is the most
 * efficient. After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.multivariate_normal.MultivariateNormal
 *
 * @example
 * const normal = new MultivariateNormal(zeros([2]), { scaleTril: tensor([[1, 0], [2, 1]]) });
 * normal.covarianceMatrix; // [[1, 2], [2, 5]]
 */
export class MultivariateNormal extends Distribution {
  static override name = "MultivariateNormal";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = {
    loc: realVector,
    covarianceMatrix: positiveDefinite,
    precisionMatrix: positiveDefinite,
    scaleTril: lowerCholesky,
  };
  /** Mean μ, [batch, n]. */
  readonly loc: Tensor;
  /** Lower triangle L with Σ = L Lᵀ, [batch, n, n]. */
  readonly scaleTril: Tensor;

  /**
   * @throws ArgumentError unless the matrix is symmetric positive definite, or for a triangle whose diagonal is not
   * positive.
   * @throws ShapeError when the shapes do not match.
   */
  constructor(loc: Tensor, spread: Spread, options: DistributionOptions = {}) {
    const named = spread instanceof Tensor ? { covarianceMatrix: spread } : (spread ?? {});
    const [name, ...others] = Object.keys(named);
    if (
      name === undefined ||
      others.length > 0 ||
      !["covarianceMatrix", "precisionMatrix", "scaleTril"].includes(name)
    ) {
      const got = Object.keys(named).join(", ");
      throw new ArgumentError(
        `MultivariateNormal: expected { covarianceMatrix }, { precisionMatrix } or { scaleTril }, got { ${got} }`,
      );
    }
    const matrix = (named as Readonly<Record<string, Tensor>>)[name] as Tensor; // safe: the key exists
    const n = shapeOf("MultivariateNormal", loc).at(-1);
    if (n === undefined || shapeOf("MultivariateNormal", matrix).at(-1) !== n || matrix.shape.at(-2) !== n) {
      throw new ShapeError(
        `MultivariateNormal: expected loc [..., n] and ${name} [..., n, n], got ${showShape(loc.shape)} and ${showShape(matrix.shape)}`,
      );
    }
    const given = tensorsOf("MultivariateNormal", { loc, [name]: matrix }, MultivariateNormal.argConstraints, options);
    const [mean, square] = Object.values(given) as [Tensor, Tensor]; // safe: two entries, in this order
    const batch = broadcastShapes("MultivariateNormal", [matrix.shape.slice(0, -2), loc.shape.slice(0, -1)]);
    super(batch, [n], mean, options);
    const triangle =
      name === "scaleTril" ? square : name === "covarianceMatrix" ? cholesky(square) : triangleOfPrecision(square);
    this.loc = mean.expand([...batch, n]);
    this.scaleTril = triangle.expand([...batch, n, n]);
  }

  /** Covariance Σ, [batch, n, n]. */
  get covarianceMatrix(): Tensor {
    return this.scaleTril.matmul(this.scaleTril.mT);
  }

  /** Inverse of the covariance, [batch, n, n]. */
  get precisionMatrix(): Tensor {
    const [n, like] = [this.loc.size(-1), this.like];
    const identity = eye(n, n, { dtype: like.dtype, device: like.device });
    const inverse = solveTriangular(this.scaleTril, identity.expand(this.scaleTril.shape), { upper: false });
    return inverse.mT.matmul(inverse);
  }

  override get support(): Constraint {
    return realVector;
  }

  override get hasRsample(): boolean {
    return true;
  }

  override get mean(): Tensor {
    return this.loc;
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get variance(): Tensor {
    return this.scaleTril.square().sum(-1);
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    const noise = randn(this.extendedShape(sampleShape), this.source(options));
    return this.scaleTril.matmul(noise.unsqueeze(-1)).squeeze(-1).add(this.loc);
  }

  override logProb(value: TensorOrNumber): Tensor {
    const distance = mahalanobis(this.scaleTril, this.checked("logProb", value).sub(this.loc));
    return distance
      .add(this.loc.size(-1) * Math.log(2 * Math.PI))
      .mul(-0.5)
      .sub(halfLogDeterminant(this.scaleTril));
  }

  override entropy(): Tensor {
    return halfLogDeterminant(this.scaleTril).add(0.5 * this.loc.size(-1) * (1 + Math.log(2 * Math.PI)));
  }

  override expand(batchShape: Shape): MultivariateNormal {
    const n = this.loc.size(-1);
    const scaleTril = this.scaleTril.expand([batchShape, n, n].flat());
    return new MultivariateNormal(this.loc.expand([batchShape, n].flat()), { scaleTril }, this.options);
  }
}
