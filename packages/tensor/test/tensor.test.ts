import { describe, expect, it } from "vitest";
import { reference } from "../src/backends/reference/reference.ts";
import {
  ArgumentError,
  cpu,
  DeviceError,
  DisposedError,
  type DType,
  DTypeError,
  IndexError,
  ShapeError,
  tensor,
} from "../src/index.ts";

describe("sizes and strides", () => {
  it("of single dimensions are counted from either end", () => {
    const x = tensor([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: a matrix
    expect([x.size(0), x.size(-1), x.stride(0), x.stride(-1)]).toEqual([2, 3, 3, 1]);
    expect(x.size(1, 0)).toEqual([3, 2]);
    expect(() => x.size(2)).toThrow(IndexError);
  });

  it("do not exist for the dimensions of a scalar, as in PyTorch", () => {
    for (const dim of [0, -1]) {
      expect(() => tensor(1).size(dim)).toThrow(new IndexError("size: a scalar has no dimensions"));
      expect(() => tensor(1).stride(dim)).toThrow(new IndexError("stride: a scalar has no dimensions"));
    }
  });
});

describe("newEmpty, newZeros, newOnes and newFull", () => {
  const x = tensor([1, 2]);

  it("reject sizes that are not non-negative integers", () => {
    for (const shape of [[-1], [1.5], [-2, -2], 3 as never]) {
      expect(() => x.newEmpty(shape)).toThrow(ShapeError);
      expect(() => x.newZeros(shape)).toThrow(/^newZeros: sizes must be non-negative integers/);
      expect(() => x.newOnes(shape)).toThrow(ShapeError);
      expect(() => x.newFull(shape, 2)).toThrow(ShapeError);
    }
  });

  it("reject unknown dtypes and devices", () => {
    const dtype = "float31" as DType;
    expect(() => x.newEmpty([2], { dtype })).toThrow(new DTypeError('newEmpty: there is no dtype "float31"'));
    expect(() => x.newZeros([2], { dtype })).toThrow(new DTypeError('newZeros: there is no dtype "float31"'));
    expect(() => x.newEmpty([2], { device: "cpu" as never })).toThrow(DeviceError);
    const half = { ...reference(), supports: (dtype: DType) => dtype !== "float64" };
    expect(() => x.newEmpty([2], { dtype: "float64", device: half })).toThrow(
      new DeviceError("newEmpty: the device reference has no float64"),
    );
  });
});

describe("to", () => {
  it("rejects values that are not a dtype or a device", () => {
    for (const target of [undefined, null, 3, {}])
      expect(() => tensor([1]).to(target as never)).toThrow(/^to: the device must be a Backend, such as cpu\(\), got/);
    expect(() => tensor([1]).to("gpu" as "float32")).toThrow(
      new ArgumentError('to: there is no dtype "gpu"; a device must be a Backend, such as cpu()'),
    );
  });

  it("uses the dtype and the device of another tensor", () => {
    const [x, device] = [tensor([1.5, -2]), cpu({ threads: 1 })];
    const y = x.to(tensor([3], { dtype: "int32", device }));
    expect(y).toMatchObject({ dtype: "int32", device });
    expect(y.toArraySync()).toEqual([1, -2]);
    expect(x.to(tensor([3]))).toBe(x);
  });

  it("converts on the device that supports both dtypes", () => {
    const limited = Object.assign(reference(), { supports: (dtype: DType) => dtype !== "float64" });
    const small = tensor([1.5], { device: limited });
    expect(small.to(tensor([1], { dtype: "float64" })).dtype).toBe("float64");
    expect(tensor([1.5], { dtype: "float64" }).to(small)).toMatchObject({ dtype: "float32", device: limited });
  });
});

describe("setData", () => {
  it("does not change the memory of other tensors after dispose()", () => {
    const x = tensor([1, 2]);
    const same = x.detach();
    x.dispose();
    expect(() => x.setData(tensor([3, 4]))).toThrow(DisposedError);
    expect(same.toArraySync()).toEqual([1, 2]);
  });

  it("rejects disposed memory", () => {
    const [x, gone] = [tensor([1, 2]), tensor([3, 4])];
    gone.dispose();
    expect(() => x.setData(gone)).toThrow(DisposedError);
    expect(x.toArraySync()).toEqual([1, 2]);
  });
});

describe("JavaScript's operators", () => {
  const x = tensor([1, 2]);
  it.each<[string, (x: never) => unknown]>([
    ["x + 1", (x) => x + 1],
    ["x * 2", (x) => x * 2],
    ["-x", (x) => -x],
    ["x < 1", (x) => x < 1],
  ])("%s is rejected", (_, compute) => {
    expect(() => compute(x as never)).toThrow(/no operators; use methods/);
  });

  it("do not keep tensors from being printed", () => {
    expect(`${x}`).toBe("tensor([1., 2.])");
    expect(String(x)).toBe("tensor([1., 2.])");
  });
});

it("requiresGrad_ names the package that computes gradients", () => {
  expect(() => tensor([1]).requiresGrad_()).toThrow(/import { requiresGrad } from @akari\/autograd/);
});
