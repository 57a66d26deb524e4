/**
 * Assembles functions into a module. A module imports the linear memory as `env.memory` and the functions that it
 * declares, and exports the functions that have a name.
 */

import { type Local, type Type, typeBytes } from "./code.ts";
import { list, name, section, unsigned } from "./encoding.ts";
import { FunctionBuilder } from "./function.ts";

/** A function's index in the module, by which it is called. */
export type FunctionIndex = number;

/** Builds a module. All imports must precede the first definition. */
export class ModuleBuilder {
  readonly #shared: boolean;
  readonly #types: number[][] = [];
  readonly #imports: number[][] = [];
  readonly #functions: number[] = [];
  readonly #code: number[][] = [];
  readonly #exports: number[][] = [];
  #imported = 0;

  /** @param shared whether the memory is shared between threads. */
  constructor(shared: boolean) {
    this.#shared = shared;
  }

  /** Declares an imported function, such as `math.pow`. */
  import(from: string, field: string, parameters: readonly Type[], results: readonly Type[]): FunctionIndex {
    this.#imports.push([...name(from), ...name(field), 0, ...unsigned(this.#type(parameters, results))]);
    return this.#imported++;
  }

  /**
   * Defines a function. `body` receives the builder and the parameters as locals.
   *
   * @param exported the name under which to export the function; null for none.
   * @example
   * module.function("sum", ["i32", "i32"], ["i32"], (f, a, b) => f.result(i32.add(a, b)));
   */
  function<const P extends readonly Type[]>(
    exported: string | null,
    parameters: P,
    results: readonly Type[],
    body: (f: FunctionBuilder, ...parameters: { [I in keyof P]: Local<P[I]> }) => void,
  ): FunctionIndex {
    const index = this.#imported + this.#functions.length;
    this.#functions.push(this.#type(parameters, results));
    const slot = this.#code.push([]) - 1;
    const f = new FunctionBuilder(parameters.length);
    const locals = parameters.map((type, i) => ({ type, index: i, bytes: [0x20, ...unsigned(i)] }));
    // Safe: there is one local for each parameter, of its type.
    body(f, ...(locals as unknown as { [I in keyof P]: Local<P[I]> }));
    this.#code[slot] = f.finish();
    if (exported !== null) this.#exports.push([...name(exported), 0, ...unsigned(index)]);
    return index;
  }

  /** Defines a function without a result, whose parameters are as many 32-bit integers as `body` takes. */
  procedure(body: (f: FunctionBuilder, ...parameters: Local<"i32">[]) => void): FunctionIndex {
    return this.function(null, new Array<"i32">(body.length - 1).fill("i32"), [], body);
  }

  /**
   * Defines the function that the runtime calls with the address of its arguments and a range of work units, and
   * returns the module's bytes.
   */
  run(
    body: (f: FunctionBuilder, args: Local<"i32">, begin: Local<"i32">, end: Local<"i32">) => void,
  ): Uint8Array<ArrayBuffer> {
    this.function("run", ["i32", "i32", "i32"], [], body);
    return this.finish();
  }

  /** Returns the module's bytes. */
  finish(): Uint8Array<ArrayBuffer> {
    // A shared memory must be imported with a maximum. Every actual memory is within these limits.
    const memory = [...name("env"), ...name("memory"), 2, ...(this.#shared ? [3, 0, ...unsigned(65536)] : [0, 0])];
    return new Uint8Array([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, list(this.#types)),
      ...section(2, list([...this.#imports, memory])),
      ...section(3, list(this.#functions.map(unsigned))),
      ...section(7, list(this.#exports)),
      ...section(10, list(this.#code)),
    ]);
  }

  #type(parameters: readonly Type[], results: readonly Type[]): number {
    const lists = [parameters, results].map((types) => list(types.map((t) => [typeBytes[t]])));
    return this.#types.push([0x60, ...lists.flat()]) - 1; // equal types may be repeated
  }
}
