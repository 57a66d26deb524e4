/** The devices on which cases run. */

import { type Backend, cpu } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { webgpu } from "@akari/tensor/webgpu";

/** Their names. */
export const deviceNames = ["reference", "cpu", "webgpu"] as const;

/** A device's name. */
export type DeviceName = (typeof deviceNames)[number];

/**
 * Opens a device.
 *
 * @throws DeviceError when this machine does not have it.
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
