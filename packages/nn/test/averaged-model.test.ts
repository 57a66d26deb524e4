/**
 * Averages of weights. Expected values are from PyTorch 1.13 for the same program with the same seed.
 */

import { ArgumentError, compile, manualSeed, randn, type Tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { BatchNorm1d, Dropout, Linear, Sequential } from "../src/index.ts";
import { AveragedModel, getEmaAvgFn, getSwaAvgFn, updateBn } from "../src/swa.ts";

const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());
const close = (found: readonly number[], expected: readonly number[]): void => {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] as number, 5);
};

/** Runs four steps of gradient descent and updates the averages after each. */
function trained() {
  manualSeed(0);
  const model = new Sequential(new Linear(3, 4), new BatchNorm1d(4), new Linear(4, 1));
  const averaged = new AveragedModel(model, { avgFn: getSwaAvgFn() });
  const ema = new AveragedModel(model, { avgFn: getEmaAvgFn(0.9) });
  const xs = Array.from({ length: 4 }, () => randn([8, 3]));
  const step = (x: Tensor): void => {
    model.zeroGrad();
    model(x).pow(2).mean().backward();
    for (const p of model.parameters()) if (p.grad) p.detach().sub_(p.grad.mul(0.5));
    averaged.updateParameters(model);
    ema.updateParameters(model);
  };
  return { model, averaged, ema, xs, step };
}

const plain = [
  -0.03339189291000366, 0.308668851852417, -0.49190202355384827, -0.4934471547603607, 0.06528031080961227,
  0.20575600862503052, -0.4117283225059509, 0.3544977605342865, 0.15180200338363647, -0.2010742574930191,
  -0.7112165689468384, 0.17558078467845917,
];
const forgetting = [
  0.024730442091822624, 0.316947340965271, -0.47674793004989624, -0.4429111182689667, -0.12600918114185333,
  0.17706945538520813, -0.2596382200717926, 0.42107030749320984, 0.07119150459766388, -0.21015094220638275,
  -0.7043938636779785, 0.19060420989990234,
];

describe("AveragedModel", () => {
  it("averages as PyTorch does, and updateBn recomputes its statistics", async () => {
    const { averaged, ema, xs, step } = trained();
    for (const x of xs) step(x);
    close(await values(averaged.module.parameters()[0] as Tensor), plain);
    close(await values(ema.module.parameters()[0] as Tensor), forgetting);
    await updateBn(xs, averaged);
    averaged.eval();
    close(
      await values(averaged.getBuffer("module.1.running_mean")),
      [-0.49267661571502686, -0.48179593682289124, -0.2560742497444153, -0.17867308855056763],
    );
    close(
      await values(averaged(xs[0] as Tensor).flatten()),
      [
        -0.2669405937194824, -0.24862897396087646, 0.08372682332992554, 0.10465915501117706, 0.0659070536494255,
        0.1581784337759018, -0.2291388362646103, 0.5803789496421814,
      ],
    );
    expect((averaged.module.at(1) as BatchNorm1d).momentum).toBe(0.1);
    expect(Object.keys(averaged.stateDict())).toEqual([
      "n_averaged",
      "module.0.weight",
      "module.0.bias",
      "module.1.weight",
      "module.1.bias",
      "module.1.running_mean",
      "module.1.running_var",
      "module.1.num_batches_tracked",
      "module.2.weight",
      "module.2.bias",
    ]);
    expect(await averaged.nAveraged.item()).toBe(4);
  });

  it("is updated in a compiled step", async () => {
    const { averaged, ema, xs, step } = trained();
    const fast = await compile(step);
    for (const x of xs) await fast(x);
    close(await values(averaged.module.parameters()[0] as Tensor), plain);
    close(await values(ema.module.parameters()[0] as Tensor), forgetting);
    expect(await ema.nAveraged.item()).toBe(4);
  });

  it("copies the model's buffers, or averages them", async () => {
    const model = new BatchNorm1d(1);
    const kept = new AveragedModel(model);
    const averaged = new AveragedModel(model, { useBuffers: true });
    for (const mean of [1, 4]) {
      model.runningMean?.fill_(mean);
      kept.updateParameters(model);
      averaged.updateParameters(model);
    }
    expect(await kept.module.runningMean?.item()).toBe(4);
    expect(await averaged.module.runningMean?.item()).toBe(2.5);
  });

  it("rejects a different model and unknown options", () => {
    const averaged = new AveragedModel(new Linear(2, 1));
    expect(() => averaged.updateParameters(new Linear(3, 1))).toThrow(
      new ArgumentError("updateParameters: weight has shape [1, 2] in the average and [1, 3] in the model"),
    );
    expect(() => averaged.updateParameters(new Linear(2, 1, { bias: false }))).toThrow(ArgumentError);
    expect(() => new AveragedModel(new Linear(2, 1), { decay: 0.9 } as object)).toThrow(
      /AveragedModel: there is no option "decay"/,
    );
    expect(() => getEmaAvgFn(2)).toThrow(ArgumentError);
  });
});

describe("updateBn", () => {
  it("restores modes and momenta, even when the loader fails", async () => {
    const model = new Sequential(new BatchNorm1d(2, { momentum: 0.3 }), new Dropout()).eval();
    const failing = (async function* () {
      yield [randn([4, 2]), "label"];
      throw new RangeError("no more");
    })();
    await expect(updateBn(failing, model)).rejects.toThrow("no more");
    expect([(model.at(0) as BatchNorm1d).momentum, model.training]).toEqual([0.3, false]);
    expect(await (model.at(0) as BatchNorm1d).numBatchesTracked?.item()).toBe(1);
    await expect(updateBn([], model, { devices: 1 } as object)).rejects.toThrow(
      /updateBn: there is no option "devices"/,
    );
  });
});
