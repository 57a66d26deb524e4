/**
 * Random numbers stored in place. On a device that shares the host's memory they are drawn on the host, from the generator, number for number as
 * PyTorch draws them; elsewhere the device's own counter-based generator draws them, from a seed that the generator gives.
 */

import { checkNumber, checkOrder, checkPositive } from "../argument.ts";
import { writeDrawn } from "../capture.ts";
import { bytesOf, computeType, type DType, digitsOf, expectFloating, isFloating, type TypedArray } from "../dtype.ts";
import { encode, numbersOf } from "../encode.ts";
import { ArgumentError } from "../errors.ts";
import { type Expr, input, scalar } from "../expr/expr.ts";
import { type Program, program } from "../expr/program.ts";
import type { RandomCall, View } from "../kernel.ts";
import { once } from "../once.ts";
import { applyInPlace, type Op, rules } from "../op.ts";
import { pointwise, type TensorOrNumber } from "../pointwise.ts";
import {
  drawBernoulli,
  drawBernoulliEach,
  drawExponential,
  drawIntegers,
  drawNormal,
  drawUniform,
  most,
  nextWords,
  stretch,
} from "../random/distributions.ts";
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

/** Has something written to a dense tensor, and stores it in one of any strides. */
function densely(to: Tensor, write: (dense: Tensor) => void): void {
  if (to.numel() === 0) return;
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
function store(to: Tensor, draw: (...read: readonly TypedArray[]) => ArrayLike<number>, ...read: readonly Tensor[]): void {
  densely(to, ({ device, buffer, offset, dtype }) => {
    writeDrawn(device, buffer, offset * bytesOf(dtype), (...given) => encode(draw(...given), dtype), read);
  });
}

/** A draw from [0, 1) of the generator's word that is input `k`, or for float64 of that and the next. */
function unit(dtype: DType, k: number): Expr {
  const word = input(k, "int32");
  if (dtype === "float32")
    return word
      .and(2 ** 24 - 1)
      .cast(dtype)
      .mul(2 ** -24);
  const low = input(k + 1, "int32");
  const unsigned = low.cast(dtype).add(
    low
      .lt(0)
      .cast(dtype)
      .mul(2 ** 32),
  );
  return word
    .and(2 ** 21 - 1)
    .cast(dtype)
    .mul(2 ** 32)
    .add(unsigned)
    .mul(2 ** -53);
}

/** `x · scale + shift`, rounded once where x is of float32. */
const stretched = (x: Expr): Expr => x.cast("float64").mul(scalar(0, "float64")).add(scalar(1, "float64"));

/** What makes draws of words, `period` of them at a time. */
interface Making {
  readonly period: number;
  /** Where in a period the draws stand that are made of each other; there is a formula for each. */
  readonly places: readonly number[];
  readonly formulas: (dtype: DType) => readonly Expr[];
  readonly programs: Map<DType, Program>;
}

const uniform: Making = { period: 1, places: [0], formulas: (dtype) => [stretched(unit(dtype, 0))], programs: new Map() };

/** The first eight of sixteen give the radius, the others the angle (Box & Muller 1958). */
const normal: Making = {
  period: 16,
  places: [0, 8],
  formulas: (dtype) => {
    const radius = unit(dtype, 0).neg().add(1).log().mul(-2).sqrt();
    const angle = unit(dtype, bytesOf(dtype) / 4).mul(2 * Math.PI);
    return [angle.cos(), angle.sin()].map((x) => stretched(radius.mul(x)));
  },
  programs: new Map(),
};

/** Writes the generator's words to where `count` draws are to stand, and has the device make those of them. */
function make(
  to: Tensor,
  { period, places, formulas, programs }: Making,
  generator: Generator,
  scalars: readonly number[],
  start = 0,
  count = to.numel(),
): void {
  const { device, dtype, buffer } = to;
  const width = bytesOf(dtype) / 4;
  const first = to.offset + start;
  const end = (first + count) * width;
  for (let at = first * width; at < end; at += most)
    writeDrawn(device, buffer, 4 * at, () => nextWords(generator, Math.min(most, end - at)));
  const shape = [Math.floor(count / period), Math.ceil(period / 2)];
  const view = (dtype: DType, offset: number, step: number): View => ({ buffer, dtype, shape, strides: [period * step, step], offset });
  const words = places.flatMap((place) => Array.from({ length: width }, (_, k) => view("int32", (first + place) * width + k, width)));
  const draws = places.map((place) => view(dtype, first + place, 1));
  device.run({ kind: "pointwise", program: once(programs, dtype, () => program(formulas(dtype))), inputs: words, scalars, to: draws });
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
  const drawn = to.newEmpty(to.shape, { dtype });
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

/** Whether a draw has the size of one or two of the generator's words. */
const wide = (x: Tensor): boolean => bytesOf(x.dtype) >= 4;

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
    if (!drawnOnHost(x)) drawOnDevice(target, generator, "uniform", computeType(x.dtype), (u) => affine(u, to - from, from));
    else if (wide(x)) densely(target, (dense) => make(dense, uniform, generator, stretch(x.dtype, from, to)));
    else store(target, () => drawUniform(generator, x.numel(), x.dtype, from, to));
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
    if (!drawnOnHost(x)) drawOnDevice(target, generator, "normal", computeType(x.dtype), (z) => affine(z, std, mean));
    else if (wide(x) && x.numel() >= 16)
      densely(target, (dense) => {
        make(dense, normal, generator, [std, mean]);
        // The end does not fill a block: the last sixteen are drawn anew.
        if (x.numel() % 16 !== 0) make(dense, normal, generator, [std, mean], x.numel() - 16, 16);
      });
    else store(target, () => drawNormal(generator, x.numel(), x.dtype, mean, std));
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
