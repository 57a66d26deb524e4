/**
 * Negative log-likelihoods of counts and of numbers with a known spread.
 */

import {
  expectBetween,
  pointwise,
  ShapeError,
  sameShape,
  settings,
  showShape,
  type Tensor,
  withDerivative,
} from "@akari/tensor";
import { type LossOptions, lossDefaults, reduce } from "./reduction.ts";

/** Options of `poissonNllLoss`. */
export interface PoissonOptions extends LossOptions {
  /** Whether the input is the logarithm of the expected count. Default true. */
  readonly logInput?: boolean;
  /** Whether `log y!`, by Stirling's formula, is counted. Default false. */
  readonly full?: boolean;
  /** Added to an expected count before its logarithm is taken. Default 1e-8. */
  readonly eps?: number;
}

const logRate = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("poissonNllLoss", (x, y) => x.exp().sub(y.mul(x)));
const plainRate = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>("poissonNllLoss", (x, y, eps) =>
  x.sub(y.mul(x.add(eps).log())),
);
// Zero up to a count of one, whose factorial is one; the logarithm is kept away from zero, so that no gradient is NaN.
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
 * `eˣ - y·x` for the logarithm `x` of the expected count, `x - y·log(x + ε)` for the expected count itself.
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
  /** Whether the constant `log(2π)/2` is counted. Default false. */
  readonly full?: boolean;
  /** The least variance. Default 1e-6. */
  readonly eps?: number;
}

const gaussian = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, number, number]>(
  "gaussianNllLoss",
  (x, y, variance, eps, rest) => {
    const spread = variance.max(eps);
    const d = x.sub(y);
    const loss = spread.log().add(d.square().div(spread)).mul(0.5);
    // The limit is there against division by zero and does not stop the gradient.
    return withDerivative(loss, [x, y, variance], (_, x, y, variance) => {
      const spread = variance.max(eps);
      const d = x.sub(y).div(spread);
      return [d, d.neg(), spread.reciprocal().sub(d.square()).mul(0.5)];
    }).add(rest);
  },
);

/**
 * `(log σ² + (x - y)²/σ²) / 2`, the variance `σ²` being at least ε: input and target of one shape; variance of the
 * same, or one for each row.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.gaussian_nll_loss.html
 *
 * @throws ShapeError when the variance suits neither. @throws ArgumentError for a negative variance.
 */
export function gaussianNllLoss(input: Tensor, target: Tensor, variance: Tensor, options?: GaussianOptions): Tensor {
  const { full, eps, reduction } = settings("gaussianNllLoss", options, { full: false, eps: 1e-6, ...lossDefaults });
  const rows = input.shape.slice(0, -1);
  const perRow = sameShape(variance.shape, rows) && !sameShape(variance.shape, input.shape);
  if (!perRow && !sameShape(variance.shape, input.shape) && !sameShape(variance.shape, [...rows, 1])) {
    throw new ShapeError(
      `gaussianNllLoss: the variance has shape ${showShape(variance.shape)}, an input of shape ${showShape(input.shape)} wants ${showShape(input.shape)} or ${showShape([...rows, 1])}`,
    );
  }
  expectBetween(variance, 0, Number.POSITIVE_INFINITY, "gaussianNllLoss: a variance cannot be negative, got {}", {
    nan: true,
  });
  const spread = perRow ? variance.unsqueeze(-1) : variance;
  const losses = gaussian(input, target, spread, eps, full ? 0.5 * Math.log(2 * Math.PI) : 0);
  return reduce("gaussianNllLoss", losses, reduction);
}
