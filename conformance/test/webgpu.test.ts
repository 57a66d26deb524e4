/** Compares the recorded cases with the GPU's results. */

import { it } from "vitest";
import { findWebGpu } from "../../packages/tensor/test/backends/software-adapter.ts";
import { describeRecorded } from "./describe-recorded.ts";

const { device, reason } = await findWebGpu();
if (device === null) it.skip(`recorded cases on webgpu (${reason})`, () => {});
else describeRecorded(device);
