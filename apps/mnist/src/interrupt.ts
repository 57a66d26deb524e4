/** Handles Ctrl-C: the first one requests a stop at the next suitable point, the second one exits immediately. */

import { setImmediate } from "node:timers/promises";

/** Whether the user or the system has requested a stop. */
export interface Interrupt {
  readonly requested: boolean;
  /**
   * Returns `requested` after yielding to the event loop. Signals are only delivered then, and training may run for a
   * long time without yielding.
   */
  asked(): Promise<boolean>;
  /** Restores the default effect of Ctrl-C. */
  release(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Exit code of a program interrupted from the keyboard. */
export const INTERRUPTED = 130;

/** Starts to listen for Ctrl-C. */
export function interrupt(): Interrupt {
  let requested = false;
  const listener = (): void => {
    if (requested) process.exit(INTERRUPTED);
    requested = true;
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    get requested() {
      return requested;
    },
    async asked() {
      await setImmediate();
      return requested;
    },
    release() {
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
}
