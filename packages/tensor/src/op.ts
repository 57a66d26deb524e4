/**
 * What an operation is: one object that holds its shape rule, its kernel calls and its gradient side by side. `apply`
 * is the only place where an operation runs: it checks, allocates, issues the kernel calls, and tells the traces.
 * Operations never construct tensors themselves, they ask an input for a new one; so nothing here depends on the Tensor
 * class at run time.
 */

import { expectTensor } from "./argument.ts";
import type { Backend } from "./backend.ts";
import { canCast, type DType } from "./dtype.ts";
import { ArgumentError, DeviceError, DTypeError, ShapeError } from "./errors.ts";
import type { Expr } from "./expr/expr.ts";
import { running } from "./running.ts";
import { type Shape, sameShape, showShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";
import type { Recorded } from "./trace.ts";
import { sameView } from "./view.ts";

/**
 * The tensors that an operation takes or makes. How many they are, it knows itself: as far as types go, three are
 * there, and maybe more.
 */
export type Operands = readonly [Tensor, Tensor, Tensor, ...Tensor[]];

/** Shape and dtype of a tensor, without its values. A Tensor is a Spec. */
export interface Spec {
  /** The size of each dimension; empty for a scalar. */
  readonly shape: Shape;
  /** The type of the elements. */
  readonly dtype: DType;
  /** For an output that lies elsewhere than the first input. */
  readonly device?: Backend;
}

/** How a view looks at its source's memory: strides and offset in elements, counted from the start of the storage. */
export interface Layout {
  /** The size of each dimension of the view. */
  readonly shape: Shape;
  /** How many elements to go on for the next index of each dimension. */
  readonly strides: readonly number[];
  /** Where the view's first element lies, in elements from the start of the storage. */
  readonly offset: number;
}

/**
 * An operation. Exactly one of `run` and `view` is there: `run` computes, `view` looks at the first input's memory in
 * another way. `Attrs` are the arguments that are not tensors.
 */
export interface Op<Attrs = undefined> {
  /** PyTorch's name in camelCase; error messages and profiles show it. */
  readonly name: string;
  /** Shape and dtype of each output. Throws, before anything runs, when the inputs do not fit. */
  infer(inputs: Operands, attrs: Attrs): readonly Spec[];
  /**
   * Issues the kernel calls that fill the outputs. An output may be one of the inputs when the operation is applied in
   * place.
   */
  run?(inputs: Operands, attrs: Attrs, outputs: Operands): void;
  /** For a view: how it lies in the memory of the first input. */
  view?(input: Tensor, attrs: Attrs): Layout;
  /**
   * The gradient with respect to the inputs: a rule, or the formulas that it follows from; null when there is none to
   * speak of.
   */
  readonly gradient: Gradient<Attrs> | Formulas | null;
}

/** What an operation computes element by element. Its gradient is derived from that by whoever follows the tensors. */
export interface Formulas {
  /** One formula for each output. */
  readonly outputs: readonly Expr[];
  /** How each output is stored. */
  readonly types: readonly DType[];
}

/** Which values a gradient reads. Only these are kept between the passes. */
export interface Reads {
  /** Which inputs, by their numbers. Default: none. */
  readonly inputs?: readonly number[];
  /** Which outputs, by their numbers. Default: none. */
  readonly outputs?: readonly number[];
}

/** What a gradient rule is given besides the incoming gradient. */
export interface GradientContext<Attrs> {
  /** The arguments that are not tensors, as the operation got them. */
  readonly attrs: Attrs;
  /** Which inputs need a gradient; the others are not asked for. */
  readonly needs: readonly boolean[];
  /** Shapes and dtypes of the inputs, there for all of them. */
  readonly inputs: readonly Spec[];
  /** Shapes and dtypes of the outputs. */
  readonly outputs: readonly Spec[];
  /** The value of an input that `reads` named. */
  input(index: number): Tensor;
  /** The value of an output that `reads` named. */
  output(index?: number): Tensor;
  /** Whether the backward pass is being recorded, so that the rule has to be made of differentiable operations. */
  readonly recording: boolean;
}

/** The gradient of an operation: mathematics, written with tensor operations so that it can be differentiated again. */
export interface Gradient<Attrs> {
  /** Which values `compute` will read, given the inputs that need a gradient. */
  reads(needs: readonly boolean[], attrs: Attrs): Reads;
  /**
   * The gradient of each input that needs one (null for the others, or for a gradient of zero), from the gradient of
   * each output (null where none arrived). It may have the broadcast shape, or another floating dtype: the engine sums
   * and converts.
   */
  compute(gradients: readonly (Tensor | null)[], context: GradientContext<Attrs>): readonly (Tensor | null)[];
}

/** The gradient rule of one input of an operation with one differentiable output. */
export interface Rule<Attrs> extends Reads {
  /**
   * The gradient of this input from that of the output; null for a gradient of zero. It is only asked for when the
   * input needs one.
   */
  of(gradient: Tensor, context: GradientContext<Attrs>): Tensor | null;
}

/**
 * A gradient made of one rule per input; null for inputs that have none. The last rule also holds for all further
 * inputs.
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

/** Runs an operation and returns its first output. */
export function apply<Attrs>(op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs): Tensor {
  // Safe: every operation has at least one output.
  return applyAll(op, inputs, attrs)[0] as Tensor;
}

/** Runs an operation and returns all its outputs. */
export function applyAll<Attrs>(op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs): readonly Tensor[] {
  // Safe: creation functions, which have no input, do not come here.
  const first = inputs[0] as Tensor;
  checkDevices(op.name, inputs);
  const specs = op.infer(inputs as Operands, attrs); // safe: an operation looks at as many as it has
  let outputs: readonly Tensor[];
  if (op.view) {
    const { shape, strides, offset } = op.view(first, attrs);
    outputs = [first.viewAs({ shape, strides, offset }, op, attrs)];
  } else {
    outputs = specs.map((spec) => first.allocate(spec.shape, spec.dtype, spec.device));
    compute(op, inputs, attrs, outputs);
  }
  tell({ op, inputs, attrs, outputs });
  return outputs;
}

/**
 * Runs an operation with one output and stores that in `target`, which is usually also the first input.
 *
 * @throws ShapeError, DTypeError when the result does not fit into `target` as it is.
 */
export function applyInPlace<Attrs>(op: Op<Attrs>, target: Tensor, inputs: readonly Tensor[], attrs: Attrs): Tensor {
  checkDevices(op.name, [target, ...inputs]);
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
  const follower = target.trace ?? inputs.find((x) => x.trace !== null)?.trace ?? target.viewed?.source.trace ?? null;
  // Safe: whoever follows hands `attrs` back to the same op only.
  const recorded =
    follower?.beforeMutation({ op: op as Op<unknown>, inputs, attrs, outputs: [target] }, target) ?? null;
  // A kernel may read an element only before it writes it, so an input that lies elsewhere in the same memory is copied
  // first.
  const apart = inputs.map((x) =>
    x !== target && x.storage === target.storage && !sameView(x, target) ? x.clone() : x,
  );
  compute(op, apart, attrs, [target]);
  target.storage.version++;
  if (recorded !== null) follower?.mutate(recorded, target);
  return target;
}

function compute<Attrs>(op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs, outputs: readonly Tensor[]): void {
  const before = running.name;
  running.name = op.name;
  try {
    op.run?.(inputs as Operands, attrs, outputs as Operands); // safe: an operation looks at as many as it has
  } finally {
    running.name = before;
  }
}

/** Tells the traces of the inputs about an operation. One of them is enough: it sees all inputs. */
function tell<Attrs>(recorded: Recorded<Attrs>): void {
  for (const input of recorded.inputs) {
    if (input.trace !== null) {
      // Safe: whoever follows hands `attrs` back to the same op only.
      input.trace.extend(recorded as unknown as Recorded);
      return;
    }
  }
}

function checkDevices(operation: string, inputs: readonly Tensor[]): void {
  if (inputs.length === 0) throw new ArgumentError(`${operation}: expected at least one tensor, got none`);
  // safe: an input that is no tensor has none, and is refused below
  const device = inputs[0]?.storage?.backend as Backend;
  for (let i = 0; i < inputs.length; i++) {
    const other = inputs[i]?.storage?.backend;
    if (other === undefined) expectTensor(operation, inputs[i]);
    else if (other !== device) {
      // Each `cpu(options)` is a device of its own, and so is the one of a second copy of this package.
      const which = device.name === other.name ? `two called ${device.name}` : `${device.name} and ${other.name}`;
      throw new DeviceError(`${operation}: tensors are on different devices: ${which}; move one with .to()`);
    }
  }
}

/** An expanded tensor has many elements in one place: writing to it would be a guess, unless all get the same value. */
function checkWritable(operation: string, target: Tensor): void {
  const repeated = target.shape.some((size, i) => size > 1 && target.strides[i] === 0);
  if (repeated && operation !== "fill" && target.numel() > 0) {
    throw new ArgumentError(
      `${operation}_: several elements of the target share one place in memory (it was expanded); clone() it first`,
    );
  }
}
