/**
 * Kernels for row programs. In the usual case the vectors lie along the row, and a unit of work is a row. Where a row's elements lie far apart but
 * neighbouring rows lie side by side (a sum over the first dimension), vectors lie across: four rows in a vector, and a unit is one or four vectors of them.
 */

import type { DType } from "../../../dtype.ts";
import { bytesOf } from "../../../dtype.ts";
import type { Expr } from "../../../expr/expr.ts";
import { nodesOf, type RowProgram } from "../../../expr/program.ts";
import { dense, still } from "../layout.ts";
import type { Runtime } from "../runtime.ts";
import { i32, i32x4, type Local, select } from "../wasm/index.ts";
import { accumulator } from "./accumulator.ts";
import { cost } from "./cost.ts";
import { type Emitter, kernelModule } from "./emitter.ts";
import { type Known, lower, lowerInvariant } from "./formula.ts";
import { odometer, vectorStep } from "./pointwise.ts";
import { convert, type Integer, load, loadSplat, pack, storeOne, storePacked, type Value } from "./values.ts";

/** What a row kernel is made for. Operands are numbered: inputs, element outputs, row outputs. */
export interface RowsClass {
  readonly program: RowProgram;
  readonly inputs: number;
  /** The dtypes of the element outputs and of the row outputs. */
  readonly elements: readonly DType[];
  readonly rows: readonly DType[];
  /** How inputs and element outputs move along the vectors' direction. */
  readonly motions: readonly number[];
  /** How many dimensions number the rows (without the one that vectors lie across), and how many a row has beyond its innermost. */
  readonly outer: number;
  readonly within: number;
  /** Vectors across rows: how many a unit has. 0 for vectors along the row. */
  readonly across: number;
}

/** Places of the argument slots. */
interface Slots {
  readonly operands: number;
  /** Operands that have elements in a row. */
  readonly full: number;
  readonly length: number;
  readonly innerStrides: number;
  readonly withinSizes: number;
  readonly withinStrides: number;
  readonly outerSizes: number;
  readonly outerStrides: number;
  readonly lanes: number;
  readonly scalars: number;
}

/**
 * The argument slots: the operands' addresses; the innermost size of a row and its strides; the sizes and strides of the row's other dimensions; the
 * sizes (but for the outermost) and strides of the rows' dimensions; how many rows lie across; the scalars. Row outputs have no strides within rows.
 */
export function slotsOf({ inputs, elements, rows, outer, within }: RowsClass): Slots {
  const full = inputs + elements.length;
  const operands = full + rows.length;
  const length = operands;
  const innerStrides = length + 1;
  const withinSizes = innerStrides + full;
  const withinStrides = withinSizes + within;
  const outerSizes = withinStrides + within * full;
  const outerStrides = outerSizes + Math.max(0, outer - 1);
  const lanes = outerStrides + outer * operands;
  return { operands, full, length, innerStrides, withinSizes, withinStrides, outerSizes, outerStrides, lanes, scalars: lanes + 1 };
}

/** The kernel of a class. */
export function rowsModule(runtime: Runtime, what: RowsClass): Uint8Array {
  return kernelModule(runtime, (e) => {
    const { program } = what;
    const slots = slotsOf(what);
    const known: Known = new Map();
    lowerInvariant(e, formulasOf(program), { input: () => [], scalars: slots.scalars }, known);
    if (what.across === 0) along(e, what, slots, known);
    else across(e, what, slots, known);
  });
}

function formulasOf(program: RowProgram): Expr[] {
  return [...program.stages.map((s) => s.of), ...program.rows, ...program.elements];
}

/** Makes the result of a stage known under all the leaves that stand for it. */
function publish(program: RowProgram, stage: number, value: Value, known: Known): void {
  for (const node of nodesOf(formulasOf(program))) if (node.op === "row" && node.value === stage) known.set(node, value);
}

function rowWalk(e: Emitter, what: RowsClass, slots: Slots, row: Integer): { readonly pointers: readonly Integer[]; advance(): void } {
  const bases = Array.from({ length: slots.operands }, (_, k) => e.slot(k));
  if (what.outer === 0) return { pointers: bases, advance: () => undefined };
  return odometer(e, row, {
    bases,
    sizes: Array.from({ length: what.outer - 1 }, (_, d) => e.slot(slots.outerSizes + d)),
    strides: Array.from({ length: what.outer }, (_, d) => bases.map((_, k) => e.slot(slots.outerStrides + d * slots.operands + k))),
  });
}

