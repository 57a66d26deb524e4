/** Runs optimizers for several steps with recorded gradients or a closure, and compares parameters and final state. */

import { requiresGrad } from "@akari/autograd";
import * as optim from "@akari/optim";
import { arange, type Backend, Tensor } from "@akari/tensor";
import { camelCase } from "./arguments.ts";
import { checkClose, checkEqual, checkSame, type Tolerance } from "./compare.ts";
import { type Json, type Keywords, load, Mismatch, Missing, type Recorded } from "./recorded.ts";

/** A recorded run of an optimizer: the parameters after each step, and the state at the end. */
export interface OptimizerCase extends Tolerance {
  readonly id: string;
  readonly op: string;
  readonly args: Keywords;
  readonly params: readonly Recorded[];
  readonly steps: number;
  readonly grads?: readonly (readonly (Recorded | null)[])[];
  readonly closure?: string;
  readonly losses?: readonly (Recorded | number)[];
  readonly groups?: readonly (Keywords & { readonly params: readonly number[] })[];
  readonly lr_changes?: Readonly<Record<string, readonly number[]>>;
  readonly params_after: readonly (readonly Recorded[])[];
  readonly state_dict?: {
    readonly state: Readonly<Record<string, Readonly<Record<string, Recorded | number | null>>>>;
    readonly param_groups: readonly Keywords[];
  };
}

/** The interface of optimizers that the cases use. Some optimizers call a closure and return its loss. */
interface Stepping {
  readonly paramGroups: readonly object[];
  step(closure?: () => Tensor): unknown;
  stepAsync?(closure: () => Tensor): Promise<unknown>;
  stateDict(): optim.OptimizerStateDict;
}

/** Options without a counterpart in Akari. */
const ignored = ["foreach", "capturable", "differentiable", "fused"];

const camelCased = (args: Keywords): Keywords =>
  Object.fromEntries(
    Object.entries(args)
      .filter(([name]) => !ignored.includes(name))
      .map(([name, value]) => [camelCase(name), value]),
  );

const rosenbrock = ([p]: readonly Tensor[]): Tensor => {
  const x = p as Tensor; // safe: there is a first parameter
  const [here, next] = [x.narrow(0, 0, x.numel() - 1), x.narrow(0, 1, x.numel() - 1)];
  return next.sub(here.square()).square().mul(100).add(here.neg().add(1).square()).sum();
};

const quadratic = (params: readonly Tensor[]): Tensor =>
  params
    .map((p, j) => {
      const weights = arange(1, p.numel() + 1, 1, { dtype: p.dtype })
        .to(p.device)
        .reshape(p.shape);
      return p
        .sub(0.5)
        .square()
        .mul(weights)
        .mul(j + 1)
        .sum();
    })
    .reduce((a, b) => a.add(b));

/** The objective functions of the recorded closures. */
const losses: Readonly<Record<string, (params: readonly Tensor[]) => Tensor>> = { rosenbrock, quadratic };

function build(one: OptimizerCase, params: readonly Tensor[]): Stepping {
  const found = (optim as Readonly<Record<string, unknown>>)[one.op.slice("optim.".length)];
  if (typeof found !== "function") throw new Missing(one.op);
  // safe: the package exports optimizers under these names
  const create = found as new (...given: unknown[]) => Stepping;
  const groups = one.groups?.map(({ params: indices, ...own }) => ({
    ...camelCased(own),
    params: indices.map((i) => params[i]),
  }));
  return new create(groups ?? params, camelCased(one.args));
}

/** Runs the steps and compares the parameters after each step, the losses of a closure, and the state at the end. */
export async function runOptimizer(one: OptimizerCase, device: Backend): Promise<void> {
  const params = one.params.map((recorded) => requiresGrad(load(recorded, device)));
  const optimizer = build(one, params);
  for (let step = 0; step < one.steps; step++) {
    for (const [g, lr] of (one.lr_changes?.[step] ?? []).entries())
      Reflect.set(optimizer.paramGroups[g] as object, "lr", lr);
    if (one.closure === undefined) {
      for (const [i, param] of params.entries()) {
        const recorded = one.grads?.[step]?.[i] ?? null;
        param.grad = recorded === null ? null : load(recorded, device);
      }
      optimizer.step();
    } else await stepClosure(one, step, optimizer, params);
    for (const [i, want] of (one.params_after[step] ?? []).entries()) {
      await checkSame(`parameter ${i} after step ${step}`, params[i], want, one);
    }
  }
  await checkState(one, optimizer.stateDict());
}

async function stepClosure(
  one: OptimizerCase,
  step: number,
  optimizer: Stepping,
  params: readonly Tensor[],
): Promise<void> {
  const loss = losses[one.closure as string];
  if (loss === undefined) throw new Missing(`closure ${one.closure}`);
  // On a device without synchronous reads, the optimizer must await the loss.
  const later = params.some(({ device }) => device.readSync === undefined);
  if (later && optimizer.stepAsync === undefined) throw new Missing(`${one.op} on a device without synchronous reads`);
  const returned = await optimizer[later ? "stepAsync" : "step"]?.(() => {
    for (const param of params) param.grad = null;
    const value = loss(params);
    value.backward();
    return value;
  });
  const want = one.losses?.[step];
  if (want === undefined) return;
  const number = returned instanceof Tensor ? await returned.item() : returned;
  checkClose(`loss of step ${step}`, number, typeof want === "number" ? want : Number(want.data[0]), one);
}

async function checkState(
  { state_dict: want, ...tolerance }: OptimizerCase,
  got: optim.OptimizerStateDict,
): Promise<void> {
  for (const [index, entries] of Object.entries(want?.state ?? {})) {
    for (const [name, recorded] of Object.entries(entries)) {
      await checkEntry(`${name} of parameter ${index}`, got.state[index]?.[name] ?? null, recorded, tolerance);
    }
  }
  for (const [g, group] of (want?.param_groups ?? []).entries()) {
    const found = got.param_groups[g] as Keywords | undefined;
    for (const [name, value] of Object.entries(group)) {
      if (!ignored.includes(name)) checkEqual(`${name} of group ${g}`, found?.[name], value);
    }
  }
}

/** Compares a tensor, a number or null. PyTorch stores some numbers as tensors of one element. */
async function checkEntry(
  what: string,
  got: unknown,
  want: Recorded | number | null,
  tolerance: Tolerance,
): Promise<void> {
  if (want === null) checkEqual(what, got, want);
  else if (typeof want === "number") checkClose(what, got instanceof Tensor ? await got.item() : got, want, tolerance);
  else if (typeof got === "number") checkClose(what, got, Number(want.data[0]), tolerance);
  else if (got instanceof Tensor) await checkSame(what, got, want, tolerance);
  else throw new Mismatch(what, "a tensor", JSON.stringify(got as Json));
}
