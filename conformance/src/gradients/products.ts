/** Arguments of matrix products, convolutions, pooling, resampling and linear algebra. */

import type { Tensor } from "@akari/tensor";
import { type Calls, fixed, type Given, Made, numbers } from "./given.ts";

const [a, b] = [() => numbers([2, 3]), () => numbers([3, 2], 0.5, 2)];
const image = (...space: readonly number[]) => numbers([1, 2, ...space]);
/** A well-conditioned matrix. */
const square = () => new Made((x: Tensor) => x.add(fixed([2, 3, 4]).diag()), numbers([3, 3], -1, 1));
/** A symmetric positive definite matrix. */
const definite = () => new Made((x: Tensor) => x.mm(x.t()).add(fixed([1, 2, 3]).diag()), numbers([3, 3], -1, 1));

const pooled = (size: number, ...first: Given): readonly (readonly Given[])[] =>
  [1, 2, 3].map((dims) => [[numbers([1, 1, ...new Array<number>(dims).fill(size)]), ...first, 2]]);
const [lp1, lp2] = pooled(3, 2) as readonly [readonly Given[], readonly Given[]]; // safe: three entries
// safe: as above
const [pool1, pool2, pool3] = pooled(3) as readonly [readonly Given[], readonly Given[], readonly Given[]];

/** Matrix products, window operations and linear algebra. */
export const products: Calls = {
  adaptiveAvgPool1d: [[image(5), 2]],
  adaptiveAvgPool2d: [[image(3, 4), [2, 3]]],
  adaptiveAvgPool3d: [[image(3, 2, 2), 2]],
  adaptiveMaxPool1d: [[image(5), 2]],
  adaptiveMaxPool2d: [[image(3, 4), [2, 3]]],
  adaptiveMaxPool3d: [[image(3, 2, 2), 2]],
  addbmm: [[numbers([2, 2]), numbers([2, 2, 3]), numbers([2, 3, 2]), { alpha: 0.5 }]],
  addmm: [[numbers([2, 2]), a(), b(), { alpha: 0.5, beta: 2 }]],
  addmv: [[numbers([2]), a(), numbers([3])]],
  addr: [[a(), numbers([2]), numbers([3]), { beta: 2, alpha: 0.5 }]],
  avgPool1d: [...pool1, [image(5), 3, { stride: 2, padding: 1, countIncludePad: false }]],
  avgPool2d: [...pool2, [image(3, 3), 2, { ceilMode: true }]],
  avgPool3d: pool3,
  baddbmm: [[numbers([2, 2, 2]), numbers([2, 2, 3]), numbers([2, 3, 2])]],
  bilinear: [[a(), numbers([2, 2]), numbers([2, 3, 2]), numbers([2])]],
  bmm: [[numbers([2, 2, 3]), numbers([2, 3, 2])]],
  chainMatmul: [[a(), b(), a()]],
  cholesky: [[definite()], [definite(), { upper: true }]],
  choleskySolve: [
    [b(), square()],
    [b(), square(), true],
  ],
  col2im: [[numbers([1, 4, 4]), 3, 2]],
  conv1d: [
    [image(5), numbers([2, 2, 3]), numbers([2])],
    [image(5), numbers([2, 1, 2]), null, { stride: 2, padding: 1, groups: 2 }],
  ],
  conv2d: [
    [image(3, 3), numbers([1, 2, 2, 2]), numbers([1]), { padding: 1, dilation: 2 }],
    [image(3, 3), numbers([2, 1, 2, 2]), null, { groups: 2 }],
  ],
  conv3d: [[image(2, 2, 2), numbers([1, 2, 1, 2, 2]), numbers([1])]],
  convTranspose1d: [[image(3), numbers([2, 1, 3]), numbers([1]), { stride: 2, padding: 1, outputPadding: 1 }]],
  convTranspose2d: [[image(2, 2), numbers([2, 1, 2, 2]), numbers([1])]],
  convTranspose3d: [[image(1, 2, 2), numbers([2, 1, 1, 2, 2])]],
  cross: [[a(), numbers([2, 3], 0, 1)]],
  det: [[square()]],
  dot: [[numbers([3]), numbers([3], 0, 1)]],
  einsum: [
    ["ij,jk->ik", a(), b()],
    ["ii->i", numbers([3, 3])],
    ["i,j,ij->", numbers([2]), numbers([3]), a()],
  ],
  im2col: [[image(3, 3), 2, { padding: 1, stride: 2 }]],
  inner: [[a(), numbers([2, 3], 0, 1)]],
  interpolate: [
    [image(3), { scaleFactor: 2 }],
    [image(3), { size: 5, mode: "linear", alignCorners: true }],
    [image(2, 3), { scaleFactor: 2, mode: "bilinear" }],
    [image(2, 2, 2), { size: 3, mode: "trilinear" }],
    [image(4, 4), { size: 3, mode: "area" }],
    [numbers([1, 1, 3, 4]), { size: [4, 5], mode: "bicubic" }],
    [image(5, 4), { size: [3, 2], mode: "bilinear", antialias: true }],
  ],
  inv: [[square()]],
  kron: [[numbers([2, 2]), numbers([1, 2])]],
  linear: [[a(), numbers([2, 3], 0, 1), numbers([2])]],
  logdet: [[definite()]],
  lpPool1d: lp1,
  lpPool2d: lp2,
  matmul: [
    [a(), b()],
    [numbers([2, 1, 2, 3]), numbers([2, 3, 1])],
    [numbers([2, 2, 3]), b()],
    [numbers([3]), b()],
  ],
  matrixNorm: [[a()], [a(), 1], [a(), Number.POSITIVE_INFINITY]],
  matrixPower: [
    [square(), 3],
    [square(), -1],
  ],
  maxPool1d: [...pool1, [image(5), 3, { stride: 2, padding: 1 }]],
  maxPool2d: [...pool2, [image(4, 4), 2, { dilation: 2, stride: 1, returnIndices: true }]],
  maxPool3d: pool3,
  mm: [[a(), b()]],
  multiDot: [
    [a(), b(), a()],
    [numbers([2]), a(), numbers([3])],
  ],
  mv: [[a(), numbers([3])]],
  outer: [[numbers([2]), numbers([3])]],
  pixelShuffle: [[numbers([1, 4, 1, 2]), 2]],
  pixelUnshuffle: [[numbers([1, 1, 2, 4]), 2]],
  slogdet: [[square()]],
  solveTriangular: [
    [square(), b(), { upper: true }],
    [square(), numbers([2, 3]), { upper: false, left: false, unitriangular: true }],
  ],
  solve: [
    [square(), b()],
    [square(), numbers([3])],
    [square(), numbers([2, 3]), { left: false }],
  ],
  vecdot: [[a(), numbers([3], 0, 1)]],
  tensordot: [[a(), b(), 1]],
};
