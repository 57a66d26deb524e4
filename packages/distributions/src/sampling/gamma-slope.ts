/**
 * The derivative of a gamma sample with respect to its concentration: the implicit reparameterization gradient, which
 * makes `rsample` differentiable although samples are drawn by rejection.
 *
 *     F(x; a) = u is constant:  dx/da = -(∂F/∂a) / p(x),        p(x) = x^(a-1) e⁻ˣ / Γ(a)
 *
 * Figurnov et al. 2018, "Implicit Reparameterization Gradients", https://arxiv.org/abs/1805.08498
 *
 * One fused formula combines two forms of this integral. For a ≤ 12 and x ≤ max(a, 2), it is the series, with hₙ = Σₖ
 * 1/(a+k) for k ≤ n,
 *
 *     dx/da = Σₙ x·xⁿ/(a ⋯ (a+n)) · (hₙ + ψ(a) - ln x).
 *
 * Otherwise it is Gauss-Legendre quadrature over the nearer tail, with σ = 1 for x ≥ a and -1 below, as far as the
 * integrand exceeds e⁻²⁵ of its initial value,
 *
 *     dx/da = σ ∫ e^(-σt) (1 + σt/x)^(a-1) (ln(x + σt) - ψ(a)) dt.
 */

import { type Expr, type Pointwise, pointwise, type Tensor } from "@akari/tensor";

/** Number of terms of the series. For concentrations up to 12 the rest is below 10⁻⁹ of the sum. */
const terms = 32;
const depth = 25;

/** Returns the nodes and weights of Gauss-Legendre quadrature on [0, 1]. The nodes are found by Newton's method. */
function legendre(count: number): readonly (readonly [node: number, weight: number])[] {
  return Array.from({ length: count }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 1;
    for (let step = 0; step < 8; step++) {
      let [before, value] = [1, x];
      for (let k = 2; k <= count; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
      slope = (count * (x * value - before)) / (x * x - 1);
      x -= value / slope;
    }
    return [(1 - x) / 2, 1 / ((1 - x * x) * slope * slope)] as const;
  });
}

function series(x: Expr, a: Expr, psi: Expr): Expr {
  const rest = psi.sub(x.log());
  let term = x.div(a);
  let harmonic = a.reciprocal();
  let sum = term.mul(harmonic.add(rest));
  for (let n = 1; n < terms; n++) {
    const next = a.add(n).reciprocal();
    term = term.mul(x).mul(next);
    harmonic = harmonic.add(next);
    sum = sum.add(term.mul(harmonic.add(rest)));
  }
  return sum;
}

function quadrature(x: Expr, a: Expr, psi: Expr): Expr {
  const above = x.ge(a);
  const sign = above.where(x.sub(x).add(1), -1);
  const power = a.sub(1);
  // Upper limit where a parabola above the exponent reaches -25; t is in units of x.
  const rise = power.max(0);
  const away = x.sub(rise);
  const up = away.neg().add(depth);
  const curve = away.mul(2).add(rise);
  const upper = up
    .add(
      up
        .square()
        .add(curve.mul(2 * depth))
        .sqrt(),
    )
    .div(curve);
  const lower = away
    .add(
      away
        .square()
        .add(rise.mul(2 * depth))
        .sqrt(),
    )
    .div(rise.max(1))
    .min(1);
  const end = above.where(upper, lower);
  // For large concentrations, ln(x) - ψ(a) is a small difference of nearby numbers.
  const inverse = a.reciprocal();
  const square = inverse.square();
  const gap = inverse.mul(0.5).add(square.mul(square.mul(-1 / 120).add(1 / 12)));
  const start = a.gt(12).where(x.sub(a).div(a).log1p().add(gap), x.log().sub(psi));
  let sum = x.sub(x);
  for (const [node, weight] of legendre(20)) {
    const t = end.mul(node).mul(sign);
    const bend = t.log1p();
    sum = sum.add(power.mul(bend).sub(t.mul(x)).exp().mul(start.add(bend)).mul(weight));
  }
  return sum.mul(end).mul(x).mul(sign);
}

let formula: Pointwise<[Tensor, Tensor, Tensor]> | null = null;

/** Computes dx/da for samples `x` with concentration `a`, whose digamma is `psi`. */
export function gammaSlope(x: Tensor, a: Tensor, psi: Tensor): Tensor {
  formula ??= pointwise<[Tensor, Tensor, Tensor]>("gammaSlope", (x, a, psi) =>
    a
      .le(12)
      .and(x.le(a.max(2)))
      .where(series(x, a, psi), quadrature(x, a, psi)),
  );
  return formula(x, a, psi);
}
