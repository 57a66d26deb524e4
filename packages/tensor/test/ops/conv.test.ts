/** Convolutions compared with products of patches and weights, pooling, resampling, and errors. */

import { beforeAll, describe, expect, it } from "vitest";
import { reference } from "../../src/backends/reference/index.ts";
import {
  ArgumentError,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  arange,
  avgPool1d,
  avgPool2d,
  col2im,
  conv1d,
  conv2d,
  convTranspose2d,
  DTypeError,
  im2col,
  interpolate,
  lpPool2d,
  manualSeed,
  matmul,
  maxPool2d,
  ones,
  pixelShuffle,
  pixelUnshuffle,
  randn,
  ShapeError,
  setDefaultDevice,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.ts";

beforeAll(() => {
  setDefaultDevice(reference());
  manualSeed(3);
});

function counting(...shape: number[]): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return arange(count, { dtype: "float32" }).reshape(shape);
}

function expectSame(a: Tensor, b: Tensor): void {
  expect(a.shape).toEqual(b.shape);
  expect(Math.max(...a.sub(b).abs().dataSync())).toBeLessThan(1e-4);
}

describe("convolution", () => {
  it("is the product of the patches with the weight", () => {
    const [x, w, b] = [randn([2, 3, 6, 5]), randn([4, 3, 3, 2]), randn([4])];
    for (const settings of [
      {},
      { stride: 2 },
      { padding: 1 },
      { dilation: 2 },
      { stride: 2, padding: 1, dilation: 2 },
    ]) {
      const y = conv2d(x, w, b, settings);
      const columns = im2col(x, [3, 2], settings);
      const flat = matmul(w.reshape(4, 18), columns).add(b.reshape(4, 1));
      expectSame(y, flat.reshape(y.shape));
    }
  });

  it("computes groups independently", () => {
    const [x, w] = [randn([1, 4, 5, 5]), randn([6, 2, 3, 3])];
    const y = conv2d(x, w, { groups: 2 });
    expectSame(y, conv2d(x, w, null, { groups: 2 }));
    const [first, second] = x.chunk(2, 1);
    const [top, bottom] = w.chunk(2, 0);
    expectSame(y.narrow(1, 0, 3), conv2d(first, top));
    expectSame(y.narrow(1, 3, 3), conv2d(second, bottom));
  });

  it("preserves the size with same padding, with the odd zero at the end", () => {
    const x = counting(1, 1, 4);
    expect(conv1d(x, ones([1, 1, 2]), null, { padding: "same" }).toArraySync()).toEqual([[[1, 3, 5, 3]]]);
    expect(conv1d(x, ones([1, 1, 3]), null, { padding: "same" }).shape).toEqual([1, 1, 4]);
    expect(conv1d(counting(1, 4), ones([1, 1, 2])).shape).toEqual([1, 3]);
    expect(() => conv1d(x, ones([1, 1, 2]), null, { padding: "same", stride: 2 })).toThrow(ArgumentError);
  });

  it("has its adjoint in the transposed convolution: ⟨conv(x), y⟩ = ⟨x, convᵀ(y)⟩", () => {
    const settings = { stride: 2, padding: 1 };
    const [x, w] = [randn([1, 2, 5, 5]), randn([3, 2, 3, 3])];
    const y = conv2d(x, w, null, settings);
    const g = randn(y.shape);
    const back = convTranspose2d(g, w, null, settings);
    expect(y.mul(g).sum().itemSync()).toBeCloseTo(x.mul(back).sum().itemSync(), 3);
  });

  it("rejects invalid shapes and strides, and quotes the sizes", () => {
    expect(() => conv2d(zeros([1, 3, 5, 5]), zeros([2, 4, 3, 3]))).toThrow(/3 channels.*expects 4/);
    expect(() => conv2d(zeros([1, 1, 2, 2]), zeros([1, 1, 3, 3]))).toThrow(ShapeError);
    expect(() => conv2d(zeros([1, 1, 4, 4]), zeros([1, 1, 3, 3]), zeros([2]))).toThrow(/bias/);
    expect(() => conv2d(zeros([1, 1, 4, 4]), zeros([1, 1, 3, 3]), null, { stride: 0 })).toThrow(ArgumentError);
    const misspelt: object = { strides: 2 };
    expect(() => conv2d(zeros([1, 1, 4, 4]), zeros([1, 1, 3, 3]), null, misspelt)).toThrow(/no option "strides"/);
  });
});

