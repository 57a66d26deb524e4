/**
 * Conversion of 16-bit floats: half precision (float16, IEEE 754 binary16), and bfloat16, the upper half of a float32.
 * The supported JavaScript engines do not all have a type for them, so they are stored as raw bits and converted where
 * the host reads or writes them.
 */

const float = /* @__PURE__ */ new Float32Array(1);
const bits = /* @__PURE__ */ new Uint32Array(float.buffer);

/** Returns the value of a half-precision number given as 16 bits. */
export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Returns the bits of the half-precision number nearest to a float32; ties round to even. */
export function toHalf(value: number): number {
  float[0] = value;
  const word = bits[0] as number;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // rounds to infinity
  if (magnitude < 0x38800000) {
    // Subnormal: a multiple of 2⁻²⁴. Scaling by a power of two is exact, so there is only one rounding.
    // Adding 2⁵² rounds to an integer.
    return sign | (Math.abs(float[0] as number) * 2 ** 24 + 2 ** 52 - 2 ** 52);
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

/** Returns the value of a bfloat16 number given as 16 bits. */
export function fromBfloat16(half: number): number {
  bits[0] = half << 16;
  return float[0] as number;
}

/** Returns the bits of the bfloat16 number nearest to a float32; ties round to even. */
export function toBfloat16(value: number): number {
  float[0] = value;
  const word = bits[0] as number;
  if ((word & 0x7fffffff) > 0x7f800000) return (word >>> 16) | 0x40;
  return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
}
