/**
 * What a dataset is: so many samples, each found by its number. A dataset that can gather many samples at once says so
 * by having a `batch`, and the loader uses it instead of asking for one sample after the other.
 */

import {
  ArgumentError,
  defaultGenerator,
  drawPermutation,
  type Generator,
  IndexError,
  indexSelect,
  ShapeError,
  settings,
  showShape,
  type Tensor,
  tensor,
} from "@akari/tensor";
import type { Collated } from "./collate.ts";

/**
 * Samples by number.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.Dataset
 */
export interface Dataset<Sample, Batch = Collated<Sample>> {
  /** How many samples there are. */
  readonly length: number;
  /** Sample number `index`, 0 to `length - 1`. Throws an IndexError beyond. */
  get(index: number): Sample | Promise<Sample>;
  /** The samples of these numbers as one batch: what collating them one by one would give, only faster. */
  readonly batch?: ((indices: readonly number[]) => Batch | Promise<Batch>) | undefined;
}

/**
 * Data that come as a stream: any iterable of samples. A loader takes them as they come; each iteration of the loader
 * begins a new one.
 */
export type IterableDataset<Sample> = Iterable<Sample> | AsyncIterable<Sample>;

/**
 * Streams one after the other.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.ChainDataset
 */
export class ChainDataset<Sample> implements AsyncIterable<Sample> {
  /** The streams, in the order in which they are read. */
  readonly datasets: readonly IterableDataset<Sample>[];

  constructor(datasets: readonly IterableDataset<Sample>[]) {
    this.datasets = datasets;
  }

  /**
   * The samples of the first stream to its end, then those of the second, and so on; each stream is opened when its
   * turn comes.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Sample, void, undefined> {
    for (const dataset of this.datasets) yield* dataset;
  }
}

/** Throws an IndexError unless `index` is the number of a sample. */
export function checkIndex(name: string, index: number, length: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= length) {
    throw new IndexError(`${name}: there is no sample ${index}; there are ${length}, from 0 on`);
  }
}

/** One tensor for each that a dataset was made of. */
export type Rows<Tensors extends readonly Tensor[]> = { [K in keyof Tensors]: Tensor };

/**
 * The rows of tensors that belong together: sample i is row i of each.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.TensorDataset
 *
 * @example
 * const data = new TensorDataset(inputs, targets);
 * const [input, target] = data.get(0);
 */
export class TensorDataset<Tensors extends readonly Tensor[]> implements Dataset<Rows<Tensors>, Rows<Tensors>> {
  /** What the rows are taken from: tensors of one first size, as they were given. */
  readonly tensors: Tensors;
  readonly length: number;

  /** Throws a ShapeError when the first sizes of the tensors differ, an ArgumentError when there are none. */
  constructor(...tensors: Tensors) {
    const first = tensors[0];
    if (first === undefined) throw new ArgumentError("TensorDataset: expected one tensor or more, got none");
    for (const [i, other] of tensors.entries()) {
      if (other.ndim === 0) throw new ShapeError(`TensorDataset: tensor ${i} is a scalar and has no rows`);
      if (other.shape[0] !== first.shape[0]) {
        throw new ShapeError(
          `TensorDataset: tensor 0 of shape ${showShape(first.shape)} has ${first.shape[0]} rows, tensor ${i} of shape ${showShape(other.shape)} has ${other.shape[0]}`,
        );
      }
    }
    this.tensors = tensors;
    this.length = first.size(0);
  }

  get(index: number): Rows<Tensors> {
    checkIndex("TensorDataset", index, this.length);
    return this.#each((x) => x.select(0, index));
  }

  batch(indices: readonly number[]): Rows<Tensors> {
    for (const index of indices) checkIndex("TensorDataset", index, this.length);
    const rows = Int32Array.from(indices);
    return this.#each((x) => {
      const index = tensor(rows, { device: x.device });
      const gathered = indexSelect(x, 0, index);
      index.dispose();
      return gathered;
    });
  }

  #each(change: (x: Tensor) => Tensor): Rows<Tensors> {
    // Safe: one tensor for each of the tuple.
    return this.tensors.map(change) as unknown as Rows<Tensors>;
  }
}

/**
 * Some of another dataset's samples, in the order of `indices`.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.Subset
 */
