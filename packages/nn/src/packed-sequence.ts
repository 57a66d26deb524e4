/**
 * Sequences of different lengths without their padding: step by step, the sequences that go on so long, the longest
 * first. A recurrent layer runs over the stretches in which their number stays the same, so that it computes nothing
 * that is thrown away, and ends each sequence where it ends.
 */

import {
  ArgumentError,
  type Backend,
  cat,
  checkInteger,
  type DType,
  expectTensor,
  full,
  ShapeError,
  settings,
  showShape,
  type Tensor,
  tensor,
} from "@akari/tensor";
import { padSequence } from "./pad-sequence.ts";

/** Options of `packPaddedSequence`. */
export interface PackOptions {
  /** Whether the input is [N, L, ...] instead of [L, N, ...]. Default false. */
  readonly batchFirst?: boolean;
  /**
   * Whether lengths must not grow from one sequence to the next; if not, the sequences are sorted, and stand as before
   * in what a layer returns. Default true.
   */
  readonly enforceSorted?: boolean;
}

/** Options of `padPackedSequence`. */
export interface UnpackOptions {
  /** Whether the result is [N, L, ...] instead of [L, N, ...]. Default false. */
  readonly batchFirst?: boolean;
  /** What fills the ends. Default 0. */
  readonly paddingValue?: number;
  /** The length to fill up to; null for that of the longest sequence. Default null. */
  readonly totalLength?: number | null;
}

/**
 * Sequences of different lengths, as `packPaddedSequence` and `packSequence` make them and `RNN`, `LSTM` and `GRU` take
 * and give them.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.PackedSequence.html
 */
export class PackedSequence {
  /**
   * All steps below each other, [steps in all, ...]: the first of every sequence, then the second of those that have
   * one, and so on.
   */
  readonly data: Tensor;
  /** How many sequences have a first step, a second one, and so on. */
  readonly batchSizes: readonly number[];
  /** Which of the sequences that were given stands at each place; null when they were in order. */
  readonly sortedIndices: readonly number[] | null;

  constructor(data: Tensor, batchSizes: readonly number[], sortedIndices: readonly number[] | null = null) {
    const grows = batchSizes.some(
      (size, i) => !Number.isInteger(size) || size < 1 || size > (batchSizes[i - 1] ?? size),
    );
    if (batchSizes.length === 0 || grows)
      throw new ArgumentError(
        `PackedSequence: batch sizes must be positive and never grow, got [${batchSizes.join(", ")}]`,
      );
    const steps = batchSizes.reduce((sum, size) => sum + size, 0);
    if (data.shape[0] !== steps)
      throw new ShapeError(
        `PackedSequence: batch sizes that add up to ${steps} want data [${steps}, ...], got ${showShape(data.shape)}`,
      );
    this.data = data;
    this.batchSizes = batchSizes;
    this.sortedIndices = sortedIndices;
  }

  /** At which place each of the sequences that were given stands; null when they were in order. */
  get unsortedIndices(): readonly number[] | null {
    return this.sortedIndices && inverse(this.sortedIndices);
  }

  /** How long each sequence is, in the order in which they were given. */
  get lengths(): readonly number[] {
    const sorted = Array.from(
      { length: this.batchSizes[0] as number },
      (_, i) => this.batchSizes.filter((size) => size > i).length,
    );
    return this.unsortedIndices?.map((place) => sorted[place] as number) ?? sorted;
  }

  /** The same sequences with other steps, as `[steps in all, ...]`. */
  with(data: Tensor): PackedSequence {
    return new PackedSequence(data, this.batchSizes, this.sortedIndices);
  }

  /** The sequences on another device, or as another dtype. */
  to(target: Backend | DType): PackedSequence {
    return this.with(typeof target === "string" ? this.data.to(target) : this.data.to(target));
  }

  /** For layers: states [layers, N, width] in the order in which the sequences stand here. */
  sorted(states: Tensor): Tensor {
    return reordered(states, this.sortedIndices);
  }

  /** For layers: states [layers, N, width] in the order in which the sequences were given. */
  unsorted(states: Tensor): Tensor {
    return reordered(states, this.unsortedIndices);
  }

