import { ArgumentError, type Backend, type KernelCall, ones, type Tensor, tensor, zeros } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { describe, expect, it } from "vitest";
import {
  Adam,
  AdamW,
  type BaseOptions,
  type Elements,
  ElementwiseOptimizer,
  type ParamsArgument,
  Rprop,
  type Scalars,
  SGD,
  type Updated,
} from "../src/index.ts";
import { describeOptimizer } from "../src/testing/index.ts";

/** A device that records its kernel calls. */
function recording(): { readonly device: Backend; readonly calls: KernelCall[] } {
  const inner = reference();
  const calls: KernelCall[] = [];
  const device: Backend = {
    name: "recording",
    allocate: (bytes) => inner.allocate(bytes),
    free: (buffer) => inner.free(buffer),
    write: (buffer, bytes, offset) => inner.write(buffer, bytes, offset),
    read: (buffer, offset, length) => inner.read(buffer, offset, length),
    run(call) {
      // The next step reuses the lists, so they are copied.
      calls.push(call.kind === "foreach" ? { ...call, items: call.items.map((item) => ({ ...item })) } : call);
      inner.run(call);
    },
    flush: () => inner.flush(),
    memory: () => inner.memory(),
    supports: (dtype) => inner.supports(dtype),
  };
  return { device, calls };
}

function parameter(shape: readonly number[], device: Backend): Tensor {
  return Object.defineProperty(zeros(shape, { device }), "grad", { value: ones(shape, { device }), writable: true });
}

describe("a step", () => {
  it("runs one kernel call for all parameters of all groups", () => {
    const { device, calls } = recording();
    const params = [[3], [2, 2], [], [0], [1, 5]].map((shape) => parameter(shape, device));
    const optimizer = new AdamW([{ params: params.slice(0, 2), lr: 0.1 }, { params: params.slice(2) }]);
    optimizer.step(); // creates the state
    calls.length = 0;
    optimizer.step();
    expect(calls.map(({ kind }) => kind)).toEqual(["foreach"]);
    expect(calls[0]?.kind === "foreach" && calls[0].items.length).toBe(4); // the empty parameter needs no item
  });

  it("of SGD starts a momentum that is switched on later as the gradient, without dampening", () => {
    const params = [tensor([1, 2]), tensor([1, 2])].map((p) =>
      Object.defineProperty(p, "grad", { value: null as Tensor | null, writable: true }),
    );
    const optimizer = new SGD(params, { lr: 0.1, dampening: 0.5 });
    const group = optimizer.paramGroups[0] as { momentum: number };
    const step = (...grads: readonly (readonly number[] | null)[]) => {
      params.forEach((p, i) => {
        p.grad = grads[i] ? tensor(grads[i] as number[]) : null;
      });
      optimizer.step();
    };
    step([1, -1], [1, -1]);
    step([1, -1], null);
    group.momentum = 0.9;
    step([1, -1], [1, -1]);
    step([2, -1], null);
    step([1, 1], [1, 1]);
    group.momentum = 0;
    step([1, 1], [1, 1]);
    group.momentum = 0.9;
    step([1, 1], [1, 1]);
    // From PyTorch 1.13.
    for (const [i, want] of [
      [-0.05990007, 2.4344],
      [0.38399994, 2.12599993],
    ].entries())
      params[i]?.dataSync().forEach((value, k) => {
        expect(value).toBeCloseTo(want[k] as number, 6);
      });
  });

  it("compiles nothing when only numbers change", () => {
    const { device, calls } = recording();
    const optimizer = new SGD([parameter([3], device)], { lr: 0.1, momentum: 0.9 });
    for (const lr of [0.1, 0.05, 0.025]) {
      for (const group of optimizer.paramGroups) group.lr = lr;
      optimizer.step();
    }
    const programs = calls.flatMap((call) => (call.kind === "foreach" ? [call.program] : []));
    expect(programs.length).toBe(3);
    expect(new Set(programs).size).toBe(1);
    const rates = calls.flatMap((call) => (call.kind === "foreach" ? [call.items[0]?.scalars[0]] : []));
    expect(rates).toEqual([0.1, 0.05, 0.025]);
  });

  it("calls the closure first, and returns its result", async () => {
    const { device } = recording();
    const x = parameter([2], device);
    x.grad = null;
    const optimizer = new SGD([x], { lr: 0.5 });
    const loss = optimizer.step(() => {
      x.grad = ones([2], { device });
      return 7;
    });
    expect(loss).toBe(7);
    expect(await x.toArray()).toEqual([-0.5, -0.5]);
  });
});

/** An optimizer as in the documentation. */
class SignSGD extends ElementwiseOptimizer<BaseOptions> {
  constructor(params: ParamsArgument<BaseOptions>, options: Partial<BaseOptions> = {}) {
    super(params, { lr: 1e-3 }, options);
  }
  protected override scalars({ lr }: BaseOptions): Scalars {
    return { lr };
  }
  protected override formula({ param, grad, scalar }: Elements): Updated {
    return { param: param.sub(grad.sign().mul(scalar("lr"))) };
  }
}

