/** The CPU backend under the suite that all backends pass, with threads and without. */

import { expect, it } from "vitest";
import { cpu } from "../../src/backends/cpu/index.ts";
import { zeros } from "../../src/index.ts";
import { describeBackend } from "../../src/testing/index.ts";

/** The CPU is written what the host has drawn. */
const except = ["random"] as const;

describeBackend("cpu", () => cpu(), { table: true, except });
describeBackend("cpu, one thread", () => cpu({ threads: 1 }), { runs: 30, seed: 2, except });

it("says that it draws nothing by itself", () => {
  const to = zeros([1]);
  expect(() => cpu().run({ kind: "random", distribution: "bits", seed: 1, offset: 0, to })).toThrow("numbers are drawn on the host");
});
