/** The views of a kernel call, for code that redirects calls to other memory whatever they compute. */

import type { KernelCall, View } from "./kernel.ts";

/** Returns the names of the fields of a call that it writes. */
function written(call: KernelCall): readonly string[] {
  switch (call.kind) {
    case "pointwise":
    case "foreach":
    case "matmul":
    case "gather":
    case "scatter":
    case "random":
    case "sparse":
      return ["to"];
    case "rows":
      return ["toRows", "toElements"];
    case "argreduce":
    case "sort":
      return ["values", "indices"];
    case "scan":
      return ["to", "indices"];
    case "conv":
      return [call.direction === "forward" ? "output" : call.direction];
    case "pool":
      return call.direction === "forward" ? ["output", "indices"] : ["input"];
    case "check":
      return [];
    default:
      throw call satisfies never;
  }
}

/** Returns a copy of a call with other views. `map` is told which of them the call writes. */
export function mapViews<Call extends KernelCall>(call: Call, map: (view: View, written: boolean) => View): Call {
  const fields = written(call);
  const mapped = (key: string, value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((item) => mapped(key, item));
    if (isView(value)) return map(value, fields.includes(key));
    return key === "items" ? mapAll(value as object) : value; // safe: the items of a foreach call are objects
  };
  const mapAll = (object: object): object => {
    return Object.fromEntries(
      Object.entries(object).map(([key, value]) => [key, key === "program" ? value : mapped(key, value)]),
    );
  };
  return mapAll(call) as Call; // safe: the same fields with values of the same types
}

function isView(value: unknown): value is View {
  return typeof value === "object" && value !== null && "strides" in value;
}
