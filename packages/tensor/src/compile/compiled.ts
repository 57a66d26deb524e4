/**
 * A compiled function, which decides for each call whether to run the function itself, to capture it, or to replay
 * captured steps.
 */

import { expectFunction } from "../argument.ts";
import type { Backend } from "../backend.ts";
import { warn } from "../backends/warn.ts";
import { type Capture, capturing, writeBy } from "../capture.ts";
import type { Compiled } from "../compile.ts";
import { defaultDevice } from "../device.ts";
import { ArgumentError, DeviceError } from "../errors.ts";
import { filled } from "../ops/fill.ts";
import { scope } from "../scope.ts";
import { Storage } from "../storage.ts";
import type { Tensor } from "../tensor.ts";
import { gradMode } from "../trace.ts";
import type { CapturedBackward } from "./captured.ts";
import { Recorder } from "./recorder.ts";
import { Replay } from "./replay.ts";
import { describe, expectTensors, mapTensors, tensorsIn } from "./trees.ts";

/** The maximum number of argument combinations for which state is kept. */
const mostKept = 8;

/**
 * The state of one combination of arguments: the function has run once (and wrote to an argument), cannot be captured,
 * or was captured.
 */
type State = "warm" | "writing" | "eager" | Replay;

/** Implements `compile`. */
export function compiled<F extends (...args: never[]) => unknown>(fn: F): F & Compiled {
  expectFunction("compile", fn);
  const { call, info } = caller(fn as unknown as Run); // safe: it is called with the caller's arguments
  const compiledFn: F = new Proxy(fn, {
    apply: (_, __, args) => call(args),
    get(target, key) {
      if (Object.hasOwn(info, key)) return Reflect.get(info, key);
      const value: unknown = Reflect.get(target, key);
      // Methods are called on the function itself, for example a module. If they return it, the compiled function is
      // returned instead.
      if (typeof value !== "function" || Object.hasOwn(target, key)) return value;
      return (...args: unknown[]) => {
        const result: unknown = Reflect.apply(value, target, args);
        return result === target ? compiledFn : result;
      };
    },
  });
  return compiledFn as F & Compiled; // safe: the proxy provides the additional properties
}

type Run = (...args: readonly unknown[]) => unknown;

/**
 * Returns the function that chooses how to run `fn` in each call. `given` holds the storages of its earlier results: if
 * it reads one of them directly, its steps differ from call to call.
 */
function caller(fn: Run): { readonly call: (args: readonly unknown[]) => unknown; readonly info: Compiled } {
  const states = new Map<string, State>();
  const counts = { eager: 0, captured: 0, replayed: 0 };
  const kernels: string[] = [];
  const given = new WeakSet<Storage>();
  let changes = capturing.changes;
  const run = (args: readonly unknown[], key: string, tensors: readonly Tensor[]): unknown => {
    const device = deviceOf(tensors);
    const state = states.get(key);
    if (state instanceof Replay && state.device === device) {
      if (state.suits(tensors)) {
        counts.replayed++;
        return state.run(tensors);
      }
      counts.eager++;
      return eager(fn, args, false);
    }
    // A capture runs on copies of the arguments, which do not share what is written to one of them.
    const capture = state === "warm" || (state === "writing" && areApart(tensors));
    const versions = tensors.map(({ storage }) => storage.version);
    const { result, next } = capture
      ? captured(fn, args, tensors, device, given)
      : { result: eager(fn, args, state === "eager"), next: null };
    counts[capture ? "captured" : "eager"]++;
    if (next instanceof Replay) kernels.splice(0, kernels.length, ...next.kernels);
    states.delete(key);
    const ran = tensors.some(({ storage }, i) => storage.version !== versions[i]) ? "writing" : "warm";
    states.set(key, next ?? (state === "eager" ? "eager" : ran));
    if (states.size > mostKept) states.delete(states.keys().next().value as string); // safe: the map is not empty
    return result;
  };
  const call = (args: readonly unknown[]): unknown => {
    // Inside another compiled function, the steps belong to that function.
    if (capturing.by !== null) return fn(...args);
    if (changes !== capturing.changes) states.clear();
    const tensors: Tensor[] = [];
    const key = `${gradMode.enabled} ${describe(args, tensors)}`;
    const before = Storage.count;
    const result = run(args, key, tensors);
    for (const { storage } of tensorsIn(result)) if (storage.id > before) given.add(storage);
    // Changes made by the function itself recur in every call, so they do not invalidate its state.
    changes = capturing.changes;
    return result;
  };
  return { call, info: { counts, kernels } };
}

