/** Launches the kernel for products with few rows. */

import { launch } from "./arguments.ts";
import { type DotArguments, dotColumns, dotKernel } from "./matmul-dot.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { type Product, productArguments, writeTables } from "./matmul-product.ts";
import type { Runtime } from "./runtime.ts";

/** Minimum multiplications per piece of work, about 10 µs. */
const smallestPiece = 100_000;

/** Computes a product with few rows whose operands are both contiguous along k. */
export function multiplyDots(runtime: Runtime, lanes: Lanes, product: Product): void {
  const { element, m, n, k, batches, a, b } = product;
  const tableBytes = 4 * batches;
  const tables = runtime.scratch(4 * tableBytes);
  writeTables(runtime, product, tables, tableBytes, 0, batches);
  const units = Math.ceil(n / dotColumns);
  const args: DotArguments = {
    ...productArguments(product, tables, tableBytes),
    aRow: a.row,
    bColumn: b.column,
    units,
  };
  launch(
    runtime,
    `matmul/dot/${element}`,
    args,
    (names) => dotKernel(runtime.shared, lanes, names),
    units * batches,
    smallestPiece / (m * k * dotColumns),
  );
}
