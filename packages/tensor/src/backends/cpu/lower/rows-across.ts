/** Row kernels whose vectors run across rows. A unit of work is one or four vectors of adjacent rows. */

import type { DType } from "../../../dtype.ts";
import { bytesOf } from "../../../dtype.ts";
import type { Expr } from "../../../expr/expr.ts";
import { inputTypes, type Stage } from "../../../expr/program.ts";
import { dense, still } from "../layout.ts";
import { i32, type Local, nth } from "../wasm/index.ts";
import { accumulator } from "./accumulator.ts";
import type { Emitter } from "./emitter.ts";
import { type Known, lower, lowerAs } from "./formula.ts";
import { type Frame, publish, type RowsClass } from "./row-frame.ts";
import { type Integer, load, loadSplat, pack, storeSome, type Value } from "./values.ts";

/** What the parts of the kernel share: a unit of `what.across` vectors of adjacent rows. */
interface Unit {
  readonly e: Emitter;
  readonly what: RowsClass;
  readonly frame: Frame;
  /** The operands' addresses for the first row of the unit. */
  readonly starts: readonly Integer[];
  /** The number of rows from the unit on. */
  readonly left: Local<"i32">;
  /** The values that are known for all of the rows of each vector: the scalars, and the results of stages so far. */
  readonly results: readonly Known[];
}

/** Emits the kernel. */
export function across(e: Emitter, what: RowsClass, frame: Frame, known: Known): void {
  const { f } = e;
  const { program } = what;
  const { full, lanes } = frame;
  const size = 4 * what.across;
  const groups = e.let(i32.divU(i32.add(lanes, size - 1), size));
  const at = f.let(e.begin);
  const group = f.let(i32.remU(e.begin, groups));
  const walk = frame.walk(e.let(i32.divU(e.begin, groups)));
  const typeOf = operandTypes(what);
  f.while(i32.ltU(at, e.end), () => {
    const lane = e.let(i32.mul(group, size));
    const left = e.let(i32.sub(lanes, lane));
    const moved = (k: number, type: DType) => nth(walk.pointers[k] as Integer, lane, bytesOf(type));
    const starts = Array.from({ length: full }, (_, k) =>
      what.motions[k] === dense ? e.let(moved(k, typeOf(k))) : (walk.pointers[k] as Integer),
    );
    const results: Known[] = Array.from({ length: what.across }, () => new Map(known));
    const unit: Unit = { e, what, frame, starts, left, results };
    program.stages.forEach((stage, s) => {
      reduceRows(unit, stage).forEach((value, v) => {
        publish(program, s, value, results[v] as Known);
      });
    });
    results.forEach((inside, v) => {
      lowerAs(e, program.rows, what.rows, inputAt(unit, starts, v), new Map(inside)).forEach((value, k) => {
        const type = what.rows[k] as DType;
        store(unit, e.let(moved(full + k, type)), type, value, v);
      });
    });
    if (program.elements.length > 0) storeElements(unit);
    f.increase(at, 1);
    f.increase(group, 1);
    f.if(i32.eq(group, groups), () => {
      f.set(group, 0);
      walk.advance();
    });
  });
}

/** Returns the dtypes of the operands that have elements within a row. */
function operandTypes({ program, inputs, elements }: RowsClass): (k: number) => DType {
  const types = inputTypes(program);
  // The address of an unread input is never used.
  return (k) => (k < inputs ? (types[k] ?? "uint8") : (elements[k - inputs] as DType));
}

/** Emits a stage, and returns its results for the rows of each vector. */
function reduceRows(unit: Unit, { reduce, of }: Stage): readonly Value[] {
  const { e, results } = unit;
  const { f } = e;
  const totals = results.map(() => accumulator(e, reduce, of.dtype, 1));
  sweep(unit, (at, i) => {
    totals.forEach((total, v) => {
      total.take(lower(e, [of], inputAt(unit, at, v), new Map(results[v]))[0] as Value, 0);
    });
    f.if(i32.eqz(i32.and(i32.add(i, 1), 31)), () => {
      for (const total of totals) total.flush();
    });
  });
  return totals.map((total) => {
    total.flush();
    return total.lanes();
  });
}

/** Emits the results of each element, and stores them. */
function storeElements(unit: Unit): void {
  const { e, what, results } = unit;
  sweep(unit, (at) => {
    results.forEach((inside, v) => {
      const values = lowerAs(e, what.program.elements, what.elements, inputAt(unit, at, v), new Map(inside));
      values.forEach((value, k) => {
        store(unit, at[what.inputs + k] as Integer, what.elements[k] as DType, value, v);
      });
    });
  });
}

/** Emits `body` for every element of the rows. */
function sweep({ e, frame, starts }: Unit, body: (at: readonly Integer[], index: Local<"i32">) => void): void {
  const { f } = e;
  frame.runs(starts, (here) => {
    const pointers = here.map((pointer) => f.let(pointer));
    f.for(0, frame.length, 1, (i) => {
      body(pointers, i);
      pointers.forEach((pointer, k) => {
        f.increase(pointer, frame.strides[k] as Integer);
      });
    });
  });
}

/** Returns how a formula reads its inputs for vector `v`, where the operands are at the addresses `at`. */
function inputAt({ e, what }: Unit, at: readonly Integer[], v: number): (leaf: Expr) => Value {
  return (leaf) => {
    const address = at[leaf.value] as Integer;
    if (what.motions[leaf.value] === still) return loadSplat(e, leaf.dtype, address);
    return load(e, leaf.dtype, v === 0 ? address : e.let(i32.add(address, 4 * v * bytesOf(leaf.dtype))));
  };
}

/** Stores vector `v` of an operand, as far as there are rows. `address` is that of the first vector. */
function store({ e, left }: Unit, address: Integer, type: DType, value: Value, v: number): void {
  const at = e.let(i32.add(address, 4 * v * bytesOf(type)));
  storeSome(e, type, at, pack(e, type, value), e.let(i32.sub(left, 4 * v)));
}
