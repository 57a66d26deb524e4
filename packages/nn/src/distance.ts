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
  type Tensor,
} from "@akari/tensor";
import { checkPositive } from "./arguments.ts";
import { uniform_ } from "./init.ts";
import type { LinearOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { python } from "./state-name.ts";

/** The cosine of the angle between vectors along `dim` (default 1). https://pytorch.org/docs/stable/generated/torch.nn.CosineSimilarity.html */
export class CosineSimilarity extends Module {
  static override name = "CosineSimilarity";
  readonly options: SimilarityOptions;

  constructor(options: SimilarityOptions = {}) {
    super();
    this.options = options;
  }

  forward(a: Tensor, b: Tensor): Tensor {
    return cosineSimilarity(a, b, this.options);
  }
}

/** The distance of vectors along the last dimension. https://pytorch.org/docs/stable/generated/torch.nn.PairwiseDistance.html */
export class PairwiseDistance extends Module {
  static override name = "PairwiseDistance";
  readonly options: DistanceOptions;

  constructor(options: DistanceOptions = {}) {
    super();
    this.options = options;
  }

  forward(a: Tensor, b: Tensor): Tensor {
    return pairwiseDistance(a, b, this.options);
  }
}

/**
 * `yₖ = aᵀ Wₖ b + cₖ`: inputs [..., in1Features] and [..., in2Features], weight [outFeatures, in1Features, in2Features], bias [outFeatures], both uniform
 * in ±1/√in1Features at the start.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Bilinear.html
 */
export class Bilinear extends Module {
  static override name = "Bilinear";
  readonly in1Features: number;
  readonly in2Features: number;
  readonly outFeatures: number;
  weight: Parameter;
  bias: Parameter | null;

  constructor(in1Features: number, in2Features: number, outFeatures: number, options: LinearOptions = {}) {
    super();
    checkPositive("Bilinear", { in1Features, in2Features, outFeatures });
    const { bias = true, ...factory } = options;
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

  forward(a: Tensor, b: Tensor): Tensor {
    return bilinear(a, b, this.weight, this.bias);
  }

  override extraRepr(): string {
    const { in1Features, in2Features, outFeatures, bias } = this;
    return `in1_features=${in1Features}, in2_features=${in2Features}, out_features=${outFeatures}, bias=${python(bias !== null)}`;
  }
}
