/**
 * Times a task: the median and the quartiles of many calls after a warm-up. The code is the same in Node and in pages.
 */

import type { Count } from "./count.ts";
import type { Cannot, Task } from "./workloads.ts";

/** A measurement, in milliseconds per unit of work. */
export interface Measurement {
  readonly median: number;
  /** First quartile. */
  readonly low: number;
  /** Third quartile. */
  readonly high: number;
  readonly calls: number;
  /** The GPU work of one call; absent on the CPU. */
  readonly count?: Count;
}

/** An error. */
export interface Failed {
  readonly failed: string;
}

/** The outcome of a measurement: times, the reason why the peer does not support the workload, or an error. */
export type Answer = Measurement | Cannot | Failed;

/** The time limit of one measurement, in milliseconds. */
export const patience = 180_000;

/** The outcome of a measurement that exceeds the time limit. */
export const tooLong: Failed = { failed: `took more than ${patience / 1000} s` };

/** Times a task for about `seconds`. */
export async function measure(task: Task, seconds: number): Promise<Measurement> {
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
    if (times.length % 16 === 0) await turn();
  }
  times.sort((a, b) => a - b);
  // safe: times is not empty
  const at = (q: number) => times[Math.min(times.length - 1, Math.floor(q * times.length))] as number;
  return { median: at(0.5), low: at(0.25), high: at(0.75), calls: times.length };
}

/** Returns control to the event loop, as a program that reads its data does. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve);
  });
}