/** Runs the function without capturing it. */
function eager(fn: Run, args: readonly unknown[], plain: boolean): unknown {
  if (plain) return fn(...args);
  let wentBack = false;
  const watch: Capture = {
    uses() {},
    reads() {},
    goesBack() {
      wentBack = true;
    },
    perform: (action) => action(),
    write: (drawn) => writeBy(null, drawn),
  };
  const result = watched(watch, () => scope(() => synchronous(fn(...args))));
  return wentBack ? mapTensors(result, (tensor) => tensor.detach()) : result;
}

/** Runs the function on copies of its arguments and captures its steps, if they can be replayed. */
function captured(
  fn: Run,
  args: readonly unknown[],
  tensors: readonly Tensor[],
  device: Backend,
  given: WeakSet<Storage>,
): { readonly result: unknown; readonly next: State } {
  const inputs = tensors.map((tensor) => tensor.clone());
  let next = 0;
  const own = mapTensors(args, () => inputs[next++] as Tensor); // safe: there is one copy for each tensor
  // Safe: one for each tensor.
  const recorder = new Recorder(
    device,
    null,
    tensors.map((tensor, i) => [tensor, inputs[i] as Tensor]),
  );
  let backward: CapturedBackward | null = null;
  let complete = false;
  try {
    const result = watched(recorder, () => recorder.record(() => scope(() => synchronous(fn(...own)))));
    recorder.finish();
    if ([...recorder.storages].some((storage) => given.has(storage)))
      recorder.obstacle ??= "it uses an earlier result of its own; pass it as an argument";
    const returned = tensorsIn(result);
    // After a backward pass inside the function, the history of its results has been consumed.
    const traced = !recorder.wentBack && returned.some((tensor) => tensor.requiresGrad);
    if (recorder.obstacle === null && traced) backward = capturedBackward(recorder, returned, inputs, device);
    // A result that is an argument would share the argument's memory.
    const apart = (tensor: Tensor) => (inputs.includes(tensor) ? tensor.clone() : tensor);
    const obstacle = recorder.obstacle ?? backward?.recorder.obstacle ?? null;
    if (obstacle !== null) {
      warn(`compile: ${fn.name || "the function"} is not compiled: ${obstacle}`);
      return { result: mapTensors(result, traced ? apart : (tensor) => tensor.detach()), next: "eager" };
    }
    expectTensors(result);
    complete = true;
    const results = traced ? result : mapTensors(result, (tensor) => withoutHistory(tensor, recorder));
    const replay = new Replay(device, { recorder, inputs, results, backward });
    if (!traced) return { result: replay.first(), next: replay };
    for (const tensor of [...(backward?.arriving ?? []), ...(backward?.found ?? []).map(({ gradient }) => gradient)])
      tensor.dispose();
    return { result: mapTensors(result, apart), next: replay };
  } finally {
    for (const input of inputs) input.dispose();
    if (!complete)
      for (const buffer of [...recorder.released, ...(backward?.recorder.released ?? [])]) device.free(buffer);
  }
}

/** Returns whether no two tensors share memory. */
function areApart(tensors: readonly Tensor[]): boolean {
  return new Set(tensors.map(({ storage }) => storage)).size === tensors.length;
}

/** Returns a result without its history. Disposes of the original handle if the function created it. */
function withoutHistory(tensor: Tensor, recorder: Recorder): Tensor {
  if (tensor.trace === null) return tensor;
  const detached = tensor.detach();
  if (recorder.took(tensor.storage)) tensor.dispose();
  return detached;
}

/** Runs the backward pass from the results that require a gradient, without freeing their history. */
function capturedBackward(
  before: Recorder,
  results: readonly Tensor[],
  inputs: readonly Tensor[],
  device: Backend,
): CapturedBackward {
  const places = results.flatMap((result, i) => (result.requiresGrad ? [i] : []));
  const outputs = places.map((place) => results[place] as Tensor); // safe: indices of results
  const arriving = outputs.map((output) => filled(output, output.shape, 1));
  const recorder = new Recorder(device, before);
  const { trace } = outputs[0] as Tensor; // safe: at least one result requires a gradient
  const found = watched(recorder, () =>
    recorder.record(() => scope(() => trace?.gradients(outputs, arriving, inputs) ?? [])),
  );
  // Only their traces are needed.
  for (const { of } of found) of.dispose();
  return { recorder, places, arriving, found };
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
  if (result instanceof Promise)
    throw new ArgumentError("compile: the function must not be asynchronous; read its results outside");
  return result;
}

/** Returns the common device of the arguments, or throws a DeviceError. */
function deviceOf(tensors: readonly Tensor[]): Backend {
  const device = tensors[0]?.device ?? defaultDevice();
  for (const tensor of tensors) {
    if (tensor.device !== device) {
      throw new DeviceError(
        `compile: the arguments are on different devices: ${device.name} and ${tensor.device.name}`,
      );
    }
  }
  return device;
}
