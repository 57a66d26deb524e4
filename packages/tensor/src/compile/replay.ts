/**
 * A captured function, ready to run again. Before each run the views of arguments and of results are turned to the memory of the new ones, so that nothing is copied.
 */

import type { Backend, DeviceBuffer } from "../backend.ts";
import { bytesOf } from "../dtype.ts";
import { copyInto } from "../ops/copy.ts";
import type { Storage } from "../storage.ts";
import { Tensor } from "../tensor.ts";
import type { Captured } from "./captured.ts";
import { Gradients } from "./gradients.ts";
import { Home, Movable } from "./movable.ts";
import { Output } from "./outputs.ts";
import { Sequence } from "./sequence.ts";
import { readsOf } from "./steps.ts";
import { mapLeaves } from "./trees.ts";

/** A captured function. */
export class Replay {
  readonly device: Backend;
  readonly #sequence: Sequence;
  readonly #arguments: readonly { readonly movable: Movable; readonly written: boolean }[];
  /** The results as they are returned, with an Output in the place of each tensor. */
  readonly #form: unknown;
  /** The memory that is made for each run. */
  readonly #homes: readonly Home[];
  /** What the steps write to and others see. */
  readonly #written: ReadonlySet<Storage>;
  readonly #gradients: Gradients | null;
  /** Everything else that the steps use: held, so that it stays. */
  // biome-ignore lint/correctness/noUnusedPrivateClassMembers: it is there to be held.
  readonly #held: readonly Storage[];

  /** Takes over the buffers that the recorders kept from being freed. */
  constructor(device: Backend, { recorder, inputs, results, backward }: Captured) {
    this.device = device;
    const outputs: Output[] = [];
    this.#form = mapLeaves(results, Tensor, (tensor) => {
      const output = new Output(tensor);
      outputs.push(output);
      return output;
    });
    const { released } = recorder;
    const storages = new Map<DeviceBuffer, Storage>();
    for (const storage of [...recorder.storages, ...(backward?.recorder.storages ?? [])]) {
      if (!storage.disposed) storages.set(storage.buffer, storage);
    }
    // What the backward pass reads of the forward pass lives as long as the results' history, in memory of each run.
    const later = new Set((backward?.recorder.steps ?? []).flatMap((step) => readsOf(step).map(({ buffer }) => buffer)));
    const carried = [...later].flatMap((buffer) => (recorder.tookBuffer(buffer) ? [storages.get(buffer) as Storage] : [])); // safe: it is not given back
    const own = new Set(carried);
    for (const { view } of outputs) {
      const storage = storages.get(view.buffer);
      if (storage !== undefined && recorder.owns(storage)) own.add(storage);
    }

    const sequence = new Sequence(device, recorder.steps, released);
    const again = backward && new Sequence(device, backward.recorder.steps, backward.recorder.released);
    this.#sequence = sequence;
    const views = [
      ...sequence.reads(),
      ...sequence.writes(),
      ...outputs.map(({ view }) => view),
      ...(again ? [...again.reads(), ...again.writes()] : []),
    ];
    const homes = new Map([...own].map((storage) => [storage, new Home(device, storage, views)]));
    for (const output of outputs) output.home = homes.get(storages.get(output.view.buffer) as Storage) ?? null;
    this.#homes = [...homes.values()];
    const written = new Set(sequence.writes().map(({ buffer }) => buffer));
    this.#arguments = inputs.map(({ buffer }) => ({ movable: new Movable(buffer, views), written: written.has(buffer) }));

    const moved = new Set([...own, ...[...inputs, ...(backward?.arriving ?? [])].map(({ storage }) => storage)]);
    this.#gradients =
      again &&
      new Gradients(device, again, backward, {
        arguments: this.#arguments.map(({ movable }) => movable),
        inputs,
        carried: carried.map((storage) => homes.get(storage) as Home), // safe: made of them
        known: [...later].flatMap((buffer) => storages.get(buffer) ?? []).filter((storage) => !moved.has(storage)),
      });
    const alive = [...storages.values()].filter((storage) => !moved.has(storage) && !this.#gradients?.makes(storage));
    for (const storage of alive) storage.retain();
    this.#held = alive;
    this.#written = new Set(alive.filter((storage) => written.has(storage.buffer)));
    for (const buffer of [...released, ...(backward?.recorder.released ?? [])]) device.free(buffer);
  }

  /** The kinds of the kernel calls, in order. */
  get kernels(): readonly string[] {
    return this.#sequence.steps.flatMap((step) => (step.kind === "call" ? [step.call.kind] : []));
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
      const input = tensor.detach().contiguous();
      this.#arguments[i]?.movable.move(input.buffer, input.offset * bytesOf(input.dtype));
      return input;
    });
    for (const home of this.#homes) home.renew();
    try {
      this.#sequence.run();
    } finally {
      for (const storage of this.#written) storage.version++;
      tensors.forEach((tensor, i) => {
        if (!this.#arguments[i]?.written) return;
        const input = inputs[i] as Tensor; // safe: one for each
        if (input.storage !== tensor.storage) copyInto(tensor, input, device);
        tensor.storage.version++;
      });
    }
    const made: Tensor[] = [];
    const results = mapLeaves(this.#form, Output, (output) => {
      const result = output.take();
      made.push(result);
      return result;
    });
    this.#gradients?.follow(tensors, inputs, made);
    for (const input of inputs) input.dispose();
    for (const home of this.#homes) home.forget();
    return results;
  }

  /** The results of the run that was captured. */
  first(): unknown {
    return mapLeaves(this.#form, Output, (output) => output.take());
  }
}
