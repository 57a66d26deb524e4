/** The LKJ distribution over Cholesky factors of correlation matrices. */

import {
  ArgumentError,
  arange,
  diagEmbed,
  finfo,
  type GeneratorOption,
  lgamma,
  randn,
  type Shape,
  type Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import { Beta } from "./beta.ts";
import { type Constraint, corrCholesky, positive } from "./constraints.ts";
import { Distribution, type DistributionOptions, unrecorded } from "./distribution.ts";
import { logMultiGamma } from "./multi-gamma.ts";
import { parameters } from "./parameters.ts";

/**
 * The LKJ distribution over lower Cholesky factors L [n, n] of correlation matrices `L Lᵀ`. The density of a
 * correlation matrix is proportional to a power of its determinant, `|L Lᵀ|^(η - 1)`, and uniform for
 * concentration η = 1.
 *
 *     p(L) ∝ Πᵢ Lᵢᵢ^(n - i + 2η - 2)
 *
 * Lewandowski, Kurowicka and Joe 2009, "Generating random correlation matrices based on vines and extended onion
 * method". After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.lkj_cholesky.LKJCholesky
 *
 * @example
 * const l = new LKJCholesky(3, 0.5).sample();
 * l.matmul(l.t()); // ones on the diagonal
 */
export class LKJCholesky extends Distribution {
  static override name = "LKJCholesky";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = { concentration: positive };
  /** Number of rows n. */
  readonly dim: number;
  /** Concentration η, [batch]. */
  readonly concentration: Tensor;

  /** @throws ArgumentError unless `dim` is an integer of at least 2, and for a concentration that is not positive. */
  constructor(dim: number, concentration: TensorOrNumber = 1, options: DistributionOptions = {}) {
    if (!Number.isInteger(dim) || dim < 2)
      throw new ArgumentError(`LKJCholesky: dim must be an integer of at least 2, got ${dim}`);
    const given = parameters("LKJCholesky", { concentration }, LKJCholesky.argConstraints, options).concentration;
    super(given.shape, [dim, dim], given, options);
    this.dim = dim;
    this.concentration = given;
  }

  override get support(): Constraint {
    return corrCholesky;
  }

  override sample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return unrecorded(() => {
      const { dim } = this;
      const offset = this.#counted(dim).sub(1).clamp(0);
      const other = this.concentration
        .add(0.5 * (dim - 2))
        .unsqueeze(-1)
        .sub(offset.mul(0.5));
      const lengths = new Beta(offset.add(0.5), other, { validateArgs: false }).sample(sampleShape, options);
      const directions = randn(this.extendedShape(sampleShape), this.source(options)).tril(-1);
      // The first row has no direction; dividing it by 1 avoids 0/0.
      const first = this.#counted(dim).eq(0).to(this.like.dtype).unsqueeze(-1);
      const unit = directions.div(directions.square().sum(-1, { keepdim: true }).sqrt().add(first));
      const rows = unit.mul(lengths.sqrt().unsqueeze(-1));
      return rows.add(diagEmbed(rows.square().sum(-1).neg().add(1).clamp(finfo(this.like.dtype).tiny).sqrt()));
    });
  }

  override logProb(value: TensorOrNumber): Tensor {
    const { dim, concentration } = this;
    const diagonal = this.checked("logProb", value)
      .diagonal(0, -2, -1)
      .narrow(-1, 1, dim - 1);
    const order = concentration
      .sub(1)
      .mul(2)
      .unsqueeze(-1)
      .add(
        this.#counted(dim - 1)
          .neg()
          .add(dim - 2),
      );
    const alpha = concentration.add(0.5 * (dim - 1));
    const norm = logMultiGamma(alpha.sub(0.5), dim - 1)
      .add(0.5 * (dim - 1) * Math.log(Math.PI))
      .sub(lgamma(alpha).mul(dim - 1));
    return order.mul(diagonal.log()).sum(-1).sub(norm);
  }

  override expand(batchShape: Shape): LKJCholesky {
    return new LKJCholesky(this.dim, this.concentration.expand(batchShape), this.options);
  }

  /** The numbers 0, 1, …, n - 1. */
  #counted(n: number): Tensor {
    const { dtype, device } = this.like;
    return arange(n, { dtype, device });
  }
}
