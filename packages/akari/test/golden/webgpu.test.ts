/**
 * What PyTorch computed in float32, on the GPU. Cases in float64 are left out, since the device has none, and so are calls that are refused for what their
 * tensors hold, since that would have to be read first.
 */

import { type Backend, DeviceError, setDefaultDevice } from "@akari/tensor";
import { webgpu } from "@akari/tensor/webgpu";
import { afterAll, beforeAll, describe, it } from "vitest";
import { useSoftwareAdapter } from "../software-adapter.ts";
import { cases, folder, Missing, reason } from "./golden.ts";
import { type OpCase, runOp } from "./op-case.ts";
import { table } from "./tables/index.ts";

const families = [
  "pointwise",
  "activation",
  "reduction",
  "shape",
  "indexing",
  "matmul",
  "conv",
  "pool",
  "norm",
  "loss",
  "linalg_small",
  "rnn",
  "attention",
] as const;

useSoftwareAdapter();

let device: Backend | null = null;
let absent = folder === null ? reason : "";
try {
  device = await webgpu();
} catch (error) {
  if (!(error instanceof DeviceError)) throw error;
  absent = error.message;
  process.stdout.write(`Recorded results on webgpu are skipped: ${absent}\n`);
}

/** Cases whose operation has to know what a tensor holds before it goes on: a device that cannot be read at once refuses them, by name. */
// biome-ignore format: lists like these are read in lines
const readAtOnce = new Set([
  "unique/float", "unique/inverse-counts", "repeat_interleave/tensor", "getitem/bool-mask", "getitem/bool-mask-rows", "masked_select/basic",
  "index_put/mask", "where/condition-only", "nonzero/2d", "nonzero/1d", "one_hot/inferred", "bincount/basic", "bincount/minlength", "bincount/weights",
  "inv/basic", "inv/batched", "det/basic", "det/batched", "solve/vector", "solve/matrix", "cholesky/basic",
]);

/** Whether a case has float64 in it: a dtype of a tensor, or an argument that asks for one. */
const isWide = (one: OpCase): boolean => JSON.stringify(one).includes('"float64"') || JSON.stringify(one).includes('"torch.float64"');

describe.skipIf(device === null || folder === null)(`operations on webgpu${absent && ` (skipped: ${absent})`}`, () => {
  let before: Backend;
  const gpu = device as Backend; // safe: skipped otherwise
  beforeAll(() => {
    before = setDefaultDevice(gpu);
  });
  afterAll(() => {
    setDefaultDevice(before);
  });
  describe.each(families)("%s", (family) => {
    for (const one of cases<OpCase>(family)) {
      const call = table[one.op];
      if (call === undefined || one.raises || isWide(one)) continue;
      it(one.id, async (context) => {
        try {
          await runOp(one, call, gpu);
        } catch (error) {
          if (error instanceof Missing) context.skip(`missing: ${error.message}`);
          if (error instanceof DeviceError && readAtOnce.has(one.id)) context.skip(error.message);
          throw error;
        }
      });
    }
  });
});
