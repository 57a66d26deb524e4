/**
 * Assembling tensors from parts, distances, quantiles, logarithms of determinants, and equality: cases that the
 * recorded PyTorch results do not cover.
 */

import { describe, expect, it } from "vitest";
import * as ops from "../../src/index.ts";
import {
  ArgumentError,
  allclose,
  allcloseSync,
  arange,
  asTensor,
  blockDiag,
  cartesianProd,
  cdist,
  combinations,
  DTypeError,
  diagonalScatter,
  equal,
  equalSync,
  eye,
  isin,
  logdet,
  multinomial,
  nanquantile,
  ones,
  pdist,
  quantile,
  renorm,
  ShapeError,
  sliceScatter,
  slogdet,
  solveTriangular,
  stack,
  tensor,
  vander,
  zeros,
} from "../../src/index.ts";

describe("assembling", () => {
  it("rejects invalid shapes and sizes", () => {
    expect(() => blockDiag(ones([1, 1, 1]))).toThrow(/blockDiag: expected matrices, got shape \[1, 1, 1\]/);
    expect(() => combinations(ones([2, 2]))).toThrow(ShapeError);
    expect(() => combinations(ones([2]), -1)).toThrow(/r must be a non-negative integer, got -1/);
    expect(combinations(ones([2]), 0).shape).toEqual([0]);
    expect(() => vander(ones([2]), { n: 1.5 })).toThrow(ArgumentError);
    expect(vander(ones([2]), { n: 0 }).shape).toEqual([2, 0]);
    expect(() => vander(ones([2, 2]))).toThrow(ShapeError);
    expect(() => diagonalScatter(ones([2, 2]), ones([3]))).toThrow(
      "diagonalScatter: expected a source of shape [2], got shape [3]",
    );
    expect(() => sliceScatter(ones([4]), ones([3]), 0, 0, 2)).toThrow(ShapeError);
    expect(() => ones([2, 2]).fillDiagonal_(1, { wrap: true } as never)).toThrow(
      new ArgumentError("fillDiagonal_: wrap must be true or false, got { wrap: true }"),
    );
    expect(() => ones([2, 2, 3]).fillDiagonal_(1)).toThrow(/a matrix or equal sizes, got shape \[2, 2, 3\]/);
    expect(cartesianProd(tensor([1, 2])).toArraySync()).toEqual([1, 2]);
  });

  it("does not change the original", () => {
    const x = zeros([3]);
    expect(sliceScatter(x, ones([2]), 0, 1).toArraySync()).toEqual([0, 1, 1]);
    expect(x.toArraySync()).toEqual([0, 0, 0]);
    const view = zeros([3, 3]);
    view.narrow(1, 1, 2).fillDiagonal_(7);
    expect(view.toArraySync()).toEqual([
      [0, 7, 0],
      [0, 0, 7],
      [0, 0, 0],
    ]);
  });
});

