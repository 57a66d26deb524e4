/** The CPU backend: dispatches each kernel call to the code that runs its kind. */

import type { Backend, DeviceBuffer, MemoryUse } from "../../backend.ts";
import type { DType } from "../../dtype.ts";
import type { KernelCall } from "../../kernel.ts";
import { settings } from "../../settings.ts";
import { runArgReduce } from "./argreduce.ts";
import { runCheck } from "./check.ts";
import { runGather, runScatter } from "./indexing.ts";
import { runMatmul } from "./matmul.ts";
import type { CpuBuffer } from "./memory.ts";
import { runForeach, runPointwise } from "./pointwise.ts";
import { runRandom } from "./random.ts";
import { runRows } from "./rows.ts";
import { createRuntime, type Runtime } from "./runtime.ts";
import { runScan } from "./scan.ts";
import { runSort } from "./sort.ts";

/** Options of a CPU device. */
export interface CpuOptions {
  /** Number of threads, including the calling one. Default: as many as the machine can run at once. */
  readonly threads?: number;
}

let shared: Backend | undefined;

/**
 * Returns a CPU device. Without options, every call returns the same shared device; with options, each call creates a
 * device with its own memory and threads.
 *
 * @throws ArgumentError for an unknown option, or for `threads` that is not a positive integer.
 * @example
 * const quiet = cpu({ threads: 1 });
 */
export function cpu(options?: CpuOptions): Backend {
  if (options === undefined) {
    shared ??= new Cpu(createRuntime());
    return shared;
  }
  const { threads } = settings("cpu", options, { threads: undefined });
  return new Cpu(createRuntime(threads));
}

class Cpu implements Backend {
  readonly name = "cpu";
  readonly #runtime: Runtime;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  allocate(bytes: number): DeviceBuffer {
    return this.#runtime.memory.allocate(bytes);
  }

  free(buffer: DeviceBuffer): void {
    this.#runtime.memory.free(own(buffer));
  }

  write(buffer: DeviceBuffer, bytes: Uint8Array, offset = 0): void {
    this.#runtime.memory.u8.set(bytes, own(buffer).address + offset);
  }

  async read(buffer: DeviceBuffer, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.readSync(buffer, offset, length);
  }

  readSync(buffer: DeviceBuffer, offset: number, length: number): Uint8Array<ArrayBuffer> {
    const start = own(buffer).address + offset;
    const copy = new Uint8Array(length);
    copy.set(this.#runtime.memory.u8.subarray(start, start + length));
    return copy;
  }

  run(call: KernelCall): void {
    switch (call.kind) {
      case "pointwise":
        runPointwise(this.#runtime, call.program, call);
        return;
      case "foreach":
        runForeach(this.#runtime, call);
        return;
      case "rows":
        runRows(this.#runtime, call);
        return;
      case "matmul":
        runMatmul(this.#runtime, call);
        return;
      case "argreduce":
        runArgReduce(this.#runtime, call);
        return;
      case "gather":
        runGather(this.#runtime, call);
        return;
      case "scatter":
        runScatter(this.#runtime, call);
        return;
      case "scan":
        runScan(this.#runtime, call);
        return;
      case "sort":
        runSort(this.#runtime.memory, call);
        return;
      case "random":
        runRandom(this.#runtime.memory, call);
        return;
      case "conv":
      case "pool":
      case "sparse":
        // Safe: the operation that issues a call sets `cpu` to the function for the call's kind: `runConv`, `runPool`
        // or `runSparse`.
        (call.cpu as (runtime: Runtime, call: KernelCall) => void)(this.#runtime, call);
        return;
      case "check":
        runCheck(this.#runtime, call);
        return;
      default:
        throw call satisfies never;
    }
  }

  async flush(): Promise<void> {
    // Nothing to wait for: every call has finished when `run` returns.
  }

  memory(): MemoryUse {
    return this.#runtime.memory.use();
  }

  supports(_dtype: DType): boolean {
    return true;
  }
}

function own(buffer: DeviceBuffer): CpuBuffer {
  return buffer as CpuBuffer; // safe: a backend is only given its own buffers
}
