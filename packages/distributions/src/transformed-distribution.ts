/** Distributions of transformed random variables. */

import {
  type GeneratorOption,
  type Shape,
  ShapeError,
  sameShape,
  type Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import { type Constraint, independent, unitInterval } from "./constraints.ts";
import {
  Distribution,
  type DistributionOptions,
  expectDistribution,
  sumRightmost,
  unrecorded,
} from "./distribution.ts";
import { Independent } from "./independent.ts";
import { ComposeTransform } from "./transforms/compose.ts";
import type { Transform } from "./transforms/transform.ts";

/**
 * Returns the base distribution, expanded or reinterpreted as the transforms require, and the batch and event shapes of
 * the result.
 */
function prepared<Base extends Distribution>(
  base: Base,
  transform: ComposeTransform,
): { readonly base: Base | Independent<Base>; readonly batchShape: Shape; readonly eventShape: Shape } {
  expectDistribution("TransformedDistribution", base);
  const given = [...base.batchShape, ...base.eventShape];
  const { domain, codomain } = transform;
  if (given.length < domain.eventDim) {
    throw new ShapeError(
      `TransformedDistribution: ${base} has ${given.length} dimensions, but the transforms need ${domain.eventDim}`,
    );
  }
  const shape = transform.forwardShape(given);
  const own = base.eventShape.length;
  const needed = transform.inverseShape(shape);
  // Safe: `expand` returns a distribution of the same class.
  const wide = sameShape(needed, given) ? base : (base.expand(needed.slice(0, needed.length - own)) as Base);
  const more = domain.eventDim - own;
  const cut = shape.length - codomain.eventDim - Math.max(-more, 0);
  return {
    base: more > 0 ? new Independent(wide, more) : wide,
    batchShape: shape.slice(0, cut),
    eventShape: shape.slice(cut),
  };
}

/**
 * The distribution of y = f(x), for x drawn from a base distribution and f one transform or several, applied in order.
 *
 *     ln p(y) = ln p_X(f⁻¹(y)) - ln |df/dx|
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.transformed_distribution.TransformedDistribution
 *
 * @example
 * // The logistic distribution
 * const logistic = new TransformedDistribution(new Uniform(0, 1), [new SigmoidTransform().inv, new AffineTransform(1, 2)]);
 * logistic.icdf(0.5); // 1
 */
export class TransformedDistribution<Base extends Distribution = Distribution> extends Distribution {
  static override name = "TransformedDistribution";
  /** The base distribution. */
  readonly base: Base;
  /** The transforms, in the order in which they are applied. */
  readonly transforms: readonly Transform[];
  /** For each sample, what each transform with a cache computed it from, and the sample's version. */
  readonly #origins = new WeakMap<Tensor, { readonly steps: readonly (Tensor | null)[]; readonly version: number }>();

  /** @throws ShapeError when the base distribution has fewer dimensions than the transforms need. */
  constructor(base: Base, transforms: Transform | readonly Transform[], options: DistributionOptions = {}) {
    // safe: anything else is a single transform
    const list = Array.isArray(transforms) ? (transforms as readonly Transform[]) : [transforms as Transform];
    const found = prepared(base, new ComposeTransform(list));
    super(found.batchShape, found.eventShape, base.like, options);
    // Safe: differs from `Base` only if the transforms need more event dimensions, and is then an `Independent` of it.
    this.base = found.base as Base;
    this.transforms = list;
  }

  override get support(): Constraint {
    const last = this.transforms.at(-1);
    if (last === undefined) return this.base.support;
    return independent(last.codomain, Math.max(this.eventShape.length - last.codomain.eventDim, 0));
  }

  override get hasRsample(): boolean {
    return this.base.hasRsample;
  }

  override sample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return unrecorded(() => this.#forward(this.base.sample(sampleShape, options)));
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return this.#forward(this.base.rsample(sampleShape, options));
  }

  override logProb(value: TensorOrNumber): Tensor {
    let y = this.checked("logProb", value);
    let dims = this.eventShape.length;
    let stretch: Tensor | null = null;
    const origin = this.#origins.get(y);
    const steps = origin?.version === y.storage.version ? origin.steps : [];
    for (const [i, transform] of [...this.transforms.entries()].reverse()) {
      const step = steps[i];
      const x = !step || step.isDisposed ? transform.inverse(y) : step;
      dims += transform.domain.eventDim - transform.codomain.eventDim;
      const term = sumRightmost(transform.logAbsDetJacobian(x, y), dims - transform.domain.eventDim);
      stretch = stretch === null ? term : stretch.add(term);
      y = x;
    }
    const density = sumRightmost(this.base.logProb(y), dims - this.base.eventShape.length);
    return stretch === null ? density : density.sub(stretch);
  }

  override cdf(value: TensorOrNumber): Tensor {
    let x = this.checked("cdf", value);
    for (const transform of this.transforms.toReversed()) x = transform.inverse(x);
    return this.#rising(this.base.cdf(x));
  }

  override icdf(probability: TensorOrNumber): Tensor {
    return this.#forward(this.base.icdf(this.#rising(this.checked("icdf", probability, unitInterval))));
  }

  override expand(batchShape: Shape): TransformedDistribution<Base> {
    const shape = new ComposeTransform(this.transforms).inverseShape([batchShape, this.eventShape].flat());
    const own = this.base.eventShape.length;
    // Safe: `expand` returns a distribution of the same class.
    const base = this.base.expand(shape.slice(0, shape.length - own)) as Base;
    return new TransformedDistribution(base, this.transforms, this.options);
  }

  /** Returns the name, and the parameters or the base distribution. */
  override toString(): string {
    return super.toString().replace("()", `(${this.base})`);
  }

  #forward(x: Tensor): Tensor {
    const steps: (Tensor | null)[] = [];
    const y = this.transforms.reduce((value, transform) => {
      steps.push(transform.cacheSize === 1 ? value : null);
      return transform.apply(value);
    }, x);
    this.#origins.set(y, { steps, version: y.storage.version });
    return y;
  }

  /**
   * Converts between probabilities of the base and of the transformed variable, which are complementary if the
   * transforms are decreasing.
   */
  #rising(p: Tensor): Tensor {
    const { sign } = new ComposeTransform(this.transforms);
    return sign === 1 ? p : p.sub(0.5).mul(sign).add(0.5);
  }
}
