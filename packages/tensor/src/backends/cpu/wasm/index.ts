/** A small typed assembler for WebAssembly. */
export { type Code, constant, type Local, type Operand, select, type Type } from "./code.ts";
export { call, FunctionBuilder } from "./function.ts";
export { type FunctionIndex, ModuleBuilder } from "./module.ts";
export { hasRelaxedSimd, multiplyAdd } from "./relaxed.ts";
export { f32, f64, fetchAdd, i32, i64, memoryCopy, memoryFill, nth } from "./scalar.ts";
export { f32x4, f64x2, i8x16, i16x8, i32x4, i64x2, type Lanes, shuffle, v128 } from "./simd.ts";
