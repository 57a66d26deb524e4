/**
 * Random numbers stored in place. On a device that shares the host's memory they are drawn on the host, from the generator, number for number as
 * PyTorch draws them; elsewhere the device's own counter-based generator draws them, from a seed that the generator gives.
 */

import { checkNumber, checkOrder, checkPositive } from "../argument.ts";
import { writeDrawn } from "../capture.ts";
import { bytesOf, computeType, type DType, digitsOf, expectFloating, isFloating, type TypedArray } from "../dtype.ts";
import { encode, numbersOf } from "../encode.ts";
import { ArgumentError } from "../errors.ts";
import type { RandomCall } from "../kernel.ts";
import { applyInPlace, type Op, rules } from "../op.ts";
import { pointwise, type TensorOrNumber } from "../pointwise.ts";
import { drawBernoulli, drawBernoulliEach, drawExponential, drawIntegers, drawNormal, drawUniform } from "../random/distributions.ts";
import { defaultGenerator, type Generator } from "../random/generator.ts";
import { settings } from "../settings.ts";
import type { Tensor } from "../tensor.ts";
import { copyInto } from "./copy.ts";
import { expand } from "./expand.ts";

/** Where random numbers come from. */
export interface GeneratorOption {
  /** Default: the default generator, which `manualSeed` seeds. */
  readonly generator?: Generator | undefined;
}

function generatorOf(operation: string, options: GeneratorOption | undefined): Generator {
  return settings(operation, options, { generator: undefined }).generator ?? defaultGenerator();
}

/** Stores something new in `x`: what was there is forgotten, by its gradient too. */
function overwrite(name: string, x: Tensor, write: (to: Tensor) => void): Tensor {
  const op: Op = {
    name,
    infer: () => [x],
    run: (_, __, [to]) => write(to),
    gradient: rules(null),
  };
  return applyInPlace(op, x, [x], undefined);
}

/** Stores numbers drawn on the host in a tensor of any strides. */
function store(to: Tensor, draw: (...read: readonly TypedArray[]) => ArrayLike<number>, ...read: readonly Tensor[]): void {
  if (to.numel() === 0) return;
  const data = (...read: readonly TypedArray[]) => encode(draw(...read), to.dtype);
  if (to.isContiguous()) {
    writeDrawn(to.device, to.buffer, to.offset * bytesOf(to.dtype), data, read);
    return;
  }
  const dense = to.newEmpty(to.shape);
  writeDrawn(dense.device, dense.buffer, 0, data, read);
  copyInto(to, dense, to.device);
  dense.dispose();
}

/** Draws on the device, and brings the numbers into shape there. */
function drawOnDevice(
  to: Tensor,
  generator: Generator,
  distribution: RandomCall["distribution"],
  dtype: DType,
  shape: (drawn: Tensor) => Tensor,
): void {
  if (to.numel() === 0) return;
  const drawn = to.allocate(to.shape, dtype);
  const reseed = () => generator.random() * 2 ** 20 + (generator.random() >>> 12);
  drawn.device.run({ kind: "random", distribution, seed: reseed(), reseed, offset: 0, to: drawn });
  const shaped = shape(drawn);
  copyInto(to, shaped, to.device);
  drawn.dispose();
  shaped.dispose();
}

const affine = /* @__PURE__ */ pointwise<[Tensor, number, number]>("affine", (x, scale, shift) => x.mul(scale).add(shift));
const below = /* @__PURE__ */ pointwise<[Tensor, TensorOrNumber]>("bernoulli", (x, p) => x.lt(p));
const waiting = /* @__PURE__ */ pointwise<[Tensor, number]>("exponential", (x, rate) =>
  x
    .max(2 ** -25)
    .neg()
    .log1p()
    .neg()
    .div(rate),
);
const within = /* @__PURE__ */ pointwise<[Tensor, number, number]>("random", (bits, range, low) =>
  bits.and(0x7fffffff).mod(range).add(low),
);

function drawnOnHost(x: Tensor): boolean {
  return x.device.readSync !== undefined;
}

