/**
 * PyTorch's own trajectories: optimizers over ten steps, learning rates over thirty.
 */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromTypedArray, type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import * as optim from "../src/index.ts";
import { type BaseOptions, type LRScheduler, type Optimizer, ReduceLROnPlateau } from "../src/index.ts";

const folder = process.env.AKARI_GOLDEN ?? fileURLToPath(new URL("../../../../shared/golden", import.meta.url));
const there = existsSync(folder);
if (!there) console.log(`skipped: PyTorch's recorded optimizer runs: there is no folder ${folder}; set AKARI_GOLDEN`);

interface Recorded {
  readonly dtype: string;
  readonly shape: number[];
  readonly data: number[];
}
type Args = Record<string, unknown>;
interface OptimCase {
  readonly id: string;
  readonly op: string;
  readonly args: Args;
  readonly params: Recorded[];
  readonly steps: number;
  readonly grads?: (Recorded | null)[][];
  readonly groups?: (Args & { params: number[] })[];
  readonly lr_changes?: Record<string, number[]>;
  readonly params_after: Recorded[][];
  readonly state_dict?: { state: Record<string, Record<string, Recorded | number | null>>; param_groups: Args[] };
  readonly rtol: number;
  readonly atol: number;
}
interface SchedulerCase {
  readonly id: string;
  readonly op: string;
  readonly args: Args;
  readonly base_lr: number[];
  readonly momentum: number;
  readonly lrs: number[][];
  readonly momenta?: number[][];
  readonly metrics?: number[];
}

function cases<T>(file: string): T[] {
  return there ? (JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as { cases: T[] }).cases : [];
}

const camel = (name: string) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const camelArgs = (args: Args): Args => Object.fromEntries(Object.entries(args).map(([name, value]) => [camel(name), value]));

const load = ({ data, shape }: Recorded): Tensor => fromTypedArray(Float32Array.from(data, Number), shape);

function parameter(recorded: Recorded): Tensor {
  return Object.defineProperty(load(recorded), "grad", { value: null, writable: true });
}

function close(got: Tensor, want: Recorded, { rtol, atol }: { rtol: number; atol: number }, where: string): void {
  expect(got.shape, where).toEqual(want.shape);
  got.dataSync().forEach((value, i) => {
    const expected = Number(want.data[i]);
    if (!(Math.abs(value - expected) <= atol + rtol * Math.abs(expected)))
      throw new Error(`${where}: element ${i} is ${value}, expected ${expected}`);
  });
}

type Class = new (...args: unknown[]) => Optimizer<BaseOptions>;
const classOf = (op: string): unknown => (optim as Record<string, unknown>)[op.split(".").at(-1) ?? ""];

describe.skipIf(!there)("optimizers as PyTorch runs them", () => {
  for (const c of cases<OptimCase>("optim.json")) {
    if (!c.op.startsWith("optim.") || c.grads === undefined) continue;
    const Optimizer = classOf(c.op) as Class | undefined;
    if (Optimizer === undefined) {
      it.todo(`${c.id}: there is no ${c.op} yet`);
      continue;
    }
    it(c.id, () => {
      const params = c.params.map(parameter);
      const groups = c.groups?.map(({ params: indices, ...own }) => ({ ...camelArgs(own), params: indices.map((i) => params[i]) }));
      const optimizer = new Optimizer(groups ?? params, camelArgs(c.args));
      for (let step = 0; step < c.steps; step++) {
        c.lr_changes?.[step]?.forEach((lr, g) => {
          (optimizer.paramGroups[g] as { lr: number }).lr = lr;
        });
        params.forEach((param, i) => {
          const grad = c.grads?.[step]?.[i] ?? null;
          param.grad = grad === null ? null : load(grad);
        });
        optimizer.step();
        params.forEach((param, i) => void close(param, c.params_after[step]?.[i] as Recorded, c, `step ${step}, parameter ${i}`));
      }
      const state = optimizer.stateDict();
      for (const [number, entries] of Object.entries(c.state_dict?.state ?? {})) {
        for (const [name, want] of Object.entries(entries)) {
          const got = state.state[number]?.[name];
          if (want === null) expect(got ?? null).toBeNull();
          else if (typeof want === "number") expect(got).toBeCloseTo(want, 6);
          else if (typeof got === "number") expect(got).toBeCloseTo(Number(want.data[0]), 5);
          else close(got as Tensor, want, { rtol: c.rtol * 10, atol: c.atol }, `${name} of parameter ${number}`);
        }
      }
      const ignored = ["foreach", "capturable", "differentiable", "fused"];
      c.state_dict?.param_groups.forEach((group, g) => {
        for (const [name, want] of Object.entries(group))
          if (!ignored.includes(name)) expect(state.param_groups[g]?.[name], name).toEqual(want);
      });
    });
  }
});

