import { describe, expect, it } from "vitest";
import { centred, type Picture, SIDE } from "../src/centre.ts";

/** A picture of `width × height` with ink where `ink` says. */
function picture(width: number, height: number, ink: (x: number, y: number) => boolean): Picture {
  return { width, height, grey: Uint8Array.from({ length: width * height }, (_, i) => (ink(i % width, Math.floor(i / width)) ? 255 : 0)) };
}

/** Where the ink of an image lies, and its centre of mass. */
function inkOf(image: Uint8Array) {
  let [left, top, right, bottom, mass, x, y] = [SIDE, SIDE, 0, 0, 0, 0, 0];
  image.forEach((grey, i) => {
    if (grey === 0) return;
    const [column, row] = [i % SIDE, Math.floor(i / SIDE)];
    [left, right, top, bottom] = [Math.min(left, column), Math.max(right, column + 1), Math.min(top, row), Math.max(bottom, row + 1)];
    [mass, x, y] = [mass + grey, x + grey * (column + 0.5), y + grey * (row + 0.5)];
  });
  return { width: right - left, height: bottom - top, mass, x: x / mass, y: y / mass };
}

describe("a drawing", () => {
  it("without ink is no image", () => {
    expect(centred(picture(50, 50, () => false))).toBeNull();
  });

  it("is scaled into a box of 20 × 20, whatever its size", () => {
    for (const side of [7, 20, 90]) {
      const image = centred(picture(100, 100, (x, y) => x < side && y < side)) as Uint8Array;
      // Centred, the box is at a whole number of pixels, so its edges are sharp.
      expect(Array.from(image)).toEqual(
        Array.from({ length: SIDE * SIDE }, (_, i) => (i % SIDE >= 4 && i % SIDE < 24 && i >= 4 * SIDE && i < 24 * SIDE ? 255 : 0)),
      );
    }
  });

  it("keeps its proportions", () => {
    const { width, height } = inkOf(centred(picture(200, 200, (x, y) => x >= 150 && x < 160 && y >= 20 && y < 120)) as Uint8Array);
    expect([width, height]).toEqual([2, 20]);
  });

  it("has its centre of mass in the middle, wherever it was drawn", () => {
    // An L: its mass is not in the middle of its box.
    const l = (left: number, top: number) =>
      centred(picture(224, 224, (x, y) => y >= top && y < top + 100 && x >= left && x < left + (y >= top + 80 ? 60 : 15))) as Uint8Array;
    const [here, there] = [l(3, 5), l(120, 99)];
    expect(there).toEqual(here);
    const { x, y, height } = inkOf(here);
    expect(x).toBeCloseTo(14, 1);
    expect(y).toBeCloseTo(14, 1);
    expect(height).toBeLessThanOrEqual(21);
  });

  it("is grey where ink covers a part of a pixel, and keeps its amount of ink", () => {
    const disk = picture(224, 224, (x, y) => (x - 100) ** 2 + (y - 90) ** 2 < 70 ** 2);
    const image = centred(disk) as Uint8Array;
    // The edge crosses each of the 20 rows twice.
    expect(image.filter((grey) => grey > 0 && grey < 255).length).toBeGreaterThanOrEqual(40);
    const area = inkOf(image).mass / 255;
    expect(Math.abs(area / (Math.PI * 10 ** 2) - 1)).toBeLessThan(0.02);
  });
});
