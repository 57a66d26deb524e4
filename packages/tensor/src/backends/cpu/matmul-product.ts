/** A matrix product as the kernels see it: addresses, strides in bytes, and tables of batch offsets. */

import { bytesOf } from "../../dtype.ts";
import type { View } from "../../kernel.ts";
import { offsetOf } from "../../view.ts";
import type { Element } from "./matmul-lanes.ts";
import { addressOf } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

/** A matrix operand or the result: its address, and its strides in bytes. */
export interface Matrix {
  readonly address: number;
  readonly row: number;
  readonly column: number;
  /** The view whose leading dimensions are the batches; null for an absent operand. */
  readonly view: View | null;
}

/** `to = a · b (+ to) (+ bias)` for matrices [m, k] and [k, n] of one element type. */
export interface Product {
  readonly element: Element;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: Matrix;
  readonly b: Matrix;
  readonly to: Matrix;
  /** Absent when its address is 0. */
  readonly bias: Matrix;
  readonly accumulate: boolean;
  readonly batches: number;
}

/** The arguments that the kernels of products have in common. */
export interface ProductArguments {
  /** Addresses. That of the bias is 0 if there is none. */
  readonly a: number;
  readonly b: number;
  readonly to: number;
  readonly bias: number;
  /** Byte strides of the result and the bias, in adjacent slots and in this order, as the tile function reads them. */
  readonly toRow: number;
  readonly toColumn: number;
  readonly biasRow: number;
  readonly biasColumn: number;
  /**
   * Tables of the batches' byte offsets in a, b, the result and the bias, as 4-byte integers, and the bytes of each.
   */
  readonly tables: number;
  readonly tableBytes: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Whether the product is added to the existing result. */
  readonly accumulate: number;
}

/** Returns the arguments that describe a product. */
export function productArguments(product: Product, tables: number, tableBytes: number): ProductArguments {
  const { m, n, k, a, b, to, bias, accumulate } = product;
  return {
    a: a.address,
    b: b.address,
    to: to.address,
    bias: bias.address,
    toRow: to.row,
    toColumn: to.column,
    biasRow: bias.row,
    biasColumn: bias.column,
    tables,
    tableBytes,
    m,
    n,
    k,
    accumulate: Number(accumulate),
  };
}

/** Represents an absent operand. */
const none: Matrix = { address: 0, row: 0, column: 0, view: null };

/**
 * Returns the matrix of a view. A single row or column may have any stride, so it gets the one that suits the kernels.
 */
export function matrixOf(view: View | null): Matrix {
  if (view === null) return none;
  const bytes = bytesOf(view.dtype);
  const stride = (d: number): number => (view.shape.at(d) === 1 ? bytes : (view.strides.at(d) as number) * bytes);
  return { address: addressOf(view), row: stride(-2), column: stride(-1), view };
}

/** Returns a matrix transposed. */
export function flip({ address, row, column, view }: Matrix): Matrix {
  return { address, row: column, column: row, view };
}

/** Returns the transposed product: `toᵀ = bᵀ · aᵀ`. */
export function transposed(product: Product): Product {
  const { m, n, a, b, to, bias } = product;
  return { ...product, m: n, n: m, a: flip(b), b: flip(a), to: flip(to), bias: flip(bias) };
}

/** Whether all batches of an operand are the same matrix. */
export function repeats({ view }: Matrix): boolean {
  return view === null || view.strides.slice(0, -2).every((stride, d) => stride === 0 || view.shape[d] === 1);
}

/** Writes the tables of the offsets of `count` batches, beginning with batch `from`. */
export function writeTables(
  runtime: Runtime,
  { a, b, to, bias }: Product,
  tables: number,
  tableBytes: number,
  from: number,
  count: number,
): void {
  [a, b, to, bias].forEach((matrix, i) => {
    writeOffsets(runtime, matrix, tables + i * tableBytes, from, count);
  });
}

/**
 * Writes the byte offsets of `count` batches of an operand, from batch `from` in row-major order, into a table of
 * 4-byte integers.
 */
function writeOffsets(runtime: Runtime, { view }: Matrix, table: number, from: number, count: number): void {
  if (view === null) {
    writeMultiples(runtime, table, count, 0);
    return;
  }
  const { i32 } = runtime.memory;
  const bytes = bytesOf(view.dtype);
  const dims = view.shape.length - 2;
  for (let i = 0; i < count; i++) i32[(table >>> 2) + i] = offsetOf(view, from + i, dims) * bytes;
}

/** Writes 0, `bytes`, 2 · `bytes`, … into a table of 4-byte integers. */
export function writeMultiples(runtime: Runtime, table: number, count: number, bytes: number): void {
  const { i32 } = runtime.memory;
  for (let i = 0; i < count; i++) i32[(table >>> 2) + i] = i * bytes;
}
