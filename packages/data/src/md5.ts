/**
 * MD5, the checksum that the MNIST files are published with. What computes it is loaded with the first one.
 *
 * RFC 1321, https://www.rfc-editor.org/rfc/rfc1321
 */

/**
 * The MD5 digest of some bytes, as 32 hexadecimal digits.
 *
 * @example
 * await md5(new TextEncoder().encode("abc")); // "900150983cd24fb0d6963f7d28e17f72"
 */
export async function md5(bytes: Uint8Array): Promise<string> {
  const { digest } = await import("./md5-digest.ts");
  return digest(bytes);
}
