/**
 * Layers that only change the shape.
 */

import { flatten, type Tensor, unflatten } from "@akari/tensor";
import { Module } from "./module.ts";
import { fields } from "./state-name.ts";

/**
 * Joins the dimensions from `startDim` (default 1) to `endDim` (default -1) into one.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Flatten.html
 */
export class Flatten extends Module {
  static override name = "Flatten";
  /** The first dimension to join; a negative one counts from the end. Default 1, which keeps the batch. */
  readonly startDim: number;
  /** The last dimension to join; a negative one counts from the end. Default -1. */
  readonly endDim: number;

  constructor(startDim = 1, endDim = -1) {
    super();
    this.startDim = startDim;
    this.endDim = endDim;
  }

  /** With the defaults [N, ...] → [N, product of the rest]. */
  forward(input: Tensor): Tensor {
    return flatten(input, this.startDim, this.endDim);
  }

  override extraRepr(): string {
    return fields(this, "startDim", "endDim");
  }
}

/**
 * Splits the dimension `dim` into several of the sizes `unflattenedSize`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Unflatten.html
 */
export class Unflatten extends Module {
  static override name = "Unflatten";
  /** The dimension to split; a negative one counts from the end. */
  readonly dim: number;
  /** The sizes that take its place; one may be -1, and follows from the others. */
  readonly unflattenedSize: readonly number[];

  constructor(dim: number, unflattenedSize: readonly number[]) {
    super();
    this.dim = dim;
    this.unflattenedSize = unflattenedSize;
  }

  /** [..., n, ...] → [..., ...unflattenedSize, ...]. Throws a ShapeError unless the sizes multiply to n. */
  forward(input: Tensor): Tensor {
    return unflatten(input, this.dim, this.unflattenedSize);
  }

  override extraRepr(): string {
    return fields(this, "dim", "unflattenedSize");
  }
}
