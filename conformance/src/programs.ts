/**
 * Interprets recorded programs: short sequences of statements that test higher-order gradients, accumulation, in-place
 * operations and views.
 */

import { enableGrad, grad, hessian, hvp, jacobian, jvp, noGrad, requiresGrad, vjp } from "@akari/autograd";
import type { Backend, BackwardOptions, Tensor } from "@akari/tensor";
import { Arguments, camelCase } from "./arguments.ts";
import { checkEqual, checkSame, type Tolerance } from "./compare.ts";
import type { Call } from "./op-case.ts";
import { positionsOf } from "./positions.ts";
import { isRecorded, type Json, load, Mismatch, Missing, type Recorded } from "./recorded.ts";
import { entryOf, table } from "./tables/index.ts";

type Statement = readonly Json[];

/** A recorded program. */
export interface ProgramCase {
  readonly id: string;
  readonly program: readonly Statement[];
  readonly expect: Readonly<Record<string, Nested | boolean>>;
  readonly rtol?: number;
  readonly atol?: number;
}

type Function = (...inputs: Tensor[]) => Tensor;
type Value = Tensor | null | readonly (Tensor | null)[] | Function;
type Options = Readonly<Record<string, Json>>;

const functionals = { jacobian, hessian, vjp, jvp, hvp } as const;

/** Runs a program on a device and compares its variables with the recorded ones. */
export async function runProgram(one: ProgramCase, device: Backend): Promise<void> {
  const machine = new Machine(device);
  machine.run(one.program);
  for (const [name, want] of Object.entries(one.expect)) {
    const got = machine.read(name);
    if (typeof want === "boolean") checkEqual(name, got, want);
    else if (want === null) {
      if (got !== null) throw new Mismatch(name, "none", "a tensor");
    } else await checkNested(name, got, want, one);
  }
}

/** A recorded result. Several inputs or outputs give lists, or lists of lists. */
type Nested = Recorded | null | readonly Nested[];

async function checkNested(what: string, got: unknown, want: Nested, tolerance: Tolerance): Promise<void> {
  // safe: a tensor is expected
  if (!Array.isArray(want)) return await checkSame(what, got as Tensor | null, want as Recorded, tolerance);
  const parts = want as readonly Nested[];
  if (!Array.isArray(got) || got.length !== parts.length)
    throw new Mismatch(what, `a list of ${parts.length}`, String(got));
  for (const [i, part] of parts.entries()) await checkNested(`${what}[${i}]`, got[i], part, tolerance);
}

class Machine {
  readonly #device: Backend;
  readonly #variables: Map<string, Value>;

  constructor(device: Backend, variables: Map<string, Value> = new Map()) {
    this.#device = device;
    this.#variables = variables;
  }

  run(statements: readonly Statement[]): void {
    for (const statement of statements) this.#step(statement);
  }

  /** Returns the value of `x`, `x.grad`, `x.requires_grad` or `x.is_leaf`. */
  read(path: string): Value | boolean {
    const [name = "", property] = path.split(".");
    if (property === undefined) return this.#variables.get(name) ?? null;
    const x = this.#tensor(name);
    return property === "grad" ? x.grad : property === "requires_grad" ? x.requiresGrad : x.isLeaf;
  }

  #step(statement: Statement): void {
    const [head, ...rest] = statement;
    switch (head) {
      case "backward":
        this.#backward(rest[0] as string, (rest[1] ?? {}) as Options);
        return;
      case "retain_grad":
        for (const name of rest) this.#tensor(name).retainGrad();
        return;
      case "requires_grad_":
        requiresGrad(this.#tensor(rest[0]), rest[1] as boolean);
        return;
      case "zero_grad":
        this.#tensor(rest[0]).grad = null;
        return;
      case "no_grad":
        noGrad(() => this.run(rest[0] as readonly Statement[]));
        return;
      case "enable_grad":
        enableGrad(() => this.run(rest[0] as readonly Statement[]));
        return;
      case "def":
        this.#define(rest);
        return;
      case "raises":
        this.#refuse(rest[0] as Statement);
        return;
      default:
        this.#assign(head as string | readonly string[], rest);
    }
  }

