/**
 * Samplers: the order in which a loader reads the samples of a dataset. They draw exactly like PyTorch's, so that a
 * seed gives the same order.
 */

import {
  ArgumentError,
  checkInteger,
  cpu,
  defaultGenerator,
  drawIntegers,
  drawPermutation,
  fromTypedArray,
  Generator,
  isTensor,
  itemsOf,
  multinomial,
  settings,
  type Tensor,
} from "@akari/tensor";

/**
 * An iterable of sample indices. Random samplers draw a new order for each iteration.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.Sampler
 */
export interface Sampler<Item = number> extends Iterable<Item> {
  /** Number of items per iteration. */
  readonly length: number;
}

/** A dataset or any other object with a length. */
export interface Sized {
  /** Number of samples. */
  readonly length: number;
}

/** Options of all random samplers. */
export interface SamplerOptions {
  /** Random number generator. Default: the default generator. */
  readonly generator?: Generator | undefined;
}

/**
 * Returns the length of a dataset. In plain JavaScript it may be anything.
 *
 * @throws ArgumentError when it is not a non-negative integer.
 */
export function lengthOf(name: string, source: Sized): number {
  const length = source?.length;
  checkInteger(name, "the length of the dataset", length);
  return length;
}

/**
 * Samples all indices in order.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.SequentialSampler
 */
export class SequentialSampler implements Sampler {
  readonly length: number;

  constructor(source: Sized) {
    this.length = lengthOf("SequentialSampler", source);
  }

  /** Iterates over the indices 0, 1, …, `length - 1`. */
  *[Symbol.iterator](): Iterator<number> {
    for (let i = 0; i < this.length; i++) yield i;
  }
}

/** Options of `RandomSampler`. */
export interface RandomSamplerOptions extends SamplerOptions {
  /** Whether to draw with replacement. Default false. */
  readonly replacement?: boolean;
  /** Number of samples to draw. Default: the length of the source. */
  readonly numSamples?: number;
}

/**
 * Samples indices in random order, with or without replacement.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.RandomSampler
 */
export class RandomSampler implements Sampler {
  readonly length: number;
  readonly #size: number;
  readonly #replacement: boolean;
  readonly #generator: Generator | undefined;

  /** @throws ArgumentError when `numSamples` is not a non-negative integer, or positive for an empty source. */
  constructor(source: Sized, options?: RandomSamplerOptions) {
    const size = lengthOf("RandomSampler", source);
    const { replacement, numSamples, generator } = settings("RandomSampler", options, {
      replacement: false,
      numSamples: size,
      generator: undefined,
    });
    checkInteger("RandomSampler", "numSamples", numSamples);
    this.length = numSamples;
    if (size === 0 && numSamples > 0)
      throw new ArgumentError(`RandomSampler: cannot draw ${numSamples} samples from an empty source`);
    this.#size = size;
    this.#replacement = replacement;
    this.#generator = generator;
  }

  /**
   * Draws `length` indices in a new order. Without replacement, all indices are drawn once before any is drawn again.
   */
  *[Symbol.iterator](): Iterator<number> {
    const generator = this.#generator ?? new Generator(drawSeed(defaultGenerator()));
    const { length } = this;
    const size = this.#size;
    if (size === 0) return;
    if (this.#replacement) {
      for (let left = length; left > 0; left -= 32) yield* drawIntegers(generator, Math.min(32, left), 0, size);
      return;
    }
    for (let i = 0; i < Math.floor(length / size); i++) yield* drawPermutation(generator, size);
    // PyTorch draws a permutation here even if no samples are left, which affects subsequent draws.
    yield* drawPermutation(generator, size).subarray(0, length % size);
  }
}

/**
 * Samples each of the given indices once, in random order.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.SubsetRandomSampler
 */
export class SubsetRandomSampler implements Sampler {
  /** Indices to sample. */
  readonly indices: readonly number[];
  readonly length: number;
  readonly #generator: Generator | undefined;

  constructor(indices: readonly number[], options?: SamplerOptions) {
    const { generator } = settings("SubsetRandomSampler", options, { generator: undefined });
    this.indices = itemsOf("SubsetRandomSampler", indices);
    this.length = this.indices.length;
    this.#generator = generator;
  }

