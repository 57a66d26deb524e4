/**
 * Loss functions as layers, and their base class.
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

/** Base class of the loss layers. */
export abstract class Loss<Options> extends Module {
  /** Options of the functional form, among them the reduction (default "mean"). */
  protected readonly options: Options;

  constructor(options: Options = {} as Options) {
    super(); // safe: all options are optional
    this.options = options;
  }

  /** Computes the loss: a scalar, or one loss per element or example with the reduction "none". */
  abstract override forward(...inputs: Tensor[]): Tensor;
}

/**
 * Cross-entropy loss of logits, `crossEntropy` as a layer.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
 */
export class CrossEntropyLoss extends Loss<CrossEntropyOptions> {
  static override name = "CrossEntropyLoss";

  /**
   * Computes the loss of logits [N, C, ...] for class indices [N, ...] or class probabilities [N, C, ...]. Returns a
   * scalar, or [N, ...] without reduction. N is optional.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return crossEntropy(input, target, this.options);
  }
}

/**
 * Negative log-likelihood loss of log-probabilities, `nllLoss` as a layer.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
 */
export class NLLLoss extends Loss<NllOptions> {
  static override name = "NLLLoss";

  /**
   * Computes the loss of log-probabilities [N, C, ...] for class indices [N, ...]. Returns a scalar, or [N, ...]
   * without reduction. N is optional.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return nllLoss(input, target, this.options);
  }
}

/** Mean squared error loss, `mseLoss` as a layer. https://pytorch.org/docs/stable/generated/torch.nn.MSELoss.html */
export class MSELoss extends Loss<LossOptions> {
  static override name = "MSELoss";

  /**
   * Computes the loss of an input and a target that broadcast. Returns a scalar, or `(x - y)²` of each element without
   * reduction.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, this.options);
  }
}

/** Mean absolute error loss, `l1Loss` as a layer. https://pytorch.org/docs/stable/generated/torch.nn.L1Loss.html */
export class L1Loss extends Loss<LossOptions> {
  static override name = "L1Loss";

  /**
   * Computes the loss of an input and a target that broadcast. Returns a scalar, or `|x - y|` of each element without
   * reduction.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, this.options);
  }
}

/** Smooth L1 loss, `smoothL1Loss` as a layer. https://pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html */
export class SmoothL1Loss extends Loss<SmoothL1Options> {
  static override name = "SmoothL1Loss";

  /**
   * Computes the loss of an input and a target that broadcast: quadratic for differences below `beta` (default 1),
   * linear above. Returns a scalar, or one loss per element without reduction.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(input, target, this.options);
  }
}

/** Huber loss, `huberLoss` as a layer. https://pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html */
export class HuberLoss extends Loss<HuberOptions> {
  static override name = "HuberLoss";

  /**
   * Computes the loss of an input and a target that broadcast: quadratic for differences up to `delta` (default 1),
   * linear above. Returns a scalar, or one loss per element without reduction.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return huberLoss(input, target, this.options);
  }
}

/**
 * Binary cross-entropy loss of probabilities, `binaryCrossEntropy` as a layer.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
 */
export class BCELoss extends Loss<BinaryOptions> {
  static override name = "BCELoss";

  /**
   * Computes the loss of probabilities for targets in [0, 1] of the same shape. Returns a scalar, or one loss per
   * element without reduction.
   *
   * @throws ArgumentError when an input is outside [0, 1].
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(input, target, this.options);
  }
}

/**
 * Binary cross-entropy loss of logits, `binaryCrossEntropyWithLogits` as a layer.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
 */
export class BCEWithLogitsLoss extends Loss<BinaryLogitsOptions> {
  static override name = "BCEWithLogitsLoss";

  /**
   * Computes the loss of logits for targets in [0, 1] of the same shape. Returns a scalar, or one loss per element
   * without reduction.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(input, target, this.options);
  }
}

/**
 * Kullback–Leibler divergence loss of log-probabilities, `klDiv` as a layer.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html
 */
export class KLDivLoss extends Loss<KlDivOptions> {
  static override name = "KLDivLoss";

  /**
   * Computes the divergence of a target distribution from log-probabilities of a shape that broadcasts with it. Returns
   * a scalar, or one loss per element without reduction.
   */
  forward(input: Tensor, target: Tensor): Tensor {
    return klDiv(input, target, this.options);
  }
}
