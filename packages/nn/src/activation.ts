/**
 * Activation functions as layers, for `Sequential`.
 */

import {
  ArgumentError,
  celu,
  checkOrder,
  elu,
  empty,
  type GeluOptions,
  gelu,
  glu,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  logSoftmax,
  logsigmoid,
  mish,
  prelu,
  relu,
  relu6,
  type SoftplusOptions,
  selu,
  settings,
  shapeError,
  sigmoid,
  silu,
  softmax,
  softmin,
  softplus,
  softshrink,
  softsign,
  type Tensor,
  tanh,
  tanhshrink,
  threshold,
} from "@akari/tensor";
import { factoryDefaults } from "./arguments.ts";
import { rrelu } from "./functional/random-activation.ts";
import { constant_ } from "./init.ts";
import type { FactoryOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { fields, float } from "./state-name.ts";

/** `max(x, 0)`. https://pytorch.org/docs/stable/generated/torch.nn.ReLU.html */
export class ReLU extends Module {
  static override name = "ReLU";

  /** Each element of `input`, 0 in place of those below: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return relu(input);
  }
}

/** `min(max(x, 0), 6)`. https://pytorch.org/docs/stable/generated/torch.nn.ReLU6.html */
export class ReLU6 extends Module {
  static override name = "ReLU6";

  /** Each element of `input`, cut off at 0 and 6: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return relu6(input);
  }
}

/** `1 / (1 + e⁻ˣ)`. https://pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html */
export class Sigmoid extends Module {
  static override name = "Sigmoid";

  /** Each element of `input` as a number between 0 and 1: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return sigmoid(input);
  }
}

/** The hyperbolic tangent. https://pytorch.org/docs/stable/generated/torch.nn.Tanh.html */
export class Tanh extends Module {
  static override name = "Tanh";

  /** Each element of `input` as a number between -1 and 1: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return tanh(input);
  }
}

/** `x · sigmoid(x)`. https://pytorch.org/docs/stable/generated/torch.nn.SiLU.html */
export class SiLU extends Module {
  static override name = "SiLU";

  /** Each element of `input` times its own sigmoid: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return silu(input);
  }
}

/** `x · tanh(softplus(x))`. https://pytorch.org/docs/stable/generated/torch.nn.Mish.html */
export class Mish extends Module {
  static override name = "Mish";

  /** Each element of `input` times the tanh of its softplus: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return mish(input);
  }
}

/** A cheap sigmoid of three straight pieces. https://pytorch.org/docs/stable/generated/torch.nn.Hardsigmoid.html */
export class Hardsigmoid extends Module {
  static override name = "Hardsigmoid";

  /** 0 for elements up to -3, 1 from 3 on, `x/6 + 1/2` between: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return hardsigmoid(input);
  }
}

/** A cheap SiLU of three pieces. https://pytorch.org/docs/stable/generated/torch.nn.Hardswish.html */
export class Hardswish extends Module {
  static override name = "Hardswish";

  /** 0 for elements up to -3, themselves from 3 on, `x (x + 3) / 6` between: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return hardswish(input);
  }
}

/** The self-normalising exponential unit. https://pytorch.org/docs/stable/generated/torch.nn.SELU.html */
export class SELU extends Module {
  static override name = "SELU";

  /** `1.0507 · x` for elements above 0, `1.7581 · (eˣ - 1)` for the others: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return selu(input);
  }
}

/** `log(sigmoid(x))`. https://pytorch.org/docs/stable/generated/torch.nn.LogSigmoid.html */
export class LogSigmoid extends Module {
  static override name = "LogSigmoid";

  /** The logarithm of each element's sigmoid, below 0 and exact for large negative elements too: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return logsigmoid(input);
  }
}

/** `x / (1 + |x|)`. https://pytorch.org/docs/stable/generated/torch.nn.Softsign.html */
export class Softsign extends Module {
  static override name = "Softsign";

  /** Each element of `input` as a number between -1 and 1: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return softsign(input);
  }
}

/** `x - tanh(x)`. https://pytorch.org/docs/stable/generated/torch.nn.Tanhshrink.html */
export class Tanhshrink extends Module {
  static override name = "Tanhshrink";

  /** What the tanh takes away from each element: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return tanhshrink(input);
  }
}

/**
 * The Gaussian error linear unit, exact or by the tanh formula.
 * https://pytorch.org/docs/stable/generated/torch.nn.GELU.html
 */
export class GELU extends Module {
  static override name = "GELU";
  /** `"none"` for the exact formula with erf, `"tanh"` for the approximation. Default `"none"`. */
  readonly approximate: "none" | "tanh";

  constructor(options?: GeluOptions) {
    super();
    this.approximate = settings("GELU", options, { approximate: "none" }).approximate;
  }

  /** Each element times the share of the standard normal distribution below it: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return gelu(input, { approximate: this.approximate });
  }

  override extraRepr(): string {
    return fields(this, "approximate");
  }
}

/**
 * `x` where positive, `negativeSlope · x` (default 0.01) elsewhere.
 * https://pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html
 */
export class LeakyReLU extends Module {
  static override name = "LeakyReLU";
  /** What elements below 0 are multiplied by. Default 0.01. */
  readonly negativeSlope: number;

  constructor(negativeSlope = 0.01) {
    super();
    this.negativeSlope = negativeSlope;
  }

  /** Each element of `input`, those below 0 times `negativeSlope`: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return leakyRelu(input, this.negativeSlope);
  }

  override extraRepr(): string {
    return fields(this, "negativeSlope");
  }
}

/**
 * `x` where positive, `α(eˣ - 1)` elsewhere; α is 1 by default.
 * https://pytorch.org/docs/stable/generated/torch.nn.ELU.html
 */
export class ELU extends Module {
  static override name = "ELU";
  /** How far below 0 the result may go: it tends to -α. Default 1. */
  readonly alpha: number;

  constructor(alpha = 1) {
    super();
    this.alpha = alpha;
  }

  /** Each element above 0 as it is, `α(eˣ - 1)` for the others: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return elu(input, this.alpha);
  }

  override extraRepr(): string {
    return `alpha=${float(this.alpha)}`;
  }
}

/**
 * `max(x, 0) + min(α(e^(x/α) - 1), 0)`; α is 1 by default. https://pytorch.org/docs/stable/generated/torch.nn.CELU.html
 */
export class CELU extends Module {
  static override name = "CELU";
  /** How far below 0 the result may go, and how slowly it gets there; not 0. Default 1. */
  readonly alpha: number;

  constructor(alpha = 1) {
    super();
    this.alpha = alpha;
  }

  /** Each element above 0 as it is, `α(e^(x/α) - 1)` for the others: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return celu(input, this.alpha);
  }

  override extraRepr(): string {
    return `alpha=${float(this.alpha)}`;
  }
}

/**
 * `log(1 + e^(βx)) / β`, the identity where βx is above the threshold.
 * https://pytorch.org/docs/stable/generated/torch.nn.Softplus.html
 */
export class Softplus extends Module {
  static override name = "Softplus";
  /** How sharp the bend at 0 is. Default 1. */
  readonly beta: number;
  /** Where βx is above this, the result is `x` itself. Default 20. */
  readonly threshold: number;

  constructor(options?: SoftplusOptions) {
    super();
    const { beta, threshold } = settings("Softplus", options, { beta: 1, threshold: 20 });
    this.beta = beta;
    this.threshold = threshold;
  }

  /** `log(1 + e^(βx)) / β` of each element, which is above 0: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return softplus(input, { beta: this.beta, threshold: this.threshold });
  }

  override extraRepr(): string {
    return fields(this, "beta", "threshold");
  }
}

/**
 * `x` kept between `min` (default -1) and `max` (default 1).
 * https://pytorch.org/docs/stable/generated/torch.nn.Hardtanh.html
 */
export class Hardtanh extends Module {
  static override name = "Hardtanh";
  /** What smaller elements become. Default -1. */
  readonly min: number;
  /** What larger elements become. Default 1. */
  readonly max: number;

  constructor(min = -1, max = 1) {
    super();
    if (!(min < max)) throw new ArgumentError(`Hardtanh: min must be below max, got ${min} and ${max}`);
    this.min = min;
    this.max = max;
  }

  /** Each element of `input`, cut off at `min` and `max`: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return hardtanh(input, this.min, this.max);
  }

  override extraRepr(): string {
    return `min_val=${float(this.min)}, max_val=${float(this.max)}`;
  }
}

/** Zero where `|x| ≤ λ` (default 0.5). https://pytorch.org/docs/stable/generated/torch.nn.Hardshrink.html */
export class Hardshrink extends Module {
  static override name = "Hardshrink";
  /** How far from 0 an element has to be to stay: λ. Default 0.5. */
  readonly lambd: number;

  constructor(lambd = 0.5) {
    super();
    this.lambd = lambd;
  }

  /** Each element farther than λ from 0 as it is, 0 for the others: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return hardshrink(input, this.lambd);
  }

  override extraRepr(): string {
    return String(this.lambd);
  }
}

/**
 * Moved towards zero by `λ` (default 0.5), and zero within.
 * https://pytorch.org/docs/stable/generated/torch.nn.Softshrink.html
 */
export class Softshrink extends Module {
  static override name = "Softshrink";
  /** How far elements are moved towards 0: λ. Default 0.5. */
  readonly lambd: number;

  constructor(lambd = 0.5) {
    super();
    this.lambd = lambd;
  }

  /** `x - λ` for elements above λ, `x + λ` for those below -λ, 0 between: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return softshrink(input, this.lambd);
  }

  override extraRepr(): string {
    return String(this.lambd);
  }
}

/** `x` above the limit, `value` elsewhere. https://pytorch.org/docs/stable/generated/torch.nn.Threshold.html */
export class Threshold extends Module {
  static override name = "Threshold";
  /** The limit: elements up to it are replaced. */
  readonly threshold: number;
  /** What takes their place. */
  readonly value: number;

  constructor(limit: number, value: number) {
    super();
    this.threshold = limit;
    this.value = value;
  }

  /** Each element above the limit as it is, `value` for the others: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return threshold(input, this.threshold, this.value);
  }

  override extraRepr(): string {
    return fields(this, "threshold", "value");
  }
}

/** Options of `PReLU`. */
export interface PReLUOptions extends FactoryOptions {
  /** The slope to start with. Default 0.25. */
  readonly init?: number;
}

/**
 * A ReLU whose negative slope is learned: one for all, or one per channel.
 * https://pytorch.org/docs/stable/generated/torch.nn.PReLU.html
 */
export class PReLU extends Module {
  static override name = "PReLU";
  /** How many slopes are learned: 1 for all channels together, or as many as there are channels. */
  readonly numParameters: number;
  /** The slopes below 0, [numParameters]; all start as `init`, by default 0.25. */
  weight: Parameter;

  constructor(numParameters = 1, options?: PReLUOptions) {
    super();
    const { init, ...factory } = settings("PReLU", options, { init: 0.25, ...factoryDefaults });
    this.numParameters = numParameters;
    this.weight = new Parameter(empty([numParameters], factory));
    constant_(this.weight, init);
  }

  /**
   * Each element above 0 as it is, the others times the slope of their channel: [N, C, ...] → [N, C, ...]; with one
   * slope, of any shape.
   */
  forward(input: Tensor): Tensor {
    return prelu(input, this.weight);
  }

  override extraRepr(): string {
    return fields(this, "numParameters");
  }
}

/**
 * A ReLU whose negative slope is drawn for each element in training, and the mean slope otherwise.
 * https://pytorch.org/docs/stable/generated/torch.nn.RReLU.html
 *
 * @throws ArgumentError when `lower` is above `upper`.
 */
export class RReLU extends Module {
  static override name = "RReLU";
  /** The least slope below 0. Default 1/8. */
  readonly lower: number;
  /** The largest slope below 0. Default 1/3. */
  readonly upper: number;

  constructor(lower: number = 1 / 8, upper: number = 1 / 3) {
    super();
    checkOrder("RReLU", { lower, upper });
    this.lower = lower;
    this.upper = upper;
  }

  /**
   * Elements above 0 as they are, the others times a slope each, drawn from
   * [lower, upper), in evaluation all times (lower + upper) / 2: [...] → [...].
   */
  forward(input: Tensor): Tensor {
    return rrelu(input, { lower: this.lower, upper: this.upper, training: this.training });
  }

  override extraRepr(): string {
    return fields(this, "lower", "upper");
  }
}

/**
 * The first half of a dimension (default the last), gated by the sigmoid of the second.
 * https://pytorch.org/docs/stable/generated/torch.nn.GLU.html
 */
export class GLU extends Module {
  static override name = "GLU";
  /** The dimension that is halved. Default the last. */
  readonly dim: number;

  constructor(dim = -1) {
    super();
    this.dim = dim;
  }

  /**
   * The first half along `dim`, times the sigmoid of the second: [..., 2n, ...] → [..., n, ...]. Throws a ShapeError
   * for an odd size.
   */
  forward(input: Tensor): Tensor {
    return glu(input, this.dim);
  }

  override extraRepr(): string {
    return fields(this, "dim");
  }
}

abstract class AlongDim extends Module {
  /** The dimension along which elements belong together. Default the last. */
  readonly dim: number;

  constructor(dim = -1) {
    super();
    this.dim = dim;
  }

  abstract override forward(input: Tensor): Tensor;

  override extraRepr(): string {
    return fields(this, "dim");
  }
}

/**
 * `eˣ / Σ eˣ` along a dimension, by default the last. https://pytorch.org/docs/stable/generated/torch.nn.Softmax.html
 */
export class Softmax extends AlongDim {
  static override name = "Softmax";

  /** Numbers from 0 to 1 that add up to 1 along `dim`: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return softmax(input, this.dim);
  }
}

/**
 * The softmax over the channels of images: [N, C, H, W] or [C, H, W].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Softmax2d.html
 *
 * @throws ShapeError, when called, for another number of dimensions.
 */
export class Softmax2d extends Module {
  static override name = "Softmax2d";

  /**
   * Numbers from 0 to 1 that add up to 1 over the channels of each pixel: [N, C, H, W] → [N, C, H, W], or without N.
   */
  forward(input: Tensor): Tensor {
    if (input.ndim !== 3 && input.ndim !== 4) throw shapeError("Softmax2d", "[N, C, H, W] or [C, H, W]", input);
    return softmax(input, -3);
  }
}

/** The logarithm of the softmax. https://pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html */
export class LogSoftmax extends AlongDim {
  static override name = "LogSoftmax";

  /** The logarithms of numbers that add up to 1 along `dim`: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return logSoftmax(input, this.dim);
  }
}

/** The softmax of the negative. https://pytorch.org/docs/stable/generated/torch.nn.Softmin.html */
export class Softmin extends AlongDim {
  static override name = "Softmin";

  /** Numbers from 0 to 1 that add up to 1 along `dim`, the largest where `input` is smallest: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return softmin(input, this.dim);
  }
}
