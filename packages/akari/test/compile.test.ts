/** Compiled functions do what the functions themselves do: the same losses, parameters and random numbers, step by step, on every device. */

import { reference } from "@akari/tensor/reference";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  Adam,
  AdamW,
  arange,
  type Backend,
  BatchNorm2d,
  Conv2d,
  clipGradNorm_,
  compile,
  cpu,
  crossEntropy,
  defaultDevice,
  dropout,
  Embedding,
  Flatten,
  GELU,
  LayerNorm,
  Linear,
  LSTM,
  MaxPool2d,
  Module,
  manualSeed,
  mseLoss,
  noGrad,
  profile,
  ReLU,
  RMSprop,
  rand,
  randint,
  randn,
  randperm,
  requiresGrad,
  Sequential,
  SGD,
  StepLR,
  setDefaultDevice,
  softmax,
  Tensor,
  TransformerEncoderLayer,
  tensor,
  zeros,
} from "../src/index.ts";
import { findWebGpu } from "./software-adapter.ts";

type Step = (...tensors: Tensor[]) => Tensor | Tensor[];

/** A program: what it trains, the state to compare afterwards, and new arguments for each step. */
interface Program {
  readonly step: Step;
  readonly state: () => readonly Tensor[];
  readonly next: (i: number) => Tensor[];
}

class Net extends Module {
  conv = new Conv2d(1, 4, 3, { padding: 1 });
  norm = new BatchNorm2d(4);
  pool = new MaxPool2d(2);
  fc = new Linear(64, 5);
  forward(x: Tensor): Tensor {
    return this.fc(dropout(this.pool(this.norm(this.conv(x)).relu()).flatten(1), 0.3, { training: this.training }));
  }
}

class Rows extends Module {
  lstm = new LSTM(6, 8, { batchFirst: true });
  fc = new Linear(8, 3);
  forward(x: Tensor): Tensor {
    return this.fc(this.lstm(x)[0].get(":", -1));
  }
}

class Words extends Module {
  words = new Embedding(11, 8);
  places = new Embedding(5, 8);
  block = new TransformerEncoderLayer(8, 2, { dimFeedforward: 16, dropout: 0.1, activation: "gelu", batchFirst: true, normFirst: true });
  norm = new LayerNorm(8);
  head = new Linear(8, 11);
  forward(ids: Tensor): Tensor {
    return this.head(this.norm(this.block(this.words(ids).add(this.places(arange(5)))))).flatten(0, 1);
  }
}

