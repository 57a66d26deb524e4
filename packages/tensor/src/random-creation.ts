/**
 * New tensors of random numbers.
 */

import { allocate, checkOptions, optionsLike, type TensorOptions, upload } from "./creation.ts";
import { isFloating } from "./dtype.ts";
import { encode, numbersOf } from "./encode.ts";
import { ArgumentError, DTypeError, ShapeError } from "./errors.ts";
import { bernoulli_, exponential_, type GeneratorOption, normal_, random_, uniform_ } from "./ops/random.ts";
import { pointwise, type TensorOrNumber } from "./pointwise.ts";
import { drawPermutation } from "./random/distributions.ts";
import { defaultGenerator } from "./random/generator.ts";
import { broadcastShapes, type Shape, showShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** What the functions that draw let one choose. */
export interface RandomOptions extends TensorOptions, GeneratorOption {}

/** The part of the options that says where numbers come from. */
function source({ generator }: GeneratorOption): GeneratorOption {
  return generator === undefined ? {} : { generator };
}

function drawn(operation: string, shape: Shape, options: RandomOptions, fill: (x: Tensor, from: GeneratorOption) => Tensor): Tensor {
  checkOptions(operation, options, ["generator"]);
  const dtype = options.dtype ?? "float32";
  if (!isFloating(dtype)) throw new DTypeError(`${operation}: expected a floating-point dtype, got ${dtype}`);
  return fill(allocate(operation, shape, dtype, options.device), source(options));
}

/**
 * Numbers from the uniform distribution on [0, 1).
 *
 * https://pytorch.org/docs/stable/generated/torch.rand.html
 *
 * @example
 * rand([2, 3], { generator: new Generator().manualSeed(0) });
 */
export function rand(shape: Shape, options: RandomOptions = {}): Tensor {
  return drawn("rand", shape, options, (x, from) => uniform_(x, 0, 1, from));
}

/** Numbers from the standard normal distribution. https://pytorch.org/docs/stable/generated/torch.randn.html */
export function randn(shape: Shape, options: RandomOptions = {}): Tensor {
  return drawn("randn", shape, options, (x, from) => normal_(x, 0, 1, from));
}

/** Numbers from the uniform distribution on [0, 1), in the shape, dtype and place of `x`. https://pytorch.org/docs/stable/generated/torch.rand_like.html */
export function randLike(x: Tensor, options: RandomOptions = {}): Tensor {
  return rand(x.shape, optionsLike(x, options));
}

/** Numbers from the standard normal distribution, in the shape, dtype and place of `x`. https://pytorch.org/docs/stable/generated/torch.randn_like.html */
export function randnLike(x: Tensor, options: RandomOptions = {}): Tensor {
  return randn(x.shape, optionsLike(x, options));
}

/**
 * Integers from [low, high), int32 unless told otherwise; `low` may be left out and is 0 then.
 *
 * https://pytorch.org/docs/stable/generated/torch.randint.html
 *
 * @example
 * randint(10, [3]); // three digits
 */
export function randint(high: number, shape: Shape, options?: RandomOptions): Tensor;
export function randint(low: number, high: number, shape: Shape, options?: RandomOptions): Tensor;
export function randint(first: number, second: number | Shape, third?: Shape | RandomOptions, fourth?: RandomOptions): Tensor {
  const brief = typeof second === "object";
  const [low, high] = brief ? [0, first] : [first, second];
  // Safe: the overloads say which argument is which.
  const shape = (brief ? second : third) as Shape;
  const options = ((brief ? third : fourth) ?? {}) as RandomOptions;
  checkOptions("randint", options, ["generator"]);
  return random_(allocate("randint", shape, options.dtype ?? "int32", options.device), low, high, source(options));
}

/** Integers from [low, high), in the shape, dtype and place of `x`. https://pytorch.org/docs/stable/generated/torch.randint_like.html */
export function randintLike(x: Tensor, low: number, high: number, options: RandomOptions = {}): Tensor {
  return randint(low, high, x.shape, optionsLike(x, options));
}

/** The integers from 0 to n - 1 in random order, int32. https://pytorch.org/docs/stable/generated/torch.randperm.html */
export function randperm(n: number, options: RandomOptions = {}): Tensor {
  checkOptions("randperm", options, ["generator"]);
  if (!Number.isInteger(n) || n < 0) throw new ArgumentError(`randperm: n must be a non-negative integer, got ${n}`);
  const { dtype = "int32", generator = defaultGenerator() } = options;
  return upload("randperm", encode(drawPermutation(generator, n), dtype), [n], dtype, options.device);
}

const place = /* @__PURE__ */ pointwise<[Tensor, TensorOrNumber, TensorOrNumber]>("normal", (z, std, mean) => z.mul(std).add(mean));

/**
 * Numbers from normal distributions. Mean and standard deviation are numbers, and then there is a shape, or tensors that are broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.normal.html
 */
export function normal(mean: TensorOrNumber, std: TensorOrNumber, shape: Shape | null = null, options: RandomOptions = {}): Tensor {
  if (typeof mean !== "object" && typeof std !== "object") {
    if (shape === null) throw new ArgumentError("normal: a shape is needed when mean and standard deviation are numbers");
    return drawn("normal", shape, options, (x, from) => normal_(x, Number(mean), Number(std), from));
  }
  const tensors = [mean, std].filter((x) => typeof x === "object");
  const like = tensors[0] as Tensor; // safe: one of the two is a tensor
  const sizes = broadcastShapes(
    "normal",
    tensors.map((x) => x.shape),
  );
  return place(randn(sizes, optionsLike(like, options)), std, mean);
}

/** One with the probability that stands in `p`, else zero. https://pytorch.org/docs/stable/generated/torch.bernoulli.html */
export function bernoulli(p: Tensor, options: GeneratorOption = {}): Tensor {
  if (!isFloating(p.dtype)) throw new DTypeError(`bernoulli: probabilities must be floating point, got ${p.dtype}`);
  return bernoulli_(p.newEmpty(p.shape), p, options);
}

/** Options of `multinomial`. */
export interface MultinomialOptions extends GeneratorOption {
  /** Whether a number may be drawn again. Default false. */
  readonly replacement?: boolean;
}

/**
 * Numbers of classes, drawn with the weights given: weights [classes] or [rows, classes] → [samples] or [rows, samples], int32.
 *
 * https://pytorch.org/docs/stable/generated/torch.multinomial.html
 *
 * @throws ArgumentError for negative or all-zero weights, or more samples than classes without replacement.
 */
export function multinomial(weights: Tensor, samples: number, options: MultinomialOptions = {}): Tensor {
  const { replacement = false } = options;
  for (const name of Object.keys(options)) {
    if (name !== "generator" && name !== "replacement")
      throw new ArgumentError(`multinomial: there is no option "${name}"; there are generator, replacement`);
  }
  if (weights.ndim < 1 || weights.ndim > 2)
    throw new ShapeError(`multinomial: expected [classes] or [rows, classes], got shape ${showShape(weights.shape)}`);
  if (!isFloating(weights.dtype)) throw new DTypeError(`multinomial: weights must be floating point, got ${weights.dtype}`);
  const classes = weights.shape[weights.ndim - 1] as number;
  const rows = weights.ndim === 2 ? (weights.shape[0] as number) : 1;
  if (!Number.isInteger(samples) || samples < 1)
    throw new ArgumentError(`multinomial: the number of samples must be positive, got ${samples}`);
  if (!replacement && samples > classes)
    throw new ArgumentError(`multinomial: cannot draw ${samples} of ${classes} classes without replacement`);
  const values = numbersOf(weights.dataSync(), weights.dtype);
  for (let row = 0; row < rows; row++) {
    let total = 0;
    for (let i = 0; i < classes; i++) {
      const weight = values[row * classes + i] as number;
      if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
        throw new ArgumentError(`multinomial: weights must be finite and not negative, got ${weight}`);
      total += weight;
    }
    if (total === 0) throw new ArgumentError(`multinomial: all weights of row ${row} are zero`);
  }
  const chosen =
    replacement && samples > 1
      ? withReplacement(values, rows, classes, samples, options)
      : withoutReplacement(weights, values, rows, classes, samples, options);
  return upload("multinomial", chosen, weights.ndim === 2 ? [rows, samples] : [samples], "int32", weights.device);
}

/** The classes whose exponential clocks, running as fast as their weights, ring first. */
function withoutReplacement(
  like: Tensor,
  weights: ArrayLike<number>,
  rows: number,
  classes: number,
  samples: number,
  options: GeneratorOption,
): Int32Array<ArrayBuffer> {
  const clocks = exponential_(allocate("multinomial", like.shape, like.dtype, like.device), 1, source(options));
  const times = numbersOf(clocks.dataSync(), clocks.dtype);
  const rate = (i: number) => (weights[i] as number) / (times[i] as number);
  const chosen = new Int32Array(rows * samples);
  for (let row = 0; row < rows; row++) {
    const order = Array.from({ length: classes }, (_, i) => i);
    order.sort((a, b) => rate(row * classes + b) - rate(row * classes + a) || a - b);
    chosen.set(order.slice(0, samples), row * samples);
  }
  return chosen;
}

/** For each draw, the first class at which the running share of the weights reaches it. */
function withReplacement(
  weights: ArrayLike<number>,
  rows: number,
  classes: number,
  samples: number,
  { generator = defaultGenerator() }: GeneratorOption,
): Int32Array<ArrayBuffer> {
  const chosen = new Int32Array(rows * samples);
  const share = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    let total = 0;
    for (let i = 0; i < classes; i++) {
      total += weights[row * classes + i] as number;
      share[i] = total;
    }
    for (let k = 0; k < samples; k++) {
      const draw = generator.uniform64() * total;
      let [low, high] = [0, classes - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((share[middle] as number) < draw) low = middle + 1;
        else high = middle;
      }
      chosen[row * samples + k] = low;
    }
  }
  return chosen;
}
