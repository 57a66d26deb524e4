import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { lossChart } from "../src/chart.ts";
import { pngAddress } from "../src/png.ts";
import { duration, thousands } from "../src/progress.ts";
import { confusion, percent, reportPage, worstMistakes } from "../src/report.ts";

const tested = {
  images: new Uint8Array(4 * 784).fill(7),
  labels: [3, 1, 4, 1],
  predictions: [3, 7, 9, 1],
  losses: [0.1, 2, 5, 0.3],
};

describe("the report", () => {
  it("counts predictions by label", () => {
    const counts = confusion(tested);
    expect(counts[3]?.[3]).toBe(1);
    expect(counts[1]?.[7]).toBe(1);
    expect(counts[4]?.[9]).toBe(1);
    expect(counts.flat().reduce((sum, count) => sum + count)).toBe(4);
  });

  it("shows the mistakes, those with the highest loss first", () => {
    expect(worstMistakes(tested)).toEqual([2, 1]);
    expect(worstMistakes(tested, 1)).toEqual([2]);
  });

  it("is one page without external resources", () => {
    const facts = { model: "<cnn>", data: "MNIST" };
    const page = reportPage({
      facts,
      losses: [
        { step: 1, loss: 2.3 },
        { step: 10, loss: 0.2 },
      ],
      accuracy: 0.5,
      loss: 1.85,
      seconds: 61,
      tested,
    });
    expect(page).toContain("50.00 %");
    expect(page).toContain("&#60;cnn&#62;");
    expect(page).toContain("<svg");
    expect(page.match(/<img/g)).toHaveLength(2);
    expect(page).toContain("digit 4 classified as 9");
    expect(page).not.toMatch(/(src|href)="(?!data:)/);
    expect(page).not.toMatch(/<script|@import|url\(/);
  });
});

describe("the loss chart", () => {
  it("omits losses that it cannot draw", () => {
    expect(lossChart([])).toContain("No loss");
    const chart = lossChart([
      { step: 1, loss: 2 },
      { step: 2, loss: Number.NaN },
      { step: 3, loss: 0.02 },
    ]);
    expect(chart).not.toContain("NaN");
    expect(chart).toContain(">0.1<");
  });

  it("draws a single point", () => {
    expect(lossChart([{ step: 1, loss: 2 }])).not.toMatch(/NaN|Infinity/);
  });
});

describe("a picture", () => {
  it("holds its pixels", () => {
    const address = pngAddress(Uint8Array.from([0, 50, 100, 150, 200, 255]), 3, 2);
    const file = Buffer.from(address.slice("data:image/png;base64,".length), "base64");
    expect(file.subarray(1, 4).toString()).toBe("PNG");
    expect([file.readUInt32BE(16), file.readUInt32BE(20)]).toEqual([3, 2]);
    const length = file.readUInt32BE(33);
    expect([...inflateSync(file.subarray(41, 41 + length))]).toEqual([0, 0, 50, 100, 0, 150, 200, 255]);
  });
});

describe("formatted numbers", () => {
  it("are short", () => {
    expect([7.4, 125, 3720, Number.POSITIVE_INFINITY].map(duration)).toEqual(["7 s", "2 min 05 s", "1 h 02 min", "-"]);
    expect(thousands(12345.6)).toBe("12,346");
    expect([percent(0.98764), percent(0.0000123)]).toEqual(["98.76 %", "0.0012 %"]);
  });
});
