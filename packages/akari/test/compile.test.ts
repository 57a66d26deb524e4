/** The behavior of compiled functions beyond their results: fusion, captured steps, errors and memory. */

import { reference } from "@akari/tensor/reference";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import {
  BatchNorm2d,
  bernoulli,
  compile,
  cpu,
  Flatten,
  Linear,
  manualSeed,
  mseLoss,
  noGrad,
  perform,
  profile,
  ReLU,
  randn,
  requiresGrad,
  Sequential,
  SGD,
  softmax,
  type Tensor,
  tensor,
  zeros,
} from "../src/index.ts";
import { expectClose, Net, values } from "./programs.ts";

describe("compile", () => {
  it("uses the probabilities of each call for random draws, whether given or computed", async () => {
    const draw = await compile((p: Tensor) => [bernoulli(p), bernoulli(p.sub(0.5).mul(1000).sigmoid().T)] as const);
    for (let i = 0; i < 5; i++) {
      const p = [
        [i % 2, 1],
        [0, (i + 1) % 2],
      ];
      const [given, computed] = draw(tensor(p));
      expect(given.toArraySync()).toEqual(p);
      expect(computed.T.toArraySync()).toEqual(p);
    }
  });

  it("fuses pointwise calls with each other and with reductions, and omits unused calls", async () => {
    const loss = await compile((a: Tensor, b: Tensor) => {
      a.exp().log(); // unused
      return a.mul(b).add(1).relu().sum();
    });
    const [a, b] = [randn([64]), randn([64])];
    const results = [loss(a, b), loss(a, b), loss(a, b)].map((x) => x.itemSync());
    expect(loss.kernels).toEqual(["rows"]);
    expect(results[2]).toBeCloseTo(results[0] as number, 4);
    expect(results[2]).toBeCloseTo(a.mul(b).add(1).relu().sum().itemSync(), 4);
  });

  it("does not fuse across a write to a tensor that was read", async () => {
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

  it("gives the same results for random pointwise programs as the functions themselves", async () => {
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

  it("distinguishes numbers from bigints", async () => {
    const scale = await compile((x: Tensor, by: number | bigint) => x.mul(typeof by === "bigint" ? 10 : 1));
    for (let i = 0; i < 3; i++) expect(scale(tensor([2]), 1).itemSync()).toBe(2);
    expect(scale(tensor([2]), 1n).itemSync()).toBe(20);
  });

  it("distinguishes symbols of the same description", async () => {
    const [once, twice] = [Symbol("times"), Symbol("times")];
    const compiled = await compile((x: Tensor, times: symbol) => x.mul(times === once ? 1 : 2));
    const run = (times: symbol) => compiled(tensor([3]), times).toArraySync();
    expect([once, once, twice, once, twice, once].map(run)).toEqual([[3], [3], [6], [3], [6], [3]]);
    expect(compiled.counts).toEqual({ eager: 2, captured: 2, replayed: 2 });
  });

  it("keeps steps for each combination of shapes and non-tensor values", async () => {
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

  it("returns new tensors from each call, also for arguments that are returned", async () => {
    const twice = await compile((x: Tensor) => ({ same: x, both: [x.mul(2), x.max(0)] as const }));
    const all = [1, 2, 3, 4].map((n) => twice(tensor([n, 0])));
    all.forEach(({ same, both: [double, { values: largest, indices }] }, i) => {
      expect([same, double, largest, indices].map((x) => x.toArraySync())).toEqual([
        [i + 1, 0],
        [2 * i + 2, 0],
        i + 1,
        0,
      ]);
    });
  });

  it("writes to its arguments like the function, in any layout and with any sharing", async () => {
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

  it("sees what it writes to one argument in the others that share its memory, in every call", async () => {
    const add = (x: Tensor, y: Tensor) => {
      x.add_(1);
      return y.mul(2);
    };
    const compiled = await compile(add);
    const x = tensor([1, 2]);
    const results = Array.from({ length: 4 }, () => compiled(x, x).toArraySync());
    expect(results).toEqual([
      [4, 6],
      [6, 8],
      [8, 10],
      [10, 12],
    ]);
    expect(compiled(zeros([2]), x).toArraySync()).toEqual([10, 12]);
    expect(compiled(zeros([2]), x).toArraySync()).toEqual([10, 12]);
    expect(compiled.counts).toEqual({ eager: 4, captured: 1, replayed: 1 });
    // Arguments that are only read may share memory.
    const square = await compile((a: Tensor, b: Tensor) => a.mul(b));
    for (let i = 0; i < 3; i++) expect(square(x, x).toArraySync()).toEqual([25, 36]);
    expect(square.counts).toEqual({ eager: 1, captured: 1, replayed: 1 });
  });

  it("writes to an argument whose memory it also uses directly", async () => {
    const weight = tensor([1, 2]);
    const step = await compile((x: Tensor) => {
      const before = weight.mul(2);
      x.add_(1);
      return before.add(0.5);
    });
    for (let i = 0; i < 3; i++) expect(step(zeros([2])).toArraySync()).toEqual([2.5, 4.5]);
    expect(step(weight).toArraySync()).toEqual([2.5, 4.5]);
    expect(weight.toArraySync()).toEqual([2, 3]);
    const both = (x: Tensor) => {
      x.add_(1);
      const before = weight.mul(2);
      weight.mul_(3);
      const after = x.add(0.5);
      x.sub_(1);
      perform(() => void weight.add_(1));
      weight.mul_(1);
      return [before, after] as const;
    };
    const run = (fn: typeof both) => {
      weight.copy_(tensor([1, 2]));
      return [weight, weight, zeros([2]), weight, zeros([2]), weight.narrow(0, 1, 1)].flatMap((x) =>
        [...fn(x), x, weight].map((y) => y.toArraySync()),
      );
    };
    const compiled = await compile(both);
    expect(run(compiled)).toEqual(run(both));
    expect(compiled.counts).toEqual({ eager: 3, captured: 1, replayed: 2 });
  });

  it("marks arguments that it writes to as changed", async () => {
    const fill = await compile((x: Tensor) => void x.fill_(2));
    for (let i = 0; i < 3; i++) fill(zeros([1]));
    const x = tensor([1]);
    const w = requiresGrad(tensor([3]));
    const loss = w.mul(x).sum();
    fill(x);
    expect(() => loss.backward()).toThrow(/changed in place/);
  });

  it("returns a module for a module", async () => {
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

  it("rejects backward passes after changes, repeated ones, and second derivatives", async () => {
    const weight = requiresGrad(tensor([1, 2]));
    const squares = await compile((x: Tensor) => weight.square().mul(x).sum());
    const x = tensor([3, 4]);
    for (let i = 0; i < 2; i++) squares(x);
    const used = squares(x);
    used.backward();
    expect(() => used.backward()).toThrow(/freed by an earlier backward pass/);
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

  it("captures again when a module changes its mode or dtype, or a parameter is frozen", async () => {
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

  it("uses learning rates and states that are changed between calls", async () => {
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
    // The function itself runs in between.
    optimizer.zeroGrad();
    weight.mul(3).sum().backward();
    expect(weight.grad?.toArraySync()).toEqual([3, 3]);
    step(x);
    expect(weight.grad?.toArraySync()).toEqual([1, 2]);
    expect(weight.toArraySync()).toEqual([-1.5, -3]);
  });

  it("marks captured tensors that it writes to as changed", async () => {
    const weight = requiresGrad(tensor([1, 2]));
    const step = await compile(() => void noGrad(() => weight.add_(1)));
    for (let i = 0; i < 3; i++) step();
    const loss = weight.square().sum();
    step();
    expect(() => loss.backward()).toThrow(/changed in place/);
  });

  it("does not compile a function that reads values, and prints one warning", async () => {
    const said = vi.spyOn(console, "warn").mockImplementation(() => {});
    const peek = await compile(function peek(x: Tensor) {
      return x.sum().itemSync() > 0 ? x : x.neg();
    });
    for (const n of [1, -2, 3, -4]) expect(peek(tensor([n])).itemSync()).toBe(Math.abs(n));
    expect(peek.counts).toEqual({ eager: 3, captured: 1, replayed: 0 });
    expect(said.mock.calls).toEqual([["compile: peek is not compiled: it reads the values of a tensor"]]);
    said.mockRestore();
  });

  it("does not compile a function that uses its earlier results, and suggests a change", async () => {
    const said = vi.spyOn(console, "warn").mockImplementation(() => {});
    let hidden = tensor([0]);
    const forgetful = await compile(function recall(x: Tensor) {
      hidden = hidden.mul(0.5).add(x);
      return hidden;
    });
    expect([1, 2, 3, 4, 5].map((n) => forgetful(tensor([n])).itemSync())).toEqual([1, 2.5, 4.25, 6.125, 8.0625]);
    expect(said.mock.calls).toEqual([
      ["compile: recall is not compiled: it uses an earlier result of its own; pass it as an argument"],
    ]);
    said.mockRestore();
    const step = await compile((x: Tensor, state: Tensor) => state.mul(0.5).add(x));
    let state = tensor([0]);
    for (const n of [1, 2, 3, 4, 5]) state = step(tensor([n]), state);
    expect(state.itemSync()).toBe(8.0625);
    expect(step.counts.replayed).toBe(3);
  });

  it("uses little memory, and frees it", async () => {
    const { live } = cpu().memory();
    const deep = await compile((x: Tensor) => {
      let y = x;
      for (let i = 0; i < 20; i++) y = y.matmul(y).mul(0.01);
      return y.sum();
    });
    const x = randn([256, 256]);
    for (let i = 0; i < 4; i++) deep(x);
    // The argument, its copy, and three buffers in turn instead of forty.
    expect(cpu().memory().live - live).toBeLessThan(8 * 256 * 256 * 4);
  });

  it("can be profiled, and called in scopes and in compiled functions", async () => {
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

  it("rejects invalid arguments before or in the first call", async () => {
    await expect(compile(3 as never)).rejects.toThrow("compile: expected a function, got 3");
    const later = await compile(async (x: Tensor) => x);
    expect(() => later(tensor([1]))).toThrow("compile: the function must not be asynchronous");
    const both = await compile((x: Tensor, _: Tensor) => x);
    expect(() => both(tensor([1]), tensor([1], { device: reference() }))).toThrow(
      "compile: the arguments are on different devices: cpu and reference",
    );
    const count = await compile((x: Tensor) => x.numel() as never);
    count(tensor([1]));
    expect(() => count(tensor([1]))).toThrow(
      "compile: the function must return tensors, alone, in arrays or in plain objects; got 1",
    );
  });

  it("keeps all values when a call fails", async () => {
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
