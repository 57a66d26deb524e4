/** Every operation against what PyTorch computed: results, gradients, shapes, dtypes, and the calls that must be refused. */

import { afterAll, describe, it } from "vitest";
import { describeDevices } from "./devices.ts";
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
  "creation",
  "linalg_small",
  "rnn",
  "attention",
  "errors",
] as const;

/** Operations that are not there, and how many cases wait for each. */
const missing = new Map<string, number>();

describe.skipIf(folder === null)(folder === null ? `operations (skipped: ${reason})` : "operations", () => {
  for (const family of families) {
    describeDevices(family, (device) => {
      for (const one of cases<OpCase>(family)) {
        const call = table[one.op];
        if (call === undefined) missing.set(one.op, (missing.get(one.op) ?? 0) + 0.5);
        it.skipIf(call === undefined)(call === undefined ? `${one.id}: ${one.op} is missing` : one.id, async (context) => {
          try {
            if (call !== undefined) await runOp(one, call, device());
          } catch (error) {
            if (error instanceof Missing) context.skip(`missing: ${error.message}`);
            throw error;
          }
        });
      }
    });
  }

  afterAll(() => {
    const names = [...missing].map(([name, count]) => `${name} (${count})`);
    if (names.length > 0) process.stdout.write(`Missing operations, with the cases that wait for them: ${names.join(", ")}\n`);
  });
});
