import { readFileSync } from "node:fs";
import { requiresGrad } from "@akari/autograd";
import { describeOptimizer } from "@akari/optim/testing";
import { compile, type DType, ones, randn, type Tensor, type TensorData, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { Muon, type MuonOptions } from "../src/index.ts";

// The tests that every optimizer must pass.
describeOptimizer("Muon", (params, options) => new Muon(params, options), { lr: 0.02, ndim: 2 });

/** Steps that `record.py` computed with numpy. */
// safe: written by `record.py`
const cases = JSON.parse(readFileSync(new URL("recorded.json", import.meta.url), "utf8")) as readonly {
  readonly options: Partial<MuonOptions>;
  readonly param: TensorData;
  readonly grads: readonly TensorData[];
  readonly after: readonly TensorData[];
}[];

/** Returns the parameter after each step with these gradients. */
function trajectory(x: Tensor, grads: readonly TensorData[], options: Partial<MuonOptions>): Tensor[] {
  const optimizer = new Muon([x], options);
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

describe("Muon", () => {
  const precision: readonly (readonly [DType, number])[] = [
    ["float64", 1e-9],
    ["float32", 2e-5],
    ["float16", 1e-2],
  ];
  it.each(precision)("takes the steps of the formula in %s", (dtype, within) => {
    for (const { options, param, grads, after } of cases) {
      const x = requiresGrad(tensor(param, { dtype }));
      trajectory(x, grads, options).forEach(
        (y, t) => void expect(distance(y, after[t] as TensorData)).toBeLessThan(within),
      );
    }
  });

  it("takes the same steps in a compiled function, also with gradients that have a history", async () => {
    const input = randn([3, 2]);
    const run = async (compiled: boolean) => {
      const x = requiresGrad(input.clone());
      const optimizer = new Muon([x], { lr: 0.1 });
      const learn = (target: Tensor): Tensor => {
        optimizer.zeroGrad();
        const loss = x.sub(target).square().sum();
        loss.backward(null, { createGraph: !compiled });
        optimizer.step();
        return loss;
      };
      const step = compiled ? await compile(learn) : learn;
      for (let i = 0; i < 5; i++) step(ones([3, 2]));
      expect((optimizer.stateDict().state["0"] as { momentum_buffer: Tensor }).momentum_buffer.requiresGrad).toBe(
        false,
      );
      return x.toArraySync();
    };
    expect(await run(true)).toEqual(await run(false));
  });

  it("does not move a parameter whose gradients are zero", () => {
    const x = requiresGrad(ones([2, 3]));
    x.grad = x.detach().mul(0);
    new Muon([x], { weightDecay: 0 }).step();
    expect(x.toArraySync()).toEqual([
      [1, 1, 1],
      [1, 1, 1],
    ]);
  });

  it("rejects invalid options and parameters that are not matrices", () => {
    const x = requiresGrad(ones([2, 2]));
    const refuses = (options: object, message: string) => {
      expect(() => new Muon([x], options)).toThrow(message);
    };
    refuses({ weightDecay: -1 }, "Muon: weightDecay must not be negative, got -1");
    refuses({ momentum: 2 }, "Muon: momentum must be from 0 to 1, got 2");
    refuses({ nsSteps: 100 }, "Muon: nsSteps must be");
    refuses({ nsCoefficients: [1, 2] }, "Muon: nsCoefficients must be three numbers, got [1, 2]");
    refuses({ adjustLrFn: "adamw" }, 'Muon: adjustLrFn must be "original", "match_rms_adamw" or null, got "adamw"');
    expect(() => new Muon([x, requiresGrad(ones([2]))])).toThrow(
      "Muon: parameter 1 has shape [2]; only matrices can be optimized, use AdamW for others",
    );
  });
});
