/**
 * Custom differentiable functions, as in `torch.autograd.Function`: a class with the static methods `forward` and
 * `backward`.
 */

import { AutogradError, expectTensor, type Spec, Tensor } from "@akari/tensor";
import { isGradEnabled, noGrad } from "./mode.ts";
import { type CustomOp, restored, type Saved as SavedTensor, save, specOf, usedUp } from "./node.ts";
import { edgesOf, record, type Variable } from "./variable.ts";

/**
 * Context that passes data from the `forward` to the `backward` of a custom function. The type parameter gives the
 * number of saved tensors, so that they can be destructured: `FunctionContext<[Tensor, Tensor]>`.
 */
export class FunctionContext<Saved extends readonly (Tensor | null)[] = Tensor[]> {
  /** For each argument of `forward`, whether it needs a gradient. */
  readonly needsInputGrad: readonly boolean[];
  /** Values other than tensors that `backward` uses. */
  readonly values: Record<string, unknown> = {};
  #saved: ({ readonly of: Tensor; readonly saved: SavedTensor } | null)[] = [];
  #usedUpBy = "";
  /** Internal: the outputs that are not differentiable. */
  readonly nonDifferentiable: Set<Tensor> = new Set();
  /** Internal: the argument that `forward` changes in place. */
  dirty: Tensor | null = null;

  /** Internal: created by `apply`. */
  constructor(needsInputGrad: readonly boolean[]) {
    this.needsInputGrad = needsInputGrad;
  }

