/**
 * How far a download has come. On a terminal it is a bar; elsewhere it is nothing, since a log has no use for one.
 */

import { importModule } from "../import-module.js";
import { nodeProcess } from "./node.ts";

/** Somebody who follows a download. */
export interface Progress {
  /**
   * So many bytes are here, of so many (null when the server does not say). Called from the start again when a download
   * is retried.
   */
  update(received: number, total: number | null): void;
  /** It is over, well or not. */
  stop(): void;
}

/** A bar on the terminal's error stream when there is a terminal, else something that shows nothing. */
export async function progressBar(label: string): Promise<Progress> {
  // Safe: it is a stream that one can write to, of which only `isTTY` is said elsewhere.
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
      // A server that does not say how much there is gets a bar that is always half full.
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
    // Safe: this is the module of that name, or the import fails.
    return ((await importModule("cli-progress")) as { default: typeof import("cli-progress") }).default;
  } catch {
    return null;
  }
}
