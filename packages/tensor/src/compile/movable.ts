/**
 * Memory that is another one in each run: the views on it are turned before the steps run.
 */

import type { Backend, DeviceBuffer } from "../backend.ts";
import { bytesOf } from "../dtype.ts";
import { Storage } from "../storage.ts";
import type { OwnView } from "./steps.ts";

/** Some views on one buffer. */
export class Movable {
  readonly #views: readonly { readonly view: OwnView; readonly offset: number }[];

  /** All of `views` that look into `buffer`. */
  constructor(buffer: DeviceBuffer, views: Iterable<OwnView>) {
    const own = new Set([...views].filter((view) => view.buffer === buffer));
    this.#views = [...own].map((view) => ({ view, offset: view.offset }));
  }

  /** Turns the views to other memory, which begins `start` bytes into a buffer. */
  move(buffer: DeviceBuffer, start = 0): void {
    for (const { view, offset } of this.#views) {
      view.buffer = buffer;
      view.offset = offset + start / bytesOf(view.dtype);
    }
  }
}

/** Memory that is made for each run. */
export class Home {
  readonly #device: Backend;
  readonly #bytes: number;
  readonly #movable: Movable;
  #storage: Storage | null;

  /** @param storage the memory while the function was captured. */
  constructor(device: Backend, storage: Storage, views: Iterable<OwnView>) {
    this.#device = device;
    this.#bytes = storage.bytes;
    this.#storage = storage;
    this.#movable = new Movable(storage.buffer, views);
  }

  /** That of the present run. */
  get storage(): Storage {
    return this.#storage as Storage; // safe: asked for between `renew` and `forget` only
  }

  /** Makes memory for the next run. */
  renew(): void {
    this.moveTo(new Storage(this.#device, this.#bytes));
  }

  /** Goes back to the memory of an earlier run. */
  moveTo(storage: Storage): void {
    this.#storage = storage;
    this.#movable.move(storage.buffer);
  }

  /** Lets go of it: what came of the run holds it now. */
  forget(): void {
    this.#storage = null;
  }
}