describeOptimizer("an optimizer of one's own", (params, options) => new SignSGD(params, options), { lr: 0.01 });

it("a formula that reads an undeclared name throws an error that lists the declared ones", () => {
  class Forgetful extends SignSGD {
    static override name = "Forgetful";

    protected override formula({ param, scalar }: Elements): Updated {
      return { param: param.sub(scalar("rate")) };
    }
  }
  expect(() => new Forgetful([parameter([1], reference())]).step()).toThrow(
    'Forgetful: the formula reads "rate", but scalars declares lr',
  );
});

it("a parameter group keeps its name, also in a saved state", () => {
  const optimizer = new AdamW([{ params: [tensor([1])], name: "head" }, { params: [tensor([2])] }]);
  expect(optimizer.paramGroups.map(({ name }) => name)).toEqual(["head", undefined]);
  const saved = optimizer.stateDict();
  expect(saved.param_groups.map(({ name }) => name)).toEqual(["head", undefined]);
  const other = new AdamW([{ params: [tensor([1])], name: "other" }, { params: [tensor([2])] }]);
  other.loadStateDict(saved);
  expect(other.paramGroups[0]?.name).toBe("head");
});

describe("hooks", () => {
  it("are called with the optimizer before and after each step, until they are removed", () => {
    const sgd = new SGD([ones([2])], { lr: 0.1 });
    const calls: string[] = [];
    const remove = sgd.registerStepPreHook((optimizer) => void calls.push(`before ${optimizer === sgd}`));
    sgd.registerStepPostHook((optimizer) => void calls.push(`after ${optimizer === sgd}`));
    sgd.step(() => calls.push("closure"));
    remove();
    sgd.step();
    expect(calls).toEqual(["before true", "closure", "after true", "after true"]);
  });
});

describe("named parameters", () => {
  it("give their names to the group and to the saved state", () => {
    const [weight, bias] = [ones([2]), ones([1])];
    const named = new SGD([["weight", weight] as const, ["bias", bias] as const], { lr: 0.1 });
    expect(named.paramGroups[0]).toMatchObject({ params: [weight, bias], paramNames: ["weight", "bias"] });
    const saved = named.stateDict();
    expect(saved.param_groups[0]).toMatchObject({ params: [0, 1], param_names: ["weight", "bias"] });
    const plain = new SGD([ones([2]), ones([1])], { lr: 0.3 });
    plain.loadStateDict(saved);
    expect(plain.paramGroups[0]).toMatchObject({ lr: 0.1 });
    named.addParamGroup({ params: [["scale", ones([3])]], lr: 1 });
    expect(named.paramGroups[1]?.paramNames).toEqual(["scale"]);
    expect(Object.keys(plain.stateDict().param_groups[0] ?? {})).not.toContain("param_names");
  });
});

describe("pairs of options", () => {
  it("are rejected if they are not pairs", () => {
    const rprop = (options: object) => () => new Rprop([ones([1])], options);
    expect(rprop({ etas: 0.5 })).toThrow(
      new ArgumentError("Rprop: etas must be one factor below and one above 1, got 0.5"),
    );
    expect(rprop({ etas: [0.5] })).toThrow(/got \[0.5\]/);
    expect(rprop({ stepSizes: 1 })).toThrow(/^Rprop: stepSizes must be a minimum and a maximum, got 1/);
  });
});

describe("a printed optimizer", () => {
  it("shows the options of each group as in PyTorch", () => {
    const groups = [{ params: [ones([2])] }, { params: [ones([2])], lr: 1e-5 }];
    const optimizer = new Adam(groups, { weightDecay: 1e-5 });
    const rest = ["amsgrad: False", "betas: (0.9, 0.999)", "eps: 1e-08"];
    const group = (lr: string) =>
      [...rest, `lr: ${lr}`, "maximize: False", "weight_decay: 1e-05"].map((line) => `    ${line}\n`).join("");
    const text = `Adam (\nParameter Group 0\n${group("0.001")}\nParameter Group 1\n${group("1e-05")})`;
    expect(String(optimizer)).toBe(text);
  });

  it("shows neither parameters nor options that are not set", () => {
    const optimizer = new SGD([["weight", ones([1])]], { lr: 1, nesterov: true, momentum: 0.5 });
    expect(String(optimizer).split("\n    ").slice(1)).toEqual([
      "dampening: 0",
      "lr: 1",
      "maximize: False",
      "momentum: 0.5",
      "nesterov: True",
      "weight_decay: 0\n)",
    ]);
    Object.assign(optimizer.paramGroups[0] as object, { initialLr: 1, name: "all" });
    expect(String(optimizer)).toContain("    initial_lr: 1\n");
    expect(String(optimizer)).toContain("    name: all\n");
  });
});
