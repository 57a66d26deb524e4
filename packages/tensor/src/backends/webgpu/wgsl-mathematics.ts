/**
 * Exponentials, logarithms, trigonometric functions and the error function in WGSL, in single precision: range
 * reduction, a polynomial (in the variable and over the range that its comment states), and a final fix-up of special
 * values.
 */

/** Returns a polynomial by Horner's rule, as text. Coefficients start with the lowest power. */
export function polynomial(x: string, coefficients: readonly number[]): string {
  return coefficients.reduceRight((sum, c) => (sum === "" ? float(c) : `fma(${sum}, ${x}, ${float(c)})`), "");
}

/** Returns a finite number as a WGSL literal. */
export function float(value: number): string {
  if (Object.is(value, -0)) return "bitcast<f32>(0x80000000u)";
  const text = `${value}`;
  return `${/[.e]/.test(text) ? text : `${text}.0`}f`.replace(/e\+?(-?\d+)f$/, "e$1f");
}

// (eʳ - 1 - r) / r², |r| ≤ 0.3466
export const exponential: readonly number[] = [
  0.5000000013, 0.1666666668, 0.04166646494, 0.008333310928, 0.001393364786, 0.0001989098846,
];

// (ln(1 + f) - f + f²/2) / f³, √½ - 1 ≤ f ≤ √2 - 1
const logarithm = [
  0.3333333118, -0.2499999696, 0.2000071575, -0.1666780232, 0.1424905765, -0.1242568733, 0.1168541992, -0.1147973385,
  0.06971611471,
];

// (atan(√z)/√z - 1) / z, 0 ≤ z ≤ 1
const arc = [
  -0.3333333308, 0.1999994932, -0.1428400379, 0.1108826163, -0.08931826777, 0.0703191425, -0.04896051403, 0.02630500111,
  -0.009144629761, 0.001488691939,
];

// (tanh(√z)/√z - 1) / z, z ≤ 0.4
const hyperbolic = [-0.3333333315, 0.1333330015, -0.05395846163, 0.02176250291, -0.008323187058, 0.002269501684];

// erf(√z)/√z, z ≤ 1
const erfNear = [
  1.128379166, -0.3761262667, 0.1128359472, -0.02685421201, 0.005189087423, -0.0008016864287, 7.875875063e-5,
];

// ln erfc(a), 1 ≤ a ≤ 4
const erfFar = [
  0.0003201380497, -1.130233435, -0.6318260516, -0.1100800829, 0.02642113601, -0.004759596293, 0.0005968056257,
  -4.605804269e-5, 1.637151415e-6,
];

// erfc(x) e^(x²) / t, t = 1 / (1 + x/2), 0.45 ≤ x ≤ 10.2
const erfcTail = [
  0.2820711187, 0.2826939533, 0.2403545411, 0.2155418713, -0.06235688037, 0.3387372561, -0.5488893093, 0.3190487922,
  -0.06720473851,
];

// (sin(√z)/√z - 1) / z and (cos(√z) - 1 + z/2) / z², 0 ≤ z ≤ (π/4)²
const sine = [-0.1666666666, 0.008333331875, -0.0001984008674, 2.72499258e-6];
const cosine = [0.04166666666, -0.001388888767, 2.480060038e-5, -2.73009592e-7];

