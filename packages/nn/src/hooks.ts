/**
 * Hooks that run around a module's `forward`: before it, after it, and in the backward pass through it.
 */

import { noGrad } from "@akari/autograd";
import { changed, expectFunction, keep, type Op, Tensor } from "@akari/tensor";
import type { Module } from "./module.ts";

/** Hook called before `forward`. An array that it returns replaces the inputs. */
export type ForwardPreHook = (module: Module, inputs: readonly unknown[]) => readonly unknown[] | undefined | void;
/** Hook called after `forward`. A value that it returns replaces the output. */
export type ForwardHook<M extends Module = Module> = (
  module: Module,
  inputs: readonly unknown[],
  output: ReturnType<M["forward"]>,
) => unknown;
/**
 * Hook called in the backward pass with the gradients of the inputs and outputs, in their order: null for each that is
 * not a tensor or does not require a gradient. An array that it returns replaces the gradients of the inputs.
 */
export type BackwardHook = (
  module: Module,
  gradInputs: readonly (Tensor | null)[],
  gradOutputs: readonly (Tensor | null)[],
) => readonly (Tensor | null)[] | undefined | void;

interface Kinds {
  before: ForwardPreHook;
  after: ForwardHook;
  backward: BackwardHook;
}

/** Hooks of one module. */
export class Hooks {
  readonly lists: { readonly [K in keyof Kinds]: Set<{ readonly hook: Kinds[K] }> };

  /** @param lists Initial hooks, which are copied. */
  constructor({ before, after, backward }: Partial<Hooks["lists"]> = {}) {
    this.lists = { before: new Set(before), after: new Set(after), backward: new Set(backward) };
  }

  /** Whether there are hooks. */
  get any(): boolean {
    return Object.values(this.lists).some(({ size }) => size > 0);
  }

  /** Adds a hook and returns a function that removes it. */
  add<K extends keyof Kinds>(kind: K, hook: Kinds[K]): () => void {
    expectFunction(`${kind} hook`, hook);
    const entry = { hook };
    this.lists[kind].add(entry);
    changed();
    return () => {
      this.lists[kind].delete(entry);
      changed();
    };
  }

  /** Runs a module's `forward` with its hooks. */
  run(module: Module, given: readonly unknown[]): unknown {
    const { before, after, backward } = this.lists;
    let inputs = given;
    for (const { hook } of before) inputs = hook(module, inputs) ?? inputs;
    const observed = backward.size > 0 ? this.#observe(module, inputs) : null;
    // Safe: the call signature of a module is that of its `forward`.
    let output: unknown = module.forward(...((observed?.inputs ?? inputs) as never[]));
    if (observed !== null) output = observed.finish(output);
    for (const { hook } of after) output = hook(module, inputs, output) ?? output;
    return output;
  }

  /** Watches the gradients of the input and output tensors for the backward hooks. */
  #observe(
    module: Module,
    inputs: readonly unknown[],
  ): { inputs: readonly unknown[]; finish(output: unknown): unknown } {
    let gradOutputs: Gradients = [];
    const fire = (gradInputs: Gradients): Gradients => {
      let current = gradInputs;
      for (const { hook } of this.lists.backward) current = hook(module, current, gradOutputs) ?? current;
      return current;
    };
    const watched = watch(inputs, fire);
    const finish = (output: unknown): unknown => {
      const single = !Array.isArray(output);
      const outputs = watch(single ? [output] : output, (gradients) => {
        gradOutputs = gradients;
        // Without inputs that require gradients, no gradient arrives there to run the hooks.
        if (watched === inputs) fire(inputs.map(() => null));
        return gradients;
      });
      return single ? outputs[0] : outputs;
    };
    return { inputs: watched, finish };
  }
}

type Gradients = readonly (Tensor | null)[];

/** Identity of several tensors. Its gradient rule passes all their gradients to a function, which may replace them. */
const identity: Op<(gradients: Gradients) => Gradients> = {
  name: "backwardHook",
  infer: (inputs) => inputs,
  gradient: {
    reads: () => ({}),
    compute: (gradients, { attrs: replace }) => {
      // The engine disposes of its gradients, but hooks may keep what they are given.
      const kept = gradients.map((g) => g && handleOf(g));
      const replaced = replace(kept);
      return gradients.map((g, i) => (replaced[i] === kept[i] ? g : (replaced[i] ?? g)));
    },
  },
};

/** Returns another tensor for the same elements, with the same history. */
function handleOf(x: Tensor): Tensor {
  const handle = keep(x.detach());
  handle.trace = x.trace;
  return handle;
}

/**
 * Passes all tensors that require gradients among some values through one `identity`, whose gradients are in the places
 * of their tensors for `replace`, and null in the others. Returns the same list if there are none.
 */
function watch(values: readonly unknown[], replace: (gradients: Gradients) => Gradients): readonly unknown[] {
  const places = values.flatMap((x, i) => (x instanceof Tensor && x.requiresGrad ? [i] : []));
  if (places.length === 0) return values;
  const inputs = places.map((i) => values[i] as Tensor); // safe: tested above
  // Views, so that an in-place change of one becomes part of the history of the tensor that it belongs to.
  const outputs = noGrad(() => inputs.map((x) => x.view(x.shape)));
  const attrs = (gradients: Gradients): Gradients => {
    const replaced = replace(values.map((_, i) => gradients[places.indexOf(i)] ?? null));
    return places.map((i) => replaced[i] ?? null);
  };
  // Safe: a trace passes `attrs` back to the same operation only.
  inputs[0]?.trace?.extend({ op: identity as Op<unknown>, inputs, attrs, outputs });
  return values.map((x, i) => outputs[places.indexOf(i)] ?? x);
}
