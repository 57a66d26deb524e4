/** Training on the GPU: the same losses as on the CPU, within rounding, and nothing compiled or created once the first steps are done. */

import { type WebGpuBackend, webgpu } from "@akari/tensor/webgpu";
import { describe, expect, it } from "vitest";
import {
  Adam,
  type Backend,
  BatchNorm2d,
  Conv2d,
  cpu,
  crossEntropy,
  Linear,
  Module,
  manualSeed,
  maxPool2d,
  ones,
  randint,
  randn,
  scope,
  type Tensor,
} from "../src/index.ts";
import { findWebGpu } from "./software-adapter.ts";

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

/** A model and its optimizer on a device, always from the same seed, and the data that it is trained on. */
function start(device: Backend) {
  manualSeed(3);
  const model = new Cnn();
  const x = randn([12, 1, 8, 8]);
  const y = randint(0, 5, [12]);
  model.to(device);
  const optimizer = new Adam(model.parameters(), { lr: 1e-2 });
  const one = ones([], { device });
  return (): Tensor => {
    optimizer.zeroGrad({ setToNone: false });
    // The scope gives back at once what only the forward pass needs; without it the garbage collector would, some steps later.
    const loss = scope(() => crossEntropy(model(x.to(device)), y.to(device)));
    loss.backward(one);
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

  it("follows the CPU's losses for 50 steps", { timeout: 120_000 }, async () => {
    const want = await losses(cpu(), 50);
    const got = await losses(device, 50);
    expect(want[49]).toBeLessThan(0.3 * (want[0] as number));
    got.forEach((loss, i) => {
      expect(Math.abs(loss - (want[i] as number)), `step ${i}: ${loss} and ${want[i]}`).toBeLessThan(2e-3);
    });
  });

  it("submits at most twice a step, and makes nothing new after the third", { timeout: 120_000 }, async () => {
    // A device of its own: what the garbage collector gives back from other tests would make new combinations of buffers.
    const device = await webgpu();
    const step = start(device);
    const read = async (loss: Tensor): Promise<void> => {
      await loss.item();
      loss.dispose();
    };
    for (let i = 0; i < 3; i++) await read(step());
    const before = device.counters;
    const steps = 10;
    for (let i = 0; i < steps; i++) await read(step());
    const { submits, pipelines, bindGroups, launches } = device.counters;
    console.log(`webgpu: ${(launches - before.launches) / steps} launches and ${(submits - before.submits) / steps} submits a step`);
    expect(submits - before.submits).toBeLessThanOrEqual(2 * steps);
    expect(pipelines).toBe(before.pipelines);
    expect(bindGroups).toBe(before.bindGroups);
  });

  it("holds as much memory at the end as early on, whoever frees nothing", { timeout: 120_000 }, async () => {
    const device = await webgpu();
    const model = new Linear(64, 32);
    model.to(device);
    const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
    const total: number[] = [];
    const steps = 400;
    for (let i = 0; i < steps; i++) {
      const x = randn([1024, 64], { device });
      optimizer.zeroGrad();
      const loss = model(x).square().mean();
      loss.backward();
      optimizer.step();
      await loss.item();
      const { live, pooled } = device.memory();
      total.push(live + pooled);
    }
    const [early, late] = [total.slice(0, steps / 2), total.slice(steps / 2)].map((part) => Math.max(...part)) as [number, number];
    console.log(
      `webgpu: at most ${(early / 2 ** 20).toFixed(1)} MiB, later ${(late / 2 ** 20).toFixed(1)} MiB; the inputs alone ${steps / 4} MiB`,
    );
    expect(late).toBeLessThan(1.25 * early);
    expect(late).toBeLessThan(60 << 20);
  });
});
