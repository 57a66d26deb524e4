/**
 * Decompositions of matrices, with the names of PyTorch's `torch.linalg`: QR, singular values, eigenvalues of symmetric matrices, least squares, the
 * pseudoinverse, ranks, condition numbers, principal components and the matrix exponential, all of them over batches and with gradients. (`inv`, `solve`, `det`, `cholesky` and norms
 * are part of `@akari/tensor`.)
 *
 * @packageDocumentation
 */

export { type Eigh, type EighOptions, eigh, eigvalsh } from "./eigh.ts";
export { type LowRank, type LowRankOptions, type PcaOptions, pcaLowrank, svdLowrank } from "./low-rank.ts";
export { type Lstsq, type LstsqOptions, lstsq } from "./lstsq.ts";
export { matrixExp } from "./matrix-exp.ts";
export { cond, matrixRank, pinv, type ToleranceOptions } from "./pinv.ts";
export { type QR, type QrMode, type QrOptions, qr } from "./qr.ts";
export { type SVD, type SvdOptions, svd, svdvals } from "./svd.ts";
