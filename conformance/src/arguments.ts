/**
 * The arguments of a recorded call, by PyTorch's names. Each one has to be asked for: a table entry that overlooks an
 * argument fails, instead of testing something else than what was recorded.
 */

import { isDType, type Tensor } from "@akari/tensor";
import { dtypeOf, type Json, Missing } from "./recorded.ts";

/** The tensors of a call by name; a list for operations that take one. */
export type Tensors = ReadonlyMap<string, Tensor | readonly Tensor[]>;

/** What a call was given. */
export class Arguments {
  readonly #tensors: Tensors;
  readonly #args: Readonly<Record<string, Json>>;
  readonly #used: Set<string> = new Set();

  constructor(tensors: Tensors, args: Readonly<Record<string, Json>>) {
    this.#tensors = tensors;
    this.#args = args;
  }

  /** Throws Missing when there are arguments that nobody asked for: the operation does not take them. */
  checkUsed(op: string): void {
    const unused = [...this.#tensors.keys(), ...Object.keys(this.#args)].filter((name) => !this.#used.has(name));
    if (unused.length > 0) throw new Missing(`${op} with ${unused.join(", ")}`);
  }

  /** Whether an argument was given. */
  has(name: string): boolean {
    return this.#tensors.has(name) || name in this.#args;
  }

  /** The tensor called `input`, which most operations have. */
  get x(): Tensor {
    return this.tensor("input");
  }

  /** A tensor. */
  tensor(name: string): Tensor {
    const found = this.optional(name);
    if (found === null) throw new Missing(`a case without the tensor ${name}`);
    return found;
  }

  /** A tensor, or null when it was not given. */
  optional(name: string): Tensor | null {
    this.#used.add(name);
    const found = this.#tensors.get(name);
    return found === undefined ? null : (found as Tensor); // safe: the table knows which arguments are lists
  }

  /** A list of tensors. */
  list(name: string): readonly Tensor[] {
    this.#used.add(name);
    return (this.#tensors.get(name) ?? []) as readonly Tensor[]; // safe: as above
  }

  /** A tensor or a number, whichever was given. */
  operand(name: string): Tensor | number {
    return this.#tensors.has(name) ? this.tensor(name) : (this.value(name) as number);
  }

  /** An argument that is not a tensor: infinities as numbers, dtypes as Akari's. Undefined when it was not given. */
  value(name: string): Json | undefined {
    this.#used.add(name);
    const found = this.#args[name];
    return found === undefined ? undefined : revive(name, found);
  }

  /** All arguments that are not tensors. */
  keywords(): Readonly<Record<string, Json>> {
    // safe: it is there
    return Object.fromEntries(Object.keys(this.#args).map((name) => [name, this.value(name) as Json]));
  }

  /** A number. */
  number(name: string): number;
  number(name: string, fallback: number): number;
  number(name: string, fallback?: number): number {
    return (this.value(name) ?? fallback) as number; // safe: the table knows the types of arguments
  }

  /** A list of numbers. */
  numbers(name: string): number[] {
    return this.value(name) as number[]; // safe: as above
  }

  /** A number or a list of them; undefined when it was not given. */
  sizes(name: string): number | number[] {
    return this.value(name) as number | number[]; // safe: as above
  }

  /** A dimension argument: a number, a list, or null when it was not given. */
  dims(name = "dim"): number | number[] | null {
    return (this.value(name) ?? null) as number | number[] | null; // safe: as above
  }

  /** Keyword arguments as an options object, in camelCase; those that were not given are left out. */
  options(...names: string[]): never {
    const options: Record<string, Json> = {};
    for (const name of names) {
      const value = this.value(name);
      if (value !== undefined) options[camelCase(name)] = value;
    }
    return options as never; // safe: the table names only options that the function at hand takes
  }
}

/** `some_name` as `someName`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `someName` as `some_name`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** An argument as it was recorded: infinities and NaN as numbers, dtypes as Akari's. */
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
