/**
 * Unpacks gzip through the platform's own `DecompressionStream`, which Node and browsers both have. What comes out is
 * bounded by the caller, so that a small file cannot fill the memory.
 */

import { FileError } from "@akari/tensor";
import { hex, isGzip } from "./first-bytes.ts";

/** How much is unpacked before `limit` is asked: more than any header takes. */
const headEnough = 1024;

/**
 * Unpacks a gzip file and checks its checksum.
 *
 * @param name the file's name, for error messages.
 * @param limit called once with the first bytes that came out (1024 or more); returns how many there may be in all.
 * @throws FileError when the bytes are not gzip, are cut short, fail their checksum, or hold more than `limit` allows.
 */
export async function gunzip(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  limit: (head: Uint8Array) => number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!isGzip(bytes))
    throw new FileError(`gunzip: ${name} is not a gzip file: it begins with ${hex(bytes, 2)}, not 1f 8b`);
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
      throw new FileError(`gunzip: ${name} unpacks to more than the ${allowed} bytes that its header announces`);
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

/** What a platform's complaint means. Browsers say less than Node does. */
function diagnose(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const text = cause instanceof Error ? cause.message : String(cause);
  if (/unexpected end|Compressed input was truncated/i.test(text))
    return "is cut short: the gzip stream ends too early";
  if (/data check|length check|checksum|crc/i.test(text)) return `is damaged: its checksum is wrong (${text})`;
  if (/trailing|junk/i.test(text)) return "has other bytes after the end of its gzip stream";
  return `cannot be unpacked (${text})`;
}
