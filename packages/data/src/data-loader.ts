/**
 * `DataLoader`: iterates over a dataset in batches, in order or shuffled. It draws random numbers in the same order as
 * PyTorch's loader, so that a seed gives the same batches. Between batches it yields to the event loop when much memory
 * is waiting to be collected.
 */

import {
  ArgumentError,
  checkInteger,
  defaultGenerator,
  expected,
  Generator,
  refuse,
  type Settings,
  settings,
  yieldToCollector,
} from "@akari/tensor";
import { type Collated, defaultCollate } from "./collate.ts";
import type { Dataset, IterableDataset } from "./dataset.ts";
import { BatchSampler, drawSeed, RandomSampler, type Sampler, SequentialSampler } from "./sampler.ts";

/** Options of `DataLoader`. */
export interface DataLoaderOptions<Sample, Batch> {
  /** Number of samples per batch; null for samples by themselves (`SampleOptions`). Default 1. */
  readonly batchSize?: number;
  /** Whether to draw a new random order for every epoch. Default false. */
  readonly shuffle?: boolean;
  /** Order of the samples. Excludes `shuffle`. */
  readonly sampler?: Sampler;
  /** Indices of the samples of each batch. Excludes `batchSize`, `shuffle`, `sampler` and `dropLast`. */
  readonly batchSampler?: Sampler<readonly number[]>;
  /** Whether to drop the last batch if it is incomplete. Default false. */
  readonly dropLast?: boolean;
  /** Function that collates samples into a batch. Default: the dataset's `batch` if it has one, or `defaultCollate`. */
  readonly collateFn?: (samples: Sample[]) => Batch | Promise<Batch>;
  /** Random number generator. Default: the default generator. */
  readonly generator?: Generator;
  /** Seed of a new generator for this loader. Excludes `generator`. */
  readonly seed?: number;
  /**
   * Number of batches to load ahead, with all samples of a batch loaded concurrently. Useful for samples read from a
   * disk or a network. Default 0: samples are loaded one at a time, when their batch is requested.
   */
  readonly prefetch?: number;
}

/** Options of a `DataLoader` of an iterable dataset. */
export type StreamOptions<Sample, Batch> = Pick<
  DataLoaderOptions<Sample, Batch>,
  "batchSize" | "dropLast" | "collateFn" | "generator" | "seed"
>;

/** Options of a `DataLoader` that returns samples by themselves. */
export interface SampleOptions<Sample, Result>
  extends Omit<DataLoaderOptions<Sample, Result>, "batchSize" | "batchSampler" | "dropLast" | "collateFn"> {
  /** No batches. */
  readonly batchSize: null;
  /** Function that converts each sample. Default: samples are returned as they are. */
  readonly collateFn?: (sample: Sample) => Result | Promise<Result>;
}

const defaults = {
  batchSize: 1,
  shuffle: false,
  sampler: undefined,
  batchSampler: undefined,
  dropLast: false,
  collateFn: undefined,
  generator: undefined,
  seed: undefined,
  prefetch: 0,
} as const;

/**
 * Iterates over a dataset in batches; each iteration is one epoch. The dataset may also be an array of samples, or an
 * iterable of samples, which is read in its own order and has no `length`.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader
 *
 * @example
 * const loader = new DataLoader(data, { batchSize: 64, shuffle: true, seed: 1 });
 * for await (const [images, labels] of loader) {
 *   const loss = crossEntropy(model(images), labels);
 * }
 */
