import { describe, expect, it } from "vitest";
import { runConv } from "../../../src/backends/cpu/conv.ts";
import { runMatmul } from "../../../src/backends/cpu/matmul.ts";
import type { Element } from "../../../src/backends/cpu/matmul-lanes.ts";
import { runPool } from "../../../src/backends/cpu/pool.ts";
import { createRuntime, type Runtime } from "../../../src/backends/cpu/runtime.ts";
import { hasRelaxedSimd } from "../../../src/backends/cpu/wasm/index.ts";
import { type Layout, view } from "./views.ts";

const real = createRuntime(1);

/** A runtime that validates kernels and does not run them, and the keys of the kernels. */
function validating(shared: boolean, relaxed: boolean): { runtime: Runtime; keys: Set<string> } {
  const keys = new Set<string>();
  const { memory, pointwisePlans, rowsPlans } = real;
  const kernel: Runtime["kernel"] = (key, build) => {
    // Safe: kernels are never built in shared memory.
    expect(WebAssembly.validate(build() as Uint8Array<ArrayBuffer>), `${key} ${shared} ${relaxed}`).toBe(true);
    keys.add(key);
    return { id: 0, name: key, run: () => undefined, code: { address: 0, bytes: 0 } };
  };
  const scratch = (bytes: number) => real.scratch(bytes);
  const runtime = {
    ...{ memory, pointwisePlans, rowsPlans, shared, relaxed, threads: 1 },
    ...{ kernel, scratch, launch: () => undefined },
  };
  return { runtime, keys };
}

function matmul(runtime: Runtime, element: Element, [m, n, k]: readonly [number, number, number], ...of: Layout[]) {
  const [a, b] = [view(real, element, [m, k], of[0]), view(real, element, [k, n], of[1])];
  runMatmul(runtime, {
    ...{ kind: "matmul", a, b, to: view(real, element, [m, n]), bias: null, accumulate: false },
  });
}

function conv(runtime: Runtime, element: Element, channels: readonly [number, number], size: number, options = {}) {
  const { stride = 1, groups = 1 }: { stride?: number; groups?: number } = options;
  const out = Math.floor((size - 1) / stride) + 1;
  for (const direction of ["forward", "input", "weight"] as const) {
    if (stride > 1 && direction !== "forward") continue;
    runConv(runtime, {
      ...{ kind: "conv", direction, groups, cpu: runConv, bias: null },
      input: view(real, element, [1, channels[0], size, size]),
      weight: view(real, element, [channels[1], channels[0] / groups, 3, 3]),
      output: view(real, element, [1, channels[1], out, out]),
      ...{ stride: [stride, stride], padding: [1, 1], dilation: [1, 1] },
    });
  }
}

function pool(runtime: Runtime, element: Element, size: number) {
  for (const direction of ["forward", "backward"] as const) {
    runPool(runtime, {
      ...{ kind: "pool", direction, cpu: runPool },
      ...{ input: view(real, element, [1, 1, 8, 8]), output: view(real, element, [1, 1, 8 / size, 8 / size]) },
      indices: view(real, "int32", [1, 1, 8 / size, 8 / size]),
      ...{ kernel: [size, size], stride: [size, size], padding: [0, 0], dilation: [1, 1] },
    });
  }
}

describe("the heavy kernels", () => {
  it.each(["float32", "float64", "int32"] as const)("are valid for %s, in any memory and engine", (element) => {
    for (const shared of [false, true]) {
      for (const relaxed of hasRelaxedSimd() ? [false, true] : [false]) {
        const { runtime, keys } = validating(shared, relaxed);
        matmul(runtime, element, [8, 8, 8]);
        matmul(runtime, element, [100, 100, 8]);
        matmul(runtime, element, [1, 8, 8], "plain", "transposed");
        conv(runtime, element, [2, 2], 4);
        conv(runtime, element, [8, 8], 16);
        conv(runtime, element, [2, 2], 4, { groups: 2 });
        conv(runtime, element, [2, 2], 4, { groups: 2, stride: 2 });
        for (const size of [2, 4]) pool(runtime, element, size);
        const bytes = element === "float64" ? 8 : 4;
        expect([...keys]).toEqual(
          expect.arrayContaining([
            ...["lines", "rows", "dot"].map((walk) =>
              walk === "dot" ? `matmul/dot/${element}` : `matmul/${element}/${walk}`,
            ),
            ...[`matmul/pack/${bytes}/a`, `matmul/pack/${bytes}/b`, `conv/slide/${element}`],
            ...[`conv/weight/${element}`, `conv/weight/sum/${element}`],
            ...[`conv/depthwise/${element}/1`, `conv/depthwise/${element}/2`],
            ...[`pool/maxima/${element}/true/2/0`, `pool/spread/${element}`],
            ...(element !== "float32"
              ? []
              : [
                  ...["conv/winograd", "conv/winograd/weight", "conv/winograd/gradient"],
                  ...["conv/winograd/filter/forward", "conv/winograd/filter/input"],
                  "pool/maxima/float32/true/2/2",
                ]),
          ]),
        );
      }
    }
  });
});
