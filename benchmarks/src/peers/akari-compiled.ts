/**
 * The same functions compiled: a training step, a prediction, several operations in a row.
 */

import { compile } from "akari";
import type { Device, Prepare } from "../workloads.ts";
import { start as startPlain } from "./akari.ts";

/** The device, made ready. */
export async function start(name: Device): Promise<Prepare> {
  const prepare = await startPlain(name, compile);
  return (workload) => {
    const single = ["matmul", "launches", "tiny-add", "tiny-add-backward", "softmax", "transpose-copy"].includes(
      workload.kind,
    );
    return single ? { cannot: "the same: there is nothing to fuse or to leave out" } : prepare(workload);
  };
}
