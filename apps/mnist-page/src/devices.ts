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
  const threads = crossOriginIsolated ? navigator.hardwareConcurrency : 1;
  const found = { cpu: threads > 1 ? `${threads} threads` : "one thread" };
  try {
    const device = await webgpu();
    return { ...found, backends: { cpu: cpu(), webgpu: device }, webgpu: { note: device.software ? "in software: slow" : device.adapter } };
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    return { ...found, backends: { cpu: cpu() }, webgpu: { reason: error.message } };
  }
}
