/**
 * The runtime of the kernels: compiled modules, argument blocks, scratch memory and threads. Every kernel module
 * exports `run(args, begin, end)`, where `args` is the address of its argument block (slots of 8 bytes) and
 * [begin, end) is a range of work units. It imports `env.memory` and may import functions of JavaScript's `Math` by
 * name from `math`.
 */

import { checkInteger } from "../../argument.ts";
import { DeviceError } from "../../errors.ts";
import { mod, pow } from "../../expr/functions.ts";
import type { Block } from "../allocator.ts";
import { LinearMemory } from "./memory.ts";
import { Pointwise } from "./pointwise.ts";
import { Rows } from "./rows.ts";
import { availableThreads, Team } from "./threads.ts";
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
  /** Runs pointwise programs, including copies and conversions for other kernels. */
  readonly pointwise: Pointwise;
  /** Runs row programs, including those of other kernels. */
  readonly rows: Rows;
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
 * The functions that kernels can import: those of `Math`, and three that `Math` lacks or defines differently from C.
 * Workers provide the same set.
 */
// Safe: modules import only functions, by name.
const functions = {
  __proto__: Math,
  fmod: (a: number, b: number) => a % b,
  mod,
  pow,
} as unknown as WebAssembly.ModuleImports;

/** Slots of the initial argument block. */
const slots = 512;

/** Creates a runtime with its own memory and threads. */
export function createRuntime(threads: number = availableThreads()): Runtime {
  return new CpuRuntime(threads);
}

class CpuRuntime implements Runtime {
  readonly memory: LinearMemory;
  readonly shared: boolean;
  readonly relaxed: boolean;
  readonly threads: number;
  readonly pointwise: Pointwise = new Pointwise(this);
  readonly rows: Rows = new Rows(this);
  readonly #kernels = new Map<string, Kernel>();
  readonly #team: Team | null;
  readonly #imports: WebAssembly.Imports;
  #arguments: Block;
  #scratch: Block | null = null;

  constructor(threads: number) {
    checkInteger("cpu", "threads", threads, 1);
    this.shared = threads > 1 && typeof SharedArrayBuffer !== "undefined";
    this.threads = this.shared ? threads : 1;
    this.memory = new LinearMemory(this.shared);
    this.relaxed = hasRelaxedSimd();
    this.#team = this.shared ? new Team(this.memory, threads - 1) : null;
    this.#arguments = this.memory.reserve(slots * 8);
    this.#imports = { env: { memory: this.memory.wasm }, math: functions };
  }

  kernel(key: string, build: () => Uint8Array): Kernel {
    const found = this.#kernels.get(key);
    if (found !== undefined) return found;
    const code = build();
    // Safe: only the builder has seen the bytes, and builders do not use shared memory.
    const module = compile(code as Uint8Array<ArrayBuffer>);
    const { run } = new WebAssembly.Instance(module, this.#imports).exports;
    const kernel: Kernel = {
      id: this.#kernels.size,
      name: key,
      run: run as Kernel["run"], // safe: the contract above
      code: { address: this.#keep(code), bytes: code.length },
    };
    this.#kernels.set(key, kernel);
    return kernel;
  }

  launch(kernel: Kernel, args: readonly number[], units: number, grain: number, floats?: readonly number[]): void {
    const count = args.length;
    const total = count + (floats === undefined ? 0 : floats.length);
    if (total * 8 > this.#arguments.units * 64) this.#enlarge(total);
    const { address } = this.#arguments;
    const { i32, f64 } = this.memory;
    const first = address >>> 2;
    for (let i = 0; i < count; i++) i32[first + 2 * i] = args[i] as number;
    if (floats !== undefined)
      for (let i = 0; i < floats.length; i++) f64[(address >>> 3) + count + i] = floats[i] as number;
    const piece = Math.ceil(grain);
    if (units <= piece || this.#team === null) kernel.run(address, 0, units);
    else this.#team.run(kernel, address, units, piece);
  }

  scratch(bytes: number): number {
    const have = this.#scratch;
    if (have !== null && have.units * 64 >= bytes) return have.address;
    if (have !== null) this.memory.release(have);
    this.#scratch = this.memory.reserve(bytes);
    return this.#scratch.address;
  }

  #enlarge(total: number): void {
    this.memory.release(this.#arguments);
    this.#arguments = this.memory.reserve(total * 16);
  }

  /** Stores a module's bytes in the linear memory, where workers compile it on first use. */
  #keep(code: Uint8Array): number {
    if (this.#team === null) return 0;
    const { address } = this.memory.reserve(code.length);
    this.memory.u8.set(code, address);
    return address;
  }
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
