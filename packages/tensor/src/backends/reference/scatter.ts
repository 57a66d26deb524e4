/** Writing through an index. */

import type { ScatterCall } from "../../kernel.ts";
import { contiguousStrides, sizeOf } from "../../shape.ts";
import { combine } from "./combine.ts";
import { load, store } from "./memory.ts";
import { round } from "./primitives.ts";
import { indexList } from "./window.ts";

/** Runs a scatter in row-major order of the index. Sums stay in double precision until all elements are combined. */
export function scatter(call: ScatterCall): void {
  const { dtype, shape } = call.to;
  const values = load(call.to);
  const index = load(call.index);
  const source = load(call.source);
  const strides = contiguousStrides(shape);
  const merge = merging(call);
  if (sizeOf(call.index.shape) === 0) return;
  indexList(call.index.shape).forEach((at, i) => {
    const place = at.map((x, d) => (d === call.dim ? (index[i] as number) : x));
    const position = place.reduce((sum, x, d) => sum + x * (strides[d] as number), 0);
    values[position] = merge(values[position] as number, source[i] as number);
  });
  store(
    call.to,
    values.map((value) => round(value, dtype)),
  );
}

function merging({ reduce, to }: ScatterCall): (there: number, comes: number) => number {
  switch (reduce) {
    case "set":
      return (_, comes) => comes;
    case "add":
      return combine("sum", to.dtype);
    case "multiply":
      return combine("product", to.dtype);
    case "max":
      return combine("max", to.dtype);
    case "min":
      return combine("min", to.dtype);
    default:
      throw reduce satisfies never;
  }
}
