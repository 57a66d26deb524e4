/** Programs about gradients against what PyTorch made of them. */

import { it } from "vitest";
import { describeDevices } from "./devices.ts";
import { cases, folder, Missing, reason } from "./golden.ts";
import { type ProgramCase, runProgram } from "./programs.ts";

describeDevices("programs", (device) => {
  if (folder === null) it.skip(reason, () => {});
  for (const one of cases<ProgramCase>("autograd")) {
    it(one.id, async (context) => {
      try {
        await runProgram(one, device());
      } catch (error) {
        if (error instanceof Missing) context.skip(`missing: ${error.message}`);
        throw error;
      }
    });
  }
});
