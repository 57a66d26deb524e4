/**
 * The backward pass. Each node is visited once, in reverse order of creation, after all gradients of its outputs have
 * arrived. Gradients are reduced to the shape of the input and converted to its dtype here, so that no gradient rule
 * handles broadcasting. Gradients and saved tensors are freed as soon as they have been used, unless the pass itself is
 * recorded.
 */

import {
  AutogradError,
  type Backend,
  capturing,
  expectShape,
  expectTensor,
  keep,
  type Spec,
  sameShape,
  scope,
  showShape,
  type Tensor,
} from "@akari/tensor";
import { checkBackward } from "./anomaly.ts";
import { enableGrad, noGrad } from "./mode.ts";
import type { Node } from "./node.ts";
import type { Variable } from "./variable.ts";

/** Options of a backward pass. */
export interface PassOptions {
  /** Whether to record the pass itself. */
  readonly createGraph: boolean;
  /** Whether to keep the saved tensors of the nodes. */
  readonly retainGraph: boolean;
  /** The variables to compute gradients for; null for all leaves. */
  readonly only: readonly Variable[] | null;
  /** Whether to return the gradients of `only` instead of adding them to `grad`. */
  readonly capture: boolean;
  /** Whether to skip the hooks of leaves. Default false. */
  readonly bare?: boolean;
}

/**
 * Runs a backward pass from `roots` with the gradients `starts`. With `capture`, returns the gradient of each variable
 * in `only`, null for those that received none.
 */
export function runBackward(
  roots: readonly Variable[],
  starts: readonly Tensor[],
  options: PassOptions,
): (Tensor | null)[] {
  if (!options.capture) capturing.by?.goesBack();
  const run = () => new Pass(options).run(roots, starts);
  return options.createGraph ? enableGrad(run) : noGrad(run);
}

class Pass {
  readonly #options: PassOptions;
  /** Gradients accumulated so far, at leaves and at the outputs of nodes that have not been visited. */
  readonly #arrived = new Map<Variable, Tensor>();
  readonly #captured = new Map<Variable, Tensor>();
  /** The variables of `only` and all nodes on a path to them; null for everything. */
  #leading: Set<Node | Variable> | null = null;

  constructor(options: PassOptions) {
    this.#options = options;
  }

