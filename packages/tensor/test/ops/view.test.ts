/** Views and rearrangements: shared memory, strides, values and errors. */

import { beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import { reference } from "../../src/backends/reference/index.ts";
import {
  ArgumentError,
  arange,
  asStrided,
  broadcastTensors,
  cat,
  diagEmbed,
  flip,
  IndexError,
  meshgrid,
  pad,
  repeatInterleave,
  roll,
  rot90,
  ShapeError,
  setDefaultDevice,
  stack,
  type Tensor,
  tensor,
  tensorSplit,
  tril,
  triu,
} from "../../src/index.ts";

beforeAll(() => {
  setDefaultDevice(reference());
});

/** Returns 0, 1, 2, … as float32 in a shape. */
function counting(...shape: number[]): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return arange(count, { dtype: "float32" }).reshape(shape);
}

describe("views", () => {
  it("share the memory of their source", () => {
    const x = counting(2, 3);
    for (const y of [
      x.t(),
      x.reshape(3, 2),
      x.select(0, 1),
      x.slice(1, 0, 2),
      x.unsqueeze(0),
      x.expand(4, 2, 3),
      x.diagonal(),
      x.unfold(1, 2, 1),
    ]) {
      expect(y.storage).toBe(x.storage);
    }
    x.t().select(0, 2).fill_(9);
    expect(x.toArraySync()).toEqual([
      [0, 1, 9],
      [3, 4, 9],
    ]);
  });

  it("have the same strides as in PyTorch", () => {
    const x = counting(2, 3, 4);
    expect(x.permute(2, 0, 1).strides).toEqual([1, 12, 4]);
    expect(x.unsqueeze(1).strides).toEqual([12, 12, 4, 1]);
    expect(x.expand(5, 2, 3, 4).strides).toEqual([0, 12, 4, 1]);
    expect(x.slice(2, 1, null, 2).strides).toEqual([12, 4, 2]);
    expect(x.transpose(0, 1).reshape(6, 4).storage).not.toBe(x.storage);
    expect(x.transpose(0, 2).unflatten(1, [3, 1]).storage).toBe(x.storage);
  });

  it("reject invalid shapes, with both shapes in the message", () => {
    const x = counting(2, 3);
    const y = x.t().viewAs(counting(3, 1, 2));
    expect([y.shape, y.storage]).toEqual([[3, 1, 2], x.storage]);
    expect(y.toArraySync()).toEqual([[[0, 3]], [[1, 4]], [[2, 5]]]);
    expect(() => x.viewAs(counting(4))).toThrow(ShapeError);
    expect(() => x.reshape(4, 2)).toThrow(/\[2, 3\] \(6 elements\) as \[4, 2\]/);
    expect(() => x.reshape(-1, -1)).toThrow(ShapeError);
    expect(() => x.t().view(6)).toThrow(/use reshape/);
    expect(() => x.expand(4, 3)).toThrow(ShapeError);
    expect(() => x.permute(0, 0)).toThrow(ArgumentError);
    expect(() => x.select(0, 2)).toThrow(IndexError);
    expect(() => x.narrow(1, 2, 2)).toThrow(IndexError);
    expect(() => x.slice(0, 0, 2, -1)).toThrow(/use flip/);
    expect(() => x.unfold(1, 4, 1)).toThrow(ArgumentError);
    expect(() => x.split([1, 2], 0)).toThrow(/add up to 3/);
    expect(() => asStrided(x, [4], [2])).toThrow(IndexError);
    expect(() => asStrided(x, [2], [1], 0.5)).toThrow("asStrided: offset must be an integer, got 0.5");
    expect(() => x.diagonal(0.5)).toThrow(/diagonal: offset must be an integer, got 0.5/);
    expect(() => x.diagEmbed(0.5)).toThrow(/diagEmbed: offset must be an integer, got 0.5/);
    expect(() => x.diagonal(0, 1, -1)).toThrow(new ArgumentError("diagonal: dimension 1 appears twice"));
    expect(() => counting(3).diagonal()).toThrow(IndexError);
  });

  it("return one size, several or all", () => {
    const x = counting(4, 3);
    const [rows, columns] = x.size(0, -1);
    expect([rows * columns, x.size(-2), x.size()]).toEqual([12, 4, [4, 3]]);
    expect(() => x.size(0, 2)).toThrow(IndexError);
  });

  it("that repeat an element can be filled, but not changed elementwise", () => {
    const x = counting(2, 1);
    expect(() => x.expand(2, 3).add_(1)).toThrow(/share one memory location/);
    x.select(0, 0).expand(3).fill_(7);
    expect(x.toArraySync()).toEqual([[7], [1]]);
    expect(x.get("2:").expand(0, 3).add_(1).shape).toEqual([0, 3]);
  });

  it("of bools store true for any value but zero, NaN included", () => {
    const x = counting(2).gt(5);
    x.get("1:").fill_(Number.NaN);
    expect(x.toArraySync()).toEqual([false, true]);
  });

  it("clip the bounds of slices, as in Python", () => {
    const x = counting(5);
    expect(x.slice(0, -2).toArraySync()).toEqual([3, 4]);
    expect(x.slice(0, -99, 99, 2).toArraySync()).toEqual([0, 2, 4]);
    expect(x.slice(0, 4, 1).shape).toEqual([0]);
  });

  it("can be split and joined again", () => {
    const x = counting(7, 2);
    expect(x.split(3).map((y) => y.shape[0])).toEqual([3, 3, 1]);
    expect(x.chunk(3).map((y) => y.shape[0])).toEqual([3, 3, 1]);
    expect(tensorSplit(x, 3).map((y) => y.shape[0])).toEqual([3, 2, 2]);
    expect(tensorSplit(x, [2, 4]).map((y) => y.shape[0])).toEqual([2, 2, 3]);
    expect(tensorSplit(x, tensor([2, 4], { dtype: "int32" })).map((y) => y.shape[0])).toEqual([2, 2, 3]);
    for (const wrong of [undefined, null, {}, 0]) {
      expect(() => tensorSplit(x, wrong as number)).toThrow(/tensorSplit: sections must be a positive integer/);
    }
    const [head, tail] = x.split([2, 5]); // the compiler knows the number of parts
    expect(cat([head, tail]).toArraySync()).toEqual(x.toArraySync());
    expect(stack(x.unbind(1), 1).toArraySync()).toEqual(x.toArraySync());
  });

  it("return the requested number of parts, which the compiler knows", () => {
    const x = counting(6, 6, 6);
    const [q, k, v] = x.chunk(3, -1);
    expect([q, k, v].map((part) => part.shape[2])).toEqual([2, 2, 2]);
    const [a, b] = x.tensorSplit(2, 1);
    const [top, middle, bottom] = x.vsplit([2, 3]);
    const [left, right] = x.hsplit(2);
    const [front] = x.dsplit([]);
    expect([a, b, top, middle, bottom, left, right, front].map((part) => part.numel())).toEqual([
      108, 108, 72, 36, 108, 108, 108, 216,
    ]);
    const [rows, columns] = meshgrid([arange(2), arange(3)]);
    const [across, down] = meshgrid(arange(3), arange(2), { indexing: "xy" });
    expect(meshgrid(arange(2), arange(3)).map((x) => x.toArraySync())).toEqual(
      [rows, columns].map((x) => x.toArraySync()),
    );
    const [wide, tall] = broadcastTensors(arange(3), counting(2, 1));
    for (const grid of [rows, columns, across, down, wide, tall]) expect(grid.shape).toEqual([2, 3]);
    expectTypeOf(x.chunk(2)).toEqualTypeOf<[Tensor, Tensor]>();
    expectTypeOf(x.chunk(x.ndim)).toEqualTypeOf<Tensor[]>();
    expectTypeOf(x.chunk(1000)).toEqualTypeOf<Tensor[]>();
    expectTypeOf(x.tensorSplit(x.shape)).toEqualTypeOf<[Tensor, ...Tensor[]]>();
    expectTypeOf(meshgrid([arange(2)] as readonly Tensor[])).toEqualTypeOf<Tensor[]>();
    // @ts-expect-error: only two parts
    expect(x.chunk(2)[2]).toBeUndefined();
  });

  it("support empty tensors and scalars", () => {
    const empty = counting(0, 3);
    expect(empty.t().shape).toEqual([3, 0]);
    expect(empty.reshape(3, 0).shape).toEqual([3, 0]);
    expect(cat([empty, counting(2, 3)]).shape).toEqual([2, 3]);
    expect(tensor(5).reshape(1, 1).toArraySync()).toEqual([[5]]);
    expect(tensor(5).flatten().toArraySync()).toEqual([5]);
    expect(
      tensor([[5]])
        .squeeze()
        .toArraySync(),
    ).toBe(5);
  });
});

