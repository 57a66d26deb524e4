/**
 * Downloads a file from the first of its mirrors that delivers it whole. The code that does so is loaded with the first
 * download.
 */

import type { Progress } from "./progress.ts";

/** How to download. */
export interface DownloadOptions {
  /** What fetches; default the platform's `fetch`. */
  readonly fetch?: typeof fetch;
  /** How often each mirror is asked. Default 3. */
  readonly attempts?: number;
  /** How long to wait before the second round, in milliseconds; each further round waits twice as long. Default 500. */
  readonly backoff?: number;
  /**
   * How long a server may say nothing, in milliseconds. One that does not answer at all is not asked again. Default
   * 8,000.
   */
  readonly timeout?: number;
  /** Who is told how far it has come; default a bar on a terminal. */
  readonly progress?: Progress;
}

/**
 * Downloads `file` from one of `mirrors` (addresses that the file's name is appended to).
 *
 * @param check looks at what arrived and throws when it is not the right file; another mirror is asked then.
 * @throws DownloadError when no mirror delivers; its message says what each one's trouble was.
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
