/**
 * Connectionist temporal classification as a module.
 */

import type { Tensor } from "@akari/tensor";
import { type CtcOptions, ctcLoss } from "./functional/ctc.ts";
import { Module } from "./module.ts";

/** `ctcLoss` as a module. https://pytorch.org/docs/stable/generated/torch.nn.CTCLoss.html */
export class CTCLoss extends Module {
  static override name = "CTCLoss";
  readonly options: CtcOptions;

  constructor(options: CtcOptions = {}) {
    super();
    this.options = options;
  }

  forward(logProbs: Tensor, targets: Tensor, inputLengths: Tensor | readonly number[], targetLengths: Tensor | readonly number[]): Tensor {
    return ctcLoss(logProbs, targets, inputLengths, targetLengths, this.options);
  }
}
