/**
 * Training on the GPU: the losses equal those on the CPU within rounding, and nothing is compiled or created after the
 * first steps.
 */

import { type WebGpuBackend, webgpu } from "@akari/tensor/webgpu";
import { describe, expect, it } from "vitest";
import { findWebGpu } from "../../tensor/test/backends/software-adapter.ts";
import {
  Adam,
  arange,
  type Backend,
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  cholesky,
  compile,
  cpu,
  crossEntropy,
  deepcopy,
  det,
  embedding,
  Generator,
  histc,
  inv,
  LBFGS,
  Linear,
  Module,
  manualSeed,
  maxPool2d,
  multinomial,
  nn,
  rand,
  randint,
  randn,
  requiresGrad,
  searchsorted,
  type Tensor,
  tensor,
  uniqueConsecutive,
  zeros,
} from "../src/index.ts";
import { AveragedModel, getEmaAvgFn, updateBn } from "../src/swa.ts";

class Cnn extends Module {
  conv = new Conv2d(1, 4, 3, { padding: 1 });
  norm = new BatchNorm2d(4);
  fc1 = new Linear(64, 16);
  fc2 = new Linear(16, 5);

  forward(x: Tensor): Tensor {
    const y = maxPool2d(this.norm(this.conv(x)).relu(), 2);
    return this.fc2(this.fc1(y.flatten(1)).tanh());
  }
}

const { device: found, reason } = await findWebGpu();

/**
 * Creates a model, its optimizer and its data on a device, from a fixed seed, in the usual way, and returns a function
 * that trains by one step.
 */
function start(device: Backend) {
  manualSeed(3);
  const model = new Cnn();
  const x = randn([12, 1, 8, 8]);
  const y = randint(0, 5, [12]);
  model.to(device);
  const optimizer = new Adam(model.parameters(), { lr: 1e-2 });
  return (batch = 12): Tensor => {
    optimizer.zeroGrad();
    const loss = crossEntropy(model(x.narrow(0, 0, batch).to(device)), y.narrow(0, 0, batch).to(device));
    loss.backward();
    optimizer.step();
    return loss;
  };
}

async function losses(device: Backend, steps: number): Promise<number[]> {
  const step = start(device);
  const found: number[] = [];
  for (let i = 0; i < steps; i++) found.push(await step().item());
  return found;
}

describe.skipIf(found === null)(`training on webgpu${reason && ` (skipped: ${reason})`}`, () => {
  const device = found as WebGpuBackend; // safe: skipped otherwise

  it("gives the CPU's losses for 50 steps", { timeout: 120_000 }, async () => {
    const want = await losses(cpu(), 50);
    const got = await losses(device, 50);
    expect(want[49]).toBeLessThan(0.3 * (want[0] as number));
    got.forEach((loss, i) => {
      expect(Math.abs(loss - (want[i] as number)), `step ${i}: ${loss} and ${want[i]}`).toBeLessThan(2e-3);
    });
  });

  it("submits at most twice per step, and creates nothing after the third step", { timeout: 120_000 }, async () => {
    const step = start(device);
    for (let i = 0; i < 3; i++) await step().item();
    const before = device.counters;
    const steps = 40;
    for (let i = 0; i < steps; i++) await step().item();
    const { submits, pipelines, bindGroups, launches } = device.counters;
    console.log(
      `webgpu: ${(launches - before.launches) / steps} launches and ${(submits - before.submits) / steps} submits a step`,
    );
    expect(submits - before.submits).toBeLessThanOrEqual(2 * steps);
    expect(pipelines).toBe(before.pipelines);
    expect(bindGroups).toBe(before.bindGroups);
  });

  it("compiles nothing for other batch sizes", { timeout: 120_000 }, async () => {
    const step = start(device);
    await step().item();
    await step(11).item();
    const { pipelines } = device.counters;
    for (const batch of [10, 9, 7, 5]) await step(batch).item();
    expect(device.counters.pipelines).toBe(pipelines);
  });

  it("uses constant memory over 5,000 steps without manual freeing", { timeout: 240_000 }, async () => {
    const device = await webgpu();
    const early = await mostHeld(device, 1000);
    const late = await mostHeld(device, 4000);
    console.log(
      `webgpu: at most ${early} MiB in the first 1,000 steps, ${late} MiB later; the inputs alone ${5000 / 64} MiB`,
    );
    expect(late).toBeLessThanOrEqual(32);
  });
});

