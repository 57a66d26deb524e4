/** The devices on which cases run. */

import { type Backend, cpu } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { webgpu } from "@akari/tensor/webgpu";

/** Names of the devices. */
export const deviceNames = ["reference", "cpu", "webgpu"] as const;

/** Name of a device. */
export type DeviceName = (typeof deviceNames)[number];

/**
 * Opens a device.
 *
 * @throws DeviceError if the device is not available on this machine.
 */
export async function openDevice(name: DeviceName): Promise<Backend> {
  switch (name) {
    case "reference":
      return reference();
    case "cpu":
      return cpu();
    case "webgpu":
      return await webgpu();
    default:
      return name satisfies never;
  }
}
