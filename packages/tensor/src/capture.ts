/**
 * Host-side actions while `compile` captures a function. A captured function is replayed as its list of kernel calls,
 * without its JavaScript. Host work that each replay must repeat, such as drawing random numbers or counting an
 * optimizer's steps, is registered here and runs at its position among the calls.
 */

import { expectFunction } from "./argument.ts";
import type { Backend, DeviceBuffer } from "./backend.ts";
import { bytesOf, type TypedArray, viewBytes } from "./dtype.ts";
import type { View } from "./kernel.ts";
import { unscoped } from "./scope.ts";
import { sizeOf } from "./shape.ts";
import type { Storage } from "./storage.ts";
import type { Tensor } from "./tensor.ts";

/** Bytes to write that the host draws at random. */
export interface Drawn {
  /** The device to write to. */
  readonly device: Backend;
  /** The memory to write to. */
  readonly buffer: DeviceBuffer;
  /** The first byte to write. */
  readonly offset: number;
  /** Draws the bytes, given the views in `reads`, with their values of the time. */
  readonly bytes: (reads: readonly View[]) => Uint8Array;
  /** The views that the bytes depend on. */
  readonly reads: readonly View[];
}

/** The recorder of a function that is being captured. */
export interface Capture {
  /** Called when the memory of a storage is used. */
  uses(storage: Storage): void;
  /** Called when the host reads values, which a list of kernel calls cannot do. */
  reads(): void;
  /** Called when a backward pass has accumulated gradients. */
  goesBack(): void;
  /** Runs an action now and again in each replay. Kernel calls that it issues are not captured. It may use `tensor`. */
  perform(action: () => void, tensor: Tensor | null): void;
  /** Called before a device draws random numbers. */
  draws?(device: Backend): void;
  /** Writes bytes now, and newly drawn ones in each replay. */
  write(drawn: Drawn): void;
}

/** The active recorder, and the number of changes so far that invalidate captured functions. */
export const capturing: { by: Capture | null; changes: number } = { by: null, changes: 0 };

/**
 * Runs an action that belongs to a training step but is not a tensor operation, such as counting steps. A compiled
 * function runs it in every call, unlike any other code that is not a tensor operation.
 *
 * @param tensor a tensor that the action uses, if it was created in the same step.
 * @example
 * let steps = 0;
 * const counted = await compile((x: Tensor) => {
 *   perform(() => void steps++);
 *   return x.mul(2);
 * });
 * for (let i = 0; i < 5; i++) counted(tensor([1, 2]));
 * steps; // 5
 */
export function perform(action: () => void, tensor: Tensor | null = null): void {
  expectFunction("perform", action);
  if (capturing.by === null) unscoped(action);
  else capturing.by.perform(() => unscoped(action), tensor);
}

/** Draws bytes and writes them, through a recorder if there is one. */
export function writeBy(recorder: Capture | null, drawn: Drawn): void {
  const { device, buffer, offset, bytes, reads } = drawn;
  if (recorder === null) device.write(buffer, bytes(reads), offset);
  else recorder.write(drawn);
}

/**
 * Writes elements that the host draws at random, drawing anew in each call of a compiled function. `offset` is in
 * bytes.
 *
 * @param draw returns the elements, given those of the tensors in `read`. It must read them only through its arguments.
 * @param read tensors on `device`, which must support synchronous reads if there are any.
 */
export function writeDrawn(
  device: Backend,
  buffer: DeviceBuffer,
  offset: number,
  draw: (...read: readonly TypedArray[]) => ArrayBufferView,
  read: readonly Tensor[] = [],
): void {
  const views = read.map((x) => x.contiguous());
  const elements = ({ buffer, dtype, shape, offset }: View): TypedArray => {
    const [size, count] = [bytesOf(dtype), sizeOf(shape)];
    const bytes = device.readSync?.(buffer, offset * size, count * size) as Uint8Array; // safe: see above
    return viewBytes(dtype, bytes.buffer, bytes.byteOffset, count);
  };
  const bytes = (from: readonly View[]) => {
    const { buffer, byteOffset, byteLength } = draw(...from.map(elements));
    return new Uint8Array(buffer, byteOffset, byteLength);
  };
  writeBy(capturing.by, { device, buffer, offset, bytes, reads: views });
  views.forEach((x, i) => {
    if (x !== read[i]) x.dispose();
  });
}

/**
 * Marks a change that affects tensor operations, such as a module's mode, so that compiled functions are captured
 * again.
 */
export function changed(): void {
  capturing.changes++;
}
