/** Layers in recorded cases: arguments in PyTorch's order, by keyword, or both. */

import * as nn from "@akari/nn";
import { expect, it } from "vitest";
import { layerOf } from "../src/layers.ts";
import { Missing } from "../src/recorded.ts";

it.each([
  ["nn.Conv2d", [1, 2, 3, 2, 1], {}, new nn.Conv2d(1, 2, 3, { stride: 2, padding: 1 })],
  [
    "nn.Conv2d",
    [1, 2],
    { kernel_size: 3, padding_mode: "reflect", padding: 1 },
    new nn.Conv2d(1, 2, 3, { padding: 1, paddingMode: "reflect" }),
  ],
  ["nn.MaxPool2d", [2, 1, 1], {}, new nn.MaxPool2d(2, { stride: 1, padding: 1 })],
  ["nn.Hardtanh", [], { min_val: -2 }, new nn.Hardtanh(-2)],
  ["nn.Flatten", [], { start_dim: 2 }, new nn.Flatten(2)],
  ["nn.LeakyReLU", [0.2, true], {}, new nn.LeakyReLU(0.2)],
  ["nn.Dropout", [], { p: 0.1, inplace: true }, new nn.Dropout(0.1)],
  ["nn.GELU", ["tanh"], {}, new nn.GELU({ approximate: "tanh" })],
  ["nn.Upsample", [], { scale_factor: 2 }, new nn.Upsample({ scaleFactor: 2 })],
])("%s accepts %j and %j", (op, given, keywords, want) => {
  expect(String(layerOf(op, keywords, given))).toBe(String(want));
});

it("too many arguments and unknown layers are reported as missing", () => {
  expect(() => layerOf("nn.Linear", {}, [1, 2, true, 4, 5])).toThrow(Missing);
  expect(() => layerOf("nn.Nothing", {})).toThrow(Missing);
});
