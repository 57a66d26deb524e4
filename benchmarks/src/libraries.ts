/** The JavaScript peers. Each runs in its own process on the CPU, and in its own page on the GPU. */

import { count } from "./count.ts";
import { type Measurement, measure } from "./measure.ts";
import { type Cannot, type Device, type Prepare, workloads } from "./workloads.ts";

/** The module of a peer. */
interface Library {
  /** Prepares a device. */
  start(device: Device): Promise<Prepare>;
}

const libraries = {
  akari: () => import("./peers/akari.ts"),
  "akari-compiled": () => import("./peers/akari-compiled.ts"),
  "jax-js": () => import("./peers/jax-js.ts"),
  tfjs: () => import("./peers/tfjs.ts"),
} satisfies Record<string, () => Promise<Library>>;

/** Name of a library. */
export type LibraryName = keyof typeof libraries;

/** Measures one workload of one library. */
export async function time(
  library: LibraryName,
  device: Device,
  name: string,
  seconds: number,
): Promise<Measurement | Cannot> {
  const workload = workloads[name];
  if (workload === undefined) throw new Error(`there is no workload "${name}"`);
  const { start } = await libraries[library]();
  const prepare = await start(device);
  const task = await prepare(workload);
  if ("cannot" in task) return task;
  const measured = await measure(task, seconds);
  return device === "cpu" ? measured : { ...measured, count: await count(() => task.run()) };
}
