/**
 * The random number generator of the CPU: a Mersenne Twister that draws in the same order as PyTorch, so that a seed
 * yields the same numbers and a model starts with the same weights.
 *
 * Matsumoto & Nishimura 1998, "Mersenne Twister: a 623-dimensionally equidistributed uniform pseudo-random number
 * generator".
 */

import { describeValue, refuse } from "../argument.ts";
import { ArgumentError } from "../errors.ts";
import { fillBlocks, middleWord as middle, blockWords as size } from "./twister.ts";

/** Size of a state in PyTorch's format, and the word in it that says whether there is a spare draw. */
const [stateBytes, pairedWord] = [5056, 1260];

/**
 * A seeded pseudorandom number generator.
 *
 * https://pytorch.org/docs/stable/generated/torch.Generator.html
 *
 * @example
 * const generator = new Generator().manualSeed(42);
 * const x = randn([3], { generator });
 */
export class Generator {
  readonly #state: Uint32Array = new Uint32Array(size);
  #next = size;
  #seed = 0;
  /** The second of a pair of normal draws, kept for the next call. */
  #spare: number | null = null;

  /** Creates a generator. The default seed is PyTorch's. */
  constructor(seed = 67280421310721) {
    this.manualSeed(seed);
  }

  /**
   * Restarts the generator from a seed. Returns the generator.
   *
   * @throws ArgumentError unless the seed is a safe integer.
   */
  manualSeed(seed: number): this {
    if (!Number.isSafeInteger(seed)) refuse("manualSeed", "the seed", seed, "be a safe integer");
    this.#seed = seed;
    this.#spare = null;
    const state = this.#state;
    state[0] = seed; // keeps the lower 32 bits
    for (let i = 1; i < size; i++) {
      const before = state[i - 1] as number;
      state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
    }
    this.#next = size;
    return this;
  }

  /** Restarts the generator from an unpredictable seed. Returns that seed. */
  seed(): number {
    const seed = Math.floor(Math.random() * 2 ** 53);
    this.manualSeed(seed);
    return seed;
  }

  /** Returns the seed that the generator was last started from. */
  initialSeed(): number {
    return this.#seed;
  }

  /** Draws 32 random bits, as a number from 0 to 2³² - 1. */
  random(): number {
    if (this.#next === size) this.#twist();
    return tempered(this.#state[this.#next++] as number) >>> 0;
  }

  /** Fills an array with the results of as many calls of `random`, in a tenth of the time. Returns the array. */
  fill(words: Uint32Array): Uint32Array {
    for (let done = 0; done < words.length; ) {
      if (this.#next === size) {
        const whole = words.length - done - ((words.length - done) % size);
        if (whole > 0 && fillBlocks(this.#state, words.subarray(done, done + whole))) {
          done += whole;
          continue;
        }
        this.#twist();
      }
      const [state, next] = [this.#state, this.#next];
      const count = Math.min(size - next, words.length - done);
      for (let i = 0; i < count; i++) words[done + i] = tempered(state[next + i] as number);
      done += count;
      this.#next += count;
    }
    return words;
  }

  /** Draws 64 random bits: two draws, the high half first. */
  random64(): bigint {
    const high = BigInt(this.random());
    return (high << 32n) | BigInt(this.random());
  }

  /** Draws a float32 uniformly from [0, 1), with 24 random bits. */
  uniform(): number {
    return (this.random() & 0xffffff) / 2 ** 24;
  }

  /** Draws a float64 uniformly from [0, 1), with 53 random bits of 64. */
  uniform64(): number {
    const high = this.random() & 0x1fffff;
    return (high * 2 ** 32 + this.random()) / 2 ** 53;
  }

  /** Draws from the standard normal distribution. Draws are computed in pairs (Box & Muller 1958). */
  normal(): number {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    const angle = 2 * Math.PI * this.uniform64();
    const radius = Math.sqrt(-2 * Math.log1p(-this.uniform64()));
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Returns a copy of the complete state for `setState`: the bytes of PyTorch's `torch.get_rng_state`. */
  getState(): Uint8Array {
    const bytes = new Uint8Array(stateBytes);
    const { seed, words, spare } = stateFields(bytes);
    seed[0] = BigInt(this.#seed);
    words.set([size + 1 - this.#next, 1, this.#next], 2);
    this.#state.forEach((word, i) => {
      words[6 + 2 * i] = word;
    });
    words[pairedWord] = this.#spare === null ? 0 : 1;
    spare[0] = this.#spare ?? 0;
    return bytes;
  }

  /**
   * Restores a state that `getState` or PyTorch's `torch.get_rng_state` returned. Returns the generator.
   *
   * @throws ArgumentError for other bytes.
   */
  setState(bytes: Uint8Array): this {
    if (bytes.length !== stateBytes) {
      const given = bytes.length ?? describeValue(bytes);
      throw new ArgumentError(`setState: expected the ${stateBytes} bytes of getState, got ${given}`);
    }
    const { seed, words, spare } = stateFields(new Uint8Array(bytes));
    const [left, seeded] = words.subarray(2) as unknown as [number, number]; // safe: the length was checked
    if (!(left >= 1 && left <= size && seeded === 1))
      throw new ArgumentError("setState: these bytes are not a generator's state");
    this.#state.set(words.subarray(6, 6 + 2 * size).filter((_, i) => i % 2 === 0));
    this.#next = size + 1 - left;
    this.#seed = Number(seed[0]);
    this.#spare = words[pairedWord] ? (spare[0] as number) : null;
    return this;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < size; i++) {
      const next = state[(i + 1) % size] as number;
      state[i] = (state[(i + middle) % size] as number) ^ mixed(state[i] as number, next);
    }
    this.#next = 0;
  }
}

/**
 * The fields of a state in PyTorch's format: the seed; from the third word on, the words left of the block plus one,
 * whether there is a seed, and the next word; the block, in 64 bits each; the spare draw and whether there is one.
 */
function stateFields({ buffer }: Uint8Array) {
  return {
    seed: new BigInt64Array(buffer, 0, 1),
    words: new Uint32Array(buffer),
    spare: new Float64Array(buffer, 5024, 1),
  };
}

function tempered(word: number): number {
  let y = word ^ (word >>> 11);
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return y ^ (y >>> 18);
}

/** Combines the upper bit of one word with the lower bits of the next and multiplies by the twister's matrix. */
function mixed(upper: number, lower: number): number {
  const y = (upper & 0x80000000) | (lower & 0x7fffffff);
  return (y >>> 1) ^ (-(y & 1) & 0x9908b0df);
}

let shared: Generator | null = null;

/** Returns the generator used by all functions that are not given one. */
export function defaultGenerator(): Generator {
  shared ??= new Generator();
  return shared;
}

/**
 * Seeds the default generator. Returns it.
 *
 * https://pytorch.org/docs/stable/generated/torch.manual_seed.html
 */
export function manualSeed(seed: number): Generator {
  return defaultGenerator().manualSeed(seed);
}

/**
 * Seeds the default generator with an unpredictable number. Returns that number.
 * https://pytorch.org/docs/stable/generated/torch.seed.html
 */
export function seed(): number {
  return defaultGenerator().seed();
}

/**
 * Returns the seed that the default generator was last started from.
 * https://pytorch.org/docs/stable/generated/torch.initial_seed.html
 */
export function initialSeed(): number {
  return defaultGenerator().initialSeed();
}
