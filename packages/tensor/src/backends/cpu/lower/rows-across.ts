/** Row kernels whose vectors run across rows. A unit of work is one or four vectors of adjacent rows. */

import type { DType } from "../../../dtype.ts";
import { bytesOf } from "../../../dtype.ts";
import type { Expr } from "../../../expr/expr.ts";
import { formulasOf, nodesOf, type RowProgram, type Stage } from "../../../expr/program.ts";
import { dense, still } from "../layout.ts";
import { i32, type Local } from "../wasm/index.ts";
import { accumulator } from "./accumulator.ts";
import type { Emitter } from "./emitter.ts";
import { type Known, lower } from "./formula.ts";
import { publish, type RowsClass, rowWalk, runs, type Slots } from "./row-frame.ts";
import { convert, type Integer, load, loadSplat, pack, storeOne, storePacked, type Value } from "./values.ts";

/** A unit of work: `width` vectors of adjacent rows. */
interface Unit {
  readonly e: Emitter;
  readonly what: RowsClass;
  readonly slots: Slots;
  readonly length: Local<"i32">;
  /** The operands' addresses at the unit's first row. */
  readonly starts: readonly Integer[];
  /** Number of rows left, from the unit's first. */
  readonly left: Integer;
}

/** Emits the kernel. */
export function across(e: Emitter, what: RowsClass, slots: Slots, known: Known): void {
  const { f } = e;
  const { program, inputs, motions } = what;
  const width = what.across;
  const lanes = e.slot(slots.lanes);
  const length = e.slot(slots.length);
  const groups = e.hoist("groups", () =>
    i32.divU(i32.add(i32.load(e.args, slots.lanes * 8), 4 * width - 1), i32.const(4 * width)),
  );
  const index = f.let(e.begin);
  const group = f.let(i32.remU(e.begin, groups));
  const walk = rowWalk(e, what, slots, e.let(i32.divU(e.begin, groups)));
  const typeOf = (k: number): DType => (k < inputs ? inputType(program, k) : (what.elements[k - inputs] as DType));

  f.while(i32.ltU(index, e.end), () => {
    const lane = e.let(i32.mul(group, 4 * width));
    const left = e.let(i32.sub(lanes, lane));
    const moved = (k: number, type: DType) => i32.add(walk.pointers[k] as Integer, i32.mul(lane, bytesOf(type)));
    const starts = Array.from({ length: slots.full }, (_, k) =>
      motions[k] === dense ? e.let(moved(k, typeOf(k))) : (walk.pointers[k] as Integer),
    );
    const unit: Unit = { e, what, slots, length, starts, left };
    const results: Known[] = Array.from({ length: width }, () => new Map(known));
    for (const s of program.stages.keys()) reduceStage(unit, s, results);
    results.forEach((result, v) => {
      const leaves = { input: inputAt(unit, starts, v), scalars: slots.scalars };
      lower(e, program.rows, leaves, new Map(result)).forEach((value, k) => {
        const type = what.rows[k] as DType;
        const address = e.let(moved(slots.full + k, type));
        store(unit, address, type, convert(e, value, (program.rows[k] as Expr).dtype, type), v);
      });
    });
    if (program.elements.length > 0) storeElements(unit, results);
    f.increase(index, 1);
    f.increase(group, 1);
    f.if(i32.eq(group, groups), () => {
      f.set(group, 0);
      walk.advance();
    });
  });
}

/** Emits the reduction of stage `s` over the unit's rows, and publishes its results. */
function reduceStage(unit: Unit, s: number, results: readonly Known[]): void {
  const { e, what, slots } = unit;
  const { reduce, of } = what.program.stages[s] as Stage; // safe: the caller iterates over the stages
  const totals = results.map(() => accumulator(e, reduce, of.dtype, 1));
  sweep(unit, (at, i) => {
    totals.forEach((total, v) => {
      const leaves = { input: inputAt(unit, at, v), scalars: slots.scalars };
      total.take(lower(e, [of], leaves, new Map(results[v]))[0] as Value, 0); // safe: one root, one value
    });
    e.f.if(i32.eqz(i32.and(i32.add(i, 1), 31)), () => {
      for (const total of totals) total.flush();
    });
  });
  totals.forEach((total, v) => {
    total.flush();
    publish(what.program, s, total.lanes(), results[v] as Known);
  });
}

/** Emits the results of the elements of the unit's rows. */
function storeElements(unit: Unit, results: readonly Known[]): void {
  const { e, what, slots } = unit;
  const { elements } = what.program;
  sweep(unit, (at) => {
    results.forEach((result, v) => {
      const leaves = { input: inputAt(unit, at, v), scalars: slots.scalars };
      lower(e, elements, leaves, new Map(result)).forEach((value, k) => {
        const type = what.elements[k] as DType;
        const address = at[what.inputs + k] as Integer;
        store(unit, address, type, convert(e, value, (elements[k] as Expr).dtype, type), v);
      });
    });
  });
}

/** Emits `body` for every element of the rows. */
function sweep(
  { e, what, slots, length, starts }: Unit,
  body: (at: readonly Integer[], index: Local<"i32">) => void,
): void {
  runs(e, what, slots, starts, (here) => {
    const pointers = here.map((pointer) => e.f.let(pointer));
    e.f.for(0, length, 1, (i) => {
      body(pointers, i);
      pointers.forEach((pointer, k) => {
        e.f.increase(pointer, e.slot(slots.innerStrides + k));
      });
    });
  });
}

/** Loads the inputs of vector `v` at the addresses `at`. */
function inputAt({ e, what }: Unit, at: readonly Integer[], v: number): (leaf: Expr) => Value {
  return (leaf) => {
    const address = at[leaf.value] as Integer;
    if (what.motions[leaf.value] === still) return loadSplat(e, leaf.dtype, address);
    return load(e, leaf.dtype, v === 0 ? address : e.let(i32.add(address, 4 * v * bytesOf(leaf.dtype))));
  };
}

/** Stores a value of vector `v`, as far as its rows exist. */
function store({ e, left }: Unit, address: Integer, type: DType, value: Value, v: number): void {
  const packed = pack(e, type, value);
  const at = e.let(i32.add(address, 4 * v * bytesOf(type)));
  const rest = e.let(i32.sub(left, 4 * v));
  const some = () => {
    for (const j of [0, 1, 2])
      e.f.if(i32.gt(rest, j), () => storeOne(e, type, i32.add(at, j * bytesOf(type)), packed, j));
  };
  e.f.if(i32.ge(rest, 4), () => storePacked(e, type, at, packed), some);
}

/** Returns the dtype of an input as the program reads it. The address of an unread input is never used. */
function inputType(program: RowProgram, k: number): DType {
  return nodesOf(formulasOf(program)).find((node) => node.op === "input" && node.value === k)?.dtype ?? "uint8";
}
