/**
 * Decompresses gzip with `DecompressionStream`, which both Node and browsers provide. The caller limits the size of the
 * output, so that a small file cannot exhaust memory.
 */

import { FileError } from "@akari/tensor";
import { hex, isGzip } from "./first-bytes.ts";

/** Number of bytes to decompress before calling `limit`: more than the size of any header. */
const headEnough = 1024;

/**
 * Decompresses a gzip file and verifies its checksum.
 *
 * @param name name of the file for error messages.
 * @param limit function that returns the maximum size of the output. Called once with the first bytes of the output,
 * 1024 or more, and not at all if there are fewer.
 * @throws FileError when the bytes are not gzip, are truncated, fail the checksum, or decompress to more than `limit`.
 */
export async function gunzip(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  limit: (head: Uint8Array) => number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!isGzip(bytes))
    throw new FileError(`gunzip: ${name} is not a gzip file: it starts with ${hex(bytes, 2)}, not 1f 8b`);
  const chunks: Uint8Array[] = [];
  let length = 0;
  let allowed = Number.POSITIVE_INFINITY;
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw new FileError(`gunzip: ${name} ${diagnose(error)}`, { cause: error });
    });
    if (done) break;
    chunks.push(value);
    length += value.length;
    if (allowed === Number.POSITIVE_INFINITY && length >= headEnough) allowed = limit(join(chunks, length));
    if (length > allowed) {
      await reader.cancel();
      throw new FileError(`gunzip: ${name} decompresses to more than the ${allowed} bytes its header announces`);
    }
  }
  return join(chunks, length);
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Translates the platform's error to a message. Browsers report less detail than Node. */
function diagnose(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const text = cause instanceof Error ? cause.message : String(cause);
  if (/unexpected end|Compressed input was truncated/i.test(text))
    return "is truncated: the gzip stream ends too early";
  if (/data check|length check|checksum|crc/i.test(text)) return `is damaged: its checksum is wrong (${text})`;
  if (/trailing|junk/i.test(text)) return "has trailing bytes after the end of its gzip stream";
  return `cannot be decompressed (${text})`;
}
