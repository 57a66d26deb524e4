/**
 * Layers that only change the shape of their input.
 */

import { flatten, type Tensor, unflatten } from "@akari/tensor";
import { Module } from "./module.ts";
import { fields } from "./state-name.ts";

/**
 * Flattens the dimensions from `startDim` (default 1) to `endDim` (default -1) into one.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Flatten.html
 */
export class Flatten extends Module {
  static override name = "Flatten";
  static override readonly keepsNothing = true;
  /** First dimension to flatten; negative values count from the end. Default 1, which keeps the batch dimension. */
  readonly startDim: number;
  /** Last dimension to flatten; negative values count from the end. Default -1. */
  readonly endDim: number;

  constructor(startDim = 1, endDim = -1) {
    super();
    this.startDim = startDim;
    this.endDim = endDim;
  }

  /** Flattens the input: with the defaults, [N, ...] → [N, product of the rest]. */
  forward(input: Tensor): Tensor {
    return flatten(input, this.startDim, this.endDim);
  }

  override extraRepr(): string {
    return fields(this, "startDim", "endDim");
  }
}

/**
 * Splits dimension `dim` into dimensions of the sizes `unflattenedSize`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Unflatten.html
 */
export class Unflatten extends Module {
  static override name = "Unflatten";
  static override readonly keepsNothing = true;
  /** Dimension to split; negative values count from the end. */
  readonly dim: number;
  /** Sizes of the new dimensions. One of them may be -1 and is then inferred. */
  readonly unflattenedSize: readonly number[];

  constructor(dim: number, unflattenedSize: readonly number[]) {
    super();
    this.dim = dim;
    this.unflattenedSize = unflattenedSize;
  }

  /**
   * Splits the dimension: [..., n, ...] → [..., ...unflattenedSize, ...].
   *
   * @throws ShapeError unless the product of the sizes is n.
   */
  forward(input: Tensor): Tensor {
    return unflatten(input, this.dim, this.unflattenedSize);
  }

  override extraRepr(): string {
    return fields(this, "dim", "unflattenedSize");
  }
}
