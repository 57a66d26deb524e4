/** Runs a recorded case of any kind. */

import { type Backend, isDType, setDefaultDevice } from "@akari/tensor";
import { type DrawCase, runDraws } from "./draws.ts";
import { type InitCase, runInit } from "./init.ts";
import { type ModuleCase, runModule, runTraining, type TrainCase } from "./modules.ts";
import { type Call, type OpCase, runOp } from "./op-case.ts";
import { type OptimizerCase, runOptimizer } from "./optimizer.ts";
import { type ProgramCase, runProgram } from "./programs.ts";
import { Mismatch, Missing } from "./recorded.ts";
import { runScheduler, type SchedulerCase } from "./scheduler.ts";
import { entryOf, table } from "./tables/index.ts";

/** The fields that all cases have; the others depend on the kind of case. */
export interface Case {
  readonly id: string;
  readonly op?: string;
  readonly optional?: boolean;
}

/** The outcome of a case. */
export type Outcome =
  | { readonly kind: "passed" }
  | { readonly kind: "missing"; readonly what: string }
  | { readonly kind: "failed"; readonly what: string; readonly expected: string; readonly got: string };

/**
 * Runs a case on a device and makes that the default device. Never throws: errors become the outcome. A case that needs
 * a dtype that the device does not support (float64 on WebGPU) counts as missing, because it would be another case in
 * another precision.
 *
 * @param compiled whether operations and training steps go through `compile`.
 */
export async function runCase(one: Case, device: Backend, compiled = false): Promise<Outcome> {
  setDefaultDevice(device);
  try {
    for (const dtype of dtypesIn(one)) {
      if (isDType(dtype) && !device.supports(dtype)) throw new Missing(`${dtype} on ${device.name}`);
    }
    await dispatch(one, device, compiled);
    return { kind: "passed" };
  } catch (error) {
    if (error instanceof Missing) return { kind: "missing", what: error.message };
    if (error instanceof Mismatch)
      return { kind: "failed", what: error.what, expected: error.expected, got: error.got };
    return { kind: "failed", what: "the call", expected: "a result", got: String(error) };
  }
}

/** Determines the kind of a case by its fields, and runs it. The casts are safe: the fields imply the kind. */
async function dispatch(one: Case, device: Backend, compiled: boolean): Promise<void> {
  const op = one.op ?? "";
  if ("expect" in one) await runProgram(one as unknown as ProgramCase, device);
  else if (op === "random") await runDraws(one as unknown as DrawCase, device);
  else if (op === "module") await runModule(one as unknown as ModuleCase, device);
  else if (op === "train") await runTraining(one as unknown as TrainCase, device, compiled);
  else if (op.startsWith("optim.lr_scheduler.")) runScheduler(one as unknown as SchedulerCase);
  else if (op.startsWith("optim.")) await runOptimizer(one as unknown as OptimizerCase, device);
  else if (op.startsWith("nn.init.") || "state_shapes" in one) await runInit(one as unknown as InitCase);
  else {
    const entry = entryOf(op);
    if (entry === null) throw new Missing(op);
    await runOp({ ...(one as unknown as OpCase), op: entry }, table[entry] as Call, device, compiled);
  }
}

/** Returns every string in a property named `dtype`, at any depth. */
function dtypesIn(value: unknown, found: Set<string> = new Set()): Set<string> {
  if (typeof value !== "object" || value === null) return found;
  if (Array.isArray(value) && typeof value[0] === "number") return found;
  for (const [name, inner] of Object.entries(value)) {
    if (name === "dtype" && typeof inner === "string") found.add(inner);
    else dtypesIn(inner, found);
  }
  return found;
}
