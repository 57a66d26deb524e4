/** Training in a page: the losses on the GPU equal those on the CPU within rounding, and memory stays constant. */

import { webgpu } from "@akari/tensor/webgpu";
import { describe, expect, it } from "vitest";
import {
  Adam,
  type Backend,
  Conv2d,
  cpu,
  crossEntropy,
  Flatten,
  Linear,
  MaxPool2d,
  manualSeed,
  ReLU,
  rand,
  randint,
  randn,
  Sequential,
  type Tensor,
} from "../src/index.ts";

/** Creates a model on a device, and returns a function that trains it by one step, with fixed weights and data. */
function start(device: Backend): () => Tensor {
  manualSeed(3);
  const model = new Sequential(
    new Conv2d(1, 4, 3, { padding: 1 }),
    new ReLU(),
    new MaxPool2d(2),
    new Flatten(),
    new Linear(64, 16),
    new ReLU(),
    new Linear(16, 5),
  );
  const [x, y] = [randn([12, 1, 8, 8]).to(device), randint(0, 5, [12]).to(device)];
  model.to(device);
  const optimizer = new Adam(model.parameters(), { lr: 1e-2 });
  return () => {
    optimizer.zeroGrad();
    const loss = crossEntropy(model(x), y);
    loss.backward();
    optimizer.step();
    return loss.detach();
  };
}

async function losses(device: Backend, steps: number): Promise<number[]> {
  const step = start(device);
  const found: number[] = [];
  for (let i = 0; i < steps; i++) found.push(await step().item());
  return found;
}

describe("training in a page", () => {
  it("on webgpu gives the CPU's losses for 50 steps", async () => {
    const want = await losses(cpu(), 50);
    const got = await losses(await webgpu(), 50);
    expect(want[49]).toBeLessThan(0.3 * (want[0] as number));
    got.forEach((loss, i) => {
      expect(Math.abs(loss - (want[i] as number)), `step ${i}: ${loss} and ${want[i]}`).toBeLessThan(2e-3);
    });
  });

  it("on webgpu uses constant memory over 5,000 steps without manual freeing", { timeout: 240_000 }, async () => {
    const device = await webgpu();
    const model = new Linear(64, 8).to(device);
    const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
    const most = [0, 0];
    for (let i = 0; i < 5000; i++) {
      const x = rand([64, 64], { device });
      optimizer.zeroGrad();
      const loss = model(x).square().mean();
      loss.backward();
      optimizer.step();
      if (i % 10 === 0) await loss.item();
      const { live, pooled } = device.memory();
      const half = i < 2500 ? 0 : 1;
      most[half] = Math.max(most[half] as number, (live + pooled) / 2 ** 20);
    }
    console.log(
      `webgpu in a page: at most ${most.join(" and later ")} MiB; the inputs alone ${(5000 / 64).toFixed()} MiB`,
    );
    expect(most[1]).toBeLessThanOrEqual(32);
  });

  it("on webgpu submits at most twice per step, and creates nothing after the third step", async () => {
    const device = await webgpu();
    const step = start(device);
    for (let i = 0; i < 3; i++) await step().item();
    const before = device.counters;
    for (let i = 0; i < 20; i++) await step().item();
    const { submits, pipelines, bindGroups } = device.counters;
    expect(submits - before.submits).toBeLessThanOrEqual(2 * 20);
    expect([pipelines, bindGroups]).toEqual([before.pipelines, before.bindGroups]);
  });
});
