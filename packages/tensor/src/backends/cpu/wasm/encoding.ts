/**
 * Encodes numbers and lists in WebAssembly's binary format (https://webassembly.github.io/spec/core/binary). Bytes are
 * strings with one character per byte. Code is concatenated many times while it is generated, mostly by functions that
 * run for the first time: engines concatenate strings without copying them, arrays element by element.
 */

/** Returns the bytes with these values. */
export const bytes: (...values: number[]) => string = String.fromCharCode;

/** Encodes an unsigned integer of up to 32 bits as LEB128, seven bits per byte. */
export function unsigned(value: number): string {
  const rest = value >>> 7;
  return rest === 0 ? bytes(value) : bytes((value & 127) | 128) + unsigned(rest);
}

/** Encodes a signed 32-bit integer as LEB128, seven bits per byte with the sign in the last one. */
export function signed(value: number): string {
  return value >= -64 && value < 64 ? bytes(value & 127) : bytes((value & 127) | 128) + signed(value >> 7);
}

/** Encodes bytes with their number before them: a section's content, or a name in ASCII. */
export function sized(content: string): string {
  return unsigned(content.length) + content;
}

/** Encodes a vector: its length and its items. */
export function list(items: readonly string[]): string {
  return unsigned(items.length) + items.join("");
}