describe.skipIf(found === null)(`copies and averages of a model on webgpu${reason && ` (skipped: ${reason})`}`, () => {
  const device = found as WebGpuBackend; // safe: skipped otherwise

  it("give the same results as on the CPU, with and without compilation", { timeout: 120_000 }, async () => {
    const run = async (where: Backend, compiled: boolean): Promise<number[]> => {
      manualSeed(3);
      const model = new nn.Sequential(new Linear(3, 4), new BatchNorm1d(4), new Linear(4, 1)).to(where);
      const averaged = new AveragedModel(model, { avgFn: getEmaAvgFn(0.5) });
      expect(averaged.module.parameters().every((own) => own.device === where)).toBe(true);
      const optimizer = new Adam(model.parameters(), { lr: 0.1 });
      const plain = (x: Tensor): Tensor => {
        optimizer.zeroGrad();
        const loss = model(x).pow(2).mean();
        loss.backward();
        optimizer.step();
        averaged.updateParameters(model);
        return loss;
      };
      const step = compiled ? await compile(plain) : plain;
      const batches = Array.from({ length: 3 }, (_, i) => arange(12).add(i).sin().reshape(4, 3).to(where));
      for (const x of batches) await step(x);
      await updateBn(batches, averaged);
      return Array.from(
        await deepcopy(averaged)
          .eval()(batches[0] as Tensor)
          .flatten()
          .data(),
      );
    };
    const expected = await run(cpu(), false);
    for (const compiled of [false, true])
      for (const [i, value] of (await run(device, compiled)).entries())
        expect(value).toBeCloseTo(expected[i] as number, 4);
  });
});

