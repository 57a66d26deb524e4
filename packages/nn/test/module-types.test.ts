/**
 * Types of modules. This file is type-checked with all tests, and code that must not compile is marked. A module of
 * unknown class accepts anything, as in PyTorch. A module of known class accepts and returns what its `forward` does.
 */

import { ones, type Tensor } from "@akari/tensor";
import { expect, expectTypeOf, it } from "vitest";
import {
  Conv2d,
  EmbeddingBag,
  type Layer,
  Linear,
  LSTM,
  Module,
  ModuleDict,
  ModuleList,
  MultiheadAttention,
  ReLU,
  Sequential,
} from "../src/index.ts";

const x = ones([5, 3]);

class Net extends Module {
  fc: Module = new Linear(3, 3);
  readonly act: Module;
  readonly blocks = new ModuleList([new Linear(3, 3), new ReLU()]);
  more: ModuleList = new ModuleList();

  constructor(act: Module = new ReLU()) {
    super();
    this.act = act;
  }

  forward(input: Tensor): Tensor {
    let h: Tensor = this.act(this.fc(input));
    for (const block of this.blocks) h = block(h);
    for (const block of this.more) h = block(h);
    return h;
  }
}

/** Wrapper that preserves the type of the wrapped module. */
class Residual<M extends Module> extends Module {
  inner: M;

  constructor(inner: M) {
    super();
    this.inner = inner;
  }

  forward(input: Tensor): Tensor {
    return input.add(this.inner(input));
  }
}

it("a module of unknown class accepts anything", () => {
  const apply = (model: Module, input: Tensor): Tensor => model(input);
  const layers: Module[] = [new Linear(3, 2), new Net(), new Residual(new Net())];
  for (const layer of layers) expect(apply(layer, x).shape[0]).toBe(5);
  expect(layers.slice(1).reduce((h, layer): Tensor => layer(h), x).shape).toEqual([5, 3]);
  for (const child of new Net().children()) if (!(child instanceof ModuleList)) expect(child(x).shape).toEqual([5, 3]);
  const lstm: Module = new LSTM(3, 4);
  const [output, [h]] = lstm(x);
  expect([output.shape, h.shape]).toEqual([
    [5, 4],
    [1, 4],
  ]);
  expect(new Net().getSubmodule("blocks.0")(x).shape).toEqual([5, 3]);
  expect(new ModuleDict({ fc: new Linear(3, 2) } as Record<string, Module>).get("fc")(x).shape).toEqual([5, 2]);
});

it("a function that is generic in its module can call it, and preserves its type", () => {
  const run = <M extends Module>(model: M, input: Tensor): Tensor => model(input);
  const frozen = <M extends Module>(model: M): M => model.requiresGrad_(false);
  const pass = <M extends Module>(model: M, ...inputs: Parameters<M["forward"]>): ReturnType<M["forward"]> =>
    model(...inputs);
  expect(run(new Linear(3, 2), x).shape).toEqual([5, 2]);
  expectTypeOf(frozen(new Linear(3, 2))).toEqualTypeOf<Linear>();
  expectTypeOf(pass(new Linear(3, 2), x)).toEqualTypeOf<Tensor>();
  // @ts-expect-error: a linear layer expects a tensor
  expect(() => pass(new Linear(3, 2), "x")).toThrow();
});

it("instanceof narrows a module to its class", () => {
  let features = 0;
  for (const module of new Net().modules()) if (module instanceof Linear) features += module.inFeatures;
  expect(features).toBe(6);
  new Net().apply((module) => {
    if (module instanceof Conv2d) expectTypeOf(module).toEqualTypeOf<Conv2d>();
  });
});

it("a module of known class accepts and returns what its forward does", () => {
  const linear = new Linear(3, 2);
  expectTypeOf(linear(x)).toEqualTypeOf<Tensor>();
  expectTypeOf(new Net()(x)).toEqualTypeOf<Tensor>();
  expectTypeOf(linear.eval()(x)).toEqualTypeOf<Tensor>();
  expectTypeOf(new LSTM(3, 2)(x)).toEqualTypeOf<[Tensor, [Tensor, Tensor]]>();
  expectTypeOf(new MultiheadAttention(4, 2).forward).returns.toEqualTypeOf<[Tensor, Tensor | null]>();
  // @ts-expect-error: not a tensor
  expect(() => linear("x")).toThrow();
  // @ts-expect-error: no input
  expect(() => linear()).toThrow();
  // @ts-expect-error: one input only
  linear(x, x);
});

it("layers are modules from tensor to tensor, and modules of unknown class", () => {
  const layers: Layer[] = [new Linear(3, 3), new Net(), new Sequential(), new EmbeddingBag(3, 3), new Net().fc];
  const modules: Module[] = layers;
  expect(new Sequential(...modules.slice(0, 3))(x).shape).toEqual([5, 3]);
  // @ts-expect-error: two outputs
  const recurrent: Layer = new LSTM(3, 3);
  expect(recurrent).toBeInstanceOf(Module);
  // @ts-expect-error: no forward
  class Empty extends Module {}
  expect(() => new Empty()(x)).toThrow();
});
