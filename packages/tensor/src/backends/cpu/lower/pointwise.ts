/**
 * Kernels for pointwise programs. The innermost dimension is a loop over vectors of four elements. The last, partial
 * vector is computed like the others and stored in part, so the expression is emitted only once per loop. Outer
 * dimensions are an odometer around that loop. A unit of work is an element.
 */

import type { DType } from "../../../dtype.ts";
import { bytesOf } from "../../../dtype.ts";
import type { Expr } from "../../../expr/expr.ts";
import type { Program } from "../../../expr/program.ts";
import { inputTypes } from "../../../expr/program.ts";
import { dense, still, strided } from "../layout.ts";
import type { Runtime } from "../runtime.ts";
import { i32, type Local, nth, select } from "../wasm/index.ts";
import { cost } from "./cost.ts";
import { type Emitter, kernelModule } from "./emitter.ts";
import { type Known, lowerAs, lowerInvariant } from "./formula.ts";
import {
  type Integer,
  load,
  loadEach,
  loadSplat,
  pack,
  storeOne,
  storePacked,
  storeSome,
  type Value,
} from "./values.ts";

/** The properties that a pointwise kernel is specialized for. */
export interface PointwiseClass {
  readonly program: Program;
  /** The dtypes of the outputs. */
  readonly types: readonly DType[];
  /** How each operand moves along the innermost dimension: the inputs, then the outputs. */
  readonly motions: readonly number[];
  /** Number of dimensions around the innermost one, 0 to 3. */
  readonly outer: number;
}

/**
 * Builds the kernel. The argument slots are the operands' addresses; their innermost strides if any operand is strided;
 * with outer dimensions the innermost size, the sizes of the outer dimensions except the outermost, and the outer
 * strides, dimension by dimension; then the scalars.
 */
export function pointwiseModule(runtime: Runtime, { program, types, motions, outer }: PointwiseClass): Uint8Array {
  const n = motions.length;
  const inputs = n - types.length;
  const moves = motions.includes(strided);
  const read = inputTypes(program);
  // One vector after the other would wait for the results of instructions, and for cheap expressions the loop overhead
  // would dominate.
  const ways = moves || cost(program.outputs) > 100 ? 0 : 4;
  const dtypeOf = (k: number): DType | null => (k < inputs ? (read[k] ?? null) : (types[k - inputs] as DType));

  return kernelModule(runtime, (e) => {
    const known: Known = new Map();
    const bases = e.take(n);
    const strides = e.take(moves ? n : 0);
    const [inner] = e.take(outer === 0 ? 0 : 1);
    const rows = odometer(e, outer, n);
    lowerInvariant(e, program.outputs, known);

    /** Emits elements [from, to) of an innermost dimension whose operands start at `bases`. */
    const sweep = (bases: readonly Integer[], from: Integer, to: Integer): void => {
      const splats = bases.map((base, k) =>
        motions[k] === still && k < inputs && dtypeOf(k) !== null ? loadSplat(e, dtypeOf(k) as DType, base) : [],
      );
      eachVector(e, from, to, ways, (at, whole) => {
        const step = vectorStep(e, { at, end: to, whole, bases, strides, motions });
        const input = (leaf: Expr) =>
          motions[leaf.value] === still ? (splats[leaf.value] as Value) : step.load(leaf.value, leaf.dtype);
        lowerAs(e, program.outputs, types, input, new Map(known)).forEach((value, k) => {
          step.store(inputs + k, types[k] as DType, value);
        });
      });
    };

    if (outer === 0) {
      sweep(bases, e.begin, e.end);
      return;
    }
    forEachRow(e, inner, (row) => rows(row, bases), sweep);
  });
}

/**
 * Emits a loop over the rows that the kernel's range of units touches. A row has `size` units, of which `body` gets
 * those in the range, [from, to), and where the operands of the row start.
 */
export function forEachRow(
  e: Emitter,
  size: Integer,
  walkFrom: (row: Integer) => Walk,
  body: (starts: readonly Integer[], from: Local<"i32">, to: Local<"i32">) => void,
): void {
  const { f } = e;
  const first = e.let(i32.divU(e.begin, size));
  const from = f.let(i32.remU(e.begin, size));
  // The units up to the end of the range, counted from the start of the row.
  const left = f.let(i32.sub(e.end, i32.mul(first, size)));
  const { pointers, repeat } = walkFrom(first);
  repeat(i32.divU(i32.add(left, i32.sub(size, 1)), size), () => {
    body(pointers, from, e.let(select(i32.ltU(left, size), left, size)));
    f.set(left, i32.sub(left, size));
    f.set(from, 0);
  });
}

/**
 * Emits a loop over vectors of four elements, of which the last one may be partial. `body` is emitted for `ways` whole
 * vectors side by side, which may be 0, and once more for those that remain.
 */
export function eachVector(
  { f }: Emitter,
  from: Integer,
  to: Integer,
  ways: number,
  body: (at: Local<"i32">, whole: boolean) => void,
): void {
  const i = f.let(from);
  if (ways > 0) {
    const whole = f.let(i32.add(i, i32.and(i32.sub(to, i), -4 * ways)));
    f.while(i32.ltU(i, whole), () => {
      f.interleave(ways, (w) => body(f.let(i32.add(i, 4 * w)), true));
      f.increase(i, 4 * ways);
    });
  }
  f.while(i32.ltU(i, to), () => {
    body(i, false);
    f.increase(i, 4);
  });
}

