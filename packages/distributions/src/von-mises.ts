/** The von Mises distribution. */

import {
  type GeneratorOption,
  pointwise,
  rand,
  type Shape,
  type Tensor,
  type TensorOrNumber,
  where,
  zeros,
} from "@akari/tensor";
import { type Constraint, positive, real } from "./constraints.ts";
import { Distribution, type DistributionOptions, unrecorded } from "./distribution.ts";
import { parameters } from "./parameters.ts";
import { isReadable } from "./sampling/host.ts";

type Formula = Parameters<Parameters<typeof pointwise<[Tensor]>>[1]>[0];

/** Evaluates a polynomial, constant term first. */
function polynomial(x: Formula, coefficients: readonly number[]): Formula {
  return (
    coefficients
      .toReversed()
      // safe: not empty
      .reduce((sum: Formula | null, c) => (sum === null ? x.mul(0).add(c) : sum.mul(x).add(c)), null) as Formula
  );
}

/**
 * The logarithm of a modified Bessel function, from polynomial approximations up to and beyond 3.75. (Abramowitz and
 * Stegun 1964, "Handbook of Mathematical Functions", 9.8.1 to 9.8.4.)
 */
function logBessel(near: readonly number[], far: readonly number[], odd: boolean): (x: Tensor) => Tensor {
  return pointwise<[Tensor]>("VonMises", (x) => {
    const close = x.lt(3.75);
    // Each branch is evaluated only in its own range, so that the unused one has a finite gradient.
    const [low, high] = [close.where(x, 1), close.where(3.75, x)];
    const square = low.mul(1 / 3.75).mul(low.mul(1 / 3.75));
    const small = polynomial(square, near);
    const large = polynomial(high.reciprocal().mul(3.75), far);
    return close.where((odd ? low.mul(small) : small).log(), high.sub(high.log().mul(0.5)).add(large.log()));
  });
}

const logI0 = /* @__PURE__ */ logBessel(
  [1, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.0360768, 0.0045813],
  [0.39894228, 0.01328592, 0.00225319, -0.00157565, 0.00916281, -0.02057706, 0.02635537, -0.01647633, 0.00392377],
  false,
);
const logI1 = /* @__PURE__ */ logBessel(
  [0.5, 0.87890594, 0.51498869, 0.15084934, 0.02658733, 0.00301532, 0.00032411],
  [0.39894228, -0.03988024, -0.00362018, 0.00163801, -0.01031555, 0.02282967, -0.02895312, 0.01787654, -0.00420059],
  true,
);

const density = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("VonMises.logProb", (x, loc, concentration) =>
  concentration.mul(x.sub(loc).cos()).sub(Math.log(2 * Math.PI)),
);
const proposal = /* @__PURE__ */ pointwise<[Tensor]>("VonMises.sample", (concentration) => {
  const tau = concentration.square().mul(4).add(1).sqrt().add(1);
  const rho = tau.sub(tau.mul(2).sqrt()).div(concentration.mul(2));
  return rho.square().add(1).div(rho.mul(2));
});
/** The cosine of the proposed angle. */
const tried = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("VonMises.sample", (u, r) => {
  const z = u.mul(Math.PI).cos();
  return r.mul(z).add(1).div(r.add(z));
});
const accepted = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>(
  "VonMises.sample",
  (f, u, r, concentration) => {
    const c = concentration.mul(r.sub(f));
    return c.mul(c.neg().add(2)).sub(u).gt(0).or(c.div(u).log().add(1).sub(c).ge(0));
  },
);

/**
 * The von Mises distribution of angles in radians, the circular counterpart of the normal distribution.
 *
 *     p(x) = e^(κ cos(x - μ)) / (2π I₀(κ))
 *
 * Best and Fisher 1979, "Efficient Simulation of the von Mises Distribution". After `manualSeed`, draws on the CPU
 * equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.von_mises.VonMises
 *
 * @example
 * new VonMises(0, 4).sample([100]); // angles around 0
 */
export class VonMises extends Distribution {
  static override name = "VonMises";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = {
    loc: real,
    concentration: positive,
  };
  /** Mean direction μ, [batch]. */
  readonly loc: Tensor;
  /** Concentration κ, [batch]. Larger values keep angles closer to μ. */
  readonly concentration: Tensor;

  /** @throws ArgumentError for a concentration that is not positive. */
  constructor(loc: TensorOrNumber, concentration: TensorOrNumber, options: DistributionOptions = {}) {
    const given = parameters("VonMises", { loc, concentration }, VonMises.argConstraints, options);
    super(given.loc.shape, [], given.loc, options);
    this.loc = given.loc;
    this.concentration = given.concentration;
  }

  override get support(): Constraint {
    return real;
  }

  /** Mean direction, [batch]. */
  override get mean(): Tensor {
    return this.loc;
  }

  override get mode(): Tensor {
    return this.loc;
  }

  /** Circular variance `1 - I₁(κ) / I₀(κ)`, between 0 and 1. */
  override get variance(): Tensor {
    return logI1(this.concentration).sub(logI0(this.concentration)).exp().neg().add(1);
  }

  /** Draws angles from -π to π: [sample, batch]. */
  override sample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return unrecorded(() => {
      const shape = this.extendedShape(sampleShape);
      const source = this.source(options);
      const r = proposal(this.concentration);
      let angles = zeros(shape, { dtype: source.dtype, device: source.device });
      let done = angles.ne(0);
      // At least two thirds of the proposals are accepted. Without synchronous reads the loop cannot test for
      // completion, so it runs 32 rounds, after which one angle in 10¹⁵ is still 0.
      const readable = isReadable(this.like);
      for (let round = 0; readable ? !done.all().itemSync() : round < 32; round++) {
        const [u1, u2, u3] = rand([3, ...shape], source).unbind() as readonly Tensor[] as readonly [
          Tensor,
          Tensor,
          Tensor,
        ]; // safe: three slices
        const f = tried(u1, r);
        const taken = accepted(f, u2, r, this.concentration);
        angles = where(taken, u3.sub(0.5).sign().mul(f.acos()), angles);
        done = done.logicalOr(taken);
      }
      return angles
        .add(this.loc)
        .add(Math.PI)
        .remainder(2 * Math.PI)
        .sub(Math.PI);
    });
  }

  override logProb(value: TensorOrNumber): Tensor {
    const { loc, concentration } = this;
    return density(this.checked("logProb", value), loc, concentration).sub(logI0(concentration));
  }

  override expand(batchShape: Shape): VonMises {
    return new VonMises(this.loc.expand(batchShape), this.concentration.expand(batchShape), this.options);
  }
}
