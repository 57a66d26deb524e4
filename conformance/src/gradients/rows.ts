/** Arguments of operations along rows: reductions, scans, sorting, softmax, normalization. */

import { type Calls, fixed, type Given, ints, numbers } from "./given.ts";

const reduced = (...first: Given): readonly Given[] => [
  [numbers([2, 3]), ...first],
  [numbers([2, 3, 2]), ...first, 1],
  [numbers([2, 3, 2]), ...first, [0, 2], { keepdim: true }],
];
const row = (...more: Given): readonly Given[] => [[numbers([3, 4]), ...more]];

/** Operations along rows. */
export const rows: Calls = {
  amax: reduced(),
  amin: reduced(),
  aminmax: row(1),
  batchNorm: [
    [numbers([3, 2, 2]), null, null, numbers([2]), numbers([2]), { training: true }],
    [numbers([3, 2]), fixed([0.1, -0.2]), fixed([1.2, 0.7]), numbers([2]), numbers([2])],
  ],
  cdist: [
    [numbers([2, 3]), numbers([4, 3], 0.5, 3)],
    [numbers([2, 2, 3]), numbers([1, 3], 3, 4), { p: 3 }],
    [numbers([26, 2]), numbers([2, 2], 3, 4)],
  ],
  corrcoef: row(),
  cosineSimilarity: [[numbers([2, 3]), numbers([2, 3], 0.5, 1)]],
  cov: [
    ...row(),
    ...row({ correction: 0 }),
    [numbers([4])],
    ...row({ fweights: ints([1, 0, 3, 2]), aweights: numbers([4], 0.2, 2) }),
  ],
  cummax: row(1),
  cummin: row(1),
  cumprod: [...row(1), [numbers([2, 4], -2, 2, [1, 2, 6]), 1]],
  cumsum: row(0),
  cumulativeTrapezoid: row({ dx: 0.5, dim: 0 }),
  dist: [[numbers([2, 3]), numbers([3], 3, 4), 3]],
  diff: [...row(2, 1), [numbers([2, 3]), 2, 0, { prepend: numbers([1, 3]), append: numbers([2, 3]) }]],
  groupNorm: [[numbers([2, 4, 2]), 2, numbers([4]), numbers([4])]],
  instanceNorm: [[numbers([2, 2, 3]), null, null, numbers([2]), numbers([2])]],
  kthvalue: row(2, 1),
  layerNorm: [
    [numbers([2, 3]), [3], numbers([3]), numbers([3])],
    [numbers([2, 2, 3]), [2, 3]],
  ],
  localResponseNorm: [[numbers([1, 4, 2]), 3, { alpha: 0.5 }]],
  logSoftmax: row(1),
  logcumsumexp: row(1),
  logsumexp: reduced(),
  max: [...row(), ...row(1, { keepdim: true }), [numbers([2, 3]), numbers([3], 0.5, 3)]],
  mean: reduced(),
  median: [...row(), ...row(1)],
  min: [...row(), ...row(0), [numbers([2, 3]), numbers([3], 0.5, 3)]],
  mode: row(1),
  msort: row(),
  nanmean: reduced(),
  nanmedian: [...row(), ...row(1)],
  nanquantile: row(0.4, 1),
  nansum: reduced(),
  norm: [2, 1, 2.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].flatMap((p) => reduced(p)),
  normalize: [[numbers([2, 3])]],
  pairwiseDistance: [[numbers([2, 3]), numbers([2, 3], 3, 4)]],
  pdist: row(),
  prod: [...reduced(), [numbers([2, 3], -2, 2, [1]), 1], [numbers([2, 3], -2, 2, [1, 2]), 1]],
  quantile: [
    ...row(fixed([0.1, 0.77]), 1),
    ...row(0.3, null, { keepdim: true }),
    ...["lower", "higher", "nearest", "midpoint"].flatMap((interpolation) => row(0.4, 0, { interpolation })),
  ],
  renorm: row(2, 0, 3),
  rmsNorm: [[numbers([2, 3]), [3], numbers([3])]],
  softmax: row(-1),
  softmin: row(0),
  sort: row(1, { descending: true }),
  std: reduced(),
  stdMean: row(1),
  sum: reduced(),
  topk: row(2, 1),
  trapezoid: [...row(), ...row({ x: numbers([4], 0, 3) }), ...row({ x: numbers([3, 4], 0, 3) })],
  trace: [[numbers([3, 3])]],
  varMean: row(1),
  variance: reduced(),
  vectorNorm: row(3, 1),
};

/** Operations whose results have no gradient. */
export const rowsConstant: Calls = {
  all: row(),
  any: row(1),
  argmax: row(1),
  argmin: row(),
  argsort: row(),
  bincount: [[ints([1, 0, 1]), numbers([3])]],
  bucketize: [[numbers([3]), fixed([-1, 0, 1])]],
  countNonzero: row(),
  histc: row({ bins: 3 }),
  searchsorted: [[fixed([-1, 0, 1]), numbers([3])]],
};
