/**
 * The random number generator of the synthetic digits. Each image has its own stream, so that image 7 of seed 1 is the
 * same whether ten images are drawn or a million. All arithmetic on its state is on integers, so that the results are
 * the same on every platform.
 */

/**
 * Marsaglia's xorshift generator with 128 bits of state, seeded by two integers. https://doi.org/10.18637/jss.v008.i14
 */
export class Xorshift {
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  /** Starts stream number `stream` of `seed`, both modulo 2³². */
  constructor(seed: number, stream = 0) {
    this.reset(seed, stream);
  }

  /** Restarts on another stream. */
  reset(seed: number, stream: number): void {
    this.#a = mix(seed ^ 0x9e3779b9);
    this.#b = mix(stream ^ 0x7f4a7c15);
    this.#c = mix(this.#a + stream);
    this.#d = mix(this.#b ^ seed) | 1; // never all zero
    for (let i = 0; i < 8; i++) this.bits();
  }

  /** Returns the next 32 bits, as an integer from 0 to 2³² - 1. */
  bits(): number {
    const t = this.#a ^ (this.#a << 11);
    this.#a = this.#b;
    this.#b = this.#c;
    this.#c = this.#d;
    this.#d = this.#d ^ (this.#d >>> 19) ^ t ^ (t >>> 8);
    return this.#d >>> 0;
  }

  /** Draws a uniform number from [from, to). */
  uniform(from = 0, to = 1): number {
    return from + (to - from) * (this.bits() / 4294967296);
  }

  /** Draws a uniform integer from [0, below). */
  integer(below: number): number {
    return Math.floor(this.uniform(0, below));
  }

  /**
   * Draws an approximately normal number with mean 0 and standard deviation 1, never beyond ±3.5: a scaled sum of four
   * uniform numbers.
   */
  bell(): number {
    return (this.uniform() + this.uniform() + this.uniform() + this.uniform() - 2) * 1.7320508075688772;
  }
}

/** Mixes the bits of a 32-bit integer (the finalizer of MurmurHash3). */
function mix(bits: number): number {
  let h = bits | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
