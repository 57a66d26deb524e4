/** Reading and writing by index, gather and scatter, masks and lookups. */

import { beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import { reference } from "../../src/backends/reference/index.ts";
import {
  arange,
  DTypeError,
  embedding,
  gather,
  IndexError,
  indexAdd,
  indexPut,
  maskedScatter,
  nonzero,
  oneHot,
  ShapeError,
  scatter,
  scatterAdd,
  scatterReduce,
  setDefaultDevice,
  type Tensor,
  take,
  tensor,
  unique,
  uniqueConsecutive,
  zeros,
} from "../../src/index.ts";

beforeAll(() => {
  setDefaultDevice(reference());
});

function counting(...shape: number[]): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return arange(count, { dtype: "float32" }).reshape(shape);
}

function indices(...list: number[]): Tensor {
  return tensor(list, { dtype: "int32" });
}

describe("get", () => {
  it("returns views for numbers, ranges, new axes and ellipses", () => {
    const x = counting(3, 4);
    expect(x.get(1).toArraySync()).toEqual([4, 5, 6, 7]);
    expect(x.get("...", -1).toArraySync()).toEqual([3, 7, 11]);
    expect(x.get("1:", "::2").toArraySync()).toEqual([
      [4, 6],
      [8, 10],
    ]);
    expect(x.get({ start: -1 }, null, ":").shape).toEqual([1, 1, 4]);
    expect(x.get(0, "1:3").storage).toBe(x.storage);
    expect(x.get().shape).toEqual([3, 4]);
  });

  it("treats a mask without dimensions as one more dimension, and maskedFill fills bools with numbers", () => {
    const x = counting(3, 4);
    expect(x.get(tensor(true)).shape).toEqual([1, 3, 4]);
    expect(x.get(tensor(false)).shape).toEqual([0, 3, 4]);
    expect(x.gt(1).maskedFill(x.gt(9), 0).dtype).toBe("bool");
  });

  it("selects with index tensors, lists and masks", () => {
    const x = counting(3, 4);
    expect(x.get(indices(2, 0, -1), indices(0, 1, 2)).toArraySync()).toEqual([8, 1, 10]);
    expect(x.get([2, 0]).shape).toEqual([2, 4]);
    expect(x.get(":", indices(3, 3)).toArraySync()).toEqual([
      [3, 3],
      [7, 7],
      [11, 11],
    ]);
    expect(x.get(x.gt(8)).toArraySync()).toEqual([9, 10, 11]);
    const y = counting(2, 3, 4, 5);
    expect(y.get(":", indices(0, 1), indices(1, 2)).shape).toEqual([2, 2, 5]);
    expect(y.get(indices(0, 1), ":", indices(1, 2)).shape).toEqual([2, 3, 5]);
    expect(y.get(":", indices(0, 1), indices(1, 2)).get(1, 1).toArraySync()).toEqual(y.get(1, 1, 2).toArraySync());
  });

  it("rejects indices out of range, and too many indices", () => {
    const x = counting(3, 4);
    expect(() => x.get(3)).toThrow("index 3 is out of range for dimension 0 of size 3");
    expect(() => x.get(indices(0, 4))).toThrow(IndexError);
    expect(() => x.get(0, 0, 0)).toThrow(/too many indices/);
    expect(() => x.get("abc")).toThrow(/not a range/);
    expect(() => x.get({})).toThrow('index: "{}" is not a range; write "start:stop"');
    expect(() => x.set([{}], 1)).toThrow('index: "{}" is not a range; write "start:stop"');
    expect(() => x.get(tensor([true, false]))).toThrow(/mask/);
    expect(() => x.get(tensor([0.5]))).toThrow(DTypeError);
  });

  it("rejects arrays of anything but int32 indices", () => {
    const x = counting(3, 4);
    const arrays: [array: unknown[], quoted: string][] = [
      [[0, 0.5], "0.5"],
      [[[0, 1]], "[0, 1]"],
      [[true, false, true], "true"],
      [[2 ** 32], "4294967296"],
    ];
    for (const [array, quoted] of arrays) {
      const message = `index: an array must contain int32 indices, got ${quoted}; pass masks`;
      expect(() => x.get(array as number[])).toThrow(message);
      expect(() => x.set([array as number[]], 1)).toThrow(message);
    }
    expect(x.get([-1, 0]).toArraySync()).toEqual([x.get(2).toArraySync(), x.get(0).toArraySync()]);
  });
});

