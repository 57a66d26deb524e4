/**
 * Where the time goes: which operation's kernels run on a device, how often and how long. A kernel call is data that passes through the device's
 * `run`, so measuring is wrapping that one function. A device that works later than it is told (a GPU) times its kernels itself, where it can.
 */

import type { Backend, KernelSpan } from "./backend.ts";
import { defaultDevice } from "./device.ts";
import { ArgumentError, DeviceError } from "./errors.ts";
import { running } from "./op.ts";

/** How to profile. */
export interface ProfileOptions {
  /** The device whose kernels are timed. Default: the default device. */
  readonly device?: Backend;
}

/** All kernels of one kind that one operation ran. Times are in milliseconds. */
export interface ProfileRow {
  /** The operation, such as `conv2d`; for kernels of no operation (an optimizer's step, a generator) the kind of kernel. */
  readonly name: string;
  /** The kind of kernel call, such as `"conv"`. */
  readonly kind: string;
  /** Kernels run; on WebGPU one call may launch several. */
  readonly calls: number;
  /** All of them together. */
  readonly total: number;
  /** One of them on average: `total / calls`. */
  readonly mean: number;
}

/** One kernel on the time line. Times are in milliseconds; `start` counts from the first kernel. */
export interface ProfileEvent {
  /** The operation, such as `conv2d`; for kernels of no operation (an optimizer's step, a generator) the kind of kernel. */
  readonly name: string;
  /** The kind of kernel call, such as `"conv"`. */
  readonly kind: string;
  /** When it began; 0 for the first. */
  readonly start: number;
  /** How long it ran. */
  readonly duration: number;
}

/** What `profile` found. */
export class Profile {
  /** The device's name. */
  readonly device: string;
  /** Every kernel, in the order in which they began. */
  readonly events: readonly ProfileEvent[];
  /** The table, the most expensive first. */
  readonly rows: readonly ProfileRow[];

  constructor(device: string, events: readonly ProfileEvent[]) {
    this.device = device;
    this.events = events;
    const sums = new Map<string, { name: string; kind: string; calls: number; total: number }>();
    for (const { name, kind, duration } of events) {
      const key = `${name} ${kind}`;
      const sum = sums.get(key) ?? { name, kind, calls: 0, total: 0 };
      sum.calls++;
      sum.total += duration;
      sums.set(key, sum);
    }
    this.rows = [...sums.values()].map((sum) => ({ ...sum, mean: sum.total / sum.calls })).sort((a, b) => b.total - a.total);
  }

  /** The table as text. */
  toString(): string {
    const head = ["name", "kind", "calls", "total ms", "mean ms"];
    const lines = this.rows.map(({ name, kind, calls, total, mean }) => [name, kind, `${calls}`, total.toFixed(3), mean.toFixed(4)]);
    const widths = head.map((title, k) => Math.max(title.length, ...lines.map((line) => (line[k] as string).length)));
    const show = (line: readonly string[]): string =>
      line.map((cell, k) => (k < 2 ? cell.padEnd(widths[k] as number) : cell.padStart(widths[k] as number))).join("  ");
    return [head, ...lines].map(show).join("\n");
  }

  /** A Chrome trace: text for a file that `chrome://tracing` and https://ui.perfetto.dev show as a time line. Times in it are microseconds. */
  toChromeTrace(): string {
    const place = { pid: 1, tid: 1 };
    const events = this.events.map(({ name, kind, start, duration }) => {
      return { name, cat: kind, ph: "X", ts: start * 1000, dur: duration * 1000, ...place };
    });
    const thread = { name: "thread_name", ph: "M", ...place, args: { name: this.device } };
    return JSON.stringify({ traceEvents: [thread, ...events], displayTimeUnit: "ms" });
  }
}

/**
 * Runs a function and tells how long each kernel took that it ran on a device. Times are those of the kernels, not of the JavaScript around them.
 * On the CPU they include the compilation of kernels that are new, so let a step go first. On WebGPU they come from the device's own clock, and every
 * kernel has a pass of its own, so the whole takes longer than without.
 *
 * https://pytorch.org/docs/stable/profiler.html
 *
 * @throws DeviceError when the device works later than it is told and has no clock (WebGPU without the feature `timestamp-query`).
 * @throws ArgumentError inside of another profile of the same device.
 *
 * @example
 * const found = await profile(() => randn([64, 64]).matmul(randn([64, 64])).relu());
 * console.log(`${found}`);
 */
export async function profile(fn: () => unknown, options: ProfileOptions = {}): Promise<Profile> {
  const { device = defaultDevice() } = options;
  if (active.has(device))
    throw new ArgumentError(`profile: ${device.name} is being profiled already; profiles of one device cannot be nested`);
  if (device.readSync === undefined && device.startClock === undefined) {
    throw new DeviceError(`profile: ${device.name} cannot time its kernels; on WebGPU the adapter needs the feature "timestamp-query"`);
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

/** The events of one time line. A call of several launches is one event each. */
function timeLine(spans: readonly KernelSpan[], calls: readonly { name: string; kind: string }[]): ProfileEvent[] {
  const begin = spans.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY);
  return spans
    .map(({ label, start, duration }) => {
      const { name, kind } = calls[label] ?? { name: "write", kind: "write" };
      return { name, kind, start: start - begin, duration };
    })
    .sort((a, b) => a.start - b.start);
}
