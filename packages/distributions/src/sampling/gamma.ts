/**
 * Samples from the gamma distribution with rate 1, and their gradient.
 *
 * The method of Marsaglia and Tsang 2000, "A Simple Method for Generating Gamma Variables", accepts more than 19 of 20
 * candidates. The host tries until one is accepted. A GPU draws eight candidates per sample, all of which are rejected
 * less than once in 10¹⁰ samples.
 */

import {
  apply,
  copyInto,
  defaultGenerator,
  digamma,
  finfo,
  type Generator,
  type GeneratorOption,
  type Op,
  pointwise,
  rand,
  randn,
  rules,
  type Tensor,
} from "@akari/tensor";
import { gammaSlope } from "./gamma-slope.ts";
import { drawEach, isReadable } from "./host.ts";

/** Draws one sample, consuming normal and uniform numbers in PyTorch's order. */
function drawGamma(generator: Generator, concentration: number): number {
  if (concentration === 0) return 0;
  const lifted = concentration < 1;
  const factor = lifted ? (1 - generator.uniform64()) ** (1 / concentration) : 1;
  const d = (lifted ? concentration + 1 : concentration) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  if (Number.isNaN(d)) return d;
  for (;;) {
    let z = generator.normal();
    while (1 + c * z <= 0) z = generator.normal();
    const v = (1 + c * z) ** 3;
    const u = 1 - generator.uniform64();
    if (u < 1 - 0.0331 * z ** 4 || Math.log(u) < 0.5 * z * z + d * (1 - v + Math.log(v))) return factor * d * v;
  }
}

const lifted = /* @__PURE__ */ pointwise<[Tensor]>("standardGamma", (a) =>
  a
    .lt(1)
    .where(a.add(1), a)
    .sub(1 / 3),
);
const tried = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>("standardGamma", (kept, d, z, u) => {
  const root = z.mul(d.mul(9).rsqrt()).add(1);
  const v = root.mul(root).mul(root);
  const bound = z
    .square()
    .mul(0.5)
    .add(d.mul(v.neg().add(1).add(v.log())));
  return root.gt(0).and(u.neg().log1p().lt(bound)).where(d.mul(v), kept);
});
const lowered = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("standardGamma", (x, a, u) =>
  a.lt(1).where(x.mul(u.neg().log1p().div(a).exp()), x),
);

function drawnOnDevice(concentration: Tensor, generator: Generator): Tensor {
  const options = { dtype: concentration.dtype, device: concentration.device, generator };
  const d = lifted(concentration);
  let x = d;
  for (let round = 0; round < 8; round++) x = tried(x, d, randn(d.shape, options), rand(d.shape, options));
  return lowered(x, concentration, rand(d.shape, options));
}

const op: Op<Generator> = {
  name: "standardGamma",
  infer: ([a]) => [a],
  run: ([a], generator, [to]) => {
    const concentration = a.detach();
    if (isReadable(a))
      drawEach(to, [concentration], generator, (from, c) => Math.max(drawGamma(from, c), finfo(to.dtype).tiny));
    else copyInto(to, drawnOnDevice(concentration, generator).clamp(finfo(to.dtype).tiny), to.device);
  },
  gradient: /* @__PURE__ */ rules({
    inputs: [0],
    outputs: [0],
    of: (g, context) => g.mul(gammaSlope(context.output(), context.input(0), digamma(context.input(0)))),
  }),
};

/** Draws one sample with rate 1 for each element of the concentration, which must be float32 or float64. */
export function standardGamma(concentration: Tensor, { generator = defaultGenerator() }: GeneratorOption): Tensor {
  return apply(op, [concentration], generator);
}
