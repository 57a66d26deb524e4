/**
 * Samples from the Poisson distribution.
 *
 * For rates below 10, arrivals are counted. Otherwise it is the transformed rejection of Hörmann 1993, "The transformed
 * rejection method for generating Poisson random variables": on the host until a candidate is accepted, on a GPU with
 * 16 candidates per sample, of which the last accepted one is used.
 */

import {
  computeType,
  defaultGenerator,
  expectBetween,
  expectFloating,
  finfo,
  type Generator,
  type GeneratorOption,
  pointwise,
  rand,
  settings,
  type Tensor,
} from "@akari/tensor";
import { drawEach, isReadable } from "./host.ts";

/** Computes ln n!. */
export function logFactorial(n: number): number {
  if (n < 32) {
    let product = 1;
    for (let i = 2; i <= n; i++) product *= i;
    return Math.log(product);
  }
  return (
    (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + (1 / 12 - (1 / 360 - 1 / 1260 / n / n) / n / n) / n
  );
}

/** Draws one sample, consuming uniform numbers in PyTorch's order. */
function drawOne(generator: Generator, rate: number): number {
  if (rate === 0 || Number.isNaN(rate)) return rate;
  if (rate < 10) {
    const end = Math.exp(-rate);
    let count = -1;
    for (let product = 1; product > end || count < 0; count++) product *= generator.uniform64();
    return count;
  }
  const root = Math.sqrt(rate);
  const b = 0.931 + 2.53 * root;
  const a = -0.059 + 0.02483 * b;
  const scale = 1.1239 + 1.1328 / (b - 3.4);
  for (;;) {
    const u = generator.uniform64() - 0.5;
    const v = generator.uniform64();
    const edge = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / edge + b) * u + rate + 0.43);
    if (edge >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2)) return k;
    if (k < 0 || (edge < 0.013 && v > edge)) continue;
    if (Math.log(v) + Math.log(scale) - Math.log(a / (edge * edge) + b) <= -rate + k * Math.log(rate) - logFactorial(k))
      return k;
  }
}

const tried = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>("poisson", (kept, rate, uniform, v) => {
  const b = rate.sqrt().mul(2.53).add(0.931);
  const a = b.mul(0.02483).sub(0.059);
  const u = uniform.sub(0.5);
  const edge = u.abs().neg().add(0.5);
  const k = a.mul(2).div(edge).add(b).mul(u).add(rate).add(0.43).floor();
  const inside = edge.ge(0.07).and(v.le(b.sub(2).reciprocal().mul(-3.6224).add(0.9277)));
  const scale = b.sub(3.4).reciprocal().mul(1.1328).add(1.1239);
  // Log-probability by Stirling's formula, with the large terms combined into a function of the small relative distance
  // x.
  const n = k.max(1);
  const x = n.sub(rate).div(rate);
  const main = x.add(1).mul(x.log1p()).sub(x).mul(rate);
  const log = main
    .neg()
    .sub(
      n
        .mul(2 * Math.PI)
        .log()
        .mul(0.5),
    )
    .sub(n.mul(12).reciprocal());
  const bound = k.lt(1).where(rate.neg(), log);
  const below = v.mul(scale).div(a.div(edge.square()).add(b)).log().le(bound);
  const refused = k.lt(0).or(edge.lt(0.013).and(v.gt(edge)));
  return inside.or(refused.not().and(below)).where(k, kept);
});
const chosen = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("poisson", (rate, few, many) =>
  rate.lt(10).where(few, many),
);

function drawnOnDevice(rate: Tensor, generator: Generator): Tensor {
  const options = { dtype: rate.dtype, device: rate.device, generator };
  // 48 arrivals suffice: more occur once in 10¹⁵ samples.
  const waits = rand([...rate.shape, 48], options)
    .neg()
    .log1p()
    .neg()
    .cumsum(-1);
  const few = waits.le(rate.unsqueeze(-1)).to(rate.dtype).sum(-1);
  const large = rate.clamp(10);
  let many = large.floor();
  for (let round = 0; round < 16; round++)
    many = tried(many, large, rand(rate.shape, options), rand(rate.shape, options));
  return chosen(rate, few, many);
}

/**
 * Draws one sample from the Poisson distribution for each element of the rate, in its dtype. On the CPU, a seed gives
 * PyTorch's numbers. The result has no gradient.
 *
 * https://pytorch.org/docs/stable/generated/torch.poisson.html
 *
 * @throws DTypeError for integers.
 * @throws ArgumentError for a rate that is negative or not finite.
 * @example
 * poisson(tensor([0.5, 4, 100])).shape; // [3]
 */
export function poisson(rate: Tensor, options?: GeneratorOption): Tensor {
  const given = settings("poisson", options, { generator: undefined });
  expectFloating("poisson", rate);
  expectBetween(rate, 0, finfo(rate.dtype).max, "poisson: rates must be finite and not negative, got {}");
  return drawPoisson(rate, given);
}

/** `poisson` without the checks. */
export function drawPoisson(rate: Tensor, { generator = defaultGenerator() }: GeneratorOption): Tensor {
  const given = rate.detach().to(computeType(rate.dtype));
  if (!isReadable(given)) return drawnOnDevice(given, generator).to(rate.dtype);
  const result = given.newEmpty(given.shape);
  drawEach(result, [given], generator, drawOne);
  return result.to(rate.dtype);
}
