/**
 * The largest singular values and their vectors, without the others: by products with a few random vectors, which the
 * largest ones pull to their side.
 */

import { checkInteger, type GeneratorOption, randn, settings, type Tensor } from "@akari/tensor";
import { expectMatrix, named } from "./matrices.ts";
import { qr } from "./qr.ts";
import { svd } from "./svd.ts";

/** Options of `svdLowrank`. */
export interface LowRankOptions extends GeneratorOption {
  /**
   * How many singular values: at most min(m, n). Somewhat more than are wanted make those more accurate. Default 6, or
   * as many as there are.
   */
  readonly q?: number;
  /**
   * How often the vectors are multiplied by the matrix and its transpose once more: worth while where singular values
   * fall slowly. Default 2.
   */
  readonly niter?: number;
}

/** Options of `pcaLowrank`. */
export interface PcaOptions extends LowRankOptions {
  /** Whether the mean of each column is taken away first. Default true. */
  readonly center?: boolean;
}

/** What `svdLowrank` gives: `const [u, s, v] = svdLowrank(a)`, or `{ U, S, V }`; V is not transposed, as in PyTorch. */
export type LowRank = readonly [U: Tensor, S: Tensor, V: Tensor] & {
  readonly U: Tensor;
  readonly S: Tensor;
  readonly V: Tensor;
};

function approximate(operation: string, a: Tensor, { q: given, niter = 2, generator }: LowRankOptions): LowRank {
  const [m, n] = expectMatrix(operation, a);
  const q = given ?? Math.min(6, m, n);
  checkInteger(operation, "q", q, 0, Math.min(m, n));
  checkInteger(operation, "niter", niter);
  // The basis is sought on the side that leaves the smaller matrix.
  const turned = m < n || n > q;
  const x = turned ? a.mT : a;
  const start = randn([turned ? m : n, q], { dtype: a.dtype, device: a.device, ...(generator && { generator }) });
  let basis = qr(x.matmul(start)).Q;
  for (let k = 0; k < niter; k++) basis = qr(x.matmul(qr(x.mT.matmul(basis)).Q)).Q;
  const small = turned ? a.matmul(basis) : basis.mT.matmul(a);
  const { U, S, Vh } = svd(small, { fullMatrices: false });
  return named(turned ? [U, S, basis.matmul(Vh.mT)] : [basis.matmul(U), S, Vh.mT], "U", "S", "V");
}

/**
 * The `q` largest singular values of each matrix [m, n] and their vectors, approximately: `A ≈ U diag(S) Vᵀ`, with U
 * [m, q], S [q] and V [n, q]. It takes time in proportion to q where `svd` takes it to min(m, n), most of it in
 * products on the device. (Halko, Martinsson and Tropp 2009, "Finding structure with randomness",
 * https://arxiv.org/abs/0909.4061)
 *
 * https://pytorch.org/docs/stable/generated/torch.svd_lowrank.html
 *
 * @throws DeviceError on a device that cannot be read at once.
 */
export function svdLowrank(a: Tensor, options: LowRankOptions = {}): LowRank {
  return approximate(
    "svdLowrank",
    a,
    settings("svdLowrank", options, { q: undefined, niter: 2, generator: undefined }),
  );
}

/**
 * Principal components: the rows of A [m, n] are samples of n numbers; the columns of V [n, q] are the directions in
 * which they vary most, `S² / (m - 1)` by how much. `a.matmul(v)` are the samples in those directions.
 *
 * https://pytorch.org/docs/stable/generated/torch.pca_lowrank.html
 *
 * @throws DeviceError on a device that cannot be read at once.
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
