import { readFileSync } from "node:fs";
import { requiresGrad } from "@akari/autograd";
import { describeOptimizer } from "@akari/optim/testing";
import { type DType, ones, randn, type Tensor, type TensorData, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { Adafactor, type AdafactorOptions } from "../src/index.ts";

// The tests that every optimizer must pass.
describeOptimizer("Adafactor", (params, options) => new Adafactor(params, options), { lr: 0.1, tolerance: 0.1 });

/** Steps that `record.py` computed with numpy. */
// safe: written by `record.py`
const cases = JSON.parse(readFileSync(new URL("recorded.json", import.meta.url), "utf8")) as readonly {
  readonly options: Partial<AdafactorOptions>;
  readonly param: TensorData;
  readonly grads: readonly TensorData[];
  readonly after: readonly TensorData[];
}[];

/** Returns the parameter after each step with these gradients. */
function trajectory(x: Tensor, grads: readonly TensorData[], options: Partial<AdafactorOptions>): Tensor[] {
  const optimizer = new Adafactor([x], options);
  return grads.map((grad) => {
    x.grad = tensor(grad, { dtype: x.dtype, device: x.device });
    optimizer.step();
    return x.detach().clone();
  });
}

/** Returns the greatest distance between two tensors of the same shape. */
const distance = (a: Tensor, b: TensorData): number =>
  a
    .to("float64")
    .sub(tensor(b, { dtype: "float64", device: a.device }))
    .abs()
    .max()
    .itemSync() as number;

describe("Adafactor", () => {
  const precision: readonly (readonly [DType, number])[] = [
    ["float64", 1e-9],
    ["float32", 2e-5],
    ["float16", 2e-2],
  ];
  it.each(precision)("takes the steps of the formula in %s", (dtype, within) => {
    for (const { options, param, grads, after } of cases) {
      const x = requiresGrad(tensor(param, { dtype }));
      trajectory(x, grads, options).forEach(
        (y, t) => void expect(distance(y, after[t] as TensorData)).toBeLessThan(within),
      );
    }
  });

  it("keeps averages of rows and columns only, and continues from them", () => {
    const [a, b] = [requiresGrad(ones([1, 2, 3])), requiresGrad(ones([1, 2, 3]))];
    const [first, second] = [new Adafactor([a]), new Adafactor([b])];
    const gradients = [randn([1, 2, 3]), randn([1, 2, 3])];
    a.grad = gradients[0] as Tensor;
    first.step();
    const { state } = first.stateDict();
    expect(state["0"]).toMatchObject({ step: 1, row_var: { shape: [1, 2, 1] }, col_var: { shape: [1, 1, 3] } });
    b.detach().copy_(a.detach());
    second.loadStateDict(first.stateDict());
    for (const [x, optimizer] of [
      [a, first],
      [b, second],
    ] as const) {
      x.grad = gradients[1] as Tensor;
      optimizer.step();
    }
    expect(b.toArraySync()).toEqual(a.toArraySync());
    const other = new Adafactor([requiresGrad(ones([1, 3, 2]))]);
    expect(() => other.loadStateDict(first.stateDict())).toThrow(
      "Adafactor.loadStateDict: row_var of parameter 0 has shape [1, 2, 1], expected [1, 3, 1]",
    );
  });

  it("loads the state of a matrix of one row, whose averages may have one element", () => {
    const x = requiresGrad(ones([1, 1]));
    const optimizer = new Adafactor([x]);
    x.grad = ones([1, 1]);
    optimizer.step();
    optimizer.loadStateDict(optimizer.stateDict());
    optimizer.step();
    expect(optimizer.stateDict().state["0"]).toMatchObject({ step: 2, row_var: { shape: [1, 1] } });
  });

  it("rejects invalid options", () => {
    const x = requiresGrad(ones([2, 2]));
    const refuses = (options: object, message: string) => {
      expect(() => new Adafactor([x], options)).toThrow(message);
    };
    refuses({ weightDecay: -1 }, "Adafactor: weightDecay must not be negative, got -1");
    refuses({ beta2Decay: 0.8 }, "Adafactor: beta2Decay must not be positive, got 0.8");
    refuses({ d: 0.5 }, "Adafactor: d must be at least 1, got 0.5");
    refuses({ eps: 1e-3 }, "Adafactor: eps must be two numbers, got 0.001");
    refuses({ eps: [-1, 1e-3] }, "Adafactor: eps[0] must not be negative, got -1");
  });
});
