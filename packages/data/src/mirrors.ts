/**
 * Downloads a file from the first of its mirrors that delivers it whole. What arrives is checked before anybody sees
 * it; a mirror that fails is asked again after a while, each time after a longer one.
 */

import { checkInteger, checkNames } from "@akari/tensor";
import type { DownloadOptions } from "./download.ts";
import { DownloadError } from "./download-error.ts";
import { reason } from "./files.ts";
import { type Progress, progressBar } from "./progress.ts";

/** The names in `DownloadOptions`. */
export const downloadNames: readonly (keyof DownloadOptions)[] = [
  "fetch",
  "attempts",
  "backoff",
  "timeout",
  "progress",
];

/** What `download` does. */
export function downloadChecked(...given: Parameters<typeof downloadFrom>): Promise<Uint8Array<ArrayBuffer>> {
  checkNames("download", given[3], downloadNames);
  return downloadFrom(...given);
}

/** The same with options that are known to be right. */
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
          // Asking again will not help.
          if (error instanceof Refusal) left = left.filter((other) => other !== mirror);
        }
      }
    }
  } finally {
    progress.stop();
  }
  const list = Array.from(troubles, ([address, trouble]) => `\n  ${address}: ${trouble}`).join("");
  throw new DownloadError(`download: no mirror delivers ${file}:${list}`);
}

/** A server's answer that will not change (not found, forbidden), or none. */
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
  expect(new Refusal(`the server does not answer within ${timeout / 1000} s`));
  try {
    const response = await fetcher(address, { signal: abort.signal });
    if (!response.ok) {
      const { status } = response;
      const answer = `the server answers ${status} ${response.statusText}`.trimEnd();
      throw status >= 400 && status < 500 && status !== 408 && status !== 429 ? new Refusal(answer) : new Error(answer);
    }
    if (response.body === null) throw new Error("the server sends nothing");
    // With a content encoding, the announced length is that of something else.
    const announced = response.headers.get("content-encoding") === null ? response.headers.get("content-length") : null;
    const total = announced === null ? null : Number(announced);
    const chunks: BlobPart[] = [];
    let received = 0;
    const reader = response.body.getReader();
    for (;;) {
      expect(new Error(`the server stops sending for ${timeout / 1000} s`));
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      received += value.length;
      progress.update(received, total);
    }
    if (total !== null && received !== total) throw new Error(`${received} bytes came of the ${total} announced`);
    return new Uint8Array(await new Blob(chunks).arrayBuffer());
  } finally {
    clearTimeout(timer);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
