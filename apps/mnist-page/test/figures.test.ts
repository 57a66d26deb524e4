import { describe, expect, it } from "vitest";
import { tokens } from "../src/highlight.ts";
import { LossCurve } from "../src/loss-curve.ts";
import { Pace } from "../src/pace.ts";

describe("the loss curve", () => {
  it("contains every loss while there are few", () => {
    const curve = new LossCurve(8);
    for (let step = 1; step <= 7; step++) curve.add({ step, loss: 1 / step });
    expect(curve.points).toEqual(Array.from({ length: 7 }, (_, i) => ({ step: i + 1, loss: 1 / (i + 1) })));
  });

  it("stays short, and keeps its mean and its last step", () => {
    const curve = new LossCurve(8);
    const steps = 1024;
    for (let step = 1; step <= steps; step++) {
      curve.add({ step, loss: step });
      expect(curve.points.length).toBeLessThanOrEqual(8);
      expect(curve.points.at(-1)?.step).toBe(step);
    }
    const { points } = curve;
    expect(points.map(({ step }) => step)).toEqual([256, 512, 768, 1024]);
    expect(points.map(({ loss }) => loss)).toEqual([128.5, 384.5, 640.5, 896.5]);
  });

  it("includes losses after the last complete point", () => {
    const curve = new LossCurve(2);
    for (const [i, loss] of [4, 2, 6].entries()) curve.add({ step: i + 1, loss });
    expect(curve.points).toEqual([
      { step: 2, loss: 3 },
      { step: 3, loss: 6 },
    ]);
  });

  it("omits losses that are not finite", () => {
    const curve = new LossCurve();
    curve.add({ step: 1, loss: Number.NaN });
    expect(curve.points).toEqual([]);
  });
});

describe("the pace", () => {
  it("is measured over the last one and a half seconds", () => {
    const pace = new Pace();
    expect(pace.imagesPerSecond).toBe(0);
    pace.start(0);
    expect(pace.imagesPerSecond).toBe(0);
    for (let time = 100; time <= 10_000; time += 100) pace.add(10, time);
    expect(pace.imagesPerSecond).toBe(100);
    for (let time = 10_050; time <= 20_000; time += 50) pace.add(10, time);
    expect(pace.imagesPerSecond).toBe(200);
  });

  it("does not count a pause, and handles steps longer than its interval", () => {
    const pace = new Pace();
    pace.start(0);
    pace.add(64, 4000);
    expect(pace.imagesPerSecond).toBe(16);
    pace.add(64, 8000);
    expect(pace.imagesPerSecond).toBe(16);
    pace.start(100_000);
    pace.add(64, 101_000);
    expect(pace.imagesPerSecond).toBe(64);
  });
});

describe("highlighting", () => {
  const source = '/** A step: `return`. */\nconst net = new nn.Linear(784, 10); // "one"\nnet.forward("this");\n';

  it("loses nothing", () => {
    expect(
      tokens(source)
        .map(({ text }) => text)
        .join(""),
    ).toBe(source);
  });

  it("classifies the tokens", () => {
    const kinds = tokens(source).flatMap(({ kind, text }) => (kind === "plain" ? [] : [`${kind} ${text}`]));
    expect(kinds).toEqual([
      "comment /** A step: `return`. */",
      "keyword const",
      "keyword new",
      "type Linear",
      "number 784",
      "number 10",
      'comment // "one"',
      "call forward",
      'text "this"',
    ]);
  });
});
