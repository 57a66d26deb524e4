/**
 * Connectionist temporal classification as a module.
 */

import type { Tensor } from "@akari/tensor";
import { type CtcOptions, ctcLoss } from "./functional/ctc.ts";
import { Module } from "./module.ts";

/** `ctcLoss` as a module. https://pytorch.org/docs/stable/generated/torch.nn.CTCLoss.html */
export class CTCLoss extends Module {
  static override name = "CTCLoss";
  /**
   * The class that stands for no label, by default 0, the reduction, by default "mean", and whether infinite losses
   * count as 0, by default not.
   */
  readonly options: CtcOptions;

  constructor(options: CtcOptions = {}) {
    super();
    this.options = options;
  }

  /**
   * Log-probabilities [T, N, C], targets [N, S] (or all behind one another), and how many predictions and labels of
   * each sequence count → a scalar, or [N] without reduction; all may come without N.
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
