/**
 * Compiled functions return the same as the functions themselves on every device: the same losses, parameters and
 * random numbers in every step.
 */

import { reference } from "@akari/tensor/reference";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findWebGpu } from "../../tensor/test/backends/software-adapter.ts";
import { type Backend, compile, cpu, defaultDevice, manualSeed, setDefaultDevice } from "../src/index.ts";
import { expectClose, list, parts, programs, type Step, values } from "./programs.ts";

const { device: gpu, reason } = await findWebGpu();
const devices: readonly { readonly name: string; readonly device: Backend | null }[] = [
  { name: "cpu", device: cpu() },
  { name: "reference", device: reference() },
  { name: `webgpu${reason && ` (skipped: ${reason})`}`, device: gpu },
];

for (const { name, device } of devices) {
  describe.skipIf(device === null)(`compile on ${name}`, () => {
    let before: Backend;
    beforeEach(() => {
      before = defaultDevice();
      setDefaultDevice(device as Backend); // safe: skipped otherwise
    });
    afterEach(() => void setDefaultDevice(before));

    for (const [title, make] of Object.entries(programs)) {
      it(title, { timeout: 120_000 }, async () => {
        const steps = 7;
        const run = async (wrap: (step: Step) => Promise<Step>) => {
          manualSeed(5);
          const { step, state, next } = make();
          const wrapped = await wrap(step);
          const results: (readonly number[])[][] = [];
          for (let i = 0; i < steps; i++) results.push(await values(list(wrapped(...next(i)))));
          return { results, state: await values(state()) };
        };
        const want = await run(async (step) => step);
        let counts = {};
        const got = await run(async (step) => {
          const compiled = await compile(step);
          counts = compiled.counts;
          return compiled;
        });
        expect(counts).toEqual({ eager: 1, captured: 1, replayed: steps - 2 });
        got.results.forEach((result, i) => void expectClose(result, want.results[i] ?? [], 1e-4, `step ${i}`));
        expectClose(got.state, want.state, 1e-4, "at the end");
      });
    }

    for (const [title, make] of Object.entries(parts)) {
      it(title, { timeout: 120_000 }, async () => {
        const steps = 7;
        let replayed = 0;
        const run = async (wrap: Parameters<typeof make>[0]) => {
          manualSeed(5);
          const { step, state, next } = await make(wrap);
          const results: (readonly number[])[][] = [];
          for (let i = 0; i < steps; i++) results.push(await values(list(step(...next(i)))));
          return { results, state: await values(state()) };
        };
        const want = await run(async (fn) => fn);
        const got = await run(async (fn) => {
          const compiled = await compile(fn);
          return (...args) => {
            const result = compiled(...args);
            replayed = compiled.counts.replayed;
            return result;
          };
        });
        expect(replayed).toBeGreaterThanOrEqual(steps - 2);
        got.results.forEach((result, i) => void expectClose(result, want.results[i] ?? [], 1e-4, `step ${i}`));
        expectClose(got.state, want.state, 1e-4, "at the end");
      });
    }
  });
}
