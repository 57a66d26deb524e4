/** The devices on which recorded results are checked. */

import { type Backend, defaultDevice, setDefaultDevice } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { afterAll, beforeAll, describe } from "vitest";

const devices: readonly (readonly [string, () => Backend])[] = [
  ["cpu", () => defaultDevice()],
  ["reference", () => reference()],
];

/** Describes the same tests on each device, which is the default device meanwhile. */
export function describeDevices(name: string, tests: (device: () => Backend) => void): void {
  for (const [title, create] of devices) {
    describe(`${name} on ${title}`, () => {
      let before: Backend;
      let device: Backend;
      beforeAll(() => {
        before = defaultDevice();
        device = create();
        setDefaultDevice(device);
      });
      afterAll(() => setDefaultDevice(before));
      tests(() => device);
    });
  }
}
