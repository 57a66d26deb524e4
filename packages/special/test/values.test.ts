/**
 * Values compared with results of 50-digit arithmetic, in both dtypes, on the CPU and the reference backend; and values
 * at the ends of the domains.
 */

import { cpu, type Tensor, tensor } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { describe, expect, it } from "vitest";
import * as functions from "../src/index.ts";
import recorded from "./recorded.json" with { type: "json" };

// Nothing here is bundled, so functions can be looked up by name.
const special: typeof functions = functions;
type Name = keyof typeof recorded;

/** Relative and absolute tolerances in each dtype; close to zeros of a wave, its neighbors determine the size. */
const tolerance = { float64: [2e-13, 1e-14], float32: [1e-5, 1e-6] } as const;

describe.each([
  ["cpu", cpu(), "float64"],
  ["cpu", cpu(), "float32"],
  ["reference", reference(), "float64"],
  ["reference", reference(), "float32"],
] as const)("values on %s", (_, device, dtype) => {
  it.each(Object.keys(recorded) as Name[])(`%s in ${dtype}`, async (name) => {
    const { arguments: points, values } = recorded[name];
    const [relative, absolute] = tolerance[dtype];
    // safe: as many as the function has arguments
    const given = points.map((side) => tensor(side, { dtype, device })) as unknown as [Tensor, Tensor];
    const got = await special[name](...given).data();
    // Values that the dtype cannot represent with full precision are not compared.
    const [least, most] = dtype === "float64" ? [1e-300, 1e300] : [1e-37, 1e37];
    values.forEach((value, i) => {
      const size = Math.abs(value);
      if (size > most) return;
      const waves = name.startsWith("bessel") || name === "airyAi";
      const allowed = size < least ? least : relative * size + (waves ? absolute : 0);
      expect(
        Math.abs((got[i] as number) - value),
        `${name}(${points.map((side) => side[i])}), which is ${value}`,
      ).toBeLessThanOrEqual(allowed);
    });
  });
});

const infinity = Number.POSITIVE_INFINITY;

describe.each(["float32", "float64"] as const)("limits and poles in %s", (dtype) => {
  const at = (name: Name, ...points: readonly (readonly number[])[]): unknown => {
    // Safe: the functions below have as many arguments as there are lists.
    const of = special[name] as unknown as (...given: Tensor[]) => Tensor;
    return of(...points.map((side) => tensor(side, { dtype }))).toArraySync();
  };

  it.each([
    ["ndtr", [-infinity, infinity], [0, 1]],
    ["logNdtr", [-infinity, infinity], [-infinity, -0]],
    ["ndtri", [0, 1, -0.1, 1.1], [-infinity, infinity, Number.NaN, Number.NaN]],
    ["erfcx", [-infinity, infinity, -1e4], [infinity, 0, infinity]],
    ["entr", [0, -1, infinity], [0, -infinity, -infinity]],
    ["i0", [infinity, -infinity, -1e4], [infinity, infinity, infinity]],
    ["i1", [0, infinity, -infinity, -1e4], [0, infinity, -infinity, -infinity]],
    ["i0e", [infinity, -infinity], [0, 0]],
    ["i1e", [0, infinity, -infinity], [0, 0, -0]],
    ["besselJ0", [infinity, -infinity], [0, 0]],
    ["besselJ1", [0, infinity, -infinity], [0, 0, 0]],
    ["besselY0", [0, -1, infinity], [-infinity, Number.NaN, 0]],
    ["besselY1", [0, -1, infinity], [-infinity, Number.NaN, 0]],
    ["modifiedBesselK0", [0, -1, infinity], [infinity, Number.NaN, 0]],
    ["modifiedBesselK1", [0, -1, infinity], [infinity, Number.NaN, 0]],
    ["scaledModifiedBesselK0", [0, -1, infinity], [infinity, Number.NaN, 0]],
    ["scaledModifiedBesselK1", [0, -1, infinity], [infinity, Number.NaN, 0]],
    ["sphericalBesselJ0", [0, infinity], [1, 0]],
    ["airyAi", [infinity, -infinity], [0, 0]],
  ] as const)("%s", (name, points, values) => {
    expect(at(name, points)).toEqual(values);
    expect(at(name, [Number.NaN])).toEqual([Number.NaN]);
  });

  it.each([
    ["xlog1py", [0, 0, 0, 1], [-1, infinity, Number.NaN, -1], [0, 0, Number.NaN, -infinity]],
    [
      "zeta",
      [1, 0.5, 2, 2, 2.5, 60, infinity, infinity, infinity],
      [2, 2, 0, -3, -0.5, 3e38, 0.5, 1, 2],
      [infinity, Number.NaN, infinity, infinity, Number.NaN, 0, infinity, 1, 0],
    ],
    [
      "gammainc",
      [0, 0, 2, 2, infinity, infinity, -1, 1, 2],
      [0, 1, 0, infinity, 5, infinity, 1, -1, 1e30],
      [Number.NaN, 1, 0, 1, 0, Number.NaN, Number.NaN, Number.NaN, 1],
    ],
    [
      "gammaincc",
      [0, 0, 2, 2, infinity, infinity, -1, 1, 2],
      [0, 1, 0, infinity, 5, infinity, 1, -1, 1e30],
      [Number.NaN, 0, 1, 0, 1, Number.NaN, Number.NaN, Number.NaN, 0],
    ],
  ] as const)("%s", (name, left, right, values) => {
    expect(at(name, left, right)).toEqual(values);
    expect(at(name, [Number.NaN, 1.5], [1.5, Number.NaN])).toEqual([Number.NaN, Number.NaN]);
  });
});

