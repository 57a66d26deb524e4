/** The learning rate of stochastic weight averaging. Expected values are from PyTorch 1.13. */

import { ArgumentError, ones } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import {
  ChainedScheduler,
  ConstantLR,
  ExponentialLR,
  type LRScheduler,
  SequentialLR,
  SGD,
  type SGDOptions,
} from "../src/index.ts";
import { SWALR } from "../src/swa.ts";

const optimizer = () =>
  new SGD(
    [
      { params: [ones([1])], lr: 0.1 },
      { params: [ones([1])], lr: 1 },
    ],
    { lr: 0.1 },
  );

describe("SWALR", () => {
  it.each([
    ["cos", [0.01799175, 0.1359835], [0.04450825, 0.1890165]],
    ["linear", [0.021875, 0.14375], [0.040625, 0.18125]],
  ] as const)("continues from the rates of another scheduler, with strategy %s", (annealStrategy, first, third) => {
    const sgd = optimizer();
    const before = new ExponentialLR(sgd, 0.5);
    const scheduler = new SWALR(sgd, [0.05, 0.2], { annealEpochs: 4, annealStrategy });
    for (let i = 0; i < 3; i++) before.step();
    const seen = Array.from({ length: 6 }, () => {
      scheduler.step();
      return scheduler.getLastLr().map((lr) => Number(lr.toFixed(8)));
    });
    expect(seen).toEqual([first, [0.03125, 0.1625], third, [0.05, 0.2], [0.05, 0.2], [0.05, 0.2]]);
  });

  it("sets the rate immediately without annealing epochs", () => {
    const sgd = optimizer();
    expect(new SWALR(sgd, 0.3, { annealEpochs: 0 }).getLastLr()).toEqual([0.3, 0.3]);
  });

  it("sets the rate from which another scheduler continues", () => {
    const sgd = optimizer();
    const schedulers = [new SWALR(sgd, 0.05, { annealEpochs: 0 }), new ExponentialLR(sgd, 0.9)];
    expect(sgd.paramGroups.map(({ lr }) => lr)).toEqual([0.05, 0.05]);
    for (let i = 0; i < 2; i++) for (const scheduler of schedulers) scheduler.step();
    for (const { lr } of sgd.paramGroups) expect(lr).toBeCloseTo(0.045, 12);
  });

  it("continues from a saved state, with the rates of the optimizer", () => {
    const [one, other] = [optimizer(), optimizer()];
    const scheduler = new SWALR(one, 0.05);
    for (let i = 0; i < 4; i++) scheduler.step();
    const resumed = new SWALR(other, 0.05);
    other.loadStateDict(one.stateDict());
    resumed.loadStateDict(scheduler.stateDict());
    for (let i = 0; i < 3; i++) {
      scheduler.step();
      resumed.step();
      resumed.getLastLr().forEach((lr, k) => {
        expect(lr).toBeCloseTo(scheduler.getLastLr()[k] as number, 12);
      });
    }
  });

  it("continues from the current rate in a SequentialLR, and counts its first epoch as 1", () => {
    const rates = (make: (sgd: SGD) => readonly LRScheduler<SGDOptions>[], milestone: number) => {
      const sgd = new SGD([ones([1])], { lr: 1 });
      const scheduler = new SequentialLR(sgd, make(sgd), [milestone]);
      return Array.from({ length: 7 }, (_, i) => {
        if (i > 0) scheduler.step();
        return Number(scheduler.getLastLr()[0]?.toFixed(6));
      });
    };
    const linear = { annealEpochs: 4, annealStrategy: "linear" } as const;
    expect(rates((o) => [new ExponentialLR(o, 0.5), new SWALR(o, 0.05, linear)], 3)).toEqual([
      1, 0.5, 0.25, 0.2, 0.15, 0.1, 0.05,
    ]);
    expect(
      rates((o) => [new ConstantLR(o, { factor: 0.5, totalIters: 10 }), new SWALR(o, 0.05, { annealEpochs: 4 })], 2),
    ).toEqual([0.5, 0.5, 0.434099, 0.275, 0.115901, 0.05, 0.05]);
    expect(rates((o) => [new SWALR(o, 0.05, linear), new ExponentialLR(o, 0.5)], 3)).toEqual([
      1, 0.7625, 0.525, 1, 0.5, 0.25, 0.125,
    ]);
  });

  it("can be part of a ChainedScheduler", () => {
    const [alone, chained] = [optimizer(), optimizer()];
    const scheduler = new SWALR(alone, 0.05, { annealEpochs: 3 });
    const chain = new ChainedScheduler([new SWALR(chained, 0.05, { annealEpochs: 3 })]);
    for (let i = 0; i < 4; i++) {
      scheduler.step();
      chain.step();
      expect(chain.getLastLr()[1]).toBeCloseTo(scheduler.getLastLr()[1] as number, 12);
    }
  });

  it("rejects invalid arguments", () => {
    expect(() => new SWALR(optimizer(), [0.1])).toThrow(
      new ArgumentError("SWALR: expected one swaLr or one for each of the 2 parameter groups, got 1"),
    );
    expect(() => new SWALR(optimizer(), -1)).toThrow(ArgumentError);
    expect(() => new SWALR(optimizer(), 0.1, { annealStrategy: "cosine" as "cos" })).toThrow(/annealStrategy must be/);
    expect(() => new SWALR(optimizer(), 0.1, { annealEpoch: 3 } as object)).toThrow(/there is no option "annealEpoch"/);
  });
});

