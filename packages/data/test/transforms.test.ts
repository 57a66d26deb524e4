import { ArgumentError, arange, Generator, ShapeError, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { RandomAffine, RandomRotation } from "../src/random-affine.ts";
import { Compose, Lambda, Normalize, RandomCrop, RandomHorizontalFlip, ToTensor } from "../src/transforms.ts";

const image = tensor(Uint8Array.from({ length: 9 }, (_, i) => i)).view(1, 3, 3);

describe("transforms", () => {
  it("compose, and accept functions", async () => {
    const transform = new Compose([new ToTensor(), new Lambda((x) => x.mul(255)), (x) => x.add(1)]);
    expect(Array.from(await transform.apply(image).data())).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("ToTensor converts bytes to numbers from 0 to 1, and leaves other numbers unchanged", async () => {
    const bytes = tensor(Uint8Array.of(0, 51, 255)).view(1, 3);
    const numbers = new ToTensor().apply(bytes);
    expect(numbers.shape).toEqual([1, 1, 3]);
    expect(Array.from(await numbers.data())).toEqual([0, Math.fround(0.2), 1]);
    const floats = tensor([[[2, 3]]]);
    expect(new ToTensor().apply(floats)).toBe(floats);
    expect(() => new ToTensor().apply(tensor([1]))).toThrow(ShapeError);
  });

  it("Normalize works on each channel", async () => {
    const x = tensor([[[1, 2]], [[3, 4]]]);
    expect(await new Normalize([1, 2], [0.5, 2]).apply(x).toArray()).toEqual([[[0, 2]], [[0.5, 1]]]);
    expect(() => new Normalize([1, 2, 3], [1, 1, 1]).apply(x)).toThrow(
      "Normalize: expected an image of 3 channels, got shape [2, 1, 2]",
    );
    expect(() => new Normalize([1], [1, 2])).toThrow("Normalize: mean has 1 elements, but std has 2");
    expect(() => new Normalize([1], [0])).toThrow(ArgumentError);
  });

  it("RandomHorizontalFlip flips with the given probability", async () => {
    expect(await new RandomHorizontalFlip(1).apply(image).toArray()).toEqual([
      [
        [2, 1, 0],
        [5, 4, 3],
        [8, 7, 6],
      ],
    ]);
    expect(new RandomHorizontalFlip(0).apply(image)).toBe(image);
    const flip = new RandomHorizontalFlip(0.25, { generator: new Generator(0) });
    let flipped = 0;
    for (let i = 0; i < 1000; i++) if (flip.apply(image) !== image) flipped++;
    expect(Math.abs(flipped - 250)).toBeLessThan(50);
    expect(() => new RandomHorizontalFlip(2)).toThrow("RandomHorizontalFlip: p must be from 0 to 1, got 2");
  });

  it("RandomCrop returns every possible crop", async () => {
    const crop = new RandomCrop(2, { generator: new Generator(0) });
    const seen = new Set<string>();
    for (let i = 0; i < 100; i++) seen.add((await crop.apply(image).data()).join());
    expect([...seen].sort()).toEqual(["0,1,3,4", "1,2,4,5", "3,4,6,7", "4,5,7,8"]);
    expect(new RandomCrop(3).apply(image)).toBe(image);
    const padded = new RandomCrop([5, 5], { padding: 1, fill: 9 }).apply(image);
    expect(Array.from((await padded.data()).slice(0, 7))).toEqual([9, 9, 9, 9, 9, 9, 0]);
    expect(() => new RandomCrop(4).apply(image)).toThrow("RandomCrop: cannot crop 4×4 from 3×3 (with padding 0)");
    expect(() => new RandomCrop(0)).toThrow(ArgumentError);
    expect(() => new RandomCrop(2, { padding: -1 })).toThrow(ArgumentError);
  });

  it("RandomRotation rotates counterclockwise", async () => {
    const quarter = new RandomRotation([90, 90]).apply(image);
    expect(quarter.dtype).toBe("uint8");
    expect(await quarter.toArray()).toEqual([
      [
        [2, 5, 8],
        [1, 4, 7],
        [0, 3, 6],
      ],
    ]);
    expect(Array.from(await new RandomRotation(0).apply(image).data())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("RandomAffine rotates clockwise", async () => {
    const quarter = new RandomAffine([90, 90]).apply(image);
    expect(Array.from(await quarter.data())).toEqual([6, 3, 0, 7, 4, 1, 8, 5, 2]);
  });

  it("RandomAffine shifts, scales and interpolates", async () => {
    const still = { generator: new Generator(1) };
    const x = arange(25).view(1, 5, 5);
    const half = new RandomAffine(0, { ...still, scale: [0.5, 0.5], interpolation: "bilinear", fill: -1 }).apply(x);
    // Half the size around the center: every other pixel, surrounded by the fill value.
    expect(Array.from(await half.data())).toEqual([
      -1, -1, -1, -1, -1, -1, 0, 2, 4, -1, -1, 10, 12, 14, -1, -1, 20, 22, 24, -1, -1, -1, -1, -1, -1,
    ]);
    const slanted = new RandomAffine(0, { ...still, shear: [45, 45] }).apply(image);
    expect(Array.from(await slanted.data())).toEqual([0, 0, 1, 3, 4, 5, 7, 8, 0]);
    const seen = new Set<string>();
    for (let i = 0; i < 60; i++)
      seen.add((await new RandomAffine(0, { ...still, translate: [0.34, 0] }).apply(image).data()).join());
    expect([...seen].sort()).toEqual(["0,0,1,0,3,4,0,6,7", "0,1,2,3,4,5,6,7,8", "1,2,0,4,5,0,7,8,0"]);
  });

  it("RandomAffine rejects invalid ranges", () => {
    const message = "degrees must be a non-negative number or an ascending range, got";
    expect(() => new RandomAffine([3, 1])).toThrow(new ArgumentError(`RandomAffine: ${message} [3, 1]`));
    // Safe: values that plain JavaScript might pass.
    for (const wrong of ["10", null, -1, [1, 2, 3], ["a", "b"]] as number[])
      expect(() => new RandomRotation(wrong)).toThrow(
        `RandomRotation: ${message} ${JSON.stringify(wrong).replaceAll(",", ", ")}`,
      );
    expect(() => new RandomAffine(0, { translate: [2, 0] })).toThrow(ArgumentError);
    expect(() => new RandomAffine(0, { scale: [0, 1] })).toThrow(
      "scale must be an ascending positive range, got [0, 1]",
    );
    // Safe: values that plain JavaScript might pass.
    expect(() => new RandomAffine(0, { interpolation: "cubic" } as object)).toThrow(
      'interpolation must be "nearest" or "bilinear", got "cubic"',
    );
    expect(() => new RandomAffine(0).apply(tensor([1]))).toThrow(ShapeError);
  });
});
