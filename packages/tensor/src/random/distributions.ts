/**
 * Typed arrays filled with draws from distributions, in the order and by the formulas of PyTorch's CPU kernels. Values are numbers; the caller
 * stores them in the tensor's dtype. Precisions are drawn differently: float64 takes 64 bits of randomness for a number, the others 32, of which
 * a uniform draw keeps as many as the dtype has digits.
 */

import { checkNumber, checkOrder } from "../argument.ts";
import { type DType, digitsOf } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { fromBfloat16, fromHalf, toBfloat16, toHalf } from "../half.ts";
import type { Generator } from "./generator.ts";
import { blockWords } from "./twister.ts";

/** How many random words are made at a time: 64 of the generator's blocks, few enough to stay in a cache. */
export const most: number = 64 * blockWords;
let made: Uint32Array | null = null;

/** The generator's next words, `most` at most; the array is used again. */
export function nextWords(generator: Generator, count: number): Uint32Array {
  made ??= new Uint32Array(most);
  return generator.fill(made.subarray(0, count));
}

/** The random words that `count` draws of `each` words take, in runs: `use` is given the words and the number of the first draw of a run. */
function eachRun(generator: Generator, count: number, each: number, use: (words: Uint32Array, first: number) => void): void {
  const step = most / each;
  for (let first = 0; first < count; first += step) use(nextWords(generator, each * Math.min(step, count - first)), first);
}

/** `count` draws from [0, 1) as they are made for a dtype. */
function units(generator: Generator, dtype: DType, count: number): Float32Array | Float64Array {
  const values = dtype === "float32" ? new Float32Array(count) : new Float64Array(count);
  if (dtype === "float64") {
    for (let i = 0; i < count; i++) values[i] = generator.uniform64();
  } else {
    const parts = 2 ** digitsOf(dtype);
    eachRun(generator, count, 1, (words, first) => {
      for (let i = 0; i < words.length; i++) values[first + i] = ((words[i] as number) & (parts - 1)) / parts;
    });
  }
  return values;
}

/** An array of `count` draws. */
function filled(count: number, draw: () => number): Float64Array {
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = draw();
  return values;
}

/** Rounds to the precision of the computation. */
function rounded(dtype: DType): (x: number) => number {
  return dtype === "float64" ? (x) => x : Math.fround;
}

/** Rounds to the precision of the elements, for what is computed in it step by step. */
function roundedTo(dtype: DType): (x: number) => number {
  if (dtype === "float16") return (x) => fromHalf(toHalf(x));
  return dtype === "bfloat16" ? (x) => fromBfloat16(toBfloat16(x)) : rounded(dtype);
}

/** What a draw from [0, 1) is multiplied by to be one from [from, to), and what is added then. */
export function stretch(dtype: DType, from: number, to: number): readonly [range: number, low: number] {
  const round = roundedTo(dtype);
  const low = round(from);
  return [round(round(to) - low), low];
}

/** `count` draws from the uniform distribution on [from, to), in float64 unless float32 holds them. */
export function drawUniform(generator: Generator, count: number, dtype: DType, from = 0, to = 1): Float32Array | Float64Array {
  checkOrder("uniform_", { from, to });
  const [range, low] = stretch(dtype, from, to);
  // A product and a sum with one rounding, as a fused multiply-add has it: that of whoever stores them.
  const values = units(generator, dtype, count);
  if (low !== 0 || range !== 1) for (let i = 0; i < count; i++) values[i] = (values[i] as number) * range + low;
  return values;
}

/** `count` draws from the normal distribution. Sixteen or more are made in blocks, fewer in pairs. */
export function drawNormal(generator: Generator, count: number, dtype: DType, mean = 0, std = 1): Float32Array | Float64Array {
  checkNumber("normal_", "std", std);
  const round = rounded(dtype);
  if (count < 16) return filled(count, () => round(generator.normal() * std + mean));
  const values = units(generator, dtype, count);
  // PyTorch has mathematical functions of bfloat16; those of float16 are float32's, and their result is rounded when it is stored.
  const [step, within] = [roundedTo(dtype), dtype === "float16" ? rounded(dtype) : roundedTo(dtype)];
  // PyTorch's kernel for float32 holds the circle's angle in float32, those for the halves in float64.
  const circle = dtype === "float32" ? Math.fround(2 * Math.PI) : 2 * Math.PI;
  for (let i = 0; i + 16 <= count; i += 16) transformBlock(values, i, step, within, circle, mean, std);
  if (count % 16 !== 0) {
    // The end does not fill a block: the last sixteen are drawn anew.
    values.set(units(generator, dtype, 16), count - 16);
    transformBlock(values, count - 16, step, within, circle, mean, std);
  }
  return values;
}

