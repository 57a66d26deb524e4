/** Products with a sparse matrix: picks the kernel and writes its arguments. */

import { bytesOf } from "../../dtype.ts";
import type { SparseCall, View } from "../../kernel.ts";
import { type Arguments, launch } from "./arguments.ts";
import { type SparseArgument, sparseModule } from "./lower/sparse.ts";
import { addressOf } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

/** Runs a product with a sparse matrix. */
export function runSparse(runtime: Runtime, { starts, positions, weights, input, to }: SparseCall): void {
  const [outer, rows, inner] = to.shape as [number, number, number]; // safe: three dimensions
  if (outer * rows * inner === 0) return;
  const contiguous = inner > 1 && input.strides[2] === 1 && to.strides[2] === 1;
  const [batch, lane] = contiguous ? [0, 2] : [2, 0];
  const step = (view: View, dim: number): number => (view.strides[dim] as number) * bytesOf(view.dtype);
  const lanes = to.shape[lane] as number;
  const { dtype } = to;
  const args: Arguments<SparseArgument> = {
    starts: addressOf(starts),
    positions: addressOf(positions),
    weights: addressOf(weights),
    input: addressOf(input),
    to: addressOf(to),
    rows,
    lanes,
    inputBatch: step(input, batch),
    inputRow: step(input, 1),
    inputLane: step(input, lane),
    toBatch: step(to, batch),
    toRow: step(to, 1),
    toLane: step(to, lane),
  };
  const entries = (positions.shape[0] as number) / rows;
  const work = contiguous ? lanes * (entries + 1) : 4 * rows * (entries + 1);
  const units = (to.shape[batch] as number) * (contiguous ? rows : Math.ceil(lanes / 4));
  launch(
    runtime,
    `sparse ${dtype} ${contiguous}`,
    args,
    (names) => sparseModule(runtime, dtype, contiguous, names),
    units,
    20_000 / work,
  );
}