describe("joining and rearranging", () => {
  it("cat joins along any dimension and promotes", () => {
    const a = tensor([[1, 2]]);
    const b = tensor([[3, 4]], { dtype: "int32" });
    expect(cat([a, b]).dtype).toBe("float32");
    expect(cat([a, b], -1).toArraySync()).toEqual([[1, 2, 3, 4]]);
    expect(stack([a, a], -1).shape).toEqual([1, 2, 2]);
    expect(() => cat([a, counting(3)])).toThrow(ShapeError);
    expect(() => cat([])).toThrow(ArgumentError);
  });

  it("repeats, rolls, flips and rotates", () => {
    const x = counting(2, 2);
    expect(x.repeat(2, 1).toArraySync()).toEqual([
      [0, 1],
      [2, 3],
      [0, 1],
      [2, 3],
    ]);
    expect(repeatInterleave(x, [1, 2], 0).shape).toEqual([3, 2]);
    expect(roll(x, -1, 1).toArraySync()).toEqual([
      [1, 0],
      [3, 2],
    ]);
    expect(flip(x, 0).toArraySync()).toEqual([
      [2, 3],
      [0, 1],
    ]);
    expect(rot90(x).toArraySync()).toEqual([
      [1, 3],
      [0, 2],
    ]);
  });

  it("pad supports constant, reflect, replicate and circular", () => {
    const x = counting(1, 1, 3);
    expect(pad(x, [1, 1], { value: 9 }).toArraySync()).toEqual([[[9, 0, 1, 2, 9]]]);
    expect(pad(x, [1, 1], "constant", 9).toArraySync()).toEqual([[[9, 0, 1, 2, 9]]]);
    expect(x.pad([1, 1], "replicate").toArraySync()).toEqual([[[0, 0, 1, 2, 2]]]);
    expect(() => pad(x, [1, 1], "mirror" as "reflect")).toThrow("pad: mode must be");
    expect(pad(x, [2, 1], { mode: "reflect" }).toArraySync()).toEqual([[[2, 1, 0, 1, 2, 1]]]);
    expect(pad(x, [1, 1], { mode: "replicate" }).toArraySync()).toEqual([[[0, 0, 1, 2, 2]]]);
    expect(pad(x, [1, 1], { mode: "circular" }).toArraySync()).toEqual([[[2, 0, 1, 2, 0]]]);
    expect(pad(x, [-1, 0]).toArraySync()).toEqual([[[1, 2]]]);
    expect(() => pad(x, [3, 0], { mode: "reflect" })).toThrow(ShapeError);
  });

  it.each([
    // Expected values are from PyTorch 1.13.
    ["reflect", [-1, 2], [1, 2, 3, 2, 1]],
    ["reflect", [-4, 1], [2]],
    ["replicate", [-2, 3], [2, 3, 3, 3, 3]],
    ["replicate", [-4, 1], [3]],
    ["circular", [-1, 1], [1, 2, 3, 1]],
    ["circular", [1, -1], [2, 0, 1, 2]],
    ["circular", [-2, 3], [2, 3, 2, 3, 2]],
    ["circular", [-1, -1], [1, 2]],
  ] as const)("pads and crops at once: %s %j", (mode, widths, padded) => {
    expect(pad(counting(1, 1, 4), widths, { mode }).toArraySync()).toEqual([[padded]]);
  });

  it("pad with negative sizes crops before it pads", () => {
    const y = pad(counting(1, 1, 3, 4), [-1, 1, 1, -1], { mode: "circular" });
    // Expected values are from PyTorch 1.13.
    expect(y.toArraySync()).toEqual([
      [
        [
          [5, 6, 7, 5],
          [1, 2, 3, 1],
          [5, 6, 7, 5],
        ],
      ],
    ]);
    expect(() => pad(counting(1, 1, 4), [-4, 2], { mode: "circular" })).toThrow(/leave nothing of dimension 2/);
  });

  it("creates triangles, diagonals and grids", () => {
    const x = counting(3, 3);
    expect(tril(x).add(triu(x, 1)).toArraySync()).toEqual(x.toArraySync());
    expect(() => tril(x, 0.5)).toThrow(new ArgumentError("tril: diagonal must be an integer, got 0.5"));
    expect(() => x.triu_(-0.5)).toThrow(/triu: diagonal must be an integer, got -0.5/);
    expect(diagEmbed(tensor([1, 2]), 1).toArraySync()).toEqual([
      [0, 1, 0],
      [0, 0, 2],
      [0, 0, 0],
    ]);
    const [rows, columns] = meshgrid([counting(2), counting(3)]);
    expect(rows?.toArraySync()).toEqual([
      [0, 0, 0],
      [1, 1, 1],
    ]);
    expect(columns?.toArraySync()).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(broadcastTensors(counting(2, 1), counting(3)).map((y) => y.shape)).toEqual([
      [2, 3],
      [2, 3],
    ]);
  });
});
