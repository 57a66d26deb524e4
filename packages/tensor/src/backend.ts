/**
 * The contract between tensors and a device. A backend keeps memory and runs kernel calls, plain descriptions of
 * work; it knows nothing of tensors, gradients or modules. Whoever implements this one interface and passes
 * `describeBackend` from `@akari/tensor/testing` has written a device.
 */

import type { DType } from "./dtype.ts";
import type { KernelCall } from "./kernel.ts";

/** A piece of device memory. What stands behind it is the backend's own business. */
export interface DeviceBuffer {
  /** The usable size, in bytes. */
  readonly bytes: number;
}

/** How much memory a backend holds, in bytes. */
export interface MemoryUse {
  /** Handed out and not yet given back. */
  readonly live: number;
  /** Given back and kept for the next allocation. */
  readonly pooled: number;
  /** The highest `live` so far. */
  readonly peak: number;
}

/** When a kernel ran, in milliseconds of the device's clock. `label` says which call it belongs to. */
export interface KernelSpan {
  /** The call that launched the kernel: what the clock's `label` was at the time. */
  readonly label: number;
  /** When the kernel began, in milliseconds from a point in time that all spans of a clock share. */
  readonly start: number;
  /** How long it ran, in milliseconds. */
  readonly duration: number;
}

/** A clock that times every kernel launched until it is stopped. */
export interface KernelClock {
  /** What the kernels launched from now on are labelled with. */
  label: number;
  /** Ends the timing and gives the times once all work issued so far is done. */
  stop(): Promise<readonly KernelSpan[]>;
}

/** A device: memory, and something that runs kernel calls on it in the order in which they are given. */
export interface Backend {
  /** How the device is called in messages and options: `"cpu"`, `"webgpu"`, `"reference"`. */
  readonly name: string;
  /** Memory of at least `bytes` bytes, with unspecified contents. Throws a DeviceError when there is none left. */
  allocate(bytes: number): DeviceBuffer;
  /** Gives memory back. Work that was issued before may still use it. */
  free(buffer: DeviceBuffer): void;
  /** Copies bytes from the host into a buffer. `offset` is in bytes. */
  write(buffer: DeviceBuffer, bytes: Uint8Array, offset?: number): void;
  /** A copy of `length` bytes from `offset`, once all work issued before is done. */
  read(buffer: DeviceBuffer, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** The same at once, on devices that share the host's memory. */
  readSync?(buffer: DeviceBuffer, offset: number, length: number): Uint8Array<ArrayBuffer>;
  /** Issues one kernel call. */
  run(call: KernelCall): void;
  /** Resolves when all work issued so far is done. */
  flush(): Promise<void>;
  /**
   * Starts timing kernels, on devices that work later than they are told and have a clock of their own. `profile` uses
   * it.
   */
  startClock?(): KernelClock;
  /** Memory in use. */
  memory(): MemoryUse;
  /** Whether tensors of a dtype can be stored and computed on this device. */
  supports(dtype: DType): boolean;
}