export class Subset<Sample, Batch = Collated<Sample>> implements Dataset<Sample, Batch> {
  /** The dataset that the samples come from. */
  readonly dataset: Dataset<Sample, Batch>;
  /** The numbers that the samples have there: sample `i` is its sample `indices[i]`. */
  readonly indices: readonly number[];
  readonly length: number;
  readonly batch: ((indices: readonly number[]) => Batch | Promise<Batch>) | undefined;

  /** Throws an IndexError when the dataset has no sample of some index. */
  constructor(dataset: Dataset<Sample, Batch>, indices: readonly number[]) {
    for (const index of indices) checkIndex("Subset", index, dataset.length);
    this.dataset = dataset;
    this.indices = indices;
    this.length = indices.length;
    this.batch =
      dataset.batch &&
      ((chosen) => (dataset.batch as NonNullable<typeof dataset.batch>)(chosen.map((i) => this.#place(i))));
  }

  get(index: number): Sample | Promise<Sample> {
    return this.dataset.get(this.#place(index));
  }

  #place(index: number): number {
    checkIndex("Subset", index, this.length);
    return this.indices[index] as number;
  }
}

/**
 * Several datasets, one after the other.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.ConcatDataset
 */
export class ConcatDataset<Sample, Batch = Collated<Sample>> implements Dataset<Sample, Batch> {
  /** The datasets, in order; the samples of the first come first. */
  readonly datasets: readonly Dataset<Sample, Batch>[];
  /** Where each dataset ends. */
  readonly ends: readonly number[];
  readonly length: number;

  /** Throws an ArgumentError when there are none. */
  constructor(datasets: readonly Dataset<Sample, Batch>[]) {
    if (datasets.length === 0) throw new ArgumentError("ConcatDataset: expected one dataset or more, got none");
    let end = 0;
    this.datasets = datasets;
    this.ends = datasets.map(({ length }) => {
      end += length;
      return end;
    });
    this.length = end;
  }

  get(index: number): Sample | Promise<Sample> {
    checkIndex("ConcatDataset", index, this.length);
    const place = this.ends.findIndex((end) => index < end);
    const start = place === 0 ? 0 : (this.ends[place - 1] as number);
    return (this.datasets[place] as Dataset<Sample, Batch>).get(index - start);
  }
}

/** What `randomSplit` can be told. */
export interface RandomSplitOptions {
  /** Where to draw from. Default: the default generator. */
  readonly generator?: Generator;
}

/**
 * Splits a dataset at random into parts of the given lengths, or of the given fractions of the whole; what rounding
 * leaves over goes to the first parts, one sample each. The same generator gives PyTorch's own parts.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.random_split
 *
 * @throws ArgumentError when the lengths do not add up to the length of the dataset, nor the fractions to 1.
 * @example
 * const generator = new Generator().manualSeed(42);
 * const [training, validation] = randomSplit(data, [0.9, 0.1], { generator });
 */
export function randomSplit<Sample, const Lengths extends readonly number[], Batch = Collated<Sample>>(
  dataset: Dataset<Sample, Batch>,
  lengths: Lengths,
  options?: RandomSplitOptions,
): { -readonly [Part in keyof Lengths]: Subset<Sample, Batch> } {
  const { generator } = settings("randomSplit", options, { generator: undefined });
  const counts = countParts(lengths, dataset.length);
  const order = drawPermutation(generator ?? defaultGenerator(), dataset.length);
  let start = 0;
  const parts = counts.map((count) => {
    start += count;
    return new Subset(dataset, Array.from(order.subarray(start - count, start)));
  });
  return parts as { -readonly [Part in keyof Lengths]: Subset<Sample, Batch> }; // safe: as many as lengths
}

function countParts(lengths: readonly number[], whole: number): readonly number[] {
  const wrong = lengths.find((length) => !(length >= 0));
  if (wrong !== undefined) throw new ArgumentError(`randomSplit: a part cannot have the length ${wrong}`);
  const sum = lengths.reduce((total, length) => total + length, 0);
  if (lengths.every(Number.isInteger) && sum === whole) return lengths;
  if (Math.abs(sum - 1) < 1e-9 && lengths.every((length) => length <= 1)) {
    const counts = lengths.map((fraction) => Math.floor(whole * fraction));
    const left = whole - counts.reduce((total, count) => total + count, 0);
    return counts.map((count, i) => (i < left ? count + 1 : count));
  }
  throw new ArgumentError(
    `randomSplit: the lengths ${lengths.join(" + ")} are ${sum}; they must add up to the dataset's ${whole}, or as fractions to 1`,
  );
}
