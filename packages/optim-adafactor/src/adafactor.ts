/**
 * The Adafactor optimizer.
 */

import {
  type BaseOptions,
  checkNotNegative,
  type Memory,
  type ParameterUpdate,
  ParameterwiseOptimizer,
  type ParamsArgument,
} from "@akari/optim";
import { ArgumentError, computeType, finfo, refuse, type Shape, type Tensor } from "@akari/tensor";

/** Options of `Adafactor`. */
export interface AdafactorOptions extends BaseOptions {
  /** Largest relative step size η. Default 1e-2. */
  lr: number;
  /** Exponent τ, at most 0, of the decay rate 1 - t^τ of the averages at step t. Default -0.8. */
  beta2Decay: number;
  /**
   * ε₁, whose square is the least average of squared gradients, and ε₂, the least root mean square of a parameter that
   * a step is relative to. Null for ε₁ is the precision of the parameter's dtype, 2⁻²³ for float32. Default [null,
   * 1e-3].
   */
  eps: readonly [number | null, number];
  /** Greatest root mean square d of an update, at least 1. Default 1. */
  d: number;
  /** Decoupled weight decay λ. Default 0. */
  weightDecay: number;
}

/**
 * Adafactor: Adam without momentum, whose averages of squared gradients are kept by rows and columns, so that a matrix
 * of m × n elements needs m + n numbers of state instead of 2mn. Steps are relative to the size of a parameter.
 *
 *     ρ ← min(η, 1/√t)        α ← ρ max(ε₂, RMS(p))        β ← 1 - t^τ        p ← p - ηλp
 *     R ← βR + (1-β) mean of g² in each row        C ← βC + (1-β) mean of g² in each column
 *     V ← RC / max(ε₁, mean of R)        u ← g / √max(ε₁², V)        p ← p - α u / max(1, RMS(u)/d)
 *
 * For a parameter of fewer than two dimensions, V ← βV + (1-β)g². For one of more, these are the rows and columns of
 * the last two.
 *
 * Shazeer and Stern 2018, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost",
 * https://arxiv.org/abs/1804.04235
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.Adafactor.html
 *
 * @throws ArgumentError for a negative learning rate, weight decay or ε, a positive `beta2Decay`, and a `d` below 1.
 * @example
 * import { Adafactor } from "@akari/optim-adafactor";
 * const optimizer = new Adafactor(model.parameters(), { lr: 1e-2 });
 */
export class Adafactor extends ParameterwiseOptimizer<AdafactorOptions> {
  static override name = "Adafactor";

  constructor(params: ParamsArgument<AdafactorOptions>, options: Partial<AdafactorOptions> = {}) {
    super(params, { lr: 1e-2, beta2Decay: -0.8, eps: [null, 1e-3], d: 1, weightDecay: 0 }, options);
  }

  protected override check(options: Readonly<AdafactorOptions>): void {
    super.check(options);
    const { beta2Decay, eps, d, weightDecay } = options;
    checkNotNegative("Adafactor", { weightDecay });
    if (!(beta2Decay <= 0)) throw new ArgumentError(`Adafactor: beta2Decay must not be positive, got ${beta2Decay}`);
    if (!(d >= 1)) throw new ArgumentError(`Adafactor: d must be at least 1, got ${d}`);
    if (!Array.isArray(eps) || eps.length !== 2) refuse("Adafactor", "eps", eps, "be two numbers");
    const [eps1, eps2] = eps as AdafactorOptions["eps"];
    checkNotNegative("Adafactor", { "eps[0]": eps1 ?? 0, "eps[1]": eps2 });
  }

  protected override memory(_options: Readonly<AdafactorOptions>, shape: Shape): readonly Memory[] {
    if (shape.length < 2) return [{ name: "variance" }];
    return [
      { name: "row_var", shape: shape.with(-1, 1) },
      { name: "col_var", shape: shape.with(-2, 1) },
    ];
  }

  protected override updateParam(
    { param, grad, state, step }: ParameterUpdate,
    { lr, beta2Decay, eps, d, weightDecay }: Readonly<AdafactorOptions>,
  ): void {
    const [eps1 = finfo(param.dtype).eps, eps2] = [eps[0] ?? undefined, eps[1]];
    const type = computeType(param.dtype);
    const g = grad.to(type);
    const squared = g.square();
    /** Moves an average that is kept in the state towards the present values, and returns it. */
    const averaged = (name: string, present: Tensor): Tensor => {
      const average = state(name);
      return average.lerp_(present.to(average.dtype), step ** beta2Decay).to(type);
    };
    const alpha = rms(param.to(type))
      .clamp(eps2)
      .mul(Math.min(lr, 1 / Math.sqrt(step)));
    param.mul_(1 - lr * weightDecay);
    let variance: Tensor;
    if (param.ndim < 2) variance = averaged("variance", squared);
    else {
      const rows = averaged("row_var", squared.mean(-1, { keepdim: true }));
      const columns = averaged("col_var", squared.mean(-2, { keepdim: true }));
      variance = rows.mul(columns).div(rows.mean(-2, { keepdim: true }).clamp(eps1));
    }
    const update = variance
      .clamp(eps1 * eps1)
      .rsqrt()
      .mul(g);
    const size = rms(update).div(d).clamp(1);
    param.sub_(update.mul(alpha.div(size)).to(param.dtype));
  }
}

/** The root mean square of all elements. */
function rms(x: Tensor): Tensor {
  return x.square().mean().sqrt();
}
