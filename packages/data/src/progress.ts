/**
 * How far a download has come. On a terminal it is a bar; elsewhere it is nothing, since a log has no use for one.
 */

import { nodeProcess } from "./node.ts";

/** Somebody who follows a download. */
export interface Progress {
  /** So many bytes are here, of so many (null when the server does not say). Called from the start again when a download is retried. */
  update(received: number, total: number | null): void;
  /** It is over, well or not. */
  stop(): void;
}

/** A bar on the terminal's error stream when there is a terminal, else something that shows nothing. */
export function progressBar(label: string): Progress {
  const stream = nodeProcess()?.stderr;
  if (stream?.isTTY !== true) return { update() {}, stop() {} };
  const started = Date.now();
  let shown = 0;
  // What is written stands in one line, over what was there, and leaves no trace.
  const show = (text: string) => stream.write(`\r${text}\x1b[K`);
  return {
    update(received, total) {
      const now = Date.now();
      if (now - shown < 100 && received !== total) return;
      shown = now;
      const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
      if (total === null) return void show(`${label} ${megabytes(received)}`);
      const part = received / total;
      const bar = "█".repeat(Math.round(20 * part)).padEnd(20, "░");
      const left = Math.round(((now - started) / 1000) * (1 / part - 1));
      show(`${label} ${bar} ${Math.floor(100 * part)}% of ${megabytes(total)}, ${left} s left`);
    },
    stop: () => void show(""),
  };
}
