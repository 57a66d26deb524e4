/**
 * MD5, the checksum published with the MNIST files. The implementation is loaded with the first call.
 *
 * RFC 1321, https://www.rfc-editor.org/rfc/rfc1321
 */

/**
 * Computes the MD5 digest of bytes. Resolves to 32 lowercase hexadecimal digits.
 *
 * @example
 * await md5(new TextEncoder().encode("abc")); // "900150983cd24fb0d6963f7d28e17f72"
 */
export async function md5(bytes: Uint8Array): Promise<string> {
  const { digest } = await import("./md5-digest.ts");
  return digest(bytes);
}