  #refuse(statement: Statement): void {
    try {
      this.#step(statement);
    } catch (error) {
      if (error instanceof Missing || error instanceof Mismatch) throw error;
      return;
    }
    throw new Mismatch(JSON.stringify(statement), "an error", "none");
  }

  #assign(target: string | readonly string[], [op, ...args]: readonly Json[]): void {
    const result = this.#evaluate(op as string, args);
    if (typeof target === "string") this.#variables.set(target, result);
    else
      for (const [i, name] of target.entries())
        this.#variables.set(name, (result as readonly (Tensor | null)[])[i] ?? null);
  }

  #evaluate(op: string, args: readonly Json[]): Value {
    switch (op) {
      case "leaf":
        return requiresGrad(load(args[0] as unknown as Recorded, this.#device));
      case "const":
        return load(args[0] as unknown as Recorded, this.#device);
      case "detach":
        return this.#tensor(args[0]).detach();
      case "grad_of":
        return this.#tensor(args[0]).grad;
      case "grad":
        return grad(
          this.#tensor(args[0]),
          (args[1] as readonly string[]).map((name) => this.#tensor(name)),
          this.#options(args[2]),
        );
      default:
        return op.startsWith("autograd.functional.") ? this.#functional(op, args) : this.#call(op, args);
    }
  }

  #functional(op: string, args: readonly Json[]): Value {
    const name = op.slice("autograd.functional.".length) as keyof typeof functionals;
    const [fn, inputs, ...more] = args.map((arg) => this.#value(arg));
    // Safe: each accepts a function, its inputs and possibly a vector, which is what the recorded cases pass.
    const functional = functionals[name] as (...args: never[]) => Value;
    return functional(fn as never, inputs as never, ...(more as never[]));
  }

  #call(op: string, args: readonly Json[]): Value {
    const entry = entryOf(op);
    if (entry === null) throw new Missing(op);
    const tensors = new Map<string, Tensor | readonly Tensor[]>();
    const others: Record<string, Json> = {};
    const names = positionsOf(entry);
    // `max` and `min` accept a dimension or another tensor.
    const second = (name = "other"): string => (name === "dim" ? "other" : name);
    args.forEach((arg, i) => {
      const value = this.#value(arg);
      if (isKeywords(arg)) Object.assign(others, arg);
      else if (isTensor(value) || (Array.isArray(value) && value.length > 0 && value.every(isTensor)))
        tensors.set(second(names[i]), value as Tensor | readonly Tensor[]); // safe: just checked
      else others[names[i] as string] = arg;
    });
    const given = new Arguments(tensors, others);
    const result = (table[entry] as Call)(given); // safe: it is the name of an entry
    given.checkUsed(op);
    return result as Value;
  }

  #backward(name: string, options: Options): void {
    const gradient = options.gradient === undefined ? null : (this.#value(options.gradient) as Tensor);
    const inputs = options.inputs as readonly string[] | undefined;
    const { gradient: _, inputs: __, ...rest } = options;
    const named: BackwardOptions = this.#options(rest);
    this.#tensor(name).backward(
      gradient,
      inputs === undefined ? named : { ...named, inputs: inputs.map((input) => this.#tensor(input)) },
    );
  }

  #define([name, parameters, body, result]: readonly Json[]): void {
    this.#variables.set(name as string, (...inputs: Tensor[]): Tensor => {
      const inner = new Map(this.#variables);
      for (const [i, parameter] of (parameters as readonly string[]).entries()) inner.set(parameter, inputs[i] ?? null);
      const machine = new Machine(this.#device, inner);
      machine.run(body as readonly Statement[]);
      return machine.#value(result as Json) as Tensor; // safe: the recorded functions return tensors
    });
  }

  /** Returns keyword arguments in camelCase, with variables in place of their names. */
  #options(given: Json | undefined): never {
    const options = Object.entries((given ?? {}) as Options).map(([name, value]) => [
      camelCase(name),
      this.#value(value),
    ]);
    return Object.fromEntries(options) as never; // safe: the recorded cases pass valid options
  }

  #value(arg: Json): Value | Json {
    if (isRecorded(arg)) return load(arg, this.#device);
    if (typeof arg === "string" && this.#variables.has(arg)) return this.#variables.get(arg) as Value;
    if (Array.isArray(arg)) return arg.map((item: Json) => this.#value(item)) as Json;
    return arg;
  }

  #tensor(name: Json | undefined): Tensor {
    const found = this.#variables.get(name as string);
    if (found === undefined || found === null) throw new Error(`the program uses ${String(name)} before it is defined`);
    return found as Tensor; // safe: the recorded programs use tensor names where tensors are expected
  }
}

function isTensor(value: unknown): value is Tensor {
  return value !== null && typeof value === "object" && "strides" in value;
}

function isKeywords(arg: Json): boolean {
  return typeof arg === "object" && arg !== null && !Array.isArray(arg) && !isRecorded(arg);
}
