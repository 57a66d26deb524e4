/**
 * The base class of transforms: invertible functions with a log-determinant, from which the density of a transformed
 * variable follows.
 *
 * https://pytorch.org/docs/stable/distributions.html#module-torch.distributions.transforms
 */

import {
  ArgumentError,
  checkChoice,
  expected,
  expectTensor,
  type Shape,
  settings,
  type Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import type { Constraint } from "../constraints.ts";

/** Options of a transform without parameters. */
export interface TransformOptions {
  /**
   * With 1, `logProb` of a `TransformedDistribution` takes a sample back to what it was computed from instead of
   * inverting the transform. The inverse of `tanh`, which rounds to 1 from 9 on, is then infinite. The result has no
   * gradient with respect to the sample. Default 0.
   */
  readonly cacheSize?: 0 | 1;
}

/**
 * Base class of invertible transforms.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.Transform
 *
 * @example
 * const transform = new ExpTransform();
 * transform.inv.apply(transform.apply(tensor([0, 1]))); // [0, 1]
 */
export abstract class Transform {
  static name = "Transform";
  /** Whether samples are taken back to what they were computed from: 0 or 1. */
  readonly cacheSize: 0 | 1;

  /** @throws ArgumentError when `cacheSize` is neither 0 nor 1. */
  constructor(options?: TransformOptions) {
    const { name } = this.constructor;
    const { cacheSize } = settings(name, options, { cacheSize: 0 });
    checkChoice(name, "cacheSize", cacheSize, [0, 1]);
    this.cacheSize = cacheSize;
  }

  /** Constraint of valid inputs. */
  abstract get domain(): Constraint;

  /** Constraint of the outputs. */
  abstract get codomain(): Constraint;

  /** Whether the transform is bijective, so that `logAbsDetJacobian` is defined. */
  get bijective(): boolean {
    return true;
  }

  /**
   * Sign of the derivative: 1 for an increasing and -1 for a decreasing transform. Throws an ArgumentError for
   * transforms of vectors.
   */
  get sign(): TensorOrNumber {
    // safe: that of a subclass
    throw new ArgumentError(`${(this.constructor as typeof Transform).name}.sign: the transform is not monotonic`);
  }

  /** Computes the transform of `x`. */
  abstract apply(x: Tensor): Tensor;

  /** Computes the input that is transformed to `y`. */
  abstract inverse(y: Tensor): Tensor;

  /** Computes `ln |det dy/dx|` from an input and its transform: [..., event] → [...]. */
  abstract logAbsDetJacobian(x: Tensor, y: Tensor): Tensor;

  /** The inverse transform. */
  get inv(): Transform {
    return new InverseTransform(this);
  }

  /** Returns the shape of the output for an input shape. */
  forwardShape(shape: Shape): Shape {
    return shape;
  }

  /** Returns the shape of the input for an output shape. */
  inverseShape(shape: Shape): Shape {
    return shape;
  }

  /** Whether another transform is equal: of the same class, with the same parameters. */
  equals(other: Transform): boolean {
    const [own, others] = [this.settings, other.settings];
    return (
      this.constructor === other.constructor &&
      own.length === others.length &&
      own.every((value, i) => same(value, others[i]))
    );
  }

  /** The parameters that distinguish transforms of one class. */
  protected get settings(): readonly unknown[] {
    return [];
  }
}

function same(a: unknown, b: unknown): boolean {
  return a instanceof Transform && b instanceof Transform ? a.equals(b) : a === b;
}

/** The inverse of another transform. */
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

/** Throws an ArgumentError unless the values in an array are transforms. */
export function expectTransforms(transform: string, values: readonly Transform[]): void {
  const wrong = Array.isArray(values) ? values.filter((value) => !(value instanceof Transform)) : [values];
  if (wrong.length > 0) expected(transform, "transforms", wrong[0]);
}

/** Throws an ArgumentError unless a parameter is a number or a tensor. */
export function expectParameter(transform: string, parameter: string, value: TensorOrNumber): void {
  if (typeof value !== "number") expectTensor(transform, value, `a number or a tensor as ${parameter}`);
}
