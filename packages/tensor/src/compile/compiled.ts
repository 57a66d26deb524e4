/**
 * A compiled function: which calls run the function itself, which keep its steps, and which run those again.
 */

import type { Backend } from "../backend.ts";
import { warn } from "../backends/warn.ts";
import { type Capture, capturing } from "../capture.ts";
import type { Compiled } from "../compile.ts";
import { defaultDevice } from "../device.ts";
import { ArgumentError, DeviceError } from "../errors.ts";
import { scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { Recorder } from "./recorder.ts";
import { Replay } from "./replay.ts";
import { describe, expectTensors, mapTensors } from "./trees.ts";

/** For how many combinations of arguments steps are kept at a time. */
const mostKept = 8;

/** What is known of one combination of arguments: the function has run once, cannot be captured, or was. */
type State = "warm" | "eager" | Replay;

/** `compile`, once it is loaded. */
export function compiled<Args extends readonly unknown[], Result>(fn: (...args: Args) => Result): Compiled<Args, Result> {
  if (typeof fn !== "function") throw new ArgumentError(`compile: expected a function, got ${String(fn)}`);
  const states = new Map<string, State>();
  const counts = { eager: 0, captured: 0, replayed: 0 };
  const kernels: string[] = [];
  let changes = capturing.changes;

  const call = (...args: Args): Result => {
    // Within another compiled function, its steps belong to that one.
    if (capturing.by !== null) return fn(...args);
    if (changes !== capturing.changes) states.clear();
    const tensors: Tensor[] = [];
    const key = describe(args, tensors);
    const device = deviceOf(tensors);
    const state = states.get(key);
    if (state instanceof Replay && !state.suits(tensors)) {
      counts.eager++;
      return eager(fn, args, false);
    }
    if (state instanceof Replay && state.device === device) {
      counts.replayed++;
      return state.run(tensors) as Result; // safe: what the function returned, in new tensors
    }
    const capture = state === "warm" && counts.eager > 0;
    const { result, next } = capture ? captured(fn, args, tensors, device) : { result: eager(fn, args, state === "eager"), next: null };
    // What the function itself changes, it changes each time.
    changes = capturing.changes;
    if (capture) counts.captured++;
    else counts.eager++;
    if (next instanceof Replay) kernels.splice(0, kernels.length, ...next.kernels);
    states.delete(key);
    states.set(key, next ?? (state === "eager" ? "eager" : "warm"));
    if (states.size > mostKept) states.delete(states.keys().next().value as string); // safe: it is not empty
    return result;
  };
  return Object.assign(call, { counts, kernels });
}

/** Runs the function as it is. */
function eager<Args extends readonly unknown[], Result>(fn: (...args: Args) => Result, args: Args, plain: boolean): Result {
  if (plain) return fn(...args);
  let performed = false;
  const watch: Capture = {
    uses() {},
    reads() {},
    perform(action) {
      performed = true;
      action();
    },
    write: (device, buffer, offset, draw) => device.write(buffer, draw(), offset),
  };
  return mapTensors(
    watched(watch, () => scope(() => synchronous(fn(...args)))),
    (tensor) => detached(tensor, performed),
  );
}

/** Runs the function on copies of its arguments, and keeps its steps if it can run from them. */
function captured<Args extends readonly unknown[], Result>(
  fn: (...args: Args) => Result,
  args: Args,
  tensors: readonly Tensor[],
  device: Backend,
): { readonly result: Result; readonly next: State } {
  const inputs = tensors.map((tensor) => tensor.clone());
  let next = 0;
  const own = mapTensors(args, () => inputs[next++] as Tensor); // safe: as many as there are tensors
  const recorder = new Recorder(device);
  let complete = false;
  try {
    const result = watched(recorder, () => recorder.record(() => scope(() => synchronous(fn(...own)))));
    const { obstacle, steps } = recorder;
    // What it wrote to its arguments.
    inputs.forEach((input, i) => {
      const tensor = tensors[i] as Tensor; // safe: one for each
      if (input.storage.version > 0) tensor.copy_(input);
    });
    if (obstacle !== null) {
      warn(`compile: ${fn.name || "the function"} runs as it is, since ${obstacle}`);
      return { result: mapTensors(result, (tensor) => tensor.detach()), next: "eager" };
    }
    const acts = steps.some(({ kind }) => kind === "action");
    expectTensors(result);
    const results = mapTensors(result, (tensor) => {
      const own = detached(tensor, acts);
      if (own !== tensor && recorder.took(tensor.storage)) tensor.dispose();
      return own;
    });
    complete = true;
    const replay = new Replay(device, inputs, recorder, results);
    return { result: replay.results() as Result, next: replay };
  } finally {
    for (const input of inputs) input.dispose();
    if (!complete) for (const buffer of recorder.released) device.free(buffer);
  }
}

function watched<T>(by: Capture, fn: () => T): T {
  capturing.by = by;
  try {
    return fn();
  } finally {
    capturing.by = null;
  }
}

function synchronous<T>(result: T): T {
  if (result instanceof Promise) throw new ArgumentError("compile: the function must not be asynchronous; read its results outside");
  return result;
}

/** A result without its history, which must not be one that somebody needs. */
function detached(tensor: Tensor, performed: boolean): Tensor {
  if (tensor.requiresGrad && !tensor.isLeaf && !performed) {
    throw new ArgumentError(
      "compile: a result requires a gradient, but results have no history; call backward() inside of the function, or compile it within noGrad",
    );
  }
  return tensor.trace === null ? tensor : tensor.detach();
}

/** The device of the arguments. */
function deviceOf(tensors: readonly Tensor[]): Backend {
  const device = tensors[0]?.device ?? defaultDevice();
  for (const tensor of tensors) {
    if (tensor.device !== device) {
      throw new DeviceError(`compile: the arguments are on different devices: ${device.name} and ${tensor.device.name}`);
    }
    if (tensor.requiresGrad) {
      throw new ArgumentError(
        "compile: an argument requires a gradient; pass it detached, and call requiresGrad(x) inside of the function",
      );
    }
  }
  return device;
}
