/**
 * Sequences of different lengths without padding. The data is stored step by step, with the longest sequence first, so
 * that the sequences active at a step are contiguous. A recurrent layer processes segments of steps with the
 * same number of active sequences, so it computes nothing for padding and obtains the final state of each sequence
 * where that sequence ends.
 */

import {
  ArgumentError,
  type Backend,
  cat,
  checkInteger,
  type DType,
  expectRank,
  expectTensor,
  full,
  itemsOf,
  ShapeError,
  settings,
  showShape,
  type Tensor,
  tensor,
  unbind,
} from "@akari/tensor";
import { padSequence } from "./pad-sequence.ts";

/** Options of `packPaddedSequence`. */
export interface PackOptions {
  /** Whether the input is [N, L, ...] instead of [L, N, ...]. Default false. */
  readonly batchFirst?: boolean;
  /**
   * Whether the sequences must be sorted by decreasing length. If false, they are sorted internally, and layers return
   * states in the original order. Default true.
   */
  readonly enforceSorted?: boolean;
}

/** Options of `padPackedSequence`. */
export interface UnpackOptions {
  /** Whether the result is [N, L, ...] instead of [L, N, ...]. Default false. */
  readonly batchFirst?: boolean;
  /** Value of the padding. Default 0. */
  readonly paddingValue?: number;
  /** Length to pad to, or null for that of the longest sequence. Default null. */
  readonly totalLength?: number | null;
}

/**
 * Batch of sequences of different lengths, created by `packPaddedSequence` or `packSequence`. `RNN`, `LSTM` and `GRU`
 * accept and return it.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.PackedSequence.html
 */
export class PackedSequence {
  /**
   * All steps, [sum of lengths, ...]: the first step of every sequence, then the second step of those that have one,
   * and so on.
   */
  readonly data: Tensor;
  /** Number of sequences that have a first step, a second step, and so on. */
  readonly batchSizes: readonly number[];
  /** For each position, the index of the original sequence, or null if the sequences were not reordered. */
  readonly sortedIndices: readonly number[] | null;

  constructor(data: Tensor, batchSizes: readonly number[], sortedIndices: readonly number[] | null = null) {
    const sizes = itemsOf("PackedSequence", batchSizes, "batch sizes");
    const grows = sizes.some((size, i) => !Number.isInteger(size) || size < 1 || size > (sizes[i - 1] ?? size));
    if (sizes.length === 0 || grows)
      throw new ArgumentError(
        `PackedSequence: batch sizes must be positive and non-increasing, got [${sizes.join(", ")}]`,
      );
    const steps = sizes.reduce((sum, size) => sum + size, 0);
    if (data.shape[0] !== steps)
      throw new ShapeError(
        `PackedSequence: batch sizes that add up to ${steps} need data [${steps}, ...], got ${showShape(data.shape)}`,
      );
    this.data = data;
    this.batchSizes = sizes;
    this.sortedIndices = sortedIndices;
  }

  /** For each original sequence, its position, or null if the sequences were not reordered. */
  get unsortedIndices(): readonly number[] | null {
    return this.sortedIndices && inverse(this.sortedIndices);
  }

  /** Length of each sequence, in the original order. */
  get lengths(): readonly number[] {
    const sorted = Array.from(
      { length: this.batchSizes[0] as number },
      (_, i) => this.batchSizes.filter((size) => size > i).length,
    );
    return this.unsortedIndices?.map((place) => sorted[place] as number) ?? sorted;
  }

  /** Returns the same sequences with other data, [sum of lengths, ...]. */
  with(data: Tensor): PackedSequence {
    return new PackedSequence(data, this.batchSizes, this.sortedIndices);
  }

  /** Moves the data to a device, or converts it to a dtype. */
  to(target: Backend | DType): PackedSequence {
    return this.with(typeof target === "string" ? this.data.to(target) : this.data.to(target));
  }

  /** Reorders states [layers, N, width] from the original order to that of this object. For use by layers. */
  sorted(states: Tensor): Tensor {
    return reordered(states, this.sortedIndices);
  }

  /** Reorders states [layers, N, width] from the order of this object to the original order. For use by layers. */
  unsorted(states: Tensor): Tensor {
    return reordered(states, this.unsortedIndices);
  }

