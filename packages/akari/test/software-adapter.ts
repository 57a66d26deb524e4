/** Where Chromium is installed, its software implementation of Vulkan gives machines without a GPU a WebGPU adapter. */

import { existsSync } from "node:fs";

const driver = "/usr/lib/chromium/vk_swiftshader_icd.json";

/** Points the Vulkan loader at Chromium's software driver, unless a driver was chosen already. Call it before `webgpu()`. */
export function useSoftwareAdapter(): void {
  if (process.env.VK_ICD_FILENAMES === undefined && process.env.VK_DRIVER_FILES === undefined && existsSync(driver)) {
    process.env.VK_ICD_FILENAMES = driver;
  }
}