/**
 * Draws every element from the uniform distribution on [from, to). Returns `x`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.uniform_.html
 */
export function uniform_(x: Tensor, from = 0, to = 1, options?: GeneratorOption): Tensor {
  const generator = generatorOf("uniform_", options);
  expectFloating("uniform_", x.dtype);
  checkOrder("uniform_", { from, to });
  return overwrite("uniform", x, (target) => {
    if (drawnOnHost(x)) store(target, () => drawUniform(generator, x.numel(), x.dtype, from, to));
    else drawOnDevice(target, generator, "uniform", computeType(x.dtype), (u) => affine(u, to - from, from));
  });
}

/**
 * Draws every element from the normal distribution with a mean and a standard deviation. Returns `x`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.normal_.html
 */
export function normal_(x: Tensor, mean = 0, std = 1, options?: GeneratorOption): Tensor {
  const generator = generatorOf("normal_", options);
  expectFloating("normal_", x.dtype);
  checkNumber("normal_", "std", std);
  return overwrite("normal", x, (target) => {
    if (drawnOnHost(x)) store(target, () => drawNormal(generator, x.numel(), x.dtype, mean, std));
    else drawOnDevice(target, generator, "normal", computeType(x.dtype), (z) => affine(z, std, mean));
  });
}

/**
 * Stores 1 with probability `p`, else 0; `p` is one number (default 0.5), or a tensor with one for each element. Returns `x`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.bernoulli_.html
 */
export function bernoulli_(x: Tensor, p: number | Tensor = 0.5, options?: GeneratorOption): Tensor {
  const generator = generatorOf("bernoulli_", options);
  if (typeof p === "number") checkNumber("bernoulli_", "p", p, 1);
  return overwrite("bernoulli", x, (target) => {
    if (!drawnOnHost(x)) drawOnDevice(target, generator, "uniform", "float32", (u) => below(u, p));
    else if (typeof p === "number") store(target, () => drawBernoulli(generator, x.numel(), p));
    else {
      const each = (given?: TypedArray) => drawBernoulliEach(generator, numbersOf(given as TypedArray, p.dtype), p.dtype); // safe: it gets one
      store(target, each, expand(p.detach(), x.shape));
    }
  });
}

/**
 * Draws every element from the exponential distribution with the density `λ e^(-λx)`. Returns `x`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.exponential_.html
 */
export function exponential_(x: Tensor, lambda = 1, options?: GeneratorOption): Tensor {
  const generator = generatorOf("exponential_", options);
  expectFloating("exponential_", x.dtype);
  checkPositive("exponential_", "lambda", lambda);
  return overwrite("exponential", x, (target) => {
    if (drawnOnHost(x)) store(target, () => drawExponential(generator, x.numel(), x.dtype, lambda));
    else drawOnDevice(target, generator, "uniform", computeType(x.dtype), (u) => waiting(u, lambda));
  });
}

/**
 * Draws every element from the integers of [from, to). Without `to`, up to what the dtype holds exactly. Returns `x`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.random_.html
 */
export function random_(x: Tensor, from = 0, to: number | null = null, options?: GeneratorOption): Tensor {
  const generator = generatorOf("random_", options);
  const end = to ?? 2 ** digitsOf(x.dtype) + Number(isFloating(x.dtype));
  if (!Number.isInteger(from) || !Number.isInteger(end) || from >= end)
    throw new ArgumentError(`random_: expected integers from < to, got ${from} and ${end}`);
  if (x.dtype === "int32" && (from < -(2 ** 31) || end > 2 ** 31))
    throw new ArgumentError(`random_: ${from} to ${end} leaves the range of int32`);
  const range = end - from;
  return overwrite("random", x, (target) => {
    if (drawnOnHost(x)) store(target, () => drawIntegers(generator, x.numel(), from, end));
    else if (range >= 2 ** 31)
      throw new ArgumentError(`random_: a range of ${range} is too wide on ${x.device.name}; it takes less than 2³¹`);
    else drawOnDevice(target, generator, "bits", "int32", (bits) => within(bits, range, from));
  });
}
