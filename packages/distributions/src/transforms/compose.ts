/** Composition of transforms. */

import { type Shape, Tensor, type TensorOrNumber } from "@akari/tensor";
import { type Constraint, independent, real } from "../constraints.ts";
import { sumRightmost } from "../distribution.ts";
import { expectTransforms, Transform } from "./transform.ts";

/**
 * Composition of several transforms, applied in order.
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transforms.ComposeTransform
 */
export class ComposeTransform extends Transform {
  static override name = "ComposeTransform";
  /** The transforms, in the order in which they are applied. */
  readonly parts: readonly Transform[];

  /** @throws ArgumentError unless `parts` are transforms. */
  constructor(parts: readonly Transform[]) {
    super();
    expectTransforms("ComposeTransform", parts);
    this.parts = parts;
  }

  override get domain(): Constraint {
    const [first] = this.parts;
    if (first === undefined) return real;
    const dims = this.parts.reduceRight(
      (dims, { domain, codomain }) => Math.max(dims + domain.eventDim - codomain.eventDim, domain.eventDim),
      this.parts.at(-1)?.codomain.eventDim ?? 0,
    );
    return independent(first.domain, dims - first.domain.eventDim);
  }

  override get codomain(): Constraint {
    const last = this.parts.at(-1);
    if (last === undefined) return real;
    const dims = this.parts.reduce(
      (dims, { domain, codomain }) => Math.max(dims + codomain.eventDim - domain.eventDim, codomain.eventDim),
      this.parts[0]?.domain.eventDim ?? 0,
    );
    return independent(last.codomain, dims - last.codomain.eventDim);
  }

  override get bijective(): boolean {
    return this.parts.every(({ bijective }) => bijective);
  }

  override get sign(): TensorOrNumber {
    return this.parts.reduce<TensorOrNumber>((sign, part) => times(sign, part.sign), 1);
  }

  override get inv(): ComposeTransform {
    return new ComposeTransform(this.parts.toReversed().map(({ inv }) => inv));
  }

  override apply(x: Tensor): Tensor {
    return this.parts.reduce((value, part) => part.apply(value), x);
  }

  override inverse(y: Tensor): Tensor {
    return this.parts.reduceRight((value, part) => part.inverse(value), y);
  }

  override logAbsDetJacobian(x: Tensor, y: Tensor): Tensor {
    let [value, dims] = [x, this.domain.eventDim];
    let total: Tensor | null = null;
    this.parts.forEach((part, i) => {
      const next = i === this.parts.length - 1 ? y : part.apply(value);
      const term = sumRightmost(part.logAbsDetJacobian(value, next), dims - part.domain.eventDim);
      total = total === null ? term : total.add(term);
      dims += part.codomain.eventDim - part.domain.eventDim;
      value = next;
    });
    return total ?? x.mul(0);
  }

  override forwardShape(shape: Shape): Shape {
    return this.parts.reduce((sizes, part) => part.forwardShape(sizes), shape);
  }

  override inverseShape(shape: Shape): Shape {
    return this.parts.reduceRight((sizes, part) => part.inverseShape(sizes), shape);
  }

  protected override get settings(): readonly unknown[] {
    return this.parts;
  }
}

/** Multiplies two signs. */
function times(a: TensorOrNumber, b: TensorOrNumber): TensorOrNumber {
  if (a instanceof Tensor) return a.mul(b);
  return b instanceof Tensor ? b.mul(a) : Number(a) * Number(b);
}
