/** The data of a captured function, before it is made replayable. */

import type { Tensor } from "../tensor.ts";
import type { Recorder } from "./recorder.ts";

/** A captured call of a function. */
export interface Captured {
  readonly recorder: Recorder;
  /** Copies of the tensor arguments, with which the function ran. */
  readonly inputs: readonly Tensor[];
  /** The function's return value. */
  readonly results: unknown;
  /** The backward pass from the results; null when none is needed. */
  readonly backward: CapturedBackward | null;
}

/** A captured backward pass. */
export interface CapturedBackward {
  readonly recorder: Recorder;
  /** The indices of the results it starts from. */
  readonly places: readonly number[];
  /** The upstream gradients of these results. */
  readonly arriving: readonly Tensor[];
  /** The resulting gradients. `of` has the trace of the tensor that a gradient belongs to. */
  readonly found: readonly { readonly of: Tensor; readonly gradient: Tensor }[];
}