const programs: Readonly<Record<string, () => Program>> = {
  "an MLP, Adam, a schedule"() {
    const model = new Sequential(new Linear(6, 16), new GELU(), new Linear(16, 4));
    const optimizer = new Adam(model.parameters(), { lr: 0.01, weightDecay: 0.1 });
    const scheduler = new StepLR(optimizer, 2, { gamma: 0.5 });
    return {
      step(x, y) {
        optimizer.zeroGrad();
        const loss = crossEntropy(model(x as Tensor), y as Tensor, { labelSmoothing: 0.1 });
        loss.backward();
        optimizer.step();
        scheduler.step();
        return loss;
      },
      state: () => [...model.parameters()],
      next: () => [randn([5, 6]), randint(4, [5])],
    };
  },
  "a CNN with batch normalisation and dropout, SGD with momentum, clipped gradients"() {
    const model = new Net();
    const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9, nesterov: true });
    return {
      step(x, y) {
        optimizer.zeroGrad({ setToNone: false });
        const loss = crossEntropy(model(x as Tensor), y as Tensor);
        loss.backward();
        const norm = clipGradNorm_(model.parameters(), 0.5);
        optimizer.step();
        return [loss, norm];
      },
      state: () => Object.values(model.stateDict()),
      next: () => [randn([6, 1, 8, 8]), randint(5, [6])],
    };
  },
  "an LSTM, two groups, gradients of two batches added up"() {
    const model = new Rows();
    const optimizer = new RMSprop([{ params: model.lstm.parameters() }, { params: model.fc.parameters(), lr: 0.1 }], { lr: 0.01 });
    return {
      step(a, b) {
        optimizer.zeroGrad();
        const losses = [a, b].map((x) =>
          model(x as Tensor)
            .square()
            .mean(),
        );
        for (const loss of losses) loss.backward();
        optimizer.step();
        return losses;
      },
      state: () => [...model.parameters()],
      next: () => [randn([3, 4, 6]), randn([3, 4, 6])],
    };
  },
  "a transformer, AdamW, an average of its weights"() {
    const model = new Words();
    const optimizer = new AdamW(model.parameters(), { lr: 0.01 });
    const average = [...model.parameters()].map((p) => p.detach().clone());
    return {
      step(ids, y) {
        optimizer.zeroGrad();
        const loss = crossEntropy(model(ids as Tensor), (y as Tensor).flatten());
        loss.backward();
        optimizer.step();
        noGrad(() => [...model.parameters()].forEach((p, i) => void average[i]?.mul_(0.9).add_(p.mul(0.1))));
        return loss;
      },
      state: () => [...model.parameters(), ...average],
      next: () => [randint(11, [2, 5]), randint(11, [2, 5])],
    };
  },
  "a generator and a discriminator, noise drawn inside"() {
    const [make, judge] = [
      new Sequential(new Linear(3, 8), new ReLU(), new Linear(8, 4)),
      new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 1)),
    ];
    const [forMake, forJudge] = [new Adam(make.parameters(), { lr: 0.01 }), new Adam(judge.parameters(), { lr: 0.01 })];
    return {
      step(real) {
        const made = make(randn([4, 3]));
        forJudge.zeroGrad();
        const bad = judge(real as Tensor)
          .neg()
          .exp()
          .log1p()
          .mean()
          .add(judge(made.detach()).exp().log1p().mean());
        bad.backward();
        forJudge.step();
        forMake.zeroGrad();
        const good = judge(made).neg().exp().log1p().mean();
        good.backward();
        forMake.step();
        return [bad, good];
      },
      state: () => [...make.parameters(), ...judge.parameters()],
      next: () => [randn([4, 4])],
    };
  },
  "a gradient by the input, and one by hand"() {
    const weight = requiresGrad(randn([4, 4]));
    return {
      step(x) {
        const input = requiresGrad((x as Tensor).clone());
        input.matmul(weight).tanh().sum().backward();
        noGrad(() => {
          weight.sub_((weight.grad as Tensor).mul(0.1));
          weight.grad = null;
        });
        return [input.grad as Tensor, weight.detach()];
      },
      state: () => [weight],
      next: () => [randn([3, 4])],
    };
  },
  "numbers drawn in many ways, written through views"() {
    const kept = zeros([4, 6]);
    return {
      step(x) {
        const drawn = rand([4, 6])
          .add(zeros([4, 6]).bernoulli_(0.5))
          .add(zeros([6, 4]).uniform_(1, 2).t());
        kept.narrow(1, 1, 3).copy_((x as Tensor).narrow(1, 2, 3).add(1).relu());
        kept.t().narrow(0, 4, 1).exponential_(2);
        kept.select(0, 1).mul_(0.5);
        const order = randperm(4);
        return [drawn.indexSelect(0, order), kept, softmax(kept.mul(2).add(drawn), 1)];
      },
      state: () => [kept],
      next: () => [randn([4, 6])],
    };
  },
};

/** The same, but what is compiled is a model, a part of one, or a function; the step goes back through it. */
const parts: Readonly<
  Record<
    string,
    (wrap: <Args extends readonly unknown[], R>(fn: (...args: Args) => R) => Promise<(...args: Args) => R>) => Promise<Program>
  >
