/**
 * The runtime of the kernels: compiled modules, argument blocks, scratch memory and threads. Every kernel module
 * exports `run(args, begin, end)`, where `args` is the address of its argument block (slots of 8 bytes) and
 * [begin, end) is a range of work units. It imports `env.memory` and may import functions of JavaScript's `Math` by
 * name from `math`.
 */

import { checkInteger } from "../../argument.ts";
import { DeviceError } from "../../errors.ts";
import { pow } from "../../expr/functions.ts";
import { once } from "../../once.ts";
import type { Block } from "../allocator.ts";
import { LinearMemory } from "./memory.ts";
import type { PointwisePlan } from "./pointwise.ts";
import type { RowsPlan } from "./rows.ts";
import { availableThreads, createTeam } from "./threads.ts";
import { hasRelaxedSimd } from "./wasm/index.ts";

/** A compiled kernel. */
export interface Kernel {
  readonly id: number;
  /** Used in messages only. */
  readonly name: string;
  /** Runs the instance of the calling thread. */
  readonly run: (args: number, begin: number, end: number) => void;
  /** Where the module's bytes are stored in the linear memory, for the workers to compile. */
  readonly code: { readonly address: number; readonly bytes: number };
}

/** The runtime as kernel code sees it. */
export interface Runtime {
  readonly memory: LinearMemory;
  /** Whether modules must import the memory as shared. */
  readonly shared: boolean;
  /** Whether the engine supports relaxed SIMD, above all fused multiply-add. */
  readonly relaxed: boolean;
  /** Number of threads, including the caller. */
  readonly threads: number;
  /** What is known of each pointwise and each row program, by its id. */
  readonly pointwisePlans: (PointwisePlan | undefined)[];
  readonly rowsPlans: (RowsPlan | undefined)[];
  /** Returns the kernel with this key, compiling it on first use. Hot paths cache the result. */
  kernel(key: string, build: () => Uint8Array): Kernel;
  /**
   * Runs a kernel over the units [0, units) and returns when all are done. With a single piece or a single thread, the
   * caller runs it directly.
   *
   * @param args integers and addresses: slot `i` is the 32-bit integer at `args + 8·i`.
   * @param grain units per piece, rounded up to an integer. A piece should take 10 µs or more.
   * @param floats float64 arguments, stored in the slots after the integers.
   */
  launch(kernel: Kernel, args: readonly number[], units: number, grain: number, floats?: readonly number[]): void;
  /**
   * Returns the address of at least `bytes` bytes, aligned to 64, which stay valid until the next call of `scratch`.
   */
  scratch(bytes: number): number;
}

/**
 * The functions that kernels can import: those of `Math`, and two that `Math` lacks or defines differently from C.
 * Workers provide the same set.
 */
// Safe: modules import only functions, by name.
const functions = {
  __proto__: Math,
  fmod: (a: number, b: number) => a % b,
  pow,
} as unknown as WebAssembly.ModuleImports;

/** Slots of the initial argument block. */
const slots = 512;

/** Creates a runtime with its own memory and threads. */
export function createRuntime(threads: number = availableThreads()): Runtime {
  checkInteger("cpu", "threads", threads, 1);
  const shared = threads > 1 && typeof SharedArrayBuffer !== "undefined";
  const memory = new LinearMemory(shared);
  const team = shared ? createTeam(memory, threads - 1) : null;
  const imports = { env: { memory: memory.wasm }, math: functions };
  const kernels = new Map<string, Kernel>();
  let block = memory.reserve(slots * 8);
  let scratch: Block | null = null;

  /** Stores a module's bytes in the linear memory, where workers compile it on first use. */
  const keep = (code: Uint8Array): number => {
    if (team === null) return 0;
    const { address } = memory.reserve(code.length);
    memory.u8.set(code, address);
    return address;
  };

  return {
    ...{ memory, shared, relaxed: hasRelaxedSimd(), threads: shared ? threads : 1, pointwisePlans: [], rowsPlans: [] },
    kernel: (key, build) =>
      once(kernels, key, () => {
        const code = build();
        // Safe: only the builder has seen the bytes, and builders do not use shared memory.
        const module = compile(code as Uint8Array<ArrayBuffer>);
        const { run } = new WebAssembly.Instance(module, imports).exports;
        return {
          id: kernels.size,
          name: key,
          run: run as Kernel["run"], // safe: the contract above
          code: { address: keep(code), bytes: code.length },
        };
      }),
    launch(kernel, args, units, grain, floats) {
      const count = args.length;
      const total = count + (floats === undefined ? 0 : floats.length);
      if (total * 8 > block.units * 64) {
        const larger = memory.reserve(total * 16);
        memory.release(block);
        block = larger;
      }
      const { address } = block;
      const { i32, f64 } = memory;
      const first = address >>> 2;
      for (let i = 0; i < count; i++) i32[first + 2 * i] = args[i] as number;
      if (floats !== undefined)
        for (let i = 0; i < floats.length; i++) f64[(address >>> 3) + count + i] = floats[i] as number;
      const piece = Math.ceil(grain);
      if (units <= piece || team === null) kernel.run(address, 0, units);
      else team(kernel, address, units, piece);
    },
    scratch(bytes) {
      if (scratch === null || scratch.units * 64 < bytes) {
        if (scratch !== null) memory.release(scratch);
        scratch = null; // in case there is no room for another
        scratch = memory.reserve(bytes);
      }
      return scratch.address;
    },
  };
}

function compile(code: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(code);
  } catch (cause) {
    throw new DeviceError(`cpu: no WebAssembly SIMD, or a Content-Security-Policy lacks 'wasm-unsafe-eval': ${cause}`, {
      cause,
    });
  }
}