describe("distances and quantiles", () => {
  it("are the same for many rows as for few", () => {
    const rows = arange(120).remainder(7).float().reshape([30, 4]);
    const each = stack(rows.unbind().map((row) => cdist(row.unsqueeze(0), rows).squeeze(0)));
    expect(allcloseSync(cdist(rows, rows), each, { rtol: 1e-6 })).toBe(true);
  });

  it("reject invalid shapes and arguments", () => {
    expect(() => cdist(ones([2, 3]), ones([2, 4]))).toThrow(/rows of equal length, got shapes \[2, 3\] and \[2, 4\]/);
    expect(() => pdist(ones([3]))).toThrow(ShapeError);
    expect(() => renorm(ones([2, 2]), 0, 0, 1)).toThrow(/p must be positive/);
    expect(() => renorm(ones([2]), 2, 0, 1)).toThrow("renorm: expected at least 2 dimensions, got shape [2]");
    expect(() => allcloseSync(ones([1]), ones([1]), { rtol: -1 })).toThrow(
      "isclose: rtol must not be negative, got -1",
    );
    expect(() => allcloseSync(ones([1]), ones([1]), { atol: -1 })).toThrow(
      "isclose: atol must not be negative, got -1",
    );
    expect(() => quantile(ones([3]), -0.1)).toThrow(/quantile: q must be from 0 to 1, got -0.1/);
    expect(() => quantile(ones([3]), tensor([0.5, 2]))).toThrow(/q must be from 0 to 1, got 2/);
    expect(() => quantile(ones([3]), ones([1, 1]))).toThrow(ShapeError);
    expect(() => quantile(ones([3]).int(), 0.5)).toThrow(DTypeError);
    expect(() => nanquantile(zeros([0]), 0.5)).toThrow(/nanquantile: expected at least one element, got shape \[0\]/);
    expect(() => quantile(ones([3]), 0.5, 0, { interpolation: "cubic" as "linear" })).toThrow(
      /interpolation must be "linear", "lower", "higher", "midpoint" or "nearest", got "cubic"/,
    );
    expect(pdist(ones([1, 2])).shape).toEqual([0]);
  });

  it("rank more elements of 16 bits than these can count", () => {
    const x = arange(3001).div(3000).to("float16");
    for (const of of [quantile, nanquantile]) {
      expect(of(x, 0.5).dtype).toBe("float16");
      expect(of(x, tensor([0.25, 0.75])).toArraySync()).toEqual([0.25, 0.75]);
    }
  });

  it("accept scalars", () => {
    expect(quantile(tensor(3), 0.2).itemSync()).toBe(3);
    expect(tensor(3).nanmedian().itemSync()).toBe(3);
  });
});

describe("determinants and triangular systems", () => {
  it("slogdet supports determinants outside the range of floats", () => {
    const { sign, logabsdet } = slogdet(eye(100).mul(-1e-3));
    expect(sign.itemSync()).toBe(1);
    expect(logabsdet.itemSync()).toBeCloseTo(100 * Math.log(1e-3), 2);
    expect(logdet(eye(3).mul(-1)).itemSync()).toBeNaN();
    expect(() => slogdet(ones([2, 3]))).toThrow(/slogdet: expected a square matrix/);
  });

  it("solveTriangular rejects singular and non-square matrices", () => {
    expect(() => solveTriangular(zeros([2, 2]), ones([2, 1]), { upper: true })).toThrow(
      "solveTriangular: the matrix is singular",
    );
    expect(() => solveTriangular(ones([2, 3]), ones([2, 1]), { upper: true })).toThrow(ShapeError);
  });
});

describe("functions made of others", () => {
  it("report errors in their own name", () => {
    // Safe, all of these: values that plain JavaScript might pass.
    for (const [act, message] of [
      [() => ops.bilinear(ones([2, 3]), ones([2, 3]), ones([1, 3, 3]).double()), "bilinear: expected both tensors to"],
      [() => ops.bilinear(ones([3]), ones([3]), ones([2, 3, 3]), ones([1])), "bilinear: expected a bias of shape [2]"],
      [() => ops.choleskySolve(ones([3]), ones([3, 3])), "choleskySolve: expected right-hand sides of at least 2"],
      [() => ops.choleskySolve(ones([2, 1]), ones([3, 3])), "choleskySolve: expected as many rows"],
      [() => ops.choleskySolve(ones([2, 1]), zeros([2, 2])), "choleskySolve: the matrix is singular"],
      [() => ops.vecdot(ones([3]), ones([2])), "vecdot: cannot broadcast [3] with [2]"],
      [() => ops.vecdot(ones([3]), ones([3]).double()), "vecdot: expected both tensors to have one dtype"],
      [() => ops.vecdot(ones([3]).int(), ones([3]).int()), "vecdot: expected a floating-point dtype, got int32"],
      [() => ops.bucketize(ones([3]), zeros([])), "bucketize: expected equal leading sizes"],
      [() => ops.fliplr(ones([3])), "fliplr: dimension 1 is out of range"],
      [() => ops.flipud(tensor(1)), "flipud: a scalar has no dimensions"],
      [() => ops.movedim(ones([2, 3]), null as never, 0), "movedim: dimension null is out of range"],
      [() => ops.roll(ones([3]), "1" as never), 'roll: shifts must be an integer, got "1"'],
      [() => ops.pad(ones([3]), 1 as never), "pad: expected pairs of whole widths for at most 1 dimensions, got [1]"],
      [() => ops.split(ones([3]), null as never), "split: the sizes [] add up to"],
      [() => ops.tensorSplit(ones([3]), null as never), "tensorSplit: sections must be a positive integer, got null"],
      [
        () => ops.expand(ones([1]), null as never),
        "expand: sizes must be non-negative integers in an array, got [null]",
      ],
    ] as const)
      expect(act).toThrow(message);
  });
});

