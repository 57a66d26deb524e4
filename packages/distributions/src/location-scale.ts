/** The base class of location-scale families. */

import type { Shape, Tensor, TensorOrNumber } from "@akari/tensor";
import { type Constraint, positive, real } from "./constraints.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import { parameters } from "./parameters.ts";

/** Base class of distributions with a location and a scale. */
export abstract class LocationScale extends Distribution {
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = { loc: real, scale: positive };
  /** Location, [batch]. */
  readonly loc: Tensor;
  /** Scale, [batch]. */
  readonly scale: Tensor;

  /**
   * @param loc the location.
   * @param scale the scale.
   * @throws ArgumentError for a scale that is not positive.
   */
  constructor(loc: TensorOrNumber, scale: TensorOrNumber, options: DistributionOptions = {}) {
    const given = parameters(new.target.name, { loc, scale }, LocationScale.argConstraints, options);
    super(given.loc.shape, [], given.loc, options);
    this.loc = given.loc;
    this.scale = given.scale;
  }

  override get support(): Constraint {
    return real;
  }

  override get hasRsample(): boolean {
    return true;
  }

  override get mean(): Tensor {
    return this.loc;
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get variance(): Tensor {
    return this.stddev.square();
  }

  override expand(batchShape: Shape): this {
    // Safe: subclasses have the constructor parameters of this class.
    const Same = this.constructor as new (loc: Tensor, scale: Tensor, options: DistributionOptions) => this;
    return new Same(this.loc.expand(batchShape), this.scale.expand(batchShape), this.options);
  }
}
