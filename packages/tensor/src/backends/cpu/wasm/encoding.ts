/** Encodes numbers, names and lists in WebAssembly's binary format (https://webassembly.github.io/spec/core/binary). */

/** Encodes an unsigned integer of up to 32 bits as LEB128, seven bits per byte. */
export function unsigned(value: number): number[] {
  const rest = value >>> 7;
  return rest === 0 ? [value] : [(value & 127) | 128, ...unsigned(rest)];
}

/** Encodes a signed 32-bit integer as LEB128, seven bits per byte with the sign in the last one. */
export function signed(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
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
