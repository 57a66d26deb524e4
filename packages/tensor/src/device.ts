/**
 * The device on which creation functions make their tensors when none is named.
 */

import type { Backend } from "./backend.ts";
import { cpu } from "./backends/cpu/index.ts";

let current: Backend | null = null;

/** The device of tensors made without a `device` option: `cpu()` until `setDefaultDevice` says otherwise. */
export function defaultDevice(): Backend {
  current ??= cpu();
  return current;
}

/**
 * Makes `device` the one that creation functions use from now on. Returns the one before.
 *
 * https://pytorch.org/docs/stable/generated/torch.set_default_device.html
 */
export function setDefaultDevice(device: Backend): Backend {
  const before = defaultDevice();
  current = device;
  return before;
}
