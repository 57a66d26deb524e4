/**
 * Checkpointing, as in PyTorch's `torch.utils.checkpoint`: trades computation for memory. A checkpointed function keeps
 * only its arguments for the backward pass, which calls the function again for the tensors in between.
 *
 * @packageDocumentation
 */

import {
  ArgumentError,
  AutogradError,
  checkInteger,
  DisposedError,
  defaultGenerator,
  expected,
  expectFunction,
  keep,
  perform,
  type Spec,
  sameShape,
  scope,
  settings,
  showShape,
  Tensor,
} from "@akari/tensor";
import { enableGrad, isGradEnabled } from "./mode.ts";
import { drop, restored, type Saved, save, saving, specOf } from "./node.ts";

/** Options of `checkpoint`. */
export interface CheckpointOptions {
  /**
   * Whether the function draws the same random numbers when it is called again, so that dropout drops the same
   * elements. Only the default generator is restored. Default true.
   */
  readonly preserveRngState?: boolean;
}

/** Replaces the values of one kind in arrays and plain objects. */
function mapped<T>(value: unknown, kind: abstract new (...args: never) => T, map: (x: T) => unknown): unknown {
  if (value instanceof kind) return map(value);
  if (Array.isArray(value)) return value.map((item) => mapped(item, kind, map));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, kind, map)]));
}

/** Calls `fn` and frees what it creates and does not return. Tensors that it would save are passed to `by`. */
function savingBy(by: (tensor: Tensor, version: number) => Saved, fn: () => unknown): unknown {
  const outer = saving.by;
  // Parameters and other leaves stay in memory anyway.
  saving.by = (tensor, version) => (tensor.trace?.isLeaf ? null : by(tensor, version));
  try {
    return scope(() => {
      const result = fn();
      if (result instanceof Promise) throw new ArgumentError("checkpoint: the function must not be asynchronous");
      return result;
    });
  } finally {
    saving.by = outer;
  }
}

function differs(what: string): AutogradError {
  return new AutogradError(
    `checkpoint: the function saved ${what} when it was called again for the backward pass; it must do the same in both calls`,
  );
}

const shown = ({ shape, dtype }: Spec): string => `a tensor of shape ${showShape(shape)} and dtype ${dtype}`;

/** A tensor among the arguments of a checkpointed function. */
class Argument {
  readonly #saved: Saved;
  readonly #trace: Tensor["trace"];

  constructor(tensor: Tensor) {
    this.#saved = save(tensor);
    this.#trace = tensor.trace;
  }

