import { cpu, ones, stack, type Tensor, zeros } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { type BaseOptions, type Memory, type ParameterUpdate, ParameterwiseOptimizer } from "../src/index.ts";
import { describeOptimizer } from "../src/testing/index.ts";

/** Descends along the gradient divided by its running norm, which is kept as one number for each row. */
class ByRows extends ParameterwiseOptimizer<BaseOptions> {
  static override name = "ByRows";

  protected override memory(_options: BaseOptions, shape: readonly number[]): readonly Memory[] {
    return [{ name: "norms", initial: 1, shape: [...shape.slice(0, -1), 1] }];
  }

  protected override updateParam({ param, grad, state }: ParameterUpdate, { lr }: BaseOptions): void {
    const norms = state("norms").lerp_(grad.square().sum(-1, { keepdim: true }).sqrt(), 0.1);
    param.sub_(grad.div(norms.add(0.1)).mul(lr));
  }
}

describeOptimizer("ByRows", (params, options) => new ByRows(params, { lr: 0.01 }, options), { lr: 0.01 });

/** Steps of one length for all parameters together. */
class Unit extends ParameterwiseOptimizer<BaseOptions> {
  static override name = "Unit";
  private norm: Tensor | null = null;

  protected override updateAll(updates: readonly (readonly [ParameterUpdate, BaseOptions])[]): void {
    this.norm = stack(updates.map(([{ grad }]) => grad.square().sum()))
      .sum()
      .add(1e-12)
      .sqrt();
    super.updateAll(updates);
  }

  protected override updateParam({ param, grad }: ParameterUpdate, { lr }: BaseOptions): void {
    param.sub_(grad.mul(lr).div(this.norm as Tensor)); // safe: set before
  }
}

describeOptimizer("Unit", (params, options) => new Unit(params, { lr: 0.01 }, options), {
  lr: 0.01,
  independent: false,
});

it("the suite rejects options that are the optimizer's", () => {
  const options = { lr: 0.01, betas: [0.9, 0.9] } as { lr: number }; // safe: what is tested
  expect(() => describeOptimizer("Unit", (params) => new Unit(params, { lr: 0.01 }, {}), options)).toThrow(
    'describeOptimizer: there is no option "betas"',
  );
});

function parameter(shape: readonly number[]): Tensor {
  return Object.defineProperty(zeros(shape), "grad", { value: ones(shape), writable: true });
}

it("an optimizer says what it got instead of a parameter", () => {
  const wrong = (params: unknown) => () => new ByRows(params as Tensor[], { lr: 0.1 }, {}); // safe: what is tested
  expect(wrong([[ones([2])]])).toThrow("ByRows: expected a tensor, got an array");
  expect(wrong([["weight", ones([2])], ones([2])])).toThrow(
    "ByRows: expected names for all parameters of a group or for none",
  );
  expect(wrong(["weight"])).toThrow("ByRows: expected a tensor, got weight");
  expect(wrong([["weight", 1]])).toThrow("ByRows: expected a tensor, got 1");
  expect(wrong([null])).toThrow("ByRows: expected a tensor, got null");
});

describe("a parameterwise optimizer", () => {
  it("frees what an update creates, except new state", () => {
    const optimizer = new ByRows([parameter([64, 64])], { lr: 0.1 }, {});
    optimizer.step();
    const { live } = cpu().memory();
    for (let i = 0; i < 5; i++) optimizer.step();
    expect(cpu().memory().live).toBe(live);
  });

  it("shares what is computed from all parameters, and frees it", () => {
    const [x, y, idle] = [parameter([2, 4]), parameter([8]), parameter([3])];
    idle.grad = null;
    const optimizer = new Unit([x, y, idle], { lr: 4 }, {});
    optimizer.step(); // the gradient has 16 elements of 1, so its norm is 4
    expect([x, y].flatMap((p) => Array.from(p.dataSync()))).toEqual(Array.from({ length: 16 }, () => -1));
    const { live } = cpu().memory();
    optimizer.step();
    expect(cpu().memory().live).toBe(live);
    expect(idle.toArraySync()).toEqual([0, 0, 0]);
  });

  it("names state that memory does not declare", () => {
    class Careless extends ByRows {
      static override name = "Careless";
      protected override memory() {
        return [];
      }
    }
    expect(() => new Careless([parameter([2])], { lr: 0.1 }, {}).step()).toThrow(
      'Careless: the update reads "norms", which memory does not declare',
    );
  });

  it("refuses a saved tensor of another shape, and a number in its place", () => {
    const optimizer = new ByRows([parameter([2, 3])], { lr: 0.1 }, {});
    optimizer.step();
    const { state, param_groups } = optimizer.stateDict();
    for (const [norms, shape] of [
      [ones([2, 3]), "[2, 3]"],
      [1, "[]"],
    ] as const) {
      expect(() => optimizer.loadStateDict({ state: { 0: { ...state["0"], norms } }, param_groups })).toThrow(
        `ByRows.loadStateDict: norms of parameter 0 has shape ${shape}, expected [2, 1]`,
      );
    }
  });
});
