/**
 * Samples from the binomial distribution.
 *
 * For fewer than 10 expected successes, the numbers of trials between successes are drawn. Otherwise it is the
 * transformed rejection of Hörmann 1993, "The generation of binomial random variates": on the host until a candidate is
 * accepted, on a GPU with a fixed 16 candidates per sample.
 */

import {
  broadcastTensors,
  computeType,
  defaultGenerator,
  type Expr,
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
import { logFactorial } from "./poisson.ts";

/** Computes the remainder of Stirling's formula for ln k!. */
function remainder(k: number): number {
  return logFactorial(k) - ((k + 0.5) * Math.log(k + 1) - (k + 1) + 0.5 * Math.log(2 * Math.PI));
}

function drawFew(generator: Generator, trials: number, p: number): number {
  const log = Math.log1p(-p);
  let done = 0;
  for (let successes = 0; ; successes++) {
    done += Math.ceil(Math.log(generator.uniform64()) / log);
    if (done > trials) return successes;
  }
}

function drawMany(generator: Generator, trials: number, p: number): number {
  const deviation = Math.sqrt(trials * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const odds = p / (1 - p);
  const alpha = (2.83 + 5.1 / b) * deviation;
  const m = Math.floor((trials + 1) * p);
  for (;;) {
    const u = generator.uniform64() - 0.5;
    const v = generator.uniform64();
    const edge = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / edge + b) * u + trials * p + 0.5);
    if (edge >= 0.07 && v <= 0.92 - 4.2 / b) return k;
    if (k < 0 || k > trials) continue;
    const bound =
      (m + 0.5) * Math.log((m + 1) / (odds * (trials - m + 1))) +
      (trials + 1) * Math.log((trials - m + 1) / (trials - k + 1)) +
      (k + 0.5) * Math.log((odds * (trials - k + 1)) / (k + 1)) +
      remainder(m) +
      remainder(trials - m) -
      remainder(k) -
      remainder(trials - k);
    if (Math.log((v * alpha) / (a / (edge * edge) + b)) <= bound) return k;
  }
}

/** Draws one sample, consuming uniform numbers in PyTorch's order. */
function drawBinomial(generator: Generator, trials: number, p: number): number {
  if (Number.isNaN(p)) return p;
  if (trials <= 0 || p <= 0) return 0;
  if (p >= 1) return trials;
  const rarer = Math.min(p, 1 - p);
  const successes = (trials * rarer >= 10 ? drawMany : drawFew)(generator, trials, rarer);
  return p <= 0.5 ? successes : trials - successes;
}

const rest = (x: Expr): Expr => x.neg().add(1);

/** `remainder`, from its series. */
function remainderOf(k: Expr): Expr {
  const inverse = k.add(1).reciprocal();
  const square = inverse.square();
  return square
    .mul(1 / 1260)
    .sub(1 / 360)
    .mul(square)
    .add(1 / 12)
    .mul(inverse);
}

const tried = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor, Tensor]>(
  "binomial",
  (kept, trials, p, uniform, v) => {
    const deviation = trials.mul(p).mul(rest(p)).sqrt();
    const b = deviation.mul(2.53).add(1.15);
    const a = b.mul(0.0248).add(p.mul(0.01)).sub(0.0873);
    const odds = p.div(rest(p));
    const m = trials.add(1).mul(p).floor();
    const u = uniform.sub(0.5);
    const edge = u.abs().neg().add(0.5);
    const k = a.mul(2).div(edge).add(b).mul(u).add(trials.mul(p)).add(0.5).floor();
    const left = trials.sub(k).add(1);
    const leftAtMode = trials.sub(m).add(1);
    const bound = m
      .add(0.5)
      .mul(m.add(1).div(odds.mul(leftAtMode)).log())
      .add(trials.add(1).mul(leftAtMode.div(left).log()))
      .add(k.add(0.5).mul(odds.mul(left).div(k.add(1)).log()))
      .add(remainderOf(m))
      .add(remainderOf(trials.sub(m)))
      .sub(remainderOf(k))
      .sub(remainderOf(trials.sub(k)));
    const alpha = b.reciprocal().mul(5.1).add(2.83).mul(deviation);
    const below = v.mul(alpha).div(a.div(edge.square()).add(b)).log().le(bound);
    const inside = edge.ge(0.07).and(v.le(b.reciprocal().mul(-4.2).add(0.92)));
    return inside.or(k.ge(0).and(k.le(trials)).and(below)).where(k, kept);
  },
);
/**
 * Raises the number of trials to the minimum for the rejection method. Samples with fewer trials use the other method.
 */
const enough = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("binomial", (trials, p) =>
  trials.max(p.max(1e-6).reciprocal().mul(10).ceil()),
);
const waiting = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("binomial", (u, p) =>
  u.neg().log1p().div(p.neg().log1p()).floor().add(1),
);
const rarerOf = /* @__PURE__ */ pointwise<[Tensor]>("binomial", (p) => p.min(rest(p)));
const chosen = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>("binomial", (trials, p, few, many) => {
  const successes = trials
    .mul(p.min(rest(p)))
    .lt(10)
    .where(few, many);
  return p.le(0).where(0, p.ge(1).where(trials, p.le(0.5).where(successes, trials.sub(successes))));
});

function drawnOnDevice(trials: Tensor, p: Tensor, generator: Generator): Tensor {
  const options = { dtype: p.dtype, device: p.device, generator };
  const rarer = rarerOf(p);
  const gaps = waiting(rand([...p.shape, 48], options), rarer.unsqueeze(-1));
  const few = gaps.cumsum(-1).le(trials.unsqueeze(-1)).to(p.dtype).sum(-1);
  const many = enough(trials, rarer);
  let drawn = many.mul(rarer).floor();
  for (let round = 0; round < 16; round++)
    drawn = tried(drawn, many, rarer, rand(p.shape, options), rand(p.shape, options));
  return chosen(trials, p, few, drawn);
}

/**
 * Draws the number of successes of `trials` with probability `p` for each element, in the dtype of `p`. Shapes are
 * broadcast. On the CPU, a seed gives PyTorch's numbers. The result has no gradient.
 *
 * https://pytorch.org/docs/stable/generated/torch.binomial.html
 *
 * @throws DTypeError for integers.
 * @throws ArgumentError for a probability outside [0, 1] and numbers of trials that are negative or not finite.
 * @example
 * binomial(tensor([10, 100]), tensor(0.5)).shape; // [2]
 */
export function binomial(trials: Tensor, p: Tensor, options?: GeneratorOption): Tensor {
  const given = settings("binomial", options, { generator: undefined });
  expectFloating("binomial", trials);
  expectFloating("binomial", p);
  expectBetween(trials, 0, finfo(trials.dtype).max, "binomial: trials must be finite and not negative, got {}");
  expectBetween(p, 0, 1, "binomial: probabilities must be from 0 to 1, got {}");
  const [n, probability] = broadcastTensors(trials, p);
  return drawnBinomial(n, probability, given);
}

/** `binomial` without the checks, for tensors of the same shape. */
export function drawnBinomial(trials: Tensor, p: Tensor, { generator = defaultGenerator() }: GeneratorOption): Tensor {
  // safe: two results
  const [n, probability] = [trials, p].map((x) => x.detach().to(computeType(p.dtype))) as [Tensor, Tensor];
  if (!isReadable(p)) return drawnOnDevice(n, probability, generator).to(p.dtype);
  const drawn = probability.newEmpty(probability.shape);
  drawEach(drawn, [n, probability], generator, drawBinomial);
  return drawn.to(p.dtype);
}