/** Builds a scheduler from PyTorch's keyword arguments. */
function scheduler(op: string, args: Args, optimizer: Optimizer<BaseOptions>): LRScheduler | ReduceLROnPlateau<BaseOptions> {
  const positional: Record<string, string[]> = {
    StepLR: ["step_size"],
    MultiStepLR: ["milestones"],
    ExponentialLR: ["gamma"],
    CosineAnnealingLR: ["T_max"],
    CosineAnnealingWarmRestarts: ["T_0"],
    OneCycleLR: ["max_lr"],
    CyclicLR: ["base_lr", "max_lr"],
  };
  const name = op.split(".").at(-1) ?? "";
  const first = (positional[name] ?? []).map((key) => args[key]);
  const rest = Object.fromEntries(
    Object.entries(args).flatMap(([key, value]) =>
      (positional[name] ?? []).includes(key) ? [] : [[key === "T_mult" ? "tMult" : camel(key), value]],
    ),
  );
  if (name === "LambdaLR") first.push(lambda(args.lr_lambda as Args));
  if (name === "SequentialLR") {
    const inner = (args.schedulers as { op: string; args: Args }[]).map((s) => scheduler(s.op, s.args, optimizer));
    first.push(inner, args.milestones);
  }
  const Scheduler = classOf(op) as new (...args: unknown[]) => LRScheduler;
  return new Scheduler(optimizer, ...first, ...(name === "LambdaLR" || name === "SequentialLR" || name === "ExponentialLR" ? [] : [rest]));
}

function lambda({ name, ...options }: Args): (epoch: number) => number {
  const { base = 1, total = 1, warmup = 1 } = options as { base?: number; total?: number; warmup?: number };
  if (name === "power") return (e) => base ** e;
  if (name === "linear_decay") return (e) => Math.max(0, 1 - e / total);
  return (e) => Math.min((e + 1) / warmup, Math.sqrt(warmup / (e + 1)));
}

describe.skipIf(!there)("learning rates as PyTorch sets them", () => {
  for (const c of cases<SchedulerCase>("schedulers.json")) {
    it(c.id, () => {
      const groups = c.base_lr.map((lr) => ({ params: [tensor([1])], lr }));
      const optimizer = new optim.SGD(groups, { momentum: c.momentum });
      const schedule = scheduler(c.op, c.args, optimizer as unknown as Optimizer<BaseOptions>);
      c.lrs.forEach((want, k) => {
        if (k > 0) {
          optimizer.step();
          if (schedule instanceof ReduceLROnPlateau) schedule.step(c.metrics?.[k - 1] as number);
          else schedule.step();
        }
        want.forEach(
          (lr, g) =>
            void expect(Math.abs((optimizer.paramGroups[g]?.lr as number) - lr), `lr ${g} after ${k}`).toBeLessThanOrEqual(
              1e-9 * Math.abs(lr) + 1e-12,
            ),
        );
        c.momenta?.[k]?.forEach((m, g) => void expect(optimizer.paramGroups[g]?.momentum, `momentum ${g} after ${k}`).toBeCloseTo(m, 9));
      });
    });
  }
});
