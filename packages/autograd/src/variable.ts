/**
 * `Variable`: what `@akari/autograd` puts on a tensor as its trace. It knows which node made the tensor, and is where
 * the tensor's gradient arrives. Everything that records goes through `extend` and `mutate`.
 */

import {
  AutogradError,
  type BackwardOptions,
  changed,
  DTypeError,
  isFloating,
  keep,
  onesLike,
  perform,
  type Recorded,
  ShapeError,
  type Spec,
  sameShape,
  settings,
  showShape,
  type Tensor,
  type Trace,
} from "@akari/tensor";
import { checkForward, originOfCall } from "./anomaly.ts";
import { runBackward } from "./engine.ts";
import { gradientOf } from "./formulas/gradient.ts";
import { isGradEnabled } from "./mode.ts";
import { type Node, OperationNode, specOf } from "./node.ts";
import { chainOf, SliceNode } from "./slice.ts";

/** A function called with a gradient as it arrives; what it returns takes the gradient's place. */
export type Hook = (gradient: Tensor) => Tensor | undefined | void;

/** The trace of one tensor: a leaf when `node` is null. */
export class Variable implements Trace {
  requiresGrad = true;
  /** Shape and dtype of the tensor; its gradient has the same. */
  readonly spec: Spec;
  /** The operation that made the tensor; null for a leaf. */
  readonly node: Node | null;
  /** Which of the operation's outputs the tensor is. */
  readonly index: number;
  /** Whether the gradient is kept although the tensor is not a leaf. */
  retains = false;
  /** Called in order when the gradient arrives. */
  readonly hooks: Set<Hook> = new Set();
  #grad: Tensor | null = null;

  constructor(node: Node | null, index: number, spec: Spec) {
    this.node = node;
    this.index = index;
    this.spec = spec;
    if (node !== null) node.variables[index] = this;
  }

  get isLeaf(): boolean {
    return this.node === null;
  }

  get operation(): string | null {
    return this.node?.name ?? null;
  }

  get grad(): Tensor | null {
    return this.#grad;
  }

  set grad(gradient: Tensor | null) {
    if (gradient !== null) {
      const { shape, dtype } = this.spec;
      if (!sameShape(gradient.shape, shape)) {
        throw new ShapeError(
          `grad: a gradient of shape ${showShape(gradient.shape)} does not fit a tensor of shape ${showShape(shape)}`,
        );
      }
      if (gradient.dtype !== dtype)
        throw new DTypeError(`grad: a gradient of ${gradient.dtype} does not fit a tensor of ${dtype}`);
    }
    // A captured gradient is where the captured calls write it, even if its own handle was given back since.
    perform(() => {
      this.#grad = gradient?.isDisposed ? gradient.alias() : gradient;
    }, gradient);
  }

  extend(recorded: Recorded): void {
    if (
      !isGradEnabled() ||
      recorded.op.gradient === null ||
      !recorded.outputs.some((output) => isFloating(output.dtype))
    )
      return;
    const edges = edgesOf(recorded.inputs);
    if (edges === null) return;
    checkForward(recorded);
    record(recorded, edges);
  }

  beforeMutation(recorded: Recorded, target: Tensor): Recorded | null {
    if (!isGradEnabled()) return null;
    // A view can be a leaf, too: one that was made before a gradient was asked of it.
    let below: Tensor | undefined = target;
    while (below !== undefined) {
      const leaf = below.trace;
      if (leaf?.requiresGrad && leaf.isLeaf) {
        const what = below === target ? "a leaf" : "a view of a leaf";
        throw new AutogradError(
          `${recorded.op.name}_: ${what} that requires a gradient cannot be changed in place; do it inside of noGrad(() => …)`,
        );
      }
      below = below.viewed?.source;
    }
    const before = overwritten(recorded, target);
    return before === null ? recorded : { ...recorded, before };
  }

  mutate(recorded: Recorded, target: Tensor): void {
    const edges = edgesOf(recorded.inputs);
    const below = bottom(target);
    const old = below.trace;
    const base = old instanceof Variable && old.requiresGrad ? old : null;
    if (edges === null && base === null) return;
    if (!isFloating(target.dtype)) return;
    checkForward(recorded);
    const inner = new OperationNode(recorded, edges ?? recorded.inputs.map(() => null), target, originOfCall());
    if (below === target) {
      target.trace = new Variable(inner, 0, specOf(target));
      inner.link();
    } else {
      const places = recorded.inputs.map((x) => x === target);
      const node = new SliceNode(inner, base, chainOf(target), places, below);
      below.trace = new Variable(node, 0, specOf(below));
      // Reading the view's trace finds that the tensor below has a new one, and follows it.
      inner.variables[0] = target.trace as Variable; // safe: `follow` of a Variable gives a Variable
      inner.link();
    }
  }

  follow(view: Tensor): Trace | undefined {
    if (this.node === null) return undefined;
    let variable: Variable = this;
    const chain = chainOf(view);
    chain.forEach(({ source, op, attrs }, i) => {
      const output = chain[i + 1]?.source ?? view;
      const node = new OperationNode({ op, attrs, inputs: [source], outputs: [output] }, [variable], null, null);
      variable = new Variable(node, 0, specOf(output));
    });
    return variable;
  }

  backward(output: Tensor, gradient: Tensor | null, options?: BackwardOptions): void {
    const { createGraph, retainGraph = createGraph, inputs } = settings("backward", options, backwardDefaults);
    const only = inputs?.map((input) => variableOf("backward", input)) ?? null;
    runBackward([this], [startingGradient("backward", output, gradient)], {
      createGraph,
      retainGraph,
      only,
      capture: false,
    });
  }

