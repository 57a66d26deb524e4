/** Runs the suite for backends on the CPU backend, with and without threads. */

import { expect, it } from "vitest";
import { cpu } from "../../src/backends/cpu/index.ts";
import { input } from "../../src/expr/expr.ts";
import { applyAll, PointwiseOp, tensor } from "../../src/index.ts";
import { describeBackend } from "../../src/testing/index.ts";

describeBackend("cpu", () => cpu(), { table: true });
describeBackend("cpu, one thread", () => cpu({ threads: 1 }), { runs: 30, seed: 2 });

it("rounds a half that another output of the kernel reads", () => {
  for (const dtype of ["float16", "bfloat16"] as const) {
    const half = input(0, "float32").cast(dtype);
    const both = new PointwiseOp("both", [half, half.cast("float32").sub(2047)], [dtype, "float32"]);
    const [rounded, rest] = applyAll(both, [tensor([2048.9])], []);
    expect([rounded?.itemSync(), rest?.itemSync()]).toEqual([2048, 1]);
  }
});