/** The current position of a loop, and the layout of its operands. */
export interface Place {
  /** Index of the first of the four elements. */
  readonly at: Local<"i32">;
  /** Whether all four elements are known to exist. */
  readonly whole?: boolean;
  /** The end of the loop. */
  readonly end: Integer;
  /** The operands' addresses, their strides, which may be missing if none is strided, and how they move. */
  readonly bases: readonly Integer[];
  readonly strides: readonly Integer[];
  readonly motions: readonly number[];
}

/** Loads and stores of four elements of an operand. */
export interface VectorStep {
  load(k: number, dtype: DType): Value;
  store(k: number, dtype: DType, value: Value): void;
}

/** Returns loads and stores for one iteration of a loop over vectors of four elements. */
export function vectorStep(e: Emitter, { at, whole, end, bases, strides, motions }: Place): VectorStep {
  const { f } = e;
  const near = (k: number, dtype: DType) => e.let(nth(bases[k] as Integer, at, bytesOf(dtype)));
  const far = (k: number, index: Integer) => e.let(nth(bases[k] as Integer, index, strides[k] as Integer));
  return {
    load(k, dtype) {
      if (motions[k] === dense) return load(e, dtype, near(k, dtype));
      // An element past the last one may be far outside the memory, so the last one is loaded again instead.
      const last = e.let(i32.sub(i32.sub(end, at), 1));
      const lane = (j: number) => far(k, i32.add(at, select(i32.gtU(last, j), i32.const(j), last)));
      return loadEach(e, dtype, [0, 1, 2, 3].map(lane));
    },
    store(k, dtype, value) {
      const packed = pack(e, dtype, value);
      const left = e.let(i32.sub(end, at));
      if (motions[k] === dense) {
        const address = near(k, dtype);
        if (whole) storePacked(e, dtype, address, packed);
        else storeSome(e, dtype, address, packed, left);
      } else {
        storeOne(e, dtype, far(k, at), packed, 0);
        for (const j of [1, 2, 3]) f.if(i32.gtU(left, j), () => storeOne(e, dtype, far(k, i32.add(at, j)), packed, j));
      }
    },
  };
}

/**
 * Emits a loop over the units. `body` receives the addresses of three operands. The arguments that it takes are these
 * addresses for the first unit, and those of `odometer`.
 */
export function forEachUnit(
  e: Emitter,
  rank: number,
  body: (...pointers: [Local<"i32">, Local<"i32">, Local<"i32">]) => void,
): void {
  const bases = e.take(3);
  const { pointers, repeat } = odometer(e, rank, 3)(e.begin, bases);
  // safe: there are three
  repeat(i32.sub(e.end, e.begin), () => body(...(pointers as [Local<"i32">, Local<"i32">, Local<"i32">])));
}

/** Pointers that walk through dimensions. */
export interface Walk {
  readonly pointers: readonly Integer[];
  /** Emits `body` for so many rows, each followed by a step. The loop along the innermost dimension only adds. */
  repeat(rows: Integer, body: () => void): void;
}

/**
 * Takes the arguments of a walk through `rank` dimensions in row-major order: the sizes of the dimensions except the
 * outermost, which has no limit, and then the strides, dimension by dimension. Returns a function that emits the
 * pointers, for row number `row`.
 */
export function odometer(
  e: Emitter,
  rank: number,
  operands: number,
): (row: Integer, bases: readonly Integer[]) => Walk {
  const sizes = e.take(Math.max(0, rank - 1));
  const strides = e.take(rank * operands);
  return (row, bases) =>
    rank === 0 ? { pointers: bases, repeat: (_, body) => body() } : walk(e, row, bases, sizes, strides);
}

function walk(
  e: Emitter,
  row: Integer,
  bases: readonly Integer[],
  sizes: readonly Integer[],
  strides: readonly Integer[],
): Walk {
  const { f } = e;
  const rank = sizes.length + 1;
  const size = (d: number) => sizes[d - 1] as Integer;
  const stride = (d: number, k: number) => strides[d * bases.length + k] as Integer;
  const rest = f.let(row);
  const digits: Local<"i32">[] = [];
  for (let d = rank - 1; d > 0; d--) {
    digits[d] = f.let(i32.remU(rest, size(d)));
    f.set(rest, i32.divU(rest, size(d)));
  }
  digits[0] = rest;
  const pointers = bases.map((base, k) => {
    const pointer = f.let(base);
    for (let d = 0; d < rank; d++) f.increase(pointer, i32.mul(digits[d] as Integer, stride(d, k)));
    return pointer;
  });
  const inner = rank - 1;
  const move = (d: number): void => {
    pointers.forEach((pointer, k) => {
      f.increase(pointer, stride(d, k));
    });
  };
  /** Increases a digit. One that reaches its size returns to 0, and the digit before it increases. */
  const count = (d: number, by: Integer): void => {
    const digit = digits[d] as Local<"i32">;
    f.increase(digit, by);
    if (d === 0) return;
    f.if(i32.eq(digit, size(d)), () => {
      pointers.forEach((pointer, k) => {
        f.set(pointer, i32.sub(pointer, i32.mul(digit, stride(d, k))));
      });
      f.set(digit, 0);
      move(d - 1);
      count(d - 1, i32.const(1));
    });
  };
  return {
    pointers,
    repeat(rows, body) {
      const left = f.let(rows);
      f.while(left, () => {
        const run = inner === 0 ? f.let(left) : f.least(i32.sub(size(inner), digits[inner] as Integer), left);
        f.for(0, run, 1, () => {
          body();
          move(inner);
        });
        f.set(left, i32.sub(left, run));
        count(inner, run);
      });
    },
  };
}
