/**
 * Packing: copies the operands of a product into panels, in the order in which the register tile reads them. A panel
 * holds a few rows of `a` (or columns of `b`) as lines, one line per step of k, so that the inner loop reads memory
 * sequentially whatever the strides are.
 */

import { launch, readArguments } from "./arguments.ts";
import type { Lanes } from "./matmul-lanes.ts";
import type { Matrix } from "./matmul-product.ts";
import { dispatchRows, tileRows, tileVectors, tiling } from "./matmul-tile.ts";
import type { Runtime } from "./runtime.ts";
import { transpose4x4 } from "./transpose-4x4.ts";
import { type Code, type FunctionIndex, i32, type Local, ModuleBuilder, nth, v128 } from "./wasm/index.ts";

/**
 * The arguments of the packing kernel. A unit is one panel of a batch. Panel `p` starts at element
 * `p · width + min(p, extra)` and is `width` wide, or one more for `p < extra`. Padded panels hold zeros past `size`.
 */
interface PackArguments {
  readonly source: number;
  readonly target: number;
  /** Table of the batches' byte offsets in the source, as 4-byte integers. */
  readonly offsets: number;
  readonly panels: number;
  /** Number of elements that the panels cover. */
  readonly size: number;
  readonly k: number;
  /** Bytes between the elements of a line, and between lines. */
  readonly stride: number;
  readonly kStride: number;
  /** Lines per block of k: all panels of a block precede those of the next block. */
  readonly block: number;
  /** Bytes of a batch in the target. */
  readonly batchBytes: number;
}

/** The arguments that do not follow from the operand. */
export type Cut = Pick<PackArguments, "target" | "offsets" | "size" | "k" | "block" | "batchBytes">;

/** Minimum elements per piece of packing. */
const smallestPiece = 16_384;

/**
 * Packs `count` batches of an operand: `a` into panels of up to six rows, the transpose of `b` into panels of two
 * vectors, padded with zeros.
 */
export function pack(
  runtime: Runtime,
  lanes: Lanes,
  operand: "a" | "b",
  count: number,
  { address, row, column }: Pick<Matrix, "address" | "row" | "column">,
  { size, k, ...rest }: Cut,
): void {
  const exact = operand === "a";
  const most = exact ? tileRows : tileVectors * lanes.count;
  const panels = Math.ceil(size / most);
  const args: PackArguments = { ...rest, size, k, panels, source: address, stride: row, kStride: column };
  launch(
    runtime,
    `matmul/pack/${lanes.bytes}/${operand}`,
    args,
    (names) => packKernel(runtime.shared, lanes, exact, names),
    panels * count,
    smallestPiece / (most * k),
  );
}

/** Builds a packing kernel for panels of up to six rows (`exact`), or of two vectors padded with zeros. */
function packKernel(shared: boolean, lanes: Lanes, exact: boolean, names: readonly string[]): Uint8Array {
  const module = new ModuleBuilder(shared);
  const widths = exact ? [1, 2, 3, 4, 5, 6] : [2 * lanes.count];
  const functions = widths.map((width) => packPanelFunction(module, lanes, width));
  return module.run((f, args, begin, end) => {
    const slot = readArguments<keyof PackArguments>(f, args, names);
    const { panels, size, k, stride, kStride, block } = slot;
    const width = 2 * lanes.count;
    const { top, rows } = tiling(f, size);
    const lineLength = exact ? size : f.let(i32.mul(panels, width));
    f.for(begin, end, 1, (unit) => {
      const panel = f.let(i32.remU(unit, panels));
      const batch = f.let(i32.divU(unit, panels));
      const first = f.let(exact ? top(panel) : i32.mul(panel, width));
      const valid = f.let(i32.sub(size, first));
      const source = f.let(
        nth(i32.add(slot.source, i32.load(i32.add(slot.offsets, i32.shl(batch, 2)))), first, stride),
      );
      const target = f.let(nth(slot.target, batch, slot.batchBytes));
      f.for(0, k, block, (from) => {
        const length = f.least(i32.sub(k, from), block);
        const place = i32.add(target, i32.shl(nth(i32.mul(from, lineLength), first, length), lanes.shift));
        const call: readonly Code<"i32">[] = [nth(source, from, kStride), place, stride, kStride, length, valid];
        if (exact) dispatchRows(f, f.let(rows(panel)), functions, call);
        else f.call(functions[0] as number, ...call);
      });
    });
  });
}

/**
 * Defines a function that packs `k` lines of one panel, `width` elements wide: with vectors where a line or a run along
 * k is contiguous, element by element otherwise. Its parameters are source, target, stride, kStride, k and the number
 * of elements that exist; the others become zeros.
 */
export function packPanelFunction(module: ModuleBuilder, lanes: Lanes, width: number): FunctionIndex {
  const { bytes, count } = lanes;
  return module.procedure((f, source, target, stride, kStride, k, valid) => {
    f.block((leave) => {
      f.if(i32.ge(valid, width), () => {
        f.if(i32.eq(stride, bytes), () => {
          packLines();
          f.branch(leave);
        });
        if (bytes === 4) {
          f.if(i32.eq(kStride, bytes), () => {
            packTransposed();
            f.branch(leave);
          });
        }
      });
      packElements(k);
    });

    /** Packs lines that are contiguous in the source. */
    function packLines(): void {
      f.for(0, k, 1, () => {
        for (let i = 0; i < width; i += count) storeFirst(i * bytes, v128.load(source, i * bytes), width - i);
        f.increase(source, kStride);
        f.increase(target, width * bytes);
      });
    }

    /** Packs rows that are contiguous along k, transposing 4×4 blocks in registers. Elements have 4 bytes. */
    function packTransposed(): void {
      const row = f.local("i32");
      f.for(3, k, 4, () => {
        f.set(row, source);
        for (let i = 0; i < width; i += 4) {
          const rows: Local<"v128">[] = [];
          for (let r = i; r < Math.min(i + 4, width); r++) {
            rows.push(f.let(v128.load(row)));
            if (r + 1 < width) f.increase(row, stride);
          }
          // Repeated rows fill the block; the lanes that they produce are not stored.
          const lines = transpose4x4(f, [...rows, ...rows, ...rows, ...rows].slice(0, 4));
          lines.forEach((line, u) => {
            storeFirst(4 * (u * width + i), line, width - i);
          });
        }
        f.increase(source, 16);
        f.increase(target, 16 * width);
      });
      packElements(f.let(i32.and(k, 3)));
    }

    /** Packs lines with any strides. Elements past the edge become zeros. */
    function packElements(lines: Local<"i32">): void {
      const from = f.local("i32");
      const existing = f.least(valid, width);
      f.for(0, lines, 1, () => {
        f.if(i32.lt(existing, width), () => {
          for (let i = 0; i < width; i += count) storeFirst(i * bytes, lanes.zero, width - i);
        });
        f.set(from, source);
        const place = f.let(target);
        f.for(0, existing, 1, () => {
          f.do(lanes.copy(place, from));
          f.increase(place, bytes);
          f.increase(from, stride);
        });
        f.increase(source, kStride);
        f.increase(target, width * bytes);
      });
    }

    /** Stores the first `wanted` lanes of a vector, or all of them. */
    function storeFirst(offset: number, vector: Code<"v128">, wanted: number): void {
      if (wanted >= count) {
        f.do(v128.store(target, vector, offset));
        return;
      }
      const value = f.let(vector);
      for (let i = 0; i < wanted; i++) f.do(lanes.storeLane(target, value, i, offset + bytes * i));
    }
  });
}
