/**
 * The steps of a captured function, made ready to run again: fused, their temporaries placed, and everything held that they use. Before each run the views of arguments
 * and of results are turned to the memory of the new ones, so that nothing is copied.
 */

import type { Backend, DeviceBuffer } from "../backend.ts";
import { bytesOf } from "../dtype.ts";
import { running } from "../op.ts";
import { copyInto } from "../ops/copy.ts";
import { Storage } from "../storage.ts";
import { Tensor } from "../tensor.ts";
import { fuse, withoutDead } from "./fuse.ts";
import { placeTemporaries } from "./memory.ts";
import type { Recorder } from "./recorder.ts";
import { type OwnView, ownView, readsOf, type Step, writesOf } from "./steps.ts";
import { mapTensors } from "./trees.ts";

/** Views on memory that is another one in each run. */
interface Movable {
  readonly views: readonly { readonly view: OwnView; readonly offset: number }[];
  readonly written: boolean;
}

/** A result. */
interface Output {
  readonly view: OwnView;
  /** The memory that was made for it in this run; null where it has to be copied from memory that others know. */
  readonly home: { storage: Storage } | null;
}

/** A captured function. */
export class Replay {
  readonly device: Backend;
  readonly #steps: readonly Step[];
  readonly #arguments: readonly Movable[];
  /** The form of the results. */
  readonly #form: unknown;
  readonly #outputs = new Map<Tensor, Output>();
  readonly #homes: { storage: Storage; readonly movable: Movable }[] = [];
  /** What the steps write to and others see. */
  readonly #written: ReadonlySet<Storage>;
  /** Everything else that the steps use: held, so that it stays. */
  // biome-ignore lint/correctness/noUnusedPrivateClassMembers: it is there to be held.
  readonly #held: readonly Storage[];

  /** Takes over the buffers that the recorder kept from being freed. `results` have no history. */
  constructor(device: Backend, inputs: readonly Tensor[], recorder: Recorder, results: unknown) {
    this.device = device;
    const { released } = recorder;
    const steps = withoutDead(fuse(recorder.steps, released), released);
    this.#steps = steps;
    const homes = new Map<Storage, { storage: Storage; readonly movable: Movable }>();
    const extra: OwnView[] = [];
    this.#form = mapTensors(results, (tensor) => {
      const { storage } = tensor;
      const view = ownView(tensor);
      extra.push(view);
      let home = homes.get(storage) ?? null;
      if (home === null && recorder.owns(storage)) {
        home = { storage, movable: movable(storage.buffer, steps, extra) };
        homes.set(storage, home);
        this.#homes.push(home);
      }
      // It only stands for the result, and must hold nothing.
      const template = tensor.alias();
      template.dispose();
      this.#outputs.set(template, { view, home });
      return template;
    });
    this.#arguments = inputs.map(({ buffer }) => movable(buffer, steps, extra));
    const written = new Set<DeviceBuffer>();
    for (const step of steps) for (const { buffer } of writesOf(step)) written.add(buffer);
    const moved = new Set([...homes.keys(), ...inputs.map(({ storage }) => storage)]);
    const alive = [...recorder.storages].filter((storage) => !storage.disposed && !moved.has(storage));
    for (const storage of alive) storage.retain();
    this.#written = new Set(alive.filter((storage) => written.has(storage.buffer)));
    const places = placeTemporaries(steps, released, device);
    for (const buffer of released) device.free(buffer);
    this.#held = [...alive, ...places];
  }

  /** The kinds of the kernel calls, in order. */
  get kernels(): readonly string[] {
    return this.#steps.flatMap((step) => (step.kind === "call" ? [step.call.kind] : []));
  }

  /** Whether the steps mean the same for these arguments: not if they write to one that shares its memory with another, or with what they know. */
  suits(tensors: readonly Tensor[]): boolean {
    return tensors.every(({ storage }, i) => {
      if (this.#written.has(storage)) return false;
      return !this.#arguments[i]?.written || tensors.every((other, k) => k === i || other.storage !== storage);
    });
  }

  /** Runs the steps on new arguments, which suit. */
  run(tensors: readonly Tensor[]): unknown {
    const { device } = this;
    const inputs = tensors.map((tensor, i) => {
      const input = tensor.contiguous();
      move(this.#arguments[i] as Movable, input.buffer, input.offset * bytesOf(input.dtype)); // safe: as many as when it was captured
      return input;
    });
    for (const home of this.#homes) {
      home.storage = new Storage(device, home.storage.bytes);
      move(home.movable, home.storage.buffer, 0);
    }
    try {
      for (const step of this.#steps) {
        if (step.kind === "call") {
          running.name = step.name;
          const { call } = step;
          device.run(call.kind === "random" && call.reseed ? { ...call, seed: call.reseed() } : call);
        } else if (step.kind === "write") device.write(step.to.buffer, step.bytes(), step.offset);
        else {
          running.name = "";
          step.run();
        }
      }
    } finally {
      running.name = "";
      for (const storage of this.#written) storage.version++;
      tensors.forEach((tensor, i) => {
        const input = inputs[i] as Tensor; // safe: one for each
        if (this.#arguments[i]?.written) {
          if (input !== tensor) copyInto(tensor, input, device);
          tensor.storage.version++;
        }
      });
    }
    const results = this.results();
    inputs.forEach((input, i) => {
      if (input !== tensors[i]) input.dispose();
    });
    return results;
  }

  /** The results of the last run. */
  results(): unknown {
    return mapTensors(this.#form, (template) => {
      const { view, home } = this.#outputs.get(template) as Output; // safe: one for each
      if (home !== null) return new Tensor(home.storage, view.dtype, view);
      const copy = template.newEmpty(view.shape);
      copyInto(copy, view, this.device);
      return copy;
    });
  }
}

/** All views on a buffer, in steps and besides. */
function movable(buffer: DeviceBuffer, steps: readonly Step[], besides: readonly OwnView[]): Movable {
  const on = (views: readonly OwnView[]) => views.filter((view) => view.buffer === buffer);
  const views = new Set([...steps.flatMap((step) => [...on(readsOf(step)), ...on(writesOf(step))]), ...on(besides)]);
  return {
    views: [...views].map((view) => ({ view, offset: view.offset })),
    written: steps.some((step) => on(writesOf(step)).length > 0),
  };
}

/** Turns views to other memory, which begins `start` bytes into a buffer. */
function move({ views }: Movable, buffer: DeviceBuffer, start: number): void {
  for (const { view, offset } of views) {
    view.buffer = buffer;
    view.offset = offset + start / bytesOf(view.dtype);
  }
}
