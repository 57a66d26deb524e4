/** The affine transform. */

import { checkInteger, settings, type Tensor, type TensorOrNumber } from "@akari/tensor";
import { type Constraint, independent, real } from "../constraints.ts";
import { sumRightmost } from "../distribution.ts";
import { expectParameter, Transform } from "./transform.ts";

/** Options of an `AffineTransform`. */
export interface AffineOptions {
  /** Number of trailing dimensions that make up one value. Default 0. */
  readonly eventDim?: number;
}

/**
 * Affine transform `y = loc + scale · x`.
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.AffineTransform
 */
export class AffineTransform extends Transform {
  static override name = "AffineTransform";
  /** Offset. */
  readonly loc: TensorOrNumber;
  /** Factor. */
  readonly scale: TensorOrNumber;
  readonly #eventDim: number;

  /** @throws ArgumentError unless `loc` and `scale` are numbers or tensors, and `eventDim` a non-negative integer. */
  constructor(loc: TensorOrNumber, scale: TensorOrNumber, options?: AffineOptions) {
    super();
    const { eventDim } = settings("AffineTransform", options, { eventDim: 0 });
    expectParameter("AffineTransform", "loc", loc);
    expectParameter("AffineTransform", "scale", scale);
    checkInteger("AffineTransform", "eventDim", eventDim);
    this.loc = loc;
    this.scale = scale;
    this.#eventDim = eventDim;
  }

  override get domain(): Constraint {
    return independent(real, this.#eventDim);
  }

  override get codomain(): Constraint {
    return this.domain;
  }

  override get sign(): TensorOrNumber {
    return signOf(this.scale);
  }

  override apply(x: Tensor): Tensor {
    return x.mul(this.scale).add(this.loc);
  }

  override inverse(y: Tensor): Tensor {
    return y.sub(this.loc).div(this.scale);
  }

  override logAbsDetJacobian(x: Tensor, _y: Tensor): Tensor {
    const { scale } = this;
    const stretch =
      typeof scale === "object" ? scale.abs().log() : x.detach().newFull([], Math.log(Math.abs(Number(scale))));
    return sumRightmost(stretch.expand(x.shape), this.#eventDim);
  }

  protected override get settings(): readonly unknown[] {
    return [this.loc, this.scale, this.#eventDim];
  }
}

/** Returns the sign of a number, or of the elements of a tensor. */
export function signOf(x: TensorOrNumber): TensorOrNumber {
  return typeof x === "object" ? x.detach().sign() : Math.sign(Number(x));
}
