/**
 * Activation functions as layers, for use in `Sequential`.
 */

import {
  ArgumentError,
  celu,
  checkOrder,
  elu,
  empty,
  expectRank,
  type GeluOptions,
  gelu,
  glu,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  type InplaceOptions,
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
  type Unary,
} from "@akari/tensor";
import { factoryDefaults } from "./arguments.ts";
import { rrelu } from "./functional/random-activation.ts";
import { constant_ } from "./init.ts";
import type { FactoryOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { fields, float } from "./state-name.ts";

/** Activations that can overwrite their input. */
abstract class Inplace extends Module {
  /** Whether the result overwrites the input. */
  readonly inplace: boolean;

  constructor(options?: InplaceOptions) {
    super();
    this.inplace = settings(this.constructor.name, options, { inplace: false }).inplace;
  }

  /** Adds `inplace` to the printed parameters. */
  protected shown(...parameters: string[]): string {
    return parameters.concat(this.inplace ? "inplace=True" : []).join(", ");
  }

  /** Describes the parameters for printing. */
  override extraRepr(): string {
    return this.shown();
  }
}

/** Activations without parameters, which can overwrite their input. */
abstract class Elementwise extends Inplace {
  static override readonly keepsNothing = true;
  /** The function to apply. */
  protected abstract activation(): Unary;

  /**
   * Applies the function to each element: [...] → [...]. With `inplace`, returns the input itself.
   *
   * @throws AutogradError with `inplace`, for a leaf that requires a gradient.
   */
  forward(input: Tensor): Tensor {
    const activation = this.activation();
    return this.inplace ? activation.inPlace(input) : activation(input);
  }
}

/** Rectified linear unit, `max(x, 0)`. https://pytorch.org/docs/stable/generated/torch.nn.ReLU.html */
export class ReLU extends Elementwise {
  static override name = "ReLU";

  protected activation(): Unary {
    return relu;
  }
}

/** ReLU with an upper bound, `min(max(x, 0), 6)`. https://pytorch.org/docs/stable/generated/torch.nn.ReLU6.html */
export class ReLU6 extends Elementwise {
  static override name = "ReLU6";

  protected activation(): Unary {
    return relu6;
  }
}

/** Logistic sigmoid, `1 / (1 + e⁻ˣ)`. https://pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html */
export class Sigmoid extends Module {
  static override name = "Sigmoid";
  static override readonly keepsNothing = true;

  /** Maps each element to a value between 0 and 1: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return sigmoid(input);
  }
}

/** Hyperbolic tangent. https://pytorch.org/docs/stable/generated/torch.nn.Tanh.html */
export class Tanh extends Module {
  static override name = "Tanh";
  static override readonly keepsNothing = true;

  /** Maps each element to a value between -1 and 1: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return tanh(input);
  }
}

/** Sigmoid linear unit (swish), `x · sigmoid(x)`. https://pytorch.org/docs/stable/generated/torch.nn.SiLU.html */
export class SiLU extends Elementwise {
  static override name = "SiLU";

  protected activation(): Unary {
    return silu;
  }
}

/** Mish activation, `x · tanh(softplus(x))`. https://pytorch.org/docs/stable/generated/torch.nn.Mish.html */
export class Mish extends Elementwise {
  static override name = "Mish";

  protected activation(): Unary {
    return mish;
  }
}

/**
 * Piecewise linear approximation of the sigmoid. https://pytorch.org/docs/stable/generated/torch.nn.Hardsigmoid.html
 */
export class Hardsigmoid extends Elementwise {
  static override name = "Hardsigmoid";

  protected activation(): Unary {
    return hardsigmoid;
  }
}

/** Piecewise approximation of SiLU. https://pytorch.org/docs/stable/generated/torch.nn.Hardswish.html */
export class Hardswish extends Elementwise {
  static override name = "Hardswish";

  protected activation(): Unary {
    return hardswish;
  }
}

/** Scaled exponential linear unit. https://pytorch.org/docs/stable/generated/torch.nn.SELU.html */
export class SELU extends Elementwise {
  static override name = "SELU";

  protected activation(): Unary {
    return selu;
  }
}

/** Logarithm of the sigmoid, `log(sigmoid(x))`. https://pytorch.org/docs/stable/generated/torch.nn.LogSigmoid.html */
export class LogSigmoid extends Module {
  static override name = "LogSigmoid";
  static override readonly keepsNothing = true;

  /** Computes `log(sigmoid(x))` of each element, accurately for large negative elements too: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return logsigmoid(input);
  }
}

/** Softsign activation, `x / (1 + |x|)`. https://pytorch.org/docs/stable/generated/torch.nn.Softsign.html */
export class Softsign extends Module {
  static override name = "Softsign";
  static override readonly keepsNothing = true;

  /** Maps each element to a value between -1 and 1: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return softsign(input);
  }
}

/** Tanhshrink activation, `x - tanh(x)`. https://pytorch.org/docs/stable/generated/torch.nn.Tanhshrink.html */
export class Tanhshrink extends Module {
  static override name = "Tanhshrink";
  static override readonly keepsNothing = true;

  /** Subtracts its hyperbolic tangent from each element: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return tanhshrink(input);
  }
}

/**
 * Gaussian error linear unit, `x · Φ(x)`, exact or with the tanh approximation.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.GELU.html
 */
export class GELU extends Module {
  static override name = "GELU";
  static override readonly keepsNothing = true;
  /** Approximation: `"none"` for the exact formula with erf, `"tanh"` for the tanh formula. Default `"none"`. */
  readonly approximate: "none" | "tanh";

  constructor(options?: GeluOptions) {
    super();
    this.approximate = settings("GELU", options, { approximate: "none" }).approximate;
  }

  /** Multiplies each element by the standard normal CDF at that element: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return gelu(input, { approximate: this.approximate });
  }

  override extraRepr(): string {
    return fields(this, "approximate");
  }
}

/**
 * Leaky rectified linear unit: `x` where positive, `negativeSlope · x` elsewhere.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html
 */
export class LeakyReLU extends Inplace {
  static override name = "LeakyReLU";
  static override readonly keepsNothing = true;
  /** Factor of negative elements. Default 0.01. */
  readonly negativeSlope: number;

  constructor(negativeSlope = 0.01, options?: InplaceOptions) {
    super(options);
    this.negativeSlope = negativeSlope;
  }

  /** Multiplies negative elements by `negativeSlope`: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return leakyRelu(input, this.negativeSlope, { inplace: this.inplace });
  }

  /** Describes the parameters for printing. */
  override extraRepr(): string {
    return this.shown(fields(this, "negativeSlope"));
  }
}

/** Exponential linear units. */
abstract class Exponential extends Inplace {
  /** α: the output tends to -α for large negative elements. Not 0 for CELU, where it does so at a rate of 1/α. Default 1. */
  readonly alpha: number;

  constructor(alpha = 1, options?: InplaceOptions) {
    super(options);
    this.alpha = alpha;
  }

  abstract override forward(input: Tensor): Tensor;

  /** Describes the parameters for printing. */
  override extraRepr(): string {
    return this.shown(`alpha=${float(this.alpha)}`);
  }
}

/**
 * Exponential linear unit: `x` where positive, `α(eˣ - 1)` elsewhere.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ELU.html
 */
export class ELU extends Exponential {
  static override name = "ELU";
  static override readonly keepsNothing = true;

  /** Computes `α(eˣ - 1)` of negative elements and keeps the others: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return elu(input, this.alpha, { inplace: this.inplace });
  }
}

/**
 * Continuously differentiable exponential linear unit, `max(x, 0) + min(α(e^(x/α) - 1), 0)`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.CELU.html
 */
export class CELU extends Exponential {
  static override name = "CELU";
  static override readonly keepsNothing = true;

  /** Computes `α(e^(x/α) - 1)` of negative elements and keeps the others: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return celu(input, this.alpha, { inplace: this.inplace });
  }
}

/**
 * Softplus, `log(1 + e^(βx)) / β`: a smooth ReLU. The identity where βx is above the threshold.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Softplus.html
 */
export class Softplus extends Module {
  static override name = "Softplus";
  static override readonly keepsNothing = true;
  /** β: the larger it is, the closer the function is to ReLU. Default 1. */
  readonly beta: number;
  /** Value of βx above which the output is `x` itself. Default 20. */
  readonly threshold: number;

  constructor(options?: SoftplusOptions) {
    super();
    const { beta, threshold } = settings("Softplus", options, { beta: 1, threshold: 20 });
    this.beta = beta;
    this.threshold = threshold;
  }

  /** Computes `log(1 + e^(βx)) / β` of each element: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return softplus(input, { beta: this.beta, threshold: this.threshold });
  }

  override extraRepr(): string {
    return fields(this, "beta", "threshold");
  }
}

/**
 * Hard tanh: clamps elements to [min, max], by default [-1, 1].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Hardtanh.html
 *
 * @throws ArgumentError unless `min` is below `max`.
 */
export class Hardtanh extends Inplace {
  static override name = "Hardtanh";
  static override readonly keepsNothing = true;
  /** Lower bound. Default -1. */
  readonly min: number;
  /** Upper bound. Default 1. */
  readonly max: number;

  constructor(min = -1, max = 1, options?: InplaceOptions) {
    super(options);
    if (!(min < max)) throw new ArgumentError(`Hardtanh: min must be below max, got ${min} and ${max}`);
    this.min = min;
    this.max = max;
  }

  /** Clamps each element to [min, max]: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return hardtanh(input, this.min, this.max, { inplace: this.inplace });
  }

  /** Describes the parameters for printing. */
  override extraRepr(): string {
    return this.shown(`min_val=${float(this.min)}, max_val=${float(this.max)}`);
  }
}

/** Activations that replace small elements with 0. */
abstract class Shrink extends Module {
  /** Threshold λ. Default 0.5. */
  readonly lambd: number;

  constructor(lambd = 0.5) {
    super();
    this.lambd = lambd;
  }

  abstract override forward(input: Tensor): Tensor;

  override extraRepr(): string {
    return String(this.lambd);
  }
}

/**
 * Hard shrinkage: zero where `|x| ≤ λ`, else `x`. https://pytorch.org/docs/stable/generated/torch.nn.Hardshrink.html
 */
export class Hardshrink extends Shrink {
  static override name = "Hardshrink";
  static override readonly keepsNothing = true;

  /** Replaces elements in [-λ, λ] with 0: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return hardshrink(input, this.lambd);
  }
}

/**
 * Soft shrinkage: moves elements toward zero by `λ`; elements within λ of zero become 0.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Softshrink.html
 */
export class Softshrink extends Shrink {
  static override name = "Softshrink";
  static override readonly keepsNothing = true;

  /** Computes `x - λ` of elements above λ, `x + λ` of elements below -λ, and 0 otherwise: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return softshrink(input, this.lambd);
  }
}

/**
 * Threshold: `x` above the limit, `value` elsewhere. https://pytorch.org/docs/stable/generated/torch.nn.Threshold.html
 */
export class Threshold extends Inplace {
  static override name = "Threshold";
  static override readonly keepsNothing = true;
  /** Limit: elements not above it are replaced. */
  readonly threshold: number;
  /** Replacement value. */
  readonly value: number;

  constructor(limit: number, value: number, options?: InplaceOptions) {
    super(options);
    this.threshold = limit;
    this.value = value;
  }

  /** Replaces elements not above the limit with `value`: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return threshold(input, this.threshold, this.value, { inplace: this.inplace });
  }

  /** Describes the parameters for printing. */
  override extraRepr(): string {
    return this.shown(fields(this, "threshold", "value"));
  }
}

/** Options of `PReLU`. */
export interface PReLUOptions extends FactoryOptions {
  /** Initial slope. Default 0.25. */
  readonly init?: number;
}

/**
 * ReLU with a learnable negative slope, one for all channels or one per channel.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.PReLU.html
 */
export class PReLU extends Module {
  static override name = "PReLU";
  static override readonly keepsNothing = true;
  /** Number of learnable slopes: 1, or the number of channels. */
  readonly numParameters: number;
  /** Initial value of the slopes. Default 0.25. */
  readonly init: number;
  /** Learnable slopes for negative elements, [numParameters], initialized to `init`. */
  weight: Parameter;

  constructor(numParameters = 1, options?: PReLUOptions) {
    super();
    const { init, ...factory } = settings("PReLU", options, { init: 0.25, ...factoryDefaults });
    this.numParameters = numParameters;
    this.init = init;
    this.weight = new Parameter(empty([numParameters], factory));
    this.resetParameters();
  }

  /** Sets all slopes to `init`. */
  resetParameters(): void {
    constant_(this.weight, this.init);
  }

  /**
   * Multiplies negative elements by the slope of their channel: [N, C, ...] → [N, C, ...], or any shape with a single
   * slope.
   */
  forward(input: Tensor): Tensor {
    return prelu(input, this.weight);
  }

  override extraRepr(): string {
    return fields(this, "numParameters");
  }
}

/**
 * Randomized leaky ReLU: draws a negative slope for each element in training, and uses the mean slope in evaluation.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.RReLU.html
 *
 * @throws ArgumentError when `lower` is above `upper`.
 */
export class RReLU extends Inplace {
  static override name = "RReLU";
  static override readonly keepsNothing = true;
  /** Smallest negative slope. Default 1/8. */
  readonly lower: number;
  /** Largest negative slope. Default 1/3. */
  readonly upper: number;

  constructor(lower: number = 1 / 8, upper: number = 1 / 3, options?: InplaceOptions) {
    super(options);
    checkOrder("RReLU", { lower, upper });
    this.lower = lower;
    this.upper = upper;
  }

  /**
   * Multiplies negative elements by slopes drawn from [lower, upper), or in evaluation by (lower + upper) / 2: [...] →
   * [...].
   */
  forward(input: Tensor): Tensor {
    const { lower, upper, training, inplace } = this;
    return rrelu(input, { lower, upper, training, inplace });
  }

  /** Describes the parameters for printing. */
  override extraRepr(): string {
    return this.shown(fields(this, "lower", "upper"));
  }
}

/** Activations along a dimension. */
abstract class AlongDim extends Module {
  /** Dimension to normalize, or to split into halves. Default -1, the last. */
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
 * Gated linear unit: the first half of a dimension times the sigmoid of the second half.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.GLU.html
 */
export class GLU extends AlongDim {
  static override name = "GLU";
  static override readonly keepsNothing = true;

  /**
   * Multiplies the first half along `dim` by the sigmoid of the second: [..., 2n, ...] → [..., n, ...].
   *
   * @throws ShapeError when the size of the dimension is odd.
   */
  forward(input: Tensor): Tensor {
    return glu(input, this.dim);
  }
}

/**
 * Softmax along a dimension, `eˣ / Σ eˣ`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Softmax.html
 */
export class Softmax extends AlongDim {
  static override name = "Softmax";
  static override readonly keepsNothing = true;

  /** Computes values from 0 to 1 that sum to 1 along `dim`: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return softmax(input, this.dim);
  }
}

/**
 * Softmax over the channels of images, [N, C, H, W] or [C, H, W].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Softmax2d.html
 */
export class Softmax2d extends Module {
  static override name = "Softmax2d";
  static override readonly keepsNothing = true;

  /**
   * Computes values from 0 to 1 that sum to 1 over the channels of each pixel: [N, C, H, W] → [N, C, H, W], or without
   * N.
   *
   * @throws ShapeError for another number of dimensions.
   */
  forward(input: Tensor): Tensor {
    expectRank("Softmax2d", "[N, C, H, W] or [C, H, W]", input, 3, 4);
    return softmax(input, -3);
  }
}

/** Logarithm of the softmax along a dimension. https://pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html */
export class LogSoftmax extends AlongDim {
  static override name = "LogSoftmax";
  static override readonly keepsNothing = true;

  /** Computes the logarithm of the softmax along `dim`: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return logSoftmax(input, this.dim);
  }
}

/** Softmax of the negated input along a dimension. https://pytorch.org/docs/stable/generated/torch.nn.Softmin.html */
export class Softmin extends AlongDim {
  static override name = "Softmin";
  static override readonly keepsNothing = true;

  /** Computes values from 0 to 1 that sum to 1 along `dim`, largest where `input` is smallest: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return softmin(input, this.dim);
  }
}
