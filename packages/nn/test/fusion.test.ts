import { manualSeed, rand, randn, type Tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { fuseConvBnEval, fuseLinearBnEval } from "../src/fusion.ts";
import {
  BatchNorm1d,
  BatchNorm2d,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  Linear,
  type Module,
  Sequential,
} from "../src/index.ts";

/** Gives a normalization statistics and, if it has them, a weight and a bias that are not the initial ones. */
function used<M extends BatchNorm1d | BatchNorm2d>(bn: M): M {
  bn.runningMean?.copy_(randn([bn.numFeatures]));
  bn.runningVar?.copy_(rand([bn.numFeatures]).add(0.5));
  for (const parameter of bn.parameters()) parameter.detach().copy_(randn([bn.numFeatures]));
  bn.eval();
  return bn;
}

const distance = (a: Tensor, b: Tensor): number => a.sub(b).abs().max().itemSync() as number;

describe("fusion", () => {
  const layers: readonly [string, () => Module, BatchNorm1d | BatchNorm2d, readonly number[]][] = [
    ["Conv1d", () => new Conv1d(3, 6, 3), new BatchNorm1d(6), [2, 3, 7]],
    ["Conv2d without bias", () => new Conv2d(4, 6, 3, { groups: 2, bias: false }), new BatchNorm2d(6), [2, 4, 5, 5]],
    ["Conv2d", () => new Conv2d(4, 4, 3), new BatchNorm2d(4, { affine: false, eps: 0.1 }), [2, 4, 5, 5]],
    ["ConvTranspose2d", () => new ConvTranspose2d(4, 6, 3, { groups: 2, stride: 2 }), new BatchNorm2d(6), [2, 4, 5, 5]],
    ["ConvTranspose2d of equal channels", () => new ConvTranspose2d(4, 4, 2), new BatchNorm2d(4), [2, 4, 5, 5]],
    ["Linear", () => new Linear(3, 5), new BatchNorm1d(5), [7, 3]],
    ["Linear without bias", () => new Linear(3, 5, { bias: false }), new BatchNorm1d(5), [7, 3]],
  ];
  it.each(layers)("%s and a normalization become one layer that does the same", (_, make, bn, shape) => {
    manualSeed(0);
    const layer = make().eval() as Conv2d | Linear;
    used(bn);
    const x = randn(shape);
    const want = bn.forward(layer.forward(x));
    const fused = layer instanceof Linear ? fuseLinearBnEval(layer, bn) : fuseConvBnEval(layer, bn);
    expect(fused).toBeInstanceOf(layer.constructor);
    expect(distance(fused.forward(x), want)).toBeLessThan(1e-5);
    expect(fused.training).toBe(false);
    expect([...fused.parameters()].every((parameter) => parameter.requiresGrad && parameter.isLeaf)).toBe(true);
    expect(distance(bn.forward(layer.forward(x)), want)).toBe(0);
  });

  it("rejects layers in training mode, without statistics, of other sizes and other kinds", () => {
    const conv = new Conv2d(2, 4, 3);
    expect(() => fuseConvBnEval(conv, new BatchNorm2d(4))).toThrow("both layers must be in evaluation mode");
    conv.eval();
    expect(() => fuseConvBnEval(conv, new BatchNorm2d(4))).toThrow("both layers must be in evaluation mode");
    expect(() => fuseConvBnEval(conv, new BatchNorm2d(4, { trackRunningStats: false }).eval())).toThrow(
      "fuseConvBnEval: the normalization has no running statistics",
    );
    expect(() => fuseConvBnEval(conv, new BatchNorm2d(3).eval())).toThrow(
      "fuseConvBnEval: the normalization has 3 channels, but the layer before it 4",
    );
    // safe: layers of other kinds are what is tested
    expect(() => fuseConvBnEval(new Linear(2, 4).eval() as never, new BatchNorm2d(4).eval())).toThrow(
      /^fuseConvBnEval: expected a convolution/,
    );
    expect(() => fuseLinearBnEval(conv as never, new BatchNorm1d(4).eval())).toThrow(
      /^fuseLinearBnEval: expected a linear layer/,
    );
    expect(() => fuseConvBnEval(conv, new Sequential() as never)).toThrow(
      /^fuseConvBnEval: expected a batch normalization/,
    );
  });
});