/** Turns sixteen uniform draws into sixteen normal ones: the first eight give the radius, the others the angle. */
function transformBlock(
  values: Float32Array | Float64Array,
  start: number,
  round: (x: number) => number,
  within: (x: number) => number,
  circle: number,
  mean: number,
  std: number,
): void {
  for (let j = start; j < start + 8; j++) {
    const radius = round(Math.sqrt(within(-2 * within(Math.log(round(1 - (values[j] as number)))))));
    const angle = round(circle * (values[j + 8] as number));
    values[j] = round(within(radius * within(Math.cos(angle))) * std + mean);
    values[j + 8] = round(within(radius * within(Math.sin(angle))) * std + mean);
  }
}

/** `word % range`, exactly, for numbers below 2³²: engines find remainders of what may have 32 bits as those of floats, digit by digit. */
const remainder = (word: number, range: number): number => word - Math.floor(word / range) * range;

/** `count` integers from [low, high). */
export function drawIntegers(generator: Generator, count: number, low: number, high: number): Float64Array {
  if (!(Number.isInteger(low) && Number.isInteger(high) && low < high)) {
    throw new ArgumentError(`randint: expected integers low < high, got ${low} and ${high}`);
  }
  const range = high - low;
  if (range >= 2 ** 32) {
    const wide = BigInt(range);
    return filled(count, () => Number(generator.random64() % wide) + low);
  }
  const values = new Float64Array(count);
  eachRun(generator, count, 1, (words, first) => {
    for (let i = 0; i < words.length; i++) values[first + i] = remainder(words[i] as number, range) + low;
  });
  return values;
}

/** The integers from 0 to n - 1 in random order. */
export function drawPermutation(generator: Generator, n: number): Int32Array {
  const order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  for (let i = 0; i < n - 1; i++) {
    const j = i + remainder(generator.random(), n - i);
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}

/** `count` draws of 1 with probability `p`, else 0. */
export function drawBernoulli(generator: Generator, count: number, p: number): Uint8Array {
  checkNumber("bernoulli_", "p", p, 1);
  const values = new Uint8Array(count);
  // A draw is 53 bits of 64, 21 of them in the first word.
  const high = Math.floor(p * 2 ** 21);
  const low = p * 2 ** 53 - high * 2 ** 32;
  eachRun(generator, count, 2, (words, first) => {
    for (let i = 0; i < words.length; i += 2) {
      const above = (words[i] as number) & 0x1fffff;
      // Whether it is below, from the sign, since no processor foresees a branch on a random number.
      values[first + (i >> 1)] = above === high ? Number((words[i + 1] as number) < low) : (above - high) >>> 31;
    }
  });
  return values;
}

/** For each probability, 1 with that probability, else 0. */
export function drawBernoulliEach(generator: Generator, probabilities: ArrayLike<number>, dtype: DType): Uint8Array {
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i] as number;
    if (!(p >= 0 && p <= 1)) throw new ArgumentError(`bernoulli: probabilities must be from 0 to 1, got ${p} at place ${i}`);
  }
  const draws = units(generator, dtype, probabilities.length);
  const values = new Uint8Array(draws.length);
  for (let i = 0; i < draws.length; i++) values[i] = (draws[i] as number) < (probabilities[i] as number) ? 1 : 0;
  return values;
}

/** `count` draws from the exponential distribution with the rate `lambda`. */
export function drawExponential(generator: Generator, count: number, dtype: DType, lambda: number): Float64Array {
  const round = rounded(dtype);
  return filled(count, () => round((-1 / lambda) * Math.log1p(-generator.uniform64())));
}
