import { describe, expect, it } from "vitest";
import { correlateKernel } from "../../../src/backends/cpu/conv-correlate.ts";
import { weightKernel, weightSumKernel } from "../../../src/backends/cpu/conv-weight.ts";
import { dotKernel } from "../../../src/backends/cpu/matmul-dot.ts";
import { productKernel } from "../../../src/backends/cpu/matmul-kernel.ts";
import { type Lanes, lanesOf } from "../../../src/backends/cpu/matmul-lanes.ts";
import { packKernel } from "../../../src/backends/cpu/matmul-pack.ts";
import { pairsKernel } from "../../../src/backends/cpu/pool-pairs.ts";
import { hasRelaxedSimd } from "../../../src/backends/cpu/wasm/index.ts";

const kernels: Readonly<Record<string, (shared: boolean, lanes: Lanes) => Uint8Array>> = {
  "product, lines": (shared, lanes) => productKernel(shared, lanes, "lines"),
  "product, rows": (shared, lanes) => productKernel(shared, lanes, "rows"),
  "pack, exact": (shared, lanes) => packKernel(shared, lanes, true),
  "pack, padded": (shared, lanes) => packKernel(shared, lanes, false),
  dot: dotKernel,
  slide: correlateKernel,
  weight: weightKernel,
  "weight sum": weightSumKernel,
  "pool, pairs": (shared) => pairsKernel(shared, "forward", true),
};

describe("the heavy kernels", () => {
  for (const [name, build] of Object.entries(kernels)) {
    it(`${name}: is valid for every element type, shared and unshared memory, with and without relaxed SIMD`, () => {
      for (const element of ["float32", "float64", "int32"] as const) {
        for (const shared of [false, true]) {
          for (const relaxed of hasRelaxedSimd() ? [false, true] : [false]) {
            // Safe: kernels are never built in shared memory.
            const code = build(shared, lanesOf(element, relaxed)) as Uint8Array<ArrayBuffer>;
            expect(WebAssembly.validate(code), `${element} ${shared} ${relaxed}`).toBe(true);
          }
        }
      }
    });
  }
});
