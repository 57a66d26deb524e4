/**
 * `Distribution`: what all distributions can be asked. A batch of them is one object, whose parameters are broadcast;
 * its draws have the shape [sample, batch, event].
 */

import {
  ArgumentError,
  broadcastShapes,
  full,
  type GeneratorOption,
  gradMode,
  type Shape,
  ShapeError,
  showShape,
  Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import type { Constraint } from "./constraints.ts";
import { expectWithin } from "./validation.ts";

/** Options of every distribution. */
export interface DistributionOptions {
  /**
   * Whether parameters and values are checked: at once where the device can be read at once, with the next read
   * elsewhere. Default true, unless `Distribution.setDefaultValidateArgs` said otherwise.
   */
  readonly validateArgs?: boolean;
}

let validatesByDefault = true;

/** Runs a function without recording what it does. */
export function unrecorded<Result>(run: () => Result): Result {
  const before = gradMode.enabled;
  gradMode.enabled = false;
  try {
    return run();
  } finally {
    gradMode.enabled = before;
  }
}

/** Sums the last `dims` dimensions. */
export function sumRightmost(x: Tensor, dims: number): Tensor {
  return dims === 0 ? x : x.sum(Array.from({ length: dims }, (_, i) => -1 - i));
}

/**
 * A probability distribution, or a batch of them. Gradients go through everything that is a function of the parameters,
 * and through `rsample`.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.distribution.Distribution
 */
export abstract class Distribution {
  static name = "Distribution";
  /** The set that each parameter must come from, by its name. */
  static readonly argConstraints: Readonly<Record<string, Constraint>> = {};
  /** How many distributions there are: the shape to which the parameters are broadcast. */
  readonly batchShape: Shape;
  /** The shape of one draw from one distribution; [] for numbers. */
  readonly eventShape: Shape;
  /** Whether parameters and values are checked. */
  readonly validateArgs: boolean;
  /** A tensor of the dtype and on the device of the parameters. */
  readonly like: Tensor;

  /** @param like a parameter, for its dtype and device. */
  protected constructor(batchShape: Shape, eventShape: Shape, like: Tensor, options: DistributionOptions) {
    this.batchShape = batchShape;
    this.eventShape = eventShape;
    this.like = like;
    this.validateArgs = validates(options);
  }

  /** Whether distributions made from now on check their arguments when they are not told. */
  static setDefaultValidateArgs(value: boolean): void {
    validatesByDefault = value;
  }

  /** The set of values that can be drawn. */
  abstract get support(): Constraint;

  /** Whether there is `rsample`. */
  get hasRsample(): boolean {
    return false;
  }

  /** Whether there is `enumerateSupport`. */
  get hasEnumerateSupport(): boolean {
    return false;
  }

  /** The mean: [batch, event]. */
  get mean(): Tensor {
    throw this.missing("mean");
  }

  /** The most probable value: [batch, event]. */
  get mode(): Tensor {
    throw this.missing("mode");
  }

  /** The variance: [batch, event]. */
  get variance(): Tensor {
    throw this.missing("variance");
  }

  /** The standard deviation: [batch, event]. */
  get stddev(): Tensor {
    return this.variance.sqrt();
  }

  /** Draws, which no gradient goes through: [sample, batch, event]. */
  sample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return unrecorded(() => this.rsample(sampleShape, options));
  }

  /**
   * Draws as functions of the parameters, so that gradients go through: [sample, batch, event].
   *
   * @throws ArgumentError when the distribution has none; `hasRsample` says so beforehand.
   */
  rsample(_sampleShape: Shape = [], _options: GeneratorOption = {}): Tensor {
    throw this.missing("rsample", "draws of it are no smooth function of its parameters; use sample and logProb");
  }

  /** The logarithm of the density, or of the probability: [sample, batch]. */
  abstract logProb(value: TensorOrNumber): Tensor;

  /** The probability of a value at most this large. */
  cdf(_value: TensorOrNumber): Tensor {
    throw this.missing("cdf");
  }

  /** The value that is not exceeded with this probability: the inverse of `cdf`. */
  icdf(_probability: TensorOrNumber): Tensor {
    throw this.missing("icdf");
  }

  /** The entropy, in nats: [batch]. */
  entropy(): Tensor {
    throw this.missing("entropy");
  }

  /** `exp(entropy)`: [batch]. */
  perplexity(): Tensor {
    return this.entropy().exp();
  }

  /**
   * All values that can be drawn, along a new first dimension: [values, batch, event], or with `expand` false
   * [values, 1, …, event].
   *
   * @throws ArgumentError when there are infinitely many.
   */
  enumerateSupport(_expand = true): Tensor {
    throw this.missing("enumerateSupport");
  }

  /** The same distribution with its batch broadcast to a larger shape. */
  abstract expand(batchShape: Shape): Distribution;

  /** The name and the shapes, as in `Normal(batchShape: [3], eventShape: [])`. */
  toString(): string {
    return `${this.label}(batchShape: ${showShape(this.batchShape)}, eventShape: ${showShape(this.eventShape)})`;
  }

  /** The options to make a distribution like this one with. */
  protected get options(): DistributionOptions {
    return { validateArgs: this.validateArgs };
  }

  /** The class's name, for messages. */
  protected get label(): string {
    return (this.constructor as typeof Distribution).name; // safe: that of a subclass
  }

  /** The shape of draws. Throws a ShapeError for a number where a shape belongs. */
  protected extendedShape(sampleShape: Shape): Shape {
    if (!Array.isArray(sampleShape))
      throw new ShapeError(
        `${this.label}: the shape of a sample must be an array such as [100], got ${String(sampleShape)}`,
      );
    return [...sampleShape, ...this.batchShape, ...this.eventShape];
  }

  /** Where draws are made: the dtype and device of the parameters, and the generator. */
  protected source(options: GeneratorOption): { dtype: Tensor["dtype"]; device: Tensor["device"] } & GeneratorOption {
    return { dtype: this.like.dtype, device: this.like.device, ...options };
  }

  /**
   * A value as a tensor beside the parameters, checked if arguments are.
   *
   * @throws ShapeError when it does not broadcast. @throws ArgumentError when it is outside of the support.
   */
  protected checked(operation: string, value: TensorOrNumber, support: Constraint = this.support): Tensor {
    const { like, batchShape, eventShape, label } = this;
    const given = value instanceof Tensor ? value : full([], Number(value), { dtype: like.dtype, device: like.device });
    const x = given.isFloatingPoint() ? given : given.to(like.dtype);
    if (!this.validateArgs) return x;
    const what = `${label}.${operation}: the value`;
    const rest = x.ndim - eventShape.length;
    const event = x.shape.slice(Math.max(rest, 0));
    if (rest < 0 || event.some((size, i) => size !== eventShape[i])) {
      throw new ShapeError(`${what} must end in the event's shape ${showShape(eventShape)}, got ${showShape(x.shape)}`);
    }
    broadcastShapes(`${label}.${operation}`, [x.shape.slice(0, rest), batchShape]);
    expectWithin(x, support, what);
    return x;
  }

  /** The error for what this distribution does not have. */
  protected missing(name: string, reason = "there is no formula for it"): ArgumentError {
    return new ArgumentError(`${this.label}.${name}: ${reason}`);
  }

  /** One value throughout the batch and event. */
  protected filled(value: number): Tensor {
    const { dtype, device } = this.like;
    return full(this.extendedShape([]), value, { dtype, device });
  }
}

/** Whether arguments are to be checked. */
export function validates({ validateArgs = validatesByDefault }: DistributionOptions): boolean {
  return validateArgs;
}
