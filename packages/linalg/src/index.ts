/**
 * Matrix decompositions with the names of PyTorch's `torch.linalg`: LU, LDL, QR, singular values, eigenvalues, least
 * squares, the pseudoinverse, rank, condition number, principal components, the matrix exponential and norms. All
 * support batches and gradients. The simpler functions of `torch.linalg`, such as `inv`, `solve`, `det` and `cholesky`,
 * are part of `@akari/tensor` and exported here, too, for those who import the package as `linalg`.
 *
 * @packageDocumentation
 */

export {
  cholesky,
  cross,
  det,
  diagonal,
  inv,
  matmul,
  matrixPower,
  multiDot,
  slogdet,
  solve,
  solveTriangular,
  vecdot,
  vectorNorm,
} from "@akari/tensor";
export { type Eig, eig, eigvals } from "./eig.ts";
export { type Eigh, type EighOptions, eigh, eigvalsh } from "./eigh.ts";
export { householderProduct, type OrmqrOptions, ormqr } from "./householder-product.ts";
export {
  type CholeskyEx,
  choleskyEx,
  choleskyInverse,
  type InvEx,
  invEx,
  type SolveEx,
  solveEx,
  type TriangularSolution,
  type TriangularSolveOptions,
  tensorinv,
  tensorsolve,
  triangularSolve,
} from "./inverses.ts";
export { type LdlFactors, type LdlFactorsEx, ldlFactor, ldlFactorEx, ldlSolve } from "./ldl.ts";
export { type LowRank, type LowRankOptions, type PcaOptions, pcaLowrank, svdLowrank } from "./low-rank.ts";
export { type Lstsq, type LstsqOptions, lstsq } from "./lstsq.ts";
export {
  type LU,
  type LuFactors,
  type LuFactorsEx,
  type LuOptions,
  type LuSolveOptions,
  lu,
  luFactor,
  luFactorEx,
  luSolve,
  luUnpack,
} from "./lu.ts";
export { matrixExp } from "./matrix-exp.ts";
export { type LinalgNormOptions, type MatrixNormOptions, type MatrixOrder, matrixNorm, norm } from "./norms.ts";
export { cond, type HermitianOptions, matrixRank, pinv, type ToleranceOptions } from "./pinv.ts";
export { type Geqrf, geqrf, type QR, type QrMode, type QrOptions, qr } from "./qr.ts";
export { type SVD, type SvdOptions, svd, svdvals } from "./svd.ts";
export { vander } from "./vander.ts";
