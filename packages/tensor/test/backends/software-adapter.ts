/**
 * The WebGPU device of tests. Where Chromium is installed, its software implementation of Vulkan gives machines without
 * a GPU an adapter. Where there is none the tests are skipped and say why; with `AKARI_REQUIRE_WEBGPU` set, as in
 * continuous integration, that is an error.
 */

import { existsSync } from "node:fs";
import { type WebGpuBackend, webgpu } from "../../src/backends/webgpu/index.ts";

const driver = "/usr/lib/chromium/vk_swiftshader_icd.json";

/** Points the Vulkan loader at Chromium's software driver, unless a driver was chosen already. */
function useSoftwareAdapter(): void {
  if (process.env.VK_ICD_FILENAMES === undefined && process.env.VK_DRIVER_FILES === undefined && existsSync(driver)) {
    process.env.VK_ICD_FILENAMES = driver;
  }
}

/** A device, or the reason why there is none. */
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
