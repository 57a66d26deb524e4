/**
 * Distances and products of two inputs as layers.
 */

import {
  bilinear,
  cosineSimilarity,
  type DistanceOptions,
  empty,
  pairwiseDistance,
  type SimilarityOptions,
  settings,
  type Tensor,
} from "@akari/tensor";
import { checkCounts, factoryDefaults } from "./arguments.ts";
import { uniform_ } from "./init.ts";
import type { LinearOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { fields } from "./state-name.ts";

/**
 * The cosine of the angle between vectors along `dim` (default 1).
 * https://pytorch.org/docs/stable/generated/torch.nn.CosineSimilarity.html
 */
export class CosineSimilarity extends Module {
  static override name = "CosineSimilarity";
  /** The dimension of the vectors, by default 1, and the least length that is divided by, by default 1e-8. */
  readonly options: SimilarityOptions;

  constructor(options?: SimilarityOptions) {
    super();
    this.options = settings("CosineSimilarity", options, { dim: 1, eps: 1e-8 });
  }

  /** Numbers from -1 to 1, without the dimension `dim`: [..., D, ...] twice → [..., ...]. */
  forward(a: Tensor, b: Tensor): Tensor {
    return cosineSimilarity(a, b, this.options);
  }
}

/**
 * The distance of vectors along the last dimension.
 * https://pytorch.org/docs/stable/generated/torch.nn.PairwiseDistance.html
 */
export class PairwiseDistance extends Module {
  static override name = "PairwiseDistance";
  /**
   * The order of the norm, by default 2, what is added to each difference, by default 1e-6, and whether the last
   * dimension stays, by default not.
   */
  readonly options: DistanceOptions;

  constructor(options?: DistanceOptions) {
    super();
    this.options = settings("PairwiseDistance", options, { p: 2, eps: 1e-6, keepdim: false });
  }

  /** `‖a - b + eps‖`: [..., D] twice → [...], or [..., 1] with `keepdim`. */
  forward(a: Tensor, b: Tensor): Tensor {
    return pairwiseDistance(a, b, this.options);
  }
}

/**
 * `yₖ = aᵀ Wₖ b + cₖ`: inputs [..., in1Features] and [..., in2Features], weight
 * [outFeatures, in1Features, in2Features], bias [outFeatures], both uniform in ±1/√in1Features at the start.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Bilinear.html
 */
export class Bilinear extends Module {
  static override name = "Bilinear";
  /** The last size of the first input. */
  readonly in1Features: number;
  /** The last size of the second input. */
  readonly in2Features: number;
  /** The last size of the output. */
  readonly outFeatures: number;
  /** A matrix for each output feature: [outFeatures, in1Features, in2Features]. */
  weight: Parameter;
  /** Added to every output feature, [outFeatures]; null without bias. */
  bias: Parameter | null;

  constructor(in1Features: number, in2Features: number, outFeatures: number, options?: LinearOptions) {
    super();
    checkCounts("Bilinear", { in1Features, in2Features, outFeatures });
    const { bias, ...factory } = settings("Bilinear", options, { bias: true, ...factoryDefaults });
    this.in1Features = in1Features;
    this.in2Features = in2Features;
    this.outFeatures = outFeatures;
    this.weight = new Parameter(empty([outFeatures, in1Features, in2Features], factory));
    this.bias = bias ? new Parameter(empty([outFeatures], factory)) : null;
    this.resetParameters();
  }

  /** Draws weight and bias anew. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.in1Features);
    uniform_(this.weight, -bound, bound);
    if (this.bias) uniform_(this.bias, -bound, bound);
  }

  /** [..., in1Features] and [..., in2Features] → [..., outFeatures]. */
  forward(a: Tensor, b: Tensor): Tensor {
    return bilinear(a, b, this.weight, this.bias);
  }

  override extraRepr(): string {
    const { in1Features, in2Features, outFeatures, bias } = this;
    return fields({ in1Features, in2Features, outFeatures, bias: bias !== null });
  }
}
