/**
 * `DataLoader`: a dataset in batches, in order or shuffled. It draws as PyTorch's loader does, so that a seed gives
 * PyTorch's batches, and between batches it lets the event loop turn when much memory is waiting to come back.
 */

import {
  ArgumentError,
  checkInteger,
  defaultGenerator,
  Generator,
  type Settings,
  settings,
  yieldToCollector,
} from "@akari/tensor";
import { type Collated, defaultCollate } from "./collate.ts";
import type { Dataset, IterableDataset } from "./dataset.ts";
import { BatchSampler, drawSeed, RandomSampler, type Sampler, SequentialSampler } from "./sampler.ts";

/** What `DataLoader` can be told. */
export interface DataLoaderOptions<Sample, Batch> {
  /** How many samples a batch has. Default 1. */
  readonly batchSize?: number;
  /** Whether the order is random, and another in each epoch. Default false. */
  readonly shuffle?: boolean;
  /** The order, instead of `shuffle`. */
  readonly sampler?: Sampler;
  /** The samples of each batch, instead of `batchSize`, `shuffle`, `sampler` and `dropLast`. */
  readonly batchSampler?: Sampler<readonly number[]>;
  /** Whether a last batch that is not full is left out. Default false. */
  readonly dropLast?: boolean;
  /** Makes a batch of samples. Default: the dataset's own `batch` where it has one, else `defaultCollate`. */
  readonly collateFn?: (samples: Sample[]) => Batch | Promise<Batch>;
  /** Where to draw from. Default: the default generator. */
  readonly generator?: Generator;
  /** The seed of a generator of the loader's own, instead of `generator`. */
  readonly seed?: number;
  /**
   * How many batches are begun before they are asked for, and all samples of a batch at once: worth it for samples that
   * come from a disk or a network. Default 0: one sample after the other, when its batch is asked for.
   */
  readonly prefetch?: number;
}

/** What a `DataLoader` of a stream can be told. */
export type StreamOptions<Sample, Batch> = Pick<
  DataLoaderOptions<Sample, Batch>,
  "batchSize" | "dropLast" | "collateFn" | "generator" | "seed"
