/**
 * Downloads a file from the first mirror that provides it. The implementation is loaded with the first download.
 */

import type { Progress } from "./progress.ts";

/** Options of `download`. */
export interface DownloadOptions {
  /** Function used for requests. Default: the platform's `fetch`. */
  readonly fetch?: typeof fetch;
  /** Maximum number of attempts per mirror. Default 3. */
  readonly attempts?: number;
  /** Delay before the second round of attempts, in milliseconds; doubled for each further round. Default 500. */
  readonly backoff?: number;
  /**
   * Maximum time without data from a server, in milliseconds. A server that does not respond at all is not tried again.
   * Default 8,000.
   */
  readonly timeout?: number;
  /** Receiver of progress reports. Default: a progress bar if standard error is a terminal. */
  readonly progress?: Progress;
}

/**
 * Downloads `file` from the first of `mirrors` that provides it.
 *
 * @param mirrors base URLs, to which the file name is appended.
 * @param check function that throws if the downloaded bytes are not the right file; the next mirror is tried then.
 * @throws DownloadError when no mirror provides the file. The message gives the reason for each.
 * @throws ArgumentError for an unknown option or an invalid number of attempts.
 */
export async function download(
  file: string,
  mirrors: readonly string[],
  check: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
  options: DownloadOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { downloadChecked } = await import("./mirrors.ts");
  return downloadChecked(file, mirrors, check, options);
}
