/**
 * A network trained by PyTorch, loaded from its checkpoint: the same bytes, and the same predictions for real digits.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { conv2d, fromTypedArray, linear, maxPool2d, relu, type Tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { loadTorch } from "../src/index.ts";
import { described, folder, type Recorded } from "./golden.ts";

interface Description {
  readonly test_total: number;
  readonly logits_first_32: Recorded;
  readonly labels_first_32: readonly number[];
  readonly rtol: number;
  readonly atol: number;
  readonly tensors: Readonly<Record<string, Recorded | { readonly shape: readonly number[]; readonly sha256: string }>>;
}

const digits = `${process.env.MNIST_DIR ?? fileURLToPath(new URL("../../../../shared/data/mnist", import.meta.url))}/t10k-images-idx3-ubyte.gz`;
const hasDigits = existsSync(digits);
if (!hasDigits) console.warn(`skipped: there are no test images at ${digits}; set MNIST_DIR`);

type State = Readonly<Record<string, Tensor>>;

async function load(): Promise<State> {
  return (await loadTorch(`${folder}/mnist_cnn.pt`)) as State; // safe: a state_dict
}

describe.skipIf(folder === null)("a network trained by PyTorch", () => {
  const description = folder === null ? null : described<Description>("mnist_cnn.json");

  it("is loaded without any difference", async () => {
    const state = await load();
    expect(Object.keys(state)).toEqual(Object.keys(description?.tensors ?? {}));
    for (const [name, want] of Object.entries(description?.tensors ?? {})) {
      const tensor = state[name] as Tensor;
      expect(tensor.shape, name).toEqual(want.shape);
      const data = await tensor.data();
      if ("sha256" in want) {
        const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
        expect(createHash("sha256").update(bytes).digest("hex"), name).toBe(want.sha256);
      } else expect(Array.from(data), name).toEqual(want.data.map((x) => Math.fround(Number(x))));
    }
  });

  it.skipIf(!hasDigits)("makes the same predictions as in PyTorch", async () => {
    const state = await load();
    const of = (name: string) => state[name] as Tensor;
    const pixels = gunzipSync(readFileSync(digits)).subarray(16, 16 + 32 * 784);
    const x = fromTypedArray(
      Float32Array.from(pixels, (p) => (p / 255 - 0.1307) / 0.3081),
      [32, 1, 28, 28],
    );
    const h1 = relu(conv2d(x, of("conv1.weight"), of("conv1.bias")));
    const h2 = relu(conv2d(h1, of("conv2.weight"), of("conv2.bias")));
    const h3 = relu(linear(maxPool2d(h2, 2).reshape([32, -1]), of("fc1.weight"), of("fc1.bias")));
    const logits = await linear(h3, of("fc2.weight"), of("fc2.bias")).data();
    const { logits_first_32: want, rtol = 0, atol = 0 } = description as Description;
    logits.forEach((got, i) => {
      const expected = Number(want.data[i]);
      expect(Math.abs(got - expected), `logit ${i}: got ${got}, recorded ${expected}`).toBeLessThanOrEqual(
        atol + rtol * Math.abs(expected),
      );
    });
  });
});
