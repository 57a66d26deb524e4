/**
 * The browser that pages run in, here and in the tests: which it is and how it is started, with a GPU or with a program
 * that stands in for one.
 */

/** Chromium, or what the environment variable CHROMIUM names. */
export const chromiumPath: string = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Chromium's software implementation of Vulkan, which Node can use too. */
export const softwareDriver = "/usr/lib/chromium/vk_swiftshader_icd.json";

const quiet = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-quic",
];

/** Arguments for WebGPU by a program on the CPU, which there is on every machine. */
export const softwareArguments: readonly string[] = [
  ...quiet,
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];

/** Arguments for WebGPU on the machine's own GPU, without a screen. */
export const hardwareArguments: readonly string[] = [
  ...quiet,
  "--enable-unsafe-webgpu",
  "--ignore-gpu-blocklist",
  "--enable-features=Vulkan",
  "--use-angle=vulkan",
  "--disable-vulkan-surface",
];