describe.skipIf(found === null)(`synchronous reads on webgpu${reason && ` (skipped: ${reason})`}`, () => {
  const device = found as WebGpuBackend; // safe: skipped otherwise
  const on = (data: number[]): Tensor => tensor(data, { device });

  it("use a prefetched tensor until it is written to", async () => {
    const x = on([3, 0, -1, 5]);
    expect(() => x.gt(0).nonzero()).toThrow(/webgpu can only be read asynchronously.*await x.prefetch\(\)/);
    const mask = await x.gt(0).prefetch();
    expect(await x.get(mask).toArray()).toEqual([3, 5]);
    expect(await mask.nonzero().toArray()).toEqual([[0], [3]]);
    expect(`${mask}`).toBe("tensor([ True, False, False,  True], device='webgpu')");
    await x.prefetch();
    expect(x.slice(0, 1, 4, 2).toArraySync()).toEqual([0, 5]);
    x.add_(1);
    expect(() => x.toArraySync()).toThrow(/prefetch/);
    expect((await x.prefetch()).toArraySync()).toEqual([4, 1, 0, 6]);
    // In any layout.
    const table = await on([1, 2, 1, 2]).reshape([2, 2]).t().prefetch();
    expect((await uniqueConsecutive(table).prefetch()).toArraySync()).toEqual([1, 2]);
  });

  it("are possible after moving to the CPU, and gradients flow back", async () => {
    const x = requiresGrad(on([1, 2]));
    const y = await x.mul(3).cpu();
    expect([y.device.name, y.toArraySync()]).toEqual(["cpu", [3, 6]]);
    y.sum().backward();
    expect(await x.grad?.toArray()).toEqual([3, 3]);
    expect(await y.cpu()).toBe(y);
  });

  it("print the edges of a large prefetched tensor", async () => {
    const x = arange(2000).to(device);
    expect(`${x}`).toBe("tensor(shape=[2000], dtype=int32, device='webgpu')");
    await x.prefetch();
    expect(`${x}`).toBe("tensor([   0,    1,    2,  ..., 1997, 1998, 1999], device='webgpu')");
  });

  it("report an index out of range, at which nothing was written", async () => {
    const table = on([1, 2, 3, 4]).reshape([2, 2]);
    const other = on([7, 7, 7, 7]);
    const found = embedding(tensor([0, 9], { dtype: "int32", device }), table);
    table.indexFill_(0, tensor([100], { dtype: "int32", device }), -1);
    await expect(found.data()).rejects.toThrow("embedding: index 9 is out of range for dimension 0 of size 2");
    expect(await other.toArray()).toEqual([7, 7, 7, 7]);
    expect(await table.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it("are not needed for averages of batch statistics without a momentum", async () => {
    const x = randn([8, 3], { generator: new Generator(1) });
    const stats = async (device: Backend): Promise<unknown> => {
      const norm = new BatchNorm1d(3, { momentum: null }).to(device);
      for (const k of [1, 2, 3]) norm(x.mul(k).to(device));
      return [await norm.runningMean?.toArray(), await norm.runningVar?.toArray()];
    };
    const [want, got] = [(await stats(cpu())) as number[][], (await stats(device)) as number[][]];
    want.flat().forEach((value, i) => void expect(got.flat()[i]).toBeCloseTo(value, 5));
  });

  it("are not needed by L-BFGS", async () => {
    const x = requiresGrad(on([-1, 2]));
    const optimizer = new LBFGS([x], { lineSearchFn: "strong_wolfe" });
    const closure = (): Tensor => {
      optimizer.zeroGrad();
      const loss = x
        .sub(on([3, -1]))
        .square()
        .mul(on([1, 10]))
        .sum();
      loss.backward();
      return loss;
    };
    expect(() => optimizer.step(closure)).toThrow(
      /LBFGS: webgpu can only be read asynchronously; use await optimizer.stepAsync/,
    );
    const first = await optimizer.stepAsync(closure);
    expect(await first.item()).toBeCloseTo(106, 3);
    const [a, b] = (await x.toArray()) as number[];
    expect(a).toBeCloseTo(3, 3);
    expect(b).toBeCloseTo(-1, 3);
  });

  it("are not needed for searches, counts and weighted draws", async () => {
    const edges = on([1, 2, 4, 8]);
    expect(await searchsorted(edges, on([0, 1, 3, 8, 9, Number.NaN])).toArray()).toEqual([0, 0, 2, 3, 4, 4]);
    expect(await searchsorted(edges, on([1, 8]), { right: true }).toArray()).toEqual([1, 4]);
    expect(await histc(on([1, 2, 1, 9]), { bins: 4, min: 0, max: 3 }).toArray()).toEqual([0, 2, 1, 0]);
    expect(await histc(on([1, 2, 2, 5]), { bins: 4 }).toArray()).toEqual([1, 2, 0, 1]);
    const counts = histc(multinomial(on([0, 1, 3]), 400, { replacement: true }).to("float32"), {
      bins: 3,
      min: 0,
      max: 2,
    });
    const [never, some, often] = (await counts.toArray()) as [number, number, number];
    expect(never).toBe(0);
    expect(some).toBeGreaterThan(60);
    expect(some).toBeLessThan(140);
    expect(some + often).toBe(400);
    const x = on([1, 2, 3, 4]);
    expect(await x.maskedScatter(x.gt(2), on([8, 9])).toArray()).toEqual([1, 2, 8, 9]);
    expect(((await multinomial(on([1, 0, 5]), 2).toArray()) as number[]).sort()).toEqual([0, 2]);
    await expect(multinomial(on([1, Number.NaN]), 1).data()).rejects.toThrow(
      /multinomial: weights must be finite and not negative, got NaN/,
    );
  });

  it("are not needed for an adaptive softmax, which gives the same as on the CPU", async () => {
    const layer = new nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 10], { divValue: 2 });
    const x = randn([5, 8], { generator: new Generator(3) });
    const target = tensor([0, 19, 7, 3, 4], { dtype: "int32" });
    const run = async (where: Backend): Promise<readonly number[]> => {
      layer.to(where).zeroGrad();
      const { output, loss } = layer(x.to(where), target.to(where));
      loss.backward();
      const grads = layer.parameters().map((parameter) => (parameter.grad as Tensor).data());
      return (await Promise.all([output.data(), ...grads])).flatMap((values) => [...values]);
    };
    const [want, got] = [await run(cpu()), await run(device)];
    expect(got).toHaveLength(want.length);
    want.forEach((value, i) => void expect(got[i]).toBeCloseTo(value, 5));
    await expect(layer(x.to(device), target.add(1).to(device)).loss.item()).rejects.toThrow(
      /targets must be from 0 to 19, got 20/,
    );
  });

  it("are not needed to continue from the saved state of an optimizer", async () => {
    const weight = requiresGrad(on([1, 2, 3]));
    const [one, other] = [0, 1].map(() => new Adam([weight], { lr: 0.1 })) as [Adam, Adam];
    weight.square().sum().backward();
    one.step();
    other.loadStateDict(one.stateDict());
    const before = await weight.toArray();
    one.step();
    const after = await weight.toArray();
    weight.setData(on(before as number[]));
    other.step();
    expect(await weight.toArray()).toEqual(after);
  });

  it("are not needed to solve systems, and report singular ones", async () => {
    const a = tensor([
      [0, 2, 1],
      [1, -1, 0],
      [3, 1, 4],
    ]).to(device);
    const inverse = await inv(a).matmul(a).data();
    inverse.forEach((value, i) => void expect(value).toBeCloseTo(i % 4 === 0 ? 1 : 0, 5));
    expect(await det(a).item()).toBeCloseTo(-4, 4);
    await expect(inv(zeros([2, 2], { device })).data()).rejects.toThrow(/inv: the matrix is singular/);
    await expect(cholesky(a).data()).rejects.toThrow(/cholesky: the matrix is not positive definite/);
  });
});

/** Trains for some steps with new data in each, and returns the peak memory, in use or in reserve, in MiB. */
async function mostHeld(device: Backend, steps: number): Promise<number> {
  const model = new Linear(64, 8).to(device);
  const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
  let most = 0;
  for (let i = 0; i < steps; i++) {
    const x = rand([64, 64], { device });
    optimizer.zeroGrad();
    const loss = model(x).square().mean();
    loss.backward();
    optimizer.step();
    if (i % 10 === 0) await loss.item();
    const { live, pooled } = device.memory();
    most = Math.max(most, (live + pooled) / 2 ** 20);
  }
  return most;
}
