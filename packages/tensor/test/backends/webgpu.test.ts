/** The WebGPU backend under the suite that all backends pass. Without an adapter it is skipped, and says why. */

import { describe, it } from "vitest";
import { type WebGpuBackend, webgpu } from "../../src/backends/webgpu/index.ts";
import { describeBackend } from "../../src/testing/index.ts";
import { useSoftwareAdapter } from "./software-adapter.ts";

useSoftwareAdapter();

let device: WebGpuBackend | null = null;
let reason = "";
try {
  device = await webgpu();
} catch (error) {
  reason = error instanceof Error ? error.message : String(error);
}

if (device === null) {
  describe.skip("backend webgpu", () => {
    it(`skipped: ${reason}`, () => {});
  });
  process.stdout.write(`webgpu tests are skipped: ${reason}\n`);
} else {
  const found = device;
  describeBackend("webgpu", () => found, { runs: 40, accuracy: { subnormals: "flushed" } });
}
