/**
 * The steps of a captured function, made ready to run again: fused, their temporaries placed, and everything held that they use.
 */

import type { Backend, DeviceBuffer } from "../backend.ts";
import { running } from "../op.ts";
import { copyInto } from "../ops/copy.ts";
import type { Storage } from "../storage.ts";
import type { Tensor } from "../tensor.ts";
import { fuse, withoutDead } from "./fuse.ts";
import { placeTemporaries } from "./memory.ts";
import type { Recorder } from "./recorder.ts";
import { type Step, writesOf } from "./steps.ts";
import { mapTensors } from "./trees.ts";

/** A captured function. */
export class Replay {
  readonly device: Backend;
  readonly #steps: readonly Step[];
  /** Where the arguments go. */
  readonly #inputs: readonly Tensor[];
  /** The results, where the steps leave them. */
  readonly #results: unknown;
  /** What the steps write to and others see. */
  readonly #written: readonly Storage[];
  /** Everything else that the steps use: held, so that it stays. */
  // biome-ignore lint/correctness/noUnusedPrivateClassMembers: it is there to be held.
  readonly #held: readonly Storage[];

  /** Takes over the buffers that the recorder kept from being freed. */
  constructor(device: Backend, inputs: readonly Tensor[], recorder: Recorder, results: unknown) {
    this.device = device;
    this.#inputs = inputs;
    this.#results = results;
    const { released } = recorder;
    const steps = withoutDead(fuse(recorder.steps, released), released);
    this.#steps = steps;
    const written = new Set<DeviceBuffer>();
    for (const step of steps) for (const { buffer } of writesOf(step)) written.add(buffer);
    const alive = [...recorder.storages].filter((storage) => !storage.disposed);
    for (const storage of alive) storage.retain();
    this.#written = alive.filter((storage) => written.has(storage.buffer));
    const places = placeTemporaries(steps, released, device);
    for (const buffer of released) device.free(buffer);
    this.#held = [...alive, ...places];
  }

  /** The kinds of the kernel calls, in order. */
  get kernels(): readonly string[] {
    return this.#steps.flatMap((step) => (step.kind === "call" ? [step.call.kind] : []));
  }

  /** Runs the steps on new arguments. */
  run(tensors: readonly Tensor[]): unknown {
    const { device } = this;
    tensors.forEach((tensor, i) => {
      const input = this.#inputs[i] as Tensor; // safe: of the same number and shapes as when it was captured
      copyInto(input, tensor, device);
      input.storage.version++;
    });
    try {
      for (const step of this.#steps) {
        if (step.kind === "call") {
          running.name = step.name;
          const { call } = step;
          device.run(call.kind === "random" && call.reseed ? { ...call, seed: call.reseed() } : call);
        } else if (step.kind === "write") device.write(step.to.buffer, step.bytes(), step.offset);
        else step.run();
      }
    } finally {
      running.name = "";
      for (const storage of this.#written) storage.version++;
    }
    return this.results();
  }

  /** The results in memory of their own. */
  results(): unknown {
    return mapTensors(this.#results, (tensor) => tensor.clone());
  }
}
