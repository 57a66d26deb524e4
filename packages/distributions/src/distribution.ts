/**
 * The base class of all distributions. One object holds a batch of distributions with broadcast parameters, and samples
 * have shape [sample, batch, event].
 */

import {
  ArgumentError,
  broadcastShapes,
  expected,
  expectTensor,
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
   * Whether to check parameters and values: immediately on devices with synchronous reads, at the next read on other
   * devices. Default true, or the value passed to `Distribution.setDefaultValidateArgs`.
   */
  readonly validateArgs?: boolean;
}

let validatesByDefault = true;

/** Runs a function without recording gradients. */
export function unrecorded<Result>(run: () => Result): Result {
  const before = gradMode.enabled;
  gradMode.enabled = false;
  try {
    return run();
  } finally {
    gradMode.enabled = before;
  }
}

/** Sums over the last `dims` dimensions. */
export function sumRightmost(x: Tensor, dims: number): Tensor {
  return dims === 0 ? x : x.sum(Array.from({ length: dims }, (_, i) => -1 - i));
}

/**
 * Base class of probability distributions. An object represents a batch of them. Densities, entropies and moments are
 * differentiable with respect to the parameters, and so are the samples of `rsample`.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.distribution.Distribution
 */
export abstract class Distribution {
  static name = "Distribution";
  /** Constraint of each parameter, by name. */
  static readonly argConstraints: Readonly<Record<string, Constraint>> = {};
  /** Shape of the batch, to which the parameters are broadcast. */
  readonly batchShape: Shape;
  /** Shape of a single sample of one distribution; [] for scalars. */
  readonly eventShape: Shape;
  /** Whether parameters and values are checked. */
  readonly validateArgs: boolean;
  /** A tensor with the dtype and device of the parameters. */
  readonly like: Tensor;

  /** The probabilities or logits that were passed, in distributions that accept either. */
  declare protected readonly odds?: { readonly given: Readonly<Record<string, Tensor>> };

  /** @param like a parameter, for its dtype and device. */
  protected constructor(batchShape: Shape, eventShape: Shape, like: Tensor, options: DistributionOptions) {
    this.batchShape = batchShape;
    this.eventShape = eventShape;
    this.like = like;
    this.validateArgs = validates(options);
  }

  /** Sets whether distributions check their arguments when the option `validateArgs` is not passed. */
  static setDefaultValidateArgs(value: boolean): void {
    validatesByDefault = value;
  }

  /** The set of possible values. */
  abstract get support(): Constraint;

  /** Whether the distribution implements `rsample`. */
  get hasRsample(): boolean {
    return false;
  }

  /** Whether the distribution implements `enumerateSupport`. */
  get hasEnumerateSupport(): boolean {
    return false;
  }

  /** Mean, [batch, event]. */
  get mean(): Tensor {
    throw this.missing("mean");
  }

  /** Most probable value, [batch, event]. */
  get mode(): Tensor {
    throw this.missing("mode");
  }

  /** Variance, [batch, event]. */
  get variance(): Tensor {
    throw this.missing("variance");
  }

  /** Standard deviation, [batch, event]. */
  get stddev(): Tensor {
    return this.variance.sqrt();
  }

