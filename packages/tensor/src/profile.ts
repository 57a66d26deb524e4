/**
 * Profiling: which operations' kernels run on a device, how often and for how long. The implementation is loaded on
 * first use.
 */

import { expectFunction } from "./argument.ts";
import type { Backend } from "./backend.ts";
import { defaultDevice } from "./device.ts";
import type { Profile } from "./profiler.ts";
import { settings } from "./settings.ts";

/** Options of `profile`. */
export interface ProfileOptions {
  /** The device whose kernels are timed. Default: the default device. */
  readonly device?: Backend;
}

/** All kernels of one kind that one operation ran. Times are in milliseconds. */
export interface ProfileRow {
  /**
   * The operation, such as `conv2d`; for kernels outside operations (an optimizer's step, a generator), the kind of
   * kernel.
   */
  readonly name: string;
  /** The kind of kernel call, such as `"conv"`. */
  readonly kind: string;
  /** The number of kernel executions; on WebGPU one call may launch several. */
  readonly calls: number;
  /** The total run time. */
  readonly total: number;
  /** The mean run time, `total / calls`. */
  readonly mean: number;
}

/** One kernel on the timeline. Times are in milliseconds; `start` is relative to the first kernel. */
export interface ProfileEvent {
  /**
   * The operation, such as `conv2d`; for kernels outside operations (an optimizer's step, a generator), the kind of
   * kernel.
   */
  readonly name: string;
  /** The kind of kernel call, such as `"conv"`. */
  readonly kind: string;
  /** The start time; 0 for the first kernel. */
  readonly start: number;
  /** The run time. */
  readonly duration: number;
}

/**
 * Runs a function and measures each kernel that it runs on a device. Times are those of the kernels, without the
 * JavaScript around them. On the CPU they include the compilation of new kernels, so run a step once before profiling.
 * On WebGPU they are from the device's own clock, and every kernel has a pass of its own, so the whole takes longer
 * than usual.
 *
 * https://pytorch.org/docs/stable/profiler.html
 *
 * @throws DeviceError when the device is asynchronous and has no clock (WebGPU without the feature `timestamp-query`).
 * @throws ArgumentError inside another profile of the same device.
 * @example
 * const found = await profile(() => randn([64, 64]).matmul(randn([64, 64])).relu());
 * console.log(`${found}`);
 */
export async function profile(fn: () => unknown, options?: ProfileOptions): Promise<Profile> {
  expectFunction("profile", fn);
  const { device } = settings("profile", options, { device: defaultDevice() });
  const { measure } = await import("./profiler.ts");
  return measure(fn, device);
}
