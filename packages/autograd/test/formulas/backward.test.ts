import { input, nodesOf } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { backward } from "../../src/formulas/backward.ts";

const [x, y] = [input(0, "float32"), input(1, "float32")];

describe("the gradient of formulas", () => {
  it("saves only the output if that is sufficient", () => {
    const { reads, sources } = backward({ outputs: [x.exp()], types: ["float32"] }, [true], [true]);
    expect(reads).toEqual({ inputs: [], outputs: [0] });
    expect(sources).toEqual([{ from: "op", index: 0 }]);
  });

  it("saves only the factor of a product that the requested gradient reads, with consecutive numbers", () => {
    const { formulas, reads, sources } = backward({ outputs: [x.mul(y)], types: ["float32"] }, [true, false], [true]);
    expect(reads).toEqual({ inputs: [1], outputs: [] });
    expect(sources).toEqual([{ from: "op", index: 0 }, null]);
    expect(nodesOf(formulas).flatMap((e) => (e.op === "input" ? [e.value] : []))).toEqual([0, 1]);
  });

  it("passes the gradient of a sum on unchanged", () => {
    const { formulas, sources } = backward({ outputs: [x.add(y)], types: ["float32"] }, [true, true], [true]);
    expect(formulas).toEqual([]);
    expect(sources).toEqual([
      { from: "gradient", index: 0 },
      { from: "gradient", index: 0 },
    ]);
  });
});
