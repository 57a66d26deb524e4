/**
 * A network that was trained on synthetic digits only classifies real ones. The network is small and the training
 * short, to save time; a larger network and longer training reach 94.6 %.
 */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { SyntheticDigits } from "@akari/data/synthetic";
import { Adam, DataLoader, MNIST, manualSeed, nn, noGrad } from "akari";
import { expect, it } from "vitest";

const mnist = process.env.MNIST_DIR ?? fileURLToPath(new URL("../../../../shared/data/mnist", import.meta.url));
const there = existsSync(mnist);
if (!there) console.warn(`skipped: there is no MNIST at ${mnist}; set MNIST_DIR`);

it.skipIf(!there)("a CNN trained on synthetic digits only classifies 85 % of MNIST's test images", async () => {
  manualSeed(1);
  const model = new nn.Sequential(
    new nn.Conv2d(1, 8, 3),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(8, 16, 3),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(400, 10),
  );
  const optimizer = new Adam(model.parameters(), { lr: 2e-3 });
  const training = new DataLoader(new SyntheticDigits({ length: 6000 }), { batchSize: 32, shuffle: true });
  for (let epoch = 0; epoch < 2; epoch++) {
    for await (const [images, labels] of training) {
      optimizer.zeroGrad();
      nn.functional.crossEntropy(model.forward(images), labels).backward();
      optimizer.step();
    }
  }

  const test = await MNIST.load({ root: mnist, train: false });
  let right = 0;
  for await (const [images, labels] of new DataLoader(test, { batchSize: 500 })) {
    const read = noGrad(() => model.forward(images).argmax(1));
    right += await read.eq(labels).sum().item();
  }
  const accuracy = right / test.length;
  console.log(`a small CNN trained on 6,000 synthetic digits reads ${(100 * accuracy).toFixed(1)} % of MNIST`);
  expect(accuracy).toBeGreaterThan(0.85);
});
