import { describe, expect, it } from "vitest";
import { AkariError, ArgumentError, assertClose, tensor } from "../src/index.ts";

describe("assertClose", () => {
  it("accepts values within the tolerances of their dtype", async () => {
    await assertClose(tensor([1, 0]), tensor([1.000001, 1e-6]));
    await assertClose(tensor([1], { dtype: "int32" }), tensor([1], { dtype: "int32" }));
    await assertClose({ loss: 0.5, weights: [tensor([1])] }, { loss: 0.5, weights: [tensor([1])] });
    const infinite = tensor([Number.NaN, Number.POSITIVE_INFINITY]);
    await assertClose(infinite, infinite, { equalNan: true });
    await assertClose(tensor([1]), tensor([1], { dtype: "float64" }), { checkDtype: false });
    await assertClose(tensor([1]), tensor([1.05]), { rtol: 0, atol: 0.1 });
  });

  it("says how many elements differ, where and by how much", async () => {
    await expect(assertClose(tensor([1, 2, 3]), tensor([1, 2.5, 3.1]))).rejects.toThrow(
      "assertClose: 2 of 3 elements differ (66.7 %): greatest absolute difference 0.5 at [1] (up to 0.00001 allowed), greatest relative difference 0.2 at [1] (up to 0.0000013 allowed)",
    );
    const [actual, expected] = [
      tensor([
        [1, 2],
        [3, 4],
      ]),
      tensor([
        [1, 2],
        [3, 5],
      ]),
    ];
    await expect(assertClose({ w: [actual] }, { w: [expected] })).rejects.toThrow(
      "assertClose: at w[0]: 1 of 4 elements differ (25.0 %): greatest absolute difference 1 at [1, 1]",
    );
    await expect(assertClose(1, 2)).rejects.toThrow(AkariError);
    await expect(assertClose(1, 2, { msg: "wrong" })).rejects.toThrow(/^wrong$/);
  });

  it("rejects NaN, infinities and other shapes, dtypes and entries", async () => {
    const nan = tensor([Number.NaN]);
    await expect(assertClose(nan, nan)).rejects.toThrow("greatest absolute difference NaN at [0]");
    await expect(assertClose(tensor([1]), tensor([Number.POSITIVE_INFINITY]))).rejects.toThrow("1 of 1 elements");
    await expect(assertClose(tensor([1]), tensor([1, 1]))).rejects.toThrow("expected shape [2], got [1]");
    await expect(assertClose(tensor([1]), tensor([1], { dtype: "float64" }))).rejects.toThrow(
      "expected dtype float64, got float32",
    );
    await expect(assertClose([1], [1, 2])).rejects.toThrow("expected the entries 0, 1, got 0");
    await expect(assertClose(tensor([1]), 1)).rejects.toThrow("expected a number, got a tensor");
  });

  it("rejects invalid arguments", async () => {
    await expect(assertClose(1, 1, { rtol: 1 })).rejects.toThrow("assertClose: give both rtol and atol, or neither");
    await expect(assertClose(1, 1, { rtol: -1, atol: 0 })).rejects.toThrow("rtol must not be negative");
    await expect(assertClose("a" as never, "a" as never)).rejects.toThrow(ArgumentError);
  });
});