  /**
   * Runs one direction of a layer over the sequences. For use by layers.
   *
   * @param run Function that computes the outputs and the states after some steps, given these steps
   * [steps, sequences, features] and the states before them, [sequences, width] each.
   * @param steps Data that the layer reads, [sum of lengths, features].
   * @param start States before the first step, or before the last step for `backwards`.
   */
  pass(
    run: (steps: Tensor, states: readonly Tensor[]) => { readonly output: Tensor; readonly states: readonly Tensor[] },
    steps: Tensor,
    start: readonly Tensor[],
    backwards: boolean,
  ): { readonly output: Tensor; readonly states: readonly Tensor[] } {
    const outputs: Tensor[] = [];
    const ended: (readonly Tensor[])[] = [];
    let states = backwards ? start.map((all) => all.narrow(0, 0, 0)) : start;
    let active = backwards ? 0 : (this.batchSizes[0] as number); // safe: the constructor rejects empty batch sizes
    const segments = this.#segments();
    for (const { first, count, size } of backwards ? segments.reverse() : segments) {
      if (size < active) ended.unshift(states.map((all) => all.narrow(0, size, active - size)));
      states = states.map((all, k) =>
        size > active ? cat([all, (start[k] as Tensor).narrow(0, active, size - active)]) : all.narrow(0, 0, size),
      );
      const found = run(steps.narrow(0, first, count * size).unflatten(0, [count, size]), states);
      outputs.push(found.output.flatten(0, 1));
      [states, active] = [found.states, size];
    }
    return {
      output: cat(backwards ? outputs.reverse() : outputs),
      states: states.map((all, k) => cat([all, ...ended.map((rows) => rows[k] as Tensor)])),
    };
  }

  /**
   * Returns the segments of steps with the same number of sequences: the row of the first step, the number of steps,
   * and the number of sequences.
   */
  #segments(): { readonly first: number; readonly count: number; readonly size: number }[] {
    let first = 0;
    return [...new Set(this.batchSizes)].map((size) => {
      const count = this.batchSizes.filter((other) => other === size).length;
      first += count * size;
      return { first: first - count * size, count, size };
    });
  }
}

function inverse(order: readonly number[]): readonly number[] {
  const places = new Array<number>(order.length);
  for (const [place, index] of order.entries()) places[index] = place;
  return places;
}

function reordered(states: Tensor, order: readonly number[] | null): Tensor {
  return order === null ? states : states.indexSelect(1, tensor(order, { dtype: "int32", device: states.device }));
}

/**
 * Packs a padded batch of sequences, [L, N, ...], or [N, L, ...] with `batchFirst`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_padded_sequence.html
 *
 * @param lengths Length of each sequence: numbers, or a tensor [N] on a device that supports synchronous reads.
 * @throws ShapeError when the input has fewer than 2 dimensions.
 * @throws ArgumentError for lengths that do not match the input, or that increase while `enforceSorted` is true.
 * @throws DeviceError for lengths on a GPU.
 * @example
 * const [packed] = lstm(packPaddedSequence(x, [3, 5, 2], { batchFirst: true, enforceSorted: false }));
 * const [output, lengths] = padPackedSequence(packed, { batchFirst: true });
 */
export function packPaddedSequence(
  input: Tensor,
  lengths: readonly number[] | Tensor,
  options?: PackOptions,
): PackedSequence {
  const name = "packPaddedSequence";
  const { batchFirst, enforceSorted } = settings(name, options, { batchFirst: false, enforceSorted: true });
  expectRank(name, `an input ${batchFirst ? "[N, L, ...]" : "[L, N, ...]"}`, input, 2, Number.POSITIVE_INFINITY);
  // safe: it has two dimensions
  const [longest, count] = (batchFirst ? [input.shape[1], input.shape[0]] : input.shape) as [number, number];
  const given = numbers(name, lengths);
  if (given.length !== count || given.some((length) => !Number.isInteger(length) || length < 1 || length > longest))
    throw new ArgumentError(
      `${name}: an input of shape ${showShape(input.shape)} needs ${count} lengths from 1 to ${longest}, got [${given.join(", ")}]`,
    );
  const order = given.map((_, i) => i).sort((a, b) => (given[b] as number) - (given[a] as number));
  const grows = given.some((length, i) => i > 0 && length > (given[i - 1] as number));
  if (enforceSorted && grows)
    throw new ArgumentError(
      `${name}: lengths must not increase, got [${given.join(", ")}]; sort the sequences, or pass { enforceSorted: false }`,
    );
  const batchSizes = Array.from(
    { length: Math.max(...given) },
    (_, step) => given.filter((length) => length > step).length,
  );
  const places = placesOf(
    batchSizes,
    enforceSorted ? null : order,
    batchFirst ? { step: 1, sequence: longest } : { step: count, sequence: 1 },
  );
  const rows = input.flatten(0, 1).indexSelect(0, tensor(places, { dtype: "int32", device: input.device }));
  return new PackedSequence(rows, batchSizes, enforceSorted ? null : order);
}

