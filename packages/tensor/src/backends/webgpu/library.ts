/**
 * The functions that generated WGSL calls, by name, so that a shader contains only those it uses. WGSL's built-in
 * functions are too inaccurate (exponential and logarithm, cosine beyond π) and undefined for NaN and infinity. These
 * functions test the bits of special values and need only single precision. Infinity and NaN are read from variables,
 * because WGSL rejects them as constants.
 */

import { mathematics } from "./wgsl-mathematics.ts";
import { powers } from "./wgsl-powers.ts";

/** Bits, conversions, integers. */
const basics: Readonly<Record<string, string>> = {
  f_infinity: `var<private> infinityBits: u32 = 0x7f800000u;
fn f_infinity() -> f32 { return bitcast<f32>(infinityBits); }`,
  f_nan: `var<private> nanBits: u32 = 0x7fc00000u;
fn f_nan() -> f32 { return bitcast<f32>(nanBits); }`,
  f_isNan: `fn f_isNan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }`,
  f_abs: `fn f_abs(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0x7fffffffu); }`,
  f_neg: `fn f_neg(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ 0x80000000u); }`,
  f_withSign: `fn f_withSign(size: f32, sign: f32) -> f32 {
  return bitcast<f32>((bitcast<u32>(size) & 0x7fffffffu) | (bitcast<u32>(sign) & 0x80000000u));
}`,
  f_relu: `fn f_relu(x: f32) -> f32 { return select(0.0, x, x > 0.0 || f_isNan(x)); }`,
  f_max: `fn f_max(a: f32, b: f32) -> f32 {
  if (f_isNan(a)) { return a; }
  return select(a, b, f_isNan(b) || b > a);
}`,
  f_min: `fn f_min(a: f32, b: f32) -> f32 {
  if (f_isNan(a)) { return a; }
  return select(a, b, f_isNan(b) || b < a);
}`,
  f_toInt: `fn f_toInt(x: f32) -> i32 {
  if (x >= -2147483648.0 && x < 2147483648.0) { return i32(x); }
  return -2147483647 - 1;
}`,
  f_fromHalf: `fn f_fromHalf(half: u32) -> f32 {
  let sign = (half & 0x8000u) << 16u;
  let size = half & 0x7fffu;
  if (size >= 0x7c00u) { return bitcast<f32>(sign | 0x7f800000u | ((size & 0x3ffu) << 13u)); }
  if (size >= 0x400u) { return bitcast<f32>(sign | ((size << 13u) + 0x38000000u)); }
  return bitcast<f32>(sign | bitcast<u32>(f32(size) * 5.9604644775390625e-8));
}`,
  f_toHalf: `fn f_toHalf(x: f32) -> u32 {
  let word = bitcast<u32>(x);
  let sign = (word >> 16u) & 0x8000u;
  let size = word & 0x7fffffffu;
  if (size > 0x7f800000u) { return sign | 0x7e00u; }
  if (size >= 0x477ff000u) { return sign | 0x7c00u; }
  if (size < 0x38800000u) { return sign | u32(round(bitcast<f32>(size) * 16777216.0)); }
  return sign | ((size + 0xfffu + ((size >> 13u) & 1u) - 0x38000000u) >> 13u);
}`,
  f_toBfloat16: `fn f_toBfloat16(x: f32) -> u32 {
  let word = bitcast<u32>(x);
  let upper = word >> 16u;
  return select((word + 0x7fffu + (upper & 1u)) >> 16u, upper | 0x40u, f_isNan(x));
}`,
  f_mulHigh: `fn f_mulHigh(a: u32, b: u32) -> u32 {
  let al = a & 0xffffu; let ah = a >> 16u; let bl = b & 0xffffu; let bh = b >> 16u;
  let middle = ah * bl + ((al * bl) >> 16u);
  let cross = al * bh + (middle & 0xffffu);
  return ah * bh + (middle >> 16u) + (cross >> 16u);
}`,
  f_idiv: `fn f_idiv(a: i32, b: i32) -> i32 {
  if (b == 0) { return 0; }
  if (b == -1) { return 0 - a; }
  let q = a / b;
  return select(q, q - 1, a % b != 0 && (a < 0) != (b < 0));
}`,
  f_ifmod: `fn f_ifmod(a: i32, b: i32) -> i32 {
  if (b == 0 || b == -1) { return 0; }
  return a % b;
}`,
  f_ipow: `fn f_ipow(base: i32, exponent: i32) -> i32 {
  if (exponent < 0) {
    if (base == 1) { return 1; }
    return select(0, select(-1, 1, (exponent & 1) == 0), base == -1);
  }
  var result = 1;
  var square = base;
  for (var e = u32(exponent); e > 0u; e >>= 1u) {
    if ((e & 1u) != 0u) { result *= square; }
    square *= square;
  }
  return result;
}`,
  f_shl: `fn f_shl(a: i32, count: i32, bits: i32) -> i32 {
  return select(a << (u32(count) & 31u), 0, count < 0 || count >= bits);
}`,
  f_shr: `fn f_shr(a: i32, count: i32, bits: i32) -> i32 {
  return a >> u32(select(count, bits - 1, count < 0 || count >= bits));
}`,
  f_orderFloat: `fn f_orderFloat(bits: u32) -> u32 {
  let size = bits & 0x7fffffffu;
  if (size > 0x7f800000u) { return 0xffffffffu; }
  if (size == 0u) { return 0x80000000u; }
  return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}`,
};

const all: Readonly<Record<string, string>> = { ...basics, ...mathematics, ...powers };

/** Returns the functions that a shader calls, directly or indirectly. */
export function libraryFor(text: string): string {
  const found = new Map<string, string>();
  const visit = (code: string): void => {
    for (const [name] of code.matchAll(/\bf_\w+/g)) {
      if (found.has(name)) continue;
      const definition = all[name];
      if (definition === undefined) throw new Error(`webgpu: no function ${name} in the library`);
      found.set(name, definition);
      visit(definition);
    }
  };
  visit(text);
  return [...found.values()].join("\n");
}
