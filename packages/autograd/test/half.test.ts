/** Half precision: it stores the gradient that single precision computes. */

import * as ops from "@akari/tensor";
import { fromTypedArray, type Tensor } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { describe, expect, it } from "vitest";
import { requiresGrad } from "../src/index.ts";

const device = reference();

describe("half precision", () => {
  const halves = (): Tensor =>
    requiresGrad(
      fromTypedArray(new Float32Array([-3, -0.5, 0.25, 2]), [4], { device })
        .to("float16")
        .detach(),
    );
  const forms: Record<string, (x: Tensor) => Tensor> = {
    clamp: (x) => ops.clamp(x, -1, 1),
    layerNorm: (x) => ops.layerNorm(x, [4]),
    maximum: (x) => ops.maximum(x, x.neg()),
    prod: ops.prod,
    relu: ops.relu,
    softmax: (x) => ops.softmax(x, 0),
    std: (x) => ops.std(x),
  };

  it.each(Object.entries(forms))("%s has the gradient of single precision, rounded", (_, fn) => {
    const half = halves();
    const single = requiresGrad(half.detach().to("float32"));
    for (const x of [half, single]) fn(x).mul(fn(x).detach().add(1)).sum().backward();
    const [got, want] = [half.grad as Tensor, single.grad as Tensor];
    expect(got.dtype).toBe("float16");
    expect(got.to("float32").sub(want).abs().max().itemSync()).toBeLessThan(4e-3);
  });
});
