/**
 * Activation functions as layers, for `Sequential`.
 */

import {
  ArgumentError,
  celu,
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
  ShapeError,
  type SoftplusOptions,
  selu,
  showShape,
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
import { rrelu } from "./functional/random-activation.ts";
import { constant_ } from "./init.ts";
import type { FactoryOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { float } from "./state-name.ts";

/** `max(x, 0)`. https://pytorch.org/docs/stable/generated/torch.nn.ReLU.html */
export class ReLU extends Module {
  static override name = "ReLU";

  forward(input: Tensor): Tensor {
    return relu(input);
  }
}

/** `min(max(x, 0), 6)`. https://pytorch.org/docs/stable/generated/torch.nn.ReLU6.html */
export class ReLU6 extends Module {
  static override name = "ReLU6";

  forward(input: Tensor): Tensor {
    return relu6(input);
  }
}

/** `1 / (1 + e⁻ˣ)`. https://pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html */
export class Sigmoid extends Module {
  static override name = "Sigmoid";

  forward(input: Tensor): Tensor {
    return sigmoid(input);
  }
}

/** The hyperbolic tangent. https://pytorch.org/docs/stable/generated/torch.nn.Tanh.html */
export class Tanh extends Module {
  static override name = "Tanh";

  forward(input: Tensor): Tensor {
    return tanh(input);
  }
}

/** `x · sigmoid(x)`. https://pytorch.org/docs/stable/generated/torch.nn.SiLU.html */
export class SiLU extends Module {
  static override name = "SiLU";

  forward(input: Tensor): Tensor {
    return silu(input);
  }
}

/** `x · tanh(softplus(x))`. https://pytorch.org/docs/stable/generated/torch.nn.Mish.html */
export class Mish extends Module {
  static override name = "Mish";

  forward(input: Tensor): Tensor {
    return mish(input);
  }
}

/** A cheap sigmoid of three straight pieces. https://pytorch.org/docs/stable/generated/torch.nn.Hardsigmoid.html */
export class Hardsigmoid extends Module {
  static override name = "Hardsigmoid";

  forward(input: Tensor): Tensor {
    return hardsigmoid(input);
  }
}

/** A cheap SiLU of three pieces. https://pytorch.org/docs/stable/generated/torch.nn.Hardswish.html */
export class Hardswish extends Module {
  static override name = "Hardswish";

  forward(input: Tensor): Tensor {
    return hardswish(input);
  }
}

/** The self-normalising exponential unit. https://pytorch.org/docs/stable/generated/torch.nn.SELU.html */
export class SELU extends Module {
  static override name = "SELU";

  forward(input: Tensor): Tensor {
    return selu(input);
  }
}

/** `log(sigmoid(x))`. https://pytorch.org/docs/stable/generated/torch.nn.LogSigmoid.html */
export class LogSigmoid extends Module {
  static override name = "LogSigmoid";

  forward(input: Tensor): Tensor {
    return logsigmoid(input);
  }
}

/** `x / (1 + |x|)`. https://pytorch.org/docs/stable/generated/torch.nn.Softsign.html */
export class Softsign extends Module {
  static override name = "Softsign";

  forward(input: Tensor): Tensor {
    return softsign(input);
  }
}

/** `x - tanh(x)`. https://pytorch.org/docs/stable/generated/torch.nn.Tanhshrink.html */
export class Tanhshrink extends Module {
  static override name = "Tanhshrink";

  forward(input: Tensor): Tensor {
    return tanhshrink(input);
  }
}

/** The Gaussian error linear unit, exact or by the tanh formula. https://pytorch.org/docs/stable/generated/torch.nn.GELU.html */
export class GELU extends Module {
  static override name = "GELU";
  readonly approximate: "none" | "tanh";

  constructor(options: GeluOptions = {}) {
    super();
    this.approximate = options.approximate ?? "none";
  }

  forward(input: Tensor): Tensor {
    return gelu(input, { approximate: this.approximate });
  }

  override extraRepr(): string {
    return `approximate='${this.approximate}'`;
  }
}

/** `x` where positive, `negativeSlope · x` (default 0.01) elsewhere. https://pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html */
export class LeakyReLU extends Module {
  static override name = "LeakyReLU";
  readonly negativeSlope: number;

  constructor(negativeSlope = 0.01) {
    super();
    this.negativeSlope = negativeSlope;
  }

  forward(input: Tensor): Tensor {
    return leakyRelu(input, this.negativeSlope);
  }

  override extraRepr(): string {
    return `negative_slope=${this.negativeSlope}`;
  }
}

/** `x` where positive, `α(eˣ - 1)` elsewhere; α is 1 by default. https://pytorch.org/docs/stable/generated/torch.nn.ELU.html */
export class ELU extends Module {
  static override name = "ELU";
  readonly alpha: number;

  constructor(alpha = 1) {
    super();
    this.alpha = alpha;
  }

  forward(input: Tensor): Tensor {
    return elu(input, this.alpha);
  }

  override extraRepr(): string {
    return `alpha=${float(this.alpha)}`;
  }
}

/** `max(x, 0) + min(α(e^(x/α) - 1), 0)`; α is 1 by default. https://pytorch.org/docs/stable/generated/torch.nn.CELU.html */
export class CELU extends Module {
  static override name = "CELU";
  readonly alpha: number;

  constructor(alpha = 1) {
    super();
    this.alpha = alpha;
  }

  forward(input: Tensor): Tensor {
    return celu(input, this.alpha);
  }

  override extraRepr(): string {
    return `alpha=${float(this.alpha)}`;
  }
}

/** `log(1 + e^(βx)) / β`, the identity where βx is above the threshold. https://pytorch.org/docs/stable/generated/torch.nn.Softplus.html */
export class Softplus extends Module {
  static override name = "Softplus";
  readonly beta: number;
  readonly threshold: number;

  constructor(options: SoftplusOptions = {}) {
    super();
    this.beta = options.beta ?? 1;
    this.threshold = options.threshold ?? 20;
  }

  forward(input: Tensor): Tensor {
    return softplus(input, { beta: this.beta, threshold: this.threshold });
  }

  override extraRepr(): string {
    return `beta=${this.beta}, threshold=${this.threshold}`;
  }
}

/** `x` kept between `min` (default -1) and `max` (default 1). https://pytorch.org/docs/stable/generated/torch.nn.Hardtanh.html */
export class Hardtanh extends Module {
  static override name = "Hardtanh";
  readonly min: number;
  readonly max: number;

  constructor(min = -1, max = 1) {
    super();
    this.min = min;
    this.max = max;
  }

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
  readonly lambd: number;

  constructor(lambd = 0.5) {
    super();
    this.lambd = lambd;
  }

  forward(input: Tensor): Tensor {
    return hardshrink(input, this.lambd);
  }

  override extraRepr(): string {
    return String(this.lambd);
  }
}

/** Moved towards zero by `λ` (default 0.5), and zero within. https://pytorch.org/docs/stable/generated/torch.nn.Softshrink.html */
export class Softshrink extends Module {
  static override name = "Softshrink";
  readonly lambd: number;

  constructor(lambd = 0.5) {
    super();
    this.lambd = lambd;
  }

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
  readonly threshold: number;
  readonly value: number;

  constructor(limit: number, value: number) {
    super();
    this.threshold = limit;
    this.value = value;
  }

  forward(input: Tensor): Tensor {
    return threshold(input, this.threshold, this.value);
  }

  override extraRepr(): string {
    return `threshold=${this.threshold}, value=${this.value}`;
  }
}

/** Options of `PReLU`. */
export interface PReLUOptions extends FactoryOptions {
  /** The slope to start with. Default 0.25. */
  readonly init?: number;
}

/** A ReLU whose negative slope is learned: one for all, or one per channel. https://pytorch.org/docs/stable/generated/torch.nn.PReLU.html */
export class PReLU extends Module {
  static override name = "PReLU";
  readonly numParameters: number;
  weight: Parameter;

  constructor(numParameters = 1, options: PReLUOptions = {}) {
    super();
    const { init = 0.25, ...factory } = options;
    this.numParameters = numParameters;
    this.weight = new Parameter(empty([numParameters], factory));
    constant_(this.weight, init);
  }

  forward(input: Tensor): Tensor {
    return prelu(input, this.weight);
  }

  override extraRepr(): string {
    return `num_parameters=${this.numParameters}`;
  }
}

/**
 * A ReLU whose negative slope is drawn for each element in training, and the mean slope otherwise. https://pytorch.org/docs/stable/generated/torch.nn.RReLU.html
 *
 * @throws ArgumentError when `lower` is above `upper`.
 */
export class RReLU extends Module {
  static override name = "RReLU";
  readonly lower: number;
  readonly upper: number;

  constructor(lower: number = 1 / 8, upper: number = 1 / 3) {
    super();
    if (!(lower <= upper)) throw new ArgumentError(`RReLU: lower must not be above upper, got ${lower} and ${upper}`);
    this.lower = lower;
    this.upper = upper;
  }

  forward(input: Tensor): Tensor {
    return rrelu(input, { lower: this.lower, upper: this.upper, training: this.training });
  }

  override extraRepr(): string {
    return `lower=${this.lower}, upper=${this.upper}`;
  }
}

/** The first half of a dimension (default the last), gated by the sigmoid of the second. https://pytorch.org/docs/stable/generated/torch.nn.GLU.html */
export class GLU extends Module {
  static override name = "GLU";
  readonly dim: number;

  constructor(dim = -1) {
    super();
    this.dim = dim;
  }

  forward(input: Tensor): Tensor {
    return glu(input, this.dim);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

abstract class AlongDim extends Module {
  readonly dim: number;

  constructor(dim = -1) {
    super();
    this.dim = dim;
  }

  abstract override forward(input: Tensor): Tensor;

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/** `eˣ / Σ eˣ` along a dimension, by default the last. https://pytorch.org/docs/stable/generated/torch.nn.Softmax.html */
export class Softmax extends AlongDim {
  static override name = "Softmax";

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

  forward(input: Tensor): Tensor {
    if (input.ndim !== 3 && input.ndim !== 4)
      throw new ShapeError(`Softmax2d: expected [N, C, H, W] or [C, H, W], got shape ${showShape(input.shape)}`);
    return softmax(input, -3);
  }
}

/** The logarithm of the softmax. https://pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html */
export class LogSoftmax extends AlongDim {
  static override name = "LogSoftmax";

  forward(input: Tensor): Tensor {
    return logSoftmax(input, this.dim);
  }
}

/** The softmax of the negative. https://pytorch.org/docs/stable/generated/torch.nn.Softmin.html */
export class Softmin extends AlongDim {
  static override name = "Softmin";

  forward(input: Tensor): Tensor {
    return softmin(input, this.dim);
  }
}
