/**
 * Special functions with the names of PyTorch's `torch.special`: relatives of the error function, incomplete gamma
 * functions, the Hurwitz zeta function, Bessel functions and orthogonal polynomials. Each is one formula: a fused
 * kernel on every device, with derivatives of any order. Functions that `@akari/tensor` provides are re-exported here
 * under their names in `torch.special`, so that all of them can be imported from one place.
 *
 * @packageDocumentation
 */

export {
  digamma,
  digamma as psi,
  erf,
  erfc,
  erfinv,
  exp2,
  expm1,
  lgamma as gammaln,
  log1p,
  logit,
  logSoftmax,
  logsumexp,
  polygamma,
  round,
  sigmoid as expit,
  sinc,
  softmax,
  xlogy,
} from "@akari/tensor";
export { airyAi } from "./airy.ts";
export { besselJ0, besselJ1, besselY0, besselY1, sphericalBesselJ0 } from "./bessel.ts";
export { type Frexp, frexp, ldexp, nextafter } from "./binary.ts";
export { erfcx, logNdtr, ndtr, ndtri } from "./error-function.ts";
export { floatPower } from "./float-power.ts";
export { type GradientOptions, gradient } from "./gradient.ts";
export { type Histogram, type HistogramDd, type HistogramOptions, histogram, histogramdd } from "./histogram.ts";
export { gammainc, gammainc as igamma, gammaincc, gammaincc as igammac } from "./incomplete-gamma.ts";
export { gcd, lcm } from "./integers.ts";
export { entr, logaddexp2, xlog1py } from "./logarithms.ts";
export {
  i0,
  i0 as modifiedBesselI0,
  i0e,
  i1,
  i1 as modifiedBesselI1,
  i1e,
  modifiedBesselK0,
  modifiedBesselK1,
  scaledModifiedBesselK0,
  scaledModifiedBesselK1,
} from "./modified-bessel.ts";
export { multigammaln, multigammaln as mvlgamma } from "./multigammaln.ts";
export {
  chebyshevPolynomialT,
  chebyshevPolynomialU,
  chebyshevPolynomialV,
  chebyshevPolynomialW,
  hermitePolynomialH,
  hermitePolynomialHe,
  laguerrePolynomialL,
  legendrePolynomialP,
  type Polynomial,
  shiftedChebyshevPolynomialT,
  shiftedChebyshevPolynomialU,
  shiftedChebyshevPolynomialV,
  shiftedChebyshevPolynomialW,
} from "./polynomials.ts";
export { unravelIndex } from "./unravel-index.ts";
export { zeta } from "./zeta.ts";
