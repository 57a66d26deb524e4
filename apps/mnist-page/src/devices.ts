/** The devices of this browser. */

import { type Backend, cpu, DeviceError } from "@akari/tensor";
import { webgpu } from "@akari/tensor/webgpu";
import type { Choice, Gpu } from "./messages.ts";

/** What was found. */
export interface Devices {
  readonly backends: Readonly<Partial<Record<Choice["device"], Backend>>>;
  /** Words about the CPU. */
  readonly cpu: string;
  readonly webgpu: Gpu;
}

/** Opens the devices that there are. */
export async function findDevices(): Promise<Devices> {
  // One core is left to the page, which would stutter otherwise. A page that is not isolated has no threads but this
  // one.
  const threads = crossOriginIsolated ? Math.max(1, navigator.hardwareConcurrency - 1) : 1;
  const found = { cpu: threads > 1 ? `${threads} threads` : "one thread" };
  const host = cpu({ threads });
  try {
    const device = await webgpu();
    return {
      ...found,
      backends: { cpu: host, webgpu: device },
      webgpu: { note: device.software ? "in software" : device.adapter },
    };
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    return { ...found, backends: { cpu: host }, webgpu: { reason: error.message } };
  }
}
