import { describe, expect, it } from "vitest";
import { families, readGlyphs } from "../src/strokes.ts";
import { drawDigits } from "../src/synthetic.ts";

const size = 28 * 28;

describe("strokes", () => {
  it.each(families.map((_, digit) => digit))("the masters of %i fit together and lie in the unit square", (digit) => {
    for (const { masters } of readGlyphs(families[digit] ?? [])) {
      for (const stroke of masters.flat()) {
        for (const value of [...stroke.x, ...stroke.y]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }
    }
  });

  it("rejects masters with different points", () => {
    expect(() => readGlyphs([{ weight: 1, masters: ["0,0 1,1", "0,0 1,1 2,2"] }])).toThrow(/has different points/);
  });
});

describe("drawDigits", () => {
  it("draws the same digits for the same seed, and the same first digits for any length", () => {
    const many = drawDigits(50, 3);
    const few = drawDigits(10, 3);
    expect(drawDigits(50, 3)).toEqual(many);
    expect(many.images.subarray(0, 10 * size)).toEqual(few.images);
    expect(many.labels.subarray(0, 10)).toEqual(few.labels);
    expect(Array.from(drawDigits(12, 0).labels)).toEqual([5, 7, 6, 9, 8, 9, 3, 5, 7, 1, 5, 8]);
    expect(drawDigits(50, 4).images).not.toEqual(many.images);
  });

  it("draws every digit about equally often, and no two alike", () => {
    const { images, labels } = drawDigits(2000, 0);
    const counts = new Array<number>(10).fill(0);
    for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
    for (const count of counts) expect(count).toBeGreaterThan(140);
    const seen = new Set<string>();
    for (let i = 0; i < 2000; i++) seen.add(images.subarray(i * size, (i + 1) * size).join());
    expect(seen.size).toBe(2000);
  });

  it("follows MNIST: ink in a box of 20 × 20, with its center of mass within a pixel of the middle", () => {
    const { images } = drawDigits(500, 1);
    for (let i = 0; i < 500; i++) {
      let [left, right, top, bottom, mass, x, y] = [28, 0, 28, 0, 0, 0, 0];
      for (let at = 0; at < size; at++) {
        const ink = images[i * size + at] ?? 0;
        if (ink === 0) continue;
        const column = at % 28;
        const row = (at - column) / 28;
        left = Math.min(left, column);
        right = Math.max(right, column);
        top = Math.min(top, row);
        bottom = Math.max(bottom, row);
        mass += ink;
        x += ink * column;
        y += ink * row;
      }
      expect(Math.max(right - left, bottom - top)).toBeLessThan(20);
      expect(mass / 255).toBeGreaterThan(15);
      // The box must stay inside the image, which can shift it by one or two pixels.
      expect(Math.abs(x / mass - 14)).toBeLessThan(2);
      expect(Math.abs(y / mass - 14)).toBeLessThan(2);
    }
  });
});
