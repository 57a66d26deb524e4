/** Typical training programs that are compiled by the tests, and give the same results for the same seed. */

import { expect } from "vitest";
import {
  Adam,
  AdamW,
  AvgPool2d,
  arange,
  BatchNorm2d,
  Conv2d,
  cat,
  cdist,
  clipGradNorm_,
  crossEntropy,
  dropout,
  Embedding,
  GELU,
  grad,
  InstanceNorm2d,
  LayerNorm,
  Linear,
  LSTM,
  lerp,
  logsumexp,
  MaxPool2d,
  Module,
  mseLoss,
  noGrad,
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
  softmax,
  Tensor,
  TransformerEncoderLayer,
  Upsample,
  where,
  zeros,
} from "../src/index.ts";

export type Step = (...tensors: Tensor[]) => Tensor | Tensor[];

/** A program: its training step, the state to compare afterward, and new arguments for each step. */
export interface Program {
  readonly step: Step;
  readonly state: () => readonly Tensor[];
  readonly next: (i: number) => Tensor[];
}

export class Net extends Module {
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
  block = new TransformerEncoderLayer(8, 2, {
    dimFeedforward: 16,
    dropout: 0.1,
    activation: "gelu",
    batchFirst: true,
    normFirst: true,
  });
  norm = new LayerNorm(8);
  head = new Linear(8, 11);
  forward(ids: Tensor): Tensor {
    return this.head(this.norm(this.block(this.words(ids).add(this.places(arange(5)))))).flatten(0, 1);
  }
}

/** A U-Net: it reduces an image by averaging, enlarges it by interpolation, and concatenates both. */
class UNet extends Module {
  before = new Conv2d(1, 4, 3, { padding: 1 });
  norm = new InstanceNorm2d(4, { affine: true });
  pool = new AvgPool2d(2);
  within = new Conv2d(4, 4, 3, { padding: 1 });
  larger = new Upsample({ scaleFactor: 2, mode: "bilinear" });
  after = new Conv2d(8, 1, 3, { padding: "same" });
  forward(x: Tensor): Tensor {
    const fine = this.norm(this.before(x)).relu();
    return this.after(cat([fine, this.larger(this.within(this.pool(fine)).sigmoid())], 1));
  }
}

