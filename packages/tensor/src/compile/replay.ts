/**
 * A captured function, ready to be replayed. Before each run, the views of arguments and results are redirected to the
 * memory of the new ones, so that nothing is copied.
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
import type { Recorder } from "./recorder.ts";
import { Sequence } from "./sequence.ts";
import { readsOf } from "./steps.ts";
import { mapLeaves } from "./trees.ts";

/** A captured function. */
export class Replay {
  readonly device: Backend;
  readonly #sequence: Sequence;
  readonly #arguments: readonly { readonly movable: Movable; readonly written: boolean }[];
  /** The structure of the return value, with an Output in place of each tensor. */
  readonly #form: unknown;
  /** Memory that is newly allocated for each run. */
  readonly #homes: readonly Home[];
  /** Held storages that the steps write to. */
  readonly #written: ReadonlySet<Storage>;
  readonly #gradients: Gradients | null;
  /** All other storages that the steps use, held so that they are not freed. */
  readonly #held: ReadonlySet<Storage>;

  /** Takes ownership of the buffers whose release the recorders deferred. */
  constructor(device: Backend, { recorder, inputs, results, backward }: Captured) {
    this.device = device;
    const { form, outputs } = withOutputs(results);
    this.#form = form;
    const recorders = backward === null ? [recorder] : [recorder, backward.recorder];
    const storages = storagesOf(recorders);

    // Memory that each run allocates anew: that of the results, and that of the forward pass that the backward pass
    // reads, since it lives as long as their history.
    const readLater = new Set(
      (backward?.recorder.steps ?? []).flatMap((step) => readsOf(step).map(({ buffer }) => buffer)),
    );
    const carried = [...readLater].flatMap((buffer) =>
      recorder.tookBuffer(buffer) ? [storages.get(buffer) as Storage] : [],
    ); // safe: it was not freed
    const returned = outputs
      .flatMap(({ view }) => storages.get(view.buffer) ?? [])
      .filter((storage) => recorder.owns(storage));
    const renewed = new Set([...carried, ...returned]);

    const forth = new Sequence(device, recorder.steps, recorder.released);
    const back = backward && new Sequence(device, backward.recorder.steps, backward.recorder.released);
    this.#sequence = forth;
    const views = [
      ...[forth, ...(back ? [back] : [])].flatMap((list) => [...list.reads(), ...list.writes()]),
      ...outputs.map(({ view }) => view),
    ];
    const homes = new Map([...renewed].map((storage) => [storage, new Home(device, storage, views)]));
    for (const output of outputs) output.home = homes.get(storages.get(output.view.buffer) as Storage) ?? null;
    this.#homes = [...homes.values()];
    const written = new Set(forth.writes().map(({ buffer }) => buffer));
    this.#arguments = inputs.map(({ buffer }) => ({
      movable: new Movable(buffer, views),
      written: written.has(buffer),
    }));

    const elsewhere = new Set([
      ...renewed,
      ...[...inputs, ...(backward?.arriving ?? [])].map(({ storage }) => storage),
    ]);
    const staying = (storage: Storage) => !elsewhere.has(storage);
    this.#gradients =
      back &&
      new Gradients(device, back, backward, {
        arguments: this.#arguments.map(({ movable }) => movable),
        inputs,
        carried: carried.map((storage) => homes.get(storage) as Home), // safe: homes were made for all of them
        known: [...readLater].flatMap((buffer) => storages.get(buffer) ?? []).filter(staying),
      });
    const held = [...storages.values()].filter((storage) => staying(storage) && !this.#gradients?.makes(storage));
    for (const storage of held) storage.retain();
    this.#held = new Set(held);
    this.#written = new Set(held.filter((storage) => written.has(storage.buffer)));
    for (const { released } of recorders) for (const buffer of released) device.free(buffer);
  }

  /** The kinds of the kernel calls, in order. */
  get kernels(): readonly string[] {
    return this.#sequence.steps.flatMap((step) => (step.kind === "call" ? [step.call.kind] : []));
  }

  /**
   * Returns whether replaying is valid for these arguments. It is not if the steps write to memory that two arguments
   * share, or that an argument shares with what the steps hold: fusion may have moved a read past the write.
   */
  suits(tensors: readonly Tensor[]): boolean {
    return tensors.every(({ storage }, i) => {
      if (this.#written.has(storage)) return false;
      if (!this.#arguments[i]?.written) return true;
      return !this.#held.has(storage) && tensors.every((other, k) => k === i || other.storage !== storage);
    });
  }

  /** Runs the steps on new arguments, for which `suits` is true. */
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
        const input = inputs[i] as Tensor; // safe: one for each argument
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

  /** Returns the results of the captured run. */
  first(): unknown {
    return mapLeaves(this.#form, Output, (output) => output.take());
  }
}

/** Replaces each tensor in a return value with an Output. Returns these in order, too. */
function withOutputs(results: unknown): { readonly form: unknown; readonly outputs: readonly Output[] } {
  const outputs: Output[] = [];
  const form = mapLeaves(results, Tensor, (tensor) => {
    const output = new Output(tensor);
    outputs.push(output);
    return output;
  });
  return { form, outputs };
}

/** Returns the storages that were used and still exist, by their buffers. */
function storagesOf(recorders: readonly Recorder[]): ReadonlyMap<DeviceBuffer, Storage> {
  const used = recorders.flatMap(({ storages }) => [...storages]);
  return new Map(used.flatMap((storage) => (storage.disposed ? [] : [[storage.buffer, storage]])));
}
