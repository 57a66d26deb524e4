/** The devices that the demo can be asked for. */

import { type Backend, cpu, DeviceError } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import type { Options } from "./options.ts";

/**
 * The device of that name; `auto` takes the fastest there is.
 *
 * @throws DeviceError when it is not there.
 */
export function findDevice(name: Options["device"]): Backend {
  switch (name) {
    case "cpu":
    case "auto":
      return cpu();
    case "reference":
      return reference();
    case "webgpu":
      throw new DeviceError(
        "--device: webgpu is not there yet in this version of Akari; use --device cpu, or auto for the fastest there is",
      );
    default:
      return name satisfies never;
  }
}
