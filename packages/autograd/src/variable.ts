/**
 * `Variable`: the trace that `@akari/autograd` attaches to a tensor. It refers to the node that computed the tensor and
 * receives the tensor's gradient. All recording goes through `extend` (new tensors) and `mutate` (in-place operations).
 */

import {
  ArgumentError,
  AutogradError,
  type BackwardOptions,
  capturing,
  changed,
  checkChoice,
  DTypeError,
  expectFunction,
  expectShape,
  expectTensor,
  gradMode,
  isFloating,
  keep,
  onesLike,
  perform,
  type Recorded,
  type Settings,
  type Spec,
  settings,
  showShape,
  type Tensor,
  type Trace,
} from "@akari/tensor";
import { checkForward, originOfCall } from "./anomaly.ts";
import { type PassOptions, runBackward } from "./engine.ts";
import { gradientOf } from "./formulas/gradient.ts";
import { isGradEnabled } from "./mode.ts";
import { type Node, OperationNode, specOf } from "./node.ts";
import { chainOf, SliceNode } from "./slice.ts";

/** A function called with a gradient when it has been computed. A tensor that it returns replaces the gradient. */
export type Hook = (gradient: Tensor) => Tensor | undefined | void;

/** The trace of one tensor. The tensor is a leaf when `node` is null. */
export class Variable implements Trace {
  requiresGrad = true;
  /** Shape, dtype and device of the tensor. Its gradient has the same. */
  readonly spec: Spec;
  /** The node that computed the tensor; null for a leaf. */
  readonly node: Node | null;
  /** Index of the tensor among the outputs of `node`. */
  readonly index: number;
  /** Whether the gradient is added to `grad` although the tensor is not a leaf, to which it always is. */
  retains = false;
  /** Hooks, called in order of registration when the gradient has been computed. Null until the first is registered. */
  hooks: Set<Hook> | null = null;
  /** Functions to call when the gradient of a leaf has been added to `grad`, with the leaf. Null like `hooks`. */
  after: Map<Hook, Tensor> | null = null;
  #grad: Tensor | null = null;
  /** Whether nothing else can refer to the gradient, which is then freed when another takes its place. */
  #owned = false;

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
      expectTensor("grad", gradient);
      expectShape("grad", "gradient", gradient, shape);
      if (gradient.dtype !== dtype)
        throw new DTypeError(`grad: a ${gradient.dtype} gradient does not match a ${dtype} tensor`);
    }
    // Captured calls write to the storage of the captured gradient, even if its handle has been disposed of since.
    perform(() => {
      if (this.#owned) this.#grad?.dispose();
      this.#owned = false;
      this.#grad = gradient?.isDisposed ? gradient.alias() : gradient;
    }, gradient);
  }

  lendGrad(): Tensor | null {
    this.#owned = false;
    return this.#grad;
  }

  /** Sets the gradient to one that only the caller refers to. */
  takeGrad(gradient: Tensor): void {
    this.grad = gradient;
    this.#owned = capturing.by === null;
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
    checkChange(`${recorded.op.name}_`, target);
    const before = overwritten(recorded, target);
    return before === null ? recorded : { ...recorded, before };
  }

  mutate(recorded: Recorded, target: Tensor): void {
    const edges = edgesOf(recorded.inputs);
    const chain = chainOf(target);
    const below = chain[0]?.source ?? target;
    const old = below.trace;
    const base = old instanceof Variable && old.requiresGrad ? old : null;
    if (edges === null && base === null) return;
    if (!isFloating(target.dtype)) return;
    checkForward(recorded);
    const retaining = [target, below].filter(({ trace }) => trace instanceof Variable && trace.retains);
    const inner = new OperationNode(recorded, edges ?? recorded.inputs.map(() => null), target, originOfCall());
    if (below === target) {
      target.trace = new Variable(inner, 0, specOf(target));
    } else {
      const places = recorded.inputs.map((x) => x === target);
      const node = new SliceNode(inner, base, chain, places, below);
      below.trace = new Variable(node, 0, specOf(below));
      // Reading the view's trace detects that the base has a new trace, and follows it.
      inner.variables[0] = target.trace as Variable; // safe: `follow` of a Variable returns a Variable
    }
    for (const x of retaining) (x.trace as Variable).retains = true; // safe: just set, or followed
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
    const pass = passOptions(settings("backward", options, backwardDefaults));
    runBackward([this], [startingGradient("backward", output, gradient)], pass);
  }

  gradients(
    outputs: readonly Tensor[],
    arriving: readonly Tensor[],
    inputs: readonly Tensor[],
  ): readonly { readonly of: Tensor; readonly gradient: Tensor }[] {
    const roots = outputs.map((output) => variableOf("backward", output));
    const wanted = new Set(inputs.map((input) => input.trace).filter((trace) => trace instanceof Variable));
    const only = [...new Set([...wanted, ...leavesOf(roots, wanted)])];
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
    this.retains = true;
  }

  registerHook(x: Tensor, hook: Hook, after = false): () => void {
    const name = after ? "registerPostAccumulateGradHook" : "registerHook";
    expectFunction(name, hook);
    if (!this.requiresGrad) throw new AutogradError(`${name}: this tensor does not require a gradient`);
    if (after && !this.isLeaf) throw new AutogradError(`${name}: this tensor is the result of an operation`);
    if (after) this.after = (this.after ?? new Map<Hook, Tensor>()).set(hook, x);
    else this.hooks = (this.hooks ?? new Set<Hook>()).add(hook);
    return () => void (after ? this.after : this.hooks)?.delete(hook);
  }
}

