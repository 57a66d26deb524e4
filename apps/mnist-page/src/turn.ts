/** Lets the event loop turn, so that a worker in the middle of its work hears what is asked of it. */

const channel = new MessageChannel();
let waiting: (() => void)[] = [];
channel.port1.onmessage = () => {
  const ready = waiting;
  waiting = [];
  for (const resolve of ready) resolve();
};

let last = 0;

/**
 * Waits for the event loop when it has not turned for eight milliseconds. A timer would wait four more, which is
 * several steps.
 */
export async function turn(): Promise<void> {
  if (performance.now() - last < 8) return;
  await new Promise<void>((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
  last = performance.now();
}
