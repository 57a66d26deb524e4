/**
 * Dropout layers: in training, elements or channels are zeroed at random and the others scaled up to compensate.
 */

import { checkNumber, type Generator, type InplaceOptions, settings, type Tensor } from "@akari/tensor";
import {
  alphaDropout,
  type DropoutFunctionOptions,
  dropout,
  dropout1d,
  dropout2d,
  dropout3d,
  featureAlphaDropout,
} from "./functional/dropout.ts";
import { Module } from "./module.ts";
import { fields } from "./state-name.ts";

/** Options of the dropout layers. */
export interface DropoutOptions extends InplaceOptions {
  /** Source of random numbers. Default: the default generator. */
  readonly generator?: Generator;
}

abstract class DropoutNd extends Module {
  /** Probability that an element or channel is dropped, from 0 to 1. Default 0.5. */
  readonly p: number;
  /** Whether the result overwrites the input in training. Default false. */
  readonly inplace: boolean;
  private readonly generator: Generator | undefined;

  constructor(p = 0.5, options?: DropoutOptions) {
    super();
    const layer = this.constructor.name;
    checkNumber(layer, "p", p, 1);
    this.p = p;
    const { inplace, generator } = settings(layer, options, { inplace: false, generator: undefined });
    this.inplace = inplace;
    this.generator = generator;
  }

  /** Options for the functional form. */
  protected options(): DropoutFunctionOptions {
    const { training, inplace, generator } = this;
    return { training, inplace, ...(generator && { generator }) };
  }

  abstract override forward(input: Tensor): Tensor;

  override extraRepr(): string {
    return fields(this, "p", "inplace");
  }
}

/**
 * Dropout: zeroes each element with probability `p` (default 0.5) in training and scales the others by 1/(1-p).
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Dropout.html
 */
export class Dropout extends DropoutNd {
  static override name = "Dropout";
  static override readonly keepsNothing = true;

  /** Applies dropout in training; returns the input itself in evaluation: [...] → [...]. */
  forward(input: Tensor): Tensor {
    return dropout(input, this.p, this.options());
  }
}

/**
 * Channel dropout for [N, C, ...]: zeroes whole channels with probability `p` (default 0.5) in training.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Dropout2d.html
 */
export class Dropout2d extends DropoutNd {
  static override name = "Dropout2d";
  static override readonly keepsNothing = true;

  /**
   * Zeroes whole channels in training and scales the others by 1/(1-p); returns the input itself in evaluation:
   * [N, C, H, W] → [N, C, H, W]. As in PyTorch, an input with three dimensions is [N, C, L].
   */
  forward(input: Tensor): Tensor {
    return dropout2d(input, this.p, this.options());
  }
}

/**
 * Channel dropout for [N, C, L]: zeroes whole channels with probability `p` (default 0.5) in training.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Dropout1d.html
 */
export class Dropout1d extends DropoutNd {
  static override name = "Dropout1d";
  static override readonly keepsNothing = true;

  /**
   * Zeroes whole channels in training and scales the others by 1/(1-p); returns the input itself in evaluation:
   * [N, C, L] → [N, C, L], or without N.
   */
  forward(input: Tensor): Tensor {
    return dropout1d(input, this.p, this.options());
  }
}

/**
 * Channel dropout for [N, C, D, H, W]: zeroes whole channels with probability `p` (default 0.5) in training.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Dropout3d.html
 */
export class Dropout3d extends DropoutNd {
  static override name = "Dropout3d";
  static override readonly keepsNothing = true;

  /**
   * Zeroes whole channels in training and scales the others by 1/(1-p); returns the input itself in evaluation:
   * [N, C, D, H, W] → [N, C, D, H, W], or without N.
   */
  forward(input: Tensor): Tensor {
    return dropout3d(input, this.p, this.options());
  }
}

/**
 * Dropout for networks with `SELU` that preserves mean and variance. Klambauer et al. 2017,
 * https://arxiv.org/abs/1706.02515
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.AlphaDropout.html
 */
export class AlphaDropout extends DropoutNd {
  static override name = "AlphaDropout";
  static override readonly keepsNothing = true;

  /**
   * Sets elements to the lower limit of SELU in training, then scales and shifts the result to preserve mean and
   * variance; returns the input itself in evaluation: [...] → [...].
   */
  forward(input: Tensor): Tensor {
    return alphaDropout(input, this.p, this.options());
  }
}

/**
 * Alpha dropout of whole channels of [N, C, ...].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.FeatureAlphaDropout.html
 */
export class FeatureAlphaDropout extends DropoutNd {
  static override name = "FeatureAlphaDropout";
  static override readonly keepsNothing = true;

  /**
   * Sets whole channels to the lower limit of SELU in training, then scales and shifts the result; returns the input
   * itself in evaluation: [N, C, ...] → [N, C, ...].
   */
  forward(input: Tensor): Tensor {
    return featureAlphaDropout(input, this.p, this.options());
  }
}
