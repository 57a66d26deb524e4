/**
 * The browser for pages, here and in the tests: its path, and the arguments to start it with a GPU or with a software
 * adapter.
 */

/** Path of Chromium: the environment variable CHROMIUM, or the usual path. */
export const chromiumPath: string = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Path of Chromium's software implementation of Vulkan, which Node can use too. */
export const softwareDriver = "/usr/lib/chromium/vk_swiftshader_icd.json";

const quiet = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-quic",
];

/** Arguments for WebGPU on the software adapter, which is available on every machine. */
export const softwareArguments: readonly string[] = [
  ...quiet,
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];

/** Arguments for WebGPU on the machine's GPU, without a screen. */
export const hardwareArguments: readonly string[] = [
  ...quiet,
  "--enable-unsafe-webgpu",
  "--ignore-gpu-blocklist",
  "--enable-features=Vulkan",
  "--use-angle=vulkan",
  "--disable-vulkan-surface",
];
