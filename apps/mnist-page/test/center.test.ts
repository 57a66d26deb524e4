import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MNIST } from "akari";
import { describe, expect, it } from "vitest";
import { centered, type Picture, SIDE } from "../src/center.ts";

/** Creates a picture of `width × height` with ink where `ink` returns true. */
function picture(width: number, height: number, ink: (x: number, y: number) => boolean): Picture {
  return {
    width,
    height,
    gray: Uint8Array.from({ length: width * height }, (_, i) => (ink(i % width, Math.floor(i / width)) ? 255 : 0)),
  };
}

/** Returns the size, the mass and the center of mass of the ink of an image. */
function inkOf(image: Uint8Array) {
  let [left, top, right, bottom, mass, x, y] = [SIDE, SIDE, 0, 0, 0, 0, 0];
  image.forEach((gray, i) => {
    if (gray === 0) return;
    const [column, row] = [i % SIDE, Math.floor(i / SIDE)];
    [left, right, top, bottom] = [
      Math.min(left, column),
      Math.max(right, column + 1),
      Math.min(top, row),
      Math.max(bottom, row + 1),
    ];
    [mass, x, y] = [mass + gray, x + gray * (column + 0.5), y + gray * (row + 0.5)];
  });
  return { width: right - left, height: bottom - top, mass, x: x / mass, y: y / mass };
}

const mnist = process.env.MNIST_DIR ?? fileURLToPath(new URL("../../../../shared/data/mnist", import.meta.url));
const there = existsSync(mnist);
if (!there) console.warn(`skipped: MNIST is not in ${mnist}; set MNIST_DIR`);

/** Enlarges an image of 28 × 28 pixels, each to a square of `times × times`. */
function enlarged(image: Uint8Array, times: number): Picture {
  const side = times * SIDE;
  const at = (i: number): number => Math.floor(Math.floor(i / side) / times) * SIDE + Math.floor((i % side) / times);
  return {
    width: side,
    height: side,
    gray: Uint8Array.from({ length: side * side }, (_, i) => image[at(i)] as number),
  }; // safe: within the image
}

describe("a drawing", () => {
  it("without ink gives no image", () => {
    expect(centered(picture(50, 50, () => false))).toBeNull();
  });

  it("is scaled into a box of 20 × 20, whatever its size", () => {
    for (const side of [7, 20, 90]) {
      const image = centered(picture(100, 100, (x, y) => x < side && y < side)) as Uint8Array;
      // The edges are sharp, because the drawing is moved by whole pixels.
      expect(inkOf(image)).toMatchObject({ width: 20, height: 20, mass: 400 * 255 });
    }
  });

  it("keeps its proportions", () => {
    const { width, height } = inkOf(
      centered(picture(200, 200, (x, y) => x >= 150 && x < 160 && y >= 20 && y < 120)) as Uint8Array,
    );
    expect([width, height]).toEqual([2, 20]);
  });

  it("has its center of mass in the middle, wherever it is drawn", () => {
    // The center of mass of an L is not the center of its box.
    const l = (left: number, top: number) =>
      centered(
        picture(224, 224, (x, y) => y >= top && y < top + 100 && x >= left && x < left + (y >= top + 80 ? 60 : 15)),
      ) as Uint8Array;
    const [here, there] = [l(3, 5), l(120, 99)];
    expect(there).toEqual(here);
    const { x, y, height } = inkOf(here);
    expect(Math.abs(x - 14.5)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(y - 14.5)).toBeLessThanOrEqual(0.5);
    expect(height).toBe(20);
  });

  it("that is an enlarged image in the format of MNIST becomes that image", () => {
    const image = centered(
      picture(224, 224, (x, y) => Math.hypot(x - 90, y - 60) < 50 || Math.abs(x - 2 * y) < 20),
    ) as Uint8Array;
    expect(centered(enlarged(image, 5))).toEqual(image);
  });

  it.skipIf(!there)("that is an enlarged image of MNIST becomes that image", async () => {
    const { pixels } = await MNIST.load({ root: mnist, train: false });
    for (let i = 0; i < 300; i++) {
      const image = pixels.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE);
      expect(centered(enlarged(image, 4)), `test image ${i}`).toEqual(image);
    }
  });

  it("loses no ink, whatever its distribution", () => {
    // A long thin tail, with most of the mass at the other end.
    const comet = centered(
      picture(224, 224, (x, y) => (Math.hypot(x - 180, y - 112) < 20 || (Math.abs(y - 112) < 2 && x > 20)) && x < 200),
    );
    expect(inkOf(comet as Uint8Array).width).toBe(20);
  });

  it("is gray where ink covers part of a pixel, and keeps its amount of ink", () => {
    const disk = picture(224, 224, (x, y) => (x - 100) ** 2 + (y - 90) ** 2 < 70 ** 2);
    const image = centered(disk) as Uint8Array;
    // The edge crosses each of the 20 rows twice.
    expect(image.filter((gray) => gray > 0 && gray < 255).length).toBeGreaterThanOrEqual(40);
    const area = inkOf(image).mass / 255;
    expect(Math.abs(area / (Math.PI * 10 ** 2) - 1)).toBeLessThan(0.02);
  });
});
