/** Fused multiply-add where the engine supports relaxed SIMD, a multiplication and an addition elsewhere. */

import type { Code } from "./code.ts";
import { ModuleBuilder } from "./module.ts";
import { f32x4, f64x2 } from "./simd.ts";

/** `a · b + c` in each lane. */
export type MultiplyAdd = (a: Code<"v128">, b: Code<"v128">, c: Code<"v128">) => Code<"v128">;

/** Returns the multiply-add of a lane type. */
export function multiplyAdd(lanes: "f32x4" | "f64x2", relaxed: boolean): MultiplyAdd {
  const type = lanes === "f32x4" ? f32x4 : f64x2;
  return relaxed ? type.relaxedMadd : (a, b, c) => type.add(type.mul(a, b), c);
}

/** Whether this engine supports relaxed SIMD instructions. */
export function hasRelaxedSimd(): boolean {
  const module = new ModuleBuilder(false);
  module.function("f", ["v128"], ["v128"], (f, x) => f.result(f32x4.relaxedMadd(x, x, x)));
  return WebAssembly.validate(module.finish());
}
