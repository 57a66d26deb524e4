/**
 * Akari's workloads through `compile`: training steps, predictions, sequences of operations.
 */

import { compile } from "akari";
import type { Device, Prepare } from "../workloads.ts";
import { start as startPlain } from "./akari.ts";

/** Prepares the device. */
export async function start(name: Device): Promise<Prepare> {
  const prepare = await startPlain(name, compile);
  return (workload) => {
    const single = ["matmul", "launches", "tiny-add", "tiny-add-backward", "softmax", "transpose-copy"].includes(
      workload.kind,
    );
    return single ? { cannot: "same as akari: a single operation has nothing to fuse" } : prepare(workload);
  };
}
