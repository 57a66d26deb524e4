/**
 * The small generator behind the synthetic digits. It has its own stream per image, so that image 7 of seed 1 is the
 * same whether ten images are drawn or a million, and it uses nothing but integer arithmetic, so that it is the same on
 * every platform.
 */

/** Marsaglia's xorshift of 128 bits, seeded by two integers. https://doi.org/10.18637/jss.v008.i14 */
export class Xorshift {
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  /** Starts stream number `stream` of `seed`; both count modulo 2³². */
  constructor(seed: number, stream = 0) {
    this.reset(seed, stream);
  }

  /** Starts over, on another stream. */
  reset(seed: number, stream: number): void {
    this.#a = mix(seed ^ 0x9e3779b9);
    this.#b = mix(stream ^ 0x7f4a7c15);
    this.#c = mix(this.#a + stream);
    this.#d = mix(this.#b ^ seed) | 1; // never all zero
    for (let i = 0; i < 8; i++) this.bits();
  }

  /** The next 32 bits, as an integer from 0 to 2³² - 1. */
  bits(): number {
    const t = this.#a ^ (this.#a << 11);
    this.#a = this.#b;
    this.#b = this.#c;
    this.#c = this.#d;
    this.#d = this.#d ^ (this.#d >>> 19) ^ t ^ (t >>> 8);
    return this.#d >>> 0;
  }

  /** A number in [from, to), uniform. */
  uniform(from = 0, to = 1): number {
    return from + (to - from) * (this.bits() / 4294967296);
  }

  /** An integer in [0, below), uniform. */
  integer(below: number): number {
    return Math.floor(this.uniform(0, below));
  }

  /** A number of mean 0 and deviation 1 that is close to normal and never beyond ±3.5: the sum of four uniform ones. */
  bell(): number {
    return (this.uniform() + this.uniform() + this.uniform() + this.uniform() - 2) * 1.7320508075688772;
  }
}

/** Spreads the bits of a 32-bit integer over all of them (the finalizer of MurmurHash3). */
function mix(bits: number): number {
  let h = bits | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
