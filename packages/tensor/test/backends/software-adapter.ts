/**
 * The WebGPU device of tests. If Chromium is installed, its software implementation of Vulkan provides an adapter on
 * machines without a GPU. Without an adapter, the tests are skipped and print why; if `AKARI_REQUIRE_WEBGPU` is set, as
 * in continuous integration, that is an error.
 */

import { existsSync } from "node:fs";
import { type WebGpuBackend, webgpu } from "../../src/backends/webgpu/index.ts";

const driver = "/usr/lib/chromium/vk_swiftshader_icd.json";

/** Points the Vulkan loader at Chromium's software driver, unless a driver is already selected. */
function useSoftwareAdapter(): void {
  if (process.env.VK_ICD_FILENAMES === undefined && process.env.VK_DRIVER_FILES === undefined && existsSync(driver)) {
    process.env.VK_ICD_FILENAMES = driver;
  }
}

/** Returns a device, or the reason why there is none. */
export async function findWebGpu(): Promise<{ device: WebGpuBackend | null; reason: string }> {
  useSoftwareAdapter();
  try {
    return { device: await webgpu(), reason: "" };
  } catch (error) {
    if (process.env.AKARI_REQUIRE_WEBGPU) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    process.stdout.write(`webgpu tests are skipped: ${reason}\n`);
    return { device: null, reason };
  }
}
