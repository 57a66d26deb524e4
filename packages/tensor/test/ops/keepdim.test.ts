/** Reductions accept options by name only: otherwise, a `true` in JavaScript would silently change the shape. */

import { describe, expect, it } from "vitest";
import * as akari from "../../src/index.ts";

const { tensor } = akari;

const reductions: Readonly<Record<string, (...given: readonly unknown[]) => unknown>> = Object.fromEntries(
  [
    "sum",
    "mean",
    "nansum",
    "nanmean",
    "prod",
    "any",
    "all",
    "amax",
    "amin",
    "max",
    "min",
    "argmax",
    "argmin",
    "logsumexp",
    "mode",
    "median",
    "nanmedian",
    "variance",
    "std",
  ].map((name) => [
    name,
    (akari as unknown as Record<string, (...given: readonly unknown[]) => unknown>)[name] as () => unknown,
  ]),
);

describe("reductions", () => {
  it.each(Object.entries(reductions))(
    "%s rejects positional options, and options that it does not have",
    (name, reduce) => {
      const x = tensor([
        [1, 2],
        [3, 4],
      ]);
      expect(() => reduce(x, 1, true)).toThrow(/expected options by name, \{ keepdim.* \}, got true/);
      expect(() => reduce(x, 1, { keepDim: true })).toThrow(/there is no option "keepDim"; there are keepdim/);
      const kept = reduce(x, 1, { keepdim: true }) as akari.Tensor | akari.ValuesAndIndices;
      expect(("values" in kept ? kept.values : kept).shape, name).toEqual([2, 1]);
    },
  );

  it("with other arguments reject them too", () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(() => x.norm(2, 1, true as never)).toThrow("norm: expected options by name, { keepdim, dtype }, got true");
    expect(() => x.quantile(0.5, 1, true as never)).toThrow(
      "quantile: expected options by name, { keepdim, interpolation }, got true",
    );
    expect(() => x.kthvalue(1, 1, true as never)).toThrow("kthvalue: expected options by name, { keepdim }, got true");
    expect(() => akari.matrixNorm(x, 1, true as never)).toThrow(
      "matrixNorm: expected options by name, { keepdim }, got true",
    );
    expect(x.sum(1, undefined).toArraySync()).toEqual([3, 7]);
  });
});