/** Runs `body` for every innermost run of a row's elements. */
function runs(e: Emitter, what: RowsClass, slots: Slots, starts: readonly Integer[], body: (starts: readonly Integer[]) => void): void {
  if (what.within === 0) {
    body(starts);
    return;
  }
  const sizes = Array.from({ length: what.within }, (_, d) => e.slot(slots.withinSizes + d));
  const walk = odometer(e, i32.const(0), {
    bases: starts,
    sizes: sizes.slice(1),
    strides: sizes.map((_, d) => starts.map((_, k) => e.slot(slots.withinStrides + d * slots.full + k))),
  });
  const count = e.hoist("runs", () => sizes.map((_, d) => i32.load(e.args, (slots.withinSizes + d) * 8)).reduce((a, b) => i32.mul(a, b)));
  e.f.for(0, count, 1, () => {
    body(walk.pointers);
    walk.advance();
  });
}

/** Vectors along the row. */
function along(e: Emitter, what: RowsClass, slots: Slots, known: Known): void {
  const { f } = e;
  const { program, inputs, motions } = what;
  const length = e.slot(slots.length);
  const row = f.let(e.begin);
  const walk = rowWalk(e, what, slots, e.begin);
  const stepAt = (starts: readonly Integer[], at: Local<"i32">) =>
    vectorStep(e, {
      at,
      left: () => i32.sub(length, at),
      address: (k) => starts[k] as Integer,
      stride: (k) => e.slot(slots.innerStrides + k),
      motion: (k) => motions[k] as number,
    });
  /** What is the same for a whole run: inputs that stand still, and what depends on them only. */
  const settle = (roots: readonly Expr[], starts: readonly Integer[], outside: Known): Known => {
    const inside: Known = new Map(outside);
    for (const node of nodesOf(roots)) {
      if (node.op !== "input" || motions[node.value] !== still) continue;
      inside.set(node, loadSplat(e, node.dtype, starts[node.value] as Integer));
    }
    lowerInvariant(e, roots, { input: () => [], scalars: slots.scalars }, inside);
    return inside;
  };

  f.while(i32.ltU(row, e.end), () => {
    const results: Known = new Map(known);
    const starts = walk.pointers.slice(0, slots.full);
    program.stages.forEach(({ reduce, of }, s) => {
      const ways = cost([of]) < 16 ? 4 : 1;
      const total = accumulator(e, reduce, of.dtype, ways);
      runs(e, what, slots, starts, (here) => {
        const settled = settle([of], here, results);
        const i = f.let(i32.const(0));
        const evaluate = (at: Local<"i32">): Value => {
          const step = stepAt(here, at);
          return lower(e, [of], { input: (leaf) => step.load(leaf.value, leaf.dtype), scalars: slots.scalars }, new Map(settled))[0] as Value;
        };
        if (ways > 1) {
          const whole = e.let(i32.and(length, -4 * ways));
          f.while(i32.ltU(i, whole), () => {
            const next = e.let(i32.add(i, 256 * ways));
            const until = e.let(select(i32.ltU(next, whole), next, whole));
            f.loop((again) => {
              for (let w = 0; w < ways; w++) total.take(evaluate(e.let(i32.add(i, 4 * w))), w);
              f.increase(i, 4 * ways);
              f.branchIf(again, i32.ltU(i, until));
            });
            total.flush();
          });
        }
        f.while(i32.ltU(i, length), () => {
          const mask = e.let(i32x4.gt(i32x4.splat(i32.sub(length, i)), e.i32(0, 1, 2, 3)));
          total.take(evaluate(i), 0, mask);
          f.increase(i, 4);
          f.if(i32.eqz(i32.and(i, 255)), () => total.flush());
        });
        total.flush();
      });
      publish(program, s, total.total(), results);
    });
    if (program.rows.length > 0) {
      const inside: Known = new Map(results);
      const atStart = { input: (leaf: Expr) => loadSplat(e, leaf.dtype, starts[leaf.value] as Integer), scalars: slots.scalars };
      lower(e, program.rows, atStart, inside).forEach((value, k) => {
        const type = what.rows[k] as DType;
        const packed = pack(e, type, convert(e, value, (program.rows[k] as Expr).dtype, type));
        storeOne(e, type, walk.pointers[slots.full + k] as Integer, packed, 0);
      });
    }
    if (program.elements.length > 0) {
      runs(e, what, slots, starts, (here) => {
        const settled = settle(program.elements, here, results);
        const i = f.let(i32.const(0));
        f.while(i32.ltU(i, length), () => {
          const step = stepAt(here, i);
          const leaves = { input: (leaf: Expr) => step.load(leaf.value, leaf.dtype), scalars: slots.scalars };
          const values = lower(e, program.elements, leaves, new Map(settled));
          values.forEach((value, k) => {
            const type = what.elements[k] as DType;
            step.store(inputs + k, type, convert(e, value, (program.elements[k] as Expr).dtype, type));
          });
          f.increase(i, 4);
        });
      });
    }
    f.increase(row, 1);
    walk.advance();
  });
}

