/** The singular value decomposition. */

import { AutogradError, apply, applyAll, diagEmbed, eye, type Op, settings, type Tensor } from "@akari/tensor";
import { decompose } from "./bidiagonal.ts";
import { expectMatrix, named, readMatrices, transposed, writeMatrices, writeVectors } from "./matrices.ts";

/** Options of `svd`. */
export interface SvdOptions {
  /** Whether U is [m, m] and Vh [n, n], rather than [m, k] and [k, n] with the smaller k of m and n. Default true. */
  readonly fullMatrices?: boolean;
}

/** What `svd` gives: `const [u, s, vh] = svd(a)`, or `{ U, S, Vh }`. */
export type SVD = readonly [U: Tensor, S: Tensor, Vh: Tensor] & {
  readonly U: Tensor;
  readonly S: Tensor;
  readonly Vh: Tensor;
};

/** a → U, S and Vᵀ */
const decomposition: Op<boolean> = {
  name: "svd",
  infer([a], full) {
    const [m, n] = expectMatrix("svd", a);
    const [{ dtype }, batch, k] = [a, a.shape.slice(0, -2), Math.min(m, n)];
    return [
      { shape: [...batch, m, full ? m : k], dtype },
      { shape: [...batch, k], dtype },
      { shape: [...batch, full ? n : k, n], dtype },
    ];
  },
  run([a], full, [u, s, vh]) {
    const [rows, columns] = a.size(-2, -1);
    const parts = readMatrices(a).map((matrix) => decompose("svd", matrix, rows, full ? "full" : "reduced"));
    writeMatrices(
      u,
      parts.map((part) => part.u),
    );
    writeVectors(
      s,
      parts.map((part) => part.s),
    );
    writeMatrices(
      vh,
      parts.map((part) => transposed(part.v, columns)),
    );
  },
  gradient: {
    reads: () => ({ outputs: [0, 1, 2] }),
    compute(gradients, context) {
      const [gu, gs, gvh] = gradients;
      const [m, k, n] = [context.output(0).size(-2), context.output(1).size(-1), context.output(2).size(-1)];
      if (context.attrs && ((gu && m > k) || (gvh && n > k)))
        throw new AutogradError(
          `svd: the vectors that fullMatrices adds to a matrix of ${m} by ${n} have no gradient; use { fullMatrices: false }`,
        );
      const [u, s, vh] = [context.output(0).narrow(-1, 0, k), context.output(1), context.output(2).narrow(-2, 0, k)];
      return [gradientOf({ u, s, vh }, gu ?? null, gs ?? null, gvh ?? null)];
    },
  },
};

/**
 * With E_ij = s_j² - s_i² off the diagonal: `U [skew(Uᵀ gU)/E diag(s) + diag(s) skew(Vᵀ gV)/E + diag(gs)]
 * Vᵀ`, and what of the gradients of U and V lies outside of the spaces that they span, divided by s. (Townsend 2016,
 * "Differentiating the singular value decomposition".)
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

/** a → S */
const onlyValues: Op = {
  name: "svdvals",
  infer([a]) {
    const [m, n] = expectMatrix("svdvals", a);
    return [{ shape: [...a.shape.slice(0, -2), Math.min(m, n)], dtype: a.dtype }];
  },
  run([a], _, [s]) {
    const rows = a.size(-2);
    writeVectors(
      s,
      readMatrices(a).map((matrix) => decompose("svdvals", matrix, rows, "none").s),
    );
  },
  gradient: null,
};

/**
 * `A = U diag(S) Vh` for each matrix [m, n]: the singular values in descending order, the left singular vectors as the
 * columns of U, the right ones as the rows of Vh; a pair of them is sure up to its sign. The gradient of the vectors
 * needs singular values that differ from each other and, unless the matrix is square, from zero; that of the values is
 * always there.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.svd.html
 *
 * @throws ArgumentError for NaN and infinities.
 * @throws DeviceError on a device that cannot be read at once; `await a.prefetch()` there first.
 * @example
 * svd(tensor([[0, 2], [1, 0]])).S; // [2, 1]
 */
export function svd(a: Tensor, options: SvdOptions = {}): SVD {
  const { fullMatrices } = settings("svd", options, { fullMatrices: true });
  return named(applyAll(decomposition, [a], fullMatrices), "U", "S", "Vh");
}

/**
 * The singular values of matrices [m, n] in descending order: [min(m, n)], as `svd` gives them, in less time where no
 * gradient is asked for.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.svdvals.html
 */
export function svdvals(a: Tensor): Tensor {
  // The gradient is made of the singular vectors.
  return a.requiresGrad ? svd(a, { fullMatrices: false }).S : apply(onlyValues, [a], undefined);
}
