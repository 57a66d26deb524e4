/**
 * The largest singular values and their vectors, by randomized projection: products with a few random vectors amplify
 * the dominant directions.
 */

import { checkInteger, type GeneratorOption, namedTuple, randn, settings, type Tensor } from "@akari/tensor";
import { expectMatrix } from "./matrices.ts";
import { qr } from "./qr.ts";
import { svd } from "./svd.ts";

/** Options of `svdLowrank`. */
export interface LowRankOptions extends GeneratorOption {
  /**
   * Number of singular values to compute, at most min(m, n). Choosing q slightly larger than needed makes the needed
   * values more accurate. Default min(6, m, n).
   */
  readonly q?: number;
  /** Number of power iterations, which improve accuracy when singular values decrease slowly. Default 2. */
  readonly niter?: number;
}

/** Options of `pcaLowrank`. */
export interface PcaOptions extends LowRankOptions {
  /** Whether to subtract the mean of each column first. Default true. */
  readonly center?: boolean;
}

/** Result of `svdLowrank`: `const [u, s, v] = svdLowrank(a)`, or `{ U, S, V }`. As in PyTorch, V is not transposed. */
export type LowRank = readonly [U: Tensor, S: Tensor, V: Tensor] & {
  /** Left singular vectors as columns, [..., m, q]. */
  readonly U: Tensor;
  /** Singular values in descending order, [..., q]. */
  readonly S: Tensor;
  /** Right singular vectors as columns, [..., n, q]. */
  readonly V: Tensor;
};

function approximate(operation: string, a: Tensor, { q: given, niter = 2, generator }: LowRankOptions): LowRank {
  const [m, n] = expectMatrix(operation, a);
  const q = given ?? Math.min(6, m, n);
  checkInteger(operation, "q", q, 0, Math.min(m, n));
  checkInteger(operation, "niter", niter);
  // As in PyTorch, the basis spans the row space of A, or its column space if q = n ≤ m.
  const turned = m < n || n > q;
  const x = turned ? a.mT : a;
  const start = randn([turned ? m : n, q], { dtype: a.dtype, device: a.device, ...(generator && { generator }) });
  let basis = qr(x.matmul(start)).Q;
  for (let k = 0; k < niter; k++) basis = qr(x.matmul(qr(x.mT.matmul(basis)).Q)).Q;
  const small = turned ? a.matmul(basis) : basis.mT.matmul(a);
  const { U, S, Vh } = svd(small, { fullMatrices: false });
  return namedTuple(turned ? [U, S, basis.matmul(Vh.mT)] : [basis.matmul(U), S, Vh.mT], "U", "S", "V");
}

/**
 * Approximates the `q` largest singular values of each matrix [m, n] and their vectors: `A ≈ U diag(S) Vᵀ`, with U
 * [m, q], S [q] and V [n, q]. The time is proportional to q rather than to min(m, n) as for `svd`, and most of it is
 * spent in products on the device. (Halko, Martinsson and Tropp 2009, "Finding structure with randomness",
 * https://arxiv.org/abs/0909.4061)
 *
 * https://pytorch.org/docs/stable/generated/torch.svd_lowrank.html
 *
 * @throws ArgumentError when q is not between 0 and min(m, n).
 * @throws DeviceError on a device without synchronous reads.
 */
export function svdLowrank(a: Tensor, options: LowRankOptions = {}): LowRank {
  return approximate(
    "svdLowrank",
    a,
    settings("svdLowrank", options, { q: undefined, niter: 2, generator: undefined }),
  );
}

/**
 * Approximates the principal components of the rows of A [m, n], which are m samples with n features. The columns of V
 * [n, q] are the directions of largest variance, and `S² / (m - 1)` are the variances. `a.matmul(V)` projects the
 * samples onto these directions.
 *
 * https://pytorch.org/docs/stable/generated/torch.pca_lowrank.html
 *
 * @throws ArgumentError when q is not between 0 and min(m, n).
 * @throws DeviceError on a device without synchronous reads.
 * @example
 * const { V } = pcaLowrank(images.flatten(1), { q: 2 }); // images [m, 1, 28, 28]
 * images.flatten(1).matmul(V); // each image as a point: [m, 2]
 */
export function pcaLowrank(a: Tensor, options: PcaOptions = {}): LowRank {
  const { center, ...rest } = settings("pcaLowrank", options, {
    q: undefined,
    niter: 2,
    generator: undefined,
    center: true,
  });
  expectMatrix("pcaLowrank", a);
  return approximate("pcaLowrank", center ? a.sub(a.mean(-2, { keepdim: true })) : a, rest);
}
