/** Programs about gradients against what PyTorch made of them. */

import { it } from "vitest";
import { describeDevices } from "./devices.ts";
import { cases, folder, reason } from "./golden.ts";
import { itRecorded } from "./it-recorded.ts";
import { type ProgramCase, runProgram } from "./programs.ts";

describeDevices("programs", (device) => {
  if (folder === null) it.skip(reason, () => {});
  for (const one of cases<ProgramCase>("autograd")) {
    itRecorded(one.id, async () => {
      await runProgram(one, device());
    });
  }
});
