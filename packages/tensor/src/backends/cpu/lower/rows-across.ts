/** Row kernels whose vectors run across rows. A unit of work is one or four vectors of adjacent rows. */

import type { DType } from "../../../dtype.ts";
import { bytesOf } from "../../../dtype.ts";
import type { Expr } from "../../../expr/expr.ts";
import { inputTypes } from "../../../expr/program.ts";
import { dense, still } from "../layout.ts";
import { i32, type Local, nth } from "../wasm/index.ts";
import { accumulator } from "./accumulator.ts";
import type { Emitter } from "./emitter.ts";
import { type Known, lower, lowerAs } from "./formula.ts";
import { type Frame, publish, type RowsClass } from "./row-frame.ts";
import { type Integer, load, loadSplat, pack, storeSome, type Value } from "./values.ts";

/** Emits the kernel. */
export function across(e: Emitter, what: RowsClass, frame: Frame, known: Known): void {
  const { f } = e;
  const { program, inputs, motions } = what;
  const width = what.across;
  const { full, length, strides, lanes } = frame;
  const groups = e.let(i32.divU(i32.add(lanes, 4 * width - 1), 4 * width));
  const unit = f.let(e.begin);
  const group = f.let(i32.remU(e.begin, groups));
  const walk = frame.walk(e.let(i32.divU(e.begin, groups)));
  const types = inputTypes(program);
  // The address of an unread input is never used.
  const typeOf = (k: number): DType => (k < inputs ? (types[k] ?? "uint8") : (what.elements[k - inputs] as DType));

  f.while(i32.ltU(unit, e.end), () => {
    const lane = e.let(i32.mul(group, 4 * width));
    const left = e.let(i32.sub(lanes, lane));
    const moved = (k: number, type: DType) => nth(walk.pointers[k] as Integer, lane, bytesOf(type));
    const starts = Array.from({ length: full }, (_, k) =>
      motions[k] === dense ? e.let(moved(k, typeOf(k))) : (walk.pointers[k] as Integer),
    );
    const vectors = Array.from({ length: width }, (_, v) => v);
    const results: Known[] = vectors.map(() => new Map(known));
    const inputAt = (at: readonly Integer[], v: number) => (leaf: Expr) => {
      const address = at[leaf.value] as Integer;
      if (motions[leaf.value] === still) return loadSplat(e, leaf.dtype, address);
      return load(e, leaf.dtype, v === 0 ? address : e.let(i32.add(address, 4 * v * bytesOf(leaf.dtype))));
    };
    const store = (address: Integer, type: DType, value: Value, v: number): void => {
      const at = e.let(i32.add(address, 4 * v * bytesOf(type)));
      storeSome(e, type, at, pack(e, type, value), e.let(i32.sub(left, 4 * v)));
    };
    /** Emits `body` for every element of the rows. */
    const sweep = (body: (at: readonly Integer[], index: Local<"i32">) => void): void => {
      frame.runs(starts, (here) => {
        const pointers = here.map((pointer) => f.let(pointer));
        f.for(0, length, 1, (i) => {
          body(pointers, i);
          pointers.forEach((pointer, k) => {
            f.increase(pointer, strides[k] as Integer);
          });
        });
      });
    };

    program.stages.forEach(({ reduce, of }, s) => {
      const totals = vectors.map(() => accumulator(e, reduce, of.dtype, 1));
      sweep((at, i) => {
        vectors.forEach((v) => {
          const value = lower(e, [of], inputAt(at, v), new Map(results[v]))[0] as Value;
          totals[v]?.take(value, 0);
        });
        f.if(i32.eqz(i32.and(i32.add(i, 1), 31)), () => {
          for (const total of totals) total.flush();
        });
      });
      totals.forEach((total, v) => {
        total.flush();
        publish(program, s, total.lanes(), results[v] as Known);
      });
    });
    vectors.forEach((v) => {
      const inside: Known = new Map(results[v]);
      lowerAs(e, program.rows, what.rows, inputAt(starts, v), inside).forEach((value, k) => {
        const type = what.rows[k] as DType;
        store(e.let(moved(full + k, type)), type, value, v);
      });
    });
    if (program.elements.length > 0) {
      sweep((at) => {
        vectors.forEach((v) => {
          const values = lowerAs(e, program.elements, what.elements, inputAt(at, v), new Map(results[v]));
          values.forEach((value, k) => {
            const type = what.elements[k] as DType;
            store(at[inputs + k] as Integer, type, value, v);
          });
        });
      });
    }
    f.increase(unit, 1);
    f.increase(group, 1);
    f.if(i32.eq(group, groups), () => {
      f.set(group, 0);
      walk.advance();
    });
  });
}
