/**
 * The WebGPU device: requests it, monitors it for errors and loss, and dispatches each kernel call to the code that
 * runs its kind.
 */

import type { Backend, DeviceBuffer } from "../../backend.ts";
import { ArgumentError, DeviceError } from "../../errors.ts";
import type { KernelCall } from "../../kernel.ts";
import { settings } from "../../settings.ts";
import { warn } from "../warn.ts";
import { argreduce } from "./argreduce.ts";
import { check } from "./check.ts";
import { conv } from "./conv.ts";
import type { Counters } from "./counters.ts";
import { requestDevice } from "./find-gpu.ts";
import { foreach } from "./foreach.ts";
import { gather, scatter } from "./gather.ts";
import type { WebGpuBuffer } from "./heap.ts";
import { matmul } from "./matmul.ts";
import { pointwise } from "./pointwise.ts";
import { pooling } from "./pool-kernels.ts";
import { random } from "./random.ts";
import { Recorder } from "./recorder.ts";
import { rows } from "./rows.ts";
import { scan } from "./scan.ts";
import { sort } from "./sort.ts";
import { sparse } from "./sparse.ts";

/** Options of `webgpu`. */
export interface WebGpuOptions {
  /** Maximum bytes to hold, in use and pooled together. Default: no limit. */
  readonly memoryLimit?: number;
  /**
   * Maximum bytes of one buffer, and therefore of one tensor. Tensors share as few buffers as this allows. Default: the
   * device's limit.
   */
  readonly largestBuffer?: number;
  /** Which GPU to use if there are several. Default `"high-performance"`. */
  readonly powerPreference?: "high-performance" | "low-power";
  /** Whether kernels use tiles in workgroup memory. Default: true on a GPU, false on a software adapter. */
  readonly tiles?: boolean;
}

/** A WebGPU device, with information about itself. */
export interface WebGpuBackend extends Backend {
  /** Counts of the resources created and submitted so far. */
  readonly counters: Counters;
  /** Description of the adapter by its driver. */
  readonly adapter: string;
  /** Whether the adapter is software that runs on the CPU instead of a GPU. */
  readonly software: boolean;
  /** Releases the device and all of its memory. Any later use throws a DeviceError. */
  destroy(): void;
}

/**
 * Requests a WebGPU device: the browser's, or in Node that of the npm package `webgpu`. It computes in float32, int32,
 * uint8 and bool, also stores float16 and bfloat16, and does not support float64. It can only be read asynchronously:
 * `await x.item()`, not `x.itemSync()`.
 *
 * @throws DeviceError if WebGPU is missing (the message says what to install) or has no adapter.
 * @throws ArgumentError for an unknown option, or for a number of bytes that is not positive.
 * @example
 * const gpu = await webgpu();
 * const x = tensor([1, 2, 3], { device: gpu });
 * const sum = await x.sum().item();
 */
export async function webgpu(options?: WebGpuOptions): Promise<WebGpuBackend> {
  const { memoryLimit, largestBuffer, powerPreference, tiles } = settings("webgpu", options, {
    memoryLimit: Number.POSITIVE_INFINITY,
    largestBuffer: Number.POSITIVE_INFINITY,
    powerPreference: "high-performance",
    tiles: undefined,
  });
  for (const [option, bytes] of Object.entries({ memoryLimit, largestBuffer })) {
    if (!(bytes > 0)) throw new ArgumentError(`webgpu: ${option} must be a positive number of bytes, got ${bytes}`);
  }
  if (powerPreference !== "high-performance" && powerPreference !== "low-power")
    throw new ArgumentError(
      `webgpu: powerPreference must be "high-performance" or "low-power", got ${JSON.stringify(powerPreference)}`,
    );
  const { device, info } = await requestDevice(powerPreference);
  const software =
    info.isFallbackAdapter === true || /swiftshader|llvmpipe/i.test(`${info.architecture} ${info.description}`);
  const recorder = new Recorder(device, { memoryLimit, largestBuffer }, !(tiles ?? !software));
  const { memory } = recorder;
  device.lost.then(({ reason, message }) => {
    if (reason === "destroyed") return;
    recorder.failure = new DeviceError(
      `webgpu: the device was lost: ${message}; make a new one with webgpu() and load the last saved state`,
    );
  });
  device.onuncapturederror = ({ error }) => {
    recorder.failure ??= new DeviceError(
      error.constructor.name === "GPUOutOfMemoryError"
        ? `webgpu: the device is out of memory: ${error.message}; use smaller batches, or webgpu({ memoryLimit })`
        : `webgpu: ${error.message}`,
    );
  };
  if (software)
    warn(
      `webgpu: ${info.description || info.architecture} runs on the CPU, not on a GPU: results are correct but slow; cpu() is faster`,
    );
  // safe: a backend is only given its own buffers
  const own = (buffer: DeviceBuffer) => buffer as WebGpuBuffer;
  return {
    name: "webgpu",
    adapter: [info.vendor, info.architecture, info.description].filter(Boolean).join(" "),
    software,
    get counters() {
      return recorder.counters;
    },
    allocate(bytes) {
      recorder.check();
      return memory.allocate(bytes);
    },
    free: (buffer) => memory.free(own(buffer)),
    write: (buffer, bytes, offset = 0) => recorder.write(own(buffer), bytes, offset),
    read: (buffer, offset, length) => recorder.read(own(buffer), offset, length),
    run: (call) => run(recorder, call),
    flush: () => recorder.flush(),
    ...(device.features.has("timestamp-query") && { startClock: () => recorder.startClock() }),
    memory: () => memory.use(),
    destroy() {
      recorder.failure ??= new DeviceError("webgpu: this device was destroyed; make a new one with webgpu()");
      device.destroy();
    },
    supports: (dtype) => dtype !== "float64",
  };
}

function run(recorder: Recorder, call: KernelCall): void {
  switch (call.kind) {
    case "pointwise":
      pointwise(recorder, call);
      return;
    case "foreach":
      foreach(recorder, call);
      return;
    case "rows":
      rows(recorder, call);
      return;
    case "argreduce":
      argreduce(recorder, call);
      return;
    case "gather":
      gather(recorder, call);
      return;
    case "scatter":
      scatter(recorder, call);
      return;
    case "scan":
      scan(recorder, call);
      return;
    case "random":
      random(recorder, call);
      return;
    case "matmul":
      matmul(recorder, call);
      return;
    case "conv":
      conv(recorder, call);
      return;
    case "pool":
      pooling(recorder, call);
      return;
    case "sort":
      sort(recorder, call);
      return;
    case "sparse":
      sparse(recorder, call);
      return;
    case "check":
      check(recorder, call);
      return;
    default:
      throw call satisfies never;
  }
}
