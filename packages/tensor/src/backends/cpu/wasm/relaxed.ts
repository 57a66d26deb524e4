/** Fused multiply-add where the engine has relaxed SIMD, a product and a sum where it has not. */

import type { Code } from "./code.ts";
import { ModuleBuilder } from "./module.ts";
import { f32x4, f64x2 } from "./simd.ts";

/** `a · b + c` in each lane. */
export type MultiplyAdd = (a: Code<"v128">, b: Code<"v128">, c: Code<"v128">) => Code<"v128">;

/** The multiply-add of a lane type. */
export function multiplyAdd(lanes: "f32x4" | "f64x2", relaxed: boolean): MultiplyAdd {
  const type = lanes === "f32x4" ? f32x4 : f64x2;
  return relaxed ? type.relaxedMadd : (a, b, c) => type.add(type.mul(a, b), c);
}

/** Whether this engine takes relaxed SIMD instructions. */
export function hasRelaxedSimd(): boolean {
  const module = new ModuleBuilder(false);
  module.function("f", ["v128"], ["v128"], (f, x) => f.result(f32x4.relaxedMadd(x, x, x)));
  return WebAssembly.validate(module.finish());
}
