/**
 * Margin losses and the Poisson and Gaussian negative log-likelihoods, as layers.
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

/**
 * Poisson negative log-likelihood loss, `poissonNllLoss` as a layer.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.PoissonNLLLoss.html
 */
export class PoissonNLLLoss extends Loss<PoissonOptions> {
  static override name = "PoissonNLLLoss";

  /**
   * Computes the loss of expected counts, by default given as logarithms, for observed counts of a shape that
   * broadcasts with them. Returns a scalar, or one loss per element without reduction.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return poissonNllLoss(input, target, this.options);
  }
}

/**
 * Gaussian negative log-likelihood loss, `gaussianNllLoss` as a layer.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.GaussianNLLLoss.html
 */
export class GaussianNLLLoss extends Loss<GaussianOptions> {
  static override name = "GaussianNLLLoss";

  /**
   * Computes the loss of means for observed values of the same shape, with one variance per element or per row. Returns
   * a scalar, or one loss per element without reduction.
   */
  forward(input: Tensor, target: Tensor, variance: Tensor): Tensor {
    return gaussianNllLoss(input, target, variance, this.options);
  }
}

/**
 * Hinge embedding loss of distances, `hingeEmbeddingLoss` as a layer.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.HingeEmbeddingLoss.html
 */
export class HingeEmbeddingLoss extends Loss<MarginOptions> {
  static override name = "HingeEmbeddingLoss";

  /**
   * Computes the loss of distances for targets 1 (similar) or -1 (dissimilar) that broadcast. Returns a scalar, or one
   * loss per element without reduction.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return hingeEmbeddingLoss(input, target, this.options);
  }
}

/**
 * Margin ranking loss of two scores, `marginRankingLoss` as a layer.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.MarginRankingLoss.html
 */
export class MarginRankingLoss extends Loss<MarginOptions> {
  static override name = "MarginRankingLoss";

  /**
   * Computes the loss of two scores for targets 1 (`a` should be higher) or -1 (`b` should be higher), all with the
   * same number of dimensions. Returns a scalar, or one loss per element without reduction.
   */
  forward(a: Tensor, b: Tensor, target: Tensor): Tensor {
    return marginRankingLoss(a, b, target, this.options);
  }
}

/**
 * Logistic loss of scores, `softMarginLoss` as a layer.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.SoftMarginLoss.html
 */
export class SoftMarginLoss extends Loss<LossOptions> {
  static override name = "SoftMarginLoss";

  /**
   * Computes the loss of scores for targets 1 or -1 that broadcast. Returns a scalar, or one loss per element without
   * reduction.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return softMarginLoss(input, target, this.options);
  }
}

/**
 * Multi-label margin loss, `multilabelMarginLoss` as a layer.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.MultiLabelMarginLoss.html
 */
export class MultiLabelMarginLoss extends Loss<LossOptions> {
  static override name = "MultiLabelMarginLoss";

  /**
   * Computes the loss of scores [N, C] for class indices [N, C], of which those before the first -1 count. Returns a
   * scalar, or [N] without reduction. N is optional.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return multilabelMarginLoss(input, target, this.options);
  }
}

/**
 * Multi-label logistic loss, `multilabelSoftMarginLoss` as a layer.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.MultiLabelSoftMarginLoss.html
 */
export class MultiLabelSoftMarginLoss extends Loss<MultilabelOptions> {
  static override name = "MultiLabelSoftMarginLoss";

  /**
   * Computes the loss of scores [N, C] for targets in [0, 1], [N, C]. Returns a scalar, or [N] without reduction. N is
   * optional.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return multilabelSoftMarginLoss(input, target, this.options);
  }
}

/**
 * Multi-class margin loss, `multiMarginLoss` as a layer.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.MultiMarginLoss.html
 */
export class MultiMarginLoss extends Loss<MultiMarginOptions> {
  static override name = "MultiMarginLoss";

  /**
   * Computes the loss of scores [N, C] for class indices [N]. Returns a scalar, or [N] without reduction. N is
   * optional.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return multiMarginLoss(input, target, this.options);
  }
}

/**
 * Cosine embedding loss of two vectors, `cosineEmbeddingLoss` as a layer.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html
 */
export class CosineEmbeddingLoss extends Loss<MarginOptions> {
  static override name = "CosineEmbeddingLoss";

  /**
   * Computes the loss of vectors [N, D] for targets [N], 1 (similar) or -1 (dissimilar). Returns a scalar, or [N]
   * without reduction. N is optional.
   */
  forward(a: Tensor, b: Tensor, target: Tensor): Tensor {
    return cosineEmbeddingLoss(a, b, target, this.options);
  }
}

/**
 * Triplet margin loss of vectors, `tripletMarginLoss` as a layer.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.TripletMarginLoss.html
 */
export class TripletMarginLoss extends Loss<TripletOptions> {
  static override name = "TripletMarginLoss";

  /**
   * Computes the loss of an anchor, a similar and a dissimilar input, each [..., D]. Returns a scalar, or [...] without
   * reduction.
   */
  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginLoss(anchor, positive, negative, this.options);
  }
}

/**
 * Triplet margin loss with a custom distance, `tripletMarginWithDistanceLoss` as a layer.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.TripletMarginWithDistanceLoss.html
 */
export class TripletMarginWithDistanceLoss extends Loss<TripletDistanceOptions> {
  static override name = "TripletMarginWithDistanceLoss";

  /**
   * Computes the loss of an anchor, a similar and a dissimilar input, in shapes that the distance function accepts.
   * Returns a scalar, or one loss per distance without reduction.
   */
  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginWithDistanceLoss(anchor, positive, negative, this.options);
  }
}
