/**
 * Datasets: collections of samples accessed by index. A dataset that can gather many samples at once implements
 * `batch`, which the loader uses instead of loading samples one at a time.
 */

import {
  ArgumentError,
  checkNumber,
  defaultGenerator,
  drawPermutation,
  expected,
  type Generator,
  IndexError,
  indexSelect,
  itemsOf,
  ShapeError,
  settings,
  shapeOf,
  showShape,
  type Tensor,
  tensor,
} from "@akari/tensor";
import type { Collated } from "./collate.ts";
import { lengthOf } from "./sampler.ts";

/**
 * A map-style dataset: samples accessed by index.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.Dataset
 */
export interface Dataset<Sample, Batch = Collated<Sample>> {
  /** Number of samples. */
  readonly length: number;
  /**
   * Returns a sample.
   *
   * @param index index of the sample, from 0 to `length - 1`.
   * @throws IndexError when the index is out of bounds.
   */
  get(index: number): Sample | Promise<Sample>;
  /** Returns the samples with the given indices as one batch, equal to collating them one by one. Optional. */
  readonly batch?: ((indices: readonly number[]) => Batch | Promise<Batch>) | undefined;
}

/**
 * An iterable-style dataset: any iterable of samples. A loader reads it in its own order, and iterates it anew for each
 * epoch.
 */
export type IterableDataset<Sample> = Iterable<Sample> | AsyncIterable<Sample>;

/**
 * Concatenates iterable datasets.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.ChainDataset
 */
export class ChainDataset<Sample> implements AsyncIterable<Sample> {
  /** The concatenated datasets, in order. */
  readonly datasets: readonly IterableDataset<Sample>[];

  /** @throws ArgumentError for anything that cannot be iterated over. */
  constructor(datasets: readonly IterableDataset<Sample>[]) {
    this.datasets = itemsOf("ChainDataset", datasets, "datasets");
    for (const dataset of this.datasets)
      if (!(Symbol.asyncIterator in Object(dataset) || Symbol.iterator in Object(dataset)))
        expected("ChainDataset", "datasets to iterate over", dataset);
  }

  /** Iterates over the samples of all datasets in order. Each dataset is opened when the one before has ended. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Sample, void, undefined> {
    for (const dataset of this.datasets) yield* dataset;
  }
}

/**
 * Checks that `index` is the index of a sample.
 *
 * @throws IndexError when it is not an integer from 0 to `length - 1`.
 */
export function checkIndex(name: string, index: number, length: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= length) {
    throw new IndexError(`${name}: index ${index} is out of bounds for length ${length}`);
  }
}

/** The type of a sample or batch of a `TensorDataset`: one tensor for each of its tensors. */
export type Rows<Tensors extends readonly Tensor[]> = { [K in keyof Tensors]: Tensor };

/**
 * A dataset of tensors with the same first size: sample i is row i of each tensor.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.TensorDataset
 *
 * @example
 * const data = new TensorDataset(inputs, targets);
 * const [input, target] = data.get(0);
 */
export class TensorDataset<Tensors extends readonly Tensor[]> implements Dataset<Rows<Tensors>, Rows<Tensors>> {
  /** The tensors passed to the constructor. */
  readonly tensors: Tensors;
  readonly length: number;

