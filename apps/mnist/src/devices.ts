/** The devices that the demo can be asked for. */

import { type Backend, cpu, DeviceError } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { webgpu } from "@akari/tensor/webgpu";
import type { Options } from "./options.ts";

/** A device, and how to speak of it. */
export interface Found {
  readonly device: Backend;
  readonly name: string;
}

/**
 * The device of that name; `auto` takes a real GPU where there is one, and else the CPU.
 *
 * @throws DeviceError when it is not there.
 */
export async function findDevice(name: Options["device"]): Promise<Found> {
  switch (name) {
    case "cpu":
      return { device: cpu(), name };
    case "reference":
      return { device: reference(), name };
    case "webgpu": {
      const device = await webgpu();
      return { device, name: `webgpu, ${device.adapter}${device.software ? ", a program on the CPU: slow" : ""}` };
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
    if (!device.software) return { device, name: `webgpu, ${device.adapter}, the fastest there is` };
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
  }
  return { device: cpu(), name: "cpu, the fastest there is" };
}