describe("pooling", () => {
  it("returns maxima and their indices", () => {
    const x = counting(1, 1, 4, 4);
    const [values, indices] = maxPool2d(x, 2, { returnIndices: true });
    expect(values.toArraySync()).toEqual([
      [
        [
          [5, 7],
          [13, 15],
        ],
      ],
    ]);
    expect(indices.dtype).toBe("int32");
    expect(indices.toArraySync()).toEqual(values.toArraySync());
    expect(maxPool2d(counting(1, 5, 5), 2, { ceilMode: true }).shape).toEqual([1, 3, 3]);
  });

  it("averages, with or without the padding", () => {
    const x = ones([1, 1, 2, 2]);
    const corner = (y: Tensor) => y.get(0, 0, 0, 0).itemSync();
    expect(corner(avgPool2d(x, 2, { padding: 1 }))).toBe(0.25);
    expect(corner(avgPool2d(x, 2, { padding: 1, countIncludePad: false }))).toBe(1);
    expect(corner(avgPool2d(x, 2, { divisorOverride: 2 }))).toBe(2);
    expect(adaptiveAvgPool2d(counting(1, 1, 3, 3), 1).itemSync()).toBe(4);
    expect(adaptiveAvgPool2d(counting(1, 1, 3, 5), [2, null]).shape).toEqual([1, 1, 2, 5]);
  });

  it("truncates the means of integers, as PyTorch does on the CPU", () => {
    const x = counting(1, 1, 4, 4).to("int32");
    expect(avgPool2d(x.sub(8), 2).toArraySync()).toEqual([
      [
        [
          [-5, -3],
          [2, 4],
        ],
      ],
    ]);
    expect(avgPool2d(x, 2).dtype).toBe("int32");
    // A mean that is whole is not rounded down.
    expect(avgPool2d(ones([1, 1, 7, 7], { dtype: "int32" }), 7).itemSync()).toBe(1);
    const norms = [6.3246, 9.798, 21.3542, 25.2982];
    lpPool2d(x, 2, 2)
      .dataSync()
      .forEach((norm, i) => {
        expect(norm).toBeCloseTo(norms[i] as number, 3);
      });
  });

  it("rejects invalid windows, padding and dtypes", () => {
    expect(() => maxPool2d(zeros([1, 1, 2, 2]), 3)).toThrow(ShapeError);
    expect(() => maxPool2d(zeros([1, 1, 4, 4]), 2, { padding: 2 })).toThrow(/more than half/);
    expect(() => avgPool2d(zeros([4, 4]), 2)).toThrow(ShapeError);
    for (const dtype of ["uint8", "bool"] as const) {
      const x = counting(1, 1, 4, 4).to(dtype);
      expect(() => avgPool2d(x, 2)).toThrow(/^avgPool2d: expected a floating-point dtype, got/);
      if (dtype === "uint8") expect(() => lpPool2d(x, 2, 2)).toThrow(/^lpPool2d: expected a floating-point dtype/);
    }
    for (const shape of [
      [0, 4, 4],
      [2, 0, 4, 4],
      [2, 3, 0, 4],
    ])
      for (const pool of [maxPool2d, avgPool2d])
        expect(() => pool(zeros(shape), 1)).toThrow(/sizes \(except the batch\)/);
    expect(maxPool2d(zeros([0, 3, 4, 4]), 2).shape).toEqual([0, 3, 2, 2]);
    // Safe, all of these: values that plain JavaScript might pass.
    for (const size of [null, undefined, "2", {}, true, [1, "2"]] as never[]) {
      expect(() => maxPool2d(zeros([1, 1, 4, 4]), size)).toThrow(
        /^maxPool2d: kernelSize must be a positive integer, or/,
      );
      const convolve = () => conv2d(zeros([1, 1, 4, 4]), zeros([1, 1, 1, 1]), null, { stride: size });
      if (size !== undefined) expect(convolve).toThrow(/^conv2d: stride must be a positive integer, or 2 of them/);
      expect(() => adaptiveAvgPool2d(zeros([1, 1, 4, 4]), size)).toThrow(
        /adaptiveAvgPool2d: expected 2 positive sizes/,
      );
    }
    expect(() => avgPool2d(null as unknown as Tensor, 2)).toThrow(/^avgPool2d: expected a tensor, got null/);
    expect(() => avgPool2d(zeros([1, 1, 4, 4]), 2, { divisorOverride: 0 })).toThrow(/divisorOverride must not be 0/);
    for (const divisorOverride of [Number.NaN, "2" as unknown as number])
      expect(() => avgPool2d(zeros([1, 1, 4, 4]), 2, { divisorOverride })).toThrow(/must be a number, got/);
  });
});

