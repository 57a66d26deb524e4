/**
 * The definition of an operation: one object with its shape rule, its kernel calls and its gradient. Every operation
 * runs through `apply`, `applyAll` or `applyInPlace`, which validate, allocate the outputs, issue the kernel calls and
 * notify the traces. Operations allocate through an input (`allocate`) instead of constructing tensors, so this module
 * does not depend on the Tensor class at run time.
 */

import { expectTensor } from "./argument.ts";
import type { Backend } from "./backend.ts";
import { canCast, type DType } from "./dtype.ts";
import { ArgumentError, DeviceError, DTypeError, ShapeError } from "./errors.ts";
import type { Expr } from "./expr/expr.ts";
import { running } from "./running.ts";
import { type Shape, sameShape, showShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";
import type { Trace } from "./trace.ts";
import { sameView } from "./view.ts";

/**
 * The inputs or outputs of an operation. The type promises at least three, so that every operation can destructure as
 * many as it knows it has.
 */
export type Operands<T = Tensor> = readonly [T, T, T, ...T[]];

/** The shape and dtype of a tensor, without its values. A Tensor is a Spec. */
export interface Spec {
  /** The size of each dimension; empty for a scalar. */
  readonly shape: Shape;
  /** The element type. */
  readonly dtype: DType;
  /** The device of an output that is not on the first input's device. */
  readonly device?: Backend;
}

/** The layout of a view in its source's memory. Strides and offset count elements, from the start of the storage. */
export interface Layout {
  /** The size of each dimension of the view. */
  readonly shape: Shape;
  /** The step in memory between neighbors along each dimension. */
  readonly strides: readonly number[];
  /** The position of the view's first element. */
  readonly offset: number;
}

/**
 * An operation. It has either `run`, which computes, or `view`, which returns another layout of the first input's
 * memory. `Attrs` are the arguments that are not tensors.
 */
export interface Op<Attrs = undefined> {
  /** PyTorch's name in camelCase, shown in error messages and profiles. */
  readonly name: string;
  /** Returns the shape and dtype of each output. Throws, before anything runs, when the inputs are invalid. */
  infer(inputs: Operands, attrs: Attrs): readonly Spec[];
  /**
   * Issues the kernel calls that compute the outputs. Not called if all outputs are empty. When the operation is
   * applied in place, an output may be one of the inputs.
   */
  run?(inputs: Operands, attrs: Attrs, outputs: Operands): void;
  /** Returns the layout of a view in the memory of the first input. Throws when the input is invalid. */
  view?(input: Tensor, attrs: Attrs): Layout;
  /**
   * The gradient with respect to the inputs: a rule, or the formulas to derive it from. Null when the operation is not
   * differentiable.
   */
  readonly gradient: Gradient<Attrs> | Formulas | null;
}

/** The formulas of a pointwise operation. Autograd derives its gradient from them. */
export interface Formulas {
  /** One formula for each output. */
  readonly outputs: readonly Expr[];
  /** The dtype in which each output is stored. */
  readonly types: readonly DType[];
}

/** The values that a gradient reads. Only these are saved for the backward pass. */
export interface Reads {
  /** Indices of the saved inputs. Default: none. */
  readonly inputs?: readonly number[];
  /** Indices of the saved outputs. Default: none. */
  readonly outputs?: readonly number[];
}

/** What a gradient rule receives besides the upstream gradient. */
export interface GradientContext<Attrs> {
  /** The arguments of the operation that are not tensors. */
  readonly attrs: Attrs;
  /** Whether each input needs a gradient. */
  readonly needs: readonly boolean[];
  /** The shapes and dtypes of all inputs. */
  readonly inputs: Operands<Spec>;
  /** The shapes and dtypes of all outputs. */
  readonly outputs: Operands<Spec>;
  /** Returns a saved input, which `reads` must list. */
  input(index: number): Tensor;
  /** Returns a saved output, which `reads` must list. Default: the first. */
  output(index?: number): Tensor;
  /** Whether the backward pass is itself recorded, so that the rule must consist of differentiable operations. */
  readonly recording: boolean;
  /**
   * Returns the gradient that an input has received so far, which is contiguous. A rule may add to it in place and
   * return it, instead of a tensor that is zero almost everywhere. Null when there is none, or it must not be modified.
   */
  sum(index: number): Tensor | null;
}

/** The gradient of an operation, written with tensor operations so that it can be differentiated again. */
export interface Gradient<Attrs> {
  /** Returns the values that `compute` will read, given which inputs need a gradient. */
  reads(needs: readonly boolean[], attrs: Attrs): Reads;
  /**
   * Computes the gradient of each input that needs one (null for the others, and for a gradient of zero) from the
   * gradient of each output (null where none arrived). A gradient may have the broadcast shape or another
   * floating-point dtype: the engine sums and converts it.
   */
  compute(gradients: readonly (Tensor | null)[], context: GradientContext<Attrs>): readonly (Tensor | null)[];
}

/** The gradient rule of one input, for an operation with one differentiable output. */
export interface Rule<Attrs> extends Reads {
  /**
   * Computes the gradient of this input from the upstream gradient; null for a gradient of zero. It is called only if
   * the input needs one.
   */
  of(gradient: Tensor, context: GradientContext<Attrs>): Tensor | null;
}

/**
 * Builds a gradient from one rule per input, or null for an input that has no gradient. The last rule also applies to
 * all further inputs.
 */
export function rules<Attrs = undefined>(...each: (Rule<Attrs> | null)[]): Gradient<Attrs> {
  const ruleOf = (i: number) => each[Math.min(i, each.length - 1)] ?? null;
  return {
    reads(needs) {
      const inputs = new Set<number>();
      const outputs = new Set<number>();
      needs.forEach((need, i) => {
        const rule = need ? ruleOf(i) : null;
        for (const k of rule?.inputs ?? []) inputs.add(k);
        for (const k of rule?.outputs ?? []) outputs.add(k);
      });
      return { inputs: [...inputs], outputs: [...outputs] };
    },
    compute([gradient], context) {
      return context.needs.map((need, i) => {
        const rule = need ? ruleOf(i) : null;
        return rule && gradient ? rule.of(gradient, context) : null;
      });
    },
  };
}

/** Runs operations, on tensors that each stand for many, one for each example of a batch, as on others. */
export interface Batching {
  /** Calls `op.run`. */
  run<Attrs>(op: Op<Attrs>, inputs: Operands, attrs: Attrs, outputs: Operands): void;
  /** Computes the only output of an operation in another way; null if there is none. */
  instead?<Attrs>(op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs): Tensor | null;
  /** Returns tensors of several devices as tensors of one of them that stand for many; null when there is no such. */
  join?(inputs: readonly Tensor[]): readonly Tensor[] | null;
  /** Returns a tensor as one that stands for many, where a function runs on such. */
  lift?(x: Tensor): Tensor;
  /** Returns a tensor as one of `device` if both are devices of the same batch, and otherwise null. */
  move?(x: Tensor, device: Backend): Tensor | null;
}

/** How operations run. `vmap` replaces it at its first call. */
export const batching: { by: Batching } = {
  by: { run: (op, inputs, attrs, outputs) => op.run?.(inputs, attrs, outputs) },
};

/** Runs an operation and returns its first output. */
export function apply<Attrs>(op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs): Tensor {
  // Safe: every operation has at least one output.
  return applyAll(op, inputs, attrs)[0] as Tensor;
}

/** Runs an operation and returns all its outputs. */
export function applyAll<Attrs>(op: Op<Attrs>, operands: readonly Tensor[], attrs: Attrs): readonly Tensor[] {
  const elsewhere = batching.by.instead?.(op, operands, attrs);
  if (elsewhere) return [elsewhere];
  const inputs = together(op.name, operands);
  // Safe: creation functions, which have no inputs, do not call this.
  const first = inputs[0] as Tensor;
  const outputs = op.view
    ? [first.viewThrough(op.view(first, attrs), op, attrs)]
    : // Safe: an operation reads only as many as it has.
      op.infer(inputs as Operands, attrs).map((spec) => first.allocate(spec.shape, spec.dtype, spec.device));
  if (op.run) compute(op, inputs, attrs, outputs);
  // One notification is enough, since it covers all inputs. Safe: `attrs` is only ever passed back to the same op.
  followerOf(inputs)?.extend({ op: op as Op<unknown>, inputs, attrs, outputs });
  return outputs;
}

/**
 * Runs an operation with one output and stores the result in `target`, which usually is also the first input.
 *
 * @throws ShapeError when the result has another shape than `target`.
 * @throws DTypeError when the result cannot be stored in the dtype of `target`.
 */
export function applyInPlace<Attrs>(op: Op<Attrs>, target: Tensor, operands: readonly Tensor[], attrs: Attrs): Tensor {
  // Safe: there is a target, and an operation reads only as many operands as it has.
  const [to, ...inputs] = together(op.name, [target, ...operands]) as readonly [Tensor, ...Operands];
  const spec = op.infer(inputs as Operands, attrs)[0] as Spec; // safe: every operation has at least one output
  if (!sameShape(spec.shape, target.shape)) {
    throw new ShapeError(
      `${op.name}_: the result has shape ${showShape(spec.shape)} and cannot be stored in a tensor of shape ${showShape(target.shape)}`,
    );
  }
  if (!canCast(spec.dtype, target.dtype)) {
    throw new DTypeError(
      `${op.name}_: the result is ${spec.dtype} and cannot be stored in a tensor of ${target.dtype}`,
    );
  }
  checkWritable(op.name, target);
  const follower = target.trace ?? followerOf(inputs) ?? target.viewed?.source.trace ?? null;
  // Safe: `attrs` is only ever passed back to the same op.
  const recorded =
    follower?.beforeMutation({ op: op as Op<unknown>, inputs, attrs, outputs: [target] }, target) ?? null;
  // A kernel must read an element before it overwrites it, so an input that overlaps the target at other positions is
  // copied first.
  const apart = inputs.map((x) => (x.storage === target.storage && !sameView(x, target) ? x.clone() : x));
  compute(op, apart, attrs, [to]);
  target.storage.version++;
  if (recorded !== null) follower?.mutate(recorded, target);
  return target;
}

/** Returns the trace of the first input that has one. */
function followerOf(inputs: readonly Tensor[]): Trace | null | undefined {
  return inputs.find((x) => x.trace !== null)?.trace;
}

function compute<Attrs>(op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs, outputs: readonly Tensor[]): void {
  if (outputs.every((output) => output.numel() === 0)) return;
  const before = running.name;
  running.name = op.name;
  try {
    // Safe: an operation reads only as many as it has.
    batching.by.run(op, inputs as Operands, attrs, outputs as Operands);
  } finally {
    running.name = before;
  }
}

/** Returns the inputs on one device. Throws a DeviceError when they are on several. */
function together(operation: string, inputs: readonly Tensor[]): readonly Tensor[] {
  if (inputs.length === 0) throw new ArgumentError(`${operation}: expected at least one tensor, got none`);
  // Safe: a value that is not a tensor has no backend, and is rejected below.
  const device = inputs[0]?.storage?.backend as Backend;
  for (const x of inputs) {
    const other = x?.storage?.backend;
    if (other === undefined) expectTensor(operation, x);
    else if (other !== device) {
      const joined = batching.by.join?.(inputs);
      if (joined) return joined;
      // Each `cpu(options)` is a device of its own, and so is the CPU device of a second copy of this package.
      const which = device.name === other.name ? `two called ${device.name}` : `${device.name} and ${other.name}`;
      throw new DeviceError(`${operation}: tensors are on different devices: ${which}; move one with .to()`);
    }
  }
  return inputs;
}

/**
 * An expanded tensor has several elements at one memory location, so only a fill, with one value for all, is well
 * defined.
 */
function checkWritable(operation: string, target: Tensor): void {
  const repeated = target.shape.some((size, i) => size > 1 && target.strides[i] === 0);
  if (repeated && operation !== "fill" && target.numel() > 0) {
    throw new ArgumentError(
      `${operation}_: several elements of the target share one memory location (it was expanded); clone() it first`,
    );
  }
}
