import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { folder, mnist, resultOf } from "./command.ts";

const data = process.env.MNIST_DIR ?? fileURLToPath(new URL("../../../../shared/data/mnist", import.meta.url));
const there = existsSync(data);
if (!there) console.warn(`skipped: MNIST is not in ${data}; set MNIST_DIR`);

describe.skipIf(!there)("on the real MNIST", () => {
  it("the multilayer perceptron learns as in PyTorch", async () => {
    const result = resultOf(await mnist(["--model", "mlp", "--data", data, "--out", await folder(), "--json"]));
    expect(result.data).toBe("MNIST");
    expect(result.accuracy).toBeGreaterThanOrEqual(0.955);
    // PyTorch 1.13 with `manual_seed(1)`, the same network, Adam and DataLoader ends at 0.134063 and 0.9597; 938 steps
    // leave room for rounding.
    expect(Math.abs(result.loss - 0.134063)).toBeLessThan(0.002);
    expect(Math.abs(result.accuracy - 0.9597)).toBeLessThan(0.001);
  });

  it("the convolutional network reaches 95 % with an eighth of the images", async () => {
    const result = resultOf(await mnist(["--limit", "7500", "--data", data, "--out", await folder(), "--json"]));
    expect(result.accuracy).toBeGreaterThanOrEqual(0.95);
  }, 240_000);
});
