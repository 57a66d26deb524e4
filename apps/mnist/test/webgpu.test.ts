/** The demo on the GPU, or on a software adapter. */

import { existsSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { folder, mnist, resultOf } from "./command.ts";
import { smallDigits } from "./idx.ts";

/** Chromium's software implementation of Vulkan, for machines without a GPU. */
const driver = "/usr/lib/chromium/vk_swiftshader_icd.json";
const chosen = process.env.VK_ICD_FILENAMES ?? process.env.VK_DRIVER_FILES;
const env: Record<string, string> = chosen === undefined && existsSync(driver) ? { VK_ICD_FILENAMES: driver } : {};

describe("a run on webgpu", () => {
  let data = "";
  beforeAll(async () => {
    data = await smallDigits(640, 160);
  });

  it("trains, prints the device, and exits", { timeout: 120_000 }, async (context) => {
    const out = await folder();
    const ended = await mnist(
      ["--model", "mlp", "--data", data, "--epochs", "3", "--device", "webgpu", "--out", out, "--json"],
      { env },
    );
    if (ended.code !== 0 && /no adapter|npm install webgpu/.test(ended.err) && !process.env.AKARI_REQUIRE_WEBGPU) {
      context.skip(ended.err.trim());
    }
    expect(ended.code, ended.err).toBe(0);
    expect(ended.out).toMatch(/^device {2}webgpu, ./);
    expect(resultOf(ended).accuracy).toBeGreaterThan(0.8);
  });
});
