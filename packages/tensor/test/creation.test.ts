/** Creation of tensors: from data, constants, evenly spaced and random. */

import { isDeepStrictEqual } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { reference } from "../src/backends/reference/index.ts";
import {
  ArgumentError,
  arange,
  DeviceError,
  DTypeError,
  empty,
  eye,
  fromTypedArray,
  full,
  Generator,
  linspace,
  manualSeed,
  multinomial,
  normal,
  onesLike,
  rand,
  randint,
  randn,
  randperm,
  ShapeError,
  setDefaultDevice,
  tensor,
  trilIndices,
  zeros,
} from "../src/index.ts";

beforeAll(() => {
  setDefaultDevice(reference());
});

describe("a tensor", () => {
  it("is not deeply equal to another tensor, since a deep comparison cannot read the device's memory", () => {
    const x = tensor([1, 2]);
    expect(x).toEqual(x);
    expect(x).not.toEqual(tensor([1, 3]));
    expect(isDeepStrictEqual(x, tensor([1, 3]))).toBe(false);
  });
});

describe("tensor", () => {
  it("accepts numbers, booleans, arrays, typed arrays and tensors", () => {
    expect(tensor(3).shape).toEqual([]);
    expect(
      tensor([
        [1, 2],
        [3, 4],
      ]).dtype,
    ).toBe("float32");
    expect(tensor([true, false]).dtype).toBe("bool");
    expect(tensor(new Int32Array([1, 2])).dtype).toBe("int32");
    expect(tensor([1.9, -1.9], { dtype: "int32" }).toArraySync()).toEqual([1, -1]);
    expect(tensor([tensor([1, 2]), tensor([3, 4])]).shape).toEqual([2, 2]);
    expect(tensor([]).shape).toEqual([0]);
    expect(tensor([[], []]).shape).toEqual([2, 0]);
    expect(tensor([0.1], { dtype: "float16" }).to("float32").itemSync()).toBeCloseTo(0.1, 3);
    expect(tensor([0.1, 3], { dtype: "bfloat16" }).toArraySync()).toEqual([0.10009765625, 3]);
    expect(tensor([tensor([0.1], { dtype: "bfloat16" })], { dtype: "float64" }).toArraySync()).toEqual([
      [0.10009765625],
    ]);
    // Raw bits of 16-bit floats, in the dtype that was requested.
    const ones = new Uint16Array([0x3c00, 0x3f80]);
    expect(fromTypedArray(ones).toArraySync()).toEqual([1, 1.875]);
    expect(fromTypedArray(ones, [2], { dtype: "bfloat16" }).toArraySync()).toEqual([0.0078125, 1]);
    expect(fromTypedArray(ones, [2], { dtype: "bfloat16" }).dataSync()).toEqual(ones);
    const x = tensor([1, 2]);
    const copy = tensor(x);
    x.fill_(0);
    expect(copy.toArraySync()).toEqual([1, 2]);
  });

  it("rejects ragged data, and values that are not numbers, with their index", () => {
    expect(() => tensor([[1, 2], [3]])).toThrow(/data\[0\] has shape \[2\], but data\[1\] has \[1\]/);
    expect(() => tensor([1, [2]])).toThrow(ShapeError);
    const text: unknown = [1, "2"];
    expect(() => tensor(text as number[])).toThrow(/data\[1\] must be a number, .* got "/);
    expect(() => fromTypedArray(new Float32Array(3), [2, 2])).toThrow(ShapeError);
  });

  it("rejects unknown options, dtypes and devices", () => {
    const options = (o: object) => o;
    expect(() => zeros([2], options({ dtpye: "int32" }))).toThrow(
      'zeros: there is no option "dtpye"; there are dtype, device',
    );
    expect(() => zeros([2], options({ dtype: "int64" }))).toThrow(DTypeError);
    expect(() => zeros([2], options({ device: "cpu" }))).toThrow(DeviceError);
    expect(() => zeros([-1])).toThrow(ShapeError);
    expect(() => zeros([1.5])).toThrow(ShapeError);
  });
});

describe("sequences and constants", () => {
  it("have the requested bounds and spacing", () => {
    expect(arange(2, 5).dtype).toBe("int32");
    expect(arange(0, 1, 0.25).toArraySync()).toEqual([0, 0.25, 0.5, 0.75]);
    expect(() => arange(0, 5, -1)).toThrow(ArgumentError);
    expect(linspace(0, 1, 3).toArraySync()).toEqual([0, 0.5, 1]);
    expect(eye(2, 3).toArraySync()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(full([2], true).dtype).toBe("bool");
    expect(full([2], 7).dtype).toBe("float32");
    expect(onesLike(arange(3)).dtype).toBe("int32");
    expect(empty([2, 0]).numel()).toBe(0);
    expect(trilIndices(2, 2).toArraySync()).toEqual([
      [0, 1, 1],
      [0, 0, 1],
    ]);
  });
});

describe("random tensors", () => {
  it("repeat with the same seed, and can use a separate generator", () => {
    manualSeed(0);
    const [a, b] = [rand([4]), rand([4])];
    manualSeed(0);
    expect(rand([4]).toArraySync()).toEqual(a.toArraySync());
    const generator = new Generator().manualSeed(0);
    expect(rand([4], { generator }).toArraySync()).toEqual(a.toArraySync());
    expect(rand([4]).toArraySync()).toEqual(b.toArraySync());
  });

  it("have the specified mean and spread", () => {
    manualSeed(1);
    const z = normal(3, 2, [4000]);
    expect(z.mean().itemSync()).toBeCloseTo(3, 0);
    expect(z.std().itemSync()).toBeCloseTo(2, 0);
    const digits = randint(10, [1000]).dataSync();
    expect(Math.min(...digits)).toBe(0);
    expect(Math.max(...digits)).toBe(9);
    expect([...randperm(20).dataSync()].sort((x, y) => x - y)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    const strided = zeros([3, 4]).t();
    strided.normal_();
    expect(new Set(strided.dataSync()).size).toBe(12);
    expect(
      tensor([0, 1, 0.5])
        .bernoulli_(tensor([0, 1, 1]))
        .toArraySync(),
    ).toEqual([0, 1, 1]);
  });

  it("draw classes by weight", () => {
    manualSeed(2);
    const drawn = multinomial(tensor([0, 1, 3]), 400, { replacement: true }).dataSync();
    expect(drawn.includes(0)).toBe(false);
    expect(drawn.filter((k) => k === 2).length).toBeGreaterThan(250);
    expect([...multinomial(tensor([1, 2, 3]), 3).dataSync()].sort()).toEqual([0, 1, 2]);
    expect(() => multinomial(tensor([1, 2]), 3)).toThrow(ArgumentError);
    expect(() => multinomial(tensor([-1, 2]), 1)).toThrow(/not negative/);
  });

  it("reject invalid arguments", () => {
    expect(() => zeros([2]).uniform_(1, 0)).toThrow(ArgumentError);
    expect(() => zeros([2]).normal_(0, -1)).toThrow(ArgumentError);
    expect(() => zeros([2]).bernoulli_(2)).toThrow(ArgumentError);
    expect(() => randn([2], { dtype: "int32" })).toThrow(DTypeError);
    expect(() => randint(5, 5, [2])).toThrow(new ArgumentError("randint: expected integers low < high, got 5 and 5"));
    expect(() => randint(-2, [2])).toThrow("randint: expected integers low < high, got 0 and -2");
    expect(() => randint(300, [2], { dtype: "uint8" })).toThrow("randint: 0 to 300 leaves the range of uint8");
    expect(new Set(zeros([200]).random_(3).dataSync())).toEqual(new Set([0, 1, 2]));
    expect(Math.max(...zeros([50]).random_(3, null).dataSync())).toBeGreaterThan(1000);
    expect(() => zeros([2]).random_(-1)).toThrow("random_: expected integers low < high, got 0 and -1");
    expect(() => zeros([2]).random_(5, 5)).toThrow("random_: expected integers low < high, got 5 and 5");
  });
});