export const programs: Readonly<Record<string, () => Program>> = {
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
  "a CNN with batch normalization and dropout, SGD with momentum, clipped gradients"() {
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
  "an LSTM, two groups, accumulated gradients of two batches"() {
    const model = new Rows();
    const optimizer = new RMSprop([{ params: model.lstm.parameters() }, { params: model.fc.parameters(), lr: 0.1 }], {
      lr: 0.01,
    });
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
  "a transformer, AdamW, averaged weights"() {
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
  "a generator and a discriminator, noise drawn in the step"() {
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
  "a critic with a gradient penalty"() {
    const critic = new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 8), new GELU(), new Linear(8, 1));
    const optimizer = new Adam(critic.parameters(), { lr: 0.01, betas: [0, 0.9] });
    return {
      step(real, made) {
        const between = requiresGrad(lerp(real as Tensor, made as Tensor, rand([5, 1])));
        optimizer.zeroGrad();
        const [slopes] = grad(critic(between).sum(), between, { createGraph: true });
        const penalty = slopes.norm(2, 1).sub(1).square().mean();
        const loss = critic(made as Tensor)
          .mean()
          .sub(critic(real as Tensor).mean())
          .add(penalty.mul(10));
        loss.backward();
        optimizer.step();
        return [loss, penalty];
      },
      state: () => [...critic.parameters()],
      next: () => [randn([5, 4]), randn([5, 4])],
    };
  },
  "an autoencoder with a codebook, whose gradients pass straight through"() {
    const [encoder, decoder, codes] = [new Linear(6, 4), new Linear(4, 6), new Embedding(8, 4)];
    const all = [encoder, decoder, codes].flatMap((module) => module.parameters());
    const optimizer = new Adam(all, { lr: 0.01, amsgrad: true });
    return {
      step(x) {
        const z = encoder(x as Tensor);
        const nearest = cdist(z, codes.weight).argmin(1);
        const code = codes(nearest);
        const used = zeros([5, 8]).scatter(1, nearest.unsqueeze(1), 1).mean(0);
        const y = decoder(z.add(code.sub(z).detach()));
        optimizer.zeroGrad();
        const loss = mseLoss(y, x as Tensor)
          .add(mseLoss(code, z.detach()))
          .add(mseLoss(z, code.detach()).mul(0.25));
        loss.backward();
        optimizer.step();
        return [loss, used];
      },
      state: () => all,
      next: () => [randn([5, 6])],
    };
  },
  "a conditional random field and its most likely path"() {
    const [emit, moves] = [new Linear(4, 3), requiresGrad(randn([3, 3]))];
    const all = [...emit.parameters(), moves];
    const optimizer = new SGD(all, { lr: 0.1 });
    return {
      step(x, tags, mask) {
        const [scores, path] = [emit(x as Tensor), (tags as Tensor).unbind()]; // [5, 2, 3], 5 times [2]
        let total = scores.get(0);
        let best = total.detach();
        let chosen = total.gather(1, path[0]?.unsqueeze(1) as Tensor).squeeze(1);
        const from: Tensor[] = [];
        for (let i = 1; i < 5; i++) {
          const [score, tag, on] = [scores.get(i), path[i] as Tensor, (mask as Tensor).get(i)];
          const move = moves.get(path[i - 1] as Tensor, tag).add(score.gather(1, tag.unsqueeze(1)).squeeze(1));
          chosen = chosen.add(move.mul(on));
          const next = logsumexp(total.unsqueeze(2).add(moves).add(score.unsqueeze(1)), 1);
          total = where(on.unsqueeze(1), next, total);
          const [value, index] = best.unsqueeze(2).add(moves.detach()).max(1);
          best = value.add(score.detach());
          from.push(index);
        }
        optimizer.zeroGrad();
        const loss = logsumexp(total, 1).sub(chosen).mean();
        loss.backward();
        optimizer.step();
        const last = from.reduceRight((tag, index) => index.gather(1, tag), best.argmax(1, { keepdim: true }));
        return [loss, last];
      },
      state: () => all,
      next: () => [randn([5, 2, 4]), randint(3, [5, 2]), rand([5, 2]).lt(0.8)],
    };
  },
  "a U-Net, AdamW"() {
    const model = new UNet();
    const optimizer = new AdamW(model.parameters(), { lr: 0.01 });
    return {
      step(x) {
        optimizer.zeroGrad();
        const loss = mseLoss(model((x as Tensor).add(randn([2, 1, 6, 6]).mul(0.1))), x as Tensor);
        loss.backward();
        optimizer.step();
        return loss;
      },
      state: () => [...model.parameters()],
      next: () => [rand([2, 1, 6, 6])],
    };
  },
  "a graph network with messages between nodes"() {
    const [first, second] = [new Linear(5, 8), new Linear(8, 3)];
    const all = [...first.parameters(), ...second.parameters()];
    const optimizer = new SGD(all, { lr: 0.1 });
    return {
      step(x, from, to, y) {
        const spread = (nodes: Tensor) =>
          zeros(nodes.shape).indexAdd(0, to as Tensor, nodes.indexSelect(0, from as Tensor));
        optimizer.zeroGrad();
        const loss = crossEntropy(second(spread(first(spread(x as Tensor)).relu())), y as Tensor);
        loss.backward();
        optimizer.step();
        return loss;
      },
      state: () => all,
      next: () => [randn([6, 5]), randint(6, [12]), randint(6, [12]), randint(3, [6])],
    };
  },
  "a gradient with respect to the input, and an update by hand"() {
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
  "numbers from many distributions, written through views"() {
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

/** Programs whose compiled part is a model, a part of one, or a function, with the backward pass outside it. */
export const parts: Readonly<
  Record<
    string,
    (
      wrap: <Args extends readonly unknown[], R>(fn: (...args: Args) => R) => Promise<(...args: Args) => R>,
    ) => Promise<Program>
  >
> = {
  async "a model, with the backward pass outside"(wrap) {
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
  async "a part of a model: gradients flow through it and around it"(wrap) {
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
  async "two forward passes, then partial backward passes in reverse order"(wrap) {
    const weight = requiresGrad(randn([3, 3]));
    const forward = await wrap((x: Tensor) => ({
      product: x.matmul(weight).sigmoid(),
      sum: weight.mul(x).exp().sum(),
      plain: x.mul(2),
    }));
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
  async "a discriminator in a generator's loss"(wrap) {
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

export const list = (result: Tensor | Tensor[]): Tensor[] => (result instanceof Tensor ? [result] : result);
export const values = (tensors: readonly Tensor[]) => Promise.all(tensors.map(async (x) => [...(await x.data())]));

export function expectClose(
  got: readonly (readonly number[])[],
  want: readonly (readonly number[])[],
  tolerance: number,
  what: string,
): void {
  expect(got.length).toBe(want.length);
  got.forEach((row, i) => {
    row.forEach((value, k) => {
      const wanted = want[i]?.[k] as number;
      expect(
        Math.abs(value - wanted),
        `${what}, tensor ${i}, element ${k}: ${value} and ${wanted}`,
      ).toBeLessThanOrEqual(tolerance * (1 + Math.abs(wanted)));
    });
  });
}
