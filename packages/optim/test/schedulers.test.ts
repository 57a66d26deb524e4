import { ArgumentError, FileError, ones, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import {
  type BaseOptions,
  ChainedScheduler,
  ConstantLR,
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  CyclicLR,
  ExponentialLR,
  LambdaLR,
  LinearLR,
  type LRScheduler,
  lrScheduler,
  MultiplicativeLR,
  MultiStepLR,
  OneCycleLR,
  PolynomialLR,
  ReduceLROnPlateau,
  type SchedulerState,
  SequentialLR,
  SGD,
  type SGDOptions,
  StepLR,
} from "../src/index.ts";
import { SWALR } from "../src/swa.ts";

const optimizer = () =>
  new SGD(
    [
      { params: [tensor([1])], lr: 0.1 },
      { params: [tensor([2])], lr: 0.02 },
    ],
    { momentum: 0.9 },
  );

const makers: Readonly<Record<string, (o: SGD) => LRScheduler<SGDOptions>>> = {
  StepLR: (o) => new StepLR(o, 3, { gamma: 0.5 }),
  MultiStepLR: (o) => new MultiStepLR(o, [2, 5, 9]),
  ExponentialLR: (o) => new ExponentialLR(o, 0.9),
  LambdaLR: (o) => new LambdaLR(o, (epoch) => 1 / (1 + epoch)),
  LinearLR: (o) => new LinearLR(o, { totalIters: 6 }),
  ConstantLR: (o) => new ConstantLR(o, { totalIters: 6 }),
  PolynomialLR: (o) => new PolynomialLR(o, { totalIters: 12, power: 2 }),
  CosineAnnealingLR: (o) => new CosineAnnealingLR(o, 10),
  CosineAnnealingWarmRestarts: (o) => new CosineAnnealingWarmRestarts(o, 4, { tMult: 2 }),
  OneCycleLR: (o) => new OneCycleLR(o, 0.5, { totalSteps: 20 }),
  CyclicLR: (o) => new CyclicLR(o, 0.01, 0.1, { stepSizeUp: 4 }),
  MultiplicativeLR: (o) => new MultiplicativeLR(o, (epoch) => 1 - epoch / 100),
  SWALR: (o) => new SWALR(o, 0.05, { annealEpochs: 9 }),
  "SequentialLR to SWALR": (o) => new SequentialLR(o, [new ExponentialLR(o, 0.8), new SWALR(o, 0.05)], [4]),
  "SequentialLR to MultiplicativeLR": (o) =>
    new SequentialLR(o, [new ExponentialLR(o, 0.8), new MultiplicativeLR(o, () => 0.9)], [4]),
  ChainedScheduler: (o) => new ChainedScheduler([new ConstantLR(o, { totalIters: 6 }), new ExponentialLR(o, 0.9)]),
  SequentialLR: (o) => new SequentialLR(o, [new LinearLR(o, { totalIters: 3 }), new ExponentialLR(o, 0.8)], [5]),
};

const rates = (o: SGD) => o.paramGroups.map(({ lr, momentum }) => [lr, momentum]);

describe.each(Object.entries(makers))("%s", (_, make) => {
  it("continues from a saved state, loaded before or after the optimizer's", () => {
    for (const order of ["optimizer first", "scheduler first"]) {
      const first = optimizer();
      const scheduler = make(first);
      for (let k = 0; k < 7; k++) scheduler.step();
      // Converted to text and back, as in a checkpoint.
      const saved = JSON.parse(JSON.stringify({ optimizer: first.stateDict(), scheduler: scheduler.stateDict() }));
      const second = optimizer();
      if (order === "optimizer first") second.loadStateDict(saved.optimizer);
      const resumed = make(second);
      if (order === "scheduler first") second.loadStateDict(saved.optimizer);
      resumed.loadStateDict(saved.scheduler);
      for (let k = 0; k < 8; k++) {
        expect(rates(second)).toEqual(rates(first));
        scheduler.step();
        resumed.step();
      }
      expect(resumed.lastEpoch).toBe(15);
      expect(resumed.getLastLr()).toEqual(first.paramGroups.map(({ lr }) => lr));
    }
  });

  it("rejects an invalid state", () => {
    expect(() => make(optimizer()).loadStateDict({})).toThrow(/last_epoch/);
    // Safe: values that plain JavaScript might pass.
    for (const state of [null, undefined] as never[]) {
      expect(() => make(optimizer()).loadStateDict(state)).toThrow(FileError);
      expect(() => new ReduceLROnPlateau(optimizer()).loadStateDict(state)).toThrow(FileError);
    }
    const o = optimizer();
    const scheduler = make(o);
    const [before, saved] = [rates(o), scheduler.stateDict()];
    const wrong = [
      { ...saved, last_epoch: 1.5 },
      { ...saved, _last_lr: 0.1 },
      { ...saved, base_lrs: ["0.1"] },
      ...(saved._schedulers
        ? [
            { ...saved, _schedulers: [] },
            { ...saved, _schedulers: [saved._schedulers[0], {}] },
          ]
        : []),
    ] as never[];
    for (const state of wrong) expect(() => scheduler.loadStateDict(state)).toThrow(FileError);
    expect(rates(o)).toEqual(before);
  });
});

it("ChainedScheduler continues from PyTorch's state, which has no epoch of its own", () => {
  // torch.optim.lr_scheduler.ChainedScheduler([ConstantLR(o, 0.1, 7), ExponentialLR(o, 0.9)]) with lr 0.05, 5 steps.
  const [base_lrs, _last_lr] = [[0.05], [0.0029524500000000014]];
  const inner = { base_lrs, last_epoch: 5, _step_count: 6, verbose: false };
  const _schedulers = [
    { ...inner, factor: 0.1, total_iters: 7, _last_lr: [0.0032805000000000013] },
    { ...inner, gamma: 0.9, _last_lr },
  ];
  const o = new SGD([tensor([1])], { lr: 0.05 });
  const scheduler = new ChainedScheduler([
    new ConstantLR(o, { factor: 0.1, totalIters: 7 }),
    new ExponentialLR(o, 0.9),
  ]);
  scheduler.loadStateDict({ _schedulers, _last_lr } as SchedulerState);
  expect(scheduler.lastEpoch).toBe(5);
  for (const lr of [0.0026572050000000015, 0.023914845000000014]) {
    scheduler.step();
    expect(o.paramGroups[0]?.lr).toBeCloseTo(lr, 15);
  }
});

describe("learning rates", () => {
  it("that are changed elsewhere continue from the new value", () => {
    // Expected values are from PyTorch 1.13.
    const seen = (make: (o: SGD) => readonly LRScheduler<SGDOptions>[], steps: number) => {
      const o = new SGD([tensor([1])], { lr: 0.5 });
      const schedulers = make(o);
      return Array.from({ length: steps }, (_, i) => {
        if (i > 0) for (const scheduler of schedulers) scheduler.step();
        return Number(o.paramGroups[0]?.lr.toFixed(8));
      });
    };
    expect(seen((o) => [new ConstantLR(o, { totalIters: 2 }), new ExponentialLR(o, 0.9)], 4)).toEqual([
      0.16666667, 0.15, 0.405, 0.3645,
    ]);
    expect(seen((o) => [new ExponentialLR(o, 0.9), new CosineAnnealingLR(o, 2)], 5)).toEqual([
      0.5, 0.225, 0, 0.25, 0.45,
    ]);
    expect(seen((o) => [new StepLR(o, 1, { gamma: 0.5 }), new LambdaLR(o, (epoch) => 1 / (1 + epoch))], 3)).toEqual([
      0.5, 0.25, 0.16666667,
    ]);
    const o = new SGD([tensor([1])], { lr: 0.5 });
    const scheduler = new ExponentialLR(o, 0.9);
    scheduler.step();
    Object.assign(o.paramGroups[0] ?? {}, { lr: 3 });
    scheduler.step();
    expect(scheduler.getLastLr()[0]).toBeCloseTo(2.7, 12);
  });

  it("that are set between steps are those from which a saved state continues", () => {
    const [first, second] = [optimizer(), optimizer()];
    const scheduler = new StepLR(first, 2);
    scheduler.step();
    for (const group of first.paramGroups) group.lr = 0.7;
    const saved = { optimizer: first.stateDict(), scheduler: scheduler.stateDict() };
    const resumed = new StepLR(second, 2);
    resumed.loadStateDict(saved.scheduler);
    second.loadStateDict(saved.optimizer);
    resumed.step();
    for (const { lr } of second.paramGroups) expect(lr).toBeCloseTo(0.07, 12);
  });

  it("continue after an epoch from those of the optimizer", () => {
    const [first, second] = [optimizer(), optimizer()];
    const scheduler = new StepLR(first, 2);
    for (let k = 0; k < 3; k++) scheduler.step();
    expect(() => new StepLR(second, 2, { lastEpoch: 2 })).toThrow(
      /^StepLR: lastEpoch needs groups with initialLr; load the optimizer's state first$/,
    );
    expect(second.paramGroups[0]?.initialLr).toBeUndefined();
    second.loadStateDict(first.stateDict());
    // Creating a scheduler moves to the next epoch.
    const resumed = new StepLR(second, 2, { lastEpoch: 3 });
    for (let k = 0; k < 4; k++) {
      scheduler.step();
      expect(rates(second)).toEqual(rates(first));
      expect(resumed.lastEpoch).toBe(scheduler.lastEpoch);
      resumed.step();
    }
    expect(() => new StepLR(second, 2, { lastEpoch: -2 })).toThrow(/lastEpoch must be an integer from -1/);
    expect(() => new SGD([{ params: [tensor([1])], initialLr: "0.1" as never }])).toThrow(
      /^SGD: initialLr must not be/,
    );
  });

  it("of a group that is added later change by the same factors", () => {
    const o = optimizer();
    const scheduler = new ExponentialLR(o, 0.5);
    scheduler.step();
    o.addParamGroup({ params: [tensor([3])], lr: 8 });
    scheduler.step();
    scheduler.step();
    // Expected values are from PyTorch 1.13.
    expect(o.paramGroups.map(({ lr }) => lr)).toEqual([0.0125, 0.0025, 2]);
  });

  it("of a group that is added later do not change if values are given for each group", () => {
    const added = (make: (o: SGD) => { step(): void }) => {
      const o = new SGD([{ params: [tensor([1])] }, { params: [tensor([2])] }], { momentum: 0.9 });
      const scheduler = make(o);
      o.addParamGroup({ params: [tensor([3])], lr: 8 });
      scheduler.step();
      expect(o.paramGroups.map(({ lr }) => Number.isFinite(lr))).toEqual([true, true, true]);
      return o.paramGroups[2]?.lr;
    };
    expect(added((o) => new CyclicLR(o, [0.1, 0.2], [1, 2]))).toBe(8);
    expect(added((o) => new OneCycleLR(o, [1, 2], { totalSteps: 5 }))).toBe(8);
    expect(added((o) => new LambdaLR(o, [() => 2, () => 3]))).toBe(8);
    // A single value applies to every group.
    expect(added((o) => new LambdaLR(o, () => 2))).toBe(16);
  });

  it("cycle by a custom function, together with the momentum", () => {
    const given: number[] = [];
    const scaleFn = (at: number) => {
      given.push(at);
      return 1 / at;
    };
    const o = new SGD([tensor([1])], { momentum: 0.9 });
    const scheduler = new CyclicLR(o, 0, 1, { stepSizeUp: 2, scaleFn, mode: "exp_range", gamma: 0.5 });
    for (let i = 0; i < 6; i++) scheduler.step();
    // At the peak of the second cycle.
    expect([o.paramGroups[0]?.lr, o.paramGroups[0]?.momentum]).toEqual([0.5, 0.9 - (0.9 - 0.8) / 2]);
    expect(new Set(given)).toEqual(new Set([1, 2]));
  });

  it("on a plateau continue from a saved state, also without any metric", () => {
    const metrics = [1, 0.9, 0.9, 0.9, 0.9, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6];
    for (const cut of [0, 3, 6]) {
      const [first, second] = [optimizer(), optimizer()];
      const watcher = new ReduceLROnPlateau(first, { patience: 1 });
      for (const metric of metrics.slice(0, cut)) watcher.step(metric);
      const resumed = new ReduceLROnPlateau(second, { patience: 1 });
      second.loadStateDict(JSON.parse(JSON.stringify(first.stateDict())));
      resumed.loadStateDict(JSON.parse(JSON.stringify(watcher.stateDict())));
      for (const metric of metrics.slice(cut)) {
        watcher.step(metric);
        resumed.step(metric);
        expect(rates(second)).toEqual(rates(first));
      }
      expect(first.paramGroups[0]?.lr).toBeLessThan(0.1);
    }
  });

  it("have limits for each group if given", () => {
    const groups = [0.1, 0.2].map((lr) => ({ params: [tensor([1])], lr }));
    const o = new SGD(groups, { momentum: 0.9 });
    const watcher = new ReduceLROnPlateau(o, { patience: 0, factor: 0.01, minLr: [0.05, 0.02] });
    for (const metric of [1, 1]) watcher.step(metric);
    expect(o.paramGroups.map(({ lr }) => lr)).toEqual([0.05, 0.02]);
    const maximizing = new ReduceLROnPlateau(o, "max", { patience: 0, factor: 0.5 });
    for (const metric of [1, 2, 1]) maximizing.step(metric);
    expect(o.paramGroups.map(({ lr }) => lr)).toEqual([0.025, 0.01]);
    expect(() => new ReduceLROnPlateau(o, "least" as "min")).toThrow(/^ReduceLROnPlateau: mode must be/);
    expect(() => new ReduceLROnPlateau(o, { minLr: [0.1] })).toThrow(
      /one minLr or one for each of the 2 parameter groups, got 1/,
    );
    // @ts-expect-error: the maximum is an argument of its own
    expect(() => new OneCycleLR(o, { maxLr: 0.1, totalSteps: 9 })).toThrow(
      /^OneCycleLR: maxLr must be a number, got \{ maxLr: 0.1, totalSteps: 9 \}$/,
    );
    expect(() => new CyclicLR(o, 0.1, [0.2])).toThrow(/one maxLr or one for each of the 2 parameter groups, got 1/);
  });

  it("of several optimizers cannot be chained", () => {
    expect(() => new ChainedScheduler([new ExponentialLR(optimizer(), 1), new ExponentialLR(optimizer(), 1)])).toThrow(
      /all of the same optimizer/,
    );
  });

  it("reject invalid arguments of their schedulers", () => {
    const o = optimizer();
    const wrong = { gama: 0.1 } as object; // the test passes a wrong name on purpose
    expect(() => new StepLR(o, 3, wrong)).toThrow(/StepLR: there is no option "gama"; there are gamma/);
    expect(() => new OneCycleLR(o, 1, { totalSteps: 5, ...wrong })).toThrow(/OneCycleLR: there is no option "gama"/);
    expect(() => new ReduceLROnPlateau(o, wrong)).toThrow(/ReduceLROnPlateau: there is no option "gama"/);
    expect(() => new OneCycleLR(o, 1, {})).toThrow(/totalSteps/);
    expect(() => new OneCycleLR(o, [1], { totalSteps: 5 })).toThrow(/OneCycleLR: expected one maxLr/);
    expect(() => new OneCycleLR(o, 1, { totalSteps: 5, pctStart: 30 })).toThrow(/pctStart must be from 0 to 1, got 30/);
    expect(() => new OneCycleLR(o, 1, { totalSteps: 5, annealStrategy: "cosine" as "cos" })).toThrow(/annealStrategy/);
    expect(() => new CyclicLR(o, 1, 2, { mode: "triangle" as "triangular" })).toThrow(/mode must be "triangular"/);
    expect(() => new CyclicLR(o, 1, 2, { scaleMode: "epoch" as "cycle" })).toThrow(/scaleMode must be "cycle"/);
    expect(() => new CyclicLR(o, 1, 2, { scaleFn: 0.5 as unknown as () => number })).toThrow(
      /scaleFn must be a function, got 0.5/,
    );
    expect(() => new ReduceLROnPlateau(o, { thresholdMode: "relative" as "rel" })).toThrow(/thresholdMode must be/);
    expect(() => new LinearLR(o, { totalIters: 0 })).toThrow(/totalIters must be positive, got 0/);
    expect(() => new PolynomialLR(o, { totalIters: 0 })).toThrow(/totalIters must be positive, got 0/);
    expect(() => new StepLR(o, 0)).toThrow(/positive integer, got 0/);
    for (const wrong of [null, undefined, [], 3] as never[])
      expect(() => new StepLR(wrong, 3)).toThrow(/^StepLR: expected an optimizer, got (null|undefined|an array|3)$/);
    expect(() => new LambdaLR<SGDOptions & BaseOptions>(o, [() => 1])).toThrow(
      /one factor or one for each of the 2 parameter groups, got 1/,
    );
    expect(() => new SequentialLR(o, [], [])).toThrow(/SequentialLR/);
    expect(() => new SequentialLR(o, [new ExponentialLR(optimizer(), 1)], [])).toThrow(/of the same optimizer/);
    // Safe, all of these: values that plain JavaScript might pass.
    expect(() => new CyclicLR(o, { baseLr: 0.1 } as never, 1)).toThrow("baseLr must be a number, got { baseLr: 0.1 }");
    expect(() => new CyclicLR(o, 0.1, [1, null as never])).toThrow("CyclicLR: maxLr must be a number, got null");
    expect(() => new LambdaLR(o, 0.5 as never)).toThrow("LambdaLR: factor must be a function, got 0.5");
    expect(() => new ExponentialLR(o, undefined as never)).toThrow("ExponentialLR: gamma must be a number");
    expect(() => new StepLR(o, 3, { gamma: "half" as never })).toThrow('StepLR: gamma must be a number, got "half"');
    expect(() => new MultiStepLR(o, [3, "end" as never])).toThrow("MultiStepLR: milestones must be a non-negative");
    const cycle = new OneCycleLR(o, 1, { totalSteps: 2 });
    cycle.step();
    cycle.step();
    expect(() => cycle.step()).toThrow(/2 steps/);
  });
});

describe("optim.lrScheduler", () => {
  it("has the schedulers", () => {
    expect(lrScheduler.StepLR).toBe(StepLR);
    expect(lrScheduler.ReduceLROnPlateau).toBe(ReduceLROnPlateau);
    expect(Object.keys(lrScheduler)).toHaveLength(16);
  });
});

describe("within an epoch", () => {
  const warm = (o: SGD) => new CosineAnnealingWarmRestarts(o, 4, { tMult: 2 });
  const one = () => new SGD([ones([1])], { lr: 0.1 });

  it("warm restarts set PyTorch's rates", () => {
    const o = one();
    const scheduler = warm(o);
    const seen = [0.5, 1.25, 3.75, 4.5, 11.5].map((epoch) => {
      scheduler.step(epoch);
      return Number(o.paramGroups[0]?.lr.toFixed(8));
    });
    expect(seen).toEqual([0.09619398, 0.07777851, 0.00096074, 0.09903926, 0.00096074]);
    expect(() => scheduler.step(-1)).toThrow(ArgumentError);
  });

  it("warm restarts continue from a saved state", () => {
    const [first, second] = [one(), one()];
    const scheduler = warm(first);
    scheduler.step(2.75);
    expect(scheduler.stateDict()).toMatchObject({ T_cur: 2.75, T_i: 4, last_epoch: 2 });
    const resumed = warm(second);
    resumed.loadStateDict(scheduler.stateDict());
    const seen = [0, 1, 2].map(() => {
      resumed.step();
      return Number(second.paramGroups[0]?.lr.toFixed(8));
    });
    expect(seen).toEqual([0.00096074, 0.09784702, 0.08865052]);
    expect(resumed.stateDict()).toMatchObject({ T_cur: 1.75, T_i: 8, last_epoch: 5 });
    expect(() => resumed.loadStateDict({ ...scheduler.stateDict(), T_cur: "1" as never })).toThrow(FileError);
  });
});

describe("momenta", () => {
  const two = () => new SGD([{ params: [ones([1])] }, { params: [ones([1])] }], { lr: 0.1, momentum: 0.9 });
  const momenta = (o: SGD, scheduler: { step(): void }) =>
    [0, 1, 2].map(() => {
      scheduler.step();
      return o.paramGroups.map(({ momentum }) => Number(momentum.toFixed(8)));
    });

  it("may differ between groups", () => {
    const [a, b] = [two(), two()];
    const options = { stepSizeUp: 2, baseMomentum: [0.6, 0.7], maxMomentum: [0.8, 0.95] };
    expect(momenta(a, new CyclicLR(a, 0.01, 0.1, options))).toEqual([
      [0.7, 0.825],
      [0.6, 0.7],
      [0.7, 0.825],
    ]);
    const cycle = new OneCycleLR(b, 0.1, { totalSteps: 6, baseMomentum: [0.6, 0.7], maxMomentum: 0.9 });
    expect(momenta(b, cycle)).toEqual([
      [0.60167538, 0.70111692],
      [0.65647653, 0.73765102],
      [0.76120951, 0.80747301],
    ]);
    expect(() => new CyclicLR(two(), 0.01, 0.1, { maxMomentum: [0.9] })).toThrow(
      /^CyclicLR: expected one maxMomentum or one for each of the 2 parameter groups, got 1/,
    );
  });

  it("need a whole number of steps", () => {
    const wrong = [{ epochs: 0.5, stepsPerEpoch: 4 }, { epochs: "2" as never, stepsPerEpoch: 3 }, { epochs: 2 }];
    for (const options of wrong) expect(() => new OneCycleLR(two(), 0.1, options)).toThrow(/as positive integers/);
  });
});

describe("a printed scheduler", () => {
  it("shows the epoch and the learning rates", () => {
    const optimizer = new SGD([{ params: [ones([1])] }, { params: [ones([1])], lr: 2 }], { lr: 1 });
    const scheduler = new StepLR(optimizer, 1, { gamma: 0.5 });
    scheduler.step();
    expect(String(scheduler)).toBe("StepLR(lastEpoch: 1, lr: [0.5, 1])");
    expect(String(new ReduceLROnPlateau(optimizer))).toBe("ReduceLROnPlateau(lastEpoch: 0, lr: [0.5, 1])");
  });
});
