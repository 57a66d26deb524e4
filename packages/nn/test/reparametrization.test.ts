/** Weight and spectral normalization. Expected names and values are from PyTorch 1.13 after `manual_seed(0)`. */

import { noGrad } from "@akari/autograd";
import { ArgumentError, manualSeed, ones, scope, type Tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import * as nn from "../src/index.ts";

const close = (got: Tensor | undefined, want: readonly number[]) => {
  const values = [...(got?.detach().flatten().dataSync() ?? [])];
  expect(values).toHaveLength(want.length);
  for (const [i, value] of want.entries()) expect(values[i]).toBeCloseTo(value, 5);
};

describe("weightNorm", () => {
  it("splits a weight into norms and directions", () => {
    manualSeed(0);
    const state = nn.weightNorm(new nn.Conv1d(2, 2, 2), "weight", 1).stateDict();
    expect(Object.keys(state)).toEqual(["bias", "weight_g", "weight_v"]);
    expect(state.weight_g?.shape).toEqual([1, 2, 1]);
    close(state.weight_g, [0.35639867, 0.67971975]);
  });

  it("preserves the weight, trains both parts, and can be removed", () => {
    const plain = new nn.Linear(3, 2);
    const x = ones([1, 3]);
    const before = plain(x).dataSync();
    const layer = nn.weightNorm(plain);
    close(layer(x), [...before]);
    expect(layer.namedParameters().map(([name]) => name)).toEqual(["bias", "weight_g", "weight_v"]);
    layer(x).sum().backward();
    for (const parameter of layer.parameters()) expect(parameter.grad).not.toBeNull();
    const [, g] = layer.parameters() as [nn.Parameter, nn.Parameter];
    noGrad(() => void g.mul_(2));
    const doubled = layer(x).sub(layer.bias as Tensor);
    close(
      doubled,
      [...before].map((y, i) => 2 * (y - (layer.bias?.dataSync()[i] as number))),
    );
    nn.removeWeightNorm(layer);
    expect(Object.keys(layer.stateDict())).toEqual(["bias", "weight"].reverse());
    close(layer(x).sub(layer.bias as Tensor), [...doubled.dataSync()]);
  });

  it("accepts weights of recurrent layers, and a single norm for a whole weight", () => {
    const gru = nn.weightNorm(new nn.GRU(2, 3), "weightHhL0", null);
    expect(Object.keys(gru.stateDict())).toContain("weight_hh_l0_g");
    expect(gru.stateDict().weight_hh_l0_g?.shape).toEqual([]);
    expect(gru(ones([4, 2]))[0].shape).toEqual([4, 3]);
  });

  it("keeps the weight after a call in a scope", () => {
    const layer = nn.weightNorm(new nn.Linear(3, 2));
    const x = ones([1, 3]);
    scope(() => layer(x));
    expect(layer.weight.isDisposed).toBe(false);
    expect(nn.deepcopy(layer)(x).toArraySync()).toEqual(layer(x).toArraySync());
  });

  it("rejects other properties, and repeated or missing normalization", () => {
    expect(() => nn.weightNorm(new nn.ReLU())).toThrow(ArgumentError);
    const layer = nn.weightNorm(new nn.Linear(2, 2));
    expect(() => nn.weightNorm(layer)).toThrow(/weightNorm: "weight" is already reparametrized/);
    expect(() => nn.spectralNorm(layer, "bias", { dim: 3 })).toThrow(/spectralNorm/);
    expect(() => nn.removeWeightNorm(layer, "bias")).toThrow(/removeWeightNorm: "bias" is not reparametrized/);
  });
});

describe("spectralNorm", () => {
  it("draws PyTorch's initial vectors and computes its weight", () => {
    manualSeed(0);
    const layer = nn.spectralNorm(new nn.Linear(3, 2));
    const state = layer.stateDict();
    expect(Object.keys(state)).toEqual(["bias", "weight_orig", "weight_u", "weight_v"]);
    close(state.weight_u, [-0.61278731, -0.79024786]);
    close(state.weight_v, [0.34306481, 0.71277946, -0.61176127]);
    const x = ones([1, 3]);
    layer(x);
    layer(x);
    close(layer(x), [-0.45386308, -0.82537407]);
    layer.eval();
    close(layer(x), [-0.45386308, -0.82537407]);
    nn.removeSpectralNorm(layer);
    close(layer.weight, [-0.0112631, 0.80702078, -1.23818159, -1.10713995, -0.57942265, 0.40341347]);
    expect(layer.namedBuffers()).toEqual([]);
  });

  it("can be called twice before a backward pass", () => {
    const layer = nn.spectralNorm(new nn.Linear(3, 2));
    layer(ones([1, 3]))
      .sum()
      .sub(layer(ones([2, 3])).sum())
      .backward();
    expect(layer.parameters().map(({ grad }) => grad === null)).toEqual([false, false]);
  });

  it("uses the output channels of transposed convolutions as rows", () => {
    expect(nn.spectralNorm(new nn.ConvTranspose1d(2, 3, 2)).stateDict().weight_u?.shape).toEqual([3]);
  });
});