/** Throws an AutogradError for a leaf that requires a gradient, or a view of one. */
export function checkChange(operation: string, target: Tensor): void {
  // A view is a leaf, too, if it was created before `requiresGrad`.
  let below: Tensor | undefined = target;
  while (below !== undefined) {
    const leaf = below.trace;
    if (leaf?.requiresGrad && leaf.isLeaf) {
      const what = below === target ? "a leaf" : "a view of a leaf";
      throw new AutogradError(
        `${operation}: ${what} that requires a gradient cannot be changed in place; do it inside noGrad(() => …)`,
      );
    }
    below = below.viewed?.source;
  }
}

/** Returns the leaves that variables were computed from, but not those on the other side of `known` ones. */
export function leavesOf(roots: readonly Variable[], known: ReadonlySet<Variable> = new Set()): Set<Variable> {
  const leaves = new Set<Variable>();
  const seen = new Set<Variable>(known);
  const stack: (Variable | null)[] = [...roots];
  for (let variable = stack.pop(); variable !== undefined; variable = stack.pop()) {
    if (variable === null || seen.has(variable)) continue;
    seen.add(variable);
    if (variable.node === null) leaves.add(variable);
    else stack.push(...variable.node.edges);
  }
  return leaves;
}

/** Copies the inputs that the gradient reads and that writing to `target` would overwrite; null when there are none. */
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

/** Creates the node of an operation and the traces of its floating-point outputs. */
export function record(recorded: Recorded, edges: readonly (Variable | null)[]): void {
  const node = new OperationNode(recorded, edges, null, originOfCall());
  recorded.outputs.forEach((output, k) => {
    if (isFloating(output.dtype)) output.trace = new Variable(node, k, specOf(output));
  });
}

/** Returns the variable of each input that needs a gradient, null for the others; null when no input needs one. */
export function edgesOf(inputs: readonly Tensor[]): (Variable | null)[] | null {
  const edges = inputs.map(({ trace, dtype }) =>
    trace instanceof Variable && trace.requiresGrad && isFloating(dtype) ? trace : null,
  );
  return edges.some(Boolean) ? edges : null;
}

