/**
 * Custom differentiable functions, as in `torch.autograd.Function`: a class with the static methods `forward` and
 * `backward`.
 */

import { AutogradError, checkChoice, expectTensor, type Spec, Tensor } from "@akari/tensor";
import { isGradEnabled, noGrad } from "./mode.ts";
import { type CustomOp, restored, type Saved as SavedTensor, save, specOf, usedUp } from "./node.ts";
import { checkChange, edgesOf, record } from "./variable.ts";

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
  /** Internal: the arguments that `forward` changes in place. */
  readonly dirty: Set<Tensor> = new Set();
  /** Internal: whether `backward` receives zeros instead of null. */
  materializeGrads = true;

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
   * Marks arguments that `forward` changes in place and returns: these results are then the arguments themselves, with
   * this function in their history. Called before the change, it rejects a leaf that requires a gradient unchanged.
   *
   * @throws AutogradError when one is a leaf that requires a gradient, or a view of one.
   */
  markDirty(...tensors: Tensor[]): void {
    for (const tensor of tensors) {
      expectTensor("markDirty", tensor);
      if (this.needsInputGrad.includes(true)) checkChange("markDirty", tensor);
      this.dirty.add(tensor);
    }
  }

  /**
   * Sets what `backward` receives for results that no gradient reaches: zeros or, with `on` false, null. Default: zeros.
   *
   * @throws ArgumentError when `on` is neither true nor false.
   */
  setMaterializeGrads(on: boolean): void {
    checkChoice("setMaterializeGrads", "on", on, [true, false]);
    this.materializeGrads = on;
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
   * argument, or one per tensor argument; null stands for no gradient. Arguments that a call left out get null. With
   * `setMaterializeGrads(false)`, upstream gradients may be null, too.
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
   * @throws AutogradError when `forward` changes in place a leaf that requires a gradient, does not return what it
   * changes, or returns other results beside a view that it changes.
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
      inputs.includes(output) && !context.dirty.has(output) ? output.alias() : output,
    );
    const made = (Array.isArray(result) ? outputs : outputs[0]) as Result; // safe: the same form as `result`
    if (edges === null) return made;
    const followed = returned.map((output) => !context.nonDifferentiable.has(output));
    const op = operation(this, context, args.length, places, outputs.map(specOf), followed);
    const recorded = { op, attrs: undefined, inputs, outputs: outputs.filter((_, k) => followed[k]) };
    const dirty = [...context.dirty];
    if (!dirty.every((target) => recorded.outputs.includes(target)))
      throw new AutogradError(`${this.name}.forward: must return, as differentiable, all that it changes in place`);
    const view = dirty.find((target) => target.viewed !== null);
    if (view === undefined) record(recorded, edges);
    else if (recorded.outputs.length === 1) edges.find(Boolean)?.mutate(recorded, view);
    else throw new AutogradError(`${this.name}.forward: must return nothing beside a view that it changes in place`);
    // The context lives as long as the graph, which keeps no results alive.
    context.dirty.clear();
    context.nonDifferentiable.clear();
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
        const zeros = ({ shape, dtype, device }: Spec) => some.allocate(shape, dtype, device).fill_(0);
        const full = specs.map(
          (spec, k) => (followed[k] ? arrived.shift() : null) ?? (context.materializeGrads ? zeros(spec) : null),
        );
        const found = custom.backward(context, ...(full as Tensor[])); // null only for those who asked for it
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

/** Passes gradients on, and cannot be differentiated. */
class Once extends Function {
  static forward(_: FunctionContext, found: readonly Tensor[], ..._gradients: (Tensor | null)[]): readonly Tensor[] {
    return found;
  }

  static backward(): never {
    throw new AutogradError("backward: a function marked with onceDifferentiable cannot be differentiated twice");
  }
}

/**
 * Marks the `backward` of a custom function as not differentiable: its operations are never recorded, and a second
 * derivative throws instead of being wrong. For a `backward` that computes outside of Akari, or in place.
 *
 * https://pytorch.org/docs/stable/notes/extending.html
 *
 * @example
 * class Cube extends Function {
 *   static forward(context: FunctionContext, x: Tensor): Tensor {
 *     context.saveForBackward(x);
 *     return x.pow(3);
 *   }
 *   static backward = onceDifferentiable((context: FunctionContext<[Tensor]>, g: Tensor) => {
 *     const [x] = context.savedTensors;
 *     return x.pow(2).mul(3).mul(g);
 *   });
 * }
 */
export function onceDifferentiable<Context, Gradients extends readonly (Tensor | null)[]>(
  backward: (context: Context, ...gradients: Gradients) => Tensor | null | readonly (Tensor | null)[],
): (context: Context, ...gradients: Gradients) => readonly (Tensor | null)[] {
  return (context, ...gradients) => {
    const found = [noGrad(() => backward(context, ...gradients)) as Tensor | null | (Tensor | null)[]].flat(); // safe: one or several
    const marked = [
      ...Once.apply(
        found.filter((gradient) => gradient !== null),
        ...gradients,
      ),
    ];
    return found.map((gradient) => gradient && (marked.shift() as Tensor)); // safe: one for each
  };
}
