/** Matrix products: normalizes a call to the form that the kernels expect, and picks the kernels. */

import { bytesOf } from "../../dtype.ts";
import { input } from "../../expr/expr.ts";
import { program, reduction } from "../../expr/program.ts";
import type { MatmulCall, View } from "../../kernel.ts";
import { broadcastStrides, sizeOf } from "../../shape.ts";
import { windowOn, without } from "../../view.ts";
import { elementOf, withTemporaries } from "./convert.ts";
import { directColumns, multiplyBlocks } from "./matmul-blocks.ts";
import { dotRows } from "./matmul-dot.ts";
import { multiplyDots } from "./matmul-dot-call.ts";
import { type Element, lanesOf } from "./matmul-lanes.ts";
import { matrixOf, type Product, transposed } from "./matmul-product.ts";
import { tileVectors } from "./matmul-tile.ts";
import { runPointwise } from "./pointwise.ts";
import { runRows } from "./rows.ts";
import type { Runtime } from "./runtime.ts";

/** Runs a matrix product of any dtype. */
export function runMatmul(runtime: Runtime, call: MatmulCall): void {
  const { shape, dtype } = call.to;
  const m = shape.at(-2) as number;
  const n = shape.at(-1) as number;
  if (sizeOf(shape) === 0) return;
  const { a, b, to, bias, accumulate } = call;
  const element = elementOf(dtype);
  if (dtype !== element || a.dtype !== element || b.dtype !== element || (bias !== null && bias.dtype !== element)) {
    runConverted(runtime, call, element);
    return;
  }
  const k = a.shape.at(-1) as number;
  if (bias === null && !accumulate && (k === 1 || (m === 1 && n === 1))) {
    multiplyVectors(runtime, call);
    return;
  }
  const matrices = { a: matrixOf(a), b: matrixOf(b), to: matrixOf(to), bias: matrixOf(bias) };
  const product: Product = { element, m, n, k, ...matrices, accumulate, batches: sizeOf(shape.slice(0, -2)) };
  // A result in column-major order is the transpose of one in row-major order, and a few columns are a few rows of the
  // transpose.
  const bytes = bytesOf(dtype);
  const byColumns = product.to.column !== bytes && product.to.row === bytes;
  multiply(
    runtime,
    (Math.min(m, n) <= dotRows ? n < m : byColumns || betterByColumns(product, bytes)) ? transposed(product) : product,
  );
}

/**
 * Computes outer products elementwise, and dot products as reductions over rows: packing panels would take longer than
 * the multiplications.
 */
function multiplyVectors(runtime: Runtime, { a, b, to }: MatmulCall): void {
  const rank = to.shape.length;
  const product = input(0, to.dtype).mul(input(1, to.dtype));
  if (a.shape[rank - 1] === 1) {
    const inputs = [a, b].map((view) =>
      windowOn(view, to.shape, broadcastStrides("matmul", view.shape, view.strides, to.shape)),
    );
    runPointwise(runtime, program([product]), { inputs, scalars: [], to: [to] });
    return;
  }
  const inputs = [without(a, [rank - 2]), without(b, [rank - 1])];
  const toRows = [without(to, [rank - 2, rank - 1])];
  const call = { kind: "rows", program: reduction("sum", product), dims: 1, scalars: [], toElements: [] } as const;
  runRows(runtime, { ...call, inputs, toRows });
}

/**
 * Whether to compute the transpose when a few rows are multiplied by a large `b` that is contiguous along k, as in a
 * linear layer with a small batch: the transpose reads `b` in place instead of packing it. This does not pay when much
 * of the last panel, two vectors wide, would be padding.
 */
function betterByColumns({ m, n, b }: Product, bytes: number): boolean {
  const panel = (16 / bytes) * tileVectors;
  return m <= directColumns && m < n && b.row === bytes && b.column !== bytes && (-m & (panel - 1)) < panel / 2;
}

function multiply(runtime: Runtime, product: Product): void {
  const { m, a, b } = product;
  const lanes = lanesOf(product.element, runtime.relaxed);
  const alongK = a.column === lanes.bytes && b.row === lanes.bytes && b.column !== lanes.bytes;
  if (m <= dotRows && alongK) multiplyDots(runtime, lanes, product);
  else multiplyBlocks(runtime, lanes, product);
}

/** Runs a product through temporaries of an element type that the kernels support. */
function runConverted(runtime: Runtime, call: MatmulCall, element: Element): void {
  const { a, b, to, bias, accumulate } = call;
  const fits = ({ dtype }: View): boolean => dtype === element;
  withTemporaries(runtime, { a, b, bias, to }, element, fits, "to", accumulate, (views) => {
    // Safe: only the bias may be null.
    runMatmul(runtime, { ...call, ...(views as Pick<MatmulCall, "a" | "b" | "bias" | "to">) });
  });
}
