/**
 * Times of one task: the median of many calls after a warm-up, and how far the middle half of them spreads.
 */

import type { Prepare, Task } from "./workloads.ts";
import { workloads } from "./workloads.ts";

/** What was measured, in milliseconds per unit of work. */
export interface Measurement {
  readonly median: number;
  /** The first and third quartile. */
  readonly low: number;
  readonly high: number;
  readonly calls: number;
}

/** Times a task for about `seconds`. */
async function measure(task: Task, seconds: number): Promise<Measurement> {
  const call = async () => {
    const start = performance.now();
    const pending = task.run();
    if (pending) await pending;
    return (performance.now() - start) / task.units;
  };
  const first = await call();
  // A call that takes many seconds is its own warm-up.
  if (first * task.units < 2000) for (let i = 0; i < 3; i++) await call();
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end || times.length < (first * task.units < 2000 ? 5 : 1)) {
    times.push(await call());
    // The event loop turns between calls, as it does in a program that reads its data.
    if (times.length % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  times.sort((a, b) => a - b);
  const at = (q: number) => times[Math.min(times.length - 1, Math.floor(q * times.length))] as number; // safe: times is not empty
  return { median: at(0.5), low: at(0.25), high: at(0.75), calls: times.length };
}

/** The main program of a peer: measures the workload named on the command line and prints one line of JSON. */
export async function runPeer(prepare: Prepare): Promise<void> {
  const [name = "", seconds = "1.5"] = process.argv.slice(2);
  const workload = workloads[name];
  if (workload === undefined) throw new Error(`there is no workload "${name}"`);
  const task = await prepare(workload);
  console.log(JSON.stringify(task === null ? null : await measure(task, Number(seconds))));
  process.exit(0);
}
