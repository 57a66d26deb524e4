/**
 * What happens beside the kernel calls while `compile` captures a function. A captured function runs again as its list
 * of kernel calls, without its JavaScript; what JavaScript has to do each time, such as drawing numbers or counting an
 * optimizer's steps, is said here and runs in its place among the calls.
 */

import type { Backend, DeviceBuffer } from "./backend.ts";
import { bytesOf, type TypedArray, viewBytes } from "./dtype.ts";
import type { View } from "./kernel.ts";
import { unscoped } from "./scope.ts";
import { sizeOf } from "./shape.ts";
import type { Storage } from "./storage.ts";
import type { Tensor } from "./tensor.ts";

/** Who captures. */
export interface Capture {
  /** The memory of a storage was asked for. */
  uses(storage: Storage): void;
  /** The host looked at values, which a list of kernel calls cannot do. */
  reads(): void;
  /** A backward pass added to gradients. */
  goesBack(): void;
  /**
   * Does something now, and again whenever the captured calls run. Kernel calls issued by it are its own business. It
   * may use `tensor`.
   */
  perform(action: () => void, tensor: Tensor | null): void;
  /** Writes what `draw` gives now, and again what it gives then, from what stands in the views of `read`. */
  write(
    device: Backend,
    buffer: DeviceBuffer,
    offset: number,
    draw: (read: readonly View[]) => Uint8Array,
    read: readonly View[],
  ): void;
}

/** Who captures at present, and how often something changed that captured calls do not notice. */
export const capturing: { by: Capture | null; changes: number } = { by: null, changes: 0 };

/**
 * Does something that belongs to a training step but is no tensor operation, such as counting it. In a compiled
 * function it is done in every call; anything else that is not a tensor operation is done only while it is captured.
 *
 * @param tensor one that the action uses, if it was made in the same step.
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
  if (capturing.by === null) unscoped(action);
  else capturing.by.perform(() => unscoped(action), tensor);
}

/**
 * Writes elements from the host that are not the same each time, but drawn at random. `offset` is in bytes.
 *
 * @param draw gives the elements, from those of the tensors of `read`, which it must not look at by itself.
 * @param read tensors on the same device, which has to be one that can be read at once.
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
  if (capturing.by === null) device.write(buffer, bytes(views), offset);
  else capturing.by.write(device, buffer, offset, bytes, views);
  views.forEach((x, i) => {
    if (x !== read[i]) x.dispose();
  });
}

/**
 * Says that something changed on which tensor operations depend, such as a module's mode: compiled functions are
 * captured anew.
 */
export function changed(): void {
  capturing.changes++;
}
