/**
 * Padding of sequences of different lengths into one tensor.
 */

import {
  ArgumentError,
  itemsOf,
  pad,
  sameShape,
  settings,
  shapeError,
  shapeOf,
  stack,
  type Tensor,
} from "@akari/tensor";

/** Options of `padSequence`. */
export interface PadSequenceOptions {
  /** Whether the result is [N, L, ...] instead of [L, N, ...]. Default false. */
  readonly batchFirst?: boolean;
  /** Value of the padding. Default 0. */
  readonly paddingValue?: number;
}

/**
 * Pads sequences [Lᵢ, ...] to the same length and stacks them: [L, N, ...], or [N, L, ...] with `batchFirst`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pad_sequence.html
 *
 * @throws ArgumentError for an empty list.
 * @throws ShapeError when the sequences differ in more than their lengths.
 * @example
 * padSequence([ones([2]), ones([3])], { batchFirst: true }); // [[1, 1, 0], [1, 1, 1]]
 */
export function padSequence(sequences: readonly Tensor[], options?: PadSequenceOptions): Tensor {
  const all = itemsOf("padSequence", sequences);
  const { batchFirst, paddingValue } = settings("padSequence", options, { batchFirst: false, paddingValue: 0 });
  const [first] = all;
  if (first === undefined) throw new ArgumentError("padSequence: expected a list of at least one sequence");
  for (const x of all) {
    if (shapeOf("padSequence", x).length === 0 || !sameShape(x.shape.slice(1), first.shape.slice(1)))
      throw shapeError("padSequence", "sequences that differ only in length", first, x);
  }
  const longest = Math.max(...all.map(({ shape }) => shape[0] as number));
  const padded = all.map((x) => {
    const missing = longest - (x.shape[0] as number);
    return missing === 0
      ? x
      : pad(x, [...new Array<number>(2 * (x.ndim - 1)).fill(0), 0, missing], { value: paddingValue });
  });
  return stack(padded, batchFirst ? 0 : 1);
}
