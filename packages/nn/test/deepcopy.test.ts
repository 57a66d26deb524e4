/**
 * Copies of models: equal to the originals, without shared memory, and with the same internal sharing.
 */

import { ArgumentError, manualSeed, ones, randn, type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { modules, trial } from "../../../conformance/src/gradients/index.ts";
import {
  BatchNorm1d,
  Dropout,
  deepcopy,
  Linear,
  Module,
  ModuleDict,
  ModuleList,
  Parameter,
  removeSpectralNorm,
  removeWeightNorm,
  Sequential,
  spectralNorm,
  TransformerEncoderLayer,
  weightNorm,
} from "../src/index.ts";

const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

describe("deepcopy of each layer", () => {
  for (const [name, trials] of Object.entries(modules)) {
    it(name, async () => {
      for (const [make, ...given] of trials) {
        const layer = make();
        const call = (module: Module): Promise<number[][]> => {
          // safe: the table lists the layer's arguments
          const { results, inputs } = trial(module as (...given: never[]) => unknown, given);
          return Promise.all(results(...inputs).map(values));
        };
        const copy = deepcopy(layer);
        expect(String(copy)).toBe(String(layer));
        expect(Object.keys(copy.stateDict())).toEqual(Object.keys(layer.stateDict()));
        expect(copy.constructor).toBe(layer.constructor);
        const before = await call(layer);
        for (const own of copy.parameters()) own.detach().add_(1);
        const memory = new Set(Object.values(layer.stateDict()).map(({ storage }) => storage));
        for (const own of Object.values(copy.stateDict())) expect(memory.has(own.storage)).toBe(false);
        const second = deepcopy(layer);
        expect(await call(second)).toEqual(before);
      }
    });
  }
});

describe("deepcopy", () => {
  it("preserves sharing of parameters, modules and memory", () => {
    class Tied extends Module {
      embedding = new Linear(2, 3, { bias: false });
      output = new Linear(2, 3, { bias: false });
      first = new Linear(3, 3);
      again = this.first;
      view = new Parameter(this.first.weight.detach().get(0));
      constructor() {
        super();
        this.output.weight = this.embedding.weight;
      }
      forward(x: Tensor): Tensor {
        return this.again(this.first(this.output(x)));
      }
    }
    const model = new Tied();
    const copy = deepcopy(model);
    expect(copy.output.weight).toBe(copy.embedding.weight);
    expect(copy.output.weight).not.toBe(model.output.weight);
    expect(copy.again).toBe(copy.first);
    expect(copy.view.storage).toBe(copy.first.weight.storage);
    expect(copy.parameters()).toHaveLength(model.parameters().length);
  });

  it("copies modes, frozen parameters, gradients, buffers and other properties", async () => {
    class Net extends Module {
      net = new Sequential(new Linear(2, 3), new BatchNorm1d(3), new Dropout(0.5));
      steps = [1, { rate: 0.5, table: ones([2]) }];
      names = new Map([["a", this.net]]);
      seen = new Set([3]);
      raw = Float64Array.of(1, 2);
      callback = (x: number) => x + 1;
      forward(x: Tensor): Tensor {
        return this.net(x);
      }
    }
    const model = new Net();
    model.registerBuffer("scale", tensor([2]), { persistent: false });
    (model.net.at(0) as Linear).weight.requiresGrad = false;
    model(randn([4, 2]))
      .sum()
      .backward();
    model.net.at(1).eval();
    const copy = deepcopy(model);
    expect([copy.training, copy.net.at(0).training, copy.net.at(1).training]).toEqual([true, true, false]);
    expect(copy.parameters().map((p) => p.requiresGrad)).toEqual([false, true, true, true]);
    expect(copy.parameters().every((p) => p.isLeaf && p instanceof Parameter)).toBe(true);
    const [, bias, twin] = [0, model.parameters()[1], copy.parameters()[1]] as const;
    expect(twin?.grad).not.toBe(bias?.grad);
    expect(await values(twin?.grad as Tensor)).toEqual(await values(bias?.grad as Tensor));
    expect(copy.namedBuffers().map(([name]) => name)).toEqual(model.namedBuffers().map(([name]) => name));
    expect(Object.keys(copy.stateDict())).toEqual(Object.keys(model.stateDict()));
    const [, options] = copy.steps as [number, { rate: number; table: Tensor }]; // safe: as set above
    expect(options.rate).toBe(0.5);
    expect(options.table).not.toBe((model.steps[1] as { table: Tensor }).table);
    expect(copy.names.get("a")).toBe(copy.net);
    expect(copy.seen).toEqual(new Set([3]));
    expect(copy.raw).toEqual(Float64Array.of(1, 2));
    expect(copy.raw).not.toBe(model.raw);
    expect(copy.callback).toBe(model.callback);
  });

  it("shares hooks, which are called with the copy", () => {
    const layer = new Linear(1, 1);
    const seen: Module[] = [];
    const remove = layer.registerForwardHook((module) => void seen.push(module));
    const copy = deepcopy(layer);
    remove();
    copy(ones([1]));
    layer(ones([1]));
    expect(seen).toEqual([copy]);
  });

  it("copies reparametrized weights, which depend on the copy's own parts and can be restored", async () => {
    for (const [wrap, unwrap] of [
      [weightNorm, removeWeightNorm],
      [spectralNorm, removeSpectralNorm],
    ] as const) {
      manualSeed(2);
      const layer = wrap(new Linear(3, 2)).eval();
      const x = randn([4, 3]);
      const before = await values(layer(x));
      const copy = deepcopy(layer);
      for (const parameter of copy.parameters()) parameter.detach().mul_(-2);
      expect(await values(layer(x))).toEqual(before);
      expect(await values(copy(x))).not.toEqual(before);
      copy(x).sum().backward();
      expect(copy.parameters().every(({ grad }) => grad !== null)).toBe(true);
      const changed = await values(copy(x));
      expect(await values(unwrap(copy)(x))).toEqual(changed);
      expect(Object.keys(copy.stateDict()).sort()).toEqual(["bias", "weight"]);
      expect(Object.keys(layer.stateDict())).toContain(`weight_${wrap === weightNorm ? "g" : "orig"}`);
    }
  });

  it("copies containers, states and tensors", async () => {
    const list = new ModuleList([new Linear(1, 1)]);
    const copy = deepcopy(list);
    copy.append(new Linear(1, 1));
    expect([list.length, copy.length, copy.at(0) instanceof Linear]).toEqual([1, 2, true]);
    const dictionary = deepcopy(new ModuleDict({ a: new Linear(1, 1) }));
    expect(dictionary.get("a").weight.shape).toEqual([1, 1]);
    const layer = new Linear(2, 1);
    const best = deepcopy(layer.stateDict());
    const before = await values(layer.weight);
    layer.weight.detach().zero_();
    expect(await values(best.weight as Tensor)).toEqual(before);
    const x = tensor([
      [1, 2],
      [3, 4],
    ]).t();
    expect(deepcopy(x).strides).toEqual(x.strides);
    expect(await deepcopy(x).toArray()).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it("draws no random numbers", async () => {
    manualSeed(5);
    const layer = new TransformerEncoderLayer(4, 2);
    const expected = await values(randn([3]));
    manualSeed(5);
    deepcopy(new TransformerEncoderLayer(4, 2));
    expect(layer.training).toBe(true);
    expect(await values(randn([3]))).toEqual(expected);
  });

  it("rejects values that it cannot copy", () => {
    class Closed extends Module {
      #scale = 2;
      forward(x: Tensor): Tensor {
        return x.mul(this.#scale);
      }
    }
    class Arrow extends Module {
      fc = new Linear(1, 1);
      forward = (x: Tensor): Tensor => this.fc(x);
    }
    expect(() => deepcopy(new Sequential(new Closed()))).toThrow(
      new ArgumentError("deepcopy: Closed has #private members, which cannot be copied; take away the #"),
    );
    expect(() => deepcopy(new Arrow())).toThrow(
      new ArgumentError("deepcopy: the function forward would go on to use the original's `this`; make it a method"),
    );
    const bound = new Sequential();
    Reflect.set(bound, "act", bound.forward.bind(bound));
    expect(() => deepcopy(bound)).toThrow(/deepcopy: the function bound forward would go on/);
  });
});
