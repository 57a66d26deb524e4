/**
 * The implementation of `profile`. Kernel calls are data that pass through the device's `run`, so profiling wraps that
 * one function. An asynchronous device (a GPU) times its kernels itself if it can.
 */

import type { Backend, KernelSpan } from "./backend.ts";
import { ArgumentError, DeviceError } from "./errors.ts";
import { once } from "./once.ts";
import type { ProfileEvent, ProfileRow } from "./profile.ts";
import { running } from "./running.ts";

/** The result of `profile`. */
export class Profile {
  /** The device's name. */
  readonly device: string;
  /** All kernels, in order of their start. */
  readonly events: readonly ProfileEvent[];
  /** The kernels summed by operation and kind, the most expensive first. */
  readonly rows: readonly ProfileRow[];

  constructor(device: string, events: readonly ProfileEvent[]) {
    this.device = device;
    this.events = events;
    const sums = new Map<string, { name: string; kind: string; calls: number; total: number }>();
    for (const { name, kind, duration } of events) {
      const key = `${name} ${kind}`;
      const sum = once(sums, key, () => ({ name, kind, calls: 0, total: 0 }));
      sum.calls++;
      sum.total += duration;
    }
    this.rows = [...sums.values()]
      .map((sum) => ({ ...sum, mean: sum.total / sum.calls }))
      .sort((a, b) => b.total - a.total);
  }

  static {
    // Node's `console.log` calls this method.
    Object.defineProperty(Profile.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: Profile): string {
        return this.toString();
      },
    });
  }

  /** Returns the rows as a text table. */
  toString(): string {
    const head = ["name", "kind", "calls", "total ms", "mean ms"];
    const lines = this.rows.map(({ name, kind, calls, total, mean }) => [
      name,
      kind,
      `${calls}`,
      total.toFixed(3),
      mean.toFixed(4),
    ]);
    const widths = head.map((title, k) => Math.max(title.length, ...lines.map((line) => (line[k] as string).length)));
    const show = (line: readonly string[]): string =>
      line.map((cell, k) => (k < 2 ? cell.padEnd(widths[k] as number) : cell.padStart(widths[k] as number))).join("  ");
    return [head, ...lines].map(show).join("\n");
  }

  /**
   * Returns a Chrome trace: the text of a file that `chrome://tracing` and https://ui.perfetto.dev show as a timeline.
   * Its times are in microseconds.
   */
  toChromeTrace(): string {
    const place = { pid: 1, tid: 1 };
    const events = this.events.map(({ name, kind, start, duration }) => {
      return { name, cat: kind, ph: "X", ts: start * 1000, dur: duration * 1000, ...place };
    });
    const thread = { name: "thread_name", ph: "M", ...place, args: { name: this.device } };
    return JSON.stringify({ traceEvents: [thread, ...events], displayTimeUnit: "ms" });
  }
}

/** Implements `profile`. */
export async function measure(fn: () => unknown, device: Backend): Promise<Profile> {
  if (active.has(device))
    throw new ArgumentError(
      `profile: ${device.name} is being profiled already; profiles of one device cannot be nested`,
    );
  if (device.readSync === undefined && device.startClock === undefined) {
    throw new DeviceError(
      `profile: ${device.name} cannot time its kernels; on WebGPU the adapter needs the feature "timestamp-query"`,
    );
  }
  active.add(device);
  const calls: { name: string; kind: string }[] = [];
  const spans: KernelSpan[] = [];
  const own = Object.getOwnPropertyDescriptor(device, "run");
  const run = device.run;
  try {
    await device.flush();
    const clock = device.startClock?.();
    device.run = (call) => {
      const label = calls.push({ name: running.name === "" ? call.kind : running.name, kind: call.kind }) - 1;
      if (clock) {
        clock.label = label;
        run.call(device, call);
        return;
      }
      const start = performance.now();
      run.call(device, call);
      spans.push({ label, start, duration: performance.now() - start });
    };
    try {
      await fn();
    } finally {
      if (own) Object.defineProperty(device, "run", own);
      else Reflect.deleteProperty(device, "run");
      if (clock) spans.push(...(await clock.stop()));
    }
  } finally {
    active.delete(device);
  }
  return new Profile(device.name, timeLine(spans, calls));
}

const active = /* @__PURE__ */ new Set<Backend>();

/** Returns the events on one timeline. A call with several launches has an event for each. */
function timeLine(spans: readonly KernelSpan[], calls: readonly { name: string; kind: string }[]): ProfileEvent[] {
  const begin = spans.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY);
  return spans
    .map(({ label, start, duration }) => {
      const { name, kind } = calls[label] ?? { name: "write", kind: "write" };
      return { name, kind, start: start - begin, duration };
    })
    .sort((a, b) => a.start - b.start);
}