/**
 * Pads packed sequences to the same length: [L, N, ...], or [N, L, ...] with `batchFirst`. Also returns the length of
 * each sequence.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pad_packed_sequence.html
 *
 * @throws ArgumentError for a `totalLength` below the longest sequence, and for an input that is not a
 * `PackedSequence`.
 */
export function padPackedSequence(sequence: PackedSequence, options?: UnpackOptions): [Tensor, readonly number[]] {
  const name = "padPackedSequence";
  const { batchFirst, paddingValue, totalLength } = settings(name, options, {
    batchFirst: false,
    paddingValue: 0,
    totalLength: null,
  });
  if (!(sequence instanceof PackedSequence))
    throw new ArgumentError(`${name}: expected a PackedSequence, as returned by packPaddedSequence`);
  const { data, batchSizes, sortedIndices, lengths } = sequence;
  if (totalLength !== null) checkInteger(name, "totalLength", totalLength, batchSizes.length);
  const [longest, count] = [totalLength ?? batchSizes.length, lengths.length];
  const places = placesOf(
    batchSizes,
    sortedIndices,
    batchFirst ? { step: 1, sequence: longest } : { step: count, sequence: 1 },
  );
  const { dtype, device } = data;
  const empty = full([longest * count, ...data.shape.slice(1)], paddingValue, { dtype, device });
  const rows = empty.indexCopy(0, tensor(places, { dtype: "int32", device }), data);
  return [rows.unflatten(0, batchFirst ? [count, longest] : [longest, count]), lengths];
}

/**
 * Packs a list of sequences, [Lᵢ, ...] each.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_sequence.html
 *
 * @throws ArgumentError for an empty list, for an empty sequence, and for lengths that increase while `enforceSorted`
 * is true.
 * @throws ShapeError when the sequences differ in more than their lengths.
 */
export function packSequence(
  sequences: readonly Tensor[],
  options?: Pick<PackOptions, "enforceSorted">,
): PackedSequence {
  const { enforceSorted } = settings("packSequence", options, { enforceSorted: true });
  const padded = padSequence(sequences);
  return packPaddedSequence(
    padded,
    sequences.map(({ shape }) => shape[0] as number), // safe: `padSequence` has checked the shapes
    { enforceSorted },
  );
}

/**
 * Splits a padded batch into its sequences, [Lᵢ, ...] each: the inverse of `padSequence`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.unpad_sequence.html
 *
 * @throws ArgumentError when the number of lengths is not the number of sequences.
 */
export function unpadSequence(
  padded: Tensor,
  lengths: readonly number[] | Tensor,
  options?: Pick<PackOptions, "batchFirst">,
): readonly Tensor[] {
  const { batchFirst } = settings("unpadSequence", options, { batchFirst: false });
  const sequences = unbind(padded, batchFirst ? 0 : 1);
  const given = numbers("unpadSequence", lengths);
  if (given.length !== sequences.length)
    throw new ArgumentError(`unpadSequence: ${sequences.length} sequences need as many lengths, got ${given.length}`);
  return sequences.map((x, i) => x.narrow(0, 0, given[i] as number)); // safe: there is one length per sequence
}

/**
 * Splits packed sequences into a list, [Lᵢ, ...] each: the inverse of `packSequence`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.unpack_sequence.html
 */
export function unpackSequence(sequence: PackedSequence): readonly Tensor[] {
  return unpadSequence(...padPackedSequence(sequence));
}

/** Returns lengths as numbers. */
function numbers(operation: string, lengths: readonly number[] | Tensor): readonly number[] {
  if (Array.isArray(lengths)) return lengths;
  expectTensor(operation, lengths, "numbers or a tensor as lengths");
  return Array.from((lengths as Tensor).dataSync(), Number); // safe: it is not an array
}

/**
 * Computes the row of each packed step in the padded batch. `pace` gives the distance between rows of consecutive steps
 * and of neighboring sequences.
 */
function placesOf(
  batchSizes: readonly number[],
  order: readonly number[] | null,
  pace: { readonly step: number; readonly sequence: number },
): number[] {
  return batchSizes.flatMap((size, step) =>
    Array.from({ length: size }, (_, i) => step * pace.step + (order?.[i] ?? i) * pace.sequence),
  );
}
