/** The default device: where creation functions allocate when none is given. */

import { checkDevice } from "./argument.ts";
import type { Backend } from "./backend.ts";
import { cpu } from "./backends/cpu/index.ts";

let current: Backend | null = null;

/** Returns the default device for new tensors: `cpu()` unless changed with `setDefaultDevice`. */
export function defaultDevice(): Backend {
  current ??= cpu();
  return current;
}

/**
 * Sets the default device for new tensors. Returns the previous one.
 *
 * https://pytorch.org/docs/stable/generated/torch.set_default_device.html
 *
 * @throws DeviceError for anything but a device.
 */
export function setDefaultDevice(device: Backend): Backend {
  checkDevice("setDefaultDevice", device);
  const before = defaultDevice();
  current = device;
  return before;
}
