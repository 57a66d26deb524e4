/**
 * Powers and remainders of floats in WGSL. A power needs more digits of the logarithm than single precision has, so the
 * logarithm is a pair of floats. A remainder is exact and computed in integers.
 */

import { exponential, float, polynomial } from "./wgsl-mathematics.ts";

// ln m = 2s (1 + s²/3 + s⁴/5 + …) with s = (m - 1) / (m + 1)
const odd = [1 / 3, 1 / 5, 1 / 7, 1 / 9, 1 / 11];

/** Every function, by its name in WGSL. */
export const powers: Readonly<Record<string, string>> = {
  // The rounding error of a product, from halves whose products are exact.
  f_productError: `fn f_productError(a: f32, b: f32, product: f32) -> f32 {
  let ah = bitcast<f32>(bitcast<u32>(a) & 0xfffff000u);
  let bh = bitcast<f32>(bitcast<u32>(b) & 0xfffff000u);
  let al = a - ah;
  let bl = b - bh;
  return fma(al, bl, fma(al, bh, fma(ah, bl, fma(ah, bh, -product))));
}`,
  // The base-2 logarithm of a positive, finite number, as the sum of two floats.
  f_log2Pair: `fn f_log2Pair(a: f32) -> vec2<f32> {
  let denormal = a < 1.17549435e-38;
  let bits = bitcast<i32>(select(a, a * 8388608.0, denormal));
  let whole = (bits - 0x3f3504f3) >> 23u;
  let k = f32(select(whole, whole - 23, denormal));
  let m = bitcast<f32>(bits - (whole << 23u));
  let f = m - 1.0;
  // m + 1 as an exact sum: compilers fold away a rounding error computed afterward.
  let head = bitcast<f32>(bitcast<u32>(m) & 0xfffffffcu);
  let d = head + 1.0;
  let s = f / d;
  let sd = s * d;
  let more = (((f - sd) - f_productError(s, d, sd)) - s * (m - head)) / d;
  let z = s * s;
  let rest = fma(s, z * ${polynomial("z", odd)}, more);
  let p = s * ${float(2 * Math.fround(Math.LOG2E))};
  let low = fma(rest, ${float(2 * Math.fround(Math.LOG2E))}, fma(s, 3.851926067e-8, f_productError(s, ${float(2 * Math.fround(Math.LOG2E))}, p)));
  if (k == 0.0) { return vec2<f32>(p, low); }
  let coarse = round(p * 32768.0) * 0.000030517578125;
  return vec2<f32>(k + coarse, (p - coarse) + low);
}`,
  f_powPositive: `fn f_powPositive(a: f32, b: f32) -> f32 {
  let l = f_log2Pair(a);
  let y = b * l.x;
  if (y > 130.0) { return f_infinity(); }
  if (y < -152.0) { return 0.0; }
  let n = round(y);
  let r = ((y - n) + fma(b, l.y, f_productError(b, l.x, y))) * ${float(Math.LN2)};
  return f_scale(fma(r * r, ${polynomial("r", exponential)}, r) + 1.0, i32(n));
}`,
  f_pow: `fn f_pow(a: f32, b: f32) -> f32 {
  if (b == 0.0 || a == 1.0) { return 1.0; }
  if (f_isNan(a) || f_isNan(b)) { return f_nan(); }
  let size = f_abs(a);
  let whole = trunc(b) == b;
  let isOdd = whole && f_abs(b) < 16777216.0 && (i32(b) & 1) != 0;
  let infinite = bitcast<u32>(size) == 0x7f800000u;
  var value: f32;
  if ((bitcast<u32>(b) & 0x7fffffffu) == 0x7f800000u) {
    if (size == 1.0) { return 1.0; }
    return select(0.0, f_infinity(), (size > 1.0) == (b > 0.0));
  } else if (size == 0.0 || infinite) {
    value = select(0.0, f_infinity(), infinite == (b > 0.0));
  } else {
    if (a < 0.0 && !whole) { return f_nan(); }
    if (size == 1.0) { value = 1.0; } else { value = f_powPositive(size, b); }
  }
  return select(value, f_neg(value), isOdd && bitcast<u32>(a) >= 0x80000000u);
}`,
  f_fmod: `fn f_fmod(a: f32, b: f32) -> f32 {
  let x = bitcast<u32>(a) & 0x7fffffffu;
  let y = bitcast<u32>(b) & 0x7fffffffu;
  if (y == 0u || x >= 0x7f800000u || y > 0x7f800000u) { return f_nan(); }
  if (x < y) { return a; }
  let scale = max(y >> 23u, 1u);
  var distance = max(x >> 23u, 1u) - scale;
  let divisor = select(y & 0x7fffffu, (y & 0x7fffffu) | 0x800000u, y >= 0x800000u);
  var rest = select(x & 0x7fffffu, (x & 0x7fffffu) | 0x800000u, x >= 0x800000u) % divisor;
  while (distance > 0u && rest != 0u) {
    let step = min(distance, 8u);
    rest = (rest << step) % divisor;
    distance -= step;
  }
  let sign = bitcast<u32>(a) & 0x80000000u;
  if (rest == 0u) { return bitcast<f32>(sign); }
  let shift = min(countLeadingZeros(rest) - 8u, scale - 1u);
  rest <<= shift;
  return bitcast<f32>(sign | select(rest, (rest - 0x800000u) + ((scale - shift) << 23u), rest >= 0x800000u));
}`,
};
