/**
 * Transforms: functions with an inverse, and how much they stretch, from which a density follows the value that it
 * belongs to.
 *
 * https://pytorch.org/docs/stable/distributions.html#module-torch.distributions.transforms
 */

import { ArgumentError, type Shape, type Tensor, type TensorOrNumber } from "@akari/tensor";
import type { Constraint } from "../constraints.ts";

/**
 * A function of values with an inverse.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.Transform
 *
 * @example
 * const transform = new ExpTransform();
 * transform.inv.apply(transform.apply(tensor([0, 1]))); // [0, 1]
 */
export abstract class Transform {
  static name = "Transform";

  /** What it takes. */
  abstract get domain(): Constraint;

  /** What it gives. */
  abstract get codomain(): Constraint;

  /** Whether different values become different ones, so that there is `logAbsDetJacobian`. */
  get bijective(): boolean {
    return true;
  }

  /** 1 where it rises, -1 where it falls. Throws an ArgumentError for functions of vectors. */
  get sign(): TensorOrNumber {
    // safe: that of a subclass
    throw new ArgumentError(`${(this.constructor as typeof Transform).name}.sign: it neither rises nor falls`);
  }

  /** The value that `x` becomes. */
  abstract apply(x: Tensor): Tensor;

  /** The value that becomes `y`. */
  abstract inverse(y: Tensor): Tensor;

  /** `ln |det dy/dx|`, for a value and what it becomes: the dimensions of the event are gone. */
  abstract logAbsDetJacobian(x: Tensor, y: Tensor): Tensor;

  /** The transform back. */
  get inv(): Transform {
    return new InverseTransform(this);
  }

  /** The shape of what values of a shape become. */
  forwardShape(shape: Shape): Shape {
    return shape;
  }

  /** The shape of what becomes values of a shape. */
  inverseShape(shape: Shape): Shape {
    return shape;
  }

  /** Whether another transform does the same: of the same class, with the same numbers or tensors. */
  equals(other: Transform): boolean {
    const [own, others] = [this.settings, other.settings];
    return (
      this.constructor === other.constructor &&
      own.length === others.length &&
      own.every((value, i) => same(value, others[i]))
    );
  }

  /** What tells transforms of one class apart. */
  protected get settings(): readonly unknown[] {
    return [];
  }
}

function same(a: unknown, b: unknown): boolean {
  return a instanceof Transform && b instanceof Transform ? a.equals(b) : a === b;
}

/** Another transform, the other way round. */
class InverseTransform extends Transform {
  static override name = "InverseTransform";
  readonly #of: Transform;

  constructor(of: Transform) {
    super();
    this.#of = of;
  }

  override get domain(): Constraint {
    return this.#of.codomain;
  }

  override get codomain(): Constraint {
    return this.#of.domain;
  }

  override get bijective(): boolean {
    return this.#of.bijective;
  }

  override get sign(): TensorOrNumber {
    return this.#of.sign;
  }

  override get inv(): Transform {
    return this.#of;
  }

  override apply(x: Tensor): Tensor {
    return this.#of.inverse(x);
  }

  override inverse(y: Tensor): Tensor {
    return this.#of.apply(y);
  }

  override logAbsDetJacobian(x: Tensor, y: Tensor): Tensor {
    return this.#of.logAbsDetJacobian(y, x).neg();
  }

  override forwardShape(shape: Shape): Shape {
    return this.#of.inverseShape(shape);
  }

  override inverseShape(shape: Shape): Shape {
    return this.#of.forwardShape(shape);
  }

  protected override get settings(): readonly unknown[] {
    return [this.#of];
  }
}
