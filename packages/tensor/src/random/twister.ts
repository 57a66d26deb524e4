/**
 * The Mersenne Twister in SIMD, four words at a time. Its words follow one linear recurrence,
 * `x[k + 624] = x[k + 397] ^ mixed(x[k], x[k + 1])`, so block boundaries do not matter: each vector depends only on
 * words computed well before it.
 */

import { i32x4, type Local, ModuleBuilder, v128 } from "../backends/cpu/wasm/index.ts";

/** The number of words in the generator's state, called a block. */
export const blockWords = 624;
/** The offset of the third word in the recurrence. */
export const middleWord = 397;

/** The number of blocks generated per run, chosen to fill the L1 cache. */
const run = 8;
const outputAt = 4 * blockWords * (run + 1);

/**
 * Builds a module whose function takes the address of 624 words, the address of the results, and a count. It writes
 * that many new words after the 624, and their tempered values to the second address.
 */
function twisterModule(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder(false);
  return module.run((f, state, output, count) => {
    const all = (word: number): Local<"v128"> => f.let(i32x4.splat(word | 0));
    const [upper, one, matrix, left7, left15] = [
      all(0x80000000),
      all(1),
      all(0x9908b0df),
      all(0x9d2c5680),
      all(0xefc60000),
    ];
    f.for(0, count, 4, () => {
      const y = f.let(v128.bitselect(v128.load(state), v128.load(state, 4), upper));
      const added = v128.and(i32x4.neg(v128.and(y, one)), matrix);
      const word = f.let(v128.xor(v128.xor(v128.load(state, 4 * middleWord), i32x4.shrU(y, 1)), added));
      f.do(v128.store(state, word, 4 * blockWords));
      f.set(word, v128.xor(word, i32x4.shrU(word, 11)));
      f.set(word, v128.xor(word, v128.and(i32x4.shl(word, 7), left7)));
      f.set(word, v128.xor(word, v128.and(i32x4.shl(word, 15), left15)));
      f.do(v128.store(output, v128.xor(word, i32x4.shrU(word, 18))));
      f.increase(state, 16);
      f.increase(output, 16);
    });
  });
}

/** The instantiated module and its memory. */
interface Twister {
  readonly run: (state: number, output: number, count: number) => void;
  readonly words: Uint32Array;
}

let twister: Twister | null | undefined;

/** Instantiates the module on first use. Returns null where WebAssembly is not allowed. */
function make(): Twister | null {
  try {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(twisterModule()), { env: { memory } });
    // safe: the module exports this function
    return { run: exports.run as Twister["run"], words: new Uint32Array(memory.buffer) };
  } catch {
    return null;
  }
}

/**
 * Fills whole blocks with the words that follow a state, and advances the state. Returns false, with nothing changed,
 * where WebAssembly is not available.
 */
export function fillBlocks(state: Uint32Array, words: Uint32Array): boolean {
  twister ??= twister === null ? null : make();
  if (twister === null) return false;
  const { words: memory, run: generate } = twister;
  memory.set(state);
  for (let done = 0; done < words.length; ) {
    const count = Math.min(run * blockWords, words.length - done);
    generate(0, outputAt, count);
    words.set(memory.subarray(outputAt / 4, outputAt / 4 + count), done);
    memory.copyWithin(0, count, count + blockWords);
    done += count;
  }
  state.set(memory.subarray(0, blockWords));
  return true;
}
