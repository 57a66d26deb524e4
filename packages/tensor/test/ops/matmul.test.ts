/** Matrix products compared with their definition, einsum and related functions, and errors. */

import { beforeAll, describe, expect, it } from "vitest";
import { reference } from "../../src/backends/reference/index.ts";
import {
  addmm,
  bmm,
  DTypeError,
  einsum,
  eye,
  full,
  kron,
  linear,
  manualSeed,
  matmul,
  mm,
  outer,
  randn,
  ShapeError,
  setDefaultDevice,
  type Tensor,
  tensor,
  tensordot,
  zeros,
} from "../../src/index.ts";

beforeAll(() => {
  setDefaultDevice(reference());
  manualSeed(7);
});

/** The product by definition: rows times columns, in float64 on the host. */
function product(a: Tensor, b: Tensor): number[][] {
  const x = a.toArraySync() as number[][];
  const y = b.toArraySync() as number[][];
  return x.map((row) =>
    (y[0] ?? []).map((_, j) => row.reduce((sum, value, k) => sum + value * (y[k]?.[j] as number), 0)),
  );
}

function expectClose(got: Tensor, want: readonly (readonly number[])[]): void {
  const rows = got.toArraySync() as number[][];
  expect(rows.length).toBe(want.length);
  rows.forEach((row, i) => {
    row.forEach((value, j) => {
      expect(value).toBeCloseTo(want[i]?.[j] as number, 4);
    });
  });
}

describe("matmul", () => {
  it("multiplies rows by columns, also for transposed and sliced operands", () => {
    const [a, b] = [randn([3, 4]), randn([4, 5])];
    expectClose(matmul(a, b), product(a, b));
    expectClose(matmul(b.t(), a.t()), product(b.t(), a.t()));
    const [left, right] = [randn([6, 8]).slice(0, 0, null, 2).slice(1, 1, 5), randn([5, 4]).t()];
    expectClose(mm(left, right), product(left, right));
  });

  it("accepts vectors and broadcasts batches", () => {
    const [a, v] = [randn([3, 4]), randn([4])];
    expect(matmul(a, v).shape).toEqual([3]);
    expect(matmul(v, v).shape).toEqual([]);
    expect(matmul(v, randn([2, 4, 5])).shape).toEqual([2, 5]);
    expect(matmul(randn([2, 1, 3, 4]), randn([5, 4, 2])).shape).toEqual([2, 5, 3, 2]);
    const batch = randn([2, 3, 4]);
    expectClose(
      matmul(batch, randn([4, 4]).mul(0).add(eye(4))).select(0, 1),
      batch.select(0, 1).toArraySync() as number[][],
    );
    expectClose(bmm(batch, batch.mT).select(0, 1), product(batch.select(0, 1), batch.select(0, 1).t()));
  });

  it("returns zeros for an inner size of zero", () => {
    expect(matmul(zeros([2, 0]), zeros([0, 3])).toArraySync()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it("rejects invalid sizes, scalars and dtypes", () => {
    expect(() => matmul(zeros([2, 3]), zeros([4, 5]))).toThrow(
      "matmul: cannot multiply [2, 3] by [4, 5]: inner sizes 3 and 4 differ",
    );
    expect(() => matmul(tensor(1), zeros([1]))).toThrow(ShapeError);
    expect(() => matmul(zeros([2, 2]), zeros([2, 2], { dtype: "float64" }))).toThrow(DTypeError);
    expect(() => mm(zeros([2]), zeros([2, 2]))).toThrow(ShapeError);
    expect(() => bmm(zeros([2, 2, 2]), zeros([3, 2, 2]))).toThrow(ShapeError);
    expect(() => linear(zeros([2, 3]), zeros([4, 5]))).toThrow(/has 3 features.*expects 5/);
    expect(() => linear(zeros([2, 3]), zeros([4, 3]), zeros([5]))).toThrow(/bias/);
  });

  it("is used by linear and addmm, which add a bias or a matrix", () => {
    const [x, w, b] = [randn([2, 3, 4]), randn([5, 4]), randn([5])];
    const y = linear(x, w, b);
    expect(y.shape).toEqual([2, 3, 5]);
    expectClose(y.select(0, 1), matmul(x.select(0, 1), w.t()).add(b).toArraySync() as number[][]);
    expectClose(linear(x.transpose(0, 1), w, b).select(1, 1), y.select(0, 1).toArraySync() as number[][]);
    const nan = full([3, 5], Number.NaN);
    expectClose(
      addmm(nan, x.select(0, 0), w.t(), { beta: 0, alpha: 2 }),
      matmul(x.select(0, 0), w.t()).mul(2).toArraySync() as number[][],
    );
  });
});

describe("einsum", () => {
  it("computes products, sums, diagonals and transposes", () => {
    const [a, b] = [randn([3, 4]), randn([4, 5])];
    expectClose(einsum("ij,jk->ik", a, b), product(a, b));
    expectClose(einsum("ij,jk->ik", [a, b]), product(a, b));
    expectClose(einsum("ij->ji", a), a.t().toArraySync() as number[][]);
    expect(einsum("ii", eye(3)).itemSync()).toBe(3);
    expectClose(
      einsum("i,j->ij", a.select(0, 0), a.select(0, 1)),
      outer(a.select(0, 0), a.select(0, 1)).toArraySync() as number[][],
    );
    const c = randn([2, 3, 4]);
    expectClose(einsum("...ij,jk->...ik", c, b).select(0, 1), product(c.select(0, 1), b));
    expect(einsum("bij,bkj,bk->bi", c, c, c.select(2, 0)).shape).toEqual([2, 3]);
  });

  it("rejects invalid equations", () => {
    expect(() => einsum("ij,jk->ik", zeros([2, 2]))).toThrow(/2 operands/);
    expect(() => einsum("ij->ik", zeros([2, 2]))).toThrow(/k/);
    expect(() => einsum("ij,jk->ik", zeros([2, 3]), zeros([4, 5]))).toThrow(ShapeError);
    expect(() => einsum("ijk->i", zeros([2, 3]))).toThrow(ShapeError);
  });

  it("agrees with tensordot and kron", () => {
    const [a, b] = [randn([2, 3, 4]), randn([3, 4, 5])];
    expectClose(tensordot(a, b), product(a.reshape(2, 12), b.reshape(12, 5)));
    expect(kron(eye(2), tensor([[1, 2]])).toArraySync()).toEqual([
      [1, 2, 0, 0],
      [0, 0, 1, 2],
    ]);
  });
});
