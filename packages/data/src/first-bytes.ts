/**
 * The first bytes of a file, which tell what it is.
 */

/** Whether these bytes begin as gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The first bytes of a file as people write them. */
export function hex(bytes: Uint8Array, count: number): string {
  if (bytes.length === 0) return "nothing";
  return Array.from(bytes.subarray(0, count), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