  /**
   * Saves tensors for `backward`. If one is modified in place before then, reading `savedTensors` throws. Null, such as
   * an argument that was left out, stays null.
   */
  saveForBackward(...tensors: readonly (Tensor | null)[]): void {
    this.#saved = tensors.map((of) => {
      if (of === null) return null;
      expectTensor("saveForBackward", of);
      return { of, saved: save(of) };
    });
  }

  /**
   * The tensors passed to `saveForBackward`.
   *
   * @throws AutogradError when an earlier backward pass has freed them, or when one was modified in place.
   */
  get savedTensors(): Saved {
    if (this.#usedUpBy !== "") throw usedUp(this.#usedUpBy);
    const tensors = this.#saved.map(
      (entry, i) => entry && restored(entry.saved, entry.of.trace, `forward saved tensor ${i}`),
    );
    return tensors as readonly unknown[] as Saved; // safe: these were passed to `saveForBackward`
  }

  /** Marks outputs as not differentiable: they do not require a gradient. */
  markNonDifferentiable(...tensors: Tensor[]): void {
    for (const tensor of tensors) this.nonDifferentiable.add(tensor);
  }

  /**
   * Marks the argument that `forward` changes in place and returns: the result is then the argument itself, with this
   * function in its history.
   */
  markDirty(tensor: Tensor): void {
    this.dirty = tensor;
  }

  /** Internal: frees the saved tensors after the backward pass. */
  release(name: string): void {
    if (this.#saved.length > 0) this.#usedUpBy = name;
    for (const entry of this.#saved) entry?.saved.drop?.();
    this.#saved = [];
  }
}

/** The static side of a custom function class. */
export interface FunctionClass<Args extends readonly unknown[], Result extends Tensor | readonly Tensor[]> {
  /** Name of the operation in error messages and in the graph: the name of the class. */
  readonly name: string;
  /** Computes the result. Operations in here are not recorded. */
  forward(context: FunctionContext<(Tensor | null)[]>, ...args: Args): Result;
  /**
   * Computes the gradients of the arguments of `forward` from the upstream gradient of each result. Returns one per
   * argument, or one per tensor argument; null stands for no gradient. Arguments that a call left out get null.
   */
  backward(
    context: FunctionContext<(Tensor | null)[]>,
    ...gradients: Tensor[]
  ): Tensor | null | readonly (Tensor | null)[];
}

/** The static side of a custom function class whose `forward` has no context, which `setupContext` fills afterward. */
export interface SetupFunctionClass<Args extends readonly unknown[], Result extends Tensor | readonly Tensor[]>
  extends Pick<FunctionClass<Args, Result>, "name" | "backward"> {
  /** Computes the result. Operations in here are not recorded. */
  forward(...args: Args): Result;
  /** Saves in the context what `backward` uses, given the arguments and the result of `forward`. */
  setupContext(context: FunctionContext<(Tensor | null)[]>, inputs: Args, output: Result): void;
}

/**
 * Base class of custom differentiable functions: extend it with static `forward` and `backward`, and call `apply`. With
 * `createGraph`, the operations of `backward` are recorded, so a function whose `backward` is differentiable supports
 * higher derivatives.
 *
 * https://pytorch.org/docs/stable/autograd.html#function
 *
 * @example
 * class Square extends Function {
 *   static forward(context: FunctionContext, x: Tensor): Tensor {
 *     context.saveForBackward(x);
 *     return x.mul(x);
 *   }
 *   static backward(context: FunctionContext<[Tensor]>, g: Tensor): Tensor {
 *     const [x] = context.savedTensors;
 *     return g.mul(x).mul(2);
 *   }
 * }
 * const y = Square.apply(x);
 */
// biome-ignore lint/suspicious/noShadowRestrictedNames: the name in PyTorch; it must be imported to shadow the global.
export abstract class Function {
  /**
   * Runs `forward` and records the function.
   *
   * @param args the arguments of `forward`. Tensors among them may receive gradients.
   * @throws AutogradError when `forward` changes in place a leaf that requires a gradient, or returns other results
   * beside the argument that it changed.
   */
  static apply<Args extends readonly unknown[], Result extends Tensor | readonly Tensor[]>(
    this: SetupFunctionClass<Args, Result>,
    ...args: Args
  ): Result;
  static apply<Args extends readonly unknown[], Result extends Tensor | readonly Tensor[]>(
    this: FunctionClass<Args, Result>,
    ...args: Args
  ): Result;
  static apply<Args extends readonly unknown[], Result extends Tensor | readonly Tensor[]>(
    this: SetupFunctionClass<Args, Result> | FunctionClass<Args, Result>,
    ...args: Args
  ): Result {
    const places = args.flatMap((arg, i) => (arg instanceof Tensor ? [i] : []));
    const inputs = places.map((i) => args[i] as Tensor); // safe: `places` holds tensors only
    const edges = isGradEnabled() ? edgesOf(inputs) : null;
    const context = new FunctionContext(args.map((_, i) => (edges?.[places.indexOf(i)] ?? null) !== null));
    const result = noGrad(() => {
      if (!("setupContext" in this)) return this.forward(context, ...args);
      const output = this.forward(...args);
      this.setupContext(context, args, output);
      return output;
    });
    const returned: readonly Tensor[] = [result as Tensor | Tensor[]].flat(); // safe: the result is one tensor or several
    // An argument that `forward` returns unchanged is aliased, so that its own history is left alone.
    const outputs = returned.map((output) =>
      inputs.includes(output) && output !== context.dirty ? output.alias() : output,
    );
    const made = (Array.isArray(result) ? outputs : outputs[0]) as Result; // safe: the same form as `result`
    if (edges === null) return made;
    const followed = returned.map((output) => !context.nonDifferentiable.has(output));
    const op = operation(this, context, args.length, places, outputs.map(specOf), followed);
    const recorded = { op, attrs: undefined, inputs, outputs: outputs.filter((_, k) => followed[k]) };
    const target = context.dirty;
    if (target === null) record(recorded, edges);
    else {
      if (recorded.outputs.length !== 1 || recorded.outputs[0] !== target)
        throw new AutogradError(`${this.name}.forward: must return only what it changes in place`);
      const variable = edges.find(Boolean) as Variable; // safe: some input needs a gradient
      variable.beforeMutation(recorded, target);
      variable.mutate(recorded, target);
    }
    return made;
  }
}

/**
 * Creates the operation recorded for a call. It is a separate function so that its closure keeps alive no tensors other
 * than those passed to `saveForBackward`.
 */
function operation(
  custom: Pick<FunctionClass<never, never>, "name" | "backward">,
  context: FunctionContext,
  count: number,
  places: readonly number[],
  specs: readonly Spec[],
  followed: readonly boolean[],
): CustomOp {
  const { name } = custom;
  return {
    name,
    release: () => context.release(name),
    infer: () => specs,
    gradient: {
      reads: () => ({}),
      compute: (gradients) => {
        const arrived = [...gradients];
        const some = arrived.find((g) => g !== null) as Tensor; // safe: a node is visited only when a gradient has arrived
        const full = specs.map(
          (spec, k) =>
            (followed[k] ? arrived.shift() : null) ?? some.allocate(spec.shape, spec.dtype, spec.device).fill_(0),
        );
        const found = custom.backward(context, ...full); // null only for those who asked for it
        const each = [found as Tensor | null | (Tensor | null)[]].flat(); // safe: one or several
        while (each.length > count && each.at(-1) === null) each.pop();
        if (each.length !== count && each.length !== places.length) {
          throw new AutogradError(
            `${name}.backward: returned ${each.length} gradients for ${count} arguments of forward`,
          );
        }
        return each.length === count ? places.map((i) => each[i] ?? null) : each;
      },
    },
  };
}