> = {
  async "a model, its backward pass outside"(wrap) {
    const model = new Net();
    const forward = await wrap((x: Tensor) => model(x));
    const optimizer = new Adam(model.parameters(), { lr: 0.01 });
    return {
      step(x, y) {
        optimizer.zeroGrad();
        const logits = forward(x as Tensor);
        const loss = crossEntropy(logits, y as Tensor);
        loss.backward();
        optimizer.step();
        return [loss, logits.detach()];
      },
      state: () => [...Object.values(model.stateDict()), ...[...model.parameters()].flatMap((p) => p.grad ?? [])],
      next: () => [randn([6, 1, 8, 8]), randint(5, [6])],
    };
  },
  async "a part of a model: gradients go through it, and other ones around it"(wrap) {
    const [below, middle, above] = [new Linear(4, 6), new Sequential(new Linear(6, 6), new GELU()), new Linear(6, 2)];
    const forward = await wrap((x: Tensor) => [middle(x), x.tanh()] as const);
    const all = [below, middle, above].flatMap((module) => [...module.parameters()]);
    const optimizer = new SGD(all, { lr: 0.1 });
    return {
      step(x) {
        optimizer.zeroGrad();
        const hidden = below(x as Tensor);
        const [deep, flat] = forward(hidden);
        const loss = above(deep.mul(flat).add(hidden)).square().mean();
        loss.backward();
        optimizer.step();
        return loss;
      },
      state: () => all,
      next: () => [randn([5, 4])],
    };
  },
  async "two passes before they are gone back through, in the other order and only in part"(wrap) {
    const weight = requiresGrad(randn([3, 3]));
    const forward = await wrap((x: Tensor) => ({ product: x.matmul(weight).sigmoid(), sum: weight.mul(x).exp().sum(), plain: x.mul(2) }));
    return {
      step(a, b) {
        weight.grad = null as Tensor | null;
        const [first, second] = [forward(a as Tensor), forward(b as Tensor)];
        second.product.sum().add(second.sum).backward(null, { retainGraph: true });
        first.sum.backward();
        second.sum.mul(0.5).backward();
        noGrad(() => weight.sub_((weight.grad as Tensor).mul(0.05)));
        return [first.plain, second.product.detach(), first.sum.detach(), (weight.grad as Tensor).clone()];
      },
      state: () => [weight],
      next: () => [rand([3, 3]), rand([3, 3])],
    };
  },
  async "a discriminator within a generator's loss"(wrap) {
    const [make, judge] = [new Linear(3, 4), new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 1))];
    const judged = await wrap((x: Tensor) => judge(x));
    const [forMake, forJudge] = [new Adam(make.parameters(), { lr: 0.01 }), new Adam(judge.parameters(), { lr: 0.01 })];
    return {
      step(real) {
        const made = make(randn([4, 3]));
        forJudge.zeroGrad();
        const bad = judged(real as Tensor)
          .neg()
          .exp()
          .log1p()
          .mean()
          .add(judged(made.detach()).exp().log1p().mean());
        bad.backward();
        forJudge.step();
        forMake.zeroGrad();
        const good = judged(made).neg().exp().log1p().mean();
        good.backward();
        forMake.step();
        return [bad.detach(), good.detach()];
      },
      state: () => [...make.parameters(), ...judge.parameters()],
      next: () => [randn([4, 4])],
    };
  },
};

const { device: gpu, reason } = await findWebGpu();
const devices: readonly { readonly name: string; readonly device: Backend | null }[] = [
  { name: "cpu", device: cpu() },
  { name: "reference", device: reference() },
  { name: `webgpu${reason && ` (skipped: ${reason})`}`, device: gpu },
];

const list = (result: Tensor | Tensor[]): Tensor[] => (result instanceof Tensor ? [result] : result);
const values = (tensors: readonly Tensor[]) => Promise.all(tensors.map(async (x) => [...(await x.data())]));

function expectClose(got: readonly (readonly number[])[], want: readonly (readonly number[])[], tolerance: number, what: string): void {
  expect(got.length).toBe(want.length);
  got.forEach((row, i) => {
    row.forEach((value, k) => {
      const wanted = want[i]?.[k] as number;
      expect(Math.abs(value - wanted), `${what}, tensor ${i}, element ${k}: ${value} and ${wanted}`).toBeLessThanOrEqual(
        tolerance * (1 + Math.abs(wanted)),
      );
    });
  });
}

