/** Arguments that may be passed in more than one way. */

import { describe, expect, it } from "vitest";
import * as ops from "../../src/index.ts";
import { ArgumentError, combinations, ones, tensor } from "../../src/index.ts";

describe("forms of arguments", () => {
  it("are options in place of optional arguments before them", () => {
    const x = tensor([1, 2, 3]);
    const pairs = [
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 2],
      [2, 3],
      [3, 3],
    ];
    expect(combinations(x, { withReplacement: true }).toArraySync()).toEqual(pairs);
    expect(ops.diff(tensor([1, 4, 9]), { prepend: tensor([0]) }).toArraySync()).toEqual([1, 3, 5]);
    expect(() => x.diff({ n: 2 } as never)).toThrow('diff: there is no option "n"; there are prepend, append');
    expect(ops.histc(tensor([1, 2, 1, 4]), 4, { max: 3 }).toArraySync()).toEqual([0, 2, 1, 0]);
    expect(tensor([1, 2, 1, 4]).histc({ bins: 4, max: 3 }).toArraySync()).toEqual([0, 2, 1, 0]);
    const { min, max } = ops.aminmax(
      tensor([
        [1, 5],
        [3, 2],
      ]),
      { dim: 0 },
    );
    expect([min.toArraySync(), max.toArraySync()]).toEqual([
      [1, 2],
      [3, 5],
    ]);
    expect(x.aminmax({ keepdim: true }).max.shape).toEqual([1]);
    expect(() => x.aminmax({ dims: 0 } as never)).toThrow('aminmax: there is no option "dims"; there are keepdim');
  });

  it("are sample points of an integral as an argument or an option", () => {
    const [y, x] = [tensor([1, 2, 3]), tensor([0, 1, 3])];
    expect(ops.trapezoid(y, x).itemSync()).toBe(6.5);
    expect(ops.trapezoid(y, { x }).itemSync()).toBe(6.5);
    expect(ops.trapezoid(y, { dx: 2 }).itemSync()).toBe(8);
    expect(ops.cumulativeTrapezoid(y, x, { dim: 0 }).toArraySync()).toEqual([1.5, 6.5]);
    expect(() => ops.trapezoid(y, 2 as never)).toThrow("trapezoid: expected a tensor, got 2");
  });

  it("are single numbers to be found in a sequence", () => {
    const edges = tensor([1, 3, 5], { dtype: "int32" });
    expect(ops.searchsorted(edges, 3).itemSync()).toBe(1);
    expect(ops.searchsorted(edges, 3, { right: true }).itemSync()).toBe(2);
    expect(ops.bucketize(3.5, edges).itemSync()).toBe(2);
    expect(() => ops.searchsorted(ones([2, 3]), 1)).toThrow("searchsorted: expected equal leading sizes");
  });

  it("are several matrices in an array or one by one", () => {
    const matrices = [ones([2, 3]), ones([3, 4]), ones([4])] as const;
    expect(ops.multiDot(matrices).toArraySync()).toEqual([12, 12]);
    expect(ops.multiDot(...matrices).toArraySync()).toEqual([12, 12]);
    expect(() => ops.multiDot([])).toThrow(ArgumentError);
  });
});
