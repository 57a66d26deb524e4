/**
 * What kernels run on: compiled modules, their argument blocks, scratch memory and the threads. Every kernel module
 * exports `run(args, begin, end)`: `args` is the address of its argument block, slots of 8 bytes, and
 * [begin, end) a range of work units. It imports `env.memory`, and may import functions of JavaScript's `Math` by name
 * from `math`.
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
  /** For messages only. */
  readonly name: string;
  /** The instance of the calling thread. */
  readonly run: (args: number, begin: number, end: number) => void;
  /** Where its code lies in the linear memory, for the workers to compile. */
  readonly code: { readonly address: number; readonly bytes: number };
}

/** The runtime, as the kernels' authors see it. */
export interface Runtime {
  readonly memory: LinearMemory;
  /** Whether modules must import the memory as shared. */
  readonly shared: boolean;
  /** Whether the engine has relaxed SIMD, fused multiply-add above all. */
  readonly relaxed: boolean;
  /** How many threads work, the caller included. */
  readonly threads: number;
  /** Runs pointwise programs: copies and conversions for the other kernels, too. */
  readonly pointwise: Pointwise;
  /** Runs row programs, for the other kernels, too. */
  readonly rows: Rows;
  /** The kernel under this key, compiled when it is asked for first. Hot paths keep what this returns. */
  kernel(key: string, build: () => Uint8Array): Kernel;
  /**
   * Runs a kernel over the units [0, units) and returns when all is done. With one piece only, or one thread, the
   * caller runs it directly.
   *
   * @param args integers and addresses: slot `i` is the 32-bit integer at `args + 8·i`.
   * @param grain units per piece, an integer of at least 1; a piece should be worth 10 µs or more.
   * @param floats float64 arguments, in the slots after the integers.
   */
  launch(kernel: Kernel, args: readonly number[], units: number, grain: number, floats?: readonly number[]): void;
  /** The address of at least `bytes` bytes, aligned to 64, that hold until the next call of `scratch`. */
  scratch(bytes: number): number;
}

/**
 * What kernels can import: the functions of `Math`, and three that it has not or defines in another way than C. Workers
 * have the same.
 */
// Safe: only functions are asked for by name.
const functions = {
  __proto__: Math,
  fmod: (a: number, b: number) => a % b,
  mod,
  pow,
} as unknown as WebAssembly.ModuleImports;

/** Slots of the argument block that is there from the start. */
const slots = 512;

/** Builds a runtime of its own memory and threads. */
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
    // Safe: nobody but the builder has seen the bytes, and builders do not use shared memory.
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
    if (units <= grain || this.#team === null) kernel.run(address, 0, units);
    else this.#team.run(kernel, address, units, grain);
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

  /** Workers compile a kernel from here when they meet it first. */
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
    throw new DeviceError(
      `cpu: there is no WebAssembly SIMD, or a Content-Security-Policy lacks 'wasm-unsafe-eval': ${cause}`,
      { cause },
    );
  }
}
