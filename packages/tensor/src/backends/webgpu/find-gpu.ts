/**
 * Finds WebGPU: the browser's `navigator.gpu`, or in Node the npm package `webgpu`, which is Dawn, Chromium's
 * implementation. The package is loaded only when a device is requested, in a way that bundlers do not follow into
 * browser bundles.
 */

import { DeviceError } from "../../errors.ts";
import { importModule } from "../../import-module.ts";

/** The part of the npm package `webgpu` that is used. */
interface DawnPackage {
  create(options: string[]): GPU;
}

/**
 * Dawn's own memory is freed together with the object that `create` returns, even while devices exist, so the object is
 * kept. It does not keep Node from exiting.
 */
let instance: GPU | null = null;

/**
 * Returns the entry point to WebGPU.
 *
 * @throws DeviceError if there is none; the message says what to install.
 */
async function findGpu(): Promise<GPU> {
  if (typeof navigator !== "undefined" && "gpu" in navigator && navigator.gpu) return navigator.gpu;
  const isNode = typeof process !== "undefined" && process.versions?.node !== undefined;
  if (!isNode) {
    throw new DeviceError(
      "webgpu: this browser has no navigator.gpu; use a recent Chrome, Edge, Safari or Firefox, on a page served over https or localhost",
    );
  }
  let dawn: DawnPackage;
  try {
    dawn = (await importModule("webgpu")) as DawnPackage; // safe: the package's own types say so
  } catch (cause) {
    throw new DeviceError(
      'webgpu: in Node this device needs the package "webgpu", which did not load; install it with: npm install webgpu',
      {
        cause,
      },
    );
  }
  instance ??= dawn.create([]);
  return instance;
}

/** Limits to raise to the adapter's: by default a device only gets the minimum that WebGPU guarantees. */
const wanted = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
] as const;

/**
 * Requests a device with the adapter's own limits.
 *
 * @throws DeviceError if there is no adapter.
 */
export async function requestDevice(
  powerPreference: GPUPowerPreference,
): Promise<{ device: GPUDevice; info: GPUAdapterInfo }> {
  const gpu = await findGpu();
  const adapter = await gpu.requestAdapter({ powerPreference });
  if (adapter === null) {
    throw new DeviceError(
      "webgpu: no adapter; this machine has no GPU that WebGPU can use, or its driver is missing (on Linux: a Vulkan driver and libvulkan1)",
    );
  }
  const requiredLimits: Record<string, number> = {};
  for (const name of wanted) requiredLimits[name] = adapter.limits[name];
  const requiredFeatures: GPUFeatureName[] = adapter.features.has("timestamp-query") ? ["timestamp-query"] : [];
  return { device: await adapter.requestDevice({ requiredLimits, requiredFeatures }), info: adapter.info };
}