  run(roots: readonly Variable[], starts: readonly Tensor[]): (Tensor | null)[] {
    const { only, capture, retainGraph } = this.#options;
    if (!capture) for (const variable of only ?? []) variable.retains = true;
    roots.forEach((root, i) => {
      const start = starts[i] as Tensor; // safe: one for each root
      this.#deliver(root, this.#handle(start), null);
    });
    const order = this.#order(roots);
    const last = lastNodes(capture ? [] : order);
    for (const node of order) {
      const gradients = this.#take(node);
      if (gradients !== null) {
        this.#visit(node, gradients);
        if (!retainGraph) node.release();
      }
      for (const edge of node.edges) {
        if (!edge || last.get(edge) !== node) continue;
        const gradient = this.#arrived.get(edge);
        this.#arrived.delete(edge);
        if (gradient) this.#finish(edge, gradient);
      }
    }
    for (const [leaf, gradient] of this.#arrived) if (leaf.node === null) this.#finish(leaf, gradient);
    return capture && only !== null ? only.map((variable) => this.#captured.get(variable) ?? null) : [];
  }

  /** Passes the complete gradient of a leaf on, to its `grad` or to the caller. */
  #finish(leaf: Variable, gradient: Tensor): void {
    const { only, capture, createGraph, bare } = this.#options;
    const final = bare ? gradient : this.#hooked(leaf, gradient);
    if (only?.includes(leaf) ?? leaf.requiresGrad) {
      if (capture) this.#captured.set(leaf, final);
      else {
        this.#accumulate(leaf, final);
        leaf.after?.forEach((x, hook) => void hook(x));
      }
    } else if (!createGraph) {
      final.dispose();
    }
  }

  /** Returns the nodes to visit, newest first: those on a path to a wanted variable. */
  #order(roots: readonly Variable[]): Node[] {
    const { only } = this.#options;
    const nodes = new Set<Node>();
    const stack = roots.map((root) => root.node);
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (node === null || nodes.has(node)) continue;
      nodes.add(node);
      for (const edge of node.edges) if (edge !== null) stack.push(edge.node);
    }
    const order = [...nodes].sort((a, b) => b.id - a.id);
    if (only === null) return order;
    // Oldest first: a node leads to a wanted variable if one of its inputs is wanted or was computed by a node that
    // leads to one.
    const leading = new Set<Node | Variable>(only);
    this.#leading = leading;
    for (const node of order.toReversed()) {
      if (node.edges.some((edge) => this.#leads(edge))) leading.add(node);
    }
    return order.filter(
      (node) => leading.has(node) || node.variables.some((variable) => variable !== null && leading.has(variable)),
    );
  }

  #leads(edge: Variable | null): boolean {
    if (edge === null || this.#leading === null) return edge !== null;
    return this.#leading.has(edge) || (edge.node !== null && this.#leading.has(edge.node));
  }

  /** Removes and returns the complete gradients of a node's outputs; null when none arrived. */
  #take(node: Node): (Tensor | null)[] | null {
    const { only, capture, bare } = this.#options;
    const gradients = node.variables.map((variable) => {
      const arrived = variable && this.#arrived.get(variable);
      if (!variable || !arrived) return null;
      this.#arrived.delete(variable);
      const gradient = this.#hooked(variable, arrived);
      if (capture && only?.includes(variable)) this.#captured.set(variable, this.#copy(gradient));
      if (variable.retains && !bare && (!capture || this.#leading?.has(node)))
        this.#accumulate(variable, this.#copy(gradient));
      return gradient;
    });
    return gradients.some((gradient) => gradient !== null) ? gradients : null;
  }

  #visit(node: Node, gradients: (Tensor | null)[]): void {
    const { createGraph } = this.#options;
    const wanted = node.edges.map((edge) => this.#leads(edge));
    if (!wanted.includes(true)) return;
    const exact = !createGraph && !node.custom;
    const found = exact
      ? scope(() => node.compute(gradients, wanted, false, (i) => this.#open(node.edges[i], gradients[0]?.device)))
      : node.compute(gradients, wanted, createGraph);
    checkBackward(node.name, found, node.origin);
    const given = new Set<Tensor>(exact ? [] : found.filter((gradient) => gradient !== null));
    // Creates all handles before delivering the first, because accumulation disposes of the tensors it adds.
    const handles = node.edges.map((edge, i) => {
      const gradient = found[i] ?? null;
      if (edge === null || gradient === null || !wanted[i]) return null;
      if (exact && gradient === this.#arrived.get(edge)) return null; // the rule has added to it
      // A tensor that is also referenced elsewhere gets a handle of its own, so that each can be disposed of
      // separately.
      const foreign = given.has(gradient) || gradients.includes(gradient) || node.owns(gradient);
      given.add(gradient);
      return foreign ? this.#handle(gradient) : gradient;
    });
    node.edges.forEach((edge, i) => {
      const gradient = handles[i] ?? null;
      if (edge !== null && gradient !== null) this.#deliver(edge, gradient, node);
    });
    if (!createGraph) for (const gradient of gradients) gradient?.dispose();
  }

  /** Accumulates a gradient at a variable. Takes ownership of the handle. */
  #deliver(to: Variable, gradient: Tensor, from: Node | null): void {
    const fitted = this.#fit(gradient, to.spec, from);
    const before = this.#arrived.get(to);
    this.#arrived.set(to, before === undefined ? fitted : this.#sum(before, fitted));
  }

  /** Returns the gradient at a variable that a rule may add to: one that nothing else refers to. */
  #open(at: Variable | null | undefined, device: Backend | undefined): Tensor | null {
    const sum = at && this.#arrived.get(at);
    return sum && isOwn(sum) && sum.device === device ? sum : null;
  }

  /** Sums a broadcast gradient over the broadcast dimensions and converts it to the dtype of the input. */
  #fit(gradient: Tensor, { shape, dtype }: Spec, from: Node | null): Tensor {
    if (sameShape(gradient.shape, shape) && gradient.dtype === dtype) return gradient;
    const lead = gradient.ndim - shape.length;
    const fits = lead >= 0 && shape.every((size, i) => size === gradient.shape[lead + i] || size === 1);
    if (!fits) {
      throw new AutogradError(
        `backward: ${from?.name ?? "the caller"} returned a gradient of shape ${showShape(gradient.shape)} for an input of shape ${showShape(shape)}`,
      );
    }
    const fit = () => gradient.sumToSize(shape).to(dtype);
    if (this.#options.createGraph) return fit();
    const fitted = scope(fit);
    gradient.dispose();
    return fitted;
  }

  #sum(a: Tensor, b: Tensor): Tensor {
    if (this.#options.createGraph) return a.add(b);
    if (isOwn(a)) {
      a.add_(b);
      b.dispose();
      return a;
    }
    const sum = keep(a.add(b));
    a.dispose();
    b.dispose();
    return sum;
  }

  #hooked(variable: Variable, gradient: Tensor): Tensor {
    let current = gradient;
    if (variable.hooks === null) return gradient;
    for (const hook of variable.hooks) {
      // The hook may keep the tensor it receives, so it gets a handle of its own.
      const replaced = hook(this.#handle(current));
      if (!replaced) continue;
      expectTensor("registerHook", replaced);
      expectShape("registerHook", "result", replaced, current.shape);
      if (!this.#options.createGraph) current.dispose();
      current = this.#handle(replaced);
    }
    return current;
  }

  /** Adds a gradient to `grad`. Takes ownership of the handle. */
  #accumulate(variable: Variable, gradient: Tensor): void {
    const { createGraph } = this.#options;
    const grad = createGraph ? variable.lendGrad() : variable.grad;
    if (createGraph) {
      // The gradient of another variable may be the same tensor.
      variable.grad = keep(grad?.add(gradient) ?? gradient.clone());
    } else if (grad !== null) {
      grad.add_(gradient);
      gradient.dispose();
    } else {
      const own = isOwn(gradient);
      variable.takeGrad(keep(own ? gradient : gradient.clone()));
      if (!own) gradient.dispose();
    }
  }

  /** Returns a handle of its own for a tensor, to be disposed of separately. A recorded tensor is passed on as it is. */
  #handle(tensor: Tensor): Tensor {
    return this.#options.createGraph ? tensor : keep(tensor.alias());
  }

  /** Returns a gradient that outlives the pass, from one that the pass still uses. */
  #copy(gradient: Tensor): Tensor {
    return this.#options.createGraph ? gradient : keep(gradient.clone());
  }
}

/** Returns the last node that adds to each leaf whose gradient is waited for. */
function lastNodes(order: readonly Node[]): ReadonlyMap<Variable, Node> {
  const last = new Map<Variable, Node>();
  for (const node of order) for (const edge of node.edges) if (edge?.after) last.set(edge, node);
  return last;
}

/** Returns whether a gradient has memory of its own, in which it can be modified. */
function isOwn(gradient: Tensor): boolean {
  return !gradient.storage.shared && gradient.isContiguous();
}
