import { ArgumentError, FileError, IndexError, type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it, vi } from "vitest";
import { DataLoader } from "../src/data-loader.ts";
import { ImageDataset, type ImageSource } from "../src/image-dataset.ts";
import { MNIST } from "../src/mnist.ts";
import { SyntheticDigits } from "../src/synthetic.ts";
import { Compose, Normalize, ToTensor } from "../src/transforms.ts";
import { mnist } from "./shared-data.ts";

const source: ImageSource = {
  name: "Tiny",
  from: "here",
  pixels: Uint8Array.of(0, 51, 102, 255, 1, 2, 3, 4),
  digits: Uint8Array.of(7, 3),
  height: 2,
  width: 2,
  classes: [],
  mean: 0.2,
  std: 0.5,
};

/** Returns samples as read one by one, and as read in a batch. */
async function both(data: ImageDataset): Promise<{ one: number[]; many: number[] }> {
  const one = (await Promise.all([1, 0].map((i) => data.get(i)[0].data()))).flatMap((values) => Array.from(values));
  const many = Array.from((await data.batch?.([1, 0])[0].data()) ?? []);
  return { one, many };
}

describe("ImageDataset", () => {
  it("normalizes as in PyTorch, one by one and in batches", async () => {
    const data = new ImageDataset(source);
    const want = await new Compose([new ToTensor(), new Normalize([0.2], [0.5])])
      .apply(tensor(Uint8Array.of(1, 2, 3, 4, 0, 51, 102, 255)).view(2, 2, 2))
      .data();
    const { one, many } = await both(data);
    expect(one).toEqual(Array.from(want));
    expect(many).toEqual(Array.from(want));
    const batch = data.batch?.([1, 0]);
    if (batch === undefined) throw new Error("there is no batch");
    const [images, labels] = batch;
    expect(images.shape).toEqual([2, 1, 2, 2]);
    expect(labels.dtype).toBe("int32");
    expect(await labels.toArray()).toEqual([3, 7]);
    expect(data.get(0)[0].shape).toEqual([1, 2, 2]);
    expect(data.get(0)[1]).toBe(7);
  });

  it("normalizes with other values, or not at all", async () => {
    const grays = await both(new ImageDataset(source, { normalize: false }));
    expect(grays.many.slice(4)).toEqual([0, 0.2, 0.4, 1].map(Math.fround));
    expect(grays.one).toEqual(grays.many);
    const other = await both(new ImageDataset(source, { normalize: { mean: 1, std: 2 } }));
    expect(other.many.slice(4, 5)).toEqual([-0.5]);
  });

  it("passes each image to a transform, which replaces the batch method", async () => {
    const data = new ImageDataset(source, { transform: (image) => image.to("float32").add(1) });
    expect(data.batch).toBeUndefined();
    for await (const [images, labels] of new DataLoader(data, { batchSize: 2 })) {
      expect(images.shape).toEqual([2, 1, 2, 2]);
      expect(Array.from(await images.data())).toEqual([1, 52, 103, 256, 2, 3, 4, 5]);
      expect(await labels.toArray()).toEqual([7, 3]);
    }
  });

  it("provides all images and labels as tensors", async () => {
    const data = new ImageDataset(source);
    expect(data.images.dtype).toBe("uint8");
    expect(await data.images.toArray()).toEqual([
      [
        [0, 51],
        [102, 255],
      ],
      [
        [1, 2],
        [3, 4],
      ],
    ]);
    expect(data.labels.dtype).toBe("int32");
    expect(await data.labels.toArray()).toEqual([7, 3]);
  });

  it("rejects images out of range and invalid options", () => {
    const data = new ImageDataset(source);
    expect(() => data.get(2)).toThrow(IndexError);
    expect(() => data.batch?.([0, 2])).toThrow("Tiny: index 2 is out of bounds for length 2");
    // Safe: values that plain JavaScript might pass.
    expect(() => new ImageDataset(source, { normalized: true } as object)).toThrow(
      'Tiny: there is no option "normalized"; there are normalize',
    );
    expect(() => new ImageDataset(source, { normalize: { mean: 0, std: 0 } })).toThrow(ArgumentError);
    expect(() => new ImageDataset(source, { normalize: true, transform: (x) => x })).toThrow(
      "normalize and transform exclude each other",
    );
  });
});

describe("SyntheticDigits", () => {
  it("is a dataset whose test images differ from its training images", async () => {
    const training = new SyntheticDigits({ length: 20, seed: 5 });
    const test = new SyntheticDigits({ length: 20, seed: 5, train: false });
    expect(training.length).toBe(20);
    expect(training.images.shape).toEqual([20, 28, 28]);
    expect(test.pixels).not.toEqual(training.pixels);
    for await (const [images, labels] of new DataLoader(training, { batchSize: 20 })) {
      expect(images.shape).toEqual([20, 1, 28, 28]);
      expect(await labels.data()).toEqual(Int32Array.from(training.digits));
    }
  });

  it("rejects invalid lengths, seeds and options", () => {
    expect(() => new SyntheticDigits({ length: -1 })).toThrow(
      "SyntheticDigits: length must be a non-negative integer, got -1",
    );
    expect(() => new SyntheticDigits({ seed: 0.5 })).toThrow(ArgumentError);
    expect(() => new SyntheticDigits({ length: 1, lenght: 2 } as object)).toThrow('there is no option "lenght"');
  });
});

describe("MNIST", () => {
  it("rejects unknown options before it searches for files", async () => {
    let fetched = 0;
    const fetch = async (): Promise<Response> => {
      fetched++;
      return new Response("");
    };
    // Safe: values that plain JavaScript might pass.
    await expect(MNIST.load({ fetch, cache: null, path: "x" } as object)).rejects.toThrow(
      'MNIST: there is no option "path"; there are',
    );
    expect(fetched).toBe(0);
  });

  it("throws a FileError if no files are found", async () => {
    vi.stubEnv("MNIST_DIR", "");
    await expect(MNIST.load({ cache: null, download: false, root: "/nowhere" })).rejects.toThrow(FileError);
    vi.unstubAllEnvs();
  });

  it.skipIf(mnist === null)("loads, and creates batches", async () => {
    const data = await MNIST.load({ root: mnist as string, train: false, normalize: false });
    expect(data.length).toBe(10_000);
    expect(Array.from(data.digits.subarray(0, 10))).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    const indices = Array.from({ length: 64 }, (_, i) => (i * 97) % 10_000);
    const batch = data.batch?.(indices);
    // Safe: an ImageDataset without a transform has a batch method.
    const [images, labels] = batch as [Tensor, Tensor];
    expect(images.shape).toEqual([64, 1, 28, 28]);
    expect(Array.from(await labels.data())).toEqual(indices.map((i) => data.digits[i]));
    const [values, size] = [await images.data(), 28 * 28];
    for (const [row, i] of indices.entries()) {
      const pixels = data.pixels.subarray(i * size, (i + 1) * size);
      expect(Array.from(values.subarray(row * size, (row + 1) * size), (value) => Math.round(value * 255))).toEqual(
        Array.from(pixels),
      );
    }
  });
});
