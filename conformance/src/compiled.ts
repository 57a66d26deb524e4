/**
 * Running a recorded operation through `compile`: twice on other values, so that nothing of them may stay, and then on
 * the recorded ones until its kept kernel calls have run. The gradients are computed inside, or go through it.
 */

import { requiresGrad } from "@akari/autograd";
import { type Backend, compile, flip, type Tensor } from "@akari/tensor";
import type { Tensors } from "./arguments.ts";
import { load, type Recorded } from "./recorded.ts";

/** What came of a call. */
export interface Run {
  readonly outputs: readonly (Tensor | null)[];
  /** The gradients of the inputs, in their order; null for those that have none. */
  readonly gradients: readonly (Tensor | null)[];
  /** The inputs afterwards. */
  readonly inputs: readonly Tensor[];
}

/** The same names for other tensors. */
function named(tensors: Tensors, values: readonly Tensor[]): Tensors {
  let next = 0;
  const take = () => values[next++] as Tensor; // safe: as many as there are tensors
  return new Map([...tensors].map(([name, one]) => [name, Array.isArray(one) ? one.map(take) : take()]));
}

/**
 * Runs a call compiled.
 *
 * @param tensors its inputs; those that require a gradient get one.
 * @param upstream the gradients that arrive at its results.
 * @param inside whether the backward pass is compiled with it, or begins at what it returns.
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
  // Layers may keep their argument's strides, so copies lie as the recorded inputs do.
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
      // Other values may be none that it takes.
    }
  }
  let last: Run;
  do last = run(inputs.map(fresh));
  while (compiled.counts.replayed === 0 && compiled.counts.eager + compiled.counts.captured < 6);
  return last;
}
