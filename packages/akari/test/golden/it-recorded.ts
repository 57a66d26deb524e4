/** A recorded case as a test. What Akari does not have yet is neither a pass nor a failure: it is skipped, and named. */

import { it } from "vitest";
import { Missing } from "./golden.ts";

/** Declares the test of one recorded case. */
export function itRecorded(id: string, run: () => Promise<void> | void): void {
  it(id, async (context) => {
    try {
      await run();
    } catch (error) {
      if (error instanceof Missing) context.skip(`missing: ${error.message}`);
      throw error;
    }
  });
}
