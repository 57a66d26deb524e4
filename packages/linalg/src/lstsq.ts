/** Linear least squares. */

import {
  applyAll,
  broadcastShapes,
  emptyLike,
  expectOneType,
  namedTuple,
  type Op,
  scope,
  settings,
  shapeError,
  shapeOf,
  type Tensor,
} from "@akari/tensor";
import { decompose } from "./bidiagonal.ts";
import { expectMatrix, Space, write } from "./matrices.ts";
import { applyInverse, pinv, tolerances } from "./pinv.ts";

/** Options of `lstsq`. */
export interface LstsqOptions {
  /**
   * Relative tolerance: singular values of at most `rcond` times the largest one are treated as zero. Default: max(m,
   * n) times the machine epsilon of the dtype.
   */
  readonly rcond?: number;
}

/** Result of `lstsq`: `const [x] = lstsq(a, b)`, or by the names of its parts. */
export type Lstsq = readonly [solution: Tensor, residuals: Tensor, rank: Tensor, singularValues: Tensor] & {
  /** X, [..., n, k], or [..., n] if B is a vector. */
  readonly solution: Tensor;
  /** Squared norm of each column of `A X - B`, [..., k]. Empty unless m > n. */
  readonly residuals: Tensor;
  /** Rank of each matrix, int32. */
  readonly rank: Tensor;
  /** Singular values of each matrix in descending order, [..., min(m, n)]. */
  readonly singularValues: Tensor;
};

/** [A, B] → V S⁺ Uᵀ B, ranks, singular values */
const leastSquares: Op<number> = {
  name: "lstsq",
  infer([a, b]) {
    const [m, n] = expectMatrix("lstsq", a);
    const batch = a.shape.slice(0, -2);
    return [
      { shape: [...batch, n, b.shape.at(-1) as number], dtype: a.dtype }, // safe: `lstsq` passes matrices
      { shape: batch, dtype: "int32" },
      { shape: [...batch, Math.min(m, n)], dtype: a.dtype },
    ];
  },
  run([a, b], rtol, [x, ranks, values]) {
    scope(() => {
      const space = new Space(a, a.size(-2) * Math.max(a.size(-1), b.size(-1)));
      const parts = decompose("lstsq", a, "reduced", false, space);
      const found = new Float64Array(ranks.numel());
      found.set(applyInverse(x, parts, () => [0, rtol], space.read(b)));
      write(ranks, found);
      write(values, parts.s);
    });
  },
  // With H = A⁺ and R = B - A X: gB = Hᵀ g and gA = R (H Hᵀ g)ᵀ + Hᵀ X ((1 - H A) g)ᵀ - Hᵀ g Xᵀ, which follows from the
  // gradient of the pseudoinverse.
  gradient: {
    reads: () => ({ inputs: [0, 1], outputs: [0] }),
    compute([g], { needs, attrs: rtol, input, output }) {
      if (!g) return [null, null];
      const [a, b, x] = [input(0), input(1), output(0)];
      const h = pinv(a, { rtol });
      const back = h.mT.matmul(g);
      if (!needs[0]) return [null, back];
      const rest = b.sub(a.matmul(x)).matmul(h.matmul(back).mT);
      const outside = h.mT.matmul(x).matmul(g.sub(h.matmul(a.matmul(g))).mT);
      return [rest.add(outside).sub(back.matmul(x.mT)), needs[1] ? back : null];
    },
  },
};

/**
 * Computes the least-squares solution X that minimizes ‖A X - B‖ column by column, and ‖X‖ among all such solutions. A
 * [..., m, n] may have any shape and rank; B is [..., m, k] or a vector [..., m]. Batch dimensions broadcast.
 * `solution` and `residuals` have gradients, which treat the rank as constant.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.lstsq.html
 *
 * @throws ShapeError when the numbers of rows differ, or when batch dimensions do not broadcast.
 * @throws DTypeError when the dtypes differ.
 * @throws ArgumentError for NaN and infinities.
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` and `await b.prefetch()` first.
 * @example
 * const a = tensor([[1, 0], [1, 1], [1, 2]]); // a line through (0, 1), (1, 3) and (2, 5)
 * lstsq(a, tensor([1, 3, 5])).solution; // [1, 2]
 */
export function lstsq(a: Tensor, b: Tensor, options: LstsqOptions = {}): Lstsq {
  const { rcond } = settings("lstsq", options, { rcond: undefined });
  const { rtol } = tolerances("lstsq", a, rcond === undefined ? {} : { rtol: rcond });
  const [m, n] = expectMatrix("lstsq", a);
  const vectors =
    shapeOf("lstsq", b).length === 1 || (b.ndim === a.ndim - 1 && b.shape.join() === a.shape.slice(0, -1).join());
  const right = vectors ? b.unsqueeze(-1) : b;
  if (right.ndim < 2 || right.shape.at(-2) !== m)
    throw shapeError("lstsq", "a and b with the same number of rows", a, b);
  expectOneType("lstsq", a, b);
  const batch = broadcastShapes("lstsq", [a.shape.slice(0, -2), right.shape.slice(0, -2)]);
  const [left, wide] = [a.expand(...batch, m, n), right.expand(...batch, m, right.size(-1))];
  // safe: three outputs
  const [x, rank, singularValues] = applyAll(leastSquares, [left, wide], rtol) as readonly [Tensor, Tensor, Tensor];
  const squeezed = (result: Tensor) => (vectors ? result.squeeze(-1) : result);
  const residuals =
    m > n ? squeezed(left.matmul(x).sub(wide).square().sum(-2)) : emptyLike(x.flatten().narrow(0, 0, 0));
  return namedTuple(
    [squeezed(x), residuals, rank, singularValues.detach()],
    "solution",
    "residuals",
    "rank",
    "singularValues",
  );
}
