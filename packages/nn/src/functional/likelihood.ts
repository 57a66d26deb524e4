/**
 * Negative log-likelihoods of Poisson and Gaussian distributions.
 */

import {
  expectBetween,
  pointwise,
  sameShape,
  settings,
  shapeError,
  shapeOf,
  showShape,
  type Tensor,
  withDerivative,
} from "@akari/tensor";
import { type LossOptions, lossDefaults, reduce } from "./reduction.ts";

/** Options of `poissonNllLoss`. */
export interface PoissonOptions extends LossOptions {
  /** Whether the input is the logarithm of the expected count. Default true. */
  readonly logInput?: boolean;
  /** Whether to add Stirling's approximation of `log y!`. Default false. */
  readonly full?: boolean;
  /** Value added to an expected count before taking its logarithm. Default 1e-8. */
  readonly eps?: number;
}

const logRate = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("poissonNllLoss", (x, y) => x.exp().sub(y.mul(x)));
const plainRate = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>("poissonNllLoss", (x, y, eps) =>
  x.sub(y.mul(x.add(eps).log())),
);
// Zero for counts up to one, as in PyTorch. The logarithm's argument is at least one, so that no gradient is NaN.
const logFactorial = /* @__PURE__ */ pointwise<[Tensor]>("poissonNllLoss", (y) => {
  const count = y.gt(1).where(y, 1);
  const stirling = count
    .mul(count.log())
    .sub(count)
    .add(
      count
        .mul(2 * Math.PI)
        .log()
        .mul(0.5),
    );
  return y.gt(1).where(stirling, 0);
});

/**
 * Computes the Poisson negative log-likelihood: `eˣ - y·x` for the logarithm `x` of the expected count, or
 * `x - y·log(x + ε)` for the expected count itself. Input and target broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.poisson_nll_loss.html
 */
export function poissonNllLoss(input: Tensor, target: Tensor, options?: PoissonOptions): Tensor {
  const { logInput, full, eps, reduction } = settings("poissonNllLoss", options, {
    logInput: true,
    full: false,
    eps: 1e-8,
    ...lossDefaults,
  });
  const losses = logInput ? logRate(input, target) : plainRate(input, target, eps);
  return reduce("poissonNllLoss", full ? losses.add(logFactorial(target)) : losses, reduction);
}

/** Options of `gaussianNllLoss`. */
export interface GaussianOptions extends LossOptions {
  /** Whether to add the constant `log(2π)/2`. Default false. */
  readonly full?: boolean;
  /** Lower bound of the variance. Default 1e-6. */
  readonly eps?: number;
}

const gaussian = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, number, number]>(
  "gaussianNllLoss",
  (x, y, variance, eps, rest) => {
    const spread = variance.max(eps);
    const d = x.sub(y);
    const loss = spread.log().add(d.square().div(spread)).mul(0.5);
    // The lower bound only prevents division by zero. As in PyTorch, the gradient passes through it.
    return withDerivative(loss, [x, y, variance], (_, x, y, variance) => {
      const spread = variance.max(eps);
      const d = x.sub(y).div(spread);
      return [d, d.neg(), spread.reciprocal().sub(d.square()).mul(0.5)];
    }).add(rest);
  },
);

/**
 * Computes the Gaussian negative log-likelihood `(log σ² + (x - y)²/σ²) / 2`, with the variance `σ²` clamped at ε from
 * below. Input and target broadcast. For an input [..., D], the variance is [..., D], or [..., 1] or [...] for one
 * value per row.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.gaussian_nll_loss.html
 *
 * @throws ShapeError when the variance has another shape.
 * @throws ArgumentError when a variance is negative.
 */
export function gaussianNllLoss(input: Tensor, target: Tensor, variance: Tensor, options?: GaussianOptions): Tensor {
  const { full, eps, reduction } = settings("gaussianNllLoss", options, { full: false, eps: 1e-6, ...lossDefaults });
  const rows = shapeOf("gaussianNllLoss", input).slice(0, -1);
  const perRow = sameShape(shapeOf("gaussianNllLoss", variance), rows) && !sameShape(variance.shape, input.shape);
  if (!perRow && !sameShape(variance.shape, input.shape) && !sameShape(variance.shape, [...rows, 1])) {
    const wanted = `a variance of shape ${showShape(input.shape)} or ${showShape([...rows, 1])}`;
    throw shapeError("gaussianNllLoss", wanted, variance);
  }
  expectBetween(variance, 0, Number.POSITIVE_INFINITY, "gaussianNllLoss: a variance cannot be negative, got {}", {
    nan: true,
  });
  const spread = perRow ? variance.unsqueeze(-1) : variance;
  const losses = gaussian(input, target, spread, eps, full ? 0.5 * Math.log(2 * Math.PI) : 0);
  return reduce("gaussianNllLoss", losses, reduction);
}
