/** Lazy layers. Expected values are from PyTorch 1.13. */

import { arange, manualSeed, ones, scope, type Tensor } from "@akari/tensor";
import { beforeEach, describe, expect, it } from "vitest";
import { BatchNorm2d, Conv2d, Flatten, Linear, ReLU, Sequential } from "../src/index.ts";
import {
  LazyBatchNorm1d,
  LazyBatchNorm2d,
  LazyConv2d,
  LazyConvTranspose1d,
  LazyInstanceNorm1d,
  LazyLinear,
} from "../src/lazy.ts";

beforeEach(() => void manualSeed(0));

const network = () =>
  new Sequential(
    new LazyConv2d(3, 3, { padding: 1 }),
    new LazyBatchNorm2d(),
    new ReLU(),
    new Flatten(),
    new LazyLinear(2),
  );

describe("lazy layers", () => {
  it("become the ordinary layers in the first call, with the same initial weights as in PyTorch", () => {
    const model = network();
    const y = model(arange(64, { dtype: "float32" }).reshape(2, 2, 4, 4).div(32));
    const want = [0.17318853735923767, -0.29347628355026245, -0.12389259785413742, -0.26504355669021606];
    y.reshape(-1)
      .dataSync()
      .forEach((value, i) => {
        expect(value).toBeCloseTo(want[i] as number, 5);
      });
    expect(String(model)).toBe(`Sequential(
  (0): Conv2d(2, 3, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
  (1): BatchNorm2d(3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
  (2): ReLU()
  (3): Flatten(start_dim=1, end_dim=-1)
  (4): Linear(in_features=48, out_features=2, bias=True)
)`);
    expect(model.at(0)).toBeInstanceOf(Conv2d);
    expect(model.at(1)).toBeInstanceOf(BatchNorm2d);
    expect(Object.keys(model.stateDict())).toEqual([
      ...["0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked"],
      ...["4.weight", "4.bias"],
    ]);
    expect(model(ones([1, 2, 4, 4])).shape).toEqual([1, 2]);
  });

  it("keep their hooks and their mode, and take dtype and device from the input", () => {
    const layer = new LazyLinear(3, { bias: false });
    const seen: number[][] = [];
    layer.registerForwardHook((_, __, output) => void seen.push([...(output as Tensor).shape]));
    layer.eval();
    layer(ones([4, 5], { dtype: "float64" }));
    layer(ones([2, 5], { dtype: "float64" }));
    expect(seen).toEqual([
      [4, 3],
      [2, 3],
    ]);
    expect(layer).toBeInstanceOf(Linear);
    expect([layer.training, layer.weight.dtype, layer.bias]).toEqual([false, "float64", null]);
    expect(layer.weight.shape).toEqual([3, 5]);
  });

  it("keep their parameters when the first call is in a scope", () => {
    const model = network();
    scope(() => model(ones([1, 2, 4, 4])));
    expect([...model.parameters()].map(({ isDisposed }) => isDisposed)).toEqual(Array(6).fill(false));
    expect(model(ones([1, 2, 4, 4])).shape).toEqual([1, 2]);
  });

  it("find the channels of inputs with and without a batch", () => {
    expect(new LazyConvTranspose1d(4, 2, { stride: 2 })(ones([3, 5])).shape).toEqual([4, 10]);
    expect(new LazyInstanceNorm1d({ affine: true })(ones([2, 3, 4])).shape).toEqual([2, 3, 4]);
    const norm = new LazyBatchNorm1d();
    norm(ones([4, 6]));
    expect(norm.numFeatures).toBe(6);
  });

  it("have no parameters before the first call, and say so", () => {
    const model = network();
    expect(() => model.parameters()).toThrow(/^LazyConv2d: the parameters are created by the first call/);
    expect(() => model.stateDict()).toThrow(/^LazyConv2d: the parameters are created by the first call/);
    const broken = new LazyConv2d(3, 3, { groups: 2 });
    expect(() => broken(ones([1, 3, 4, 4]))).toThrow(/cannot be split into 2 groups/);
    expect(() => broken(ones([1, 3, 4, 4]))).toThrow(/cannot be split into 2 groups/);
    expect(() => new LazyConv2d(3, 3)(ones([3]))).toThrow(
      /^LazyConv2d: expected a dimension -3 with the channels, got/,
    );
    expect(() => new LazyLinear(2)(null as never)).toThrow(/^LazyLinear: expected a tensor, got null/);
  });
});
