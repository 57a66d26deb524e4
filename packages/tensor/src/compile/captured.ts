/**
 * What is known of a function after it was captured.
 */

import type { Tensor } from "../tensor.ts";
import type { Recorder } from "./recorder.ts";

/** What was captured of a function. */
export interface Captured {
  readonly recorder: Recorder;
  /** The tensors that it was given. */
  readonly inputs: readonly Tensor[];
  /** What it returned. */
  readonly results: unknown;
  /** The backward pass from its results; null where none is needed. */
  readonly backward: CapturedBackward | null;
}

/** What was captured of a backward pass. */
export interface CapturedBackward {
  readonly recorder: Recorder;
  /** The numbers of the results that it begins at. */
  readonly places: readonly number[];
  /** The gradients that arrived at them. */
  readonly arriving: readonly Tensor[];
  /** The gradients that it found; `of` carries the trace of the tensor that each belongs to. */
  readonly found: readonly { readonly of: Tensor; readonly gradient: Tensor }[];
}
