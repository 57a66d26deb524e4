/** The expected values are PyTorch's. */

import { arange, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { unravelIndex } from "../src/index.ts";

describe("unravelIndex", () => {
  it("returns an index tensor for each dimension", () => {
    const rows = unravelIndex(
      tensor(
        [
          [0, 5],
          [11, 7],
        ],
        { dtype: "int32" },
      ),
      [3, 4],
    );
    expect(rows.map((row) => row.toArraySync())).toEqual([
      [
        [0, 1],
        [2, 1],
      ],
      [
        [0, 1],
        [3, 3],
      ],
    ]);
    expect(unravelIndex(arange(3), 5).map((row) => row.toArraySync())).toEqual([[0, 1, 2]]);
    const place = unravelIndex(
      tensor([
        [1, 9],
        [3, 2],
      ]).argmax(),
      [2, 2],
    );
    expect(place.map((index) => index.itemSync())).toEqual([0, 1]);
  });

  it("rejects floats and invalid sizes", () => {
    expect(() => unravelIndex(tensor([1]), [2])).toThrow("unravelIndex: expected integers, got float32");
    expect(() => unravelIndex(arange(2), [2, -1])).toThrow("unravelIndex: sizes must be non-negative integers");
  });
});
