/** The limits of dtypes, as in `torch.finfo` and `torch.iinfo`. */

import { describe, expect, it } from "vitest";
import { finfo, iinfo, tensor } from "../src/index.ts";

describe("limits", () => {
  it("are those of PyTorch for floats", () => {
    const half = { bits: 16, eps: 2 ** -10, max: 65504, min: -65504, tiny: 2 ** -14 };
    expect(finfo("float16")).toEqual(half);
    expect(finfo("bfloat16")).toEqual({
      bits: 16,
      eps: 2 ** -7,
      max: 255 * 2 ** 120,
      min: -255 * 2 ** 120,
      tiny: 2 ** -126,
    });
    expect(finfo("float64")).toEqual({
      bits: 64,
      eps: Number.EPSILON,
      max: Number.MAX_VALUE,
      min: -Number.MAX_VALUE,
      tiny: 2 ** -1022,
    });
    const { eps, max, tiny } = finfo("float32");
    expect([eps, tiny]).toEqual([2 ** -23, 2 ** -126]);
    // The dtype can represent the maximum, but not twice the maximum.
    expect(tensor([max, 2 * max, 1 + eps, 1 + eps / 2]).toArraySync()).toEqual([
      max,
      Number.POSITIVE_INFINITY,
      1 + eps,
      1,
    ]);
    expect(() => finfo("int32")).toThrow("finfo: expected a floating-point dtype, got int32");
  });

  it("are those of PyTorch for integers", () => {
    expect(iinfo("uint8")).toEqual({ bits: 8, max: 255, min: 0 });
    expect(iinfo("int32")).toEqual({ bits: 32, max: 2147483647, min: -2147483648 });
    expect(() => iinfo("float32")).toThrow("iinfo: expected an integer dtype, got float32");
    expect(() => iinfo("bool")).toThrow("iinfo: expected an integer dtype, got bool");
  });
});
