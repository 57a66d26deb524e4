/**
 * Similarities, distances and bilinear forms of two inputs, as layers.
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
 * Cosine similarity between vectors along a dimension.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.CosineSimilarity.html
 */
export class CosineSimilarity extends Module {
  static override name = "CosineSimilarity";
  /**
   * Options of `cosineSimilarity`: `dim`, the dimension of the vectors (default 1), and `eps`, a lower bound of the
   * norms (default 1e-8).
   */
  readonly options: SimilarityOptions;

  constructor(options?: SimilarityOptions) {
    super();
    this.options = settings("CosineSimilarity", options, { dim: 1, eps: 1e-8 });
  }

  /** Computes similarities from -1 to 1 and drops `dim`: two inputs [..., D, ...] → [..., ...]. */
  forward(a: Tensor, b: Tensor): Tensor {
    return cosineSimilarity(a, b, this.options);
  }
}

/**
 * Distance between vectors along the last dimension.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.PairwiseDistance.html
 */
export class PairwiseDistance extends Module {
  static override name = "PairwiseDistance";
  /**
   * Options of `pairwiseDistance`: `p`, the order of the norm (default 2), `eps`, added to each difference (default
   * 1e-6), and `keepdim`, whether to keep the last dimension (default false).
   */
  readonly options: DistanceOptions;

  constructor(options?: DistanceOptions) {
    super();
    this.options = settings("PairwiseDistance", options, { p: 2, eps: 1e-6, keepdim: false });
  }

  /** Computes `‖a - b + eps‖`: two inputs [..., D] → [...], or [..., 1] with `keepdim`. */
  forward(a: Tensor, b: Tensor): Tensor {
    return pairwiseDistance(a, b, this.options);
  }
}

/**
 * Bilinear layer: `yₖ = aᵀ Wₖ b + cₖ`. Inputs [..., in1Features] and [..., in2Features], output [..., outFeatures];
 * weight [outFeatures, in1Features, in2Features] and bias [outFeatures] are initialized uniformly in ±1/√in1Features.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Bilinear.html
 */
export class Bilinear extends Module {
  static override name = "Bilinear";
  /** Size of the first input's last dimension. */
  readonly in1Features: number;
  /** Size of the second input's last dimension. */
  readonly in2Features: number;
  /** Size of the output's last dimension. */
  readonly outFeatures: number;
  /** Learnable weight, one matrix per output feature: [outFeatures, in1Features, in2Features]. */
  weight: Parameter;
  /** Learnable bias, [outFeatures], or null without bias. */
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

  /** Reinitializes weight and bias. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.in1Features);
    uniform_(this.weight, -bound, bound);
    if (this.bias) uniform_(this.bias, -bound, bound);
  }

  /** Applies the layer: [..., in1Features] and [..., in2Features] → [..., outFeatures]. */
  forward(a: Tensor, b: Tensor): Tensor {
    return bilinear(a, b, this.weight, this.bias);
  }

  override extraRepr(): string {
    const { in1Features, in2Features, outFeatures, bias } = this;
    return fields({ in1Features, in2Features, outFeatures, bias: bias !== null });
  }
}
