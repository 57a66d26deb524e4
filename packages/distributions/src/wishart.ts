/** The Wishart distribution. */

import {
  arange,
  broadcastShapes,
  choleskySolve,
  diagEmbed,
  type GeneratorOption,
  randn,
  type Shape,
  shapeOf,
  slogdet,
  Tensor,
  type TensorOrNumber,
  where,
  zeros,
} from "@akari/tensor";
import { type Constraint, greaterThan, lowerCholesky, positive, positiveDefinite } from "./constraints.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import { Chi2 } from "./gamma.ts";
import { logMultiGamma, multiDigamma } from "./multi-gamma.ts";
import { halfLogDeterminant, MultivariateNormal, type Spread } from "./multivariate-normal.ts";
import { tensorsOf } from "./parameters.ts";
import { expectWithin } from "./validation.ts";

/**
 * The Wishart distribution over positive definite matrices [..., n, n], that of the sum of `x xᵀ` for `df` = ν normal
 * vectors x [n] with mean 0 and covariance Σ.
 *
 *     p(X) ∝ |X|^((ν - n - 1) / 2) e^(-tr(Σ⁻¹ X) / 2)
 *
 * Samples are drawn by the Bartlett decomposition and are differentiable.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.wishart.Wishart
 *
 * @example
 * new Wishart(4, { scaleTril: eye(2) }).mean; // [[4, 0], [0, 4]]
 */
export class Wishart extends Distribution {
  static override name = "Wishart";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = {
    df: positive,
    covarianceMatrix: positiveDefinite,
    precisionMatrix: positiveDefinite,
    scaleTril: lowerCholesky,
  };
  /** Degrees of freedom ν, [batch]. */
  readonly df: Tensor;
  /** Lower triangle L with Σ = L Lᵀ, [batch, n, n]. */
  readonly scaleTril: Tensor;

  /**
   * @throws ArgumentError for df ≤ n - 1, and unless the matrix is symmetric positive definite.
   * @throws ShapeError when the shapes do not match.
   */
  constructor(df: TensorOrNumber, spread: Spread, options: DistributionOptions = {}) {
    const [matrix] = Object.values(spread instanceof Tensor ? { spread } : (spread ?? {})) as [Tensor]; // checked next
    const n = shapeOf("Wishart", matrix).at(-1) ?? 0;
    const normal = new MultivariateNormal(zeros([n], { dtype: matrix.dtype, device: matrix.device }), spread, options);
    const given = tensorsOf("Wishart", { df, like: normal.scaleTril }, {}, options);
    const batch = broadcastShapes("Wishart", [given.df.shape, normal.batchShape]);
    super(batch, [n, n], given.like, options);
    if (this.validateArgs) expectWithin(given.df, greaterThan(n - 1), "Wishart: df");
    this.df = given.df.expand(batch);
    this.scaleTril = given.like.expand([...batch, n, n]);
  }

  /** Scale matrix Σ, [batch, n, n]. */
  get covarianceMatrix(): Tensor {
    return this.scaleTril.matmul(this.scaleTril.mT);
  }

  override get support(): Constraint {
    return positiveDefinite;
  }

  override get hasRsample(): boolean {
    return true;
  }

  override get mean(): Tensor {
    return this.covarianceMatrix.mul(wide(this.df));
  }

  /** NaN for ν ≤ n + 1. */
  override get mode(): Tensor {
    const factor = this.df.sub(this.#n + 1);
    return this.covarianceMatrix.mul(wide(where(factor.gt(0), factor, Number.NaN)));
  }

  override get variance(): Tensor {
    const v = this.covarianceMatrix;
    const diagonal = v.diagonal(0, -2, -1);
    return v
      .square()
      .add(diagonal.unsqueeze(-1).mul(diagonal.unsqueeze(-2)))
      .mul(wide(this.df));
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    const { dtype, device } = this.like;
    const n = this.#n;
    const squares = new Chi2(this.df.unsqueeze(-1).sub(arange(n, { dtype, device })), { validateArgs: false }).rsample(
      sampleShape,
      options,
    );
    const noise = randn(this.extendedShape(sampleShape), this.source(options)).tril(-1).add(diagEmbed(squares.sqrt()));
    const factor = this.scaleTril.matmul(noise);
    return factor.matmul(factor.mT);
  }

  override logProb(value: TensorOrNumber): Tensor {
    const x = this.checked("logProb", value);
    const { df, scaleTril } = this;
    const n = this.#n;
    const batch = broadcastShapes("Wishart.logProb", [x.shape, scaleTril.shape]);
    const trace = choleskySolve(x.expand(batch), scaleTril.expand(batch)).diagonal(0, -2, -1).sum(-1);
    return df
      .sub(n + 1)
      .mul(slogdet(x).logabsdet)
      .sub(trace)
      .div(2)
      .sub(df.mul(this.#scale()))
      .sub(logMultiGamma(df.div(2), n));
  }

  override entropy(): Tensor {
    const { df } = this;
    const n = this.#n;
    return this.#scale()
      .mul(n + 1)
      .add(logMultiGamma(df.div(2), n))
      .sub(
        df
          .sub(n + 1)
          .div(2)
          .mul(multiDigamma(df.div(2), n)),
      )
      .add(df.mul(n / 2));
  }

  override expand(batchShape: Shape): Wishart {
    const scaleTril = this.scaleTril.expand([...batchShape, this.#n, this.#n]);
    return new Wishart(this.df.expand(batchShape), { scaleTril }, this.options);
  }

  get #n(): number {
    return this.scaleTril.size(-1);
  }

  /** `½ ln |2 Σ|` */
  #scale(): Tensor {
    return halfLogDeterminant(this.scaleTril).add((this.#n * Math.LN2) / 2);
  }
}

/** Adds two trailing dimensions. */
function wide(x: Tensor): Tensor {
  return x.unsqueeze(-1).unsqueeze(-1);
}
