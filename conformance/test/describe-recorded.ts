/** Declares one test per recorded case on a device. */

import { type Backend, defaultDevice, setDefaultDevice } from "@akari/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCase } from "../src/run-case.ts";
import { cases, families, folder, reason } from "./recorded-folder.ts";

/**
 * Declares the tests of all families on a device. Cases that need a missing feature are skipped with its name.
 *
 * @param compiled whether operations and training steps go through `compile`.
 */
export function describeRecorded(device: Backend, compiled = false): void {
  const name = compiled ? `${device.name}, compiled` : device.name;
  describe(`recorded cases on ${name}`, () => {
    const missing = new Set<string>();
    let before: Backend;
    beforeAll(() => {
      before = defaultDevice();
    });
    afterAll(() => {
      setDefaultDevice(before);
      if (missing.size > 0) process.stdout.write(`Not implemented on ${name}: ${[...missing].join("; ")}\n`);
    });

    if (folder === null) it.skip(reason, () => {});
    describe.each(families.filter((family) => cases(family).length > 0))("%s", (family) => {
      for (const one of cases(family)) {
        it(one.id, async (context) => {
          const outcome = await runCase(one, device, compiled);
          if (outcome.kind === "missing") {
            missing.add(outcome.what);
            context.skip(`not implemented: ${outcome.what}`);
          }
          if (outcome.kind === "failed")
            expect.fail(`${outcome.what}: expected ${outcome.expected}, got ${outcome.got}`);
        });
      }
    });
  });
}