  read(): Tensor {
    return restored(this.#saved, this.#trace, "checkpoint saved an argument");
  }

  release(): void {
    drop(this.#saved);
  }
}

/** One call of a checkpointed function. */
class Call {
  readonly #fn: (...args: unknown[]) => unknown;
  readonly #args: readonly unknown[];
  readonly #preserve: boolean;
  readonly #arguments: Argument[] = [];
  /** State of the generator when the function was called. */
  #state: Uint8Array = new Uint8Array();
  /** The tensors to save; null for those not needed any more. */
  readonly #specs: (Spec | null)[] = [];
  #needed = 0;
  /** The saved tensors, once they have been computed again. */
  #values: readonly Saved[] | null = null;

  constructor(fn: (...args: unknown[]) => unknown, args: readonly unknown[], preserve: boolean) {
    this.#fn = fn;
    this.#preserve = preserve;
    this.#args = args.map((arg) =>
      mapped(arg, Tensor, (tensor) => {
        const argument = new Argument(tensor);
        this.#arguments.push(argument);
        return argument;
      }),
    );
  }

  /** Calls the function. Of the tensors to save, only shapes and dtypes are kept. */
  run(args: readonly unknown[]): unknown {
    const { getState } = this.#generator();
    perform(() => {
      this.#state = getState();
    });
    const value = (index: number) => this.#value(index);
    const result = savingBy(
      (tensor) => {
        const index = this.#specs.push(specOf(tensor)) - 1;
        this.#needed++;
        return {
          get tensor() {
            return value(index).tensor;
          },
          get version() {
            return value(index).version;
          },
          drop: () => this.#drop(index),
        };
      },
      () => this.#fn(...args),
    );
    if (this.#needed === 0) this.#release();
    return result;
  }

  #value(index: number): Saved {
    this.#values ??= this.#again();
    return this.#values[index] as Saved; // safe: one for each index
  }

  /** Calls the function again and returns what it saves. */
  #again(): readonly Saved[] {
    const args = this.#args.map((arg) => mapped(arg, Argument, (argument) => argument.read()));
    const values: Saved[] = [];
    const keepSaved = (tensor: Tensor, version: number): Saved => {
      const spec = this.#specs[values.length];
      if (spec === undefined) throw differs(`more than ${values.length} tensors`);
      if (spec !== null && !(sameShape(spec.shape, tensor.shape) && spec.dtype === tensor.dtype))
        throw differs(`${shown(tensor)} instead of ${shown(spec)}`);
      // The history of this call is never followed, so only this list frees the tensor.
      const saved = { tensor: spec === null ? tensor : keep(tensor.alias()), version, drop: () => {} };
      values.push(saved);
      return saved;
    };
    const { getState, setState } = this.#generator();
    let present = this.#state;
    perform(() => {
      present = getState();
      setState(this.#state);
    });
    try {
      savingBy(keepSaved, () => enableGrad(() => this.#fn(...args)));
    } catch (error) {
      if (!(error instanceof DisposedError)) throw error;
      throw new AutogradError(
        "checkpoint: the function uses a tensor that has been disposed of since; pass it as an argument",
        { cause: error },
      );
    } finally {
      perform(() => setState(present));
    }
    if (values.length < this.#specs.length) throw differs(`${values.length} tensors instead of ${this.#specs.length}`);
    return values;
  }

  /** How to read and set the state of the generator; neither does anything unless it is to be preserved. */
  #generator(): { readonly getState: () => Uint8Array; readonly setState: (state: Uint8Array) => void } {
    if (!this.#preserve) return { getState: () => this.#state, setState: () => {} };
    const generator = defaultGenerator();
    return { getState: () => generator.getState(), setState: (state) => void generator.setState(state) };
  }

  #drop(index: number): void {
    this.#values?.[index]?.tensor.dispose();
    this.#specs[index] = null;
    this.#needed--;
    if (this.#needed === 0) this.#release();
  }

  #release(): void {
    for (const argument of this.#arguments) argument.release();
  }
}

/**
 * Calls `fn` with `args` without keeping what its backward pass needs: that calls `fn` again and computes it then.
 * Gradients are the same as without; a backward pass takes longer and needs less memory.
 *
 * `fn` must compute the same each time. It returns tensors: one, or several in an array or a plain object. All others
 * that it creates are freed at its end, as in `scope`. Tensors among the arguments, also in arrays and plain objects,
 * are kept; modules and parameters may be used through the closure. Checkpointed functions can be nested if the inner
 * one receives what the outer one has computed as arguments. Gradients of any order are supported. What `fn` does
 * besides, such as updating the running statistics of a batch normalization, is done in each call.
 *
 * https://pytorch.org/docs/stable/checkpoint.html#torch.utils.checkpoint.checkpoint
 *
 * @param args the arguments of `fn`. If the last one is an object with `preserveRngState`, this option is taken out of
 * it.
 * @throws ArgumentError when `fn` is not a function, or is asynchronous.
 * @throws AutogradError, in the backward pass, when `fn` does not save the same tensors again, when an argument has been
 * changed in place, or when `fn` uses a tensor that has been disposed of.
 * @example
 * import { checkpoint } from "@akari/autograd/checkpoint";
 * const y = checkpoint((x: Tensor) => x.sin().exp().tanh(), x);
 */
export function checkpoint<Args extends readonly unknown[], Result>(
  fn: (...args: Args) => Result,
  ...args: Args
): Result;
export function checkpoint<Args extends readonly unknown[], Result>(
  fn: (...args: Args) => Result,
  ...args: [...Args, CheckpointOptions]
): Result;
export function checkpoint<Result>(fn: (...args: unknown[]) => Result, ...args: unknown[]): Result {
  expectFunction("checkpoint", fn);
  const [rest, preserve] = separated(args);
  if (!isGradEnabled()) return fn(...rest);
  return new Call(fn, rest, preserve).run(rest) as Result; // safe: what `fn` returns
}

/** Takes the option out of the arguments. */
function separated(args: readonly unknown[]): [rest: readonly unknown[], preserve: boolean] {
  const last = args.at(-1);
  if (typeof last !== "object" || last === null || !Object.hasOwn(last, "preserveRngState")) return [args, true];
  const { preserveRngState, ...others } = last as CheckpointOptions;
  const rest = args.slice(0, -1);
  return [Object.keys(others).length > 0 ? [...rest, others] : rest, preserveRngState ?? true];
}

/**
 * Applies functions in sequence, such as the layers of a `Sequential`, in segments. All segments except the last are
 * checkpointed: only their inputs are kept for the backward pass.
 *
 * https://pytorch.org/docs/stable/checkpoint.html#torch.utils.checkpoint.checkpoint_sequential
 *
 * @param functions the functions, each of which receives the result of the one before it.
 * @param segments the number of segments.
 * @param input the input of the first function.
 * @throws ArgumentError unless `segments` is an integer from 1 to the number of functions.
 * @example
 * import { checkpointSequential } from "@akari/autograd/checkpoint";
 * const output = checkpointSequential(model, 3, x);
 */
export function checkpointSequential(
  functions: Iterable<(x: Tensor) => Tensor>,
  segments: number,
  input: Tensor,
  options?: CheckpointOptions,
): Tensor {
  const operation = "checkpointSequential";
  const { preserveRngState } = settings(operation, options, { preserveRngState: true });
  if (typeof functions?.[Symbol.iterator] !== "function")
    expected(operation, "functions, such as a Sequential", functions);
  const all = [...functions];
  for (const fn of all) expectFunction(operation, fn);
  checkInteger(operation, "segments", segments, 1, all.length);
  const size = Math.floor(all.length / segments);
  const part = (start: number, end?: number): ((x: Tensor) => Tensor) => {
    // A part of a Sequential is a Sequential, which frees what its layers pass on to each other.
    const own = (functions as Partial<typeof all>).slice?.(start, end);
    return typeof own === "function" ? own : (x) => all.slice(start, end).reduce((y, fn) => fn(y), x);
  };
  let x = input;
  for (let i = 0; i < segments - 1; i++) x = checkpoint(part(i * size, (i + 1) * size), x, { preserveRngState });
  return part((segments - 1) * size)(x);
}
