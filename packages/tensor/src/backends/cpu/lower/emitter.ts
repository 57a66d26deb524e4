/**
 * Writes `run(args, begin, end)`, the one function of a generated kernel. It extends the assembler with a prologue:
 * constants, arguments and other loop-invariant values are computed once before the loops, although they are requested
 * in the middle of an expression.
 */

import { once } from "../../../once.ts";
import {
  type Code,
  call,
  type FunctionBuilder,
  type FunctionIndex,
  f64,
  i32,
  type Local,
  ModuleBuilder,
  type Type,
  v128,
} from "../wasm/index.ts";
import type { Reduced } from "./trigonometry.ts";
import type { Vector } from "./values.ts";

/** Arguments of a kernel. The type promises at least six, so that kernels can destructure as many as they take. */
export type Taken = readonly [Slot, Slot, Slot, Slot, Slot, Slot, ...Slot[]];
type Slot = Local<"i32">;

/** Writes the body of a kernel. */
export class Emitter {
  readonly f: FunctionBuilder;
  /** Address of the argument block. */
  readonly args: Local<"i32">;
  /** The first unit of work, and the end of the range. */
  readonly begin: Local<"i32">;
  readonly end: Local<"i32">;
  /** Whether relaxed SIMD may be used. */
  readonly relaxed: boolean;
  /** Angles that the current call of `lower` has reduced. Others may be in code that does not run before. */
  reduced: Map<Vector, Reduced> = new Map();
  readonly #hoisted = new Map<string, Local<Type>>();
  readonly #module: ModuleBuilder;
  readonly #imports = new Map<string, FunctionIndex>();
  /** The number of argument slots taken so far. */
  #taken = 0;

  constructor(
    module: ModuleBuilder,
    f: FunctionBuilder,
    [args, begin, end]: readonly [Local<"i32">, Local<"i32">, Local<"i32">],
    relaxed: boolean,
  ) {
    this.f = f;
    this.args = args;
    this.begin = begin;
    this.end = end;
    this.relaxed = relaxed;
    this.#module = module;
  }

  /** Stores a value in a local, unless it already is one. */
  let<T extends Type>(code: Code<T>): Local<T> {
    return "index" in code ? (code as Local<T>) : this.f.let(code); // safe: only locals have an index
  }

  /** Returns a value that depends only on the arguments. It is computed in the prologue, once per key. */
  hoist<T extends Type>(key: string, make: () => Code<T>): Local<T> {
    return once(this.#hoisted, key, () => this.f.hoist(make())) as Local<T>; // safe: a key belongs to one type
  }

  /** Returns a float32 constant in all four lanes. */
  f32(value: number): Local<"v128"> {
    return this.#constant(new Float32Array(4).fill(value));
  }

  /** Returns a float64 constant in both lanes. */
  f64(value: number): Local<"v128"> {
    return this.#constant(new Float64Array(2).fill(value));
  }

  /** Returns four 32-bit integer constants, or one in all lanes. */
  i32(...value: readonly number[]): Local<"v128"> {
    return this.#constant(new Int32Array(4).map((_, i) => value[i % value.length] as number));
  }

  /** Returns the integers in the next slots of the arguments. A kernel takes all of them before it uses a scalar. */
  take(count: number): Taken {
    const slots = Array.from({ length: count }, () => {
      const at = 8 * this.#taken++;
      return this.hoist(`slot ${at}`, () => i32.load(this.args, at));
    });
    return slots as unknown as Taken; // safe: see there
  }

  /**
   * Returns a scalar of a formula, of a type to which `splat` converts it in all lanes. The scalars are float64 in the
   * slots after those that were taken.
   */
  scalar(index: number, type: string, splat: (value: Code<"f64">) => Code<"v128">): Local<"v128"> {
    const at = 8 * (this.#taken + index);
    return this.hoist(`scalar ${type} ${index}`, () => splat(f64.load(this.args, at)));
  }

  /** Lanes of `a` where the mask is all ones, lanes of `b` where it is 0. The lanes have 32 bits or more. */
  select(a: Code<"v128">, b: Code<"v128">, mask: Code<"v128">): Code<"v128"> {
    return this.relaxed ? v128.laneselect(a, b, mask) : v128.bitselect(a, b, mask);
  }

  /** Sets the locals that hold a value. */
  assign(locals: readonly Local<"v128">[], value: readonly Code<"v128">[]): void {
    locals.forEach((local, k) => {
      this.f.set(local, value[k] as Code<"v128">); // safe: there are as many
    });
  }

  /** Calls a function of JavaScript's `Math`. */
  math(name: string, ...args: readonly Code<"f64">[]): Code<"f64"> {
    const types = args.map(({ type }) => type);
    return call(
      "f64",
      once(this.#imports, name, () => this.#module.import("math", name, types, ["f64"])),
      ...args,
    );
  }

  #constant(lanes: Float32Array | Float64Array | Int32Array): Local<"v128"> {
    const bytes = [...new Uint8Array(lanes.buffer)];
    return this.hoist(bytes.join(), () => v128.const(bytes));
  }
}

/** Builds a kernel module whose function has this body. */
export function kernelModule(
  { shared, relaxed }: { readonly shared: boolean; readonly relaxed: boolean },
  body: (e: Emitter) => void,
): Uint8Array {
  const module = new ModuleBuilder(shared);
  return module.run((f, ...parameters) => body(new Emitter(module, f, parameters, relaxed)));
}
