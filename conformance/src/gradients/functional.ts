/** Arguments of the functions of `nn` that are not operations of `tensor`. */

import type { Tensor } from "@akari/tensor";
import { type Calls, fixed, type Given, ints, Made, mask, numbers } from "./given.ts";

const [a, b, c] = [() => numbers([3, 4]), () => numbers([3, 4], 0.2, 3), () => numbers([3, 4], -3, 0.1)];
const classes = () => ints([1, 3, 0]);
const signs = () => fixed([1, -1, 1]);
const probabilities = () => numbers([3, 4], 0.05, 0.95);
const logits = () => new Made((x: Tensor) => x.logSoftmax(-1), numbers([4, 2, 3]));
const every = (...given: Given): readonly Given[] =>
  ["mean", "sum", "none"].map((reduction) => [...given, { reduction }]);

/** Losses, dropout, attention. */
export const functional: Calls = {
  affineGrid: [[numbers([1, 2, 3]), [1, 1, 2, 2]]],
  alphaDropout: [[a(), 0.4, { training: true }]],
  binaryCrossEntropy: [[probabilities(), probabilities(), { weight: fixed([1, 2, 3, 0.5]) }]],
  binaryCrossEntropyWithLogits: [
    [a(), probabilities(), { posWeight: fixed([1, 2, 3, 0.5]), weight: fixed([[1], [2], [0.5]]) }],
  ],
  channelShuffle: [[numbers([1, 4, 2]), 2]],
  cosineEmbeddingLoss: [
    [a(), b(), signs()],
    [a(), b(), signs(), { margin: -0.5 }],
  ],
  crossEntropy: [
    ...every(a(), classes()),
    [a(), classes(), { weight: fixed([1, 2, 0.5, 3]), labelSmoothing: 0.1, ignoreIndex: 0 }],
    [a(), probabilities()],
    [
      numbers([2, 3, 2]),
      ints([
        [0, 2],
        [1, 1],
      ]),
    ],
  ],
  ctcLoss: [
    [
      logits(),
      ints([
        [1, 2],
        [2, 2],
      ]),
      [4, 4],
      [2, 1],
    ],
  ],
  dropout: [[a(), 0.4]],
  dropout1d: [[numbers([2, 3, 2]), 0.4]],
  dropout2d: [[numbers([2, 3, 1, 2]), 0.4]],
  dropout3d: [[numbers([2, 3, 1, 1, 2]), 0.4]],
  embeddingBag: [
    ...["sum", "mean", "max"].map((mode) => [
      ints([
        [0, 2, 2],
        [1, 0, 1],
      ]),
      numbers([3, 2]),
      null,
      { mode, paddingIdx: 1 },
    ]),
    [ints([0, 2, 2, 1]), numbers([3, 2]), ints([0, 1, 1]), { mode: "sum", perSampleWeights: numbers([4]) }],
  ],
  featureAlphaDropout: [[numbers([2, 3, 2]), 0.4, { training: true }]],
  fractionalMaxPool2d: [[numbers([1, 2, 5, 4]), 2, { outputSize: [3, 2] }]],
  fractionalMaxPool3d: [[numbers([1, 1, 3, 3, 3]), 2, { outputRatio: 0.7, returnIndices: true }]],
  gaussianNllLoss: [[a(), c(), b(), { full: true }]],
  gridSample: ["bilinear", "nearest", "bicubic"].flatMap((mode) =>
    ["zeros", "border", "reflection"].map((paddingMode) => [
      numbers([1, 2, 3, 3]),
      numbers([1, 2, 1, 2], -1.2, 1.2),
      { mode, paddingMode },
    ]),
  ),
  gumbelSoftmax: [[a(), { tau: 0.7 }]],
  hingeEmbeddingLoss: [[a(), fixed([[1], [-1], [1]]).expand(3, 4)]],
  huberLoss: every(a(), c()),
  klDiv: [
    [a(), probabilities()],
    [a(), c(), { logTarget: true, reduction: "batchmean" }],
  ],
  l1Loss: every(a(), c()),
  marginRankingLoss: [[numbers([3]), numbers([3], 0, 1), signs(), { margin: 0.3 }]],
  maxUnpool1d: [[numbers([1, 2, 2]), ints([1, 2, 0, 3]).reshape(1, 2, 2), 2]],
  maxUnpool2d: [[numbers([1, 1, 1, 2]), ints([1, 6]).reshape(1, 1, 1, 2), 2]],
  maxUnpool3d: [[numbers([1, 1, 1, 1]), ints([5]).reshape(1, 1, 1, 1), 2]],
  mseLoss: every(a(), c()),
  multiMarginLoss: [
    [a(), classes(), { weight: fixed([1, 2, 0.5, 3]) }],
    [a(), classes(), { p: 2 }],
  ],
  multilabelMarginLoss: [
    [
      a(),
      ints([
        [1, 2, -1, 0],
        [3, -1, 0, 0],
        [0, 1, 2, 3],
      ]),
    ],
  ],
  multilabelSoftMarginLoss: [
    [
      a(),
      mask([
        [1, 0, 1, 0],
        [0, 0, 0, 1],
        [1, 1, 0, 0],
      ]).to("float64"),
    ],
  ],
  nllLoss: [[a(), classes(), { weight: fixed([1, 2, 0.5, 3]) }]],
  padSequence: [[[numbers([2, 2]), numbers([3, 2])], { batchFirst: true }]],
  parametersToVector: [[[a(), numbers([2])]]],
  poissonNllLoss: [
    [a(), b()],
    [b(), b(), { logInput: false, full: true }],
  ],
  rrelu: [[a()], [a(), { training: true }]],
  scaledDotProductAttention: [
    [numbers([2, 2]), numbers([3, 2]), numbers([3, 2])],
    [numbers([2, 2]), numbers([2, 2]), numbers([2, 2]), { isCausal: true }],
  ],
  smoothL1Loss: [[a(), c(), { beta: 0.7 }]],
  softMarginLoss: [[a(), fixed([[1], [-1], [1]]).expand(3, 4)]],
  tripletMarginLoss: [
    [a(), b(), c()],
    [a(), b(), c(), { swap: true, p: 3 }],
  ],
  tripletMarginWithDistanceLoss: [[a(), b(), c()]],
};

/** Exports of `nn` that are neither functions of tensors nor callable layers. */
export const apart: readonly string[] = [
  "Module",
  "ModuleDict",
  "ModuleList",
  "Parameter",
  "ParameterDict",
  "ParameterList",
  "StateDictError",
  "clipGradNorm_",
  "clipGradValue_",
  "clipGradsWithNorm_",
  "getTotalNorm",
  "deepcopy",
  "removeSpectralNorm",
  "removeWeightNorm",
  "vectorToParameters",
];
