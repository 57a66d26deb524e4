/**
 * Assembles functions into a module. A module imports the linear memory as `env.memory` and the functions that it
 * declares, and exports the functions that have a name.
 */

import { type Local, type Type, typeBytes } from "./code.ts";
import { bytes, list, sized, unsigned } from "./encoding.ts";
import { FunctionBuilder, localAt } from "./function.ts";

/** A function's index in the module, by which it is called. */
export type FunctionIndex = number;

/** Builds a module. Functions are numbered after all imports, so these must precede the end of the first definition. */
export class ModuleBuilder {
  readonly #shared: boolean;
  readonly #types: string[] = [];
  readonly #imports: string[] = [];
  readonly #functions: number[] = [];
  readonly #code: string[] = [];
  readonly #exports: string[] = [];
  #imported = 0;

  /** @param shared whether the memory is shared between threads. */
  constructor(shared: boolean) {
    this.#shared = shared;
  }

  /** Declares an imported function, such as `math.pow`. */
  import(from: string, field: string, parameters: readonly Type[], results: readonly Type[]): FunctionIndex {
    this.#imports.push(`${sized(from) + sized(field)}\x00${unsigned(this.#type(parameters, results))}`);
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
    const f = new FunctionBuilder(parameters.length);
    const locals = parameters.map(localAt);
    // Safe: there is one local for each parameter, of its type.
    body(f, ...(locals as unknown as { [I in keyof P]: Local<P[I]> }));
    this.#code.push(f.finish());
    const index = this.#imported + this.#functions.push(this.#type(parameters, results)) - 1;
    if (exported !== null) this.#exports.push(`${sized(exported)}\x00${unsigned(index)}`);
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
    const memory = `${sized("env") + sized("memory")}\x02${this.#shared ? `\x03\x00${unsigned(65536)}` : "\x00\x00"}`;
    const code =
      "\x00\x61\x73\x6d\x01\x00\x00\x00" +
      section(1, this.#types) +
      section(2, [...this.#imports, memory]) +
      section(3, this.#functions.map(unsigned)) +
      section(7, this.#exports) +
      section(10, this.#code);
    const module = new Uint8Array(code.length);
    for (let i = 0; i < code.length; i++) module[i] = code.charCodeAt(i);
    return module;
  }

  #type(parameters: readonly Type[], results: readonly Type[]): number {
    const [from, to] = [parameters, results].map((types) => list(types.map((type) => typeBytes[type])));
    return this.#types.push(`\x60${from}${to}`) - 1; // equal types may be repeated
  }
}

/** Encodes a section: its id, its size and its items. */
function section(id: number, items: readonly string[]): string {
  return bytes(id) + sized(list(items));
}