  /**
   * @param tensors tensors of shape `[N, ...]`.
   * @throws ShapeError when a tensor is a scalar or the first sizes differ.
   * @throws ArgumentError when there are no tensors.
   */
  constructor(...tensors: Tensors) {
    const first = tensors[0];
    if (first === undefined) throw new ArgumentError("TensorDataset: expected at least one tensor, got none");
    for (const [i, other] of tensors.entries()) {
      if (shapeOf("TensorDataset", other).length === 0)
        throw new ShapeError(`TensorDataset: tensor ${i} is a scalar and has no rows`);
      if (other.shape[0] !== first.shape[0]) {
        throw new ShapeError(
          `TensorDataset: tensor 0 of shape ${showShape(first.shape)} has ${first.shape[0]} rows, but tensor ${i} of shape ${showShape(other.shape)} has ${other.shape[0]}`,
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
    // safe: one tensor for each element of the tuple
    return this.tensors.map(change) as unknown as Rows<Tensors>;
  }
}

/**
 * A subset of another dataset, in the order of `indices`.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.Subset
 */
export class Subset<Sample, Batch = Collated<Sample>> implements Dataset<Sample, Batch> {
  /** The whole dataset. */
  readonly dataset: Dataset<Sample, Batch>;
  /** Indices of the samples in the whole dataset: sample `i` is `dataset.get(indices[i])`. */
  readonly indices: readonly number[];
  readonly length: number;
  readonly batch: ((indices: readonly number[]) => Batch | Promise<Batch>) | undefined;

  /**
   * @param indices indices of samples of `dataset`; may repeat.
   * @throws IndexError when an index is out of bounds.
   */
  constructor(dataset: Dataset<Sample, Batch>, indices: readonly number[]) {
    const length = lengthOf("Subset", dataset);
    for (const index of itemsOf("Subset", indices)) checkIndex("Subset", index, length);
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
 * Concatenates datasets.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.ConcatDataset
 */
export class ConcatDataset<Sample, Batch = Collated<Sample>> implements Dataset<Sample, Batch> {
  /** The concatenated datasets, in order. */
  readonly datasets: readonly Dataset<Sample, Batch>[];
  /** Cumulative lengths: dataset `k` ends before index `ends[k]`. */
  readonly ends: readonly number[];
  readonly length: number;

  /** @throws ArgumentError when there are no datasets. */
  constructor(datasets: readonly Dataset<Sample, Batch>[]) {
    const list = itemsOf("ConcatDataset", datasets, "datasets");
    if (list.length === 0) throw new ArgumentError("ConcatDataset: expected at least one dataset, got none");
    let end = 0;
    this.datasets = datasets;
    this.ends = list.map((dataset) => {
      end += lengthOf("ConcatDataset", dataset);
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

/** Options of `randomSplit`. */
export interface RandomSplitOptions {
  /** Random number generator. Default: the default generator. */
  readonly generator?: Generator;
}

/**
 * Splits a dataset randomly into non-overlapping subsets. With the same seed, the subsets are those of PyTorch.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.random_split
 *
 * @param lengths lengths of the subsets, or fractions of the whole. Samples left over by rounding fractions down go to
 * the first subsets, one each.
 * @throws ArgumentError unless the lengths add up to the length of the dataset, or the fractions to 1.
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
  const length = lengthOf("randomSplit", dataset);
  const counts = countParts(lengths, length);
  const order = drawPermutation(generator ?? defaultGenerator(), length);
  let start = 0;
  const parts = counts.map((count) => {
    start += count;
    return new Subset(dataset, Array.from(order.subarray(start - count, start)));
  });
  return parts as { -readonly [Part in keyof Lengths]: Subset<Sample, Batch> }; // safe: one subset for each length
}

function countParts(lengths: readonly number[], whole: number): readonly number[] {
  for (const length of itemsOf("randomSplit", lengths)) checkNumber("randomSplit", "lengths", length);
  const sum = lengths.reduce((total, length) => total + length, 0);
  if (lengths.every(Number.isInteger) && sum === whole) return lengths;
  if (Math.abs(sum - 1) < 1e-9 && lengths.every((length) => length <= 1)) {
    const counts = lengths.map((fraction) => Math.floor(whole * fraction));
    const left = whole - counts.reduce((total, count) => total + count, 0);
    return counts.map((count, i) => (i < left ? count + 1 : count));
  }
  throw new ArgumentError(
    `randomSplit: the lengths ${lengths.join(" + ")} add up to ${sum}; expected ${whole}, the length of the dataset, or 1 for fractions`,
  );
}
