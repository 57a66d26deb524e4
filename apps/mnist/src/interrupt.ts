/** Ctrl-C as a wish that is heard at the next good moment. Pressed again, it ends the program at once. */

import { setImmediate } from "node:timers/promises";

/** Whether the person, or the system, has asked for an end. */
export interface Interrupt {
  readonly requested: boolean;
  /**
   * The same, after letting the event loop turn: a signal is heard only then, and training may go on for long without.
   */
  asked(): Promise<boolean>;
  /** Ctrl-C means again what it means to every program. */
  release(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** What a program ends with that was stopped from the keyboard. */
export const INTERRUPTED = 130;

/** Listens for Ctrl-C from now on. */
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
