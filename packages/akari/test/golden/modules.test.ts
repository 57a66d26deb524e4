/** Whole networks against PyTorch: one step of each, and training runs of some twenty steps. */

import { it } from "vitest";
import { describeDevices } from "./devices.ts";
import { cases, folder, reason } from "./golden.ts";
import { itRecorded } from "./it-recorded.ts";
import { type ModuleCase, runModule, runTraining, type TrainCase } from "./modules.ts";

describeDevices("networks", (device) => {
  if (folder === null) it.skip(reason, () => {});
  for (const one of cases<ModuleCase | TrainCase>("modules")) {
    itRecorded(one.id, async () => {
      if ("optimizer" in one) await runTraining(one, device());
      else await runModule(one, device());
    });
  }
});
