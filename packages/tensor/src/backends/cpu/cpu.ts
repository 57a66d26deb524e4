/** The CPU backend: dispatches each kernel call to the code that runs its kind. */

import type { Backend, DeviceBuffer } from "../../backend.ts";
import { DeviceError } from "../../errors.ts";
import type { KernelCall } from "../../kernel.ts";
import { settings } from "../../settings.ts";
import { runArgReduce } from "./argreduce.ts";
import { runCheck } from "./check.ts";
import { runGather, runScatter } from "./indexing.ts";
import { runMatmul } from "./matmul.ts";
import { type CpuBuffer, indexOf } from "./memory.ts";
import { runForeach, runPointwise } from "./pointwise.ts";
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
    shared ??= device(createRuntime());
    return shared;
  }
  const { threads } = settings("cpu", options, { threads: undefined });
  return device(createRuntime(threads));
}

/** The code that runs each kind of call. */
const kernels: {
  readonly [Kind in KernelCall["kind"]]: (runtime: Runtime, call: Extract<KernelCall, { kind: Kind }>) => void;
} = {
  pointwise: (runtime, call) => runPointwise(runtime, call.program, call),
  foreach: runForeach,
  rows: runRows,
  matmul: runMatmul,
  argreduce: runArgReduce,
  gather: runGather,
  scatter: runScatter,
  scan: runScan,
  sort: ({ memory }, call) => runSort(memory, call),
  conv: runCarried,
  pool: runCarried,
  sparse: runCarried,
  random: runCarried,
  check: runCheck,
};

/** Runs the kernel that a call carries. */
function runCarried(runtime: Runtime, call: Extract<KernelCall, { readonly cpu?: unknown }>): void {
  if (call.cpu === undefined)
    throw new DeviceError("cpu: the host draws random numbers; a device on top of this one needs readSync");
  // Safe: whoever issues a call sets `cpu` to the function for the call's kind, such as `runConv`.
  (call.cpu as (runtime: Runtime, call: KernelCall) => void)(runtime, call);
}

/** Returns the device of a runtime. */
function device(runtime: Runtime): Backend {
  const { memory } = runtime;
  const readSync = (buffer: DeviceBuffer, offset: number, length: number): Uint8Array<ArrayBuffer> => {
    const start = own(buffer).address + offset;
    return memory.u8.slice(start, start + length);
  };
  return {
    name: "cpu",
    allocate: (bytes) => memory.allocate(bytes),
    free: (buffer) => memory.free(own(buffer)),
    write: (buffer, bytes, offset = 0) => memory.u8.set(bytes, own(buffer).address + offset),
    read: async (buffer, offset, length) => readSync(buffer, offset, length),
    readSync,
    elements: (view) => [memory.of(view.dtype), indexOf(view)],
    // Safe: the kernel is for calls of this kind.
    run: (call) => (kernels[call.kind] as (runtime: Runtime, call: KernelCall) => void)(runtime, call),
    // Every call has finished when `run` returns.
    flush: async () => undefined,
    memory: () => memory.use(),
    supports: () => true,
  };
}

function own(buffer: DeviceBuffer): CpuBuffer {
  return buffer as CpuBuffer; // safe: a backend is only given its own buffers
}