/** Every function, by its name in WGSL. */
export const mathematics: Readonly<Record<string, string>> = {
  f_scale: `fn f_scale(x: f32, n: i32) -> f32 {
  let half = n >> 1u;
  return x * bitcast<f32>((half + 127) << 23u) * bitcast<f32>((n - half + 127) << 23u);
}`,
  f_exp: `fn f_exp(x: f32) -> f32 {
  let y = select(select(x, 89.0, x > 89.0), -104.0, x < -104.0);
  let n = round(y * ${float(Math.LOG2E)});
  let r = fma(n, 2.1219444e-4, fma(n, -0.693359375, y));
  let rest = fma(r * r, ${polynomial("r", exponential)}, r);
  return f_scale(rest + 1.0, i32(n));
}`,
  f_expm1: `fn f_expm1(x: f32) -> f32 {
  if (x == 0.0) { return x; }
  if (x > 80.0) { return f_exp(x); }
  let y = select(x, -30.0, x < -30.0);
  let n = round(y * ${float(Math.LOG2E)});
  let r = fma(n, 2.1219444e-4, fma(n, -0.693359375, y));
  let rest = fma(r * r, ${polynomial("r", exponential)}, r);
  let power = bitcast<f32>((i32(n) + 127) << 23u);
  return fma(power, rest, power - 1.0);
}`,
  // The exponent k, and f and y with x = 2ᵏ (1 + f) and ln(1 + f) = f + y.
  f_logParts: `fn f_logParts(x: f32) -> vec3<f32> {
  let denormal = x < 1.17549435e-38;
  let bits = bitcast<i32>(select(x, x * 8388608.0, denormal));
  let k = (bits - 0x3f3504f3) >> 23u;
  let f = bitcast<f32>(bits - (k << 23u)) - 1.0;
  let square = f * f;
  let y = fma(square, -0.5, square * f * ${polynomial("f", logarithm)});
  return vec3<f32>(f32(select(k, k - 23, denormal)), f, y);
}`,
  f_logEdges: `fn f_logEdges(x: f32, value: f32) -> f32 {
  if (f_isNan(x) || x < 0.0) { return f_nan(); }
  if (x == 0.0) { return f_neg(f_infinity()); }
  return select(value, x, bitcast<u32>(x) == 0x7f800000u);
}`,
  f_log: `fn f_log(x: f32) -> f32 {
  let p = f_logParts(x);
  return f_logEdges(x, fma(p.x, 0.693359375, p.y + fma(p.x, -2.1219444e-4, p.z)));
}`,
  f_log2: `fn f_log2(x: f32) -> f32 {
  let p = f_logParts(x);
  return f_logEdges(x, fma(p.y + p.z, ${float(Math.fround(Math.LOG2E))}, p.x));
}`,
  f_log10: `fn f_log10(x: f32) -> f32 {
  let p = f_logParts(x);
  return f_logEdges(x, fma(p.x, 0.301025390625, fma(p.x, 4.605038981e-6, (p.y + p.z) * ${float(Math.LOG10E)})));
}`,
  // Uses the logarithm's own polynomial near zero; elsewhere the rounding of 1 + x is negligible. (Compilers fold x -
  // ((1 + x) - 1) to zero.)
  f_log1p: `fn f_log1p(x: f32) -> f32 {
  if (x > -0.29 && x < 0.41) {
    let square = x * x;
    return x + fma(square, -0.5, square * x * ${polynomial("x", logarithm)});
  }
  return f_log(x + 1.0);
}`,
  f_twoOverPi: `const f_twoOverPi = array<u32, 9>(
  0u, 0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu, 0xdebbc561u);`,
  // The remainder of an angle modulo π/2, and the multiple of π/2 modulo 4. Large angles use the relevant bits of 2/π
  // in fixed point.
  f_quadrant: `fn f_quadrant(x: f32) -> vec2<f32> {
  let size = f_abs(x);
  if (size <= 8192.0) {
    let n = round(x * ${float(2 / Math.PI)});
    let r = fma(n, -2.5633440682570896e-12, fma(n, -7.549533620476723e-8, fma(n, -0.0004837512969970703, fma(n, -1.5703125, x))));
    return vec2<f32>(r, f32(i32(n) & 3));
  }
  let bits = bitcast<u32>(size);
  if (bits >= 0x7f800000u) { return vec2<f32>(f_nan(), 0.0); }
  let m = (bits & 0x7fffffu) | 0x800000u;
  let at = (bits >> 23u) - 120u;
  let word = at >> 5u;
  let shift = at & 31u;
  let table = f_twoOverPi;
  var window: array<u32, 3>;
  for (var k = 0u; k < 3u; k++) {
    let low = table[word + k + 1u];
    window[k] = (table[word + k] << shift) | select(low >> ((32u - shift) & 31u), 0u, shift == 0u);
  }
  let low = m * window[1] + f_mulHigh(m, window[2]);
  let carry = select(0u, 1u, low < m * window[1]);
  let high = m * window[0] + f_mulHigh(m, window[1]) + carry;
  let quadrant = ((high >> 30u) + ((high >> 29u) & 1u)) & 3u;
  var top = (high << 2u) | (low >> 30u);
  var tail = low << 2u;
  let negative = top >= 0x80000000u;
  if (negative) {
    tail = ~tail + 1u;
    top = ~top + select(0u, 1u, tail == 0u);
  }
  let fraction = f32(top) * 2.3283064365386963e-10 + f32(tail) * 5.421010862427522e-20;
  let r = select(fraction, -fraction, negative) * ${float(Math.PI / 2)};
  return select(vec2<f32>(r, f32(quadrant)), vec2<f32>(-r, f32((4u - quadrant) & 3u)), x < 0.0);
}`,
  f_wave: `fn f_wave(x: f32, turn: i32) -> f32 {
  let q = f_quadrant(x);
  let r = q.x;
  let z = r * r;
  let n = i32(q.y) + turn;
  let s = fma(r * z, ${polynomial("z", sine)}, r);
  let c = fma(z * z, ${polynomial("z", cosine)}, fma(z, -0.5, 1.0));
  let value = select(s, c, (n & 1) != 0);
  return select(value, -value, (n & 2) != 0);
}`,
  f_sin: `fn f_sin(x: f32) -> f32 { return f_wave(x, 0); }`,
  f_cos: `fn f_cos(x: f32) -> f32 { return f_wave(x, 1); }`,
  f_tan: `fn f_tan(x: f32) -> f32 {
  let q = f_quadrant(x);
  let r = q.x;
  let z = r * r;
  let s = fma(r * z, ${polynomial("z", sine)}, r);
  let c = fma(z * z, ${polynomial("z", cosine)}, fma(z, -0.5, 1.0));
  if ((i32(q.y) & 1) != 0) { return -c / s; }
  return s / c;
}`,
  f_atanUnit: `fn f_atanUnit(t: f32) -> f32 {
  let z = t * t;
  return fma(t * z, ${polynomial("z", arc)}, t);
}`,
  f_atan: `fn f_atan(x: f32) -> f32 {
  let size = f_abs(x);
  let steep = size > 1.0;
  let angle = f_atanUnit(select(size, 1.0 / size, steep));
  return f_withSign(select(angle, ${float(Math.PI / 2)} - angle, steep), x);
}`,
  f_atan2: `fn f_atan2(y: f32, x: f32) -> f32 {
  if (f_isNan(x) || f_isNan(y)) { return f_nan(); }
  let a = f_abs(y);
  let b = f_abs(x);
  let less = min(a, b);
  let more = max(a, b);
  var t = select(less / more, 1.0, bitcast<u32>(less) == 0x7f800000u);
  t = select(t, 0.0, more == 0.0);
  let angle = f_atanUnit(t);
  let octant = select(angle, ${float(Math.PI / 2)} - angle, a > b);
  return f_withSign(select(octant, ${float(Math.PI)} - octant, bitcast<u32>(x) >= 0x80000000u), y);
}`,
  f_tanh: `fn f_tanh(x: f32) -> f32 {
  let z = x * x;
  if (z < 0.4) { return fma(x * z, ${polynomial("z", hyperbolic)}, x); }
  let size = f_abs(x);
  return f_withSign(1.0 - 2.0 / (f_exp(size + size) + 1.0), x);
}`,
  f_erf: `fn f_erf(x: f32) -> f32 {
  let z = x * x;
  if (z < 1.0) { return x * ${polynomial("z", erfNear)}; }
  let size = f_abs(x);
  let a = select(size, 4.0, size > 4.0);
  return f_withSign(1.0 - f_exp(${polynomial("a", erfFar)}), x);
}`,
  f_erfc: `fn f_erfc(x: f32) -> f32 {
  if (x < 0.46875) { return select(1.0 - f_erf(x), 2.0 - f_erfcTail(-x), x < -0.46875); }
  return f_erfcTail(x);
}`,
  // e^(-x²) from the square of the leading twelve bits, which is exact, and the rest.
  f_erfcTail: `fn f_erfcTail(x: f32) -> f32 {
  if (x > 10.2) { return 0.0; }
  let t = 1.0 / fma(x, 0.5, 1.0);
  let head = bitcast<f32>(bitcast<u32>(x) & 0xfffff000u);
  let tail = f_exp(-(x - head) * (x + head));
  return t * ${polynomial("t", erfcTail)} * tail * f_exp(-head * head);
}`,
};