/**
 * Returns the variable of a tensor that requires a gradient.
 *
 * @throws AutogradError when the tensor does not require a gradient.
 * @throws ArgumentError for any other value, which plain JavaScript may pass.
 */
export function variableOf(operation: string, tensor: Tensor): Variable {
  expectTensor(operation, tensor);
  const { trace } = tensor;
  if (!(trace instanceof Variable) || !trace.requiresGrad) {
    throw new AutogradError(`${operation}: a tensor of shape ${showShape(tensor.shape)} does not require a gradient`);
  }
  return trace;
}

/** Defaults of `BackwardOptions`. `retainGraph` defaults to `createGraph`. */
export const backwardDefaults = { createGraph: false, retainGraph: undefined, inputs: undefined } as const;

/**
 * Returns the options of a pass that accumulates gradients in `grad`.
 *
 * @throws ArgumentError when `retainGraph` is neither true nor false, or `inputs` is empty or contains other values.
 * @throws AutogradError when one of `inputs` does not require a gradient.
 */
export function passOptions({
  createGraph,
  retainGraph = createGraph,
  inputs,
}: Settings<BackwardOptions, typeof backwardDefaults>): PassOptions {
  checkChoice("backward", "retainGraph", retainGraph, [true, false]);
  const only = inputs === undefined ? null : [inputs].flat().map((input) => variableOf("backward", input));
  if (only?.length === 0) throw new ArgumentError("backward: inputs must not be empty");
  return { createGraph, retainGraph, only, capture: false };
}

/**
 * Returns the upstream gradient that a backward pass starts with: `gradient`, or 1 for a one-element tensor.
 *
 * @throws ShapeError when the shape of `gradient` is not that of `output`.
 * @throws AutogradError when `gradient` is null and `output` does not have exactly one element.
 */
export function startingGradient(operation: string, output: Tensor, gradient: Tensor | null): Tensor {
  variableOf(operation, output);
  if (gradient !== null) {
    expectTensor(operation, gradient);
    expectShape(operation, "gradient", gradient, output.shape);
    return gradient;
  }
  if (output.numel() !== 1) {
    throw new AutogradError(
      `${operation}: the gradient may be omitted only for a one-element tensor, but this one has shape ${showShape(output.shape)}; pass the gradient, or reduce with sum() first`,
    );
  }
  return onesLike(output);
}

/**
 * Makes `tensor` a leaf that accumulates a gradient or, with `on` false, one that no longer does. Returns `tensor`
 * itself.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.requires_grad_.html
 *
 * @param on whether `tensor` requires a gradient. Default true.
 * @throws DTypeError when `on` is true and the dtype is not floating point.
 * @throws AutogradError when `on` is false and `tensor` is the result of a recorded operation.
 * @throws ArgumentError when `on` is neither true nor false.
 * @example
 * const x = requiresGrad(tensor([1, 2, 3]));
 * x.mul(x).sum().backward();
 * await x.grad?.toArray(); // [2, 4, 6]
 */
export function requiresGrad<T extends Tensor>(tensor: T, on = true): T {
  checkChoice("requiresGrad", "on", on, [true, false]);
  expectTensor("requiresGrad", tensor);
  if (on && !isFloating(tensor.dtype)) {
    throw new DTypeError(
      `requiresGrad: only floating-point tensors can require a gradient, this one is ${tensor.dtype}`,
    );
  }
  const { trace } = tensor;
  if (trace instanceof Variable) {
    if (!trace.isLeaf && !on)
      throw new AutogradError("requiresGrad: only a leaf can stop requiring a gradient; use detach() instead");
    if (trace.isLeaf && trace.requiresGrad !== on) {
      trace.requiresGrad = on;
      changed();
    }
  } else if (on) {
    tensor.trace = new Variable(null, 0, specOf(tensor));
  }
  return tensor;
}

// The one thing that loading this package does: `x.requiresGrad_()` is a method of a package that does not depend on it.
gradMode.requiresGrad = requiresGrad;
