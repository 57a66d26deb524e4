/** Maps `torch.special`, and the functions of `torch` that are in `@akari/special`, to Akari's names and arguments. */

import * as akari from "@akari/special";
import type { Tensor } from "@akari/tensor";
import { type Arguments, snakeCase } from "../arguments.ts";
import type { Call } from "../op-case.ts";

const unaries = [
  "airyAi",
  "besselJ0",
  "besselJ1",
  "besselY0",
  "besselY1",
  "entr",
  "erfcx",
  "expit",
  "gammaln",
  "i0",
  "i0e",
  "i1",
  "i1e",
  "logNdtr",
  "modifiedBesselI0",
  "modifiedBesselI1",
  "modifiedBesselK0",
  "modifiedBesselK1",
  "ndtr",
  "ndtri",
  "psi",
  "scaledModifiedBesselK0",
  "scaledModifiedBesselK1",
  "sphericalBesselJ0",
] as const;

const binaries = ["gammainc", "gammaincc", "xlog1py", "zeta"] as const;

const polynomials = [
  "chebyshevPolynomialT",
  "chebyshevPolynomialU",
  "chebyshevPolynomialV",
  "chebyshevPolynomialW",
  "hermitePolynomialH",
  "hermitePolynomialHe",
  "laguerrePolynomialL",
  "legendrePolynomialP",
  "shiftedChebyshevPolynomialT",
  "shiftedChebyshevPolynomialU",
  "shiftedChebyshevPolynomialV",
  "shiftedChebyshevPolynomialW",
] as const;

const ofTorch = ["gcd", "lcm", "logaddexp2", "igamma", "igammac"] as const;

// This code is never bundled, so functions may be looked up by name.
const functions: typeof akari = akari;

/** Converts `besselJ0` to `special.bessel_j0`. */
const special = (name: string): string => `special.${snakeCase(name)}`;
const entries = <Name extends string>(
  names: readonly Name[],
  entry: (name: Name) => readonly [string, Call],
): Record<string, Call> => Object.fromEntries(names.map(entry));
const bins = (given: Arguments): number | Tensor =>
  given.has("edges") ? given.tensor("edges") : given.operand("bins");
const settings = (given: Arguments): akari.HistogramOptions => {
  const weight = given.optional("weight");
  const others: akari.HistogramOptions = given.options("range", "density");
  return weight === null ? others : { ...others, weight };
};

export const specialFunctions: Readonly<Record<string, Call>> = {
  ...entries(unaries, (name) => [special(name), (given) => functions[name](given.x)]),
  ...entries(binaries, (name) => [
    special(name),
    (given) => functions[name](given.operand("input"), given.operand("other")),
  ]),
  ...entries(polynomials, (name) => [special(name), (given) => functions[name](given.x, given.number("n"))]),
  ...entries(ofTorch, (name) => [name, (given) => functions[name](given.operand("input"), given.operand("other"))]),
  mvlgamma: (given) => functions.mvlgamma(given.x, given.number("p")),
  "special.polygamma": (given) => functions.polygamma(given.number("n"), given.x),
  "special.multigammaln": (given) => functions.multigammaln(given.x, given.number("p")),
  float_power: (given) => functions.floatPower(given.operand("input"), given.operand("exponent")),
  frexp: (given) => functions.frexp(given.x),
  gradient: (given) =>
    functions.gradient(given.x, {
      ...(given.options("spacing", "dim", "edge_order") as akari.GradientOptions),
      ...(given.has("coordinates") ? { spacing: given.list("coordinates") } : {}),
      ...(given.list("spacing").length > 0 && { spacing: given.list("spacing") }),
    }),
  histogram: (given) => {
    const { hist, binEdges } = functions.histogram(given.x, bins(given), settings(given));
    return [hist, binEdges];
  },
  histogramdd: (given) => {
    const edges = given.list("bins");
    const { hist, binEdges } = functions.histogramdd(
      given.x,
      edges.length > 0 ? edges : given.numbers("bins"),
      settings(given),
    );
    return [hist, ...binEdges];
  },
  ldexp: (given) => functions.ldexp(given.x, given.tensor("other")),
  nextafter: (given) => functions.nextafter(given.x, given.operand("other")),
};
