/**
 * Counts the kernel launches and submits of a task at the WebGPU API, which all libraries use. Counting takes place in
 * a separate call, so that it does not affect the times.
 */

import { findGpu } from "./gpu.ts";

/** The GPU work of one call. */
export interface Count {
  readonly launches: number;
  readonly submits: number;
}

/** Runs a task and counts its launches and submits. */
export async function count(run: () => unknown): Promise<Count> {
  const { GPUComputePassEncoder, GPUQueue } = (await findGpu()).classes;
  const found = { launches: 0, submits: 0 };
  const passes = GPUComputePassEncoder.prototype;
  const queues = GPUQueue.prototype;
  const { dispatchWorkgroups } = passes;
  const { submit } = queues;
  passes.dispatchWorkgroups = function (...sizes) {
    found.launches++;
    dispatchWorkgroups.apply(this, sizes);
  };
  queues.submit = function (commands) {
    found.submits++;
    submit.call(this, commands);
  };
  try {
    await run();
  } finally {
    passes.dispatchWorkgroups = dispatchWorkgroups;
    queues.submit = submit;
  }
  return found;
}
