/**
 * How many kernels a task launches, and in how many submits: what every library asks of the GPU, counted where all of
 * them must pass. It is counted in a call of its own, so that counting is not part of any time.
 */

import { findGpu } from "./gpu.ts";

/** What one call gives to the GPU. */
export interface Count {
  readonly launches: number;
  readonly submits: number;
}

/** Runs something and counts. */
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
