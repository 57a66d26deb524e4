/** 16-bit floats: their gradients are those of single precision, rounded. */

import * as ops from "@akari/tensor";
import { fromTypedArray, type Tensor } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { describe, expect, it } from "vitest";
import { requiresGrad } from "../src/index.ts";

const device = reference();

describe.each([
  ["float16", 4e-3],
  ["bfloat16", 3.2e-2],
] as const)("%s", (dtype, most) => {
  const halves = (): Tensor =>
    requiresGrad(
      fromTypedArray(new Float32Array([-3, -0.5, 0.25, 2]), [4], { device })
        .to(dtype)
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

  it("passes gradients through casts, in the dtype of each side", () => {
    const x = requiresGrad(fromTypedArray(new Float32Array([0.1, 0.2]), [2], { device }));
    const narrow = x.to(dtype).retainGrad();
    narrow
      .mul(fromTypedArray(new Float32Array([1 / 3, 3]), [2], { device }))
      .sum()
      .backward();
    expect([x.grad?.dtype, narrow.grad?.dtype]).toEqual(["float32", dtype]);
    // The gradient was rounded when it passed the narrow tensor.
    expect(x.grad?.toArraySync()).toEqual([dtype === "float16" ? 0.333251953125 : 0.333984375, 3]);
  });

  it("sums the gradients of broadcast factors before rounding them", () => {
    const wave = (size: number) => Float32Array.from({ length: 3 * size }, (_, i) => Math.sin(i * i));
    const table = fromTypedArray(wave(2000), [2000, 3], { device }).to(dtype);
    const half = requiresGrad(fromTypedArray(wave(1), [3], { device }).to(dtype));
    table.mul(half).backward(table.cos());
    // As accurate as in single precision, then rounded.
    const [x, g] = [table.to("float32"), table.cos().to("float32")];
    expect(half.grad?.toArraySync()).toEqual(x.mul(g).sum(0).to(dtype).toArraySync());
  });

  it.each(Object.entries(forms))("%s has the rounded gradient of single precision", (_, fn) => {
    const half = halves();
    const single = requiresGrad(half.detach().to("float32"));
    for (const x of [half, single]) fn(x).mul(fn(x).detach().add(1)).sum().backward();
    const [got, want] = [half.grad as Tensor, single.grad as Tensor];
    expect(got.dtype).toBe(dtype);
    expect(got.to("float32").sub(want).abs().max().itemSync()).toBeLessThan(most);
  });
});
