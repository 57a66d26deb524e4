/**
 * Sequences of different lengths for recurrent layers, as in PyTorch's `torch.nn.utils.rnn`.
 *
 * @packageDocumentation
 */

export {
  PackedSequence,
  type PackOptions,
  packPaddedSequence,
  packSequence,
  padPackedSequence,
  type UnpackOptions,
  unpackSequence,
  unpadSequence,
} from "./packed-sequence.ts";
export { type PadSequenceOptions, padSequence } from "./pad-sequence.ts";