describe("steps of SWALR", () => {
  const one = () => new SGD([ones([1])], { lr: 0.1 });
  const rates = (sgd: SGD, scheduler: { step(): void }, count: number) =>
    Array.from({ length: count }, () => {
      scheduler.step();
      return Number(sgd.paramGroups[0]?.lr.toFixed(8));
    });

  it("begin anew after an epoch, from the rate of the optimizer", () => {
    const [first, second] = [one(), one()];
    const scheduler = new SWALR(first, 0.05, { annealEpochs: 4, annealStrategy: "linear" });
    rates(first, scheduler, 2);
    second.loadStateDict(first.stateDict());
    const resumed = new SWALR(second, 0.05, { annealEpochs: 4, annealStrategy: "linear", lastEpoch: 2 });
    expect(second.paramGroups[0]?.lr).toBeCloseTo(0.075, 12);
    expect(rates(second, resumed, 5)).toEqual([0.06875, 0.0625, 0.05625, 0.05, 0.05]);
    expect(resumed.stateDict()).toMatchObject({ last_epoch: 8, _step_count: 6 });
  });

  it("continue from a state that PyTorch saved in a sequence", () => {
    const sgd = one();
    const swa = new SWALR(sgd, 0.5, { annealEpochs: 4, annealStrategy: "linear" });
    const scheduler = new SequentialLR(sgd, [new ExponentialLR(sgd, 0.9), swa], [3]);
    const saved = {
      last_epoch: 5,
      _last_lr: [0.39525],
      _schedulers: [
        { base_lrs: [0.1], last_epoch: 2, _step_count: 3, _last_lr: [0.081] },
        { base_lrs: [0.1], last_epoch: 2, _step_count: 4, _last_lr: [0.39525] },
      ],
    };
    scheduler.loadStateDict(saved);
    expect(rates(sgd, scheduler, 4)).toEqual([0.5, 0.5, 0.5, 0.5]);
    rates(sgd, scheduler, 1);
    expect(scheduler.stateDict()._schedulers?.[1]).toMatchObject({ last_epoch: 7, _step_count: 9 });
    const wrong = { ...saved, _schedulers: [saved._schedulers[0], { ...saved._schedulers[1], _step_count: "4" }] };
    expect(() => scheduler.loadStateDict(wrong as never)).toThrow(/SWALR.loadStateDict/);
  });
});