describe("set", () => {
  it("writes through views, tensors and masks, with broadcasting", () => {
    const x = zeros([3, 4]);
    x.set([1], tensor([1, 2, 3, 4]));
    x.set(["...", "::3"], 9);
    x.set([indices(0, 2), indices(1, 2)], tensor([5, 6]));
    expect(x.toArraySync()).toEqual([
      [9, 5, 0, 9],
      [9, 2, 3, 9],
      [9, 0, 6, 9],
    ]);
    x.set([x.eq(9)], -1);
    expect(x.get(":", 0).toArraySync()).toEqual([-1, -1, -1]);
    x.t().set([indices(1)], tensor([7]));
    expect(x.get(":", 1).toArraySync()).toEqual([7, 7, 7]);
    expect(() => x.set([0], tensor([1, 2, 3]))).toThrow(ShapeError);
  });

  it("takes a single entry without an array", () => {
    const x = zeros([3, 2]);
    x.set(0, 1)
      .set("2:", 2)
      .set(x.eq(0), 3)
      .set(indices(1), tensor([4, 5]));
    expect(x.toArraySync()).toEqual([
      [1, 1],
      [4, 5],
      [2, 2],
    ]);
    expect(() => x.set("2", 1)).toThrow(/"2" is not a range/);
  });
});

