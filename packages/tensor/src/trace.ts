/**
 * What a tensor carries when someone follows its history. `@akari/autograd` implements this interface, and a trace
 * comes into being only there: the tensor package records nothing and knows no gradients, it only asks the traces it
 * meets.
 */

import type { Op } from "./op.ts";
import type { Tensor } from "./tensor.ts";

/** Whether traces are told to go on: `noGrad` and its relatives in `@akari/autograd` turn it off and on. */
export const gradMode: { enabled: boolean } = { enabled: true };

/** One operation as it happened: what ran, on what, giving what. */
export interface Recorded<Attrs = unknown> {
  /** What ran, with the rule for its gradient. */
  readonly op: Op<Attrs>;
  /** The tensors it took. For an operation in place they may have been written over since. */
  readonly inputs: readonly Tensor[];
  /** Its arguments that are not tensors. */
  readonly attrs: Attrs;
  /** The tensors it gave; for an operation in place the one that it wrote to. */
  readonly outputs: readonly Tensor[];
  /**
   * For an operation in place: copies of those inputs that its gradient reads and that it wrote over, as they were;
   * null for the others.
   */
  readonly before?: readonly (Tensor | null)[];
}

/** Options of a backward pass, as PyTorch's `Tensor.backward` has them. */
export interface BackwardOptions {
  /**
   * Keep what the forward pass saved, so that a second backward pass can follow. Default: the value of `createGraph`.
   */
  readonly retainGraph?: boolean;
  /** Record the backward pass itself, so that gradients can be differentiated again. Default false. */
  readonly createGraph?: boolean;
  /** Accumulate into these tensors only. Default: all leaves. */
  readonly inputs?: readonly Tensor[];
}

/** A follower of one tensor's history. */
export interface Trace {
  /** Whether gradients flow to this tensor. */
  readonly requiresGrad: boolean;
  /** The name of the operation that made the tensor; null for a leaf. */
  readonly operation: string | null;
  /** Whether the tensor was made by the user rather than by an operation. */
  readonly isLeaf: boolean;
  /** The gradient accumulated so far. */
  grad: Tensor | null;
  /** Told of an operation that took the traced tensor: may give the outputs traces of their own. */
  extend(recorded: Recorded): void;
  /**
   * Told of an operation that is about to write its output over `target`, which is also `recorded.outputs[0]`. Throws
   * when that may not be.
   *
   * @returns what `mutate` is to be told, with copies of what is about to be lost; null when it need not be told.
   */
  beforeMutation(recorded: Recorded, target: Tensor): Recorded | null;
  /** Told of an operation that wrote its output over `target`. */
  mutate(recorded: Recorded, target: Tensor): void;
  /**
   * This trace now stands for the tensor at the root of `view`, which was written to since the view was made. Returns
   * the view's new trace, or undefined when it keeps the one it has.
   */
  follow(view: Tensor): Trace | null | undefined;
  /** Runs the backward pass from `output`. `gradient` defaults to 1 for a tensor of one element. */
  backward(output: Tensor, gradient: Tensor | null, options?: BackwardOptions): void;
  /**
   * The gradients of everything that `outputs` were made from, without adding them to `grad`, calling hooks, or using
   * up what was kept.
   *
   * @param outputs tensors that require a gradient, this trace's own among them.
   * @param arriving the gradient that arrives at each.
   * @param inputs tensors to stop at: what they were made from is left out, and they are not.
   * @returns for each leaf and each of `inputs` that a gradient arrives at: a tensor of its shape that carries its
   * trace, and the gradient.
   */
  gradients(
    outputs: readonly Tensor[],
    arriving: readonly Tensor[],
    inputs: readonly Tensor[],
  ): readonly { readonly of: Tensor; readonly gradient: Tensor }[];
  /** Keep this tensor's gradient too, although it is not a leaf. */
  retainGrad(output: Tensor): void;
  /**
   * Calls `hook` with the gradient as it arrives; a tensor that it returns takes its place. Returns what removes the
   * hook.
   */
  registerHook(output: Tensor, hook: (gradient: Tensor) => Tensor | undefined | void): () => void;
}
