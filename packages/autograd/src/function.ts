/**
 * Operations of one's own with a gradient of one's own, as in `torch.autograd.Function`: two static methods, `forward`
 * and `backward`.
 */

import { AutogradError, type Spec, type Tensor } from "@akari/tensor";
import { isGradEnabled, noGrad } from "./mode.ts";
import { type CustomOp, specOf, usedUp } from "./node.ts";
import { edgesOf, record } from "./variable.ts";

/**
 * What `forward` leaves for `backward`. Its type may say how many tensors are saved, so that they come apart:
 * `FunctionContext<[Tensor, Tensor]>`.
 */
export class FunctionContext<Saved extends readonly Tensor[] = Tensor[]> {
  /** Which arguments of `forward` need a gradient. */
  readonly needsInputGrad: readonly boolean[];
  /** Anything besides tensors that `backward` wants to know. */
  readonly values: Record<string, unknown> = {};
  #saved: { readonly tensor: Tensor; readonly version: number }[] = [];
  #usedUpBy = "";
  readonly #nonDifferentiable = new Set<Tensor>();

  /** Internal: made by `apply`. */
  constructor(needsInputGrad: readonly boolean[]) {
    this.needsInputGrad = needsInputGrad;
  }

  /** Keeps tensors for the backward pass, which refuses them if they are changed in place before it. */
  saveForBackward(...tensors: Saved): void {
    this.#saved = tensors.map((tensor) => ({ tensor, version: tensor.storage.version }));
  }

  /**
   * The tensors that `saveForBackward` was given. Throws an AutogradError when an earlier backward pass has used them
   * up.
   */
  get savedTensors(): Saved {
    if (this.#usedUpBy !== "") throw usedUp(this.#usedUpBy);
    const tensors: readonly Tensor[] = this.#saved.map(({ tensor, version }, i) => {
      if (tensor.storage.version !== version) {
        throw new AutogradError(
          `backward: saved tensor ${i} was changed in place since forward: it is at version ${tensor.storage.version}, expected ${version}`,
        );
      }
      return tensor;
    });
    return tensors as Saved; // safe: `saveForBackward` was given these
  }

  /** Declares outputs that have no gradient. */
  markNonDifferentiable(...tensors: Tensor[]): void {
    for (const tensor of tensors) this.#nonDifferentiable.add(tensor);
  }

  /** Internal: lets go of the saved tensors when the backward pass is through. */
  release(name: string): void {
    if (this.#saved.length > 0) this.#usedUpBy = name;
    this.#saved = [];
  }

  /** Internal: whether an output has a gradient. */
  isDifferentiable(tensor: Tensor): boolean {
    return !this.#nonDifferentiable.has(tensor);
  }
}

/** What the static side of a custom function looks like. */
export interface FunctionClass<Args extends readonly unknown[], Result extends Tensor | readonly Tensor[]> {
  /** What the operation is called in messages and in the graph: the class's own name. */
  readonly name: string;
  /** Computes the result; nothing in here is recorded. */
  forward(context: FunctionContext, ...args: Args): Result;
  /** The gradient of each argument of `forward` (null for those that have none), from the gradient of each result. */
  backward(context: FunctionContext, ...gradients: Tensor[]): Tensor | null | readonly (Tensor | null)[];
}

/**
 * A custom operation: extend this class with static `forward` and `backward`, and call `apply`. `backward` is recorded
 * when a graph is created, so a function whose backward is made of differentiable operations can be differentiated
 * again.
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
// biome-ignore lint/suspicious/noShadowRestrictedNames: PyTorch's name; imported, it means this one.
export abstract class Function {
  /** Runs `forward` and records the function. Arguments that are tensors may receive gradients. */
  static apply<Args extends readonly unknown[], Result extends Tensor | readonly Tensor[]>(
    this: FunctionClass<Args, Result>,
    ...args: Args
  ): Result {
    const places = args.flatMap((arg, i) => (isTensor(arg) ? [i] : []));
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
    // An argument that is handed back as it is becomes a tensor of its own, so that its history stays as it was.
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
 * What is recorded of a call. It stands apart so that the graph keeps alive what `saveForBackward` was given, and no
 * other tensor.
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
        const some = arrived.find((g) => g !== null) as Tensor; // safe: a node is visited when a gradient has arrived
        const full = specs.map(
          (spec, k) =>
            (followed[k] ? arrived.shift() : null) ?? some.allocate(spec.shape, spec.dtype, spec.device).fill_(0),
        );
        const found = custom.backward(context, ...full);
        // safe: as the interface says
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

function isTensor(value: unknown): value is Tensor {
  return typeof value === "object" && value !== null && "storage" in value && "strides" in value;
}
