/**
 * Losses with margins, of counts and of numbers with a spread, as modules.
 */

import type { Tensor } from "@akari/tensor";
import { type GaussianOptions, gaussianNllLoss, type PoissonOptions, poissonNllLoss } from "./functional/likelihood.ts";
import {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  type MarginOptions,
  type MultilabelOptions,
  type MultiMarginOptions,
  marginRankingLoss,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  multiMarginLoss,
  softMarginLoss,
  type TripletDistanceOptions,
  type TripletOptions,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
} from "./functional/margin.ts";
import type { LossOptions } from "./functional/reduction.ts";
import { Loss } from "./loss.ts";

/** `poissonNllLoss` as a module. https://pytorch.org/docs/stable/generated/torch.nn.PoissonNLLLoss.html */
export class PoissonNLLLoss extends Loss<PoissonOptions> {
  static override name = "PoissonNLLLoss";

  /**
   * Expected counts, by default as logarithms, and the counts, of shapes that broadcast → a scalar, or a loss for each
   * element without reduction.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return poissonNllLoss(input, target, this.options);
  }
}

/** `gaussianNllLoss` as a module. https://pytorch.org/docs/stable/generated/torch.nn.GaussianNLLLoss.html */
export class GaussianNLLLoss extends Loss<GaussianOptions> {
  static override name = "GaussianNLLLoss";

  /**
   * Means and what was seen, of one shape, and variances, for each element or each row → a scalar, or a loss for each
   * element without reduction.
   */
  forward(input: Tensor, target: Tensor, variance: Tensor): Tensor {
    return gaussianNllLoss(input, target, variance, this.options);
  }
}

/** `hingeEmbeddingLoss` as a module. https://pytorch.org/docs/stable/generated/torch.nn.HingeEmbeddingLoss.html */
export class HingeEmbeddingLoss extends Loss<MarginOptions> {
  static override name = "HingeEmbeddingLoss";

  /**
   * Distances and targets 1 or -1, of shapes that broadcast → a scalar, or a loss for each element without reduction.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return hingeEmbeddingLoss(input, target, this.options);
  }
}

/** `marginRankingLoss` as a module. https://pytorch.org/docs/stable/generated/torch.nn.MarginRankingLoss.html */
export class MarginRankingLoss extends Loss<MarginOptions> {
  static override name = "MarginRankingLoss";

  /**
   * Two scores and targets 1 (the first is to be higher) or -1, of as many dimensions each → a scalar, or a loss for
   * each element without reduction.
   */
  forward(a: Tensor, b: Tensor, target: Tensor): Tensor {
    return marginRankingLoss(a, b, target, this.options);
  }
}

/** `softMarginLoss` as a module. https://pytorch.org/docs/stable/generated/torch.nn.SoftMarginLoss.html */
export class SoftMarginLoss extends Loss<LossOptions> {
  static override name = "SoftMarginLoss";

  /** Scores and targets 1 or -1, of shapes that broadcast → a scalar, or a loss for each element without reduction. */
  forward(input: Tensor, target: Tensor): Tensor {
    return softMarginLoss(input, target, this.options);
  }
}

/** `multilabelMarginLoss` as a module. https://pytorch.org/docs/stable/generated/torch.nn.MultiLabelMarginLoss.html */
export class MultiLabelMarginLoss extends Loss<LossOptions> {
  static override name = "MultiLabelMarginLoss";

  /**
   * Scores [N, C] and class indices [N, C], those before the first -1 → a scalar, or [N] without reduction; both may
   * come without N.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return multilabelMarginLoss(input, target, this.options);
  }
}

/**
 * `multilabelSoftMarginLoss` as a module.
 * https://pytorch.org/docs/stable/generated/torch.nn.MultiLabelSoftMarginLoss.html
 */
export class MultiLabelSoftMarginLoss extends Loss<MultilabelOptions> {
  static override name = "MultiLabelSoftMarginLoss";

  /** Scores [N, C] and targets from 0 to 1, [N, C] → a scalar, or [N] without reduction; both may come without N. */
  forward(input: Tensor, target: Tensor): Tensor {
    return multilabelSoftMarginLoss(input, target, this.options);
  }
}

/** `multiMarginLoss` as a module. https://pytorch.org/docs/stable/generated/torch.nn.MultiMarginLoss.html */
export class MultiMarginLoss extends Loss<MultiMarginOptions> {
  static override name = "MultiMarginLoss";

  /** Scores [N, C] and class indices [N] → a scalar, or [N] without reduction; both may come without N. */
  forward(input: Tensor, target: Tensor): Tensor {
    return multiMarginLoss(input, target, this.options);
  }
}

/** `cosineEmbeddingLoss` as a module. https://pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html */
export class CosineEmbeddingLoss extends Loss<MarginOptions> {
  static override name = "CosineEmbeddingLoss";

  /**
   * Two vectors [N, D] and targets [N], 1 for alike and -1 for unlike → a scalar, or [N] without reduction; all may
   * come without N.
   */
  forward(a: Tensor, b: Tensor, target: Tensor): Tensor {
    return cosineEmbeddingLoss(a, b, target, this.options);
  }
}

/** `tripletMarginLoss` as a module. https://pytorch.org/docs/stable/generated/torch.nn.TripletMarginLoss.html */
export class TripletMarginLoss extends Loss<TripletOptions> {
  static override name = "TripletMarginLoss";

  /** Anchor, something alike and something unlike, [..., D] each → a scalar, or [...] without reduction. */
  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginLoss(anchor, positive, negative, this.options);
  }
}

/**
 * `tripletMarginWithDistanceLoss` as a module.
 * https://pytorch.org/docs/stable/generated/torch.nn.TripletMarginWithDistanceLoss.html
 */
export class TripletMarginWithDistanceLoss extends Loss<TripletDistanceOptions> {
  static override name = "TripletMarginWithDistanceLoss";

  /**
   * Anchor, something alike and something unlike, in shapes that the distance takes → a scalar, or without reduction
   * one loss for each distance.
   */
  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginWithDistanceLoss(anchor, positive, negative, this.options);
  }
}
