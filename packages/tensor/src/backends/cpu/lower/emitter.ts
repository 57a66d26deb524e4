/**
 * Writes `run(args, begin, end)`, the one function of a generated kernel. It extends the assembler with a prologue:
 * constants, arguments and other loop-invariant values are computed once before the loops, although they are requested
 * in the middle of an expression. The body is emitted twice, because all hoisted values must be known before the first
 * instruction is written.
 */

import {
  type Code,
  call,
  FunctionBuilder,
  f64,
  i32,
  type Local,
  localAt,
  ModuleBuilder,
  type Type,
  v128,
} from "../wasm/index.ts";
import type { Reduced } from "./trigonometry.ts";
import type { Vector } from "./values.ts";

/** A value computed in the prologue. */
interface Hoisted {
  readonly key: string;
  readonly make: () => Code<Type>;
}

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
  readonly #hoisted: Hoisted[] = [];
  readonly #known = new Map<string, Local<Type>>();
  readonly #imports: Map<string, number>;
  /** The number of argument slots taken so far. */
  #taken = 0;

  constructor(f: FunctionBuilder, parameters: readonly Local<"i32">[], relaxed: boolean, imports: Map<string, number>) {
    this.f = f;
    // Safe: kernels have these three parameters.
    [this.args, this.begin, this.end] = parameters as [Local<"i32">, Local<"i32">, Local<"i32">];
    this.relaxed = relaxed;
    this.#imports = imports;
  }

  /** Stores a value in a local, unless it already is one. */
  let<T extends Type>(code: Code<T>): Local<T> {
    return "index" in code ? (code as Local<T>) : this.f.let(code); // safe: only locals have an index
  }

  /** Returns a value that depends only on the arguments. It is computed in the prologue, once per key. */
  hoist<T extends Type>(key: string, make: () => Code<T>): Local<T> {
    let local = this.#known.get(key);
    if (local === undefined) {
      local = this.f.let(make());
      this.#known.set(key, local);
      this.#hoisted.push({ key, make });
    }
    return local as Local<T>; // safe: a key belongs to one type
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
    if (!this.#imports.has(name)) this.#imports.set(name, args.length);
    return call("f64", [...this.#imports.keys()].indexOf(name), ...args);
  }

  /** Emits the prologue: the values that an earlier pass hoisted. */
  prepare(earlier: Emitter): void {
    for (const { key, make } of earlier.#hoisted) this.#known.set(key, this.f.let(make()));
  }

  #constant(lanes: Float32Array | Float64Array | Int32Array): Local<"v128"> {
    const bytes = [...new Uint8Array(lanes.buffer)];
    return this.hoist(bytes.join(), () => v128.const(bytes));
  }
}

/** Builds a kernel module whose function has this body. The body runs twice and must emit the same code both times. */
export function kernelModule(
  runtime: { readonly shared: boolean; readonly relaxed: boolean },
  body: (e: Emitter) => void,
): Uint8Array {
  const imports = new Map<string, number>();
  // The parameters are locals 0 to 2 in both passes, so hoisted code reads the same arguments.
  const parameters = [0, 1, 2].map((index) => localAt("i32", index));
  const trial = new Emitter(new FunctionBuilder(3), parameters, runtime.relaxed, imports);
  body(trial);
  const module = new ModuleBuilder(runtime.shared);
  for (const [name, arity] of imports) module.import("math", name, new Array<"f64">(arity).fill("f64"), ["f64"]);
  return module.run((f) => {
    const e = new Emitter(f, parameters, runtime.relaxed, imports);
    e.prepare(trial);
    body(e);
  });
}
