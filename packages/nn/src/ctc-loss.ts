/**
 * Connectionist temporal classification loss as a layer.
 */

import type { Tensor } from "@akari/tensor";
import { type CtcOptions, ctcLoss } from "./functional/ctc.ts";
import { Module } from "./module.ts";

/**
 * Connectionist temporal classification loss, `ctcLoss` as a layer.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.CTCLoss.html
 */
export class CTCLoss extends Module {
  static override name = "CTCLoss";
  /**
   * Options of `ctcLoss`: the index of the blank label (default 0), the reduction (default "mean"), and whether
   * infinite losses count as 0 (default false).
   */
  readonly options: CtcOptions;

  constructor(options: CtcOptions = {}) {
    super();
    this.options = options;
  }

  /**
   * Computes the loss of log-probabilities [T, N, C] for targets [N, S], or [sum(targetLengths)] when concatenated,
   * with the lengths of the predictions and targets of each sequence, [N]. Returns a scalar, or [N] without reduction.
   * N is optional.
   */
  forward(
    logProbs: Tensor,
    targets: Tensor,
    inputLengths: Tensor | readonly number[],
    targetLengths: Tensor | readonly number[],
  ): Tensor {
    return ctcLoss(logProbs, targets, inputLengths, targetLengths, this.options);
  }
}