  /** Draws samples without a gradient: [sample, batch, event]. */
  sample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return unrecorded(() => this.rsample(sampleShape, options));
  }

  /**
   * Draws reparameterized samples, which are differentiable with respect to the parameters: [sample, batch, event].
   *
   * @throws ArgumentError when the distribution does not support it; check `hasRsample`.
   */
  rsample(_sampleShape: Shape = [], _options: GeneratorOption = {}): Tensor {
    throw this.missing("rsample", "draws are not a differentiable function of the parameters; use sample and logProb");
  }

  /**
   * Computes the logarithm of the probability density, or of the probability for a discrete distribution:
   * [sample, batch].
   *
   * @throws ShapeError when the value does not match the event and batch shapes.
   * @throws ArgumentError when the value is outside of the support.
   */
  abstract logProb(value: TensorOrNumber): Tensor;

  /**
   * Computes the cumulative distribution function, the probability of a value at most this large.
   *
   * @throws ArgumentError when there is no formula for it, or when the value is outside of the support.
   */
  cdf(_value: TensorOrNumber): Tensor {
    throw this.missing("cdf");
  }

  /**
   * Computes the quantile function, the inverse of `cdf`.
   *
   * @throws ArgumentError when there is no formula for it, or for probabilities outside of [0, 1].
   */
  icdf(_probability: TensorOrNumber): Tensor {
    throw this.missing("icdf");
  }

  /**
   * Computes the entropy in nats: [batch].
   *
   * @throws ArgumentError when there is no formula for it.
   */
  entropy(): Tensor {
    throw this.missing("entropy");
  }

  /** Computes `exp(entropy)`: [batch]. */
  perplexity(): Tensor {
    return this.entropy().exp();
  }

  /**
   * Returns all values of the support along a new first dimension: [values, batch, event], or [values, 1, …, event] if
   * `expand` is false.
   *
   * @throws ArgumentError unless the support is finite; check `hasEnumerateSupport`.
   */
  enumerateSupport(_expand = true): Tensor {
    throw this.missing("enumerateSupport");
  }

  /** Returns the distribution with its batch broadcast to a larger shape. */
  abstract expand(batchShape: Shape): Distribution;

  /** Returns the name and the parameters, or the shapes of larger ones, as in `Normal(loc: 0.0, scale: [3])`. */
  toString(): string {
    const own: object = { ...this, ...this.odds?.given };
    const names = Object.keys((this.constructor as typeof Distribution).argConstraints); // safe: that of a subclass
    const given = names.filter((name) => name in own);
    const shown = (given.length > 0 ? given : names).map(
      (name) => `${name}: ${show(Reflect.get(own, name) ?? Reflect.get(this, name))}`,
    );
    return `${this.label}(${shown.join(", ")})`;
  }

  /** Options for a distribution derived from this one. */
  protected get options(): DistributionOptions {
    return { validateArgs: this.validateArgs };
  }

  /** Name of the class, for messages. */
  protected get label(): string {
    return (this.constructor as typeof Distribution).name; // safe: that of a subclass
  }

  /**
   * Returns the shape of samples.
   *
   * @throws ShapeError when `sampleShape` is not an array.
   */
  protected extendedShape(sampleShape: Shape): Shape {
    if (!Array.isArray(sampleShape))
      throw new ShapeError(`${this.label}: sampleShape must be an array such as [100], got ${String(sampleShape)}`);
    return [...sampleShape, ...this.batchShape, ...this.eventShape];
  }

  /** Options for drawing random numbers: dtype and device of the parameters, and the generator. */
  protected source(options: GeneratorOption): { dtype: Tensor["dtype"]; device: Tensor["device"] } & GeneratorOption {
    return { dtype: this.like.dtype, device: this.like.device, ...options };
  }

  /**
   * Converts a value to a tensor, and checks it if `validateArgs` is set.
   *
   * @throws ShapeError when it does not broadcast with the distribution.
   * @throws ArgumentError when it is outside of the support, or neither a tensor nor a number.
   */
  protected checked(operation: string, value: TensorOrNumber, support: Constraint = this.support): Tensor {
    const { like, batchShape, eventShape, label } = this;
    if (typeof value !== "number" && typeof value !== "boolean")
      expectTensor(`${label}.${operation}`, value, "a tensor or a number");
    const given = value instanceof Tensor ? value : full([], Number(value), { dtype: like.dtype, device: like.device });
    const x = given.isFloatingPoint() ? given : given.to(like.dtype);
    if (!this.validateArgs) return x;
    const what = `${label}.${operation}: the value`;
    const rest = x.ndim - eventShape.length;
    const event = x.shape.slice(Math.max(rest, 0));
    if (rest < 0 || event.some((size, i) => size !== eventShape[i])) {
      throw new ShapeError(`${what} must end in the event shape ${showShape(eventShape)}, got ${showShape(x.shape)}`);
    }
    broadcastShapes(`${label}.${operation}`, [x.shape.slice(0, rest), batchShape]);
    expectWithin(x, support, what);
    return x;
  }

  /** Creates the error for a method that this distribution does not support. */
  protected missing(name: string, reason = "there is no formula for it"): ArgumentError {
    return new ArgumentError(`${this.label}.${name}: ${reason}`);
  }

  /** Returns a tensor of the batch and event shape filled with one value. */
  protected filled(value: number): Tensor {
    const { dtype, device } = this.like;
    return full(this.extendedShape([]), value, { dtype, device });
  }
}

/** Formats a parameter: a number as in Python, and of several numbers the shape. */
function show(x: Tensor | number): string {
  if (typeof x === "number") return String(x);
  if (x.numel() !== 1) return showShape(x.shape);
  if (x.ndim > 0 || x.device.readSync === undefined) return String(x);
  const value = x.itemSync();
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** Throws an ArgumentError unless a value is a distribution. In plain JavaScript it may be anything. */
export function expectDistribution(label: string, value: Distribution): void {
  if (!(value instanceof Distribution)) expected(label, "a distribution", value);
}

/** Whether to check arguments. */
export function validates({ validateArgs = validatesByDefault }: DistributionOptions): boolean {
  return validateArgs;
}
