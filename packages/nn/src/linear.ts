/**
 * Fully connected layers, and the options common to all layers with parameters.
 */

import { type Backend, type DType, empty, linear, settings, type Tensor } from "@akari/tensor";
import { checkCounts, factoryDefaults } from "./arguments.ts";
import { kaimingUniform_, uniform_ } from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { fields } from "./state-name.ts";

/** Options common to all layers with parameters. */
export interface FactoryOptions {
  /** Device of the parameters. Default: the default device. */
  readonly device?: Backend;
  /** Dtype of the parameters. Default float32. */
  readonly dtype?: DType;
}

/** Options of `Linear`. */
export interface LinearOptions extends FactoryOptions {
  /** Whether to add a learnable bias. Default true. */
  readonly bias?: boolean;
}

/**
 * Fully connected layer: `y = x Wᵀ + b`. Input [..., inFeatures], output [..., outFeatures]; weight
 * [outFeatures, inFeatures] and bias [outFeatures] are initialized uniformly in ±1/√inFeatures.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Linear.html
 *
 * @example
 * const layer = new Linear(784, 128);
 */
export class Linear extends Module {
  static override name = "Linear";
  static override readonly keepsNothing = true;
  /** Size of the input's last dimension. */
  readonly inFeatures: number;
  /** Size of the output's last dimension. */
  readonly outFeatures: number;
  /** Learnable weight, [outFeatures, inFeatures]. */
  weight: Parameter;
  /** Learnable bias, [outFeatures], or null without bias. */
  bias: Parameter | null;

  constructor(inFeatures: number, outFeatures: number, options?: LinearOptions) {
    super();
    checkCounts("Linear", { inFeatures, outFeatures });
    const { bias, ...factory } = settings("Linear", options, { bias: true, ...factoryDefaults });
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = new Parameter(empty([outFeatures, inFeatures], factory));
    this.bias = bias ? new Parameter(empty([outFeatures], factory)) : null;
    this.resetParameters();
  }

  /** Reinitializes weight and bias. */
  resetParameters(): void {
    kaimingUniform_(this.weight, { a: Math.sqrt(5) });
    const bound = 1 / Math.sqrt(this.inFeatures);
    if (this.bias) uniform_(this.bias, -bound, bound);
  }

  /**
   * Applies the layer: [..., inFeatures] → [..., outFeatures].
   *
   * @throws ShapeError when the last dimension of the input is not `inFeatures`.
   */
  forward(input: Tensor): Tensor {
    return linear(input, this.weight, this.bias);
  }

  override extraRepr(): string {
    return `${fields(this, "inFeatures", "outFeatures")}, ${fields({ bias: this.bias !== null })}`;
  }
}

/** Identity layer: returns its input. https://pytorch.org/docs/stable/generated/torch.nn.Identity.html */
export class Identity extends Module {
  static override name = "Identity";
  static override readonly keepsNothing = true;

  /** Returns the input itself, not a copy. */
  forward(input: Tensor): Tensor {
    return input;
  }
}
