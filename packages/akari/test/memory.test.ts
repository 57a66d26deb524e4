/**
 * Memory without manual freeing: over thousands of training steps, the memory in use and the memory kept in reserve
 * stay constant.
 */

import { describe, expect, it } from "vitest";
import { Adam, cpu, crossEntropy, Linear, Module, randint, randn, relu, type Tensor } from "../src/index.ts";

class Mlp extends Module {
  fc1 = new Linear(256, 128);
  fc2 = new Linear(128, 10);

  forward(x: Tensor): Tensor {
    return this.fc2(relu(this.fc1(x)));
  }
}

describe("memory", () => {
  it("stays constant over 10,000 training steps", { timeout: 240_000 }, async () => {
    const model = new Mlp();
    const optimizer = new Adam(model.parameters(), { lr: 1e-4 });
    const samples: { step: number; live: number; pooled: number }[] = [];
    let handedOut = 0;
    for (let step = 1; step <= 10_000; step++) {
      // New data in each step, as from a loader.
      const x = randn([64, 256]);
      const y = randint(0, 10, [64]);
      optimizer.zeroGrad();
      const loss = crossEntropy(model(x), y);
      loss.backward();
      optimizer.step();
      handedOut += x.numel() * 4;
      await loss.item();
      if (step % 500 === 0) samples.push({ step, ...cpu().memory() });
    }
    const total = ({ live, pooled }: { live: number; pooled: number }) => live + pooled;
    const firstHalf = Math.max(...samples.slice(0, 10).map(total));
    const secondHalf = Math.max(...samples.slice(10).map(total));
    const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
    console.log(
      `memory after ${samples.map(({ step }) => step).join(", ")} steps: ${samples.map((s) => mib(total(s))).join(", ")} MiB; inputs alone ${mib(handedOut)} MiB`,
    );
    // If nothing were freed, the inputs alone would need more than this.
    expect(handedOut).toBeGreaterThan(600 * 2 ** 20);
    expect(secondHalf).toBeLessThan(400 * 2 ** 20);
    // A late garbage collection may let the reserve grow once, but it must not grow with the number of steps.
    expect(secondHalf).toBeLessThan(firstHalf + 80 * 2 ** 20);
  });

  it("is freed in a loop without await as well", { timeout: 240_000 }, () => {
    const model = new Mlp();
    const optimizer = new Adam(model.parameters(), { lr: 1e-4 });
    const y = randint(0, 10, [512]);
    let handedOut = 0;
    let most = 0;
    for (let step = 0; step < 4500; step++) {
      const x = randn([512, 256]);
      handedOut += x.numel() * 4;
      optimizer.zeroGrad();
      const loss = crossEntropy(model(x), y);
      loss.backward();
      optimizer.step();
      loss.itemSync();
      const { live, pooled } = cpu().memory();
      most = Math.max(most, live + pooled);
    }
    console.log(
      `memory without an await: at most ${(most / 2 ** 20).toFixed(1)} MiB; inputs alone ${(handedOut / 2 ** 20).toFixed(1)} MiB`,
    );
    expect(handedOut).toBeGreaterThan(2000 * 2 ** 20);
    expect(most).toBeLessThan(1000 * 2 ** 20);
  });
});
