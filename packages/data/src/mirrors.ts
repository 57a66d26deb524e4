/**
 * The implementation of `download`. Downloaded bytes are checked before they are returned. Mirrors that fail are tried
 * again in further rounds, with increasing delays.
 */

import { checkInteger, checkNames } from "@akari/tensor";
import type { DownloadOptions } from "./download.ts";
import { DownloadError } from "./download-error.ts";
import { reason } from "./files.ts";
import { type Progress, progressBar } from "./progress.ts";

/** Names of the options in `DownloadOptions`. */
export const downloadNames: readonly (keyof DownloadOptions)[] = [
  "fetch",
  "attempts",
  "backoff",
  "timeout",
  "progress",
];

/** Implements `download`. */
export function downloadChecked(...given: Parameters<typeof downloadFrom>): Promise<Uint8Array<ArrayBuffer>> {
  checkNames("download", given[3], downloadNames);
  return downloadFrom(...given);
}

/** Implements `download` without checking option names. */
export async function downloadFrom(
  file: string,
  mirrors: readonly string[],
  check: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
  options: DownloadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { fetch: fetcher = fetch, attempts = 3, backoff = 500, timeout = 8_000 } = options;
  checkInteger("download", "attempts", attempts, 1);
  const progress = options.progress ?? (await progressBar(file));
  const troubles = new Map<string, string>();
  let left = [...mirrors];
  try {
    for (let round = 0; round < attempts && left.length > 0; round++) {
      if (round > 0) await pause(backoff * 2 ** (round - 1));
      for (const mirror of left) {
        try {
          const bytes = await receive(mirror + file, fetcher, timeout, progress);
          await check(bytes);
          return bytes;
        } catch (error) {
          troubles.set(mirror + file, reason(error));
          // A retry will not help.
          if (error instanceof Refusal) left = left.filter((other) => other !== mirror);
        }
      }
    }
  } finally {
    progress.stop();
  }
  const list = Array.from(troubles, ([address, trouble]) => `\n  ${address}: ${trouble}`).join("");
  throw new DownloadError(`download: cannot download ${file} from any mirror:${list}`);
}

/** A failure that a retry will not fix: a client error such as 404, or a server that does not respond. */
class Refusal extends Error {}

async function receive(
  address: string,
  fetcher: typeof fetch,
  timeout: number,
  progress: Progress,
): Promise<Uint8Array<ArrayBuffer>> {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expect = (silence: Error): void => {
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(silence), timeout);
  };
  expect(new Refusal(`the server does not respond within ${timeout / 1000} s`));
  try {
    const response = await fetcher(address, { signal: abort.signal });
    if (!response.ok) {
      const { status } = response;
      const answer = `the server responded ${status} ${response.statusText}`.trimEnd();
      throw status >= 400 && status < 500 && status !== 408 && status !== 429 ? new Refusal(answer) : new Error(answer);
    }
    if (response.body === null) throw new Error("the response has no body");
    // With a content encoding, Content-Length is the length of the encoded body.
    const announced = response.headers.get("content-encoding") === null ? response.headers.get("content-length") : null;
    const total = announced === null ? null : Number(announced);
    const chunks: BlobPart[] = [];
    let received = 0;
    const reader = response.body.getReader();
    for (;;) {
      expect(new Error(`the server sent no data for ${timeout / 1000} s`));
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      received += value.length;
      progress.update(received, total);
    }
    if (total !== null && received !== total) throw new Error(`received ${received} of ${total} bytes`);
    return new Uint8Array(await new Blob(chunks).arrayBuffer());
  } finally {
    clearTimeout(timer);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
