/** Printed tensors. The expected texts are printed by PyTorch 1.13. */

import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { reference } from "../src/backends/reference/index.ts";
import { arange, getPrintoptions, setDefaultDevice, setPrintoptions, tensor, zeros } from "../src/index.ts";

beforeAll(() => {
  setDefaultDevice(reference());
});

describe("printing as in PyTorch", () => {
  it("prints integers and decimals", () => {
    expect(String(tensor(3.5))).toBe("tensor(3.5000)");
    expect(String(tensor([1, 2, 30]))).toBe("tensor([ 1.,  2., 30.])");
    expect(String(tensor([1.5, -2.25]))).toBe("tensor([ 1.5000, -2.2500])");
    expect(String(tensor([0.03125, 0.09375]))).toBe("tensor([0.0312, 0.0938])");
    expect(String(tensor([1, 2], { dtype: "int32" }))).toBe("tensor([1, 2])");
    expect(String(tensor([true, false]))).toBe("tensor([ True, False])");
  });

  it("uses exponents for values of very different magnitudes", () => {
    expect(String(tensor([1e-5, 1]))).toBe("tensor([1.0000e-05, 1.0000e+00])");
    expect(String(tensor([1, 2000]))).toBe("tensor([1.0000e+00, 2.0000e+03])");
  });

  it("prints NaN and infinities", () => {
    expect(String(tensor([Number.NaN, 1, Number.POSITIVE_INFINITY]))).toBe("tensor([nan, 1., inf])");
    expect(String(tensor([Number.NEGATIVE_INFINITY, 0.5]))).toBe("tensor([  -inf, 0.5000])");
  });

  it("nests brackets, with empty lines between matrices", () => {
    expect(String(arange(8).reshape(2, 2, 2))).toBe(
      "tensor([[[0, 1],\n         [2, 3]],\n\n        [[4, 5],\n         [6, 7]]])",
    );
  });

  it("summarizes long tensors", () => {
    expect(String(arange(2000))).toBe("tensor([   0,    1,    2,  ..., 1997, 1998, 1999])");
    expect(String(arange(1200).reshape(2, 600))).toBe(
      "tensor([[   0,    1,    2,  ...,  597,  598,  599],\n        [ 600,  601,  602,  ..., 1197, 1198, 1199]])",
    );
  });

  it("prints dtypes and shapes that are not the default", () => {
    expect(String(tensor([1], { dtype: "float64" }))).toBe("tensor([1.], dtype=float64)");
    expect(String(zeros([0, 3]))).toBe("tensor([], size=(0, 3))");
    expect(String(zeros([0], { dtype: "int32" }))).toBe("tensor([], dtype=int32)");
  });

  it("breaks long lines at 80 columns", () => {
    const lines = String(arange(40, { dtype: "float32" })).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines[1]?.startsWith("        ")).toBe(true);
  });
});

describe("setPrintoptions", () => {
  afterEach(() => setPrintoptions({ profile: "default" }));

  it("sets the number of decimals", () => {
    setPrintoptions({ precision: 2 });
    expect(String(tensor([0.125, 1.375]))).toBe("tensor([0.12, 1.38])");
    expect(String(tensor([1e-5, 1]))).toBe("tensor([1.00e-05, 1.00e+00])");
    setPrintoptions({ precision: 0 });
    expect(String(tensor([1.5, 2.5, -0.5]))).toBe("tensor([ 2,  2, -0])");
    setPrintoptions({ precision: 10 });
    expect(String(tensor([0.1]))).toBe("tensor([0.1000000015])");
  });

  it("summarizes above a threshold, with a number of elements at each end", () => {
    setPrintoptions({ threshold: 5, edgeitems: 1 });
    expect(String(arange(6))).toBe("tensor([0,  ..., 5])");
    expect(String(arange(5))).toBe("tensor([0, 1, 2, 3, 4])");
    setPrintoptions({ profile: "full" });
    expect(String(arange(2000))).not.toContain("...");
  });

  it("breaks lines at a width", () => {
    setPrintoptions({ linewidth: 40 });
    expect(String(arange(12, { dtype: "float32" }))).toBe(
      "tensor([ 0.,  1.,  2.,  3.,  4.,  5.,\n         6.,  7.,  8.,  9., 10., 11.])",
    );
    setPrintoptions({ linewidth: Number.POSITIVE_INFINITY });
    expect(String(arange(100))).not.toContain("\n");
  });

  it("forces or prevents scientific notation until the next call", () => {
    setPrintoptions({ sciMode: false });
    expect(String(tensor([1e-5, 2000]))).toBe("tensor([   0.0000, 2000.0000])");
    setPrintoptions({ sciMode: true });
    expect(String(tensor([1, 2]))).toBe("tensor([1.0000e+00, 2.0000e+00])");
    setPrintoptions({ precision: 4 });
    expect(String(tensor([1, 2]))).toBe("tensor([1., 2.])");
  });

  it("has profiles, which other options adjust", () => {
    setPrintoptions({ profile: "short", threshold: 10, precision: 3 });
    expect(getPrintoptions()).toEqual({ precision: 3, threshold: 10, edgeitems: 2, linewidth: 80, sciMode: null });
    expect(String(arange(12))).toBe("tensor([ 0,  1,  ..., 10, 11])");
  });

  it("restores options that were read", () => {
    const before = getPrintoptions();
    setPrintoptions({ precision: 1, sciMode: true });
    setPrintoptions(before);
    expect(getPrintoptions()).toEqual(before);
  });

  it("rejects invalid values and changes nothing then", () => {
    const before = getPrintoptions();
    expect(() => setPrintoptions({ precision: 2, edgeitems: 0 })).toThrow(
      "setPrintoptions: edgeitems must be a positive integer, got 0",
    );
    expect(() => setPrintoptions({ precision: -1 })).toThrow("precision must be an integer from 0 to 50, got -1");
    expect(() => setPrintoptions({ threshold: Number.NaN })).toThrow("threshold must not be negative, got NaN");
    // @ts-expect-error: not one of the profiles
    expect(() => setPrintoptions({ profile: "long" })).toThrow('profile must be "default", "short" or "full"');
    // @ts-expect-error: PyTorch's name
    expect(() => setPrintoptions({ sci_mode: true })).toThrow('there is no option "sci_mode"');
    expect(getPrintoptions()).toEqual(before);
  });
});
