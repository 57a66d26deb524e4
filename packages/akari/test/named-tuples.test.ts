/** Results that are named tuples in PyTorch: read by position and by name, also after transformations of functions. */

import { eigh, lstsq, lu, qr, svd } from "@akari/linalg";
import { frexp, histogram, histogramdd } from "@akari/special";
import { describe, expect, it } from "vitest";
import { checkpoint } from "../src/checkpoint.ts";
import { grad, vmap } from "../src/func.ts";
import {
  aminmax,
  compile,
  max,
  nn,
  rand,
  requiresGrad,
  scope,
  slogdet,
  stdMean,
  type Tensor,
  tensor,
  varMean,
} from "../src/index.ts";

const x = () =>
  tensor([
    [1, 4],
    [3, 2],
  ]);

const results: Readonly<Record<string, () => readonly [Iterable<unknown>, ...string[]]>> = {
  varMean: () => [varMean(x()), "var", "mean"],
  stdMean: () => [stdMean(x()), "std", "mean"],
  aminmax: () => [aminmax(x()), "min", "max"],
  "aminmax as a method": () => [x().aminmax(0), "min", "max"],
  max: () => [max(x(), 1), "values", "indices"],
  "sort as a method": () => [x().sort(), "values", "indices"],
  slogdet: () => [slogdet(x()), "sign", "logabsdet"],
  frexp: () => [frexp(x()), "mantissa", "exponent"],
  histogram: () => [histogram(x(), 2), "hist", "binEdges"],
  histogramdd: () => [histogramdd(x(), [2, 2]), "hist", "binEdges"],
  qr: () => [qr(x()), "Q", "R"],
  svd: () => [svd(x()), "U", "S", "Vh"],
  eigh: () => [eigh(x()), "eigenvalues", "eigenvectors"],
  lu: () => [lu(x()), "P", "L", "U"],
  lstsq: () => [lstsq(x(), x()), "solution", "residuals", "rank", "singularValues"],
  AdaptiveLogSoftmaxWithLoss: () => [
    new nn.AdaptiveLogSoftmaxWithLoss(2, 4, [2], { divValue: 1 })(x(), tensor([0, 3], { dtype: "int32" })),
    "output",
    "loss",
  ],
  loadStateDict: () => {
    const layer = new nn.Linear(2, 2);
    return [layer.loadStateDict(layer.stateDict()), "missingKeys", "unexpectedKeys"];
  },
};

describe("a named tuple", () => {
  it.each(Object.entries(results))("of %s can be read by position and by name", (_, call) => {
    const [result, ...names] = call();
    const named = result as unknown as Readonly<Record<string, unknown>>; // safe: only read
    expect([...result]).toHaveLength(names.length);
    [...result].forEach((part, i) => {
      expect(part).toBe(named[names[i] as string]);
      expect(part).toBe(named[i]);
    });
  });

  it("has the types of its parts", async () => {
    const { var: variance, mean } = varMean(x(), 0);
    const [first, second]: readonly [Tensor, Tensor] = varMean(x(), 0);
    expect(await variance.sub(first).toArray()).toEqual([0, 0]);
    expect(await mean.toArray()).toEqual(await second.toArray());
    const [values, indices] = x().max(1);
    expect(await values?.toArray()).toEqual([4, 3]);
    expect(await indices?.toArray()).toEqual([1, 0]);
  });

  it("survives a scope", async () => {
    const { min, max } = scope(() => x().mul(2).aminmax());
    expect([await min.item(), await max.item()]).toEqual([2, 8]);
  });

  it("keeps its names in vmap", async () => {
    const { var: variance, mean } = vmap((row: Tensor) => varMean(row))(x());
    expect(await variance.toArray()).toEqual([4.5, 0.5]);
    expect(await mean.toArray()).toEqual([2.5, 2.5]);
    const parts = vmap((a: Tensor) => qr(a))(rand([3, 2, 2]));
    expect(parts).toHaveLength(2);
    expect(parts.R).toBe(parts[1]);
    expect(parts.R.shape).toEqual([3, 2, 2]);
    expect(vmap((row: Tensor) => row.max(0), { chunkSize: 1 })(x()).values.shape).toEqual([2]);
  });

  it("keeps its names in a compiled function", async () => {
    const step = await compile((a: Tensor) => aminmax(a.mul(2), 0));
    for (let k = 0; k < 4; k++) {
      const { min, max } = step(x().add(k));
      expect(await min.toArray()).toEqual([2 + 2 * k, 4 + 2 * k]);
      expect(await max.toArray()).toEqual([6 + 2 * k, 8 + 2 * k]);
    }
  });

  it("keeps its names and its history in a checkpoint", async () => {
    const a = requiresGrad(x());
    const { var: variance, mean } = checkpoint((input: Tensor) => varMean(input.mul(2), null, { correction: 0 }), a);
    variance.add(mean).backward();
    expect(await a.grad?.toArray()).toEqual([
      [-2.5, 3.5],
      [1.5, -0.5],
    ]);
  });

  it("keeps its names as the further result of grad", async () => {
    const [gradient, spread] = grad((a: Tensor) => [a.square().sum(), stdMean(a)] as const, { hasAux: true })(x());
    expect(gradient.shape).toEqual([2, 2]);
    expect(await spread.mean.item()).toBe(2.5);
    expect(spread.std).toBe(spread[0]);
  });
});
