/** Maps activations from PyTorch's names and arguments to Akari's. */

import { functional as F } from "@akari/nn";
import type { Tensor } from "@akari/tensor";
import type { Call } from "../op-case.ts";

const unary =
  (f: (x: Tensor) => Tensor): Call =>
  (given) =>
    f(given.x);

/** Activations, softmax variants, dropout. */
export const activation: Readonly<Record<string, Call>> = {
  "nn.functional.celu": (given) => F.celu(given.x, given.number("alpha", 1)),
  "nn.functional.dropout": (given) => F.dropout(given.x, given.number("p", 0.5), given.options("training")),
  "nn.functional.alpha_dropout": (given) => F.alphaDropout(given.x, given.number("p", 0.5), given.options("training")),
  "nn.functional.dropout1d": (given) => F.dropout1d(given.x, given.number("p", 0.5), given.options("training")),
  "nn.functional.dropout2d": (given) => F.dropout2d(given.x, given.number("p", 0.5), given.options("training")),
  "nn.functional.dropout3d": (given) => F.dropout3d(given.x, given.number("p", 0.5), given.options("training")),
  "nn.functional.feature_alpha_dropout": (given) =>
    F.featureAlphaDropout(given.x, given.number("p", 0.5), given.options("training")),
  "nn.functional.elu": (given) => F.elu(given.x, given.number("alpha", 1)),
  "nn.functional.gelu": (given) => F.gelu(given.x, given.options("approximate")),
  "nn.functional.glu": (given) => F.glu(given.x, given.number("dim", -1)),
  "nn.functional.hardshrink": (given) => F.hardshrink(given.x, given.number("lambd", 0.5)),
  "nn.functional.hardsigmoid": unary(F.hardsigmoid),
  "nn.functional.hardswish": unary(F.hardswish),
  "nn.functional.hardtanh": (given) => F.hardtanh(given.x, given.number("min_val", -1), given.number("max_val", 1)),
  "nn.functional.leaky_relu": (given) => F.leakyRelu(given.x, given.number("negative_slope", 0.01)),
  "nn.functional.log_softmax": (given) => F.logSoftmax(given.x, given.number("dim"), given.options("dtype")),
  "nn.functional.logsigmoid": unary(F.logsigmoid),
  "nn.functional.mish": unary(F.mish),
  "nn.functional.prelu": (given) => F.prelu(given.x, given.tensor("weight")),
  "nn.functional.relu": unary(F.relu),
  "nn.functional.relu6": unary(F.relu6),
  "nn.functional.rrelu": (given) => F.rrelu(given.x, given.options("lower", "upper", "training")),
  "nn.functional.selu": unary(F.selu),
  "nn.functional.silu": unary(F.silu),
  "nn.functional.softmax": (given) => F.softmax(given.x, given.number("dim"), given.options("dtype")),
  "nn.functional.softmin": (given) => F.softmin(given.x, given.number("dim"), given.options("dtype")),
  "nn.functional.softplus": (given) => F.softplus(given.x, given.options("beta", "threshold")),
  "nn.functional.softshrink": (given) => F.softshrink(given.x, given.number("lambd", 0.5)),
  "nn.functional.softsign": unary(F.softsign),
  "nn.functional.tanhshrink": unary(F.tanhshrink),
  "nn.functional.threshold": (given) => F.threshold(given.x, given.number("threshold"), given.number("value")),
};
