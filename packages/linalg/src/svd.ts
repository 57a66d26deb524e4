/** The singular value decomposition. */

import { applyAll, diagEmbed, eye, namedTuple, type Op, scope, settings, type Tensor } from "@akari/tensor";
import { decompose, type Vectors } from "./bidiagonal.ts";
import { expectMatrix, write, writeMatrices } from "./matrices.ts";

/** Options of `svd`. */
export interface SvdOptions {
  /**
   * Whether to return square U [m, m] and Vh [n, n] rather than [m, k] and [k, n], where k = min(m, n). Default true.
   */
  readonly fullMatrices?: boolean;
}

/** Result of `svd`: `const [u, s, vh] = svd(a)`, or `{ U, S, Vh }`. */
export type SVD = readonly [U: Tensor, S: Tensor, Vh: Tensor] & {
  /** Left singular vectors as columns, [..., m, m] or [..., m, k]. */
  readonly U: Tensor;
  /** Singular values in descending order, [..., k]. */
  readonly S: Tensor;
  /** Right singular vectors as rows, [..., n, n] or [..., k, n]. */
  readonly Vh: Tensor;
};

/** a → S, and if vectors are requested, U and Vᵀ */
const decomposition: Op<{ readonly operation: string; readonly vectors: Vectors }> = {
  name: "svd",
  infer([a], { operation, vectors }) {
    const [m, n] = expectMatrix(operation, a);
    const [{ dtype }, batch, k] = [a, a.shape.slice(0, -2), Math.min(m, n)];
    const of = (...shape: number[]) => ({ shape: [...batch, ...shape], dtype });
    const full = vectors === "full";
    return vectors === "none" ? [of(k)] : [of(k), of(m, full ? m : k), of(full ? n : k, n)];
  },
  run([a], { operation, vectors }, [s, u, vh]) {
    scope(() => {
      const parts = decompose(operation, a, vectors);
      write(s, parts.s);
      if (!u || !vh) return;
      writeMatrices(u, parts.u, true);
      writeMatrices(vh, parts.v);
    });
  },
  gradient: {
    reads: () => ({ outputs: [0, 1, 2] }),
    compute(gradients, context) {
      const [gs, gu, gvh] = gradients;
      const s = context.output(0);
      const [left, right] = [(x: Tensor) => x.narrow(-1, 0, s.size(-1)), (x: Tensor) => x.narrow(-2, 0, s.size(-1))];
      const [u, vh] = [left(context.output(1)), right(context.output(2))];
      return [gradientOf({ u, s, vh }, gu ? left(gu) : null, gs ?? null, gvh ? right(gvh) : null)];
    },
  },
};

/**
 * The gradient, with E_ij = s_j² - s_i² off the diagonal: `U [skew(Uᵀ gU)/E diag(s) + diag(s) skew(Vᵀ gV)/E + diag(gs)]
 * Vᵀ`, plus the components of gU and gV orthogonal to U and V, divided by s. (Townsend 2016, "Differentiating the
 * singular value decomposition".)
 */
function gradientOf(
  { u, s, vh }: Record<"u" | "s" | "vh", Tensor>,
  gu: Tensor | null,
  gs: Tensor | null,
  gvh: Tensor | null,
): Tensor {
  const k = s.size(-1);
  const square = s.square();
  const apart = square
    .unsqueeze(-2)
    .sub(square.unsqueeze(-1))
    .add(eye(k, { dtype: s.dtype, device: s.device }));
  const skew = (x: Tensor) => x.sub(x.mT).div(apart);
  const inner: Tensor[] = gs ? [diagEmbed(gs)] : [];
  if (gu) inner.push(skew(u.mT.matmul(gu)).mul(s.unsqueeze(-2)));
  if (gvh) inner.push(skew(vh.matmul(gvh.mT)).mul(s.unsqueeze(-1)));
  let result = u.matmul(inner.reduce((sum, x) => sum.add(x))).matmul(vh);
  if (gu && u.size(-2) > k)
    result = result.add(
      gu
        .sub(u.matmul(u.mT.matmul(gu)))
        .div(s.unsqueeze(-2))
        .matmul(vh),
    );
  if (gvh && vh.size(-1) > k) result = result.add(u.matmul(gvh.sub(gvh.matmul(vh.mT).matmul(vh)).div(s.unsqueeze(-1))));
  return result;
}

/**
 * Computes the singular value decomposition of each matrix [m, n]: `A = U diag(S) Vh`. The singular values are in
 * descending order, the left singular vectors are the columns of U, the right ones the rows of Vh. Each pair of vectors
 * is unique up to its sign. The gradient of the vectors requires singular values that are distinct and, unless the
 * matrix is square, nonzero; gradients of the additional vectors of `fullMatrices`, an arbitrary basis, are ignored. The
 * gradient of S has no such restriction.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.svd.html
 *
 * @throws ArgumentError for NaN and infinities.
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 * @example
 * svd(tensor([[0, 2], [1, 0]])).S; // [2, 1]
 */
export function svd(a: Tensor, options: SvdOptions = {}): SVD {
  const { fullMatrices } = settings("svd", options, { fullMatrices: true });
  const parts = applyAll(decomposition, [a], { operation: "svd", vectors: fullMatrices ? "full" : "reduced" });
  const [s, u, vh] = parts as readonly [Tensor, Tensor, Tensor]; // safe: vectors are requested
  return namedTuple([u, s, vh], "U", "S", "Vh");
}

/**
 * Computes the singular values of matrices [m, n] in descending order: [min(m, n)]. Faster than `svd` when no gradient
 * is required.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.svdvals.html
 *
 * @throws ArgumentError for NaN and infinities.
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 */
export function svdvals(a: Tensor): Tensor {
  // The gradient needs the singular vectors.
  const vectors = a?.requiresGrad ? "reduced" : "none";
  return applyAll(decomposition, [a], { operation: "svdvals", vectors })[0] as Tensor; // safe: S comes first
}
