/**
 * A small discrete Fourier transform written as a formula of the scalar language. Each pass of a longer transform
 * evaluates one of these at every position, so its kernels on all devices follow from here. Parts known to be zero are
 * `null` and cost nothing: transforms of real or zero-padded input, and transforms of which only some outputs are
 * needed, are the same formula with fewer terms.
 */

import { constant, type DType, type Expr, floating, input, once, type Program, program, scalar } from "@akari/tensor";

type Part = Expr | null;

/** A complex value in a formula. */
type Complex = readonly [re: Part, im: Part];

const add = (a: Part, b: Part): Part => (a === null ? b : b === null ? a : a.add(b));
const sub = (a: Part, b: Part): Part => (b === null ? a : a === null ? b.neg() : a.sub(b));
const mul = (a: Part, by: Expr | number): Part => (by === 0 || a === null ? null : by === 1 ? a : a.mul(by));

const plus = (a: Complex, b: Complex): Complex => [add(a[0], b[0]), add(a[1], b[1])];
const minus = (a: Complex, b: Complex): Complex => [sub(a[0], b[0]), sub(a[1], b[1])];
const times = ([re, im]: Complex, c: Expr | number, s: Expr | number): Complex => [
  sub(mul(re, c), mul(im, s)),
  add(mul(re, s), mul(im, c)),
];

/** Multiplies by a root of unity: `z e^(-2πi k/n)`. */
function turned(z: Complex, k: number, n: number): Complex {
  if (4 * k === n) return [z[1], sub(null, z[0])];
  const angle = (-2 * Math.PI * k) / n;
  return times(z, Math.cos(angle), Math.sin(angle));
}

/**
 * Computes `X_k = Σ_j x_j e^(-2πi jk/n)`. An even length is split into two halves (radix 2). An odd length pairs x_j
 * with x_(n-j), whose factors are each other's conjugates.
 */
function transform(x: readonly Complex[]): readonly Complex[] {
  const n = x.length;
  if (n === 1) return x;
  if (n % 2 === 0) {
    const even = transform(x.filter((_, j) => j % 2 === 0));
    const odd = transform(x.filter((_, j) => j % 2 === 1)).map((z, k) => turned(z, k, n));
    return [plus, minus].flatMap((combine) => odd.map((z, k) => combine(even[k] as Complex, z)));
  }
  const [first, ...others] = x as readonly [Complex, ...Complex[]]; // safe: n is not 0
  const pairs = others.slice(0, (n - 1) / 2).map((z, j) => [z, others[n - 2 - j] as Complex] as const);
  const results = new Array<Complex>(n);
  results[0] = x.reduce(plus);
  for (let k = 1; 2 * k < n; k++) {
    let cosines = first;
    let sines: Complex = [null, null];
    pairs.forEach(([a, b], j) => {
      const angle = (-2 * Math.PI * (((j + 1) * k) % n)) / n;
      cosines = plus(cosines, times(plus(a, b), Math.cos(angle), 0));
      sines = plus(sines, times(minus(a, b), 0, Math.sin(angle)));
    });
    results[k] = plus(cosines, sines);
    results[n - k] = minus(cosines, sines);
  }
  return results;
}

/** Describes what a pass computes at every position. */
export interface Butterfly {
  /** Number of points of the transform. */
  readonly radix: number;
  /** Number of points that are read; the remaining ones are zero. */
  readonly given: number;
  /** Number of outputs that are written. */
  readonly wanted: number;
  /** Which parts of the input exist: [real, imaginary]. */
  readonly reads: readonly boolean[];
  /** Which parts of the output are written: [real, imaginary]. */
  readonly writes: readonly boolean[];
  /** Dtype of the input. */
  readonly dtype: DType;
  /**
   * Whether each output but the first is multiplied by a twiddle factor of its own, rather than all of them by one
   * scalar.
   */
  readonly twiddled: boolean;
}

const programs = new Map<string, Program>();

/**
 * Returns the program of a butterfly. Its inputs are the existing parts of the points in order, followed by both parts
 * of each twiddle factor. Its outputs are the written parts of the results.
 */
export function butterfly({ radix, given, wanted, reads, writes, dtype, twiddled }: Butterfly): Program {
  return once(programs, `${radix} ${given} ${wanted} ${reads} ${writes} ${dtype} ${twiddled}`, () => {
    const { number, multiplier } = inputs(reads, dtype);
    const numbers = Array.from({ length: radix }, (_, j) => (j < given ? number() : ([null, null] as const)));
    const results = transform(numbers).slice(0, wanted);
    const scale = scalar(0, floating(dtype));
    return outputs(
      results.map((z, k) => (!twiddled ? times(z, scale, 0) : k === 0 ? z : times(z, ...multiplier()))),
      writes,
      dtype,
    );
  });
}

/**
 * Returns the program that multiplies a complex number by another and by a scalar. Inputs and outputs are laid out like
 * those of a butterfly.
 */
export function product({ reads, writes, dtype }: Pick<Butterfly, "reads" | "writes" | "dtype">): Program {
  return once(programs, `${reads} ${writes} ${dtype}`, () => {
    const { number, multiplier } = inputs(reads, dtype);
    return outputs([times(times(number(), ...multiplier()), scalar(0, floating(dtype)), 0)], writes, dtype);
  });
}

/** Allocates the inputs of a program in order. */
function inputs(reads: readonly boolean[], dtype: DType): { number(): Complex; multiplier(): [Expr, Expr] } {
  let count = 0;
  const part = (k: 0 | 1): Part => (reads[k] ? input(count++, dtype) : null);
  const type = floating(dtype);
  return { number: () => [part(0), part(1)], multiplier: () => [input(count++, type), input(count++, type)] };
}

function outputs(results: readonly Complex[], writes: readonly boolean[], dtype: DType): Program {
  const zero = constant(0, floating(dtype));
  return program(results.flatMap((z) => z.filter((_, i) => writes[i]).map((part) => part ?? zero)));
}
