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
import { forEachRow } from "./pointwise.ts";
import { type Frame, publish, type RowsClass } from "./row-frame.ts";
import { type Integer, load, loadSplat, pack, storeSome, type Value } from "./values.ts";

/** Emits the kernel. */
export function across(e: Emitter, what: RowsClass, frame: Frame, known: Known): void {
  const { f } = e;
  const { program, inputs, motions } = what;
  const { full, length, strides, lanes } = frame;
  const size = 4 * what.across;
  const groups = e.let(i32.divU(i32.add(lanes, size - 1), size));
  const types = inputTypes(program);
  // The address of an unread input is never used.
  const typeOf = (k: number): DType => (k < inputs ? (types[k] ?? "uint8") : (what.elements[k - inputs] as DType));

  const reduceGroup = (pointers: readonly Integer[], group: Local<"i32">): void => {
    const lane = e.let(i32.mul(group, size));
    const left = e.let(i32.sub(lanes, lane));
    const moved = (k: number, type: DType) => nth(pointers[k] as Integer, lane, bytesOf(type));
    const starts = Array.from({ length: full }, (_, k) =>
      motions[k] === dense ? e.let(moved(k, typeOf(k))) : (pointers[k] as Integer),
    );
    // What is known of the rows of each vector.
    const results: Known[] = Array.from({ length: what.across }, () => new Map(known));
    program.stages.forEach((stage, s) => {
      reduceRows(stage, starts, results).forEach((value, v) => {
        publish(program, s, value, results[v] as Known);
      });
    });
    results.forEach((inside, v) => {
      lowerAs(e, program.rows, what.rows, inputAt(starts, v), new Map(inside)).forEach((value, k) => {
        const type = what.rows[k] as DType;
        store(e.let(moved(full + k, type)), type, value, v, left);
      });
    });
    if (program.elements.length > 0) storeElements(starts, results, left);
  };
  forEachRow(e, groups, frame.walk, (pointers, from, to) => {
    f.for(from, to, 1, (group) => reduceGroup(pointers, group));
  });

  /** Emits a stage, and returns its results for the rows of each vector. */
  function reduceRows({ reduce, of }: Stage, starts: readonly Integer[], results: readonly Known[]): readonly Value[] {
    const totals = results.map(() => accumulator(e, reduce, of.dtype, 1));
    sweep(starts, (at, i) => {
      totals.forEach((total, v) => {
        total.take(lower(e, [of], inputAt(at, v), new Map(results[v]))[0] as Value, 0);
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

  /** Emits the results of each element of the rows, and stores them. */
  function storeElements(starts: readonly Integer[], results: readonly Known[], left: Local<"i32">): void {
    sweep(starts, (at) => {
      results.forEach((inside, v) => {
        const values = lowerAs(e, program.elements, what.elements, inputAt(at, v), new Map(inside));
        values.forEach((value, k) => {
          store(at[inputs + k] as Integer, what.elements[k] as DType, value, v, left);
        });
      });
    });
  }

  /** Emits `body` for every element of the rows. */
  function sweep(starts: readonly Integer[], body: (at: readonly Integer[], index: Local<"i32">) => void): void {
    frame.runs(starts, (here) => {
      const pointers = here.map((pointer) => f.let(pointer));
      f.for(0, length, 1, (i) => {
        body(pointers, i);
        pointers.forEach((pointer, k) => {
          f.increase(pointer, strides[k] as Integer);
        });
      });
    });
  }

  /** Returns how a formula reads its inputs for vector `v`, where the operands are at the addresses `at`. */
  function inputAt(at: readonly Integer[], v: number): (leaf: Expr) => Value {
    return (leaf) => {
      const address = at[leaf.value] as Integer;
      if (motions[leaf.value] === still) return loadSplat(e, leaf.dtype, address);
      return load(e, leaf.dtype, v === 0 ? address : e.let(i32.add(address, 4 * v * bytesOf(leaf.dtype))));
    };
  }

  /** Stores vector `v` of an operand, as far as rows are `left`. `address` is that of the first vector. */
  function store(address: Integer, type: DType, value: Value, v: number, left: Local<"i32">): void {
    const at = e.let(i32.add(address, 4 * v * bytesOf(type)));
    storeSome(e, type, at, pack(e, type, value), e.let(i32.sub(left, 4 * v)));
  }
}
