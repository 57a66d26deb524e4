/**
 * In-place random numbers. On devices that share the host's memory, the host's generator draws them and reproduces
 * PyTorch's numbers exactly. On all other devices, the device's own counter-based generator draws them, seeded by the
 * host's generator.
 */

import { checkNumber, checkOrder, checkPositive, expectNumber, expectTensor } from "../argument.ts";
import { capturing, writeDrawn } from "../capture.ts";
import { bytesOf, computeType, type DType, digitsOf, expectFloating, isFloating } from "../dtype.ts";
import { encode, numbersOf } from "../encode.ts";
import { ArgumentError } from "../errors.ts";
import { type Expr, input, scalar } from "../expr/expr.ts";
import { type Program, programOf } from "../expr/program.ts";
import type { RandomCall, View } from "../kernel.ts";
import { applyInPlace, type Op, rules } from "../op.ts";
import { pointwise, type TensorOrNumber } from "../pointwise.ts";
import { defaultGenerator, type Generator } from "../random/generator.ts";
import { checkRange, drawIntegers } from "../random/integers.ts";
import { most, nextWords } from "../random/words.ts";
import { settings } from "../settings.ts";
import type { Tensor } from "../tensor.ts";
import { expectBetween } from "./check.ts";
import { copyInto } from "./copy.ts";

/** The source of random numbers. */
export interface GeneratorOption {
  /** Generator to draw from. Default: the default generator, which `manualSeed` seeds. */
  readonly generator?: Generator | undefined;
}

function generatorOf(operation: string, options: GeneratorOption | undefined): Generator {
  return settings(operation, options, { generator: undefined }).generator ?? defaultGenerator();
}

/** `generatorOf`, for an operation on floating-point tensors. */
function generatorFor(operation: string, x: Tensor, options: GeneratorOption | undefined): Generator {
  expectFloating(operation, x);
  return generatorOf(operation, options);
}

/** Overwrites `x` in place. The previous value receives no gradient. */
function overwrite(name: string, x: Tensor, write: (to: Tensor) => void): Tensor {
  const op: Op = {
    name,
    infer: () => [x],
    run: (_, __, [to]) => write(to),
    gradient: rules(null),
  };
  return applyInPlace(op, x, [x], undefined);
}

/** Passes a contiguous tensor to `write`, and copies it to `to` where that has other strides. */
function viaContiguous(to: Tensor, write: (dense: Tensor) => void): void {
  if (to.isContiguous()) {
    write(to);
    return;
  }
  const dense = to.newEmpty(to.shape);
  write(dense);
  copyInto(to, dense, to.device);
  dense.dispose();
}

/** Stores numbers drawn on the host in a tensor of any strides. */
function storeNumbers(to: Tensor, draw: () => ArrayLike<number>): void {
  viaContiguous(to, ({ device, buffer, offset, dtype }) => {
    writeDrawn(device, buffer, offset * bytesOf(dtype), () => encode(draw(), dtype));
  });
}

/** A draw from [0, 1) with `digits` binary digits, from input `k`: one word of the generator. */
const unit = (k: number, digits: number): Expr =>
  input(k, "int32")
    .and(2 ** digits - 1)
    .cast("float32")
    .mul(2 ** -digits);

/** A draw from [0, 1) with 53 binary digits, from two words. */
function unit64(k: number): Expr {
  const low = input(k + 1, "int32");
  const unsigned = low.cast("float64").add(
    low
      .lt(0)
      .cast("float64")
      .mul(2 ** 32),
  );
  return unit(k, 21)
    .cast("float64")
    .add(unsigned.mul(2 ** -53));
}

const unitOf = (dtype: DType, k: number): Expr => (dtype === "float64" ? unit64(2 * k) : unit(k, digitsOf(dtype)));

/** Scalar argument `k` of the program. */
const argument = (k: number): Expr => scalar(k, "float64");

/** `x · scale + shift`, rounded once if x is float32. */
const stretched = (x: Expr): Expr => x.cast("float64").mul(argument(0)).add(argument(1));

/**
 * How draws are computed from the generator's words: a program for each dtype. One with a single output computes one
 * draw after the other. One with two outputs computes draws in periods of sixteen: its outputs are the first and the
 * second half of a period. The inputs are the words of the draws in the same places.
 */
type Distribution = (dtype: DType) => Program;

/** The factor and the summand that map a draw from [0, 1) to [from, to), each rounded to the dtype. */
function stretch(dtype: DType, from: number, to: number): readonly [range: number, low: number] {
  const round = (x: number) => numbersOf(encode([x], dtype), dtype)[0] as number; // safe: one number in, one out
  return [round(round(to) - round(from)), round(from)];
}

