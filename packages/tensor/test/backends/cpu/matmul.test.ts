import { describe, expect, it } from "vitest";
import { runMatmul } from "../../../src/backends/cpu/matmul.ts";
import { createRuntime, type Runtime } from "../../../src/backends/cpu/runtime.ts";
import type { DType } from "../../../src/dtype.ts";
import type { MatmulCall, View } from "../../../src/kernel.ts";
import { broadcastStrides } from "../../../src/shape.ts";
import { below, difference, type Layout, read, release, tolerance, view } from "./views.ts";

const runtimes: Readonly<Record<string, Runtime>> = { "one thread": createRuntime(1), "two threads": createRuntime(2) };
const layouts: readonly Layout[] = ["plain", "transposed", "gaps"];

/** The product in double precision, computed from the values before the call. */
function expected(runtime: Runtime, { a, b, to, bias, accumulate }: MatmulCall): number[] {
  const [m, n] = to.shape.slice(-2) as [number, number];
  const k = a.shape.at(-1) as number;
  const [x, y, before, added] = [
    read(runtime, a),
    read(runtime, b),
    read(runtime, to),
    bias === null ? [] : read(runtime, bias),
  ];
  return before.map((old, i) => {
    const batch = Math.floor(i / (m * n));
    const row = Math.floor(i / n) % m;
    let sum = (accumulate ? old : 0) + (added[i] ?? 0);
    for (let p = 0; p < k; p++)
      sum += (x[(batch * m + row) * k + p] as number) * (y[(batch * k + p) * n + (i % n)] as number);
    return sum;
  });
}

function check(runtime: Runtime, call: MatmulCall, what: string): void {
  const want = expected(runtime, call);
  runMatmul(runtime, call);
  expect(difference(read(runtime, call.to), want), what).toBeLessThanOrEqual(tolerance[call.to.dtype]);
  release(runtime, call.a, call.b, call.to, call.bias);
}

function call(
  runtime: Runtime,
  dtype: DType,
  batch: readonly number[],
  sizes: readonly [number, number, number],
  pick = below,
): MatmulCall {
  const [m, n, k] = sizes;
  const layout = (): Layout => layouts[pick(3)] as Layout;
  const shape = [...batch, m, n];
  const broadcast = (small: View): View => ({
    ...small,
    shape,
    strides: broadcastStrides("test", small.shape, small.strides, shape),
  });
  const biases = [
    null,
    () => broadcast(view(runtime, dtype, [n])),
    () => broadcast(view(runtime, dtype, [m, 1])),
    () => view(runtime, dtype, shape, layout()),
  ];
  return {
    kind: "matmul",
    a: view(runtime, dtype, [...batch, m, k], layout()),
    b: view(runtime, dtype, [...batch, k, n], layout()),
    to: view(runtime, dtype, shape, layout()),
    accumulate: pick(2) === 1,
    bias: biases[pick(4)]?.() ?? null,
  };
}

for (const [name, runtime] of Object.entries(runtimes)) {
  describe(`matrix multiplication on ${name}`, () => {
    it("supports every combination of small sizes", () => {
      for (let m = 0; m <= 14; m++)
        for (const n of [0, 1, 3, 4, 7, 8, 9, 17])
          for (const k of [0, 1, 2, 5, 8]) {
            check(runtime, call(runtime, "float32", [], [m, n, k]), `${m} ${n} ${k}`);
          }
    });

    for (const dtype of ["float32", "float64", "int32", "float16", "bfloat16", "uint8"] as const) {
      it(`supports ${dtype}: random sizes, layouts, batches and biases`, () => {
        for (let i = 0; i < 60; i++) {
          const batch = [[], [3], [2, 3]][below(3)] as number[];
          const c = call(runtime, dtype, batch, [
            1 + below(40),
            1 + below(40),
            dtype === "uint8" ? 1 + below(8) : 1 + below(70),
          ]);
          const accumulate = dtype === "uint8" ? false : c.accumulate;
          check(
            runtime,
            { ...c, accumulate, bias: dtype === "uint8" ? null : c.bias },
            JSON.stringify([i, c.a.strides, c.b.strides, c.to.shape, c.to.strides, accumulate]),
          );
        }
      });
    }

    it("supports large matrices, which need several blocks of k", () => {
      for (const sizes of [
        [130, 270, 600],
        [64, 128, 784],
        [784, 128, 64],
        [1, 300, 700],
        [300, 1, 700],
        [2, 500, 600],
      ] as const) {
        check(runtime, call(runtime, "float32", [], sizes), String(sizes));
        check(runtime, call(runtime, "float64", [], sizes), String(sizes));
      }
    });

    it("supports operands whose lines along k are a multiple of 4096 bytes apart", () => {
      for (const n of [9, 17, 40]) {
        const shape = [3, 1024, n];
        const batch = (x: View): View => ({ ...x, shape: [3, ...x.shape], strides: [0, ...x.strides] });
        const a = batch(view(runtime, "float32", [1024, 21], "transposed"));
        const b = view(runtime, "float32", [3, 21, n]);
        check(
          runtime,
          { kind: "matmul", a, b, to: view(runtime, "float32", shape), accumulate: false, bias: null },
          "a",
        );
        const [c, d] = [view(runtime, "float32", [n, 21]), view(runtime, "float32", [21, 1024])];
        const to = view(runtime, "float32", [n, 1024]);
        check(runtime, { kind: "matmul", a: c, b: d, to, accumulate: false, bias: null }, "b");
      }
    });

    it("broadcasts batches", () => {
      const a = view(runtime, "float32", [1, 20, 30]);
      const b = view(runtime, "float32", [5, 30, 11]);
      const to = view(runtime, "float32", [5, 20, 11]);
      const repeated = { ...a, shape: [5, 20, 30], strides: [0, 30, 1] };
      check(runtime, { kind: "matmul", a: repeated, b, to, accumulate: false, bias: null }, "a");
    });

    it("accepts operands whose rows or columns are all the same", () => {
      for (const [m, n] of [
        [20, 11],
        [3, 30],
        [30, 2],
      ] as const) {
        for (const strides of [
          [0, 1],
          [1, 0],
          [0, 0],
        ]) {
          const a = { ...view(runtime, "float32", [40]), shape: [m, 40], strides };
          const b = { ...view(runtime, "float32", [40]), shape: [40, n], strides };
          const to = view(runtime, "float32", [m, n]);
          check(runtime, { kind: "matmul", a, b, to, accumulate: false, bias: null }, String(strides));
        }
      }
    });
  });
}