describe("equality and asTensor", () => {
  it("equal returns a promise, and equalSync a boolean", async () => {
    const x = tensor([1, 2]);
    expect(await equal(x, tensor([1, 2]))).toBe(true);
    expect(await x.equal(tensor([1, 3]))).toBe(false);
    expect(equalSync(x, tensor([[1, 2]]))).toBe(false);
    expect(x.equalSync(x)).toBe(true);
    expect(equalSync(tensor([Number.NaN]), tensor([Number.NaN]))).toBe(false);
    expect(await allclose(x, x.add(1e-9))).toBe(true);
    expect(x.allcloseSync(x.add(0.1))).toBe(false);
    expect(await x.allclose(x.add(0.1), { atol: 0.2 })).toBe(true);
    expect(isin(x, tensor([2, 5])).toArraySync()).toEqual([false, true]);
    const numbers = tensor([Number.NaN, 3, -1, Number.POSITIVE_INFINITY, 4]);
    const tests = tensor([Number.NaN, 4, Number.POSITIVE_INFINITY, Number.NaN, -1]);
    expect(isin(numbers, tests).toArraySync()).toEqual([false, false, true, true, true]);
    expect(isin(numbers, tests.slice(0, 0, 0), { invert: true }).toArraySync()).toEqual(Array(5).fill(true));
  });

  it("asTensor returns its argument if it already is such a tensor", () => {
    const x = tensor([1, 2]);
    expect(asTensor(x)).toBe(x);
    expect(asTensor(x, { dtype: "int32" }).dtype).toBe("int32");
    expect(asTensor([1, 2]).toArraySync()).toEqual([1, 2]);
  });
});

describe("conversions and aliases", () => {
  it("have the names of dtypes", () => {
    const x = tensor([1.5, 0]);
    expect(
      [x.double(), x.half(), x.int(), x.long(), x.byte(), x.bool(), x.int().float()].map(({ dtype }) => dtype),
    ).toEqual(["float64", "float16", "int32", "int32", "uint8", "bool", "float32"]);
    expect([x.typeAs(x.int()).dtype, x.isFloatingPoint(), x.int().isFloatingPoint(), x.double().elementSize()]).toEqual(
      ["int32", true, false, 8],
    );
  });

  it("are the same functions", () => {
    const x = tensor([-1, 4]);
    expect(x.clip).toBe(x.clamp);
    expect(x.subtract_).toBe(x.sub_);
    expect(x.negative().toArraySync()).toEqual([1, -4]);
    expect(x.clip(0, 1).toArraySync()).toEqual([0, 1]);
    expect(Object.keys(x)).not.toContain("clip");
  });

  it("create new tensors with the dtype of a tensor", () => {
    const x = tensor([1], { dtype: "float64" });
    expect([
      x.newZeros([2]).dtype,
      x.newOnes([2], { dtype: "int32" }).toArraySync(),
      x.newFull([], 3).itemSync(),
    ]).toEqual(["float64", [1, 1], 3]);
  });

  it("draw with the probabilities in a tensor", () => {
    expect(tensor([0, 1, 0]).multinomial(1).toArraySync()).toEqual([1]);
    expect(tensor([0, 1]).bernoulli().toArraySync()).toEqual([0, 1]);
    expect(() => multinomial(tensor([-1, 1]), 1)).toThrow(/finite and not negative/);
  });
});
