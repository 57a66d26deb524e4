/**
 * Samplers say in which order the loader asks a dataset for its samples. They draw exactly as PyTorch's do, so that a
 * seed gives PyTorch's order.
 */

import {
  ArgumentError,
  checkInteger,
  defaultGenerator,
  drawIntegers,
  drawPermutation,
  Generator,
  settings,
} from "@akari/tensor";

/**
 * An order of samples, drawn anew each time it is iterated.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.Sampler
 */
export interface Sampler<Item = number> extends Iterable<Item> {
  /** How many items an iteration gives. */
  readonly length: number;
}

/** A dataset, or anything else that has a length. */
export interface Sized {
  /** How many samples there are to draw from. */
  readonly length: number;
}

/** What samplers that draw can be told. */
export interface SamplerOptions {
  /** Where to draw from. Default: the default generator. */
  readonly generator?: Generator | undefined;
}

/**
 * All samples in order.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.SequentialSampler
 */
export class SequentialSampler implements Sampler {
  readonly length: number;

  constructor(source: Sized) {
    this.length = source.length;
  }

  /** The numbers 0, 1, …, `length - 1`. */
  *[Symbol.iterator](): Iterator<number> {
    for (let i = 0; i < this.length; i++) yield i;
  }
}

/** What `RandomSampler` can be told. */
export interface RandomSamplerOptions extends SamplerOptions {
  /** Whether a sample may come twice. Default false. */
  readonly replacement?: boolean;
  /** How many samples to draw. Default: as many as there are. */
  readonly numSamples?: number;
}

/**
 * All samples in random order, or as many random ones as one likes.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.RandomSampler
 */
export class RandomSampler implements Sampler {
  readonly length: number;
  readonly #size: number;
  readonly #replacement: boolean;
  readonly #generator: Generator | undefined;

  /** Throws an ArgumentError when `numSamples` is not a count, or there is nothing to draw from. */
  constructor(source: Sized, options?: RandomSamplerOptions) {
    const { replacement, numSamples, generator } = settings("RandomSampler", options, {
      replacement: false,
      numSamples: source.length,
      generator: undefined,
    });
    checkInteger("RandomSampler", "numSamples", numSamples);
    this.length = numSamples;
    if (source.length === 0 && numSamples > 0)
      throw new ArgumentError(`RandomSampler: cannot draw ${numSamples} samples from none`);
    this.#size = source.length;
    this.#replacement = replacement;
    this.#generator = generator;
  }

  /**
   * `length` numbers of samples, in an order drawn anew each time: without replacement none comes again before all have
   * come.
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
    // PyTorch draws once more even when nothing is left over; the next draws depend on it.
    yield* drawPermutation(generator, size).subarray(0, length % size);
  }
}

/**
 * Some samples, each once, in random order.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.SubsetRandomSampler
 */
export class SubsetRandomSampler implements Sampler {
  /** The numbers to draw from, each once. */
  readonly indices: readonly number[];
  readonly length: number;
  readonly #generator: Generator | undefined;

  constructor(indices: readonly number[], options?: SamplerOptions) {
    const { generator } = settings("SubsetRandomSampler", options, { generator: undefined });
    this.indices = indices;
    this.length = indices.length;
    this.#generator = generator;
  }

  /** Each of `indices` once, in an order drawn anew each time. */
  *[Symbol.iterator](): Iterator<number> {
    for (const i of drawPermutation(this.#generator ?? defaultGenerator(), this.length))
      yield this.indices[i] as number;
  }
}

/** What `WeightedRandomSampler` can be told. */
export interface WeightedRandomSamplerOptions extends SamplerOptions {
  /** Whether a sample may come twice. Default true. */
  readonly replacement?: boolean;
}

/**
 * Samples drawn in proportion to their weights, which need not add up to 1.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.WeightedRandomSampler
 */
export class WeightedRandomSampler implements Sampler {
  /** How likely each sample is, next to the others: 0 for never. */
  readonly weights: Float64Array;
  readonly length: number;
  readonly #replacement: boolean;
  readonly #generator: Generator | undefined;

  /**
   * Throws an ArgumentError when a weight is negative or not finite, or fewer samples have a weight than are to be
   * drawn.
   */
  constructor(weights: ArrayLike<number>, numSamples: number, options?: WeightedRandomSamplerOptions) {
    const { replacement, generator } = settings("WeightedRandomSampler", options, {
      replacement: true,
      generator: undefined,
    });
    this.weights = Float64Array.from(weights);
    checkInteger("WeightedRandomSampler", "numSamples", numSamples);
    this.length = numSamples;
    const wrong = this.weights.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
    if (wrong !== -1)
      throw new ArgumentError(
        `WeightedRandomSampler: weight ${wrong} is ${this.weights[wrong]}; weights are 0 or more`,
      );
    const possible = this.weights.filter((weight) => weight > 0).length;
    if (numSamples > 0 && possible < (replacement ? 1 : numSamples)) {
      throw new ArgumentError(
        `WeightedRandomSampler: cannot draw ${numSamples} samples when ${possible} have a weight above 0`,
      );
    }
    this.#replacement = replacement;
    this.#generator = generator;
  }

  /** `length` numbers of samples, drawn anew each time. */
  *[Symbol.iterator](): Iterator<number> {
    const generator = this.#generator ?? defaultGenerator();
    yield* this.#replacement ? this.#drawAgain(generator) : this.#drawOnce(generator);
  }

  /** With replacement: where a uniform number falls among the running sums of the weights. */
  *#drawAgain(generator: Generator): Iterable<number> {
    let sum = 0;
    const sums = this.weights.map((weight) => {
      sum += weight;
      return sum;
    });
    const last = this.weights.findLastIndex((weight) => weight > 0);
    for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) / sum;
    for (let i = 0; i < this.length; i++) {
      const at = generator.uniform64();
      let low = 0;
      let high = last;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((sums[middle] as number) < at) low = middle + 1;
        else high = middle;
      }
      yield low;
    }
  }

  /** Without: the largest of weight / exponential(1), which is a fair draw (Efraimidis & Spirakis 2006). */
  *#drawOnce(generator: Generator): Iterable<number> {
    const keys = this.weights.map((weight) => weight / -Math.log1p(-generator.uniform64()));
    const order = Array.from(keys.keys()).sort((a, b) => (keys[b] as number) - (keys[a] as number));
    yield* order.slice(0, this.length);
  }
}

/**
 * Gathers another sampler's items into lists of `batchSize`.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.BatchSampler
 */
export class BatchSampler implements Sampler<readonly number[]> {
  /** Where the items come from. */
  readonly sampler: Sampler;
  /** How many items a list has; the last may have fewer. */
  readonly batchSize: number;
  /** Whether a last list that is not full is left out. Default false. */
  readonly dropLast: boolean;
  readonly length: number;

  /**
   * @param dropLast whether a last list that is not full is left out. Throws an ArgumentError when `batchSize` is not a
   * positive integer.
   */
  constructor(sampler: Sampler, batchSize: number, dropLast = false) {
    checkInteger("BatchSampler", "batchSize", batchSize, 1);
    this.sampler = sampler;
    this.batchSize = batchSize;
    this.dropLast = dropLast;
    this.length = dropLast ? Math.floor(sampler.length / batchSize) : Math.ceil(sampler.length / batchSize);
  }

  /** Lists of `batchSize` numbers in the sampler's order, which is drawn anew each time. */
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

/** Draws what PyTorch seeds another generator with: 63 bits, of which the Mersenne Twister takes the lower 32. */
export function drawSeed(generator: Generator): number {
  return Number(generator.random64() & 0xffffffffn);
}
