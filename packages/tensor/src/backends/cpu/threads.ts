/**
 * A pool of worker threads over one shared memory. A job is a kernel and a number of work units. The caller writes the
 * job into the control words, opens the ticket and processes units itself, so it never waits for a worker that is still
 * asleep or starting: such a worker takes no part in the job. A worker joins by incrementing the ticket's count, which
 * succeeds only while the job is open. The caller then closes the ticket and waits until the count is zero, so a job's
 * words never change while a worker reads them.
 */

import { DeviceError } from "../../errors.ts";
import { warn } from "../warn.ts";
import type { LinearMemory } from "./memory.ts";
import type { Kernel } from "./runtime.ts";
import { nodeScript, open, webScript, words } from "./worker-source.ts";

/**
 * The parts of Node that are used. They are looked up without an import, so that browser bundlers have nothing to
 * resolve.
 */
interface Builtin {
  (name: "node:os"): { availableParallelism(): number };
  (
    name: "node:worker_threads",
  ): {
    Worker: new (
      source: string,
      options: object,
    ) => { unref(): void; on(event: "error", listener: (error: Error) => void): void };
  };
}

const host = globalThis as {
  process?: { versions?: { node?: string }; getBuiltinModule?: Builtin };
  crossOriginIsolated?: boolean;
  navigator?: { hardwareConcurrency?: number };
  Worker: new (
    url: string,
  ) => { postMessage(message: unknown): void; addEventListener(type: "error", listener: typeof workerFailed): void };
};
const builtin = host.process?.versions?.node === undefined ? undefined : host.process.getBuiltinModule;

/** Returns how many threads the machine can run at once; 1 where threads cannot share memory. */
export function availableThreads(): number {
  if (typeof SharedArrayBuffer === "undefined") return 1;
  if (builtin !== undefined) return builtin("node:os").availableParallelism();
  return host.crossOriginIsolated === true ? (host.navigator?.hardwareConcurrency ?? 1) : 1;
}

/** Runs a kernel over the units [0, units), `grain` at a time. */
export type Team = (kernel: Kernel, args: number, units: number, grain: number) => void;

/**
 * Returns a function that runs kernels on all threads that are awake, and returns when every unit is done. The workers,
 * which share `memory` with the caller, start with the first job.
 *
 * @param workers number of threads in addition to the caller; at most 200 are started.
 */
export function createTeam(memory: LinearMemory, workers: number): Team {
  // Created once: shared memory is never detached, so the view stays valid when the memory grows.
  const w = new Int32Array(memory.wasm.buffer, 0, 256);
  let started = false;
  let generation = 0;
  return (kernel, args, units, grain) => {
    if (!started) {
      started = true;
      start(memory.wasm, workers);
    }
    w.set([kernel.id, kernel.code.address, kernel.code.bytes, args, units, grain], words.job);
    Atomics.store(w, words.next, 0);
    w[words.failed] = 0;
    generation = (generation + 1) & 0x3fffff;
    Atomics.store(w, words.ticket, (generation << 9) | open);
    if (Atomics.load(w, words.sleepers) > 0) Atomics.notify(w, words.ticket, Math.ceil(units / grain) - 1);
    try {
      for (;;) {
        const begin = Atomics.add(w, words.next, grain) >>> 0;
        if (begin >= units) break;
        kernel.run(args, begin, Math.min(begin + grain, units));
      }
    } finally {
      Atomics.and(w, words.ticket, ~open);
      while ((Atomics.load(w, words.ticket) & 255) !== 0);
    }
    if (w[words.failed] !== 0) throw new DeviceError(`cpu: a worker thread failed in the kernel ${kernel.name}`);
  };
}

/** Starts the workers. */
function start(memory: WebAssembly.Memory, workers: number): void {
  try {
    for (let i = 0; i < Math.min(workers, 200); i++) startOne(memory);
  } catch (error) {
    workerFailed(error as Error); // safe: what constructors throw
  }
}

function startOne(memory: WebAssembly.Memory): void {
  if (builtin === undefined) {
    const worker = new host.Worker(URL.createObjectURL(new Blob([webScript], { type: "text/javascript" })));
    worker.addEventListener("error", workerFailed);
    worker.postMessage(memory);
  } else {
    const { Worker } = builtin("node:worker_threads");
    // Without the program's own flags, which could preload modules in every worker or treat this script as a module.
    const worker = new Worker(nodeScript, { eval: true, workerData: memory, stdin: false, execArgv: [] });
    // Lets the program exit while its workers wait for jobs.
    worker.unref();
    worker.on("error", workerFailed);
  }
}

/** Warns that a worker could not start. The remaining threads do its work. */
function workerFailed({ message }: { readonly message?: string }): void {
  warn(`cpu: runs without worker threads: ${message || "a Content-Security-Policy lacks worker-src blob:"}`);
}
