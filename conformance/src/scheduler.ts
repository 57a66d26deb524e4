/** Builds schedulers from their recorded descriptions, and compares the learning rates that they set. */

import * as optim from "@akari/optim";
import { tensor } from "@akari/tensor";
import { camelCase } from "./arguments.ts";
import { checkClose, type Tolerance } from "./compare.ts";
import { type Json, type Keywords, Missing } from "./recorded.ts";

type AnyOptimizer = optim.Optimizer<optim.BaseOptions>;
type AnyScheduler = optim.LRScheduler<optim.BaseOptions> | optim.ReduceLROnPlateau<optim.BaseOptions>;

/** A recorded run of a scheduler: the learning rates after each step. */
export interface SchedulerCase extends Tolerance {
  readonly id: string;
  readonly op: string;
  readonly args: Keywords;
  readonly base_lr: readonly number[];
  readonly momentum: number;
  /** The initial rates, when they are not the current ones. */
  readonly initial_lr?: readonly number[];
  /** Rates that the program sets before some of the steps. */
  readonly sets?: Readonly<Record<string, readonly number[]>>;
  readonly lrs: readonly (readonly number[])[];
  readonly momenta?: readonly (readonly number[])[];
  readonly metrics?: readonly number[];
}

/** The positional arguments of each scheduler; all others go into the options. */
const positional: Readonly<Record<string, readonly string[]>> = {
  StepLR: ["step_size"],
  MultiStepLR: ["milestones"],
  ExponentialLR: ["gamma"],
  CosineAnnealingLR: ["T_max"],
  CosineAnnealingWarmRestarts: ["T_0"],
  OneCycleLR: ["max_lr"],
  CyclicLR: ["base_lr", "max_lr"],
  LambdaLR: ["lr_lambda"],
  MultiplicativeLR: ["lr_lambda"],
  ChainedScheduler: ["schedulers"],
  SequentialLR: ["schedulers", "milestones"],
};

/** Creates a scheduler from PyTorch's name and keyword arguments. */
export function buildScheduler(op: string, args: Keywords, optimizer: AnyOptimizer): AnyScheduler {
  const name = op.split(".").at(-1) as string;
  const found = (optim as Readonly<Record<string, unknown>>)[name];
  if (typeof found !== "function") throw new Missing(op);
  // safe: the package exports schedulers under these names
  const create = found as new (...given: unknown[]) => AnyScheduler;
  const first = positional[name] ?? [];
  const given = first.map((key) => {
    const value = args[key] as Json;
    if (key === "lr_lambda") return Array.isArray(value) ? value.map(factor) : factor(value);
    if (key !== "schedulers") return value;
    return (value as readonly { op: string; args: Keywords }[]).map((inner) =>
      buildScheduler(inner.op, inner.args, optimizer),
    );
  });
  // `verbose` only makes PyTorch print, and a `last_epoch` of -1 is its default.
  const rest = Object.entries(args).filter(
    ([key, value]) => !first.includes(key) && key !== "verbose" && !(key === "last_epoch" && value === -1),
  );
  const options = Object.fromEntries(
    rest.map(([key, value]) => [
      key === "T_mult" ? "tMult" : camelCase(key),
      key === "scale_fn" ? factor(value) : value,
    ]),
  );
  // Chained schedulers have their own reference to the optimizer.
  const of = name === "ChainedScheduler" ? [] : [optimizer];
  return new create(...of, ...given, ...(rest.length === 0 && name !== "OneCycleLR" ? [] : [options]));
}

/** Steps a scheduler. `metric` is for `ReduceLROnPlateau`. */
export function stepScheduler(scheduler: AnyScheduler, metric: number): void {
  if (scheduler instanceof optim.ReduceLROnPlateau) scheduler.step(metric);
  else scheduler.step();
}

/** Returns a recorded function of the epoch by name. */
function factor(named: Json | undefined): (epoch: number) => number {
  const {
    name,
    base = 1,
    total = 1,
    warmup = 1,
  } = named as { name: string; base?: number; total?: number; warmup?: number };
  if (name === "power") return (e) => base ** e;
  if (name === "linear_decay") return (e) => Math.max(0, 1 - e / total);
  if (name === "warmup_inverse_sqrt") return (e) => Math.min((e + 1) / warmup, Math.sqrt(warmup / (e + 1)));
  throw new Missing(`lr_lambda ${name}`);
}

/** Runs a case and compares the learning rate of each group after each step, and the momentum if it was recorded. */
export function runScheduler(one: SchedulerCase): void {
  const groups = one.base_lr.map((lr, g) => {
    const initialLr = one.initial_lr?.[g];
    return { params: [tensor([1])], lr, ...(initialLr !== undefined && { initialLr }) };
  });
  // safe: only the common options are read
  const optimizer = new optim.SGD(groups, { momentum: one.momentum }) as unknown as AnyOptimizer;
  const scheduler = buildScheduler(one.op, one.args, optimizer);
  for (const [k, wanted] of one.lrs.entries()) {
    if (k > 0) {
      for (const [g, lr] of (one.sets?.[k - 1] ?? []).entries()) Object.assign(optimizer.paramGroups[g] ?? {}, { lr });
      optimizer.step();
      stepScheduler(scheduler, one.metrics?.[k - 1] ?? 0);
    }
    for (const [g, lr] of wanted.entries())
      checkClose(`learning rate of group ${g} after ${k}`, optimizer.paramGroups[g]?.lr, lr, one);
    for (const [g, momentum] of (one.momenta?.[k] ?? []).entries()) {
      const group = optimizer.paramGroups[g] as { momentum?: number } | undefined;
      checkClose(`momentum of group ${g} after ${k}`, group?.momentum, momentum, one);
    }
  }
}
