/**
 * Dropout: in training, elements are dropped at random and the others scaled up to make up for it.
 */

import type { Generator, Tensor } from "@akari/tensor";
import { checkNumber, settings } from "@akari/tensor";
import { alphaDropout, dropout, dropout1d, dropout2d, dropout3d, featureAlphaDropout } from "./functional/dropout.ts";
import { Module } from "./module.ts";
import { fields } from "./state-name.ts";

/** Options of the dropout layers. */
export interface DropoutOptions {
  /** Where to draw from. Default: the default generator. */
  readonly generator?: Generator;
}

abstract class DropoutNd extends Module {
  /** How likely an element or a channel is to be dropped, from 0 to 1. Default 0.5. */
  readonly p: number;
  private readonly drawing: DropoutOptions;

  constructor(p = 0.5, options?: DropoutOptions) {
    super();
    const layer = this.constructor.name;
    checkNumber(layer, "p", p, 1);
    this.p = p;
    this.drawing = settings(layer, options, { generator: undefined });
  }

  /** What the functions of `functional` are told: whether the layer is in training, and where to draw from. */
  protected options(): { readonly training: boolean } & DropoutOptions {
    return { training: this.training, ...this.drawing };
  }

  abstract override forward(input: Tensor): Tensor;

  override extraRepr(): string {
    return `${fields(this, "p")}, inplace=False`;
  }
}

/**
 * Drops each element with probability `p` (default 0.5) in training, and scales the others by 1/(1-p).
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Dropout.html
 */
export class Dropout extends DropoutNd {
  static override name = "Dropout";

  /** In training zeros and elements scaled by 1/(1-p), in evaluation the input itself: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return dropout(input, this.p, this.options());
  }
}

/**
 * Drops whole channels of [N, C, ...] with probability `p` (default 0.5) in training.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Dropout2d.html
 */
export class Dropout2d extends DropoutNd {
  static override name = "Dropout2d";

  /**
   * In training with whole channels of zeros, the others scaled by 1/(1-p), in evaluation the input itself:
   * [N, C, H, W] → [N, C, H, W]. As in PyTorch, three dimensions are [N, C, L].
   */
  forward(input: Tensor): Tensor {
    return dropout2d(input, this.p, this.options());
  }
}

/**
 * Drops whole channels of [N, C, L] with probability `p` (default 0.5) in training.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Dropout1d.html
 */
export class Dropout1d extends DropoutNd {
  static override name = "Dropout1d";

  /**
   * In training with whole channels of zeros, the others scaled by 1/(1-p), in evaluation the input itself: [N, C, L] →
   * [N, C, L], or without N.
   */
  forward(input: Tensor): Tensor {
    return dropout1d(input, this.p, this.options());
  }
}

/**
 * Drops whole channels of [N, C, D, H, W] with probability `p` (default 0.5) in training.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Dropout3d.html
 */
export class Dropout3d extends DropoutNd {
  static override name = "Dropout3d";

  /**
   * In training with whole channels of zeros, the others scaled by 1/(1-p), in evaluation the input itself:
   * [N, C, D, H, W] → [N, C, D, H, W], or without N.
   */
  forward(input: Tensor): Tensor {
    return dropout3d(input, this.p, this.options());
  }
}

/**
 * Dropout for networks of `SELU`: keeps mean and variance. Klambauer et al. 2017, https://arxiv.org/abs/1706.02515
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.AlphaDropout.html
 */
export class AlphaDropout extends DropoutNd {
  static override name = "AlphaDropout";

  /**
   * In training with elements at the lower limit of SELU, scaled and shifted to keep mean and variance, in evaluation
   * the input itself: [...] → [...].
   */
  forward(input: Tensor): Tensor {
    return alphaDropout(input, this.p, this.options());
  }
}

/**
 * The same for whole channels of [N, C, ...].
 * https://pytorch.org/docs/stable/generated/torch.nn.FeatureAlphaDropout.html
 */
export class FeatureAlphaDropout extends DropoutNd {
  static override name = "FeatureAlphaDropout";

  /**
   * In training with whole channels at the lower limit of SELU, scaled and shifted, in evaluation the input itself:
   * [N, C, ...] → [N, C, ...].
   */
  forward(input: Tensor): Tensor {
    return featureAlphaDropout(input, this.p, this.options());
  }
}