export class DataLoader<Sample, Batch = Collated<Sample>> implements AsyncIterable<Batch> {
  readonly #stream: IterableDataset<Sample> | null = null;
  readonly #indexed: {
    readonly dataset: Dataset<Sample, unknown>;
    readonly batchSampler: Sampler<readonly number[]>;
  } | null = null;
  readonly #options: Settings<DataLoaderOptions<Sample, Batch>, typeof defaults>;
  readonly #generator: Generator | undefined;

  /**
   * @param dataset a dataset with `get` and `length`, an array of samples, or an iterable of samples.
   * With `batchSize: null`, each sample is returned by itself, as the dataset has it.
   * @throws ArgumentError for an unknown option, an invalid value, and options that exclude each other.
   */
  constructor(
    dataset: (Dataset<Sample, unknown> & Dataset<Batch, unknown>) | (IterableDataset<Sample> & IterableDataset<Batch>),
    options: SampleOptions<Sample, Batch> & { readonly collateFn?: never },
  );
  constructor(
    dataset: Dataset<Sample, unknown> | readonly Sample[] | IterableDataset<Sample>,
    options: SampleOptions<Sample, Batch> & Required<Pick<SampleOptions<Sample, Batch>, "collateFn">>,
  );
  constructor(
    dataset: Dataset<Sample, Batch> | readonly Sample[],
    options?: DataLoaderOptions<Sample, Batch> & { readonly collateFn?: never },
  );
  constructor(
    dataset: Dataset<Sample, unknown> | readonly Sample[],
    options: DataLoaderOptions<Sample, Batch> & Required<Pick<DataLoaderOptions<Sample, Batch>, "collateFn">>,
  );
  constructor(dataset: IterableDataset<Sample>, options?: StreamOptions<Sample, Batch>);
  constructor(
    given: Dataset<Sample, unknown> | IterableDataset<Sample>,
    options: DataLoaderOptions<Sample, Batch> | SampleOptions<Sample, Batch> = {},
  ) {
    const dataset = Array.isArray(given) ? listed<Sample>(given) : given;
    this.#options = settings("DataLoader", options?.batchSize === null ? ofOne(options) : options, defaults);
    const { batchSize, shuffle, sampler, batchSampler, dropLast, seed, prefetch } = this.#options;
    checkInteger("DataLoader", "prefetch", prefetch);
    const { collateFn = isStream } = options;
    if (typeof collateFn !== "function") refuse("DataLoader", "collateFn", collateFn, "be a function");
    for (const [name, order] of Object.entries({ sampler, batchSampler }))
      if (order !== undefined && typeof order?.[Symbol.iterator] !== "function")
        refuse("DataLoader", name, order, "be a sampler");
    checkExclusions(options);
    const generator = seed === undefined ? this.#options.generator : new Generator(seed);
    this.#generator = generator;
    if (isStream(dataset)) {
      for (const name of ["shuffle", "sampler", "batchSampler", "prefetch"] as const)
        if (this.#options[name])
          throw new ArgumentError(
            `DataLoader: ${name} needs a dataset with get and length, not an iterable of samples`,
          );
      checkInteger("DataLoader", "batchSize", batchSize, 1);
      this.#stream = dataset;
      return;
    }
    const order = sampler ?? (shuffle ? new RandomSampler(dataset, { generator }) : new SequentialSampler(dataset));
    this.#indexed = { dataset, batchSampler: batchSampler ?? new BatchSampler(order, batchSize, dropLast) };
  }

  #withIndices(): { readonly dataset: Dataset<Sample, unknown>; readonly batchSampler: Sampler<readonly number[]> } {
    if (this.#indexed === null)
      throw new ArgumentError("DataLoader: an iterable of samples has no length and no indices");
    return this.#indexed;
  }

  /**
   * The dataset.
   *
   * @throws ArgumentError for an iterable of samples.
   */
  get dataset(): Dataset<Sample, unknown> {
    return this.#withIndices().dataset;
  }

  /**
   * The sampler of the indices of each batch.
   *
   * @throws ArgumentError for an iterable of samples.
   */
  get batchSampler(): Sampler<readonly number[]> {
    return this.#withIndices().batchSampler;
  }

  /**
   * Number of batches per epoch.
   *
   * @throws ArgumentError for an iterable of samples.
   */
  get length(): number {
    return this.batchSampler.length;
  }

  /** Starts an epoch. */
  [Symbol.asyncIterator](): AsyncIterator<Batch> {
    return this.batches();
  }

  /**
   * Starts an epoch at batch `start`, to resume an interrupted run. The order is drawn as usual, but earlier batches
   * are not loaded.
   *
   * @param start index of the first batch. Default 0.
   * @throws ArgumentError when `start` is not a non-negative integer.
   */
  batches(start = 0): AsyncGenerator<Batch, void, undefined> {
    checkInteger("DataLoader", "start", start);
    // PyTorch draws a seed for its workers at this point, even if there are none.
    drawSeed(this.#generator ?? defaultGenerator());
    return this.#stream === null ? this.#iterate(start) : this.#streamed(this.#stream, start);
  }

  /** Returns the number of batches and those options that are not the default: `DataLoader(length: 9, batchSize: 64)`. */
  toString(): string {
    const length = this.#indexed?.batchSampler.length;
    const { batchSize, shuffle, dropLast, prefetch } = this.#options;
    const shown = Object.entries({ length, batchSize, shuffle, dropLast, prefetch }).filter(
      ([name, value]) => value !== Reflect.get(defaults, name),
    );
    return `DataLoader(${shown.map(([name, value]) => `${name}: ${value}`).join(", ")})`;
  }

  async *#streamed(dataset: IterableDataset<Sample>, start: number): AsyncGenerator<Batch, void, undefined> {
    const { batchSize, dropLast } = this.#options;
    let samples: Sample[] = [];
    let number = 0;
    for await (const sample of dataset) {
      samples.push(sample);
      if (samples.length < batchSize) continue;
      if (number++ >= start) {
        yield await this.#collated(samples);
        await yieldToCollector();
      }
      samples = [];
    }
    if (samples.length > 0 && !dropLast && number >= start) yield await this.#collated(samples);
  }

  async *#iterate(start: number): AsyncGenerator<Batch, void, undefined> {
    const { dataset, batchSampler } = this.#withIndices();
    const { prefetch } = this.#options;
    const pending: Promise<Batch>[] = [];
    let number = 0;
    for (const indices of batchSampler) {
      if (number++ < start) continue;
      const batch = this.#load(dataset, indices);
      // A failure is thrown when the batch is awaited below, not as an unhandled rejection before that.
      batch.catch(() => {});
      pending.push(batch);
      if (pending.length > prefetch) {
        yield await (pending.shift() as Promise<Batch>);
        await yieldToCollector();
      }
    }
    for (const batch of pending) yield await batch;
  }

  async #load(dataset: Dataset<Sample, unknown>, indices: readonly number[]): Promise<Batch> {
    const { collateFn, prefetch } = this.#options;
    // safe: without a `collateFn`, batches are of the dataset's type
    if (collateFn === undefined && dataset.batch !== undefined) return (await dataset.batch(indices)) as Batch;
    if (prefetch > 0) return this.#collated(await Promise.all(indices.map((index) => dataset.get(index))));
    const samples: Sample[] = [];
    for (const index of indices) samples.push(await dataset.get(index));
    return this.#collated(samples);
  }

  #collated(samples: Sample[]): Batch | Promise<Batch> {
    const { collateFn } = this.#options;
    // safe: as above, or of the type of `defaultCollate`
    return collateFn === undefined ? (defaultCollate(samples) as Batch) : collateFn(samples);
  }
}