describe("gather and scatter", () => {
  it("read and write along a dimension", () => {
    const x = counting(2, 3);
    const index = tensor(
      [
        [0, 2],
        [1, 1],
      ],
      { dtype: "int32" },
    );
    expect(gather(x, 1, index).toArraySync()).toEqual([
      [0, 2],
      [4, 4],
    ]);
    expect(
      scatterAdd(
        zeros([2, 3]),
        1,
        index,
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ).toArraySync(),
    ).toEqual([
      [1, 0, 2],
      [0, 7, 0],
    ]);
    expect(scatter(x, 1, index, -1).toArraySync()).toEqual([
      [-1, 1, -1],
      [3, -1, 5],
    ]);
    expect(take(x, indices(5, -6)).toArraySync()).toEqual([5, 0]);
  });

  it("reduce with the named operation", () => {
    const x = tensor([1, 2, 3]);
    const [index, source] = [indices(0, 0, 2), tensor([5, 7, 2])];
    expect(scatterReduce(x, 0, index, source, "sum").toArraySync()).toEqual([13, 2, 5]);
    expect(scatterReduce(x, 0, index, source, "prod").toArraySync()).toEqual([35, 2, 6]);
    expect(scatterReduce(x, 0, index, source, "amax").toArraySync()).toEqual([7, 2, 3]);
    expect(scatterReduce(x, 0, index, source, "amin", { includeSelf: false }).toArraySync()).toEqual([5, 2, 2]);
    expect(scatterReduce(x, 0, index, source, "mean", { includeSelf: false }).toArraySync()).toEqual([6, 2, 2]);
  });

  it("reject invalid indices and shapes", () => {
    const x = counting(2, 3);
    expect(() => gather(x, 1, tensor([[3]], { dtype: "int32" }))).toThrow(
      "gather: index 3 is out of range for dimension 1 of size 3",
    );
    expect(() => gather(x, 1, indices(0))).toThrow(ShapeError);
    expect(() => gather(x, 1, tensor([[0.5]]))).toThrow(DTypeError);
    expect(() => indexAdd(x, 0, indices(0), counting(2, 3))).toThrow(ShapeError);
  });

  it("indexPut uses several indices, and accumulates on request", () => {
    const x = zeros([2, 2]);
    const places = [indices(0, 0, 1), indices(1, 1, 0)];
    expect(indexPut(x, places, tensor([1, 2, 3]), { accumulate: true }).toArraySync()).toEqual([
      [0, 3],
      [3, 0],
    ]);
  });

  it("work with masks", () => {
    const x = counting(2, 2);
    expectTypeOf(x.nonzero({ asTuple: true })).toEqualTypeOf<Tensor[]>();
    expectTypeOf(x.nonzero()).toEqualTypeOf<Tensor>();
    expect(nonzero(x).toArraySync()).toEqual([
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    expect(x.maskedFill(x.gt(1), 0).toArraySync()).toEqual([
      [0, 1],
      [0, 0],
    ]);
    expect(x.maskedSelect(tensor([true, false])).toArraySync()).toEqual([0, 2]);
    expect(maskedScatter(x, x.lt(2), tensor([8, 9, 10])).toArraySync()).toEqual([
      [8, 9],
      [2, 3],
    ]);
    expect(maskedScatter(x, tensor([false]), tensor([])).toArraySync()).toEqual(x.toArraySync());
    expect(() => maskedScatter(x, x.gt(0), tensor([8, 9]))).toThrow(
      "maskedScatter: the mask is true 3 times, but the source has 2 elements",
    );
    expect(() => x.maskedFill(x, 0)).toThrow(DTypeError);
  });

  it("embedding looks up rows", () => {
    const table = counting(4, 2);
    expect(embedding(indices(3, 0), table).toArraySync()).toEqual([
      [6, 7],
      [0, 1],
    ]);
    expect(() => embedding(indices(4), table)).toThrow(IndexError);
    expect(oneHot(indices(0, 2)).toArraySync()).toEqual([
      [1, 0, 0],
      [0, 0, 1],
    ]);
  });
});

describe("unique", () => {
  const rows = tensor([
    [1, 2],
    [1, 2],
    [3, 0],
  ]);

  it("finds distinct elements, slices, and runs of equal neighbors", () => {
    const [values, inverse, counts] = unique(rows, { dim: 0, returnInverse: true, returnCounts: true });
    expect([values.toArraySync(), inverse.toArraySync(), counts.toArraySync()]).toEqual([
      [
        [1, 2],
        [3, 0],
      ],
      [0, 0, 1],
      [2, 1],
    ]);
    const runs = uniqueConsecutive(indices(1, 1, 2, 1), { returnInverse: true, returnCounts: true });
    expect(runs.map((x) => x.toArraySync())).toEqual([
      [1, 2, 1],
      [0, 0, 1, 2],
      [2, 1, 1],
    ]);
  });

  it("treats every NaN as distinct", () => {
    expect(unique(tensor([Number.NaN, 1, Number.NaN]), { returnCounts: true })[1].toArraySync()).toEqual([1, 1, 1]);
    expect(unique(tensor([[Number.NaN], [Number.NaN]]), { dim: 0 }).shape).toEqual([2, 1]);
  });

  it("rejects empty slices", () => {
    expect(() => unique(zeros([2, 0]), { dim: 0 })).toThrow(
      /expected non-empty slices along dimension 0, got shape \[2, 0\]/,
    );
    expect(() => uniqueConsecutive(rows, { dim: 2 })).toThrow(/dimension/);
    expect(unique(zeros([0])).shape).toEqual([0]);
    expect(unique(indices()).shape).toEqual([0]);
  });

  it("returns a tensor, or an array of the requested results", () => {
    const x = indices(5, -1, 5);
    expectTypeOf(unique(x)).toEqualTypeOf<Tensor>();
    expectTypeOf(x.unique({ returnCounts: true })).toEqualTypeOf<[values: Tensor, counts: Tensor]>();
    expectTypeOf(x.uniqueConsecutive({ returnInverse: true, returnCounts: false })).toEqualTypeOf<
      [values: Tensor, inverse: Tensor]
    >();
    expectTypeOf(unique(x, { returnInverse: true, returnCounts: true })).toEqualTypeOf<
      [values: Tensor, inverse: Tensor, counts: Tensor]
    >();
    expect(unique(x).toArraySync()).toEqual([-1, 5]);
    expect(x.unique({ returnCounts: true }).map((y) => y.toArraySync())).toEqual([
      [-1, 5],
      [1, 2],
    ]);
    expect(x.unique({ returnInverse: true }).map((y) => y.toArraySync())).toEqual([
      [-1, 5],
      [1, 0, 1],
    ]);
  });

  it.each(["int32", "uint8", "bool"] as const)("is the same for narrow and wide ranges of %s", (dtype) => {
    const narrow = arange(300).mul(7).remainder(11).sub(3).abs().to(dtype);
    const all = { returnInverse: true, returnCounts: true } as const;
    const [values, inverse, counts] = unique(narrow, all);
    // Floating-point numbers are sorted instead.
    const [wanted, wantedInverse, wantedCounts] = unique(narrow.to("float32"), all);
    expect(values.dtype).toBe(dtype);
    expect(values.to("float32").toArraySync()).toEqual(wanted.toArraySync());
    expect([inverse.toArraySync(), counts.toArraySync()]).toEqual([
      wantedInverse.toArraySync(),
      wantedCounts.toArraySync(),
    ]);
  });

  it("works at both ends of the integer range", () => {
    const [values, counts] = unique(indices(2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 1), { returnCounts: true });
    expect([values.toArraySync(), counts.toArraySync()]).toEqual([
      [-(2 ** 31), 2 ** 31 - 1],
      [1, 2],
    ]);
  });
});

describe("put and scatter", () => {
  it("put writes to the flattened tensor", () => {
    const x = counting(2, 3);
    expect(x.put(indices(5, -6), tensor([9, 8])).toArraySync()).toEqual([
      [8, 1, 2],
      [3, 4, 9],
    ]);
    x.put_(indices(0, 0), tensor([1, 2]), { accumulate: true });
    expect(x.get(0, 0).itemSync()).toBe(3);
    expect(() => x.put(indices(6), tensor([1]))).toThrow(IndexError);
    expect(() => x.put(indices(0), tensor([1, 2]))).toThrow(ShapeError);
    expect(() => x.put(indices(0), indices(1))).toThrow(DTypeError);
  });

  it("scatter accepts scalars, also in place", () => {
    const x = tensor(1);
    expect(x.scatter(0, tensor(0, { dtype: "int32" }), 5).itemSync()).toBe(5);
    x.scatter_(0, tensor(0, { dtype: "int32" }), 7, { reduce: "add" });
    expect(x.itemSync()).toBe(8);
    expect(() => x.scatter(0, tensor(0, { dtype: "int32" }), 7, { reduce: "divide" as "add" })).toThrow(
      /"add" or "multiply", got "divide"/,
    );
  });
});
