/** Launches the kernel for products with few rows. */

import { argumentsFor, writeArguments } from "./arguments.ts";
import { dotColumns, dotKernel, dotSlots } from "./matmul-dot.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { type Product, writeOffsets } from "./matmul-product.ts";
import type { Runtime } from "./runtime.ts";

/** Minimum multiplications per piece of work, about 10 µs. */
const smallestPiece = 100_000;

const dotArguments = /* @__PURE__ */ argumentsFor(dotSlots);

/** Computes a product with few rows whose operands are both contiguous along k. */
export function multiplyDots(runtime: Runtime, lanes: Lanes, product: Product): void {
  const { element, m, n, k, batches, a, b, to, bias } = product;
  const tables = runtime.scratch(4 * 4 * batches);
  const table = (i: number): number => tables + i * 4 * batches;
  [a, b, to, bias].forEach((matrix, i) => {
    writeOffsets(runtime, matrix, table(i), 0, batches);
  });
  const units = Math.ceil(n / dotColumns);
  const args = writeArguments(dotArguments, dotSlots, {
    ...{ a: a.address, b: b.address, to: to.address, bias: bias.address },
    ...{ aOffsets: table(0), bOffsets: table(1), toOffsets: table(2), biasOffsets: table(3) },
    ...{ m, n, k, aRow: a.row, bColumn: b.column, toRow: to.row, toColumn: to.column },
    ...{ biasRow: bias.row, biasColumn: bias.column, accumulate: product.accumulate ? 1 : 0, units },
  });
  const kernel = runtime.kernel(`matmul/dot/${element}`, () => dotKernel(runtime.shared, lanes));
  runtime.launch(
    kernel,
    args,
    units * batches,
    Math.max(1, Math.ceil(smallestPiece / Math.max(1, m * k * dotColumns))),
  );
}
