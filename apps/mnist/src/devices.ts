/** The devices that the demo can use. */

import { type Backend, cpu, DeviceError } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { webgpu } from "@akari/tensor/webgpu";
import type { Options } from "./options.ts";

/** A device and its description in the output. */
export interface Found {
  readonly device: Backend;
  readonly name: string;
}

/**
 * Opens the device with the given name; `auto` selects a hardware GPU if there is one, otherwise the CPU.
 *
 * @throws DeviceError when the device is not available.
 */
export async function findDevice(name: Options["device"]): Promise<Found> {
  switch (name) {
    case "cpu":
      return { device: cpu(), name };
    case "reference":
      return { device: reference(), name };
    case "webgpu": {
      const device = await webgpu();
      return { device, name: `webgpu, ${device.adapter}${device.software ? ", a software adapter: slow" : ""}` };
    }
    case "auto":
      return await fastest();
    default:
      return name satisfies never;
  }
}

async function fastest(): Promise<Found> {
  try {
    const device = await webgpu();
    if (!device.software) return { device, name: `webgpu, ${device.adapter}, selected automatically` };
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
  }
  return { device: cpu(), name: "cpu, selected automatically" };
}
