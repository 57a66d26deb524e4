/**
 * Identifies a file by its first bytes.
 */

/** Returns whether bytes start with the magic number of gzip. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Formats the first `count` bytes of a file in hexadecimal. */
export function hex(bytes: Uint8Array, count: number): string {
  if (bytes.length === 0) return "nothing";
  return Array.from(bytes.subarray(0, count), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
