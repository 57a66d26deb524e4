/** Modules as functions of their parameters. */

import { noGrad } from "@akari/autograd";
import { grad } from "@akari/autograd/func";
import { ArgumentError, ones, type Tensor, tensor } from "@akari/tensor";
import { vmap } from "@akari/tensor/vmap";
import { describe, expect, it } from "vitest";
import { functionalCall, stackModuleState } from "../src/func.ts";
import { BatchNorm1d, Linear, Module, ModuleList, Sequential, Tanh } from "../src/index.ts";

describe("functionalCall", () => {
  it("calls a module with other tensors, and leaves it as it was", () => {
    const model = new Sequential(new Linear(2, 2), new Tanh(), new Linear(2, 1));
    const own = model.getParameter("0.weight");
    const before = model(ones([1, 2])).itemSync();
    const zero = Object.fromEntries(model.namedParameters().map(([name, p]) => [name, p.detach().mul(0)]));
    expect(functionalCall(model, { ...zero, "2.bias": tensor([3]) }, ones([1, 2])).itemSync()).toBe(3);
    expect(model.getParameter("0.weight")).toBe(own);
    expect(model(ones([1, 2])).itemSync()).toBe(before);
  });

  it("gives gradients of what the tensors were computed from", () => {
    const model = new Linear(2, 1, { bias: false });
    const loss = (weights: { weight: Tensor }, x: Tensor) => functionalCall(model, weights, x).square().sum();
    const found = grad(loss)({ weight: tensor([[1, 2]]) }, tensor([[3, 4]]));
    expect(found.weight.toArraySync()).toEqual([[66, 88]]);
    // One step of MAML: the gradient of the loss after a step, with respect to the weight before.
    const after = grad((weight: Tensor) => {
      const inner = grad(loss)({ weight }, tensor([[1, 1]]));
      return loss({ weight: weight.sub(inner.weight.mul(0.1)) }, tensor([[3, 4]]));
    })(tensor([[1, 2]]));
    // w' = w - 0.2 (w·1) 1 = [0.4, 1.4]; 2 (w'·x) (x - 0.2 (x·1) 1) with x = [3, 4].
    expect(after.toArraySync()).toEqual([[expect.closeTo(21.76, 4), expect.closeTo(35.36, 4)]]);
  });

  it("replaces a shared parameter under all its names, and buffers, which are updated in place", () => {
    class Tied extends Module {
      first = new Linear(2, 2, { bias: false });
      second = new Linear(2, 2, { bias: false });
      constructor() {
        super();
        this.second.weight = this.first.weight;
      }
      forward(x: Tensor): Tensor {
        return this.second(this.first(x));
      }
    }
    const matrix = tensor([2, 0, 0, 3]).reshape(2, 2);
    const twice = functionalCall(new Tied(), { "second.weight": matrix }, ones([1, 2]));
    expect(twice.toArraySync()).toEqual([[4, 9]]);
    const norm = new BatchNorm1d(1);
    const mean = tensor([5]);
    functionalCall(norm, { running_mean: mean }, tensor([[1], [3]]));
    expect(mean.itemSync()).toBeCloseTo(4.7, 6);
    expect(norm.runningMean?.itemSync()).toBe(0);
  });

  it("takes tensors in several objects", () => {
    const model = new Linear(1, 1);
    const [weight, bias] = [tensor([[2]]), tensor([3])];
    expect(functionalCall(model, [{ weight }, { bias }], tensor([[5]])).itemSync()).toBe(13);
    expect(() => functionalCall(model, [{ bias }, { bias: weight }], ones([1, 1]))).toThrow(/another tensor/);
    expect(() => functionalCall(model, [{ bias }, null as never], ones([1, 1]))).toThrow(/by name, got null/);
  });

  it("restores the module after an error, and rejects names that it does not have", () => {
    const model = new Linear(2, 1);
    const own = model.weight;
    expect(() => functionalCall(model, { weight: ones([3, 3]) }, ones([1, 2]))).toThrow();
    expect(model.weight).toBe(own);
    expect(() => functionalCall(model, { weigth: ones([1, 2]) }, ones([1, 2]))).toThrow(/there is no "weigth"/);
    expect(() => functionalCall(model, null as never, ones([1, 2]))).toThrow(
      new ArgumentError("functionalCall: expected tensors by name, got null"),
    );
    expect(() => functionalCall(model, { weight: null as never }, ones([1, 2]))).toThrow(ArgumentError);
  });
});

describe("stackModuleState", () => {
  const models = () => [0, 1, 2].map(() => new Sequential(new Linear(3, 2), new BatchNorm1d(2)).eval());

  it("stacks parameters and buffers, so that vmap runs all modules at once", () => {
    const list = models();
    list.forEach((model, i) => void noGrad(() => model.getParameter("1.bias").fill_(i)));
    const [params, buffers] = stackModuleState(new ModuleList(list));
    expect(params["0.weight"]?.shape).toEqual([3, 2, 3]);
    expect(params["0.weight"]?.requiresGrad && params["0.weight"].isLeaf).toBe(true);
    expect(buffers["1.running_var"]?.shape).toEqual([3, 2]);
    const x = tensor([[1, -2, 3]]);
    const run = (p: typeof params, b: typeof buffers) => functionalCall(list[0] as Sequential, [p, b], x);
    const together = vmap(run)(params, buffers);
    expect(together.toArraySync()).toEqual(list.map((model) => model(x).toArraySync()));
    together.sum().backward();
    expect(params["1.bias"]?.grad?.toArraySync()).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    expect(list[0]?.getParameter("1.bias").grad).toBe(null);
    for (const model of list) model.requiresGrad_(false);
    expect(stackModuleState(list)[0]["0.weight"]?.requiresGrad).toBe(false);
  });

  it("rejects modules that differ", () => {
    const [one, two] = models() as [Sequential, Sequential];
    // Safe: a mistake in plain JavaScript.
    expect(() => stackModuleState(new Linear(1, 1) as never)).toThrow(/^stackModuleState: expected several modules/);
    expect(() => stackModuleState(null as never)).toThrow(ArgumentError);
    expect(() => stackModuleState([])).toThrow("stackModuleState: expected at least one module, got none");
    expect(() => stackModuleState([one, ones([1])] as never)).toThrow(/stackModuleState: expected a module/);
    expect(() => stackModuleState([one, new Linear(1, 1)])).toThrow(/one class, got Sequential and Linear/);
    expect(() => stackModuleState([new Linear(1, 1), new Linear(1, 1, { bias: false })])).toThrow(
      'stackModuleState: only some of the modules have "bias"',
    );
    two.getParameter("0.bias").requiresGrad = false;
    expect(() => stackModuleState([one, two])).toThrow(/"0.bias" requires a gradient in only some/);
    expect(() => stackModuleState([one, two.train()])).toThrow(/training mode/);
  });
});