describe("orthogonal polynomials", () => {
  const x = tensor([-0.9, -0.3, 0.2, 0.85], { dtype: "float64" });
  const values = (of: functions.Polynomial, n: number): number[] => of(x, n).toArraySync() as number[];
  const points = x.toArraySync() as number[];
  const expectPoints = (got: readonly number[], of: (x: number) => number): void => {
    got.forEach((value, i) => {
      expect(value).toBeCloseTo(of(points[i] as number), 12);
    });
  };

  it("of Chebyshev are sines and cosines of multiples", () => {
    const n = 7;
    expectPoints(values(special.chebyshevPolynomialT, n), (x) => Math.cos(n * Math.acos(x)));
    expectPoints(
      values(special.chebyshevPolynomialU, n),
      (x) => Math.sin((n + 1) * Math.acos(x)) / Math.sin(Math.acos(x)),
    );
    expectPoints(
      values(special.chebyshevPolynomialV, n),
      (x) => Math.cos((n + 0.5) * Math.acos(x)) / Math.cos(Math.acos(x) / 2),
    );
    expectPoints(
      values(special.chebyshevPolynomialW, n),
      (x) => Math.sin((n + 0.5) * Math.acos(x)) / Math.sin(Math.acos(x) / 2),
    );
    const moved = x.mul(2).sub(1);
    for (const letter of ["T", "U", "V", "W"] as const) {
      const shifted = special[`shiftedChebyshevPolynomial${letter}`](x, n);
      expect(shifted.toArraySync()).toEqual(special[`chebyshevPolynomial${letter}`](moved, n).toArraySync());
    }
  });

  it("of Hermite, Laguerre and Legendre match published tables", () => {
    expectPoints(values(special.hermitePolynomialH, 4), (x) => 16 * x ** 4 - 48 * x ** 2 + 12);
    expectPoints(values(special.hermitePolynomialHe, 4), (x) => x ** 4 - 6 * x ** 2 + 3);
    expectPoints(values(special.laguerrePolynomialL, 3), (x) => (-(x ** 3) + 9 * x ** 2 - 18 * x + 6) / 6);
    expectPoints(values(special.legendrePolynomialP, 4), (x) => (35 * x ** 4 - 30 * x ** 2 + 3) / 8);
  });

  it("are 1 for degree 0 and 0 below, and reject a fractional degree", () => {
    expect(values(special.legendrePolynomialP, 0)).toEqual([1, 1, 1, 1]);
    expect(values(special.hermitePolynomialH, -1)).toEqual([0, 0, 0, 0]);
    expect(() => special.chebyshevPolynomialT(x, 1.5)).toThrow("chebyshevPolynomialT: n must be");
  });
});

describe("functions of torch.special that @akari/tensor contains", () => {
  it("are exported unchanged", async () => {
    const { digamma, lgamma, sigmoid } = await import("@akari/tensor");
    expect([special.psi, special.gammaln, special.expit]).toEqual([digamma, lgamma, sigmoid]);
    expect([special.igamma, special.igammac, special.mvlgamma]).toEqual([
      special.gammainc,
      special.gammaincc,
      special.multigammaln,
    ]);
  });
});
