/** A Sequential frees what its layers pass on to each other, and nothing that a layer or a hook may keep. */

import { noGrad, requiresGrad } from "@akari/autograd";
import { cpu, ones, randn, relu, type Tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import * as nn from "../src/index.ts";

const [rows, width] = [64, 256];
const one = rows * width * 4;
const live = (): number => cpu().memory().live;
const linear = (): nn.Linear => new nn.Linear(width, width);
const x = randn([rows, width]);

/** Returns how many tensors of the input's size are in use after a call, including the output. */
function kept(model: nn.Layer, input: Tensor = x): number {
  const before = live();
  const y = model(input);
  const after = live();
  y.dispose();
  return Math.round((after - before) / one);
}

/** A layer that keeps what it computes. */
class Keeping extends nn.Linear {
  last: Tensor | null = null;

  override forward(input: Tensor): Tensor {
    this.last = super.forward(input);
    return this.last;
  }
}

/** A layer that keeps what it is given. */
class Watching extends nn.Module {
  last: Tensor | null = null;

  forward(input: Tensor): Tensor {
    this.last = input;
    return relu(input);
  }
}

describe("Sequential", () => {
  it("keeps the output only, without gradients", () => {
    const model = new nn.Sequential(linear(), new nn.ReLU(), linear(), new nn.Sigmoid(), new nn.Sequential(linear()));
    expect(noGrad(() => kept(model))).toBe(1);
  });

  it("keeps what the backward pass reads, and frees it there", () => {
    const model = new nn.Sequential(linear(), new nn.Tanh(), linear(), new nn.Tanh(), linear());
    const before = live();
    const y = model(x);
    expect(Math.round((live() - before) / one)).toBe(3); // both results of tanh, and the output
    y.sum().backward();
    model.zeroGrad();
    expect(Math.round((live() - before) / one)).toBe(1);
  });

  it("computes the same gradients as its layers one by one", () => {
    const views = [new nn.Unflatten(1, [16, 16]), new nn.ReLU({ inplace: true }), new nn.Flatten(), new nn.Identity()];
    const model = new nn.Sequential(linear(), ...views, linear(), new nn.Dropout(0), new nn.Softplus());
    const [a, b] = [x.clone(), x.clone()].map((input) => requiresGrad(input)) as [Tensor, Tensor];
    model(a).square().sum().backward();
    let y = b;
    for (const layer of model) y = layer(y);
    y.square().sum().backward();
    expect(a.grad?.toArraySync()).toEqual(b.grad?.toArraySync());
  });

  it.each([
    ["its output", () => new Keeping(width, width)],
    ["its input", () => new Watching()],
  ])("leaves a tensor alone that a layer keeps: %s", (_, make) => {
    const layer = make();
    noGrad(() => new nn.Sequential(linear(), layer, linear())(x));
    expect(layer.last?.isfinite().all().itemSync()).toBe(1);
    noGrad(() => new nn.Sequential(linear(), new nn.Sequential(layer), linear())(x));
    expect(layer.last?.isfinite().all().itemSync()).toBe(1);
  });

  it("leaves a tensor alone that a hook or a method assigned to the layer may keep", () => {
    const seen: Tensor[] = [];
    const [first, second, third] = [linear(), linear(), linear()];
    first.registerForwardHook((_, __, output) => void seen.push(output));
    third.registerForwardPreHook((_, inputs) => void seen.push(inputs[0] as Tensor));
    noGrad(() => new nn.Sequential(first, new nn.ReLU(), second, new nn.ReLU(), third)(x));
    const assigned = linear();
    assigned.forward = (input) => {
      seen.push(input);
      return relu(input);
    };
    noGrad(() => new nn.Sequential(linear(), assigned, linear())(x));
    expect(seen.map((t) => t.isfinite().all().itemSync())).toEqual([1, 1, 1]);
  });

  it("leaves its own input alone", () => {
    const input = ones([rows, width]);
    noGrad(() => new nn.Sequential(new nn.Identity(), new nn.ReLU({ inplace: true }), linear(), linear())(input));
    expect(input.sum().itemSync()).toBe(rows * width);
  });
});

it("every layer declares that it keeps nothing, except those that return their state, too", () => {
  const silent = Object.entries(nn).flatMap(([name, value]) => {
    if (typeof value !== "function" || !(value.prototype instanceof nn.Module)) return [];
    let { prototype } = value;
    while (!Object.hasOwn(prototype, "forward")) prototype = Object.getPrototypeOf(prototype);
    return prototype.forward.length === 1 && !Object.hasOwn(prototype.constructor, "keepsNothing") ? [name] : [];
  });
  expect(silent).toEqual(["GRU", "LSTM", "RNN", "GRUCell", "LSTMCell", "RNNCell"]);
});
