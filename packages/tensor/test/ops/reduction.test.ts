/** Reductions over any dimensions: values, shapes, dtypes, empty rows and errors. */

import { describe, expect, it } from "vitest";
import { reference } from "../../src/backends/reference/index.ts";
import * as ops from "../../src/index.ts";
import {
  ArgumentError,
  cpu,
  type DType,
  DTypeError,
  IndexError,
  isTensor,
  type NestedArray,
  ones,
  positive,
  rand,
  randn,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.ts";

const device = reference();
const of = (data: NestedArray, dtype: DType = "float64"): Tensor => tensor(data, { dtype, device });
const empty = (...shape: number[]): Tensor => zeros(shape, { device, dtype: "float64" });
const cube = of([
  [
    [1, 2],
    [3, 4],
    [5, 6],
  ],
  [
    [7, 8],
    [9, 10],
    [11, 12],
  ],
]);
const nan = Number.NaN;
const infinity = Number.POSITIVE_INFINITY;

describe("sums", () => {
  it("reduce any set of dimensions, also of strided tensors", () => {
    expect(cube.sum().itemSync()).toBe(78);
    expect(cube.sum(1).toArraySync()).toEqual([
      [9, 12],
      [27, 30],
    ]);
    expect(cube.sum([0, 2]).toArraySync()).toEqual([18, 26, 34]);
    expect(cube.sum([-1, 0], { keepdim: true }).toArraySync()).toEqual([[[18], [26], [34]]]);
    expect(cube.permute(2, 0, 1).sum(1).toArraySync()).toEqual([
      [8, 12, 16],
      [10, 14, 18],
    ]);
    expect(of([1, 2]).unsqueeze(0).expand(3, 2).sum(0).toArraySync()).toEqual([3, 6]);
    expect(of(5).sum(0).toArraySync()).toBe(5);
  });

  it("are int32 for bools and small integers", () => {
    expect(of([200, 100], "uint8").sum().dtype).toBe("int32");
    expect(of([200, 100], "uint8").sum().itemSync()).toBe(300);
    expect(of([true, true, false], "bool").sum().itemSync()).toBe(2);
    expect(of([1, 2], "int32").sum(0, { dtype: "float32" }).dtype).toBe("float32");
  });

  it("are the neutral element for empty rows", () => {
    expect(empty(0, 2).sum(0).toArraySync()).toEqual([0, 0]);
    expect(empty(0, 2).prod(0).toArraySync()).toEqual([1, 1]);
    expect(empty(0).mean().itemSync()).toBe(nan);
    expect(empty(0).any().itemSync()).toBe(0);
    expect(empty(0).all().itemSync()).toBe(1);
    expect(empty(2, 0).logsumexp(1).toArraySync()).toEqual([-infinity, -infinity]);
    expect(empty(2, 0).sum(0).shape).toEqual([0]);
  });

  it("omit NaN in nansum and nanmean", () => {
    expect(of([1, nan, 3]).nansum().itemSync()).toBe(4);
    expect(of([1, nan, 3]).nanmean().itemSync()).toBe(2);
    expect(ops.full([70_000], 0.5, { dtype: "float16", device }).nanmean().itemSync()).toBe(0.5);
    expect(of([1, nan, 3]).sum().itemSync()).toBe(nan);
  });

  it("countNonzero, prod, any and all return the expected values", () => {
    expect(
      of([
        [1, 0],
        [2, 3],
      ])
        .countNonzero(0)
        .toArraySync(),
    ).toEqual([2, 1]);
    expect(cube.prod([0, 1]).toArraySync()).toEqual([10395, 46080]);
    expect(
      of([
        [0, 2],
        [0, 0],
      ])
        .any(1)
        .toArraySync(),
    ).toEqual([true, false]);
    expect(
      of([
        [1, 2],
        [0, 1],
      ])
        .all(1)
        .toArraySync(),
    ).toEqual([true, false]);
  });

  it("reject invalid dtypes and dimensions", () => {
    expect(() => of([1], "int32").mean()).toThrow(DTypeError);
    expect(() => cube.sum(3)).toThrow(IndexError);
    expect(() => cube.sum([1, -2])).toThrow(ArgumentError);
  });
});

describe("variances, covariances and norms", () => {
  it("var uses the divisor given by the correction", () => {
    const x = of([1, 2, 3, 4]);
    expect(x.var().itemSync()).toBeCloseTo(5 / 3, 14);
    expect(x.var(0, { unbiased: false }).itemSync()).toBe(1.25);
    expect([x.var({ unbiased: false }), x.std({ correction: 0 })].map((y) => y.itemSync())).toEqual([
      1.25,
      Math.sqrt(1.25),
    ]);
    // @ts-expect-error: the dimension is no option
    expect(() => x.std({ dim: 0 })).toThrow(/^std: there is no option "dim"/);
    expect(x.var(0, { correction: 2 }).itemSync()).toBe(2.5);
    expect(x.std(0, { correction: 0, keepdim: true }).toArraySync()).toEqual([Math.sqrt(1.25)]);
    expect(of([1]).var().itemSync()).toBe(nan);
  });

  it("std is zero for equal elements, although their sum is rounded", () => {
    for (const dtype of ["float32", "float64"] as const)
      expect(ops.full([1000], 0.1, { dtype }).std().itemSync()).toBe(0);
  });

  it("var loses no digits far from zero", () => {
    expect(
      of([1e8, 1e8 + 1, 1e8 + 2])
        .var()
        .itemSync(),
    ).toBe(1);
  });

  it("cov weights observations", () => {
    const x = of([
      [3, -4],
      [0, 0],
    ]);
    const often = of([1, 3], "int32");
    // As if the second observation occurred three times.
    expect(of([2, 6]).cov({ fweights: often }).itemSync()).toBe(of([2, 6, 6, 6]).cov().itemSync());
    expect(() => x.cov({ aweights: of([1]) })).toThrow(/cov: expected one of aweights per observation, got shapes/);
    expect(() => x.cov({ aweights: often })).toThrow(/cov: aweights: expected a floating-point dtype, got int32/);
    expect(() => x.cov({ fweights: of([1, 0]) })).toThrow(/cov: fweights: expected integers, got float64/);
    expect(() => x.cov({ fweights: 2 as unknown as Tensor })).toThrow(/cov: expected a tensor as fweights, got 2/);
    expect(() => x.cov({ aweights: of([1, -2]) })).toThrow(/cov: aweights must not be negative, got -2/);
    expect(() => x.cov({ fweights: of([0, 1], "int32"), aweights: of([1, 0]) })).toThrow(
      /cov: the weights sum to zero/,
    );
  });

  it("norm supports all orders", () => {
    const x = of([
      [3, -4],
      [0, 0],
    ]);
    expect(x.norm().itemSync()).toBe(5);
    expect(x.norm(1, 1).toArraySync()).toEqual([7, 0]);
    expect(x.norm(infinity, 1, { keepdim: true }).toArraySync()).toEqual([[4], [0]]);
    expect(x.norm(-infinity).itemSync()).toBe(0);
    expect(x.norm(0).itemSync()).toBe(2);
    expect(x.norm(3).itemSync()).toBeCloseTo(91 ** (1 / 3), 12);
    expect(() => x.norm(nan)).toThrow(ArgumentError);
  });
});

describe("extremes", () => {
  it("return values and indices, of the first of equal elements", () => {
    const x = of([
      [1, 3, 3],
      [2, 0, 0],
    ]);
    expect(x.max().itemSync()).toBe(3);
    const { values, indices } = x.max(1, { keepdim: true });
    expect(values.toArraySync()).toEqual([[3], [2]]);
    expect(indices.toArraySync()).toEqual([[1], [0]]);
    expect(indices.dtype).toBe("int32");
    expect(x.min(0).values.toArraySync()).toEqual([1, 0, 0]);
    expect(x.argmax().itemSync()).toBe(1);
    expect(x.argmin(1).toArraySync()).toEqual([0, 1]);
    expect(x.amax([0, 1]).itemSync()).toBe(3);
    expect(of([true, false], "bool").amin().itemSync()).toBe(0);
    expect(ops.max(x, of([2, 2, 2])).toArraySync()).toEqual([
      [2, 3, 3],
      [2, 2, 2],
    ]);
  });

  it("return NaN if there is one", () => {
    const x = of([1, nan, infinity]);
    expect(x.max().itemSync()).toBe(nan);
    expect(x.argmin().itemSync()).toBe(1);
  });

  it("reject empty rows", () => {
    expect(() => empty(0).max()).toThrow(IndexError);
    expect(() => empty(2, 0).amin(1)).toThrow("they have no elements");
    expect(empty(2, 0).amin(0).shape).toEqual([0]);
  });
});

describe("softmax", () => {
  it("sums to one, for large numbers too", () => {
    const y = of([
      [1000, 1001, 999],
      [-1000, -1000, -1000],
    ]).softmax(1);
    const e = [1, Math.E, 1 / Math.E].map((v) => v / (1 + Math.E + 1 / Math.E));
    (y.toArraySync() as number[][])[0]?.forEach((value, i) => {
      expect(value).toBeCloseTo(e[i] as number, 14);
    });
    expect(y.sum(1).sub(1).abs().max().itemSync()).toBeLessThan(1e-15);
    expect(ops.softmin(of([0, 1]), 0).toArraySync()).toEqual(of([0, -1]).softmax(0).toArraySync());
  });

  it("has a logarithm that does not underflow", () => {
    expect(of([0, 2000]).logSoftmax(0).toArraySync()).toEqual([-2000, 0]);
    expect(
      of([[1000, 1000]])
        .logsumexp(1)
        .toArraySync(),
    ).toEqual([1000 + Math.LN2]);
    expect(of([-infinity, -infinity]).logsumexp().itemSync()).toBe(-infinity);
    expect(of([0, infinity]).logsumexp().itemSync()).toBe(infinity);
  });

  it("requires floats, or a dtype", () => {
    expect(() => of([1], "int32").softmax(0)).toThrow(DTypeError);
    expect(of([1, 1], "int32").softmax(0, { dtype: "float32" }).toArraySync()).toEqual([0.5, 0.5]);
  });
});

describe("cumulative operations", () => {
  it("add, multiply and compare along a dimension", () => {
    const x = of([
      [1, 2],
      [3, 4],
      [2, 5],
    ]);
    expect(x.cumsum(0).toArraySync()).toEqual([
      [1, 2],
      [4, 6],
      [6, 11],
    ]);
    expect(x.cumprod(-1).toArraySync()).toEqual([
      [1, 2],
      [3, 12],
      [2, 10],
    ]);
    expect(x.cummax(0).values.toArraySync()).toEqual([
      [1, 2],
      [3, 4],
      [3, 5],
    ]);
    expect(x.cummax(0).indices.toArraySync()).toEqual([
      [0, 0],
      [1, 1],
      [1, 2],
    ]);
    expect(x.cummin(1).values.toArraySync()).toEqual([
      [1, 1],
      [3, 3],
      [2, 2],
    ]);
    expect(of([true, true], "bool").cumsum(0).toArraySync()).toEqual([1, 2]);
    expect(x.diff(1, 0).toArraySync()).toEqual([
      [2, 2],
      [-1, 1],
    ]);
    expect(() => of(3).diff()).toThrow("diff: a scalar has no dimensions");
    expect(
      of([1, 4])
        .diff(2, 0, { prepend: of([0]), append: of([9]) })
        .toArraySync(),
    ).toEqual([2, 2]);
    expect(
      of([1, 0], "bool")
        .diff(1, 0, { append: of([0.5]) })
        .toArraySync(),
    ).toEqual([-1, 0.5]);
    expect(() => x.diff(1, 0, { prepend: of([1]) })).toThrow(
      /diff: expected sizes that are equal except along dimension 0, got shapes/,
    );
    expect(() => x.diff(1, 0, { append: 1 as unknown as Tensor })).toThrow(/diff: expected a tensor, got 1/);
    const points = of([
      [0, 1],
      [0, 2],
      [0, 4],
    ]);
    expect(ops.trapezoid(of([x.toArraySync()]), { x: points, dim: 2 }).toArraySync()).toEqual([[1.5, 7, 14]]);
    expect(of(3).cumsum(0).toArraySync()).toBe(3);
  });

  it("sum exponentials without overflow or underflow", () => {
    const x = of([-1000, 0, 1000, 1000, -1000]);
    expect(x.logcumsumexp(0).toArraySync()).toEqual([-1000, 0, 1000, 1000 + Math.LN2, 1000 + Math.LN2]);
    expect(() => of([1], "int32").logcumsumexp(0)).toThrow(DTypeError);
  });
});

describe("sorting", () => {
  it("is stable in both directions, with NaN as the largest", () => {
    const x = of([2, nan, 1, 2]);
    const { values, indices } = x.sort();
    expect(values.toArraySync()).toEqual([1, 2, 2, nan]);
    expect(indices.toArraySync()).toEqual([2, 0, 3, 1]);
    expect(x.sort(0, { descending: true }).indices.toArraySync()).toEqual([1, 0, 3, 2]);
    expect(
      of([
        [3, 1],
        [1, 2],
      ])
        .argsort(0)
        .toArraySync(),
    ).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it("topk, kthvalue, median and mode return their elements", () => {
    const x = of([
      [5, 1, 4, 4],
      [0, 9, 9, 2],
    ]);
    expect(x.topk(2).values.toArraySync()).toEqual([
      [5, 4],
      [9, 9],
    ]);
    expect(x.topk(1, { largest: false }).indices.toArraySync()).toEqual([[1], [0]]);
    expect(x.sort({ descending: true }).values.equalSync(x.topk(4).values)).toBe(true);
    expect(x.argsort({ descending: true }).equalSync(x.topk(4).indices)).toBe(true);
    expect(x.topk(1, 1, { largest: false }).indices.toArraySync()).toEqual([[1], [0]]);
    expect(x.kthvalue(2, 1).values.toArraySync()).toEqual([4, 2]);
    expect(x.median().itemSync()).toBe(4);
    expect(x.median(1).values.toArraySync()).toEqual([4, 2]);
    expect(of([1, nan, 2]).median().itemSync()).toBe(nan);
    expect(x.mode(1).values.toArraySync()).toEqual([4, 9]);
    expect(x.mode(1).indices.toArraySync()).toEqual([3, 2]);
    expect(() => x.topk(5)).toThrow(ArgumentError);
    expect(() => x.kthvalue(0)).toThrow(ArgumentError);
  });

  it.each(["float32", "float64", "float16", "int32"] as const)(
    "kthvalue, median and topk select from long rows what a sort finds: %s",
    (dtype) => {
      const length = 5000;
      // Many elements are equal, and they differ in their first digits as well as in their last.
      const numbers = Array.from({ length }, (_, i) => ((i * 7919) % 1009) * (i % 3 === 0 ? 1 : -0.5) * 2 ** (i % 5));
      const x = tensor(numbers, { dtype, device: cpu() });
      const { values, indices } = x.sort();
      const [sorted, places] = [values.toArraySync(), indices.toArraySync()] as [number[], number[]]; // safe: vectors
      for (const k of [1, 17, 60, 1250, 2500, 4990, length]) {
        const found = x.kthvalue(k);
        expect([found.values.itemSync(), found.indices.itemSync()]).toEqual([sorted[k - 1], places[k - 1]]);
      }
      expect(x.median().itemSync()).toBe(sorted[(length - 1) >> 1]);
      expect(x.median(0).indices.itemSync()).toBe(places[(length - 1) >> 1]);
      expect(x.topk(1500, { largest: false }).indices.toArraySync()).toEqual(places.slice(0, 1500));
    },
  );

  it("the median of a long row with NaN is NaN at its first place, and nanmedian ignores it", () => {
    const numbers = Array.from({ length: 1001 }, (_, i) => (i === 700 || i === 800 ? nan : (i * 37) % 1001));
    const x = tensor(numbers, { device: cpu() });
    expect(x.median().itemSync()).toBe(nan);
    expect(x.median(0).indices.itemSync()).toBe(700);
    const rest = numbers.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
    expect(x.nanmedian(0).values.itemSync()).toBe(rest[(rest.length - 1) >> 1]);
  });

  it("returns values and indices by name or as a pair, which a scope keeps", () => {
    const x = of([
      [5, 1],
      [0, 9],
    ]);
    const pair = x.max(1);
    const [values, indices] = pair;
    expect([values, indices, pair[0], pair[1]]).toEqual([pair.values, pair.indices, pair.values, pair.indices]);
    const [, order] = x.sort(0);
    expect(order.toArraySync()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    const kept = ops.scope(() => x.add(1).topk(1));
    expect([kept.values.toArraySync(), kept.indices.toArraySync()]).toEqual([
      [[6], [10]],
      [[0], [1]],
    ]);
  });

  it("unique, bincount and histc return distinct elements and their counts", () => {
    const [values, inverse, counts] = of(
      [
        [3, 1],
        [3, 2],
      ],
      "int32",
    ).unique({ returnInverse: true, returnCounts: true });
    expect(values.toArraySync()).toEqual([1, 2, 3]);
    expect(inverse.toArraySync()).toEqual([
      [2, 0],
      [2, 1],
    ]);
    expect(counts.toArraySync()).toEqual([1, 1, 2]);
    expect(of([1, 3, 1], "int32").bincount(null, { minlength: 5 }).toArraySync()).toEqual([0, 2, 0, 1, 0]);
    expect(of([1, 3, 1], "int32").bincount({ minlength: 5 }).toArraySync()).toEqual([0, 2, 0, 1, 0]);
    expect(() => of([2, -1], "int32").bincount()).toThrow("bincount: expected non-negative integers, got -1");
    expect(() => of([1], "int32").bincount(null, { minlength: 5.5 })).toThrow(
      /minlength must be a non-negative integer/,
    );
    expect(of([1, 2, 1]).histc({ bins: 4, min: 0, max: 3 }).toArraySync()).toEqual([0, 2, 1, 0]);
    const edges = of([1, 3, 5]);
    expect(ops.searchsorted(edges, of([0, 3, 6])).toArraySync()).toEqual([0, 1, 3]);
    expect(ops.searchsorted(edges, of([3]), { side: "right" }).toArraySync()).toEqual([2]);
    expect(ops.bucketize(of([3]), edges, { side: "left", right: false }).toArraySync()).toEqual([1]);
    const sorter = of([2, 0, 1], "int32");
    expect(ops.searchsorted(edges.get(of([1, 2, 0], "int32")), of([0, 3, 6]), { sorter }).toArraySync()).toEqual([
      0, 1, 3,
    ]);
    expect(() => ops.bucketize(edges, edges, { right: true, side: "left" })).toThrow(
      /bucketize: right is true, but side is "left"/,
    );
    expect(() => ops.searchsorted(edges, edges, { side: "middle" as "left" })).toThrow(/searchsorted: side must be/);
    expect(() => ops.searchsorted(edges, edges, { sorter: of([0, 1], "int32") })).toThrow(
      /searchsorted: expected a sorter of the shape of the boundaries, got shapes/,
    );
    expect(() => ops.searchsorted(edges, edges, { sorter: edges })).toThrow(/searchsorted: indices must be int32/);
    expect(() => ops.searchsorted(edges, edges, { sorter: of([0, 1, 3], "int32") })).toThrow(IndexError);
    expect(() => of([1, Number.POSITIVE_INFINITY]).histc()).toThrow(
      /histc: elements reach to Infinity; give min and max/,
    );
    expect(ops.bucketize(of([3]), edges, { right: true }).toArraySync()).toEqual([2]);
  });
});

describe("sumToSize", () => {
  it("sums what was broadcast", () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(x.sumToSize(1, 3).toArraySync()).toEqual([[5, 7, 9]]);
    expect(x.sumToSize([2, 1]).toArraySync()).toEqual([[6], [15]]);
    expect(ones([4, 2, 3]).sumToSize(2, 1).toArraySync()).toEqual([[12], [12]]);
    expect(x.sumToSize([]).itemSync()).toBe(21);
    expect(ones([], { dtype: "bool" }).sumToSize([]).dtype).toBe("int32");
    expect(x.sumToSize(2, 3)).toBe(x);
    expect(x.to("uint8").sumToSize(3).dtype).toBe("int32");
  });

  it("rejects sizes that do not broadcast to the shape", () => {
    expect(() => ones([2, 3]).sumToSize(2)).toThrow(new ShapeError("sumToSize: cannot broadcast [2] to [2, 3]"));
    expect(() => ones([3]).sumToSize(1, 3)).toThrow(ShapeError);
  });
});

describe("options", () => {
  it("of the wrong type are rejected by name", () => {
    const x = ones([2, 2]);
    expect(() => x.sum(0, { dtype: "float" as never })).toThrow(new DTypeError('sum: there is no dtype "float"'));
    expect(() => x.var({ correction: "1" as never })).toThrow(
      new ArgumentError('var: correction must be a number, got "1"'),
    );
    expect(() => x.std({ unbiased: "no" as never })).toThrow(/^std: unbiased must be a boolean, got "no"/);
    expect(x.var({ unbiased: false, correction: 2 }).itemSync()).toBe(0);
    expect(() => x.norm("nuc" as never)).toThrow(/^norm: p must be a number or "fro", got "nuc"; "nuc" is in @akari/);
    for (const draw of [rand, randn] as const)
      expect(() => draw([2], { generator: 42 as never })).toThrow(/: generator must be a Generator, got 42/);
    expect(() => x.uniform_(0, 1, { generator: null as never })).toThrow(/^uniform_: generator must be a Generator/);
  });
});

describe("positive", () => {
  it("returns the tensor itself, unless it is bool", () => {
    const x = tensor([-1, 2]);
    expect(x.positive()).toBe(x);
    expect(() => positive(x.gt(0))).toThrow(new DTypeError("positive: expected numbers, got bool"));
    // Safe: anything that plain JavaScript may pass.
    expect(() => positive(1 as never)).toThrow(/^positive: expected a tensor, got 1/);
  });
});

describe("isTensor", () => {
  it("tells tensors from everything else", () => {
    expect(isTensor(ones([1]))).toBe(true);
    for (const other of [null, undefined, 1, "x", [ones([1])], { shape: [1] }]) expect(isTensor(other)).toBe(false);
  });
});
