/**
 * The recorder: stands in for a device's functions while a captured function runs, lets everything happen, and keeps a
 * list of it. Memory that the function gives back stays untouched until the list is complete, so that every temporary
 * has a buffer of its own and can be told by it.
 */

import type { Backend, DeviceBuffer } from "../backend.ts";
import type { Capture } from "../capture.ts";
import type { View } from "../kernel.ts";
import { running } from "../running.ts";
import type { Storage } from "../storage.ts";
import type { Tensor } from "../tensor.ts";
import { callStep, type OwnView, ownView, type Step } from "./steps.ts";

/** The functions of a device that the recorder stands in for. */
const functions = ["run", "write", "allocate", "free", "read", "readSync"] as const;

/** Keeps what a function does on one device. */
export class Recorder implements Capture {
  readonly steps: Step[] = [];
  /** Storages whose memory was used. */
  readonly storages: Set<Storage> = new Set();
  /** Storages that actions use. */
  readonly pinned: Set<Storage> = new Set();
  /** Buffers that the function took and gave back. */
  readonly released: Set<DeviceBuffer> = new Set();
  /** Why the function cannot run from its list; null when it can. */
  obstacle: string | null = null;
  /** Whether the function ran a backward pass. */
  wentBack = false;
  readonly #device: Backend;
  readonly #taken = new Set<DeviceBuffer>();
  /** Buffers that nobody may free: those taken here, or by a recorder before. */
  readonly #spared: Set<DeviceBuffer>;
  /** While an action runs, what it issues is its own business. */
  #acting = false;

  /** @param before the recorder of what went before, whose memory is still needed. */
  constructor(device: Backend, before: Recorder | null = null) {
    this.#device = device;
    this.#spared = new Set(before === null ? [] : before.#taken);
  }

  /** Whether the function took a buffer. */
  tookBuffer(buffer: DeviceBuffer): boolean {
    return this.#taken.has(buffer);
  }

  /** Whether the function made a storage. */
  took(storage: Storage): boolean {
    return this.tookBuffer(storage.buffer);
  }

  /** Whether, besides, nobody else can know it. */
  owns(storage: Storage): boolean {
    return this.took(storage) && !storage.shared && !this.pinned.has(storage);
  }

  /** Runs `fn` and keeps what it does. */
  record<T>(fn: () => T): T {
    const device = this.#device;
    const before = functions.map((name) => [name, Object.getOwnPropertyDescriptor(device, name)] as const);
    const { run, write, allocate, free, read, readSync } = device;
    device.run = (call) => {
      run.call(device, call);
      // Kept afterwards: what a device refuses was not done.
      if (!this.#acting) this.steps.push(callStep(running.name || call.kind, call));
    };
    device.write = (buffer, bytes, offset = 0) => {
      write.call(device, buffer, bytes, offset);
      const copy = this.#acting ? bytes : bytes.slice();
      this.#wrote(buffer, offset, () => copy, []);
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
    if (this.#acting) return;
    this.storages.add(storage);
    if (storage.backend !== this.#device)
      this.obstacle ??= `it works on ${storage.backend.name} besides ${this.#device.name}`;
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

  write(
    device: Backend,
    buffer: DeviceBuffer,
    offset: number,
    draw: (read: readonly View[]) => Uint8Array,
    read: readonly View[],
  ): void {
    this.#outside(() => device.write(buffer, draw(read), offset));
    this.#wrote(buffer, offset, draw, read);
  }

  /** Does something that is not kept as single steps. */
  #outside(action: () => void): void {
    const before = this.#acting;
    this.#acting = true;
    try {
      action();
    } finally {
      this.#acting = before;
    }
  }

  #wrote(
    buffer: DeviceBuffer,
    offset: number,
    bytes: (reads: readonly View[]) => Uint8Array,
    read: readonly View[],
  ): void {
    if (this.#acting) return;
    const to: OwnView = { buffer, dtype: "uint8", shape: [], strides: [], offset: 0 };
    this.steps.push({ kind: "write", device: this.#device, to, offset, reads: read.map(ownView), bytes });
  }
}