const uniform: Distribution = /* @__PURE__ */ programOf((dtype) => [stretched(unitOf(dtype, 0))]);
const bernoulli: Distribution = /* @__PURE__ */ programOf(() => [unit64(0).lt(argument(0))]);
const exponential: Distribution = /* @__PURE__ */ programOf(() => [unit64(0).neg().add(1).log().mul(argument(0))]);

/** Of sixteen draws from [0, 1), the first eight give the radii and the others the angles (Box and Muller 1958). */
const normal: Distribution = /* @__PURE__ */ programOf((dtype) => {
  // PyTorch computes functions of bfloat16 in bfloat16 and those of float16 in float32. It computes the angle of both
  // in float64.
  const step = (x: Expr): Expr => x.cast(dtype).cast(computeType(dtype));
  const within = dtype === "float16" ? (x: Expr): Expr => x : step;
  const [u, v] = [unitOf(dtype, 0), unitOf(dtype, 1)];
  const radius = step(within(within(step(u.neg().add(1)).log()).mul(-2)).sqrt());
  const angle = step((dtype === "float32" ? v : v.cast("float64")).mul(2 * Math.PI));
  return [angle.cos(), angle.sin()].map((x) => stretched(within(radius.mul(within(x)))));
});

/** Returns the number of draws that a program computes together. */
const periodOf = ({ outputs }: Program): number => (outputs.length === 1 ? 1 : 16);

/**
 * Computes draws from the generator's words on the device. The words are written to the memory of the draws where both
 * have the same size.
 */
function drawInto(
  to: Tensor,
  distribution: Distribution,
  generator: Generator,
  scalars: readonly number[],
  start = 0,
  count = to.numel(),
): void {
  const { device, dtype } = to;
  const program = distribution(dtype);
  const period = periodOf(program);
  const places = program.outputs.map((_, half) => 8 * half);
  const width = program.inputs / places.length; // words per draw
  const inPlace = bytesOf(dtype) === 4 * width;
  const from = inPlace ? to : to.newEmpty([count * width], { dtype: "int32" });
  const target = to.offset + start;
  const first = inPlace ? target * width : 0;
  for (let done = 0, all = count * width; done < all; done += most) {
    writeDrawn(device, from.buffer, 4 * (first + done), () => nextWords(generator, Math.min(most, all - done)));
  }
  const shape = [Math.floor(count / period), Math.ceil(period / 2)];
  const view = (of: Tensor, dtype: DType, step: number, offset: number): View => {
    return { buffer: of.buffer, dtype, shape, strides: [period * step, step], offset };
  };
  const inputs = places.flatMap((place) => {
    return Array.from({ length: width }, (_, k) => view(from, "int32", width, first + place * width + k));
  });
  const draws = places.map((place) => view(to, dtype, 1, target + place));
  device.run({ kind: "pointwise", program, inputs, scalars, to: draws });
  if (from !== to) from.dispose();
}

/** Stores draws of a distribution in a tensor of any strides. */
function store(to: Tensor, distribution: Distribution, generator: Generator, scalars: readonly number[]): void {
  viaContiguous(to, (dense) => {
    drawInto(dense, distribution, generator, scalars);
    const [count, period] = [to.numel(), periodOf(distribution(to.dtype))];
    // The last draws do not fill a period, so PyTorch redraws the last full period.
    if (count % period !== 0) drawInto(dense, distribution, generator, scalars, count - period, period);
  });
}

/**
 * Draws into a temporary tensor, on the host where the device shares its memory, and copies the result of `shape` to
 * `to`.
 */
function drawOnDevice(
  to: Tensor,
  generator: Generator,
  distribution: RandomCall["distribution"],
  dtype: DType,
  shape: (drawn: Tensor) => Tensor,
): void {
  const drawn = to.allocate(to.shape, dtype);
  const reseed = () => generator.random() * 2 ** 20 + (generator.random() >>> 12);
  if (drawnOnHost(to)) drawInto(drawn, uniform, generator, [1, 0]);
  else {
    capturing.by?.draws?.(drawn.device);
    drawn.device.run({ kind: "random", distribution, seed: reseed(), reseed, offset: 0, to: drawn });
  }
  const shaped = shape(drawn);
  copyInto(to, shaped, to.device);
  drawn.dispose();
  shaped.dispose();
}

