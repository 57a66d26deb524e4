/**
 * Where the time goes: which operation's kernels run on a device, how often and how long. What measures it is loaded
 * with the first profile.
 */

import type { Backend } from "./backend.ts";
import { defaultDevice } from "./device.ts";
import type { Profile } from "./profiler.ts";
import { settings } from "./settings.ts";

/** How to profile. */
export interface ProfileOptions {
  /** The device whose kernels are timed. Default: the default device. */
  readonly device?: Backend;
}

/** All kernels of one kind that one operation ran. Times are in milliseconds. */
export interface ProfileRow {
  /**
   * The operation, such as `conv2d`; for kernels of no operation (an optimizer's step, a generator) the kind of kernel.
   */
  readonly name: string;
  /** The kind of kernel call, such as `"conv"`. */
  readonly kind: string;
  /** Kernels run; on WebGPU one call may launch several. */
  readonly calls: number;
  /** All of them together. */
  readonly total: number;
  /** One of them on average: `total / calls`. */
  readonly mean: number;
}

/** One kernel on the time line. Times are in milliseconds; `start` counts from the first kernel. */
export interface ProfileEvent {
  /**
   * The operation, such as `conv2d`; for kernels of no operation (an optimizer's step, a generator) the kind of kernel.
   */
  readonly name: string;
  /** The kind of kernel call, such as `"conv"`. */
  readonly kind: string;
  /** When it began; 0 for the first. */
  readonly start: number;
  /** How long it ran. */
  readonly duration: number;
}

/**
 * Runs a function and tells how long each kernel took that it ran on a device. Times are those of the kernels, not of
 * the JavaScript around them. On the CPU they include the compilation of kernels that are new, so let a step go first.
 * On WebGPU they come from the device's own clock, and every kernel has a pass of its own, so the whole takes longer
 * than without.
 *
 * https://pytorch.org/docs/stable/profiler.html
 *
 * @throws DeviceError when the device works later than it is told and has no clock (WebGPU without the feature
 * `timestamp-query`).
 * @throws ArgumentError inside of another profile of the same device.
 *
 * @example
 * const found = await profile(() => randn([64, 64]).matmul(randn([64, 64])).relu());
 * console.log(`${found}`);
 */
export async function profile(fn: () => unknown, options?: ProfileOptions): Promise<Profile> {
  const { device } = settings("profile", options, { device: defaultDevice() });
  const { measure } = await import("./profiler.ts");
  return measure(fn, device);
}
