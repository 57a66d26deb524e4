/** Encodes numbers, names and lists in WebAssembly's binary format (https://webassembly.github.io/spec/core/binary). */

/** Encodes an unsigned integer of up to 32 bits as LEB128, seven bits per byte. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 127;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 128);
  } while (rest !== 0);
  return bytes;
}

/** Encodes a signed 32-bit integer as LEB128, seven bits per byte with the sign in the last one. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  while (rest < -64 || rest > 63) {
    bytes.push((rest & 127) | 128);
    rest >>= 7;
  }
  return [...bytes, rest & 127];
}

/** Returns the four bytes of a float32. */
export function float32(value: number): number[] {
  return [...new Uint8Array(new Float32Array([value]).buffer)];
}

/** Returns the eight bytes of a float64. */
export function float64(value: number): number[] {
  return [...new Uint8Array(new Float64Array([value]).buffer)];
}

/** Encodes a name: its length in bytes and its UTF-8. Only ASCII is supported, which all names here are. */
export function name(text: string): number[] {
  return [...unsigned(text.length), ...[...text].map((letter) => letter.charCodeAt(0))];
}

/** Encodes a vector: its length and its items. */
export function list(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

/** Encodes a section: its id, its size in bytes and its content. */
export function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}