const affine = /* @__PURE__ */ pointwise<[Tensor, number, number]>("affine", (x, scale, shift) =>
  x.mul(scale).add(shift),
);
const below = /* @__PURE__ */ pointwise<[Tensor, TensorOrNumber]>("bernoulli", (x, p) => x.lt(p));
const waiting = /* @__PURE__ */ pointwise<[Tensor, number]>("exponential", (x, rate) =>
  x
    .max(2 ** -25)
    .neg()
    .log1p()
    .neg()
    .div(rate),
);
const quartiles = /* @__PURE__ */ pointwise<[Tensor, number, number]>("cauchy", (x, sigma, median) =>
  x.sub(0.5).mul(Math.PI).tan().mul(sigma).add(median),
);
const trials = /* @__PURE__ */ pointwise<[Tensor, number]>("geometric", (x, scale) =>
  x
    .max(2 ** -54)
    .log()
    .div(scale)
    .ceil(),
);
const logNormal = /* @__PURE__ */ pointwise<[Tensor, number, number]>("logNormal", (x, scale, shift) =>
  x.mul(scale).add(shift).exp(),
);
const within = /* @__PURE__ */ pointwise<[Tensor, number, number]>("random", (bits, range, low) =>
  bits.and(0x7fffffff).mod(range).add(low),
);

function drawnOnHost(x: Tensor): boolean {
  return x.device.readSync !== undefined;
}

/**
 * Fills a tensor with draws from the uniform distribution on [from, to). Returns `x`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.uniform_.html
 *
 * @param from Default 0.
 * @param to Default 1.
 * @throws DTypeError for integers.
 * @throws ArgumentError when `from` is above `to`.
 */
export function uniform_(x: Tensor, from = 0, to = 1, options?: GeneratorOption): Tensor {
  const generator = generatorFor("uniform_", x, options);
  checkOrder("uniform_", { from, to });
  return overwrite("uniform", x, (target) => {
    if (!drawnOnHost(x))
      drawOnDevice(target, generator, "uniform", computeType(x.dtype), (u) => affine(u, to - from, from));
    else store(target, uniform, generator, stretch(x.dtype, from, to));
  });
}

/**
 * Fills a tensor with draws from the normal distribution. Returns `x`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.normal_.html
 *
 * @param mean Default 0.
 * @param std standard deviation. Default 1.
 * @throws DTypeError for integers.
 * @throws ArgumentError for a negative standard deviation.
 */
export function normal_(x: Tensor, mean = 0, std = 1, options?: GeneratorOption): Tensor {
  const generator = generatorFor("normal_", x, options);
  expectNumber("normal_", "mean", mean);
  checkNumber("normal_", "std", std);
  return overwrite("normal", x, (target) => {
    if (!drawnOnHost(x)) drawOnDevice(target, generator, "normal", computeType(x.dtype), (z) => affine(z, std, mean));
    else if (x.numel() >= 16) store(target, normal, generator, [std, mean]);
    else storeNumbers(target, () => Float64Array.from({ length: x.numel() }, () => generator.normal() * std + mean));
  });
}

/**
 * Fills a tensor with draws from the Bernoulli distribution: 1 with probability `p`, otherwise 0. Returns `x`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.bernoulli_.html
 *
 * @param p one probability (default 0.5), or a tensor with one probability per element.
 * @throws ArgumentError for a probability outside [0, 1].
 */
export function bernoulli_(x: Tensor, p: number | Tensor = 0.5, options?: GeneratorOption): Tensor {
  const generator = generatorOf("bernoulli_", options);
  if (typeof p === "number") checkNumber("bernoulli_", "p", p, 1);
  else {
    expectTensor("bernoulli_", p);
    expectBetween(p, 0, 1, "bernoulli: probabilities must be from 0 to 1, got {}");
  }
  return overwrite("bernoulli", x, (target) => {
    const host = drawnOnHost(x);
    if (host && typeof p === "number") store(target, bernoulli, generator, [p]);
    else {
      const dtype = host && typeof p !== "number" && isFloating(p.dtype) ? p.dtype : "float32";
      drawOnDevice(target, generator, "uniform", dtype, (u) => below(u, p));
    }
  });
}

/**
 * Fills a tensor with draws from the exponential distribution, whose density is `λ e^(-λx)`. Returns `x`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.exponential_.html
 *
 * @param lambda rate. Default 1.
 * @throws DTypeError for integers.
 * @throws ArgumentError unless the rate is positive.
 */
export function exponential_(x: Tensor, lambda = 1, options?: GeneratorOption): Tensor {
  const generator = generatorFor("exponential_", x, options);
  checkPositive("exponential_", "lambda", lambda);
  return overwrite("exponential", x, (target) => {
    if (drawnOnHost(x)) store(target, exponential, generator, [-1 / lambda]);
    else drawOnDevice(target, generator, "uniform", computeType(x.dtype), (u) => waiting(u, lambda));
  });
}

