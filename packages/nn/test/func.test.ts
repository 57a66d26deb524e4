/** Modules as functions of their parameters. */

import { noGrad } from "@akari/autograd";
import { grad } from "@akari/autograd/func";
import { ArgumentError, ones, randn, ShapeError, stack, type Tensor, tensor } from "@akari/tensor";
import { vmap } from "@akari/tensor/vmap";
import { describe, expect, it } from "vitest";
import { functionalCall, stackModuleState } from "../src/func.ts";
import { BatchNorm1d, Linear, Module, Sequential, Tanh } from "../src/index.ts";

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
  const make = () => new Sequential(new Linear(3, 2), new BatchNorm1d(2)).eval() as Sequential;

  it("stacks the parameters and buffers of models, which vmap then calls at once", () => {
    const models = [make(), make(), make()];
    const [parameters, buffers] = stackModuleState(models);
    expect(parameters["0.weight"]?.shape).toEqual([3, 2, 3]);
    expect(buffers["1.running_mean"]?.shape).toEqual([3, 2]);
    expect(Object.values(parameters).every((x) => x.requiresGrad && x.isLeaf)).toBe(true);
    const x = randn([4, 3]);
    const call = (own: Record<string, Tensor>, rest: Record<string, Tensor>, input: Tensor) =>
      functionalCall(models[0] as Sequential, [own, rest], input);
    const got = vmap(call, { inDims: [0, 0, null] })(parameters, buffers, x) as Tensor;
    const want = noGrad(() => stack(models.map((model) => model(x))));
    expect(got.shape).toEqual([3, 4, 2]);
    expect(got.sub(want).abs().max().itemSync()).toBeLessThan(1e-6);
    got.sum().backward();
    expect(parameters["0.bias"]?.grad?.shape).toEqual([3, 2]);
    expect(models[0]?.getParameter("0.bias").grad).toBe(null);
  });

  it("rejects models that differ", () => {
    expect(() => stackModuleState([])).toThrow(/^stackModuleState: expected an array of at least one model/);
    expect(() => stackModuleState([new Linear(2, 1), new Tanh()])).toThrow(/are of different classes/);
    expect(() => stackModuleState([new Linear(2, 1), new Linear(2, 1, { bias: false })])).toThrow(
      /some models lack "bias"/,
    );
    expect(() => stackModuleState([new Linear(2, 1, { bias: false }), new Linear(2, 1)])).toThrow(ArgumentError);
    expect(() => stackModuleState([new Linear(2, 1), new Linear(3, 1)])).toThrow(ShapeError);
    expect(() => stackModuleState([make(), make().train()])).toThrow(/some models are in training mode/);
  });
});
