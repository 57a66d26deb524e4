/** The multivariate normal distribution with a covariance of low rank plus a diagonal. */

import {
  broadcastShapes,
  cholesky,
  diagEmbed,
  eye,
  type GeneratorOption,
  randn,
  type Shape,
  ShapeError,
  shapeOf,
  showShape,
  solveTriangular,
  type Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import { type Constraint, independent, positive, real, realVector } from "./constraints.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import { halfLogDeterminant, mahalanobis } from "./multivariate-normal.ts";
import { tensorsOf } from "./parameters.ts";

/**
 * The multivariate normal distribution of vectors [..., n] with covariance `W Wᵀ + diag(D)`, where W is [n, r] with a
 * small r. By the Woodbury identity its cost is proportional to n r² rather than n³.
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.lowrank_multivariate_normal.LowRankMultivariateNormal
 *
 * @example
 * new LowRankMultivariateNormal(zeros([2]), tensor([[1], [0]]), ones([2])).covarianceMatrix; // [[2, 0], [0, 1]]
 */
export class LowRankMultivariateNormal extends Distribution {
  static override name = "LowRankMultivariateNormal";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = {
    loc: realVector,
    covFactor: /* @__PURE__ */ independent(real, 2),
    covDiag: /* @__PURE__ */ independent(positive, 1),
  };
  /** Mean, [batch, n]. */
  readonly loc: Tensor;
  /** Low-rank factor W, [batch, n, r]. */
  readonly covFactor: Tensor;
  /** Diagonal D, [batch, n]. */
  readonly covDiag: Tensor;
  /** Cholesky factor of the capacitance matrix `I + Wᵀ D⁻¹ W`. */
  readonly #capacitance: Tensor;

  /**
   * @throws ArgumentError for a diagonal that is not positive.
   * @throws ShapeError when the shapes do not match.
   */
  constructor(loc: Tensor, covFactor: Tensor, covDiag: Tensor, options: DistributionOptions = {}) {
    const sizes = [loc, covFactor, covDiag].map((x, i) =>
      shapeOf("LowRankMultivariateNormal", x).at(i === 1 ? -2 : -1),
    );
    const [n] = sizes;
    if (n === undefined || sizes.some((size) => size !== n)) {
      throw new ShapeError(
        `LowRankMultivariateNormal: expected loc [..., n], covFactor [..., n, r] and covDiag [..., n], got ${[loc, covFactor, covDiag].map(({ shape }) => showShape(shape)).join(", ")}`,
      );
    }
    const given = tensorsOf(
      "LowRankMultivariateNormal",
      { loc, covFactor, covDiag },
      LowRankMultivariateNormal.argConstraints,
      options,
    );
    const shapes = [loc.shape.slice(0, -1), covFactor.shape.slice(0, -2), covDiag.shape.slice(0, -1)];
    const batch = broadcastShapes("LowRankMultivariateNormal", shapes);
    super(batch, [n], given.loc, options);
    const r = covFactor.size(-1);
    this.loc = given.loc.expand([...batch, n]);
    this.covFactor = given.covFactor.expand([...batch, n, r]);
    this.covDiag = given.covDiag.expand([...batch, n]);
    const { dtype, device } = this.like;
    this.#capacitance = cholesky(this.#scaled().mT.matmul(this.covFactor).add(eye(r, { dtype, device })));
  }

  /** Covariance, [batch, n, n]. */
  get covarianceMatrix(): Tensor {
    return this.covFactor.matmul(this.covFactor.mT).add(diagEmbed(this.covDiag));
  }

  /** Lower Cholesky factor L of the covariance `L Lᵀ`, [batch, n, n]. */
  get scaleTril(): Tensor {
    return cholesky(this.covarianceMatrix);
  }

  /** Inverse of the covariance, [batch, n, n]. */
  get precisionMatrix(): Tensor {
    // D⁻¹ - A Aᵀ with A = D⁻¹ W C⁻ᵀ.
    const solved = this.#solved(this.#scaled().mT);
    return diagEmbed(this.covDiag.reciprocal()).sub(solved.mT.matmul(solved));
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
    return this.covFactor.square().sum(-1).add(this.covDiag);
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    const shape = this.extendedShape(sampleShape);
    const along = randn([...shape.slice(0, -1), this.covFactor.size(-1)], this.source(options));
    const apart = randn(shape, this.source(options));
    return this.loc.add(this.covFactor.matmul(along.unsqueeze(-1)).squeeze(-1)).add(this.covDiag.sqrt().mul(apart));
  }

  override logProb(value: TensorOrNumber): Tensor {
    const x = this.checked("logProb", value).sub(this.loc);
    const across = x.div(this.covDiag);
    const along = this.covFactor.mT.matmul(across.unsqueeze(-1)).squeeze(-1);
    const distance = across.mul(x).sum(-1).sub(mahalanobis(this.#capacitance, along));
    return distance
      .add(this.loc.size(-1) * Math.log(2 * Math.PI))
      .mul(-0.5)
      .sub(this.#halfLogDeterminant());
  }

  override entropy(): Tensor {
    return this.#halfLogDeterminant().add(0.5 * this.loc.size(-1) * (1 + Math.log(2 * Math.PI)));
  }

  override expand(batchShape: Shape): LowRankMultivariateNormal {
    const [n, r] = this.covFactor.size(-2, -1);
    return new LowRankMultivariateNormal(
      this.loc.expand([...batchShape, n]),
      this.covFactor.expand([...batchShape, n, r]),
      this.covDiag.expand([...batchShape, n]),
      this.options,
    );
  }

  /** `D⁻¹ W` */
  #scaled(): Tensor {
    return this.covFactor.div(this.covDiag.unsqueeze(-1));
  }

  #solved(x: Tensor): Tensor {
    return solveTriangular(this.#capacitance, x, { upper: false });
  }

  #halfLogDeterminant(): Tensor {
    return halfLogDeterminant(this.#capacitance).add(this.covDiag.log().sum(-1).mul(0.5));
  }
}