/** Vectors across rows. */
function across(e: Emitter, what: RowsClass, slots: Slots, known: Known): void {
  const { f } = e;
  const { program, inputs, motions } = what;
  const width = what.across;
  const lanes = e.slot(slots.lanes);
  const length = e.slot(slots.length);
  const groups = e.hoist("groups", () => i32.divU(i32.add(i32.load(e.args, slots.lanes * 8), 4 * width - 1), i32.const(4 * width)));
  const unit = f.let(e.begin);
  const group = f.let(i32.remU(e.begin, groups));
  const walk = rowWalk(e, what, slots, e.let(i32.divU(e.begin, groups)));
  const typeOf = (k: number): DType => (k < inputs ? inputType(program, k) : (what.elements[k - inputs] as DType));

  f.while(i32.ltU(unit, e.end), () => {
    const lane = e.let(i32.mul(group, 4 * width));
    const left = e.let(i32.sub(lanes, lane));
    const moved = (k: number, type: DType) => i32.add(walk.pointers[k] as Integer, i32.mul(lane, bytesOf(type)));
    const starts = Array.from({ length: slots.full }, (_, k) =>
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
      const packed = pack(e, type, value);
      const at = e.let(i32.add(address, 4 * v * bytesOf(type)));
      const rest = e.let(i32.sub(left, 4 * v));
      const some = () => {
        for (const j of [0, 1, 2]) f.if(i32.gt(rest, j), () => storeOne(e, type, i32.add(at, j * bytesOf(type)), packed, j));
      };
      f.if(i32.ge(rest, 4), () => storePacked(e, type, at, packed), some);
    };
    /** Runs `body` at every element of the rows. */
    const sweep = (body: (at: readonly Integer[], index: Local<"i32">) => void): void => {
      runs(e, what, slots, starts, (here) => {
        const pointers = here.map((pointer) => f.let(pointer));
        f.for(0, length, 1, (i) => {
          body(pointers, i);
          pointers.forEach((pointer, k) => f.increase(pointer, e.slot(slots.innerStrides + k)));
        });
      });
    };

    program.stages.forEach(({ reduce, of }, s) => {
      const totals = vectors.map(() => accumulator(e, reduce, of.dtype, 1));
      sweep((at, i) => {
        vectors.forEach((v) => {
          const value = lower(e, [of], { input: inputAt(at, v), scalars: slots.scalars }, new Map(results[v]))[0] as Value;
          totals[v]?.take(value, 0);
        });
        f.if(i32.eqz(i32.and(i32.add(i, 1), 31)), () => totals.forEach((total) => total.flush()));
      });
      totals.forEach((total, v) => {
        total.flush();
        publish(program, s, total.lanes(), results[v] as Known);
      });
    });
    vectors.forEach((v) => {
      const inside: Known = new Map(results[v]);
      lower(e, program.rows, { input: inputAt(starts, v), scalars: slots.scalars }, inside).forEach((value, k) => {
        const type = what.rows[k] as DType;
        store(e.let(moved(slots.full + k, type)), type, convert(e, value, (program.rows[k] as Expr).dtype, type), v);
      });
    });
    if (program.elements.length > 0) {
      sweep((at) => {
        vectors.forEach((v) => {
          const values = lower(e, program.elements, { input: inputAt(at, v), scalars: slots.scalars }, new Map(results[v]));
          values.forEach((value, k) => {
            const type = what.elements[k] as DType;
            store(at[inputs + k] as Integer, type, convert(e, value, (program.elements[k] as Expr).dtype, type), v);
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

/** The dtype of an input as the formulas read it; one that nobody reads has no address worth computing. */
function inputType(program: RowProgram, k: number): DType {
  return nodesOf(formulasOf(program)).find((node) => node.op === "input" && node.value === k)?.dtype ?? "uint8";
}
