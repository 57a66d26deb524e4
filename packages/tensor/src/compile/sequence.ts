/** A list of steps prepared for running: fused, without unused calls, with memory planned for its temporaries. */

import type { Backend } from "../backend.ts";
import { running } from "../running.ts";
import type { Storage } from "../storage.ts";
import { fuse, withoutDead } from "./fuse.ts";
import { placeTemporaries } from "./memory.ts";
import { type OwnView, readsOf, type Step, type Temporaries, writesOf } from "./steps.ts";

/** A list of steps on one device. */
export class Sequence {
  readonly steps: readonly Step[];
  readonly #device: Backend;
  // biome-ignore lint/correctness/noUnusedPrivateClassMembers: held to keep the memory alive.
  readonly #places: readonly Storage[];

  constructor(device: Backend, steps: readonly Step[], temporaries: Temporaries) {
    this.#device = device;
    this.steps = withoutDead(fuse(steps, temporaries), temporaries);
    this.#places = placeTemporaries(this.steps, temporaries, device);
  }

  /** Returns the views that the steps read. */
  reads(): OwnView[] {
    return this.steps.flatMap((step) => [...readsOf(step)]);
  }

  /** Returns the views that the steps write. */
  writes(): OwnView[] {
    return this.steps.flatMap((step) => [...writesOf(step)]);
  }

  /** Runs the steps. */
  run(): void {
    const device = this.#device;
    const before = running.name;
    try {
      for (const step of this.steps) {
        running.name = step.kind === "call" ? step.name : "";
        if (step.kind === "call") {
          const { call } = step;
          device.run(call.kind === "random" && call.reseed ? { ...call, seed: call.reseed() } : call);
        } else if (step.kind === "write") device.write(step.to.buffer, step.bytes(step.reads), step.offset);
        else step.run();
      }
    } finally {
      running.name = before;
    }
  }
}
