/**
 * The arguments of a recorded call, by PyTorch's names. Each argument must be read: a table entry that overlooks one
 * fails instead of testing something other than the recorded call.
 */

import { isDType, type Tensor } from "@akari/tensor";
import { dtypeOf, type Json, Missing } from "./recorded.ts";

/** The tensors of a call by name, or lists of tensors for operations that accept one. */
export type Tensors = ReadonlyMap<string, Tensor | readonly Tensor[]>;

/** The arguments of a call, with a record of which have been read. */
export class Arguments {
  readonly #tensors: Tensors;
  readonly #args: Readonly<Record<string, Json>>;
  readonly #used: Set<string> = new Set();

  constructor(tensors: Tensors, args: Readonly<Record<string, Json>>) {
    this.#tensors = tensors;
    this.#args = args;
  }

  /** Throws Missing if there are arguments that were not read, which the operation does not support. */
  checkUsed(op: string): void {
    const unused = [...this.#tensors.keys(), ...Object.keys(this.#args)].filter((name) => !this.#used.has(name));
    if (unused.length > 0) throw new Missing(`${op} with ${unused.join(", ")}`);
  }

  /** Whether an argument was given. */
  has(name: string): boolean {
    return this.#tensors.has(name) || name in this.#args;
  }

  /** The tensor named `input`, which most operations have. */
  get x(): Tensor {
    return this.tensor("input");
  }

  /** Returns a tensor. Throws Missing if it was not given. */
  tensor(name: string): Tensor {
    const found = this.optional(name);
    if (found === null) throw new Missing(`a case without the tensor ${name}`);
    return found;
  }

  /** Returns a tensor, or null if it was not given. */
  optional(name: string): Tensor | null {
    this.#used.add(name);
    const found = this.#tensors.get(name);
    return found === undefined ? null : (found as Tensor); // safe: the table knows which arguments are lists
  }

  /** Returns a list of tensors. */
  list(name: string): readonly Tensor[] {
    this.#used.add(name);
    return (this.#tensors.get(name) ?? []) as readonly Tensor[]; // safe: as above
  }

  /** Returns a tensor or a number, whichever was given. */
  operand(name: string): Tensor | number {
    return this.#tensors.has(name) ? this.tensor(name) : (this.value(name) as number);
  }

  /** Returns an argument that is not a tensor, converted by `revive`; undefined if it was not given as such. */
  value(name: string): Json | undefined {
    if (!this.#tensors.has(name)) this.#used.add(name);
    const found = this.#args[name];
    return found === undefined ? undefined : revive(name, found);
  }

  /** Returns all arguments that are not tensors. */
  keywords(): Readonly<Record<string, Json>> {
    // safe: the names come from the arguments
    return Object.fromEntries(Object.keys(this.#args).map((name) => [name, this.value(name) as Json]));
  }

  /** Returns a number. */
  number(name: string): number;
  number(name: string, fallback: number): number;
  number(name: string, fallback?: number): number {
    return (this.value(name) ?? fallback) as number; // safe: the table knows the types of arguments
  }

  /** Returns a list of numbers. */
  numbers(name: string): number[] {
    return this.value(name) as number[]; // safe: as above
  }

  /** Returns a number or a list of numbers; undefined if it was not given. */
  sizes(name: string): number | number[] {
    return this.value(name) as number | number[]; // safe: as above
  }

  /** Returns a dimension argument: a number, a list, or null if it was not given. */
  dims(name = "dim"): number | number[] | null {
    return (this.value(name) ?? null) as number | number[] | null; // safe: as above
  }

  /** Returns keyword arguments as an options object in camelCase, without those that were not given. */
  options(...names: string[]): never {
    const options: Record<string, Json> = {};
    for (const name of names) {
      const value = this.value(name);
      if (value !== undefined) options[camelCase(name)] = value;
    }
    return options as never; // safe: the table names only options that the function accepts
  }
}

/** Converts `some_name` to `someName`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Converts `someName` to `some_name`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Converts a recorded argument: infinities and NaN to numbers, dtypes to Akari's. */
export function revive(name: string, value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => revive(name, item));
  if (typeof value !== "string") return value;
  if (name === "dtype") {
    const dtype = dtypeOf(value);
    if (dtype === null || !isDType(dtype)) throw new Missing(`dtype ${value}`);
    return dtype;
  }
  return value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : value;
}
