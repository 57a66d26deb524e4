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

/** Worker threads that share `memory` with the caller. They start with the first job. */
export class Team {
  readonly #memory: LinearMemory;
  readonly #words: Int32Array;
  readonly #workers: number;
  #started = false;
  #generation = 0;

  /** @param workers number of threads in addition to the caller, at most 200. */
  constructor(memory: LinearMemory, workers: number) {
    this.#memory = memory;
    this.#workers = Math.min(workers, 200);
    // Created once: shared memory is never detached, so the view stays valid when the memory grows.
    this.#words = new Int32Array(memory.wasm.buffer, 0, 256);
  }

  /**
   * Runs a kernel over [0, units), `grain` units at a time, on all threads that are awake. Returns when every unit is
   * done.
   */
  run(kernel: Kernel, args: number, units: number, grain: number): void {
    if (!this.#started) this.#start();
    const w = this.#words;
    const { job } = words;
    w[job] = kernel.id;
    w[job + 1] = kernel.code.address;
    w[job + 2] = kernel.code.bytes;
    w[job + 3] = args;
    w[job + 4] = units;
    w[job + 5] = grain;
    Atomics.store(w, words.next, 0);
    this.#generation = (this.#generation + 1) & 0x3fffff;
    Atomics.store(w, words.ticket, (this.#generation << 9) | open);
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
    if (w[words.failed] !== 0) {
      w[words.failed] = 0;
      throw new DeviceError(`cpu: a worker thread failed in the kernel ${kernel.name}`);
    }
  }

  #start(): void {
    this.#started = true;
    try {
      for (let i = 0; i < this.#workers; i++) start(this.#memory.wasm);
    } catch (error) {
      workerFailed(error as Error); // safe: what constructors throw
    }
  }
}

function start(memory: WebAssembly.Memory): void {
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
