import { AutogradError, DTypeError, ones, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import "../src/index.ts";

describe("requiresGrad_", () => {
  it("makes a tensor a leaf that accumulates a gradient, and returns it", async () => {
    const x = ones([3]);
    expect(x.requiresGrad_()).toBe(x);
    x.mul(2).sum().backward();
    expect(await x.grad?.toArray()).toEqual([2, 2, 2]);
    expect(x.requiresGrad_(false).requiresGrad).toBe(false);
  });

  it("is what assigning to requiresGrad does", () => {
    const x = ones([3]);
    x.requiresGrad = true;
    const y = x.mul(2);
    expect([x.isLeaf, y.requiresGrad, y.isLeaf]).toEqual([true, true, false]);
    expect(() => {
      y.requiresGrad = false;
    }).toThrow(AutogradError);
  });

  it("rejects integers and values that are not booleans", () => {
    expect(() => tensor([1, 2], { dtype: "int32" }).requiresGrad_()).toThrow(DTypeError);
    expect(() => ones([1]).requiresGrad_("no" as never)).toThrow(/on must be true or false/);
  });
});
