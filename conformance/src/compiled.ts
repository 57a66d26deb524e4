/**
 * Runs a recorded operation through `compile`: twice on other values, none of which may influence later calls, and then
 * on the recorded values until the captured kernel calls have been replayed. The backward pass is part of the compiled
 * function or goes through it.
 */

import { requiresGrad } from "@akari/autograd";
import { type Backend, compile, flip, type Tensor } from "@akari/tensor";
import type { Tensors } from "./arguments.ts";
import { load, type Recorded } from "./recorded.ts";

/** The results of a compiled call. */
export interface Run {
  readonly outputs: readonly (Tensor | null)[];
  /** The gradients of the inputs, in their order; null for those that have none. */
  readonly gradients: readonly (Tensor | null)[];
  /** The inputs after the call. */
  readonly inputs: readonly Tensor[];
}

/** Returns a map with the same names and other tensors. */
function named(tensors: Tensors, values: readonly Tensor[]): Tensors {
  let next = 0;
  const take = () => values[next++] as Tensor; // safe: as many as there are tensors
  return new Map([...tensors].map(([name, one]) => [name, Array.isArray(one) ? one.map(take) : take()]));
}

/**
 * Runs a call through `compile`.
 *
 * @param tensors the inputs; gradients are computed for those that require one.
 * @param upstream the upstream gradients of the results.
 * @param inside whether the backward pass is part of the compiled function, or starts at its results.
 */
export async function runCompiled(
  call: (tensors: Tensors) => readonly (Tensor | null)[],
  tensors: Tensors,
  upstream: readonly (Recorded | null)[],
  device: Backend,
  inside: boolean,
): Promise<Run> {
  const inputs = [...tensors.values()].flat() as Tensor[]; // safe: tensors and lists of them
  const arrived = upstream.map((gradient) => (gradient === null ? null : load(gradient, device)));
  const goBack = (outputs: readonly (Tensor | null)[]) => {
    arrived.forEach((gradient, k) => {
      if (gradient !== null) outputs[k]?.backward(gradient, { retainGraph: true });
    });
  };
  const leaves = (given: readonly Tensor[]) =>
    given.map((x, i) => (inputs[i]?.requiresGrad ? requiresGrad(x.detach()) : x));
  const compiled = await compile((...given: Tensor[]) => {
    const own = inside ? leaves(given) : given;
    const outputs = call(named(tensors, own));
    if (!inside) return { outputs, gradients: [] };
    goBack(outputs);
    return { outputs: outputs.map((x) => x?.detach() ?? null), gradients: own.map((x) => x.grad) };
  });
  const run = (given: readonly Tensor[]): Run => {
    if (inside) return { ...compiled(...given), inputs: given };
    const own = leaves(given);
    const { outputs } = compiled(...own);
    goBack(outputs);
    return { outputs, gradients: own.map((x) => x.grad), inputs: given };
  };
  // Operations may preserve the strides of their argument, so copies must keep those of the recorded inputs.
  const fresh = (x: Tensor): Tensor => (x.isContiguous() ? x.detach().clone() : x.detach());
  for (let i = 0; i < 2; i++) {
    try {
      compiled(
        ...inputs.map((x) =>
          flip(
            x.detach(),
            x.shape.map((_, dim) => dim),
          ),
        ),
      );
    } catch {
      // The operation may reject the other values.
    }
  }
  let last: Run;
  do last = run(inputs.map(fresh));
  while (compiled.counts.replayed === 0 && compiled.counts.eager + compiled.counts.captured < 6);
  return last;
}
