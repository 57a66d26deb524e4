/**
 * Fully connected layers.
 */

import { type Backend, type DType, empty, linear, settings, type Tensor } from "@akari/tensor";
import { checkCounts, factoryDefaults } from "./arguments.ts";
import { kaimingUniform_, uniform_ } from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { fields } from "./state-name.ts";

/** Options that every layer with parameters takes. */
export interface FactoryOptions {
  /** The device of the parameters. Default: the default device. */
  readonly device?: Backend;
  /** The dtype of the parameters. Default float32. */
  readonly dtype?: DType;
}

/** Options of `Linear`. */
export interface LinearOptions extends FactoryOptions {
  /** Whether there is a bias. Default true. */
  readonly bias?: boolean;
}

/**
 * `y = x Wᵀ + b`: input [..., inFeatures], output [..., outFeatures], weight [outFeatures, inFeatures], bias
 * [outFeatures]. Weight and bias start uniform in ±1/√inFeatures.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Linear.html
 *
 * @example
 * const layer = new Linear(784, 128);
 */
export class Linear extends Module {
  static override name = "Linear";
  /** The last size of the input. */
  readonly inFeatures: number;
  /** The last size of the output. */
  readonly outFeatures: number;
  /** A row for each output feature: [outFeatures, inFeatures]. */
  weight: Parameter;
  /** Added to every output feature, [outFeatures]; null without bias. */
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

  /** Draws weight and bias anew. */
  resetParameters(): void {
    kaimingUniform_(this.weight, { a: Math.sqrt(5) });
    const bound = 1 / Math.sqrt(this.inFeatures);
    if (this.bias) uniform_(this.bias, -bound, bound);
  }

  /** [..., inFeatures] → [..., outFeatures]. Throws a ShapeError for another last size. */
  forward(input: Tensor): Tensor {
    return linear(input, this.weight, this.bias);
  }

  override extraRepr(): string {
    return `${fields(this, "inFeatures", "outFeatures")}, ${fields({ bias: this.bias !== null })}`;
  }
}

/** Gives back what it is given. https://pytorch.org/docs/stable/generated/torch.nn.Identity.html */
export class Identity extends Module {
  static override name = "Identity";

  /** The very tensor that was given. */
  forward(input: Tensor): Tensor {
    return input;
  }
}
