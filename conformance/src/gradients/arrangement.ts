/** Arguments of operations on shapes and indices. */

import type { Tensor } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { type Calls, ints, Made, mask, numbers } from "./given.ts";

const x = () => numbers([2, 3]);
const cube = () => numbers([2, 3, 2]);
const table = [
  [0, 2, 1],
  [1, 0, 0],
] as const;
const once = [
  [0, 1, 0],
  [1, 0, 1],
] as const;

/** Reshaping, joining, splitting, indexing, gathering and scattering. */
export const arrangement: Calls = {
  asStrided: [
    [numbers([6]), [2, 3], [1, 2], 0],
    [numbers([4]), [3, 2], [1, 1], 0],
    [new Made((y: Tensor) => y.get("1:", 1), numbers([3, 2])), [2, 2], [0, 2], 0],
  ],
  atleast1d: [[numbers([])]],
  atleast2d: [[numbers([3])]],
  atleast3d: [[numbers([3])], [x()]],
  blockDiag: [[x(), numbers([2]), numbers([])]],
  broadcastTensors: [[x(), numbers([3])]],
  broadcastTo: [[numbers([3]), [2, 3]]],
  cat: [[[x(), numbers([1, 3])]], [[x(), numbers([2, 1])], 1]],
  cartesianProd: [[numbers([2]), numbers([3])]],
  cast: [[x(), "float64"]],
  chunk: [[x(), 2, 1]],
  combinations: [[numbers([4])], [numbers([3]), 3, { withReplacement: true }]],
  columnStack: [[[numbers([2]), x()]]],
  contiguous: [[x()]],
  diag: [[x(), 1], [numbers([3])]],
  diagEmbed: [[x()]],
  diagflat: [[x(), -1]],
  diagonalScatter: [[x(), numbers([2], 0, 1), 1]],
  diagonal: [[x(), 1]],
  dsplit: [[cube(), 2]],
  dstack: [[[x(), x()]]],
  embedding: [[ints(table), numbers([3, 2])]], // without scaleGradByFreq, whose gradient is not a derivative
  expand: [[numbers([3]), 2, 3]],
  expandAs: [[numbers([3]), x().detach()]],
  flatten: [[cube(), 1]],
  flip: [[x(), 0, 1]],
  fliplr: [[x()]],
  flipud: [[x()]],
  gather: [[x(), 1, ints(table)]],
  get: [
    [cube(), 1, "0:2"],
    [cube(), ints([1, 0, 1]), 2],
    [x(), mask(once)],
  ],
  hsplit: [[x(), [1]]],
  hstack: [[[x(), x()]]],
  indexAdd: [[x(), 1, ints([2, 0, 2]), numbers([2, 3], 0, 1), { alpha: 0.5 }]],
  indexCopy: [[x(), 1, ints([2, 0]), numbers([2, 2], 0, 1)]],
  indexFill: [[x(), 1, ints([2, 0]), 3]],
  indexPut: [
    [x(), [ints([1, 0]), ints([2, 1])], numbers([2], 0, 1)],
    [x(), [ints([1, 1])], numbers([2, 3], 0, 1), { accumulate: true }],
  ],
  indexReduce: (["prod", "mean", "amax", "amin"] as const).map((reduction) => [
    x(),
    1,
    ints([2, 0, 2]),
    numbers([2, 3], 0.4, 1.9),
    reduction,
  ]),
  indexSelect: [[x(), 1, ints([2, 0, 2])]],
  mT: [[cube()]],
  maskedFill: [
    [x(), mask(once), 3],
    [x(), mask(once), numbers([], 1, 2)],
  ],
  maskedScatter: [[x(), mask(once), numbers([4], 0, 1)]],
  maskedSelect: [[x(), mask(once)]],
  meshgrid: [[[numbers([2]), numbers([3])], { indexing: "ij" }]],
  movedim: [[cube(), 0, 2]],
  narrow: [[x(), 1, 1, 2]],
  pad: [
    [x(), [1, -1]],
    [numbers([1, 4]), [2, 1], { mode: "reflect" }],
    [numbers([1, 3]), [2, 1], { mode: "replicate" }],
    [numbers([1, 3]), [2, 1], { mode: "circular" }],
  ],
  permute: [[cube(), 2, 0, 1]],
  put: [
    [x(), ints([5, 0, -2]), numbers([3], 0, 1)],
    [x(), ints([5, 0, 5]), numbers([3], 0, 1), { accumulate: true }],
  ],
  ravel: [[x()]],
  repeat: [[x(), 2, 1, 2]],
  repeatInterleave: [
    [x(), 2, 1],
    [x(), ints([2, 1]), 0],
    [x(), [1, 0, 2], 1],
  ],
  reshape: [[x(), [3, 2]]],
  reshapeAs: [[x(), numbers([3, 2]).detach()]],
  roll: [
    [x(), 1, 1],
    [x(), 2],
  ],
  rot90: [[x()]],
  scatter: [
    [
      x(),
      1,
      ints([
        [2, 0],
        [1, 2],
      ]),
      numbers([2, 2], 0, 1),
    ],
    [x(), 1, ints([[2], [1]]), 5],
    [x(), 1, ints(table), numbers([2, 3], 0, 1), { reduce: "add" }],
    [x(), 1, ints(table), numbers([2, 3], 0.4, 1.9), { reduce: "multiply" }],
  ],
  scatterAdd: [[x(), 1, ints(table), numbers([2, 3], 0, 1)]],
  scatterReduce: (["sum", "prod", "mean", "amax", "amin"] as const).flatMap((reduction) => [
    [x(), 1, ints(table), numbers([2, 3], 0.4, 1.9), reduction],
    [x(), 1, ints(table), numbers([2, 3], 0.4, 1.9), reduction, { includeSelf: false }],
  ]),
  select: [[cube(), 1, 2]],
  selectScatter: [[x(), numbers([2], 0, 1), 1, 2]],
  set: [[new Made((y: Tensor) => y.clone(), x()), [0, "1:3"], numbers([2], 0, 1)]],
  sliceScatter: [[x(), numbers([2, 2], 0, 1), 1, 0, 3, 2]],
  slice: [[x(), 1, 0, 3, 2]],
  split: [[x(), [1, 2], 1]],
  squeeze: [[numbers([1, 3, 1])]],
  stack: [[[x(), x()], 1]],
  swapaxes: [[cube(), 0, 2]],
  t: [[x()]],
  take: [[x(), ints([5, 0, -1])]],
  takeAlongDim: [
    [x(), ints([[1], [0]]), 1],
    [x(), ints([3, 3])],
  ],
  tensorSplit: [[x(), 2, 1]],
  tile: [[x(), 2]],
  toDevice: [[x(), reference()]],
  transpose: [[cube(), 0, 2]],
  tril: [[x()]],
  triu: [[x(), 1]],
  unbind: [[x()]],
  unflatten: [[numbers([6]), 0, [2, 3]]],
  unfold: [[numbers([5]), 0, 3, 1]],
  unsqueeze: [[x(), 1]],
  vander: [[numbers([3])], [numbers([2]), { n: 4, increasing: true }]],
  view: [[x(), [3, 2]]],
  vsplit: [[x(), [1]]],
  vstack: [[[x(), numbers([3])]]],
};

/** Operations whose results have no gradient. */
export const arrangementConstant: Calls = {
  nonzero: [[x()]],
  oneHot: [[ints([1, 0, 2])]],
  unique: [[x()]],
  uniqueConsecutive: [[x()]],
};