  /** Iterates over `indices` in a new random order. */
  *[Symbol.iterator](): Iterator<number> {
    for (const i of drawPermutation(this.#generator ?? defaultGenerator(), this.length))
      yield this.indices[i] as number;
  }
}

/** Options of `WeightedRandomSampler`. */
export interface WeightedRandomSamplerOptions extends SamplerOptions {
  /** Whether to draw with replacement. Default true. */
  readonly replacement?: boolean;
}

/**
 * Samples indices with probabilities proportional to the given weights.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.WeightedRandomSampler
 */
export class WeightedRandomSampler implements Sampler {
  /** Weight of each index. Weights need not sum to 1. */
  readonly weights: Float64Array;
  readonly length: number;
  readonly #replacement: boolean;
  readonly #generator: Generator | undefined;

  /**
   * @param weights non-negative weight of each index, as numbers or a tensor, which is read at once.
   * @param numSamples number of samples to draw.
   * @throws ArgumentError when a weight is negative or not finite, or too few weights are positive.
   */
  constructor(weights: ArrayLike<number> | Tensor, numSamples: number, options?: WeightedRandomSamplerOptions) {
    const { replacement, generator } = settings("WeightedRandomSampler", options, {
      replacement: true,
      generator: undefined,
    });
    const given = isTensor(weights) ? weights.dataSync() : weights;
    this.weights = Float64Array.from(itemsOf<number>("WeightedRandomSampler", given as never, "weights")); // safe: checked
    checkInteger("WeightedRandomSampler", "numSamples", numSamples);
    this.length = numSamples;
    const wrong = this.weights.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
    if (wrong !== -1)
      throw new ArgumentError(
        `WeightedRandomSampler: weight ${wrong} is ${this.weights[wrong]}; weights must be finite and not negative`,
      );
    const possible = this.weights.filter((weight) => weight > 0).length;
    if (numSamples > 0 && possible < (replacement ? 1 : numSamples)) {
      throw new ArgumentError(
        `WeightedRandomSampler: cannot draw ${numSamples} samples when only ${possible} have a positive weight`,
      );
    }
    this.#replacement = replacement;
    this.#generator = generator;
  }

  /** Draws `length` indices, as `multinomial` does. */
  *[Symbol.iterator](): Iterator<number> {
    if (this.length === 0) return;
    const weights = fromTypedArray(this.weights, [this.weights.length], { device: cpu() });
    const options = { replacement: this.#replacement, ...(this.#generator && { generator: this.#generator }) };
    yield* multinomial(weights, this.length, options).dataSync();
  }
}

/** Options of `BatchSampler`. */
export interface BatchSamplerOptions {
  /** Whether to drop the last batch if it is incomplete. Default false. */
  readonly dropLast?: boolean;
}

/**
 * Groups the indices of another sampler into batches.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.BatchSampler
 */
export class BatchSampler implements Sampler<readonly number[]> {
  /** The sampler of the indices. */
  readonly sampler: Sampler;
  /** Number of indices per batch. The last batch may have fewer. */
  readonly batchSize: number;
  /** Whether the last batch is dropped if it is incomplete. */
  readonly dropLast: boolean;
  readonly length: number;

  /**
   * @param options whether to drop the last batch if it is incomplete: `true`, or `{ dropLast: true }`.
   * @throws ArgumentError when `batchSize` is not a positive integer, and for other options.
   */
  constructor(sampler: Sampler, batchSize: number, options: boolean | BatchSamplerOptions = {}) {
    checkInteger("BatchSampler", "batchSize", batchSize, 1);
    const given = typeof options === "boolean" ? { dropLast: options } : options;
    const { dropLast } = settings("BatchSampler", given, { dropLast: false });
    this.sampler = sampler;
    this.batchSize = batchSize;
    this.dropLast = dropLast;
    const batches = lengthOf("BatchSampler", sampler) / batchSize;
    this.length = dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** Iterates over the batches, in the order of the sampler. */
  *[Symbol.iterator](): Iterator<readonly number[]> {
    let batch: number[] = [];
    for (const index of this.sampler) {
      batch.push(index);
      if (batch.length === this.batchSize) {
        yield batch;
        batch = [];
      }
    }
    if (batch.length > 0 && !this.dropLast) yield batch;
  }
}

/** Draws a seed as PyTorch does: the lower 32 bits, used by the Mersenne Twister, of 63. */
export function drawSeed(generator: Generator): number {
  return Number(generator.random64() & 0xffffffffn);
}
