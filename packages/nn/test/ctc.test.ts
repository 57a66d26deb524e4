/** `ctcLoss` compared with the sum over all alignments, and `multilabelMarginLoss` with its definition. */

import { requiresGrad } from "@akari/autograd";
import { ArgumentError, logSoftmax, manualSeed, randn, type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { CTCLoss, functional } from "../src/index.ts";

const { ctcLoss, multilabelMarginLoss } = functional;

/** Likelihood by definition: sums over all paths that give the labels after removing repetitions and then blanks. */
function bySumming(probabilities: readonly (readonly number[])[], labels: readonly number[], blank: number): number {
  let total = 0;
  const walk = (t: number, path: readonly number[], p: number): void => {
    if (t === probabilities.length) {
      const short = path.filter((label, i) => label !== path[i - 1]).filter((label) => label !== blank);
      if (short.join() === labels.join()) total += p;
      return;
    }
    for (const [label, q] of (probabilities[t] as readonly number[]).entries()) walk(t + 1, [...path, label], p * q);
  };
  walk(0, [], 1);
  return -Math.log(total);
}

describe("ctcLoss", () => {
  const logProbs = (): Tensor => {
    manualSeed(5);
    return logSoftmax(randn([5, 4, 3], { dtype: "float64" }), -1);
  };
  const targets = [[1, 2], [2, 2], [1], []];
  const spans = [5, 4, 3, 5];
  const counts = targets.map((labels) => labels.length);
  const padded = tensor(
    targets.map(([a = 0, b = 0]) => [a, b]),
    { dtype: "int32" },
  );

  it("sums over all alignments", () => {
    const x = logProbs();
    const losses = ctcLoss(x, padded, spans, counts, { reduction: "none" }).toArraySync() as number[];
    for (const [n, labels] of targets.entries()) {
      const probabilities = x
        .select(1, n)
        .narrow(0, 0, spans[n] as number)
        .exp()
        .toArraySync() as number[][];
      expect(losses[n]).toBeCloseTo(bySumming(probabilities, labels, 0), 10);
    }
    const joined = ctcLoss(x, tensor(targets.flat(), { dtype: "int32" }), spans, counts, { reduction: "none" });
    expect(joined.toArraySync()).toEqual(losses);
    const mean = losses.reduce((sum, loss, n) => sum + loss / Math.max(counts[n] as number, 1), 0) / 4;
    expect(new CTCLoss()(x, padded, spans, counts).itemSync()).toBeCloseTo(mean, 10);
    const single = ctcLoss(x.select(1, 0), tensor([1, 2], { dtype: "int32" }), [5], [2], { reduction: "none" });
    expect(single.itemSync()).toBeCloseTo(losses[0] as number, 12);
    const other = ctcLoss(x, padded.sub(1).clamp(0), spans, [2, 2, 1, 0], { blank: 2, reduction: "sum" }).itemSync();
    expect(Number.isFinite(other)).toBe(true);
  });

  it("is infinite for labels that cannot be aligned, or zero with zeroInfinity", () => {
    const x = requiresGrad(logProbs());
    const tight = [5, 2, 3, 5];
    expect((ctcLoss(x, padded, tight, counts, { reduction: "none" }).toArraySync() as number[])[1]).toBe(
      Number.POSITIVE_INFINITY,
    );
    const loss = ctcLoss(x, padded, tight, counts, { reduction: "sum", zeroInfinity: true });
    loss.backward();
    expect(Number.isFinite(loss.itemSync())).toBe(true);
    expect(x.grad?.select(1, 1).abs().sum().itemSync()).toBe(0);
    expect(x.grad?.isnan().any().itemSync()).toBeFalsy();
  });

  it("rejects lengths that are too large, and a blank out of range", () => {
    const x = logProbs();
    expect(() => ctcLoss(x, padded, [6, 4, 3, 5], counts)).toThrow(ArgumentError);
    expect(() => ctcLoss(x, padded, [6, 4, 3, 5], counts)).toThrow(
      /inputLengths must be 4 integers from 0 to 5, got \[6, 4, 3, 5\]/,
    );
    expect(() => ctcLoss(x, padded, spans, counts, { blank: 3 })).toThrow(/blank must be one of the 3 classes, got 3/);
  });
});

describe("multilabelMarginLoss", () => {
  const definition = (x: readonly number[], y: readonly number[]): number => {
    const targets = y.slice(0, y.indexOf(-1) < 0 ? y.length : y.indexOf(-1));
    let sum = 0;
    for (const target of targets)
      for (const [i, value] of x.entries())
        if (!targets.includes(i)) sum += Math.max(0, 1 - (x[target] as number) + value);
    return sum / x.length;
  };

  it("matches its definition", () => {
    const x = [
      [0.1, 0.2, 0.4, 0.8],
      [1.5, -0.3, 0.2, 0.05],
    ];
    const y = [
      [3, 0, -1, 1],
      [-1, 2, 2, 2],
    ];
    const target = tensor(y, { dtype: "int32" });
    const losses = multilabelMarginLoss(tensor(x, { dtype: "float64" }), target, {
      reduction: "none",
    }).toArraySync() as number[];
    for (const [n, row] of x.entries()) expect(losses[n]).toBeCloseTo(definition(row, y[n] as number[]), 12);
  });
});
