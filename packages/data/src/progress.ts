/**
 * Progress of downloads: a bar on a terminal, nothing elsewhere.
 */

import { importModule } from "./import-module.ts";
import { nodeProcess } from "./node.ts";

/** A receiver of progress reports of a download. */
export interface Progress {
  /**
   * Reports progress. Starts again from 0 when a download is retried.
   *
   * @param received number of bytes received.
   * @param total total number of bytes; null if the server does not send it.
   */
  update(received: number, total: number | null): void;
  /** Reports that the download has ended, successfully or not. */
  stop(): void;
}

/** Creates a progress bar on standard error if that is a terminal, otherwise a receiver that does nothing. */
export async function progressBar(label: string): Promise<Progress> {
  // safe: standard error is a writable stream, although `NodeProcess` declares only `isTTY`
  const stream = nodeProcess()?.stderr as NodeJS.WriteStream | undefined;
  if (stream?.isTTY !== true) return silent;
  const library = await loadBars();
  if (library === null) return silent;
  const bar = new library.SingleBar({
    format: `${label} {bar} {percentage}% of {megabytes} MB, {eta_formatted} left`,
    stream,
    hideCursor: true,
    clearOnComplete: true,
  });
  let started = false;
  return {
    update(received, total) {
      // If the total is unknown, the bar is always half full.
      const whole = total ?? 2 * received;
      const megabytes = (whole / 1e6).toFixed(1);
      if (!started) bar.start(whole, received, { megabytes });
      started = true;
      bar.setTotal(whole);
      bar.update(received, { megabytes });
    },
    stop: () => bar.stop(),
  };
}

const silent: Progress = { update() {}, stop() {} };

async function loadBars(): Promise<typeof import("cli-progress") | null> {
  try {
    // safe: the import returns the module of this name or throws
    return ((await importModule("cli-progress")) as { default: typeof import("cli-progress") }).default;
  } catch {
    return null;
  }
}
