/** Builds networks, losses and optimizers from their recorded descriptions, runs them and compares the results. */

import { requiresGrad } from "@akari/autograd";
import * as nn from "@akari/nn";
import * as optim from "@akari/optim";
import { type Backend, compile, isFloating, type Tensor } from "@akari/tensor";
import { camelCase } from "./arguments.ts";
import { checkEqual, checkSame, type Tolerance } from "./compare.ts";
import { layerOf } from "./layers.ts";
import { dtypeOf, isRecorded, type Json, type Keywords, load, Missing, type Recorded } from "./recorded.ts";
import { buildScheduler, stepScheduler } from "./scheduler.ts";

type Layer = readonly [string, ...Json[]];

/** A network with a loss: one forward and backward pass. */
export interface ModuleCase extends Tolerance {
  readonly id: string;
  readonly op: "module" | "train";
  readonly spec: readonly Layer[];
  readonly train: boolean;
  readonly state_dict: Readonly<Record<string, Recorded>>;
  readonly inputs: { readonly input: Recorded; readonly target: Recorded };
  readonly loss: readonly [string, Keywords?];
  readonly outputs: readonly Recorded[];
  readonly loss_value: Recorded;
  readonly grads: Readonly<Record<string, Recorded>>;
  readonly state_after?: Readonly<Record<string, Recorded>>;
}

/** A short training run. */
export interface TrainCase extends ModuleCase {
  readonly optimizer: readonly [string, Keywords];
  readonly scheduler?: { readonly op: string; readonly args: Keywords };
  readonly clip_grad_norm?: number;
  readonly steps: number;
  readonly batch_size: number;
  readonly losses: readonly Recorded[];
}

/** Returns a class by name. Throws Missing if there is none. */
function classOf(from: object, name: string): new (...args: never[]) => unknown {
  const found = (from as Readonly<Record<string, unknown>>)[name];
  if (typeof found !== "function") throw new Missing(name);
  return found as new (
    ...args: never[]
  ) => unknown; // safe: the packages export classes under these names
}

/** Creates a layer from positional arguments, optionally followed by an object of keyword arguments. */
function layer([name, ...args]: Layer): nn.Layer {
  if (name === "Sequential") return new nn.Sequential(...(args[0] as readonly Layer[]).map(layer));
  const last = args.at(-1);
  const keywords = typeof last === "object" && last !== null && !Array.isArray(last) ? (last as Keywords) : null;
  // safe: the recorded layers accept one tensor
  return layerOf(`nn.${name}`, keywords ?? {}, keywords === null ? args : args.slice(0, -1)) as nn.Layer;
}

/** Converts the names of keyword arguments to camelCase. */
function camelCased(keywords: Keywords): Keywords {
  return Object.fromEntries(Object.entries(keywords).map(([name, value]) => [camelCase(name), value]));
}

function build(
  one: ModuleCase,
  device: Backend,
): { network: nn.Sequential; loss: (input: Tensor, target: Tensor) => Tensor } {
  const network = new nn.Sequential(...one.spec.map(layer));
  network.to(device);
  // The recorded network had the dtype of its parameters.
  const dtype = Object.values(one.state_dict)
    .map((recorded) => dtypeOf(recorded.dtype))
    .find((found) => found !== null && isFloating(found));
  if (dtype) network.to(dtype);
  network.loadStateDict(loadAll(one.state_dict, device));
  network.train(one.train);
  const [name, args = {}] = one.loss;
  const options = Object.entries(args).map(([key, value]) => [
    camelCase(key),
    isRecorded(value) ? load(value, device) : value,
  ]);
  const loss = new (classOf(nn, name))(Object.fromEntries(options) as never) as {
    forward(input: Tensor, target: Tensor): Tensor;
  };
  return { network, loss: (input, target) => loss.forward(input, target) };
}

function loadAll(state: Readonly<Record<string, Recorded>>, device: Backend): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(state).map(([name, recorded]) => [name, load(recorded, device)]));
}

async function checkState(
  network: nn.Module,
  want: Readonly<Record<string, Recorded>> | undefined,
  tolerance: Tolerance,
): Promise<void> {
  const state = network.stateDict();
  for (const [name, recorded] of Object.entries(want ?? {}))
    await checkSame(`${name} afterward`, state[name], recorded, tolerance);
}

/** Runs one step and compares the output, the loss, every gradient, and the changed buffers. */
export async function runModule(one: ModuleCase, device: Backend): Promise<void> {
  const { network, loss } = build(one, device);
  checkEqual("names in the state", Object.keys(network.stateDict()).sort(), Object.keys(one.state_dict).sort());
  const input = load(one.inputs.input, device);
  if (isFloating(input.dtype)) requiresGrad(input);
  const output = network.forward(input);
  const value = loss(output, load(one.inputs.target, device));
  value.backward();
  await checkSame("output", output, one.outputs[0] as Recorded, one);
  await checkSame("loss", value, one.loss_value, one);
  const leaves = new Map<string, Tensor>([["input", input], ...network.namedParameters()]);
  for (const [name, want] of Object.entries(one.grads)) {
    await checkSame(`gradient of ${name}`, leaves.get(name)?.grad, want, one);
  }
  await checkState(network, one.state_after, one);
}

/** Runs a training loop and compares the loss of each step and the state at the end. */
export async function runTraining(one: TrainCase, device: Backend, compiled = false): Promise<void> {
  const { network, loss } = build(one, device);
  const [name, args] = one.optimizer;
  const optimizer = new (classOf(optim, name))(
    network.parameters() as never,
    camelCased(args) as never,
  ) as optim.Optimizer;
  const scheduler =
    one.scheduler === undefined ? null : buildScheduler(one.scheduler.op, one.scheduler.args, optimizer);
  const input = load(one.inputs.input, device);
  const target = load(one.inputs.target, device);
  const count = input.shape[0] as number;
  const learn = (x: Tensor, y: Tensor): Tensor => {
    optimizer.zeroGrad();
    const value = loss(network.forward(x), y);
    value.backward();
    if (one.clip_grad_norm !== undefined) nn.clipGradNorm_(network.parameters(), one.clip_grad_norm);
    optimizer.step();
    return value;
  };
  const next = compiled ? await compile(learn) : learn;
  for (let step = 0; step < one.steps; step++) {
    const start = (step * one.batch_size) % count;
    const rows = Math.min(one.batch_size, count - start);
    const value = next(input.narrow(0, start, rows), target.narrow(0, start, rows));
    if (scheduler !== null) stepScheduler(scheduler, await value.item());
    await checkSame(`loss of step ${step}`, value, one.losses[step] as Recorded, one);
  }
  await checkState(network, one.state_after, one);
}
