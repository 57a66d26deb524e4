/**
 * Hooks that run around a module's `forward`: before it, after it, and in the backward pass through it.
 */

import { changed, Tensor } from "@akari/tensor";
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
 * Hook called in the backward pass with the gradients of the inputs and outputs. An array that it returns replaces the
 * gradients of the inputs.
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

  /** Adds a hook and returns a function that removes it. */
  add<K extends keyof Kinds>(kind: K, hook: Kinds[K]): () => void {
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

  /** Replaces input and output tensors with views, whose gradients are passed to the backward hooks. */
  #observe(
    module: Module,
    inputs: readonly unknown[],
  ): { inputs: readonly unknown[]; finish(output: unknown): unknown } {
    const gradOutputs: (Tensor | null)[] = [];
    const tensors = inputs.filter((x) => x instanceof Tensor && x.requiresGrad);
    const gradInputs: (Tensor | null)[] = tensors.map(() => null);
    let left = tensors.length;
    const fire = (): readonly (Tensor | null)[] => {
      let current: readonly (Tensor | null)[] = gradInputs;
      for (const { hook } of this.lists.backward) current = hook(module, current, gradOutputs) ?? current;
      return current;
    };
    let place = 0;
    const watched = inputs.map((x) => {
      if (!(x instanceof Tensor && x.requiresGrad)) return x;
      const index = place++;
      const view = x.view(x.shape);
      view.registerHook((g) => {
        gradInputs[index] = g;
        // The last gradient to arrive completes the set and runs the hooks. Only that one can still be replaced here.
        return --left === 0 ? (fire()[index] ?? undefined) : undefined;
      });
      return view;
    });
    const finish = (output: unknown): unknown => {
      const single = !Array.isArray(output);
      const outputs: unknown[] = single ? [output] : output;
      const views = outputs.map((y, k) => {
        if (!(y instanceof Tensor && y.requiresGrad)) return y;
        const view = y.view(y.shape);
        view.registerHook((g) => {
          gradOutputs[k] = g;
          if (tensors.length === 0) fire();
        });
        return view;
      });
      return single ? views[0] : views;
    };
    return { inputs: watched, finish };
  }
}
