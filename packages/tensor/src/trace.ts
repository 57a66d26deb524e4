/**
 * The interface through which a tensor's history is recorded. `@akari/autograd` implements it and creates all traces;
 * the tensor package records nothing itself and only notifies the traces of its operands.
 */

import type { Op } from "./op.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Whether operations are recorded, which `noGrad` and related functions in `@akari/autograd` switch, and that package's
 * `requiresGrad`; null as long as it is not loaded.
 */
export const gradMode: { enabled: boolean; requiresGrad: (<T extends Tensor>(x: T, on?: boolean) => T) | null } = {
  enabled: true,
  requiresGrad: null,
};

/** One operation that ran: the operation, its inputs and its outputs. */
export interface Recorded<Attrs = unknown> {
  /** The operation, which includes its gradient rule. */
  readonly op: Op<Attrs>;
  /** The input tensors. An in-place operation may have overwritten them since. */
  readonly inputs: readonly Tensor[];
  /** The arguments that are not tensors. */
  readonly attrs: Attrs;
  /** The output tensors; for an in-place operation, the tensor it wrote to. */
  readonly outputs: readonly Tensor[];
  /**
   * For an in-place operation: copies, made before the write, of the inputs that its gradient reads and that it
   * overwrites; null for the others.
   */
  readonly before?: readonly (Tensor | null)[];
}

/** Options of a backward pass, as in PyTorch's `Tensor.backward`. */
export interface BackwardOptions {
  /**
   * Whether to keep the saved tensors, so that the backward pass can be repeated. Default: the value of `createGraph`.
   */
  readonly retainGraph?: boolean;
  /** Whether to record the backward pass itself, so that gradients can be differentiated again. Default false. */
  readonly createGraph?: boolean;
  /**
   * The tensor or tensors to accumulate gradients into. Those that are not leaves retain their gradients from then on, as
   * after `retainGrad`. Default: all leaves.
   */
  readonly inputs?: Tensor | readonly Tensor[];
}

/** Records the history of one tensor. */
export interface Trace {
  /** Whether gradients are computed for this tensor. */
  readonly requiresGrad: boolean;
  /** The name of the operation that created the tensor; null for a leaf. */
  readonly operation: string | null;
  /** Whether the tensor was created by the user rather than by an operation. */
  readonly isLeaf: boolean;
  /** The gradient accumulated so far; null before the first backward pass. A caller that keeps it calls `lendGrad`. */
  grad: Tensor | null;
  /** Returns the gradient to a caller that may keep it, so it is not freed when another takes its place. */
  lendGrad(): Tensor | null;
  /** Called after an operation that read the traced tensor. May give the outputs traces of their own. */
  extend(recorded: Recorded): void;
  /**
   * Called before an operation overwrites `target`, which is also `recorded.outputs[0]`. Throws when `target` must not
   * be modified.
   *
   * @returns what to pass to `mutate`, including copies of the values about to be lost; null when `mutate` need not be
   * called.
   */
  beforeMutation(recorded: Recorded, target: Tensor): Recorded | null;
  /** Called after an operation has overwritten `target`. */
  mutate(recorded: Recorded, target: Tensor): void;
  /**
   * Called when the tensor at the root of `view`, which this trace belongs to, was written to after the view was made.
   * Returns the view's new trace, or undefined to keep the present one.
   */
  follow(view: Tensor): Trace | null | undefined;
  /** Runs the backward pass from `output`. `gradient` defaults to 1 for a tensor of one element. */
  backward(output: Tensor, gradient: Tensor | null, options?: BackwardOptions): void;
  /**
   * Computes gradients with respect to all tensors that `outputs` depend on, without accumulating into `grad`, calling
   * hooks, or freeing saved tensors.
   *
   * @param outputs tensors that require a gradient, including the one of this trace.
   * @param arriving the upstream gradient of each output.
   * @param inputs tensors to stop at: their own history is not followed.
   * @returns for each leaf and each of `inputs` that a gradient reaches: a tensor of its shape with its trace, and the
   * gradient.
   */
  gradients(
    outputs: readonly Tensor[],
    arriving: readonly Tensor[],
    inputs: readonly Tensor[],
  ): readonly { readonly of: Tensor; readonly gradient: Tensor }[];
  /** Makes backward passes also store the gradient of this non-leaf tensor. */
  retainGrad(output: Tensor): void;
  /**
   * Registers a hook that is called with the gradient when it arrives; a returned tensor replaces it. With `after`, it is
   * called with `output`, a leaf, when its `grad` has been updated. Returns a function that removes the hook.
   */
  registerHook(output: Tensor, hook: (x: Tensor) => Tensor | undefined | void, after?: boolean): () => void;
}

/**
 * Returns the gradient of a tensor to a caller that does not keep it. One read as `x.grad` may be kept, so it is left to
 * the garbage collector when another takes its place.
 */
export function gradOf(x: Tensor): Tensor | null {
  return x.trace?.grad ?? x.grad;
}
