/** Whole networks against PyTorch: one step of each, and training runs of some twenty steps. */

import { it } from "vitest";
import { describeDevices } from "./devices.ts";
import { cases, folder, Missing, reason } from "./golden.ts";
import { type ModuleCase, runModule, runTraining, type TrainCase } from "./modules.ts";

describeDevices("networks", (device) => {
  if (folder === null) it.skip(reason, () => {});
  for (const one of cases<ModuleCase | TrainCase>("modules")) {
    it(one.id, async (context) => {
      try {
        if ("optimizer" in one) await runTraining(one, device());
        else await runModule(one, device());
      } catch (error) {
        if (error instanceof Missing) context.skip(`missing: ${error.message}`);
        throw error;
      }
    });
  }
});
