/** Finds the devices of the browser. */

import { type Backend, cpu, DeviceError } from "@akari/tensor";
import { webgpu } from "@akari/tensor/webgpu";
import type { Choice, Gpu } from "./messages.ts";

/** The available devices. */
export interface Devices {
  readonly backends: Readonly<Partial<Record<Choice["device"], Backend>>>;
  /** Description of the CPU backend. */
  readonly cpu: string;
  readonly webgpu: Gpu;
}

/** Opens the available devices. */
export async function findDevices(): Promise<Devices> {
  // One core is left to the page, so that it stays responsive. Without cross-origin isolation there are no other
  // threads.
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