  /**
   * For layers: runs one direction of one.
   *
   * @param run what it gives for steps [steps, sequences, features] and the states before them, [sequences, width]
   * each: outputs, and the states after them.
   * @param steps what it reads, [steps in all, features].
   * @param start the states before the first step, or the last one when it reads backwards.
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
    let going = backwards ? 0 : (this.batchSizes[0] as number); // safe: the constructor refuses none
    const stretches = this.#stretches();
    for (const { first, count, size } of backwards ? stretches.reverse() : stretches) {
      if (size < going) ended.unshift(states.map((all) => all.narrow(0, size, going - size)));
      states = states.map((all, k) =>
        size > going ? cat([all, (start[k] as Tensor).narrow(0, going, size - going)]) : all.narrow(0, 0, size),
      );
      const found = run(steps.narrow(0, first, count * size).unflatten(0, [count, size]), states);
      outputs.push(found.output.flatten(0, 1));
      [states, going] = [found.states, size];
    }
    return {
      output: cat(backwards ? outputs.reverse() : outputs),
      states: states.map((all, k) => cat([all, ...ended.map((rows) => rows[k] as Tensor)])),
    };
  }

  /**
   * The stretches of steps that equally many sequences have: the row of the first, how many there are, and how many
   * sequences.
   */
  #stretches(): { readonly first: number; readonly count: number; readonly size: number }[] {
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
 * Packs sequences that stand side by side, [L, N, ...], the shorter ones filled up at their ends.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_padded_sequence.html
 *
 * @param lengths how long each sequence is: numbers, or a tensor [N] on a device that can be read at once.
 * @throws ArgumentError for lengths that do not fit the input, or that grow while `enforceSorted` holds. @throws
 * DeviceError for lengths on a GPU.
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
  expectTensor(name, input);
  if (input.ndim < 2)
    throw new ShapeError(
      `${name}: expected an input ${batchFirst ? "[N, L, ...]" : "[L, N, ...]"}, got ${showShape(input.shape)}`,
    );
  // safe: it has two dimensions
  const [longest, count] = (batchFirst ? [input.shape[1], input.shape[0]] : input.shape) as [number, number];
  const given = numbers(name, lengths);
  if (given.length !== count || given.some((length) => !Number.isInteger(length) || length < 1 || length > longest))
    throw new ArgumentError(
      `${name}: an input of shape ${showShape(input.shape)} wants ${count} lengths from 1 to ${longest}, got [${given.join(", ")}]`,
    );
  const order = given.map((_, i) => i).sort((a, b) => (given[b] as number) - (given[a] as number));
  const grows = given.some((length, i) => i > 0 && length > (given[i - 1] as number));
  if (enforceSorted && grows)
    throw new ArgumentError(
      `${name}: lengths must not grow, got [${given.join(", ")}]; sort the sequences, or pass { enforceSorted: false }`,
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
 * Sequences side by side again, [L, N, ...], the shorter ones filled up at their ends, and how long each is.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pad_packed_sequence.html
 *
 * @throws ArgumentError for a `totalLength` below the longest sequence's.
 */
export function padPackedSequence(sequence: PackedSequence, options?: UnpackOptions): [Tensor, readonly number[]] {
  const name = "padPackedSequence";
  const { batchFirst, paddingValue, totalLength } = settings(name, options, {
    batchFirst: false,
    paddingValue: 0,
    totalLength: null,
  });
  if (!(sequence instanceof PackedSequence))
    throw new ArgumentError(`${name}: expected a packed sequence, as packPaddedSequence makes it`);
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
 * Packs sequences, [Lᵢ, ...] each.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_sequence.html
 *
 * @throws ArgumentError for no sequences, empty ones, or lengths that grow while `enforceSorted` holds. @throws
 * ShapeError when they differ in more than their lengths.
 */
export function packSequence(
  sequences: readonly Tensor[],
  options?: Pick<PackOptions, "enforceSorted">,
): PackedSequence {
  const { enforceSorted } = settings("packSequence", options, { enforceSorted: true });
  const padded = padSequence(sequences);
  return packPaddedSequence(
    padded,
    sequences.map(({ shape }) => shape[0] as number), // safe: `padSequence` took them
    { enforceSorted },
  );
}

/**
 * Padded sequences one by one, [Lᵢ, ...] each: the inverse of `padSequence`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.unpad_sequence.html
 *
 * @throws ArgumentError when there are not as many lengths as sequences.
 */
export function unpadSequence(
  padded: Tensor,
  lengths: readonly number[] | Tensor,
  options?: Pick<PackOptions, "batchFirst">,
): readonly Tensor[] {
  const { batchFirst } = settings("unpadSequence", options, { batchFirst: false });
  const sequences = padded.unbind(batchFirst ? 0 : 1);
  const given = numbers("unpadSequence", lengths);
  if (given.length !== sequences.length)
    throw new ArgumentError(`unpadSequence: ${sequences.length} sequences want as many lengths, got ${given.length}`);
  return sequences.map((x, i) => x.narrow(0, 0, given[i] as number)); // safe: there are as many
}

/**
 * Packed sequences one by one, [Lᵢ, ...] each: the inverse of `packSequence`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.unpack_sequence.html
 */
export function unpackSequence(sequence: PackedSequence): readonly Tensor[] {
  return unpadSequence(...padPackedSequence(sequence));
}

/** Lengths as numbers. */
function numbers(operation: string, lengths: readonly number[] | Tensor): readonly number[] {
  if (Array.isArray(lengths)) return lengths;
  expectTensor(operation, lengths, "numbers or a tensor as lengths");
  return Array.from((lengths as Tensor).dataSync(), Number); // safe: it is no array
}

/**
 * Where each packed row stands among padded ones, given the steps between rows that follow each other in a sequence or
 * belong to neighbouring ones.
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
