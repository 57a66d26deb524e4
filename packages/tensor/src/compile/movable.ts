/** Memory that differs from run to run: the views on it are redirected before the steps run. */

import type { Backend, DeviceBuffer } from "../backend.ts";
import { bytesOf } from "../dtype.ts";
import { Storage } from "../storage.ts";
import type { OwnView } from "./steps.ts";

/** The views on one buffer. */
export class Movable {
  readonly #views: readonly { readonly view: OwnView; readonly offset: number }[];

  /** Selects the views in `views` on `buffer`. */
  constructor(buffer: DeviceBuffer, views: Iterable<OwnView>) {
    const own = new Set([...views].filter((view) => view.buffer === buffer));
    this.#views = [...own].map((view) => ({ view, offset: view.offset }));
  }

  /** Redirects the views to other memory, which starts at byte `start` of a buffer. */
  move(buffer: DeviceBuffer, start = 0): void {
    for (const { view, offset } of this.#views) {
      view.buffer = buffer;
      view.offset = offset + start / bytesOf(view.dtype);
    }
  }
}

/** Memory that is newly allocated for each run. */
export class Home {
  readonly #device: Backend;
  readonly #bytes: number;
  readonly #movable: Movable;
  #storage: Storage | null;

  /** @param storage the memory with which the function was captured. */
  constructor(device: Backend, storage: Storage, views: Iterable<OwnView>) {
    this.#device = device;
    this.#bytes = storage.bytes;
    this.#storage = storage;
    this.#movable = new Movable(storage.buffer, views);
  }

  /** The memory of the current run. */
  get storage(): Storage {
    return this.#storage as Storage; // safe: used only between `renew` and `forget`
  }

  /** Allocates memory for the next run. */
  renew(): void {
    this.moveTo(new Storage(this.#device, this.#bytes));
  }

  /** Switches to the memory of an earlier run. */
  moveTo(storage: Storage): void {
    this.#storage = storage;
    this.#movable.move(storage.buffer);
  }

  /** Releases the memory, which the results of the run now hold. */
  forget(): void {
    this.#storage = null;
  }
}
