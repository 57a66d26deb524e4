/** Yields to the event loop, so that a busy worker receives messages. */

const channel = new MessageChannel();
let waiting: (() => void)[] = [];
channel.port1.onmessage = () => {
  const ready = waiting;
  waiting = [];
  for (const resolve of ready) resolve();
};

let last = 0;

/**
 * Yields to the event loop if the last time was at least eight milliseconds ago. A timer would wait for another four,
 * which is the time of several steps.
 */
export async function turn(): Promise<void> {
  if (performance.now() - last < 8) return;
  await new Promise<void>((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
  last = performance.now();
}
