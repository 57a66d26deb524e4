/** Elementwise transforms by elementary functions. */

import { ArgumentError, logsigmoid, pointwise, type Tensor, type TensorOrNumber } from "@akari/tensor";
import { type Constraint, interval, nonnegative, positive, real, unitInterval } from "../constraints.ts";
import { inside } from "../precision.ts";
import { signOf } from "./affine.ts";
import { expectParameter, Transform } from "./transform.ts";

/**
 * Exponential transform `y = eˣ`.
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.ExpTransform
 */
export class ExpTransform extends Transform {
  static override name = "ExpTransform";
  override readonly domain: Constraint = real;
  override readonly codomain: Constraint = positive;

  override get sign(): number {
    return 1;
  }

  override apply(x: Tensor): Tensor {
    return x.exp();
  }

  override inverse(y: Tensor): Tensor {
    return y.log();
  }

  override logAbsDetJacobian(x: Tensor, _y: Tensor): Tensor {
    return x;
  }
}

/**
 * Power transform `y = xᵃ` of positive x.
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.PowerTransform
 */
export class PowerTransform extends Transform {
  static override name = "PowerTransform";
  override readonly domain: Constraint = positive;
  override readonly codomain: Constraint = positive;
  /** Exponent a. */
  readonly exponent: TensorOrNumber;

  /** @throws ArgumentError unless `exponent` is a number or a tensor. */
  constructor(exponent: TensorOrNumber) {
    super();
    expectParameter("PowerTransform", "exponent", exponent);
    this.exponent = exponent;
  }

  override get sign(): TensorOrNumber {
    return signOf(this.exponent);
  }

  override apply(x: Tensor): Tensor {
    return x.pow(this.exponent);
  }

  override inverse(y: Tensor): Tensor {
    return y.pow(typeof this.exponent === "object" ? this.exponent.reciprocal() : 1 / Number(this.exponent));
  }

  override logAbsDetJacobian(x: Tensor, y: Tensor): Tensor {
    return y.mul(this.exponent).div(x).abs().log();
  }

  protected override get settings(): readonly unknown[] {
    return [this.exponent];
  }
}

/**
 * Logistic transform `y = 1 / (1 + e⁻ˣ)`.
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.SigmoidTransform
 */
export class SigmoidTransform extends Transform {
  static override name = "SigmoidTransform";
  override readonly domain: Constraint = real;
  override readonly codomain: Constraint = unitInterval;

  override get sign(): number {
    return 1;
  }

  override apply(x: Tensor): Tensor {
    return inside(x.sigmoid());
  }

  override inverse(y: Tensor): Tensor {
    const p = inside(y);
    return p.log().sub(p.neg().log1p());
  }

  override logAbsDetJacobian(x: Tensor, _y: Tensor): Tensor {
    return logsigmoid(x).add(logsigmoid(x.neg()));
  }
}

const softplus = /* @__PURE__ */ pointwise<[Tensor]>("SoftplusTransform", (x) =>
  x.max(0).add(x.abs().neg().exp().log1p()),
);

/**
 * Softplus transform `y = ln(1 + eˣ)`.
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.SoftplusTransform
 */
export class SoftplusTransform extends Transform {
  static override name = "SoftplusTransform";
  override readonly domain: Constraint = real;
  override readonly codomain: Constraint = positive;

  override get sign(): number {
    return 1;
  }

  override apply(x: Tensor): Tensor {
    return softplus(x);
  }

  override inverse(y: Tensor): Tensor {
    return y.neg().expm1().neg().log().add(y);
  }

  override logAbsDetJacobian(x: Tensor, _y: Tensor): Tensor {
    return logsigmoid(x);
  }
}

/**
 * Hyperbolic tangent transform `y = tanh(x)`.
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.TanhTransform
 */
export class TanhTransform extends Transform {
  static override name = "TanhTransform";
  override readonly domain: Constraint = real;

  override get codomain(): Constraint {
    return interval(-1, 1);
  }

  override get sign(): number {
    return 1;
  }

  override apply(x: Tensor): Tensor {
    return x.tanh();
  }

  override inverse(y: Tensor): Tensor {
    return y.atanh();
  }

  override logAbsDetJacobian(x: Tensor, _y: Tensor): Tensor {
    // ln(1 - tanh² x), accurate for large |x|.
    return softplus(x.mul(-2)).add(x).sub(Math.LN2).mul(-2);
  }
}

/**
 * Absolute value transform `y = |x|`. It is not bijective and has no log-determinant; `inverse` returns the positive
 * preimage. https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.AbsTransform
 */
export class AbsTransform extends Transform {
  static override name = "AbsTransform";
  override readonly domain: Constraint = real;
  override readonly codomain: Constraint = nonnegative;

  override get bijective(): boolean {
    return false;
  }

  override apply(x: Tensor): Tensor {
    return x.abs();
  }

  override inverse(y: Tensor): Tensor {
    return y;
  }

  override logAbsDetJacobian(_x: Tensor, _y: Tensor): Tensor {
    throw new ArgumentError(
      "AbsTransform.logAbsDetJacobian: the transform is not bijective; use HalfNormal or HalfCauchy",
    );
  }
}
