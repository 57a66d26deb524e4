/**
 * The Muon optimizer.
 */

import {
  type BaseOptions,
  checkFraction,
  checkNotNegative,
  type Memory,
  type ParameterUpdate,
  ParameterwiseOptimizer,
  type ParamsArgument,
} from "@akari/optim";
import {
  addmm,
  checkChoice,
  checkInteger,
  computeType,
  refuse,
  ShapeError,
  showShape,
  type Tensor,
} from "@akari/tensor";

/** Options of `Muon`. */
export interface MuonOptions extends BaseOptions {
  /** Learning rate η. Default 1e-3. */
  lr: number;
  /** Decoupled weight decay λ. Default 0.1. */
  weightDecay: number;
  /** Momentum μ. Default 0.95. */
  momentum: number;
  /** Whether to use Nesterov momentum. Default true. */
  nesterov: boolean;
  /** The coefficients a, b and c of the polynomial. Default [3.4445, -4.775, 2.0315]. */
  nsCoefficients: readonly [number, number, number];
  /** Smallest norm that a matrix is divided by. Default 1e-7. */
  eps: number;
  /** Number of steps of the Newton–Schulz iteration, below 100. Default 5. */
  nsSteps: number;
  /**
   * How the learning rate depends on the shape [m, n]: "original" multiplies it by √max(1, m/n), "match_rms_adamw" by
   * 0.2 √max(m, n), so that the steps are as large as those of AdamW, and its learning rate and weight decay can be
   * used. Default null, the same as "original".
   */
  adjustLrFn: "original" | "match_rms_adamw" | null;
}

/**
 * Muon ("momentum orthogonalized by Newton–Schulz"): every step is a matrix with nearly equal singular values, so that
 * rare directions are learned as fast as frequent ones. It is for the weight matrices of hidden layers; embeddings, the
 * output layer, biases and convolutions are left to another optimizer, such as AdamW.
 *
 *     m ← μm + (1-μ)g        u ← (1-μ)g + μm, or m without Nesterov momentum        X ← u / ‖u‖
 *     X ← aX + (bA + cA²)X with A = XXᵀ, `nsSteps` times        p ← p - ηλp - η √max(1, rows/columns) X
 *
 * The iteration is computed in float32, for float64 parameters in float64. PyTorch uses bfloat16.
 *
 * Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks",
 * https://kellerjordan.github.io/posts/muon/; Liu et al. 2025, "Muon is Scalable for LLM Training",
 * https://arxiv.org/abs/2502.16982
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.Muon.html
 *
 * @throws ShapeError for a parameter that is not a matrix.
 * @throws ArgumentError for a negative learning rate, weight decay or `eps`, a momentum outside of [0, 1],
 * coefficients that are not three numbers, and invalid values of `nsSteps` and `adjustLrFn`.
 * @example
 * import { Muon } from "@akari/optim-muon";
 * const parameters = [...model.parameters()];
 * const matrices = new Muon(parameters.filter((p) => p.ndim === 2));
 * const others = new AdamW(parameters.filter((p) => p.ndim !== 2));
 */
export class Muon extends ParameterwiseOptimizer<MuonOptions> {
  static override name = "Muon";

  constructor(params: ParamsArgument<MuonOptions>, options: Partial<MuonOptions> = {}) {
    const defaults: MuonOptions = {
      lr: 1e-3,
      weightDecay: 0.1,
      momentum: 0.95,
      nesterov: true,
      nsCoefficients: [3.4445, -4.775, 2.0315],
      eps: 1e-7,
      nsSteps: 5,
      adjustLrFn: null,
    };
    super(params, defaults, options);
  }

  protected override check(options: Readonly<MuonOptions>): void {
    super.check(options);
    const { weightDecay, momentum, eps, nsSteps, nsCoefficients, adjustLrFn } = options;
    checkNotNegative("Muon", { weightDecay, eps });
    checkFraction("Muon", { momentum });
    checkInteger("Muon", "nsSteps", nsSteps, 0, 99);
    checkChoice("Muon", "adjustLrFn", adjustLrFn, ["original", "match_rms_adamw", null]);
    if (!Array.isArray(nsCoefficients) || nsCoefficients.length !== 3 || !nsCoefficients.every(Number.isFinite))
      refuse("Muon", "nsCoefficients", nsCoefficients, "be three numbers");
  }

  protected override checkParam(param: Tensor, i: number): void {
    super.checkParam(param, i);
    if (param.ndim !== 2)
      throw new ShapeError(
        `Muon: parameter ${i} has shape ${showShape(param.shape)}; only matrices can be optimized, use AdamW for others`,
      );
  }

  protected override memory(): readonly Memory[] {
    return [{ name: "momentum_buffer" }];
  }

  protected override updateParam({ param, grad, state }: ParameterUpdate, options: Readonly<MuonOptions>): void {
    const { lr, weightDecay, momentum, nesterov } = options;
    const m = state("momentum_buffer").lerp_(grad, 1 - momentum);
    const direction = orthogonalized(nesterov ? grad.lerp(m, momentum) : m, options).to(param.dtype);
    param.mul_(1 - lr * weightDecay).sub_(direction, { alpha: lr * adjustment(param, options) });
  }
}

/** Replaces the singular values of a matrix by ones close to 1, with the Newton–Schulz iteration. */
function orthogonalized(matrix: Tensor, { nsCoefficients: [a, b, c], nsSteps, eps }: Readonly<MuonOptions>): Tensor {
  const [rows, columns] = matrix.shape as [number, number]; // safe: `checkParam` accepts only matrices
  // The products are smaller if there are fewer rows than columns.
  const wide = rows > columns ? matrix.t() : matrix;
  let x = wide.to(computeType(matrix.dtype));
  x = x.div(x.norm().clamp(eps));
  for (let step = 0; step < nsSteps; step++) {
    const gram = x.matmul(x.t());
    x = addmm(x, addmm(gram, gram, gram, { beta: b, alpha: c }), x, { beta: a });
  }
  return rows > columns ? x.t() : x;
}

/** The factor of the learning rate. */
function adjustment({ shape }: Tensor, { adjustLrFn }: Readonly<MuonOptions>): number {
  const [rows, columns] = shape as [number, number]; // safe: `checkParam` accepts only matrices
  if (adjustLrFn === "match_rms_adamw") return 0.2 * Math.sqrt(Math.max(rows, columns));
  return Math.sqrt(Math.max(1, rows / columns));
}
