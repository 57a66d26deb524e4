/** Transforms that change which dimensions make up a value, and transforms of parts of a value. */

import {
  ArgumentError,
  cat,
  checkInteger,
  checkSizes,
  expected,
  type Shape,
  ShapeError,
  sameShape,
  showShape,
  stack,
  type Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import { type Constraint, independent, interval, real } from "../constraints.ts";
import { type Distribution, sumRightmost } from "../distribution.ts";
import { expectTransforms, Transform } from "./transform.ts";

/**
 * Reinterprets batch dimensions of another transform as event dimensions.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.IndependentTransform
 */
export class IndependentTransform extends Transform {
  static override name = "IndependentTransform";
  /** The wrapped transform. */
  readonly base: Transform;
  /** Number of batch dimensions that become event dimensions. */
  readonly reinterpretedBatchNdims: number;

  /** @throws ArgumentError unless `base` is a transform and the number a non-negative integer. */
  constructor(base: Transform, reinterpretedBatchNdims: number) {
    super();
    expectTransforms("IndependentTransform", [base]);
    checkInteger("IndependentTransform", "reinterpretedBatchNdims", reinterpretedBatchNdims);
    this.base = base;
    this.reinterpretedBatchNdims = reinterpretedBatchNdims;
  }

  override get domain(): Constraint {
    return independent(this.base.domain, this.reinterpretedBatchNdims);
  }

  override get codomain(): Constraint {
    return independent(this.base.codomain, this.reinterpretedBatchNdims);
  }

  override get bijective(): boolean {
    return this.base.bijective;
  }

  override get sign(): TensorOrNumber {
    return this.base.sign;
  }

  override apply(x: Tensor): Tensor {
    return this.base.apply(x);
  }

  override inverse(y: Tensor): Tensor {
    return this.base.inverse(y);
  }

  override logAbsDetJacobian(x: Tensor, y: Tensor): Tensor {
    return sumRightmost(this.base.logAbsDetJacobian(x, y), this.reinterpretedBatchNdims);
  }

  override forwardShape(shape: Shape): Shape {
    return this.base.forwardShape(shape);
  }

  override inverseShape(shape: Shape): Shape {
    return this.base.inverseShape(shape);
  }

  protected override get settings(): readonly unknown[] {
    return [this.base, this.reinterpretedBatchNdims];
  }
}

/**
 * Reshapes the trailing dimensions of a value.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.ReshapeTransform
 */
export class ReshapeTransform extends Transform {
  static override name = "ReshapeTransform";
  /** Event shape of the input. */
  readonly inShape: Shape;
  /** Event shape of the output. */
  readonly outShape: Shape;

  /** @throws ShapeError when the shapes are not arrays of sizes or have different numbers of elements. */
  constructor(inShape: Shape, outShape: Shape) {
    super();
    for (const shape of [inShape, outShape]) checkSizes("ReshapeTransform", shape);
    const [before, after] = [inShape, outShape].map((shape) => shape.reduce((product, size) => product * size, 1));
    if (before !== after)
      throw new ShapeError(
        `ReshapeTransform: ${showShape(inShape)} has ${before} elements, and ${showShape(outShape)} has ${after}`,
      );
    this.inShape = inShape;
    this.outShape = outShape;
  }

  override get domain(): Constraint {
    return independent(real, this.inShape.length);
  }

  override get codomain(): Constraint {
    return independent(real, this.outShape.length);
  }

  override apply(x: Tensor): Tensor {
    return x.reshape(this.forwardShape(x.shape));
  }

  override inverse(y: Tensor): Tensor {
    return y.reshape(this.inverseShape(y.shape));
  }

  override logAbsDetJacobian(x: Tensor, _y: Tensor): Tensor {
    return x.detach().newZeros(x.shape.slice(0, x.ndim - this.inShape.length));
  }

  override forwardShape(shape: Shape): Shape {
    return exchanged(shape, this.inShape, this.outShape);
  }

  override inverseShape(shape: Shape): Shape {
    return exchanged(shape, this.outShape, this.inShape);
  }

  override equals(other: Transform): boolean {
    return (
      other instanceof ReshapeTransform &&
      sameShape(this.inShape, other.inShape) &&
      sameShape(this.outShape, other.outShape)
    );
  }
}

function exchanged(shape: Shape, from: Shape, to: Shape): Shape {
  const cut = shape.length - from.length;
  if (cut < 0 || !sameShape(shape.slice(cut), from))
    throw new ShapeError(`ReshapeTransform: expected values of shape ${showShape(from)}, got ${showShape(shape)}`);
  return [...shape.slice(0, cut), ...to];
}

/**
 * Transforms values of a distribution to uniform ones by its distribution function, `y = F(x)`.
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.CumulativeDistributionTransform
 */
export class CumulativeDistributionTransform extends Transform {
  static override name = "CumulativeDistributionTransform";
  /** The distribution, which must implement `cdf` and `icdf`. */
  readonly distribution: Distribution;

  /** @throws ArgumentError unless `distribution` is one. */
  constructor(distribution: Distribution) {
    super();
    if (typeof distribution?.icdf !== "function")
      expected("CumulativeDistributionTransform", "a distribution", distribution);
    this.distribution = distribution;
  }

  override get domain(): Constraint {
    return this.distribution.support;
  }

  override get codomain(): Constraint {
    return interval(0, 1);
  }

  override get sign(): number {
    return 1;
  }

  override apply(x: Tensor): Tensor {
    return this.distribution.cdf(x);
  }

  override inverse(y: Tensor): Tensor {
    return this.distribution.icdf(y);
  }

  override logAbsDetJacobian(x: Tensor, _y: Tensor): Tensor {
    return this.distribution.logProb(x);
  }

  protected override get settings(): readonly unknown[] {
    return [this.distribution];
  }
}

/** Base class of `CatTransform` and `StackTransform`: applies one transform to each part of a tensor. */
abstract class PartsTransform extends Transform {
  /** The transforms, one per part. */
  readonly transforms: readonly Transform[];
  /** The dimension along which the tensor is divided. */
  readonly dim: number;

  constructor(transforms: readonly Transform[], dim: number) {
    super();
    const { name } = this.constructor;
    expectTransforms(name, transforms);
    checkInteger(name, "dim", dim, Number.NEGATIVE_INFINITY);
    this.transforms = transforms;
    this.dim = dim;
  }

  override get bijective(): boolean {
    return this.transforms.every(({ bijective }) => bijective);
  }

  override get domain(): Constraint {
    return this.constraintOf("domain");
  }

  override get codomain(): Constraint {
    return this.constraintOf("codomain");
  }

  override apply(x: Tensor): Tensor {
    const parts = this.parts(x);
    return this.joined(this.transforms.map((transform, i) => transform.apply(parts[i] as Tensor))); // safe: as many
  }

  override inverse(y: Tensor): Tensor {
    const parts = this.parts(y);
    return this.joined(this.transforms.map((transform, i) => transform.inverse(parts[i] as Tensor))); // safe: as many
  }

  override logAbsDetJacobian(x: Tensor, y: Tensor): Tensor {
    const [before, after] = [this.parts(x), this.parts(y)];
    const dims = this.eventDim;
    const terms = this.transforms.map((transform, i) =>
      sumRightmost(
        transform.logAbsDetJacobian(before[i] as Tensor, after[i] as Tensor),
        dims - transform.domain.eventDim,
      ),
    );
    const at = this.dim < 0 ? this.dim : this.dim - x.ndim;
    // Terms are summed if the dimension is part of the value.
    const along = at + dims;
    return along < 0 ? this.joined(terms, along) : terms.reduce((sum, term) => sum.add(term));
  }

  /** Splits a tensor into its parts. */
  protected abstract parts(x: Tensor): readonly Tensor[];
  /** Joins parts into a tensor. */
  protected abstract joined(parts: readonly Tensor[], dim?: number): Tensor;
  /** Lengths of the parts. */
  protected abstract readonly lengths: readonly number[];

  /** Number of trailing dimensions that make up one value. */
  protected get eventDim(): number {
    return Math.max(0, ...this.transforms.map(({ domain }) => domain.eventDim));
  }

  /** Combines the domains or codomains of all parts. */
  protected constraintOf(which: "domain" | "codomain"): Constraint {
    const each = this.transforms.map((transform) => transform[which]);
    return {
      name: "valid in each of its parts",
      isDiscrete: each.some(({ isDiscrete }) => isDiscrete),
      eventDim: Math.max(0, ...each.map(({ eventDim }) => eventDim)),
      check: (x) => {
        const checks = this.parts(x).map((part, i) => (each[i] as Constraint).check(part)); // safe: as many
        return this.joined(checks);
      },
    };
  }

  protected override get settings(): readonly unknown[] {
    return [this.dim, ...this.lengths, ...this.transforms];
  }
}

/**
 * Applies a sequence of transforms to consecutive parts of a tensor along a dimension.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.CatTransform
 *
 * @example
 * new CatTransform([new ExpTransform(), new AffineTransform(1, 2)], 0, [1, 2]).apply(tensor([0, 1, 2])); // [1, 3, 5]
 */
export class CatTransform extends PartsTransform {
  static override name = "CatTransform";
  /** Lengths of the parts. */
  protected override readonly lengths: readonly number[];

  /**
   * @param lengths the length of each part. Default: 1 each.
   * @throws ArgumentError when the number of lengths differs from that of transforms.
   */
  constructor(transforms: readonly Transform[], dim = 0, lengths?: readonly number[]) {
    super(transforms, dim);
    const all = lengths ?? transforms.map(() => 1);
    checkSizes("CatTransform", all);
    if (all.length !== transforms.length)
      throw new ArgumentError(
        `CatTransform: expected as many lengths as transforms, got ${all.length} and ${transforms.length}`,
      );
    this.lengths = all;
  }

  protected override parts(x: Tensor): readonly Tensor[] {
    return x.split([...this.lengths], this.dim);
  }

  protected override joined(parts: readonly Tensor[], dim: number = this.dim): Tensor {
    return cat(parts, dim);
  }
}

/**
 * Applies a sequence of transforms to the slices of a tensor along a dimension, one to each.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.StackTransform
 */
export class StackTransform extends PartsTransform {
  static override name = "StackTransform";
  /** Not used, since all parts are slices. */
  protected override readonly lengths: readonly number[] = [];

  constructor(transforms: readonly Transform[], dim = 0) {
    super(transforms, dim);
  }

  /** Computes one log-determinant per slice, stacked along the dimension. */
  override logAbsDetJacobian(x: Tensor, y: Tensor): Tensor {
    const [before, after] = [this.parts(x), this.parts(y)];
    return this.joined(
      this.transforms.map((transform, i) => transform.logAbsDetJacobian(before[i] as Tensor, after[i] as Tensor)),
    );
  }

  /** Splits a tensor into its slices. @throws ShapeError when their number differs from that of transforms. */
  protected override parts(x: Tensor): readonly Tensor[] {
    if (x.size(this.dim) !== this.transforms.length)
      throw new ShapeError(
        `StackTransform: expected ${this.transforms.length} slices along dimension ${this.dim}, got shape ${showShape(x.shape)}`,
      );
    return x.unbind(this.dim);
  }

  protected override joined(parts: readonly Tensor[], dim: number = this.dim): Tensor {
    return stack(parts, dim);
  }
}
