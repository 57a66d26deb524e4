/** Arithmetic on shapes. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArgumentError, IndexError, ShapeError } from "../src/errors.ts";
import {
  broadcastShapes,
  broadcastStrides,
  checkSizes,
  contiguousStrides,
  dimension,
  dimensions,
  inferSizes,
  isContiguous,
  reshapeStrides,
  sameShape,
  showShape,
  sizeOf,
} from "../src/shape.ts";

const shapes = fc.array(fc.constantFrom(1, 2, 3, 4), { maxLength: 4 });

/** The memory location of each element, in row-major order. */
function places(shape: readonly number[], strides: readonly number[]): number[] {
  let list = [0];
  shape.forEach((size, d) => {
    list = list.flatMap((p) => Array.from({ length: size }, (_, i) => p + i * (strides[d] as number)));
  });
  return list;
}

describe("sizes and strides", () => {
  it("are computed from the shape", () => {
    expect([sizeOf([]), sizeOf([2, 3]), sizeOf([2, 0, 3])]).toEqual([1, 6, 0]);
    expect(contiguousStrides([2, 3, 4])).toEqual([12, 4, 1]);
    expect(contiguousStrides([2, 0, 4])).toEqual([4, 4, 1]);
    expect(showShape([2, 3])).toBe("[2, 3]");
    expect([sameShape([1, 2], [1, 2]), sameShape([1], [1, 1])]).toEqual([true, false]);
  });
  it("are contiguous if they are row-major", () => {
    fc.assert(fc.property(shapes, (shape) => isContiguous(shape, contiguousStrides(shape))));
    expect(isContiguous([2, 3], [1, 2])).toBe(false);
    expect(isContiguous([2, 1, 3], [3, 99, 1])).toBe(true);
    expect(isContiguous([0, 3], [7, 7])).toBe(true);
    expect(isContiguous([2], [0])).toBe(false);
  });
});

describe("broadcasting", () => {
  it("aligns at the right and expands ones", () => {
    expect(broadcastShapes("op", [[3, 1], [2]])).toEqual([3, 2]);
    expect(broadcastShapes("op", [[], [0, 1], [3]])).toEqual([0, 3]);
    expect(broadcastStrides("op", [3, 1], [1, 1], [2, 3, 4])).toEqual([0, 1, 0]);
  });
  it("quotes both shapes if they cannot be broadcast", () => {
    expect(() =>
      broadcastShapes("add", [
        [2, 3],
        [4, 3],
      ]),
    ).toThrow(new ShapeError("add: cannot broadcast [2, 3] with [4, 3]: sizes 2 and 4 at dimension 0 differ"));
    expect(() => broadcastStrides("expand", [2], [1], [3])).toThrow(ShapeError);
    expect(() => broadcastStrides("expand", [2, 2], [2, 1], [2])).toThrow(ShapeError);
  });
  it("does not depend on the order of operands", () => {
    fc.assert(
      fc.property(shapes, shapes, (a, b) => {
        const attempt = (list: number[][]) => {
          try {
            return broadcastShapes("op", list);
          } catch (error) {
            return (error as Error).name;
          }
        };
        expect(attempt([a, b])).toEqual(attempt([b, a]));
      }),
    );
  });
});

describe("dimension arguments", () => {
  it("can be negative", () => {
    expect([
      dimension("op", -1, { shape: [2, 3, 4] }),
      dimension("op", 0, { shape: [2, 3, 4] }),
      dimension("op", -1, { shape: [] }),
    ]).toEqual([2, 0, 0]);
    expect(dimensions("op", [-1, 0], { shape: [2, 3, 4] })).toEqual([0, 2]);
    expect([
      dimensions("op", undefined, { shape: [2, 3] }),
      dimensions("op", [], { shape: [2, 3] }),
      dimensions("op", null, { shape: [] }),
      dimensions("op", 0, { shape: [] }),
    ]).toEqual([[0, 1], [0, 1], [], []]);
  });
  it("must be in range and unique", () => {
    expect(() => dimension("sum", 3, { shape: [2, 3, 4] })).toThrow(
      new IndexError("sum: dimension 3 is out of range: expected -3 to 2 for a tensor of 3 dimensions"),
    );
    expect(() => dimension("sum", 0.5, { shape: [2, 3, 4] })).toThrow(IndexError);
    expect(() => dimensions("sum", [0, -3], { shape: [2, 3, 4] })).toThrow(ArgumentError);
  });
  it("must be non-negative integers if they are sizes", () => {
    expect(() => checkSizes("zeros", [2, -1])).toThrow(
      "zeros: sizes must be non-negative integers in an array, got [2, -1]",
    );
    expect(() => checkSizes("zeros", [1.5])).toThrow(ShapeError);
  });
});

describe("reshape", () => {
  it("infers one size", () => {
    expect(inferSizes("view", [2, -1], [3, 4])).toEqual([2, 6]);
    expect(inferSizes("view", [-1], [])).toEqual([1]);
    expect(() => inferSizes("view", [5, -1], [3, 4])).toThrow("view: cannot arrange [3, 4] (12 elements) as [5, -1]");
    expect(() => inferSizes("view", [-1, -1], [4])).toThrow(ShapeError);
    expect(() => inferSizes("view", [-1, 0], [0])).toThrow(ShapeError);
    expect(() => inferSizes("view", [5], [4])).toThrow(ShapeError);
  });
  it("preserves the order of elements, or requires a copy", () => {
    const permuted = fc.tuple(
      shapes,
      fc.array(fc.nat(9), { minLength: 4, maxLength: 4 }),
      fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    );
    fc.assert(
      fc.property(permuted, shapes, ([shape, keys, repeat], target) => {
        const order = shape.map((_, d) => d).sort((a, b) => (keys[a] as number) - (keys[b] as number));
        const base = contiguousStrides(order.map((d) => shape[d] as number));
        const strides = shape.map((_, d) => (repeat[d] ? 0 : (base[order.indexOf(d)] as number)));
        const to = sizeOf(target) === sizeOf(shape) ? target : [sizeOf(shape)];
        const found = reshapeStrides(shape, strides, to);
        if (found !== null) expect(places(to, found)).toEqual(places(shape, strides));
        else expect(isContiguous(shape, strides)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
  it("merges and splits dimensions that are adjacent in memory", () => {
    expect(reshapeStrides([2, 3, 4], [12, 4, 1], [6, 4])).toEqual([4, 1]);
    expect(reshapeStrides([3, 2], [1, 3], [6])).toBeNull();
    expect(reshapeStrides([4, 3], [6, 2], [2, 2, 3])).toEqual([12, 6, 2]);
    expect(reshapeStrides([1, 4], [99, 2], [4, 1])?.[0]).toBe(2);
  });
});
