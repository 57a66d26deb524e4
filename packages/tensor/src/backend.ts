/**
 * The contract between tensors and a device. A backend manages memory and executes kernel calls, which are plain
 * descriptions of work; it knows nothing of tensors, gradients or modules. A new device is one implementation of this
 * interface that passes `describeBackend` from `@akari/tensor/testing`.
 */

import type { DType, TypedArray } from "./dtype.ts";
import type { KernelCall, View } from "./kernel.ts";

/** A block of device memory. Its representation is private to the backend. */
export interface DeviceBuffer {
  /** The usable size, in bytes. */
  readonly bytes: number;
  /** How many bytes the device's memory grew for this block, which the garbage collector is told of. Default 0. */
  readonly grown?: number;
}

/** Memory statistics of a backend, in bytes. */
export interface MemoryUse {
  /** Memory in use: allocated and not yet freed. */
  readonly live: number;
  /** Memory that was freed and is kept for reuse. */
  readonly pooled: number;
  /** The highest value of `live` so far. */
  readonly peak: number;
}

/** The execution of one kernel on the device's clock, in milliseconds. */
export interface KernelSpan {
  /** Identifies the call that launched the kernel: the clock's `label` at the time of the launch. */
  readonly label: number;
  /** The start time, in milliseconds from an origin that all spans of a clock share. */
  readonly start: number;
  /** The run time, in milliseconds. */
  readonly duration: number;
}

/** A clock that times every kernel launched until it is stopped. */
export interface KernelClock {
  /** The label given to kernels launched from now on. */
  label: number;
  /** Stops the clock and returns the spans, once all work issued so far is done. */
  stop(): Promise<readonly KernelSpan[]>;
}

/** A device: memory, and a queue of kernel calls that are executed in the order of issue. */
export interface Backend {
  /** The device's name in messages and options: `"cpu"`, `"webgpu"`, `"reference"`. */
  readonly name: string;
  /** For a device without memory of its own: the device that it passes its work to. */
  readonly base?: Backend;
  /** Allocates at least `bytes` bytes, with unspecified contents. Throws a DeviceError when out of memory. */
  allocate(bytes: number): DeviceBuffer;
  /** Frees a buffer. Work issued before may still use it. */
  free(buffer: DeviceBuffer): void;
  /** Copies bytes from the host into a buffer, to byte `offset`. Default 0. */
  write(buffer: DeviceBuffer, bytes: Uint8Array, offset?: number): void;
  /** Returns a copy of `length` bytes from byte `offset`, once all work issued before is done. */
  read(buffer: DeviceBuffer, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Synchronous form of `read`, on devices that share the host's memory. */
  readSync?(buffer: DeviceBuffer, offset: number, length: number): Uint8Array<ArrayBuffer>;
  /**
   * Returns the memory that holds a view's elements, and the index of the first one, on devices that share the host's
   * memory and whose work is done when `run` returns. Valid until the next allocation or call.
   */
  elements?(view: View): readonly [memory: TypedArray, index: number];
  /** Issues one kernel call. */
  run(call: KernelCall): void;
  /** Resolves when all work issued so far is done. */
  flush(): Promise<void>;
  /** Starts timing kernels, on asynchronous devices with a clock of their own. Used by `profile`. */
  startClock?(): KernelClock;
  /** Returns the memory statistics. */
  memory(): MemoryUse;
  /** Returns whether tensors of a dtype can be stored and computed on this device. */
  supports(dtype: DType): boolean;
}
