/** Random numbers that the host draws for tensors that stand for many: the same for all examples, or new ones for each. */

import type { Backend } from "../backend.ts";
import { type Capture, capturing, type Drawn, writeBy } from "../capture.ts";
import { ArgumentError } from "../errors.ts";
import { unscoped } from "../scope.ts";
import type { Storage } from "../storage.ts";
import type { Tensor } from "../tensor.ts";
import { type BatchedDevice, below } from "./device.ts";

/** Stands between a function on a batch and a recorder, or the enclosing batch, if there is one. */
export class Draws implements Capture {
  readonly #device: BatchedDevice;
  readonly #outer: Capture | null = capturing.by;

  constructor(device: BatchedDevice) {
    this.#device = device;
  }

  uses(storage: Storage): void {
    this.#outer?.uses(storage);
  }

  reads(): void {
    this.#outer?.reads();
  }

  goesBack(): void {
    this.#outer?.goesBack();
  }

  perform(action: () => void, tensor: Tensor | null): void {
    if (this.#outer === null) unscoped(action);
    else this.#outer.perform(action, tensor);
  }

  draws(device: Backend): void {
    this.#device.expectRandomness();
    this.#outer?.draws?.(device);
  }

  write(drawn: Drawn): void {
    const { device, buffer, offset, bytes, reads } = drawn;
    const own = this.#device;
    own.expectRandomness();
    const different = own.randomness === "different";
    if (device !== own) {
      if (different)
        throw new ArgumentError(
          "vmap: a tensor that all examples share cannot be filled with different random numbers; create it inside of the function, on the device of one of its arguments",
        );
      writeBy(this.#outer, drawn);
      return;
    }
    if (!different && reads.some((view) => own.varies(view.buffer)))
      throw new ArgumentError('vmap: numbers whose distribution differs between examples cannot be the "same"');
    if (different) own.spread(buffer);
    let last: Uint8Array | null = null;
    own.places(buffer).forEach((start, i) => {
      writeBy(this.#outer, {
        device: own.base,
        buffer: below(buffer),
        offset: start + offset,
        bytes: (views) => {
          if (different || i === 0 || last === null) last = bytes(views);
          return last;
        },
        reads: reads.map((view) => own.single(view, false, i)),
      });
    });
  }
}