/** Fills a tensor with a function of uniform draws, which have 53 digits on the host. */
function transformed(name: string, x: Tensor, generator: Generator, shape: (u: Tensor) => Tensor): Tensor {
  const dtype = drawnOnHost(x) ? "float64" : "float32";
  return overwrite(name, x, (target) => drawOnDevice(target, generator, "uniform", dtype, shape));
}

/**
 * Fills a tensor with draws from the Cauchy distribution, whose density is `σ / (π ((x - median)² + σ²))`. Returns `x`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.cauchy_.html
 *
 * @param median Default 0.
 * @param sigma half the distance between the quartiles. Default 1.
 * @throws DTypeError for integers.
 * @throws ArgumentError unless `sigma` is positive.
 */
export function cauchy_(x: Tensor, median = 0, sigma = 1, options?: GeneratorOption): Tensor {
  const generator = generatorFor("cauchy_", x, options);
  expectNumber("cauchy_", "median", median);
  checkPositive("cauchy_", "sigma", sigma);
  return transformed("cauchy", x, generator, (u) => quartiles(u, sigma, median));
}

/**
 * Fills a tensor with draws from the geometric distribution: the number of trials, 1 or more, until one with the
 * probability `p` succeeds. Returns `x`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.geometric_.html
 *
 * @throws DTypeError for bools.
 * @throws ArgumentError unless `p` is between 0 and 1.
 */
export function geometric_(x: Tensor, p: number, options?: GeneratorOption): Tensor {
  const generator = generatorOf("geometric_", options);
  if (x?.dtype === "bool") expectFloating("geometric_", x);
  checkPositive("geometric_", "p", p);
  checkPositive("geometric_", "1 - p", 1 - p);
  const scale = Math.log1p(-p);
  return transformed("geometric", x, generator, (u) => trials(u, scale));
}

/**
 * Fills a tensor with draws whose logarithm has the normal distribution with `mean` and `std`. Returns `x`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.log_normal_.html
 *
 * @param mean Default 1.
 * @param std Default 2.
 * @throws DTypeError for integers.
 * @throws ArgumentError unless the standard deviation is positive.
 */
export function logNormal_(x: Tensor, mean = 1, std = 2, options?: GeneratorOption): Tensor {
  const generator = generatorFor("logNormal_", x, options);
  expectNumber("logNormal_", "mean", mean);
  checkPositive("logNormal_", "std", std);
  return overwrite("logNormal", x, (target) => {
    const draw = () => Math.exp(generator.normal() * std + mean);
    if (drawnOnHost(x)) storeNumbers(target, () => Float64Array.from({ length: x.numel() }, draw));
    else drawOnDevice(target, generator, "normal", "float32", (z) => logNormal(z, std, mean));
  });
}

/**
 * Fills a tensor with integers drawn uniformly from [from, to). Returns `x`. A single number is the bound: `random_(x, 10)`
 * draws from [0, 10).
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.random_.html
 *
 * @param from Default 0.
 * @param to Null, the default without `from`, is the largest bound up to which the dtype represents every integer.
 * @throws ArgumentError unless both are integers, `from` is below `to`, and the dtype holds the range.
 */
export function random_(x: Tensor, from?: number, to?: number | null, options?: GeneratorOption): Tensor {
  const [low = 0, high = null] = to === undefined ? [0, from] : [from, to];
  return drawIntegers_("random_", x, low, high, options);
}

/** `random_`, on behalf of the operation that errors name. */
export function drawIntegers_(
  operation: string,
  x: Tensor,
  from: number,
  to: number | null,
  options?: GeneratorOption,
): Tensor {
  const generator = generatorOf(operation, options);
  expectTensor(operation, x);
  const limit = 2 ** digitsOf(x.dtype);
  const end = to ?? limit + Number(isFloating(x.dtype));
  checkRange(operation, from, end);
  if (!isFloating(x.dtype) && (from < (x.dtype === "int32" ? -limit : 0) || end > limit))
    throw new ArgumentError(`${operation}: ${from} to ${end} leaves the range of ${x.dtype}`);
  const range = end - from;
  return overwrite("random", x, (target) => {
    if (drawnOnHost(x)) storeNumbers(target, () => drawIntegers(generator, x.numel(), from, end));
    else if (range >= 2 ** 31)
      throw new ArgumentError(`${operation}: a range of ${range} is too wide on ${x.device.name}; the limit is 2³¹`);
    else drawOnDevice(target, generator, "bits", "int32", (bits) => within(bits, range, from));
  });
}
