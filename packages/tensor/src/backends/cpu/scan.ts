/** Cumulative sums, products and extremes: the operands' layout, the kernel's class and its arguments. */

import { bytesOf } from "../../dtype.ts";
import type { ScanCall, View } from "../../kernel.ts";
import { without } from "../../view.ts";
import { Layout } from "./layout.ts";
import { scanModule } from "./lower/scan.ts";
import { addressOf } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

const outer = /* @__PURE__ */ new Layout();

/** Runs a scan along one dimension. */
export function runScan(runtime: Runtime, call: ScanCall): void {
  const { op, dim, input, to } = call;
  const views: readonly View[] = [input, to, call.indices ?? to];
  const length = input.shape[dim] ?? 1;
  outer.take(
    views.map((view) => without(view, [dim])),
    0,
    Math.max(0, input.shape.length - 1),
    true,
  );
  const lanes = outer.count();
  if (lanes === 0 || length === 0) return;
  const args = [length, ...views.map(({ strides, dtype }) => (strides[dim] ?? 0) * bytesOf(dtype))];
  args.push(...views.map(addressOf));
  outer.write(args);
  const what = { op, from: input.dtype, to: to.dtype, outer: Math.max(1, outer.rank), indices: call.indices !== null };
  const key = `scan ${op} ${what.from} ${what.to} ${what.outer} ${what.indices}`;
  const kernel = runtime.kernel(key, () => scanModule(runtime, what));
  runtime.launch(kernel, args, lanes, 4096 / length);
}
