/**
 * Kernel timing with timestamp queries. While a clock runs, each dispatch gets its own compute pass, whose begin and
 * end times the device records.
 */

import type { KernelClock, KernelSpan } from "../../backend.ts";
import { usage } from "./heap.ts";

/** Timestamps per query set, the maximum that WebGPU allows. */
const room = 4096;
const queryResolve = 512; // GPUBufferUsage.QUERY_RESOLVE

/** Times dispatches until it is stopped. */
export class DeviceClock implements KernelClock {
  label = -1;
  readonly #device: GPUDevice;
  readonly #sets: GPUQuerySet[] = [];
  readonly #labels: number[] = [];
  readonly #end: () => Promise<void>;

  /** @param end detaches this clock and submits the recorded commands. */
  constructor(device: GPUDevice, end: () => Promise<void>) {
    this.#device = device;
    this.#end = end;
  }

  /** Returns where the next dispatch records its times. */
  next(label: number): GPUComputePassTimestampWrites {
    const at = (this.#labels.push(label) - 1) * 2;
    if (at % room === 0) this.#sets.push(this.#device.createQuerySet({ type: "timestamp", count: room }));
    const querySet = this.#sets.at(-1) as GPUQuerySet; // safe: the line above makes the first
    return { querySet, beginningOfPassWriteIndex: at % room, endOfPassWriteIndex: (at % room) + 1 };
  }

  async stop(): Promise<readonly KernelSpan[]> {
    await this.#end();
    const spans: KernelSpan[] = [];
    for (const [k, set] of this.#sets.entries()) {
      const labels = this.#labels.slice((k * room) / 2, ((k + 1) * room) / 2);
      const size = labels.length * 16;
      const resolved = this.#device.createBuffer({ size, usage: queryResolve | usage.copySource });
      const reader = this.#device.createBuffer({ size, usage: usage.mapRead | usage.copyTarget });
      const encoder = this.#device.createCommandEncoder();
      encoder.resolveQuerySet(set, 0, labels.length * 2, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, reader, 0, size);
      this.#device.queue.submit([encoder.finish()]);
      await reader.mapAsync(1); // for reading
      const times = new BigUint64Array(reader.getMappedRange()).slice();
      labels.forEach((label, i) => {
        const [from, to] = [Number(times[2 * i]) / 1e6, Number(times[2 * i + 1]) / 1e6];
        spans.push({ label, start: from, duration: Math.max(0, to - from) });
      });
      for (const gone of [set, resolved, reader]) gone.destroy();
    }
    return spans;
  }
}
