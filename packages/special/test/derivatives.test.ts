/** First and second derivatives by every argument, compared with finite differences, and in compiled functions. */

import { gradcheck, gradgradcheck, requiresGrad } from "@akari/autograd";
import { compile, fromTypedArray, type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import * as functions from "../src/index.ts";

// Nothing here is bundled, so functions can be looked up by name.
const special: typeof functions = functions;

const double = { dtype: "float64" } as const;
const leaf = (points: readonly number[]): Tensor => requiresGrad(tensor(points, double));
const above = [0.3, 0.9, 1.7, 1.99, 2.3, 4.2, 7.9, 8.3];
const around = [...above, ...above.map((x) => -x)];
const [shapes, places] = [
  [0.1, 0.3, 0.7, 1, 2, 5, 9, 20, 3, 3],
  [0.2, 0.05, 0.9, 1.5, 1.2, 7, 4, 21, 0.5, 9],
];

const each: Readonly<Record<string, readonly [of: (...given: Tensor[]) => Tensor, ...(readonly number[])[]]>> = {
  erfcx: [special.erfcx, [-3, -1, -0.2, 0.1, 1, 4, 20]],
  ndtr: [special.ndtr, [-4, -1, 0.2, 3]],
  logNdtr: [special.logNdtr, around],
  ndtri: [special.ndtri, [0.01, 0.13, 0.14, 0.3, 0.5, 0.7, 0.99]],
  entr: [special.entr, above],
  i0: [special.i0, around],
  i0e: [special.i0e, around],
  i1: [special.i1, around],
  i1e: [special.i1e, around],
  besselJ0: [special.besselJ0, around],
  besselJ1: [special.besselJ1, around],
  besselY0: [special.besselY0, above],
  besselY1: [special.besselY1, above],
  modifiedBesselK0: [special.modifiedBesselK0, above],
  modifiedBesselK1: [special.modifiedBesselK1, above],
  scaledModifiedBesselK0: [special.scaledModifiedBesselK0, above],
  scaledModifiedBesselK1: [special.scaledModifiedBesselK1, above],
  sphericalBesselJ0: [special.sphericalBesselJ0, around],
  airyAi: [special.airyAi, around],
  xlog1py: [special.xlog1py, [0.5, -1, 2], [0.3, -0.5, 4]],
  logaddexp2: [special.logaddexp2, [0.5, -1, 2], [0.3, -0.5, 4]],
  zeta: [special.zeta, [1.5, 2, 3.3, 8], [0.5, 2, 7, 1.2]],
  gammainc: [special.gammainc, shapes, places],
  gammaincc: [special.gammaincc, shapes, places],
  "multigammaln at whole numbers": [(x) => special.multigammaln(x as Tensor, 3), [1.2, 3, 8]],
  legendrePolynomialP: [(x) => special.legendrePolynomialP(x as Tensor, 5), [-0.6, 0.1, 1.3]],
  gradient: [(x) => special.gradient(x as Tensor, { edgeOrder: 2 })[0] as Tensor, above],
};

describe("derivatives", () => {
  it.each(Object.keys(each))("of %s match finite differences", async (name) => {
    const [of, ...points] = each[name] as (typeof each)[string];
    const inputs = points.map(leaf);
    expect(await gradcheck(of, inputs)).toBe(true);
    expect(await gradgradcheck(of, inputs)).toBe(true);
  });

  it("at 0 are the limits", () => {
    const slope = (of: (x: Tensor) => Tensor): unknown => {
      const x = leaf([0]);
      of(x).sum().backward();
      return x.grad?.toArraySync();
    };
    expect(slope(special.i0)).toEqual([0]);
    expect(slope(special.i1)).toEqual([expect.closeTo(0.5, 13)]);
    expect(slope(special.besselJ1)).toEqual([expect.closeTo(0.5, 13)]);
    expect(slope(special.entr)).toEqual([Number.POSITIVE_INFINITY]);
  });

  it("are the same in a compiled function", async () => {
    const step = (a: Tensor, x: Tensor): Tensor => special.gammainc(a, x).add(special.ndtr(x)).add(special.i0e(a));
    const compiled = await compile(step);
    for (let run = 0; run < 4; run++) {
      // safe: two
      const [a, x] = [1, 2].map((k) => fromTypedArray(Float64Array.of(k, k + run, 0.5 * k), [3])) as [Tensor, Tensor];
      expect(compiled(a, x).toArraySync()).toEqual(step(a, x).toArraySync());
    }
  });
});