/** Returns the options for batches of one sample, of which only that sample is returned. */
function ofOne<Sample, Batch>(options: SampleOptions<Sample, Batch>): DataLoaderOptions<Sample, Batch> {
  // Safe: without `collateFn`, a sample is what the loader returns.
  const { collateFn = (sample: Sample) => sample as unknown as Batch } = options;
  return { ...options, batchSize: 1, collateFn: ([sample]) => collateFn(sample as Sample) };
}

/** Wraps an array of samples as a dataset. */
function listed<Sample>(samples: readonly Sample[]): Dataset<Sample, unknown> {
  // safe: samplers draw indices below the length
  return { length: samples.length, get: (index) => samples[index] as Sample };
}

/**
 * Returns whether a dataset is an iterable of samples without indices.
 *
 * @throws ArgumentError for a value that is neither a dataset nor an iterable.
 */
function isStream<Sample>(
  dataset: Dataset<Sample, unknown> | IterableDataset<Sample>,
): dataset is IterableDataset<Sample> {
  const found = Object(dataset) as object; // in plain JavaScript it may be anything
  if ("get" in found) return false;
  if (Symbol.iterator in found || Symbol.asyncIterator in found) return true;
  expected("DataLoader", "a dataset or an iterable of samples", dataset);
}

/**
 * Checks that no two options exclude each other.
 *
 * @throws ArgumentError when two do.
 */
function checkExclusions(options: object): void {
  const given = { ...options, "batchSize: null": Reflect.get(options, "batchSize") === null };
  const isGiven = (name: string) => ![undefined, false].includes(Reflect.get(given, name));
  // Each option replaces those in the list.
  const replaced = {
    "batchSize: null": ["dropLast"],
    sampler: ["shuffle"],
    batchSampler: ["batchSize", "shuffle", "sampler", "dropLast"],
    seed: ["generator"],
  };
  for (const [name, others] of Object.entries(replaced)) {
    const other = isGiven(name) ? others.find(isGiven) : undefined;
    if (other !== undefined) throw new ArgumentError(`DataLoader: ${name} and ${other} exclude each other`);
  }
}
