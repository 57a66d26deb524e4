/**
 * Losses as modules.
 */

import type { Tensor } from "@akari/tensor";
import { type CrossEntropyOptions, crossEntropy, type NllOptions, nllLoss } from "./functional/cross-entropy.ts";
import {
  type BinaryLogitsOptions,
  type BinaryOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type HuberOptions,
  huberLoss,
  type KlDivOptions,
  klDiv,
  l1Loss,
  mseLoss,
  type SmoothL1Options,
  smoothL1Loss,
} from "./functional/loss.ts";
import type { LossOptions } from "./functional/reduction.ts";
import { Module } from "./module.ts";

/** A module that compares inputs with each other or with a target. */
export abstract class Loss<Options> extends Module {
  /** The reduction, by default "mean", and what else the loss takes, as the constructor got them. */
  protected readonly options: Options;

  constructor(options: Options = {} as Options) {
    super(); // safe: options may all be left out
    this.options = options;
  }

  /** A scalar, or with the reduction "none" a loss for each element or each example. */
  abstract override forward(...inputs: Tensor[]): Tensor;
}

/** `crossEntropy` as a module. https://pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html */
export class CrossEntropyLoss extends Loss<CrossEntropyOptions> {
  static override name = "CrossEntropyLoss";

  /**
   * Logits [N, C, ...] and class indices [N, ...] or probabilities [N, C, ...] → a scalar, or [N, ...] without
   * reduction; both may come without N.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return crossEntropy(input, target, this.options);
  }
}

/** `nllLoss` as a module. https://pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html */
export class NLLLoss extends Loss<NllOptions> {
  static override name = "NLLLoss";

  /**
   * Log-probabilities [N, C, ...] and class indices [N, ...] → a scalar, or [N, ...] without reduction; both may come
   * without N.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return nllLoss(input, target, this.options);
  }
}

/** `mseLoss` as a module. https://pytorch.org/docs/stable/generated/torch.nn.MSELoss.html */
export class MSELoss extends Loss<LossOptions> {
  static override name = "MSELoss";

  /** Input and target of shapes that broadcast → a scalar, or `(x - y)²` of each element without reduction. */
  forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, this.options);
  }
}

/** `l1Loss` as a module. https://pytorch.org/docs/stable/generated/torch.nn.L1Loss.html */
export class L1Loss extends Loss<LossOptions> {
  static override name = "L1Loss";

  /** Input and target of shapes that broadcast → a scalar, or `|x - y|` of each element without reduction. */
  forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, this.options);
  }
}

/** `smoothL1Loss` as a module. https://pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html */
export class SmoothL1Loss extends Loss<SmoothL1Options> {
  static override name = "SmoothL1Loss";

  /**
   * Input and target of shapes that broadcast → a scalar, or a loss for each element without reduction: squared below
   * `beta` (default 1), straight above.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(input, target, this.options);
  }
}

/** `huberLoss` as a module. https://pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html */
export class HuberLoss extends Loss<HuberOptions> {
  static override name = "HuberLoss";

  /**
   * Input and target of shapes that broadcast → a scalar, or a loss for each element without reduction: squared up to
   * `delta` (default 1), straight above.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return huberLoss(input, target, this.options);
  }
}

/** `binaryCrossEntropy` as a module. https://pytorch.org/docs/stable/generated/torch.nn.BCELoss.html */
export class BCELoss extends Loss<BinaryOptions> {
  static override name = "BCELoss";

  /**
   * Probabilities and targets from 0 to 1, of one shape → a scalar, or a loss for each element without reduction.
   * Throws an ArgumentError for an input outside of [0, 1].
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(input, target, this.options);
  }
}

/**
 * `binaryCrossEntropyWithLogits` as a module. https://pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
 */
export class BCEWithLogitsLoss extends Loss<BinaryLogitsOptions> {
  static override name = "BCEWithLogitsLoss";

  /** Logits and targets from 0 to 1, of one shape → a scalar, or a loss for each element without reduction. */
  forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(input, target, this.options);
  }
}

/** `klDiv` as a module. https://pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html */
export class KLDivLoss extends Loss<KlDivOptions> {
  static override name = "KLDivLoss";

  /**
   * Log-probabilities and a target distribution, of shapes that broadcast → a scalar, or a loss for each element
   * without reduction.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return klDiv(input, target, this.options);
  }
}