for (const { name, device } of devices) {
  describe.skipIf(device === null)(`compile on ${name}`, () => {
    let before: Backend;
    beforeEach(() => {
      before = defaultDevice();
      setDefaultDevice(device as Backend); // safe: skipped otherwise
    });
    afterEach(() => void setDefaultDevice(before));

    for (const [title, make] of Object.entries(programs)) {
      it(title, { timeout: 120_000 }, async () => {
        const steps = 7;
        const run = async (wrap: (step: Step) => Promise<Step>) => {
          manualSeed(5);
          const { step, state, next } = make();
          const wrapped = await wrap(step);
          const results: (readonly number[])[][] = [];
          for (let i = 0; i < steps; i++) results.push(await values(list(wrapped(...next(i)))));
          return { results, state: await values(state()) };
        };
        const want = await run(async (step) => step);
        let counts = {};
        const got = await run(async (step) => {
          const compiled = await compile(step);
          counts = compiled.counts;
          return compiled;
        });
        expect(counts).toEqual({ eager: 1, captured: 1, replayed: steps - 2 });
        got.results.forEach((result, i) => void expectClose(result, want.results[i] ?? [], 1e-4, `step ${i}`));
        expectClose(got.state, want.state, 1e-4, "at the end");
      });
    }

    for (const [title, make] of Object.entries(parts)) {
      it(title, { timeout: 120_000 }, async () => {
        const steps = 7;
        let replayed = 0;
        const run = async (wrap: Parameters<typeof make>[0]) => {
          manualSeed(5);
          const { step, state, next } = await make(wrap);
          const results: (readonly number[])[][] = [];
          for (let i = 0; i < steps; i++) results.push(await values(list(step(...next(i)))));
          return { results, state: await values(state()) };
        };
        const want = await run(async (fn) => fn);
        const got = await run(async (fn) => {
          const compiled = await compile(fn);
          return (...args) => {
            const result = compiled(...args);
            replayed = compiled.counts.replayed;
            return result;
          };
        });
        expect(replayed).toBeGreaterThanOrEqual(steps - 2);
        got.results.forEach((result, i) => void expectClose(result, want.results[i] ?? [], 1e-4, `step ${i}`));
        expectClose(got.state, want.state, 1e-4, "at the end");
      });
    }
  });
}

