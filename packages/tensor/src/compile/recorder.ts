/**
 * The recorder replaces a device's methods while a function is captured: it forwards each call and appends it to a
 * list. Memory that the function frees is not reused until the list is complete, so every temporary has a unique buffer
 * that identifies it.
 */

import type { Backend, DeviceBuffer } from "../backend.ts";
import { type Capture, type Drawn, writeBy } from "../capture.ts";
import { copyInto } from "../ops/copy.ts";
import { running } from "../running.ts";
import type { Storage } from "../storage.ts";
import type { Tensor } from "../tensor.ts";
import { callStep, type OwnView, ownView, type Step } from "./steps.ts";

/** The device methods that the recorder replaces. */
const functions = ["run", "write", "allocate", "free", "read", "readSync"] as const;

/** Records what a function does on one device. */
export class Recorder implements Capture {
  readonly steps: Step[] = [];
  /** Storages whose memory was used. */
  readonly storages: Set<Storage> = new Set();
  /** Storages that actions use. */
  readonly pinned: Set<Storage> = new Set();
  /** Buffers that the function allocated and freed. */
  readonly released: Set<DeviceBuffer> = new Set();
  /** The reason why the function cannot be replayed; null when it can. */
  obstacle: string | null = null;
  /** Whether the function ran a backward pass. */
  wentBack = false;
  readonly #device: Backend;
  readonly #taken = new Set<DeviceBuffer>();
  /** Buffers that must not be freed yet: those allocated here or by an earlier recorder. */
  readonly #spared: Set<DeviceBuffer>;
  /** Whether an action is running, whose calls are not recorded. */
  #acting = false;
  readonly #twins: readonly Twins[];
  /** Whether twins are being made equal. */
  #equating = false;

  /**
   * @param before the recorder of an earlier part, whose memory is still needed.
   * @param pairs arguments and the copies that the function runs on instead.
   */
  constructor(device: Backend, before: Recorder | null = null, pairs: readonly (readonly [Tensor, Tensor])[] = []) {
    this.#device = device;
    this.#twins = pairs.map(([tensor, copy]) => new Twins(tensor, copy, device));
    this.#spared = new Set(before === null ? [] : before.#taken);
  }

  /** Returns whether the function allocated a buffer. */
  tookBuffer(buffer: DeviceBuffer): boolean {
    return this.#taken.has(buffer);
  }

  /** Returns whether the function created a storage. */
  took(storage: Storage): boolean {
    return this.tookBuffer(storage.buffer);
  }

  /** Returns whether the function created a storage that nothing else refers to. */
  owns(storage: Storage): boolean {
    return this.took(storage) && !storage.shared && !this.pinned.has(storage);
  }

  /** Runs `fn` and records what it does. */
  record<T>(fn: () => T): T {
    const device = this.#device;
    const before = functions.map((name) => [name, Object.getOwnPropertyDescriptor(device, name)] as const);
    const { run, write, allocate, free, read, readSync } = device;
    device.run = (call) => {
      run.call(device, call);
      // Recorded only afterward, so that a call that throws is not.
      if (!this.#acting) this.steps.push(callStep(running.name || call.kind, call));
    };
    device.write = (buffer, bytes, offset = 0) => {
      write.call(device, buffer, bytes, offset);
      const copy = this.#acting ? bytes : bytes.slice();
      this.#wrote({ device, buffer, offset, bytes: () => copy, reads: [] });
    };
    device.allocate = (bytes) => {
      const buffer = allocate.call(device, bytes);
      if (!this.#acting) {
        this.#taken.add(buffer);
        this.#spared.add(buffer);
      }
      return buffer;
    };
    device.free = (buffer) => {
      if (this.#spared.has(buffer)) this.released.add(buffer);
      else free.call(device, buffer);
    };
    device.read = (...place) => {
      this.reads();
      return read.apply(device, place);
    };
    if (readSync !== undefined) {
      device.readSync = (...place) => {
        this.reads();
        return readSync.apply(device, place);
      };
    }
    try {
      return fn();
    } finally {
      for (const [name, own] of before) {
        if (own) Object.defineProperty(device, name, own);
        else Reflect.deleteProperty(device, name);
      }
    }
  }

  uses(storage: Storage): void {
    this.#equate(storage);
    if (this.#acting || storage.backend.base !== undefined) return;
    this.storages.add(storage);
    if (storage.backend !== this.#device)
      this.obstacle ??= `it runs on both ${this.#device.name} and ${storage.backend.name}`;
  }

  /** Copies what the function wrote to copies of arguments back into these. */
  finish(): void {
    for (const twins of this.#twins) twins.finish();
  }

  goesBack(): void {
    this.wentBack = true;
  }

  reads(): void {
    if (!this.#acting) this.obstacle ??= "it reads the values of a tensor";
  }

  perform(action: () => void, tensor: Tensor | null): void {
    if (!this.#acting) {
      this.steps.push({ kind: "action", run: action });
      if (tensor !== null) this.pinned.add(tensor.storage);
    }
    this.#outside(action);
  }

  write(drawn: Drawn): void {
    this.#outside(() => writeBy(null, drawn));
    this.#wrote(drawn);
  }

  /** Runs an action without recording the calls it makes. */
  #outside(action: () => void): void {
    const before = this.#acting;
    this.#acting = true;
    try {
      action();
    } finally {
      this.#acting = before;
    }
  }

  /** Makes an argument and its copy equal before one of them is used. */
  #equate(storage: Storage): void {
    if (this.#equating) return;
    this.#equating = true;
    try {
      for (const twins of this.#twins) this.#outside(() => twins.equate(storage));
    } finally {
      this.#equating = false;
    }
  }

  #wrote({ buffer, offset, bytes, reads }: Drawn): void {
    if (this.#acting) return;
    const to: OwnView = { buffer, dtype: "uint8", shape: [], strides: [], offset: 0 };
    this.steps.push({ kind: "write", device: this.#device, to, offset, reads: reads.map(ownView), bytes });
  }
}

/**
 * An argument and the copy that a function runs on instead. If the function also uses the argument's memory directly,
 * each must see what is written to the other.
 */
class Twins {
  readonly #tensor: Tensor;
  readonly #copy: Tensor;
  readonly #device: Backend;
  /** The versions in which they are equal. */
  #versions: readonly [tensor: number, copy: number];

  constructor(tensor: Tensor, copy: Tensor, device: Backend) {
    this.#tensor = tensor;
    this.#copy = copy;
    this.#device = device;
    this.#versions = [tensor.storage.version, copy.storage.version];
  }

  /** Copies what was written to the copy into the argument. */
  finish(): void {
    this.equate(this.#tensor.storage);
  }

  /** Copies what was written to the other into the one that is in `storage`. */
  equate(storage: Storage): void {
    const [tensor, copy] = [this.#tensor, this.#copy];
    const [before, copyBefore] = this.#versions;
    if (storage === tensor.storage && copy.storage.version !== copyBefore) {
      copyInto(tensor, copy, this.#device);
      storage.version++;
    } else if (storage === copy.storage && tensor.storage.version !== before) copyInto(copy, tensor, this.#device);
    else return;
    this.#versions = [tensor.storage.version, copy.storage.version];
  }
}
