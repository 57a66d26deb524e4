/**
 * Activations that draw random numbers.
 */

import {
  checkOrder,
  checkPositive,
  type Generator,
  pointwise,
  settings,
  softmax,
  type Tensor,
  zerosLike,
} from "@akari/tensor";

/** Options of `rrelu`. */
export interface RReLUOptions {
  /** The least slope. Default 1/8. */
  readonly lower?: number;
  /** The largest slope. Default 1/3. */
  readonly upper?: number;
  /** Whether to draw: otherwise the slope is the mean of both. Default false. */
  readonly training?: boolean;
  /** Where to draw from. Default: the default generator. */
  readonly generator?: Generator;
}

const sloped = /* @__PURE__ */ pointwise<[Tensor, Tensor | number]>("rrelu", (x, slope) =>
  x.gt(0).where(x, x.mul(slope)),
);

/**
 * `x` above 0, `a · x` below, `a` drawn uniformly from [lower, upper) for each element in training, and the mean of
 * both otherwise. Xu et al. 2015, https://arxiv.org/abs/1505.00853
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.rrelu.html
 *
 * @throws ArgumentError when `lower` is above `upper`.
 */
export function rrelu(input: Tensor, options?: RReLUOptions): Tensor {
  const { lower, upper, training, generator } = settings("rrelu", options, {
    lower: 1 / 8,
    upper: 1 / 3,
    training: false,
    generator: undefined,
  });
  checkOrder("rrelu", { lower, upper });
  if (!training) return sloped(input, (lower + upper) / 2);
  return sloped(input, input.newEmpty(input.shape).uniform_(lower, upper, generator && { generator }));
}

/** Options of `gumbelSoftmax`. */
export interface GumbelSoftmaxOptions {
  /** The temperature: the lower, the closer to one-hot. Default 1. */
  readonly tau?: number;
  /** Whether the result is one-hot, with the gradient of the soft one. Default false. */
  readonly hard?: boolean;
  /** The dimension of the classes. Default the last. */
  readonly dim?: number;
  /** Where to draw from. Default: the default generator. */
  readonly generator?: Generator;
}

/**
 * A differentiable draw from classes with these log-probabilities: `softmax((logits + g) / tau)`, g from the standard
 * Gumbel distribution. Jang et al. 2017, https://arxiv.org/abs/1611.01144
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.gumbel_softmax.html
 *
 * @throws ArgumentError unless `tau` is positive.
 */
export function gumbelSoftmax(logits: Tensor, options?: GumbelSoftmaxOptions): Tensor {
  const { tau, hard, dim, generator } = settings("gumbelSoftmax", options, {
    tau: 1,
    hard: false,
    dim: -1,
    generator: undefined,
  });
  checkPositive("gumbelSoftmax", "tau", tau);
  const gumbels = logits
    .newEmpty(logits.shape)
    .exponential_(1, generator && { generator })
    .log();
  const soft = softmax(logits.sub(gumbels).div(tau), dim);
  if (!hard) return soft;
  const { indices } = soft.max(dim, { keepdim: true });
  return zerosLike(soft).scatter(dim, indices, 1).sub(soft.detach()).add(soft);
}
