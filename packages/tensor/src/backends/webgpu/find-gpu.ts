/**
 * Where WebGPU comes from: the browser's own `navigator.gpu`, or in Node the npm package `webgpu`, which is Dawn, the
 * implementation inside of Chromium. The package is loaded only when a device is asked for, in a way that bundlers do
 * not follow into a browser's bundle.
 */

import { importModule } from "../../../import-module.js";
import { DeviceError } from "../../errors.ts";

/** What the npm package `webgpu` exports, as far as we use it. */
interface DawnPackage {
  create(options: string[]): GPU;
}

/**
 * Dawn's own memory goes with the object that `create` returns, devices or not, so it is kept. It does not keep Node
 * from ending.
 */
let instance: GPU | null = null;

/**
 * The entry to WebGPU.
 *
 * @throws DeviceError when there is none, saying what to install.
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

/** The limits worth having: by default a device gets the least that WebGPU guarantees, whatever the hardware can do. */
const wanted = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
] as const;

/**
 * A device with the adapter's own limits.
 *
 * @throws DeviceError when there is no adapter.
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