describe("compile", () => {
  it("fuses pointwise calls with each other and with reductions, and drops what nobody reads", async () => {
    const loss = await compile((a: Tensor, b: Tensor) => {
      a.exp().log(); // nobody reads it
      return a.mul(b).add(1).relu().sum();
    });
    const [a, b] = [randn([64]), randn([64])];
    const results = [loss(a, b), loss(a, b), loss(a, b)].map((x) => x.itemSync());
    expect(loss.kernels).toEqual(["rows"]);
    expect(results[2]).toBeCloseTo(results[0] as number, 4);
    expect(results[2]).toBeCloseTo(a.mul(b).add(1).relu().sum().itemSync(), 4);
  });

  it("does not fuse across a write to what was read", async () => {
    const counter = zeros([3]);
    const step = await compile((x: Tensor) => {
      const before = counter.add(x);
      counter.add_(1);
      return before.mul(2);
    });
    const seen: unknown[] = [];
    for (let i = 0; i < 4; i++) seen.push(step(tensor([1, 2, 3])).toArraySync());
    expect(seen).toEqual([0, 1, 2, 3].map((i) => [2 * (i + 1), 2 * (i + 2), 2 * (i + 3)]));
  });

  it("runs random pointwise programs like the functions themselves", async () => {
    type Node = readonly [op: number, a: number, b: number];
    const node = fc.tuple(fc.nat(9), fc.nat(30), fc.nat(30));
    const run = (nodes: readonly Node[], kept: Tensor, x: Tensor, y: Tensor): Tensor[] => {
      const made: Tensor[] = [x, y, kept, kept.t()];
      for (const [op, a, b] of nodes) {
        const [p, q] = [made[a % made.length] as Tensor, made[b % made.length] as Tensor];
        if (op === 0) made.push(p.add(q));
        else if (op === 1) made.push(p.sub(q).mul(0.5));
        else if (op === 2) made.push(p.maximum(q));
        else if (op === 3) made.push(p.tanh());
        else if (op === 4) made.push(p.t().contiguous());
        else if (op === 5) made.push(p.sum(0, { keepdim: true }).mul(0.1).expand([4, 4]));
        else if (op === 6) made.push(softmax(p, 1));
        else if (op === 7) kept.copy_(p.mul(0.5).add(q.mul(0.25)));
        else if (op === 8) kept.narrow(0, 1, 2).add_(q.narrow(0, 0, 2).tanh());
        else made.push(p.gt(q).to("float32"));
      }
      return made.slice(-3).map((z) => z.clone());
    };
    await fc.assert(
      fc.asyncProperty(fc.array(node, { minLength: 1, maxLength: 14 }), fc.nat(1000), async (nodes, seed) => {
        manualSeed(seed);
        const [a, b] = [randn([4, 4]), randn([4, 4])];
        const [own, other] = [a.clone(), a.clone()];
        const compiled = await compile((x: Tensor, y: Tensor) => run(nodes, other, x, y));
        for (let i = 0; i < 4; i++) {
          const x = randn([4, 4]);
          const want = await values(run(nodes, own, x, b));
          expectClose(await values(compiled(x, b)), want, 1e-5, `call ${i}`);
          expectClose(await values([other]), await values([own]), 1e-5, `what is kept, call ${i}`);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("keeps steps for each combination of shapes and of values that are no tensors", async () => {
    const scaled = await compile((x: Tensor, options: { by: number; relu?: boolean }) =>
      options.relu ? x.mul(options.by).relu() : x.mul(options.by),
    );
    const x = tensor([-1, 2]);
    for (let i = 0; i < 3; i++) {
      expect(scaled(x, { by: 2 }).toArraySync()).toEqual([-2, 4]);
      expect(scaled(x, { by: 3 }).toArraySync()).toEqual([-3, 6]);
      expect(scaled(x, { by: 3, relu: true }).toArraySync()).toEqual([0, 6]);
      expect(scaled(tensor([[1]]), { by: 3 }).toArraySync()).toEqual([[3]]);
    }
    expect(scaled.counts).toEqual({ eager: 4, captured: 4, replayed: 4 });
  });

  it("gives each call results of its own, also of what it was given", async () => {
    const twice = await compile((x: Tensor) => ({ same: x, both: [x.mul(2), x.max(0)] as const }));
    const all = [1, 2, 3, 4].map((n) => twice(tensor([n, 0])));
    all.forEach(({ same, both: [double, { values: largest, indices }] }, i) => {
      expect([same, double, largest, indices].map((x) => x.toArraySync())).toEqual([[i + 1, 0], [2 * i + 2, 0], i + 1, 0]);
    });
  });

  it("writes to its arguments as the function does, however they lie and whatever they share", async () => {
    const kept = zeros([2, 2]);
    const add = (x: Tensor, y: Tensor) => {
      const twice = x.mul(2);
      x.add_(1);
      kept.add_(y);
      return twice.add(x);
    };
    const compiled = await compile(add);
    const run = (fn: typeof add) => {
      kept.zero_();
      const seen: unknown[] = [];
      for (let i = 0; i < 4; i++) {
        const [a, b] = [
          tensor([
            [1, i],
            [3, 4],
          ]),
          tensor([
            [0, 0, i, 2],
            [0, 0, 3, 4],
          ]),
        ];
        for (const [x, y] of [
          [a, b.narrow(1, 2, 2)],
          [a.t(), b.narrow(1, 1, 2)],
          [b.narrow(1, 2, 2), a],
          [a, a],
          [a, a.t()],
          [a, kept],
          [kept, a],
        ]) {
          seen.push([fn(x as Tensor, y as Tensor), a, b, kept].map((z) => z.toArraySync()));
        }
      }
      return seen;
    };
    expect(run(compiled)).toEqual(run(add));
    expect(compiled.counts).toEqual({ eager: 17, captured: 1, replayed: 10 });
  });

  it("tells those who look at what it wrote to", async () => {
    const fill = await compile((x: Tensor) => void x.fill_(2));
    for (let i = 0; i < 3; i++) fill(zeros([1]));
    const x = tensor([1]);
    const w = requiresGrad(tensor([3]));
    const loss = w.mul(x).sum();
    fill(x);
    expect(() => loss.backward()).toThrow(/changed in place/);
  });

  it("leaves a module a module", async () => {
    const net = new Net();
    const fast = await compile(net);
    expect(fast).toBeInstanceOf(Net);
    expect([...fast.parameters()]).toEqual([...net.parameters()]);
    expect(fast.eval()).toBe(fast);
    expect(net.training).toBe(false);
    expect(Object.keys(fast.stateDict())).toEqual(Object.keys(net.stateDict()));
    const outer = new Sequential(fast, new ReLU());
    expect(Object.keys(outer.stateDict())).toContain("0.conv.weight");
    const x = randn([2, 1, 8, 8]);
    const want = net(x).toArraySync();
    for (let i = 0; i < 3; i++) expect(fast(x).toArraySync()).toEqual(want);
    expect(fast.counts).toEqual({ eager: 1, captured: 1, replayed: 1 });
  });

  it("refuses to go back through what was changed or used up, and second derivatives", async () => {
    const weight = requiresGrad(tensor([1, 2]));
    const squares = await compile((x: Tensor) => weight.square().mul(x).sum());
    const x = tensor([3, 4]);
    for (let i = 0; i < 2; i++) squares(x);
    const used = squares(x);
    used.backward();
    expect(() => used.backward()).toThrow(/used up/);
    const stale = squares(x);
    noGrad(() => weight.add_(1));
    expect(() => stale.backward()).toThrow(/changed in place/);
    const moved = squares(x);
    x.add_(1);
    expect(() => moved.backward()).toThrow(/changed in place/);
    expect(() => squares(x).backward(null, { createGraph: true })).toThrow(/no second derivative/);
    weight.grad?.zero_();
    squares(x).backward();
    expect(weight.grad?.toArraySync()).toEqual([16, 30]);
  });

  it("is captured anew when a module changes its mode or its dtype, or a parameter is frozen", async () => {
    const model = new Sequential(new Flatten(), new BatchNorm2d(1, { affine: false }));
    const net = new Net();
    const predict = await compile((x: Tensor) => noGrad(() => net(x)));
    const x = randn([2, 1, 8, 8]);
    expect(model.training).toBe(true);
    for (let i = 0; i < 3; i++) predict(x);
    net.eval();
    const want = net(x).toArraySync();
    for (let i = 0; i < 3; i++) expect(predict(x).toArraySync()).toEqual(want);
    net.to("float64");
    expect(predict(x.to("float64")).dtype).toBe("float64");

    const layer = new Linear(2, 2);
    const optimizer = new SGD(layer.parameters(), { lr: 1 });
    const step = await compile((input: Tensor) => {
      optimizer.zeroGrad();
      layer(input).sum().backward();
      optimizer.step();
    });
    for (let i = 0; i < 3; i++) step(randn([3, 2]));
    layer.weight.requiresGrad = false;
    const frozen = layer.weight.toArraySync();
    const bias = layer.bias?.toArraySync();
    for (let i = 0; i < 3; i++) step(randn([3, 2]));
    expect(layer.weight.toArraySync()).toEqual(frozen);
    expect(layer.bias?.toArraySync()).not.toEqual(bias);
  });

  it("follows learning rates and states that are changed from outside", async () => {
    const weight = requiresGrad(zeros([2]));
    const optimizer = new SGD([weight], { lr: 1 });
    const step = await compile((x: Tensor) => {
      optimizer.zeroGrad();
      weight.mul(x).sum().backward();
      optimizer.step();
    });
    const x = tensor([1, 2]);
    for (let i = 0; i < 3; i++) step(x);
    expect(weight.toArraySync()).toEqual([-3, -6]);
    (optimizer.paramGroups[0] as { lr: number }).lr = 0.5;
    noGrad(() => weight.zero_());
    step(x);
    expect(weight.toArraySync()).toEqual([-0.5, -1]);
    expect(weight.grad?.toArraySync()).toEqual([1, 2]);
    weight.grad?.dispose();
    step(x);
    expect(weight.grad?.toArraySync()).toEqual([1, 2]);
    // The function itself, in between.
    optimizer.zeroGrad();
    weight.mul(3).sum().backward();
    expect(weight.grad?.toArraySync()).toEqual([3, 3]);
    step(x);
    expect(weight.grad?.toArraySync()).toEqual([1, 2]);
    expect(weight.toArraySync()).toEqual([-1.5, -3]);
  });

  it("goes back through what a saved tensor was before it ran", async () => {
    const weight = requiresGrad(tensor([1, 2]));
    const step = await compile(() => void noGrad(() => weight.add_(1)));
    for (let i = 0; i < 3; i++) step();
    const loss = weight.square().sum();
    step();
    expect(() => loss.backward()).toThrow(/changed in place/);
  });

  it("runs a function that reads values as it is, and says so once", async () => {
    const said = vi.spyOn(console, "warn").mockImplementation(() => {});
    const peek = await compile(function peek(x: Tensor) {
      return x.sum().itemSync() > 0 ? x : x.neg();
    });
    for (const n of [1, -2, 3, -4]) expect(peek(tensor([n])).itemSync()).toBe(Math.abs(n));
    expect(peek.counts).toEqual({ eager: 3, captured: 1, replayed: 0 });
    expect(said.mock.calls).toEqual([["compile: peek runs as it is, since it reads the values of a tensor"]]);
    said.mockRestore();
  });

  it("takes little memory, and gives it back", async () => {
    const { live } = cpu().memory();
    const deep = await compile((x: Tensor) => {
      let y = x;
      for (let i = 0; i < 20; i++) y = y.matmul(y).mul(0.01);
      return y.sum();
    });
    const x = randn([256, 256]);
    for (let i = 0; i < 4; i++) deep(x);
    // The argument, its copy, and three in turn: not forty.
    expect(cpu().memory().live - live).toBeLessThan(8 * 256 * 256 * 4);
  });

  it("can be profiled, and called within scopes and within itself", async () => {
    const inner = await compile((x: Tensor) => x.matmul(x).relu());
    const outer = await compile((x: Tensor) => inner(x).add(1).sum());
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    for (let i = 0; i < 4; i++) {
      expect(inner(x).toArraySync()).toEqual([
        [7, 10],
        [15, 22],
      ]);
      expect(outer(x).itemSync()).toBe(58);
    }
    expect(outer.kernels).toEqual(["matmul", "rows"]);
    const { rows } = await profile(() => void outer(x));
    expect(rows.map((row) => row.name).sort()).toEqual(["matmul", "sum"]);
  });

  it("refuses what it cannot do before or with the first call", async () => {
    await expect(compile(3 as never)).rejects.toThrow("compile: expected a function, got 3");
    const later = await compile(async (x: Tensor) => x);
    expect(() => later(tensor([1]))).toThrow("compile: the function must not be asynchronous");
    const both = await compile((x: Tensor, _: Tensor) => x);
    expect(() => both(tensor([1]), tensor([1], { device: reference() }))).toThrow(
      "compile: the arguments are on different devices: cpu and reference",
    );
    const count = await compile((x: Tensor) => x.numel() as never);
    count(tensor([1]));
    expect(() => count(tensor([1]))).toThrow("compile: the function must return tensors, alone, in arrays or in plain objects; got 1");
  });

  it("loses nothing when a call fails", async () => {
    const total = zeros([2]);
    const pick = await compile((x: Tensor, index: Tensor) => {
      const some = x.gather(0, index);
      total.add_(some);
      return mseLoss(some, total);
    });
    const x = tensor([1, 2]);
    for (let i = 0; i < 3; i++) pick(x, tensor([0, 1], { dtype: "int32" }));
    expect(() => pick(x, tensor([0, 2], { dtype: "int32" }))).toThrow(/gather/);
    expect(total.toArraySync()).toEqual([3, 6]);
    pick(x, tensor([1, 1], { dtype: "int32" }));
    expect(total.toArraySync()).toEqual([5, 8]);
  });
});
