/**
 * Times of one task: the median of many calls after a warm-up, and how far the middle half of them spreads. The same in
 * Node and in a page.
 */

import type { Count } from "./count.ts";
import type { Cannot, Task } from "./workloads.ts";

/** What was measured, in milliseconds per unit of work. */
export interface Measurement {
  readonly median: number;
  /** The first and third quartile. */
  readonly low: number;
  readonly high: number;
  readonly calls: number;
  /** What one call gives to the GPU, where there is one. */
  readonly count?: Count;
}

/** What went wrong. */
export interface Failed {
  readonly failed: string;
}

/** What comes of a measurement: figures, a reason why there are none, or what went wrong. */
export type Answer = Measurement | Cannot | Failed;

/** How long one measurement may take, in milliseconds. */
export const patience = 180_000;

/** What is said of one that took longer. */
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

/** Lets the event loop turn, as it does in a program that reads its data. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve);
  });
}