describe("images", () => {
  it("sum the patches of im2col, each element once per window that contains it", () => {
    const x = counting(1, 2, 4, 4);
    const times = col2im(im2col(ones([1, 2, 4, 4]), 2), 4, 2);
    expectSame(col2im(im2col(x, 2), 4, 2), x.mul(times));
    expectSame(col2im(im2col(x, 2, { stride: 2 }), 4, 2, { stride: 2 }), x);
    expectSame(
      col2im(im2col(x, 2, { dilation: 2, stride: 1, padding: 1 }), 4, 2, { dilation: 2, padding: 1 }).mul(0),
      x.mul(0),
    );
  });

  it("are shuffled from channels to pixels and back", () => {
    const x = counting(1, 8, 2, 3);
    expect(pixelShuffle(x, 2).shape).toEqual([1, 2, 4, 6]);
    expectSame(pixelUnshuffle(pixelShuffle(x, 2), 2), x);
  });

  it("are resampled exactly if they are linear ramps", () => {
    const ramp = tensor([[[0, 1, 2, 3]]]);
    expect(interpolate(ramp, { size: 7, mode: "linear", alignCorners: true }).toArraySync()).toEqual([
      [[0, 0.5, 1, 1.5, 2, 2.5, 3]],
    ]);
    expect(interpolate(ramp, { scaleFactor: 2 }).toArraySync()).toEqual([[[0, 0, 1, 1, 2, 2, 3, 3]]]);
    expect(interpolate(ramp, { size: 3 }).toArraySync()).toEqual([[[0, 1, 2]]]);
    expect(interpolate(ramp, { size: 3, mode: "nearest-exact" }).toArraySync()).toEqual([[[0, 2, 3]]]);
    expect(() => interpolate(ramp, { size: 7, mode: "bilinear" })).toThrow(ArgumentError);
    expect(() => interpolate(ramp, {})).toThrow(/size or scaleFactor/);
    expect(() => interpolate(ramp, { size: [null as unknown as number] })).toThrow(/expected 1 positive sizes/);
    for (const mode of ["linear", "area"] as const)
      expect(() => interpolate(ramp.int(), { size: 3, mode })).toThrow(/interpolate: expected a floating-point dtype/);
    expect(interpolate(ramp.int(), { size: 2 }).toArraySync()).toEqual([[[0, 2]]]);
    expect(() => adaptiveAvgPool2d(counting(1, 1, 3, 3).int(), 2)).toThrow(DTypeError);
  });

  it("are reduced with antialiasing as in PyTorch", () => {
    const x = counting(1, 1, 4, 4).square();
    const shrunk = (mode: "bilinear" | "bicubic", size: number[]) =>
      interpolate(x, { size, mode, antialias: true }).reshape(-1);
    expectSame(
      shrunk("bilinear", [2, 3]),
      tensor([
        18.014286041259766, 27.071430206298828, 38.92857360839844, 97.21428680419922, 121.35713958740234,
        148.3000030517,
      ]),
    );
    expectSame(
      shrunk("bicubic", [2, 6]),
      tensor([
        ...[9.278273582458496, 11.879921913146973, 16.49058723449707, 21.62006378173828, 28.626155853271484],
        ...[33.37331771850586, 95.98641204833984, 105.56587219238281, 121.20684814453125, 136.07736206054688],
        ...[154.11376953125, 165.83872985839844],
      ]),
    );
    expect(() => interpolate(x, { size: 2, mode: "area", antialias: true })).toThrow(
      'interpolate: antialias is for the modes "bilinear" and "bicubic", not "area"',
    );
  });

  it("propagate an infinity only to the elements that are computed from it", () => {
    const x = tensor([[[1, 2, Number.POSITIVE_INFINITY, 4, 5, 6]]]);
    expect(interpolate(x, { size: 3, mode: "linear" }).toArraySync()).toEqual([[[1.5, Number.POSITIVE_INFINITY, 5.5]]]);
    expect(avgPool1d(x, 2).toArraySync()).toEqual([[[1.5, Number.POSITIVE_INFINITY, 5.5]]]);
    expect(adaptiveAvgPool1d(x, 4).toArraySync()).toEqual([[[1.5, Number.POSITIVE_INFINITY, 4.5, 5.5]]]);
  });

  it("of any dtype are resampled by nearest neighbors", () => {
    for (const dtype of ["bool", "uint8", "int32", "float64"] as const) {
      const x = tensor([[[1, 0, 1]]], { dtype });
      const y = interpolate(x, { size: 5 });
      expect(y.dtype).toBe(dtype);
      expect(y.float().toArraySync()).toEqual([[[1, 1, 0, 0, 1]]]);
    }
  });
});
