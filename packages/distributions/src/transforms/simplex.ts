/** Transforms of vectors to probability vectors. */

import { ArgumentError, finfo, logsigmoid, type Shape, ShapeError, softmax, type Tensor } from "@akari/tensor";
import { type Constraint, realVector, simplex } from "../constraints.ts";
import { inside } from "../precision.ts";
import { Transform } from "./transform.ts";

/**
 * Softmax transform `y = softmax(x)` along the last dimension. It is not bijective, since adding a constant to x does
 * not change y, and has no log-determinant.
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.SoftmaxTransform
 */
export class SoftmaxTransform extends Transform {
  static override name = "SoftmaxTransform";
  override readonly domain: Constraint = realVector;
  override readonly codomain: Constraint = simplex;

  override get bijective(): boolean {
    return false;
  }

  override apply(x: Tensor): Tensor {
    return softmax(x, -1);
  }

  override inverse(y: Tensor): Tensor {
    return y.log();
  }

  override logAbsDetJacobian(_x: Tensor, _y: Tensor): Tensor {
    throw new ArgumentError(
      "SoftmaxTransform.logAbsDetJacobian: the transform is not bijective; use StickBreakingTransform",
    );
  }
}

/**
 * Transforms n numbers to n + 1 probabilities that sum to 1, by repeatedly breaking off a fraction of the rest of a
 * stick of length 1.
 *
 *     yₖ = sigmoid(xₖ - ln(n + 1 - k)) · Πᵢ﹤ₖ (1 - sigmoid(…))
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.StickBreakingTransform
 */
export class StickBreakingTransform extends Transform {
  static override name = "StickBreakingTransform";
  override readonly domain: Constraint = realVector;
  override readonly codomain: Constraint = simplex;

  override apply(x: Tensor): Tensor {
    const z = inside(this.#shifted(x).sigmoid());
    const left = z.neg().add(1).cumprod(-1);
    return z.pad([0, 1], { value: 1 }).mul(left.pad([1, 0], { value: 1 }));
  }

  override inverse(y: Tensor): Tensor {
    const parts = y.narrow(-1, 0, y.size(-1) - 1);
    const left = parts.cumsum(-1).neg().add(1).clamp(finfo(y.dtype).tiny);
    return parts.log().sub(left.log()).add(this.#offsets(parts).log());
  }

  override logAbsDetJacobian(x: Tensor, y: Tensor): Tensor {
    const shifted = this.#shifted(x);
    return logsigmoid(shifted)
      .sub(shifted)
      .add(y.narrow(-1, 0, y.size(-1) - 1).log())
      .sum(-1);
  }

  override forwardShape(shape: Shape): Shape {
    return [...shape.slice(0, -1), lastOf(shape) + 1];
  }

  override inverseShape(shape: Shape): Shape {
    return [...shape.slice(0, -1), lastOf(shape) - 1];
  }

  /** Number of fractions still to break off at each step: n, n - 1, …, 1. */
  #offsets(x: Tensor): Tensor {
    return x
      .detach()
      .newOnes([x.size(-1)])
      .cumsum(0)
      .flip(0);
  }

  #shifted(x: Tensor): Tensor {
    return x.sub(this.#offsets(x).log());
  }
}

function lastOf(shape: Shape): number {
  const size = shape.at(-1);
  if (size === undefined) throw new ShapeError("StickBreakingTransform: expected vectors, got a scalar");
  return size;
}
