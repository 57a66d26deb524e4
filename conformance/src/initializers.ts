/** Maps PyTorch's initializers and their arguments to Akari's. */

import { init } from "@akari/nn";
import type { Tensor } from "@akari/tensor";
import { type Keywords, number } from "./recorded.ts";

type Initializer = (x: Tensor, args: Keywords) => Tensor;

/** Functions that fill a tensor and return it, by PyTorch's name. */
export const initializers: Readonly<Record<string, Initializer>> = {
  "nn.init.zeros_": init.zeros_,
  "nn.init.ones_": init.ones_,
  "nn.init.eye_": init.eye_,
  "nn.init.constant_": (x, { val }) => init.constant_(x, number(val as number | string)),
  "nn.init.dirac_": (x, { groups = 1 }) => init.dirac_(x, groups as number),
  "nn.init.kaiming_uniform_": (x, args) => init.kaimingUniform_(x, args as object),
  "nn.init.kaiming_normal_": (x, args) => init.kaimingNormal_(x, args as object),
  "nn.init.xavier_uniform_": (x, { gain = 1 }) => init.xavierUniform_(x, gain as number),
  "nn.init.xavier_normal_": (x, { gain = 1 }) => init.xavierNormal_(x, gain as number),
  "nn.init.uniform_": (x, { a = 0, b = 1 }) => init.uniform_(x, a as number, b as number),
  "nn.init.normal_": (x, { mean = 0, std = 1 }) => init.normal_(x, mean as number, std as number),
  "nn.init.trunc_normal_": (x, { mean = 0, std = 1, a = -2, b = 2 }) =>
    init.truncNormal_(x, mean as number, std as number, number(a as number | string), number(b as number | string)),
  "nn.init.orthogonal_": (x, { gain = 1 }) => init.orthogonal_(x, gain as number),
  "nn.init.sparse_": (x, { sparsity, std = 0.01 }) => init.sparse_(x, sparsity as number, std as number),
};