>;

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
 * Iterates over a dataset in batches; each iteration is an epoch. An array of samples is a dataset, too. A stream,
 * which is any other iterable of samples, comes in batches as it is: then there is nothing to shuffle, and no `length`.
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
  readonly #byNumber: {
    readonly dataset: Dataset<Sample, unknown>;
    readonly batchSampler: Sampler<readonly number[]>;
  } | null = null;
  readonly #options: Settings<DataLoaderOptions<Sample, Batch>, typeof defaults>;
  readonly #generator: Generator | undefined;

  /** Throws an ArgumentError for an option that does not exist, makes no sense, or excludes another one given. */
  constructor(
    dataset: Dataset<Sample, Batch> | readonly Sample[],
    options?: DataLoaderOptions<Sample, Batch> & { readonly collateFn?: never },
  );
  constructor(
    dataset: Dataset<Sample, unknown> | readonly Sample[],
    options: DataLoaderOptions<Sample, Batch> & Required<Pick<DataLoaderOptions<Sample, Batch>, "collateFn">>,
  );
  constructor(dataset: IterableDataset<Sample>, options?: StreamOptions<Sample, Batch>);
  constructor(given: Dataset<Sample, unknown> | IterableDataset<Sample>, options?: DataLoaderOptions<Sample, Batch>) {
    const dataset = Array.isArray(given) ? listed<Sample>(given) : given;
    this.#options = settings("DataLoader", options, defaults);
    const { batchSize, shuffle, sampler, batchSampler, dropLast, seed, prefetch } = this.#options;
    checkInteger("DataLoader", "prefetch", prefetch);
    checkExclusions(options ?? {});
    const generator = seed === undefined ? this.#options.generator : new Generator(seed);
    this.#generator = generator;
    if (isStream(dataset)) {
      for (const name of ["shuffle", "sampler", "batchSampler", "prefetch"] as const)
        if (this.#options[name])
          throw new ArgumentError(`DataLoader: the samples of a stream come in its own order; ${name} is not possible`);
      checkInteger("DataLoader", "batchSize", batchSize, 1);
      this.#stream = dataset;
      return;
    }
    const order = sampler ?? (shuffle ? new RandomSampler(dataset, { generator }) : new SequentialSampler(dataset));
    this.#byNumber = { dataset, batchSampler: batchSampler ?? new BatchSampler(order, batchSize, dropLast) };
  }

  #numbered(): { readonly dataset: Dataset<Sample, unknown>; readonly batchSampler: Sampler<readonly number[]> } {
    if (this.#byNumber === null)
      throw new ArgumentError("DataLoader: a stream has no samples by number, and nobody knows how many there are");
    return this.#byNumber;
  }

  /** The dataset. Throws an ArgumentError for a stream. */
  get dataset(): Dataset<Sample, unknown> {
    return this.#numbered().dataset;
  }

  /** The samples of each batch. Throws an ArgumentError for a stream. */
  get batchSampler(): Sampler<readonly number[]> {
    return this.#numbered().batchSampler;
  }

  /** How many batches an epoch has. Throws an ArgumentError for a stream. */
  get length(): number {
    return this.batchSampler.length;
  }

  /** Begins an epoch. */
  [Symbol.asyncIterator](): AsyncIterator<Batch> {
    return this.batches();
  }

  /**
   * Begins an epoch at batch number `start`: the order is drawn as ever, but what comes before is not loaded. A run
   * that was interrupted goes on so.
   */
  batches(start = 0): AsyncGenerator<Batch, void, undefined> {
    checkInteger("DataLoader", "start", start);
    // PyTorch draws a seed for its workers at this point, whether there are any or not.
    drawSeed(this.#generator ?? defaultGenerator());
    return this.#stream === null ? this.#iterate(start) : this.#streamed(this.#stream, start);
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
    const { dataset, batchSampler } = this.#numbered();
    const { prefetch } = this.#options;
    const begun: Promise<Batch>[] = [];
    let number = 0;
    for (const indices of batchSampler) {
      if (number++ < start) continue;
      const batch = this.#load(dataset, indices);
      // One that fails says so when its turn comes, and not before.
      batch.catch(() => {});
      begun.push(batch);
      if (begun.length > prefetch) {
        yield await (begun.shift() as Promise<Batch>);
        await yieldToCollector();
      }
    }
    for (const batch of begun) yield await batch;
  }

  async #load(dataset: Dataset<Sample, unknown>, indices: readonly number[]): Promise<Batch> {
    const { collateFn, prefetch } = this.#options;
    // Safe: a loader without a collateFn has the batches of its dataset.
    if (collateFn === undefined && dataset.batch !== undefined) return (await dataset.batch(indices)) as Batch;
    const samples: Sample[] = [];
    if (prefetch > 0) samples.push(...(await Promise.all(indices.map((index) => dataset.get(index)))));
    else for (const index of indices) samples.push(await dataset.get(index));
    return this.#collated(samples);
  }

  #collated(samples: Sample[]): Batch | Promise<Batch> {
    const { collateFn } = this.#options;
    // safe: as above, or those of `defaultCollate`
    return collateFn === undefined ? (defaultCollate(samples) as Batch) : collateFn(samples);
  }
}

/** The samples of an array by number. */
function listed<Sample>(samples: readonly Sample[]): Dataset<Sample, unknown> {
  // safe: samplers give numbers below the length
  return { length: samples.length, get: (index) => samples[index] as Sample };
}

/** Whether samples come as a stream, rather than by number. */
function isStream<Sample>(
  dataset: Dataset<Sample, unknown> | IterableDataset<Sample>,
): dataset is IterableDataset<Sample> {
  return !("get" in dataset);
}

/** Options that say the same in different ways must not be there together. */
function checkExclusions(options: object): void {
  const given = new Set(
    Object.entries(options).flatMap(([name, value]) => (value === undefined || value === false ? [] : [name])),
  );
  // Each says the same as those behind it, in another way.
  exclude(given, "sampler", ["shuffle"]);
  exclude(given, "batchSampler", ["batchSize", "shuffle", "sampler", "dropLast"]);
  exclude(given, "seed", ["generator"]);
}

function exclude(given: ReadonlySet<string>, name: string, others: readonly string[]): void {
  const other = given.has(name) ? others.find((each) => given.has(each)) : undefined;
  if (other !== undefined) throw new ArgumentError(`DataLoader: ${name} and ${other} exclude each other`);
}
