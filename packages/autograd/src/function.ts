/**
 * Custom differentiable functions, as in `torch.autograd.Function`: a class with the static methods `forward` and
 * `backward`.
 */

import { AutogradError, type Spec, Tensor } from "@akari/tensor";
import { isGradEnabled, noGrad } from "./mode.ts";
import { type CustomOp, type Saved as SavedTensor, save, specOf, usedUp } from "./node.ts";
import { edgesOf, record } from "./variable.ts";

/**
 * Context that passes data from the `forward` to the `backward` of a custom function. The type parameter gives the
 * number of saved tensors, so that they can be destructured: `FunctionContext<[Tensor, Tensor]>`.
 */
export class FunctionContext<Saved extends readonly Tensor[] = Tensor[]> {
  /** For each argument of `forward`, whether it needs a gradient. */
  readonly needsInputGrad: readonly boolean[];
  /** Values other than tensors that `backward` uses. */
  readonly values: Record<string, unknown> = {};
  #saved: { readonly of: Tensor; readonly saved: SavedTensor }[] = [];
  #usedUpBy = "";
  readonly #nonDifferentiable = new Set<Tensor>();

  /** Internal: created by `apply`. */
  constructor(needsInputGrad: readonly boolean[]) {
    this.needsInputGrad = needsInputGrad;
  }

  /** Saves tensors for `backward`. If one is modified in place before then, reading `savedTensors` throws. */
  saveForBackward(...tensors: Saved): void {
    this.#saved = tensors.map((of) => ({ of, saved: save(of) }));
  }

  /**
   * The tensors passed to `saveForBackward`.
   *
   * @throws AutogradError when an earlier backward pass has freed them, or when one was modified in place.
   */
  get savedTensors(): Saved {
    if (this.#usedUpBy !== "") throw usedUp(this.#usedUpBy);
    const tensors: readonly Tensor[] = this.#saved.map(({ of, saved }, i) => {
      const { tensor, version } = saved;
      if (tensor.storage.version !== version) {
        throw new AutogradError(
          `backward: saved tensor ${i} has been changed in place since forward: it is at version ${tensor.storage.version}, expected ${version}`,
        );
      }
      tensor.trace = of.trace;
      return tensor;
    });
    return tensors as Saved; // safe: these were passed to `saveForBackward`
  }

  /** Marks outputs as not differentiable: they do not require a gradient. */
  markNonDifferentiable(...tensors: Tensor[]): void {
    for (const tensor of tensors) this.#nonDifferentiable.add(tensor);
  }

  /** Internal: frees the saved tensors after the backward pass. */
  release(name: string): void {
    if (this.#saved.length > 0) this.#usedUpBy = name;
    for (const { saved } of this.#saved) saved.drop?.();
    this.#saved = [];
  }

  /** Internal: returns whether an output is differentiable. */
  isDifferentiable(tensor: Tensor): boolean {
    return !this.#nonDifferentiable.has(tensor);
  }
}

/** The static side of a custom function class. */
export interface FunctionClass<Args extends readonly unknown[], Result extends Tensor | readonly Tensor[]> {
  /** Name of the operation in error messages and in the graph: the name of the class. */
  readonly name: string;
  /** Computes the result. Operations in here are not recorded. */
  forward(context: FunctionContext, ...args: Args): Result;
  /**
   * Computes the gradients of the arguments of `forward` from the upstream gradient of each result. Returns one per
   * argument, or one per tensor argument; null stands for no gradient.
   */
  backward(context: FunctionContext, ...gradients: Tensor[]): Tensor | null | readonly (Tensor | null)[];
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
   */
  static apply<Args extends readonly unknown[], Result extends Tensor | readonly Tensor[]>(
    this: FunctionClass<Args, Result>,
    ...args: Args
  ): Result {
    const places = args.flatMap((arg, i) => (arg instanceof Tensor ? [i] : []));
    const inputs = places.map((i) => args[i] as Tensor); // safe: `places` holds tensors only
    const edges = isGradEnabled() ? edgesOf(inputs) : null;
    const needs = args.map(() => false);
    places.forEach((i, k) => {
      needs[i] = (edges?.[k] ?? null) !== null;
    });
    const context = new FunctionContext(needs);
    const result = noGrad(() => this.forward(context, ...args));
    // safe: the result is one tensor or several
    const returned: readonly Tensor[] = Array.isArray(result) ? result : [result as Tensor];
    // An argument that `forward` returns unchanged is aliased, so that its own history is left alone.
    const outputs = returned.map((output) => (inputs.includes(output) ? output.alias() : output));
    const made = (Array.isArray(result) ? outputs : outputs[0]) as Result; // safe: the same form as `result`
    if (edges === null) return made;
    const followed = returned.map((output) => context.isDifferentiable(output));
    const op = operation(this, context, args.length, places, outputs.map(specOf), followed);
    record({ op, attrs: undefined, inputs, outputs: outputs.filter((_, k) => followed[k]) }, edges);
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
        const found = custom.backward(context, ...full);
        // safe: a single result is a tensor or null
        const each: readonly (Tensor | null)[] = Array.isArray(found) ? found : [found as Tensor | null];
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
