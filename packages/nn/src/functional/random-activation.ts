/**
 * Activation functions that draw random numbers.
 */

import {
  checkOrder,
  checkPositive,
  defaultGenerator,
  expectFloating,
  expectTensor,
  type Generator,
  pointwise,
  settings,
  softmax,
  type Tensor,
  writeDrawn,
  zerosLike,
} from "@akari/tensor";

/** Options of `rrelu`. */
export interface RReLUOptions {
  /** Smallest negative slope. Default 1/8. */
  readonly lower?: number;
  /** Largest negative slope. Default 1/3. */
  readonly upper?: number;
  /** Whether to draw a slope for each element; otherwise all slopes are (lower + upper) / 2. Default false. */
  readonly training?: boolean;
  /** Whether to overwrite the input with the result, which saves its memory. Default false. */
  readonly inplace?: boolean;
  /** Source of random numbers. Default: the default generator. */
  readonly generator?: Generator;
}

const sloped = /* @__PURE__ */ pointwise<[Tensor, Tensor | number]>("rrelu", (x, slope) =>
  x.gt(0).where(x, x.mul(slope)),
);

/**
 * Computes the randomized leaky ReLU: `x` where positive, `a · x` elsewhere. In training, `a` is drawn uniformly from
 * [lower, upper) for each element; otherwise it is (lower + upper) / 2. Xu et al. 2015,
 * https://arxiv.org/abs/1505.00853
 *
 * After `manualSeed`, slopes on the CPU equal PyTorch's: they are drawn only for elements that are not positive.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.rrelu.html
 *
 * @throws ArgumentError when `lower` is above `upper`.
 */
export function rrelu(input: Tensor, options?: RReLUOptions): Tensor {
  const { lower, upper, training, inplace, generator } = settings("rrelu", options, {
    lower: 1 / 8,
    upper: 1 / 3,
    training: false,
    inplace: false,
    generator: undefined,
  });
  checkOrder("rrelu", { lower, upper });
  expectFloating("rrelu", input);
  const slope = training ? slopes(input, lower, upper, generator) : (lower + upper) / 2;
  return inplace ? sloped.inPlace(input, slope) : sloped(input, slope);
}

/** Draws a slope for each element, or on devices whose elements the host can read, for those that are not positive. */
function slopes(input: Tensor, lower: number, upper: number, generator = defaultGenerator()): Tensor {
  if (input.device.readSync === undefined) return input.newEmpty(input.shape).uniform_(lower, upper, { generator });
  const given = input.detach().to("float64");
  const result = zerosLike(given);
  const draw = (x: number) => (x <= 0 ? generator.uniform64() * (upper - lower) + lower : 1);
  writeDrawn(result.device, result.buffer, 0, (values) => (values as Float64Array).map(draw), [given]); // safe: of float64
  return result.to(input.dtype);
}

/** Options of `gumbelSoftmax`. */
export interface GumbelSoftmaxOptions {
  /** Temperature: the lower it is, the closer the samples are to one-hot. Default 1. */
  readonly tau?: number;
  /** Whether to return one-hot samples, with the gradient of the soft ones. Default false. */
  readonly hard?: boolean;
  /** Class dimension. Default -1, the last. */
  readonly dim?: number;
  /** Source of random numbers. Default: the default generator. */
  readonly generator?: Generator;
}

/**
 * Draws differentiable samples from classes with unnormalized log-probabilities: `softmax((logits + g) / tau)`, with
 * `g` from the standard Gumbel distribution. Jang et al. 2017, https://arxiv.org/abs/1611.01144
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
  expectTensor("gumbelSoftmax", logits);
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