  gradients(
    outputs: readonly Tensor[],
    arriving: readonly Tensor[],
    inputs: readonly Tensor[],
  ): readonly { readonly of: Tensor; readonly gradient: Tensor }[] {
    const roots = outputs.map((output) => variableOf("backward", output));
    const wanted = new Set(inputs.map((input) => input.trace).filter((trace) => trace instanceof Variable));
    const stack: (Variable | null)[] = [...roots];
    const seen = new Set<Variable | null>();
    for (let variable = stack.pop(); variable !== undefined; variable = stack.pop()) {
      if (variable === null || seen.has(variable) || (wanted.has(variable) && variable.node !== null)) continue;
      seen.add(variable);
      if (variable.node === null) wanted.add(variable);
      else stack.push(...variable.node.edges);
    }
    const only = [...wanted];
    const found = runBackward(roots, arriving, {
      createGraph: false,
      retainGraph: true,
      only,
      capture: true,
      bare: true,
    });
    return only.flatMap((variable, i) => {
      const gradient = found[i];
      if (!gradient) return [];
      const of = keep(gradient.alias());
      of.trace = variable;
      return [{ of, gradient }];
    });
  }

  retainGrad(): void {
    if (!this.requiresGrad) throw new AutogradError("retainGrad: this tensor does not require a gradient");
    if (this.node !== null) this.retains = true;
  }

  registerHook(_: Tensor, hook: Hook): () => void {
    if (!this.requiresGrad) throw new AutogradError("registerHook: this tensor does not require a gradient");
    this.hooks.add(hook);
    return () => void this.hooks.delete(hook);
  }
}

/** Copies of the inputs that the gradient will read and that writing to `target` changes; null when there are none. */
function overwritten({ op, inputs, attrs }: Recorded, target: Tensor): (Tensor | null)[] | null {
  const needs = inputs.map((x) => x.trace?.requiresGrad ?? false);
  const reads = gradientOf(op)?.reads(needs, attrs).inputs ?? [];
  if (!reads.some((i) => inputs[i]?.storage === target.storage)) return null;
  return inputs.map((x, i) => {
    if (!reads.includes(i) || x.storage !== target.storage) return null;
    const copy = x.detach().clone();
    copy.trace = x.trace;
    return copy;
  });
}

/** Makes the node of an operation and gives its outputs their traces. Also used by custom functions. */
export function record(recorded: Recorded, edges: readonly (Variable | null)[]): void {
  const node = new OperationNode(recorded, edges, null, originOfCall());
  recorded.outputs.forEach((output, k) => {
    if (isFloating(output.dtype)) output.trace = new Variable(node, k, specOf(output));
  });
  node.link();
}

/** The variables of those inputs that need a gradient, null for the others; null altogether when none does. */
export function edgesOf(inputs: readonly Tensor[]): (Variable | null)[] | null {
  let any = false;
  const edges = inputs.map((input) => {
    const { trace } = input;
    if (!(trace instanceof Variable) || !trace.requiresGrad || !isFloating(input.dtype)) return null;
    any = true;
    return trace;
  });
  return any ? edges : null;
}

/** The variable of a tensor that requires a gradient. Throws an AutogradError when it does not. */
export function variableOf(operation: string, tensor: Tensor): Variable {
  const { trace } = tensor;
  if (!(trace instanceof Variable) || !trace.requiresGrad) {
    throw new AutogradError(`${operation}: a tensor of shape ${showShape(tensor.shape)} does not require a gradient`);
  }
  return trace;
}

/** The defaults of `BackwardOptions`. What is saved is kept for a graph that is recorded. */
export const backwardDefaults = { createGraph: false, retainGraph: undefined, inputs: undefined } as const;

/** The gradient a backward pass starts from. Throws when it does not fit. */
export function startingGradient(operation: string, output: Tensor, gradient: Tensor | null): Tensor {
  variableOf(operation, output);
  if (gradient !== null) {
    if (!sameShape(gradient.shape, output.shape)) {
      throw new ShapeError(
        `${operation}: the gradient has shape ${showShape(gradient.shape)}, but the tensor it belongs to has ${showShape(output.shape)}`,
      );
    }
    return gradient;
  }
  if (output.numel() !== 1) {
    throw new AutogradError(
      `${operation}: a gradient can be left out for a tensor of one element only; this one has shape ${showShape(output.shape)}: pass the gradient, or take its sum()`,
    );
  }
  return onesLike(output);
}

/** The tensor at the bottom of a chain of views. */
function bottom(tensor: Tensor): Tensor {
  let below = tensor;
  while (below.viewed !== null) below = below.viewed.source;
  return below;
}

/**
 * Makes `tensor` a leaf that collects a gradient (or, with `false`, one that no longer does). Returns the tensor
 * itself.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.requires_grad_.html
 *
 * @throws DTypeError unless the dtype is floating point. @throws AutogradError for the result of a recorded operation.
 * @example
 * const x = requiresGrad(tensor([1, 2, 3]));
 * x.mul(x).sum().backward();
 * await x.grad?.toArray(); // [2, 4, 6]
 */
export function requiresGrad<T extends Tensor>(tensor: T, on = true): T {
  if (on && !isFloating(tensor.dtype)) {
    throw new DTypeError(`requiresGrad: only floating-point tensors can have a gradient, this one is ${tensor.dtype}`);
  }
  const { trace } = tensor;
  if (trace instanceof Variable) {
    if (!trace.isLeaf && !on)
      throw new AutogradError("requiresGrad: only a leaf can be told not to require a gradient; use detach() instead");
    if (trace.isLeaf && trace.requiresGrad !== on) {
      trace.requiresGrad = on;
      changed();
    }
  } else if (on) {
    tensor.trace = new Variable(null, 0, specOf(tensor));
  }
  return tensor;
}
