/**
 * Philox 4×32-10, a stateless generator: its output depends only on a key and a counter, so the elements of a tensor
 * can be drawn independently, on any device and in any order.
 *
 * Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
 */

import type { RandomCall } from "../kernel.ts";

const [firstFactor, secondFactor] = [0xd2511f53, 0xcd9e8d57];
const [firstStep, secondStep] = [0x9e3779b9, 0xbb67ae85];

/** Returns the high 32 bits of the product of two unsigned 32-bit numbers. */
function high(a: number, b: number): number {
  // Products with 16 bits of `a` are exact.
  const low = Math.floor(((a & 0xffff) * b) / 2 ** 16);
  return Math.floor(((a >>> 16) * b + low) / 2 ** 16);
}

/**
 * Returns four random 32-bit numbers for a counter, given as its low and high 32 bits, and a key of two 32-bit numbers.
 * Of each argument, the lowest 32 bits of the integer part count.
 */
export function philox(low: number, top: number, key0: number, key1: number): [number, number, number, number] {
  let [a, b, c, d] = [low >>> 0, top >>> 0, 0, 0];
  let [k0, k1] = [key0 >>> 0, key1 >>> 0];
  for (let round = 0; round < 10; round++) {
    const [h0, l0] = [high(firstFactor, a), Math.imul(firstFactor, a) >>> 0];
    const [h1, l1] = [high(secondFactor, c), Math.imul(secondFactor, c) >>> 0];
    [a, b, c, d] = [(h1 ^ b ^ k0) >>> 0, l1, (h0 ^ d ^ k1) >>> 0, l0];
    k0 = (k0 + firstStep) >>> 0;
    k1 = (k1 + secondStep) >>> 0;
  }
  return [a, b, c, d];
}

/**
 * Returns element `index` of a seed's sequence: word `index mod 4` of the block whose counter is `⌊index / 4⌋`. The key
 * is the low and the high 32 bits of the seed.
 */
function philoxBits(seed: number, index: number): number {
  const block = Math.floor(index / 4);
  const words = philox(block, block / 2 ** 32, seed, seed / 2 ** 32);
  return words[(index % 4) as 0 | 1 | 2 | 3];
}

/** Returns a number from [0, 1), made of the upper 24 of 32 random bits. */
export function philoxUniform(seed: number, index: number): number {
  return (philoxBits(seed, index) >>> 8) / 2 ** 24;
}

/**
 * Returns a standard normal number. Elements 2k and 2k+1 are a pair, computed from the uniform numbers `u` and `v` at
 * these indices: `√(-2 ln(1-u))` times the cosine and the sine of `2πv`.
 */
export function philoxNormal(seed: number, index: number): number {
  const even = index - (index % 2);
  const radius = Math.sqrt(-2 * Math.log1p(-philoxUniform(seed, even)));
  const angle = 2 * Math.PI * philoxUniform(seed, even + 1);
  return index === even ? radius * Math.cos(angle) : radius * Math.sin(angle);
}

/** The function that draws one element, from a seed and an index, for each distribution of a random call. */
export const drawings: Readonly<Record<RandomCall["distribution"], (seed: number, index: number) => number>> = {
  bits: philoxBits,
  uniform: philoxUniform,
  normal: philoxNormal,
};
