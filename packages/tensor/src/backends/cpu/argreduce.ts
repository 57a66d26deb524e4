/** Positions of extremes within rows: the operands' layout, the kernel's class and its arguments. */

import type { ArgReduceCall } from "../../kernel.ts";
import { Layout } from "./layout.ts";
import { argreduceModule } from "./lower/argreduce.ts";
import { addressOf } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

const outer = /* @__PURE__ */ new Layout();
const row = /* @__PURE__ */ new Layout();

/** Finds the first largest or smallest element of each row. */
export function runArgReduce(runtime: Runtime, call: ArgReduceCall): void {
  const { op, dims, input, indices } = call;
  const values = call.values ?? indices;
  const rank = input.shape.length;
  outer.take([input, indices, values], 0, rank - dims, true);
  row.take([input], rank - dims, rank, false);
  const rows = outer.count();
  const length = row.count();
  if (rows === 0 || length === 0) return;
  const args = [length];
  row.write(args);
  args.push(addressOf(input), addressOf(indices), addressOf(values));
  outer.write(args);
  const what = {
    op,
    dtype: input.dtype,
    outer: Math.max(1, outer.rank),
    row: Math.max(1, row.rank),
    values: call.values !== null,
  };
  const key = `argreduce ${op} ${what.dtype} ${what.outer} ${what.row} ${what.values}`;
  const kernel = runtime.kernel(key, () => argreduceModule(runtime, what));
  runtime.launch(kernel, args, rows, 8192 / length);
}
