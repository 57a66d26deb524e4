/**
 * Checkpointed models train as others do: on every device, compiled or not, with dropout and running averages.
 */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findWebGpu } from "../../tensor/test/backends/software-adapter.ts";
import { checkpoint, checkpointSequential } from "../src/checkpoint.ts";
import {
  Adam,
  type Backend,
  compile,
  cpu,
  crossEntropy,
  defaultDevice,
  manualSeed,
  nn,
  randint,
  randn,
  setDefaultDevice,
  type Tensor,
} from "../src/index.ts";
import { expectClose, values } from "./programs.ts";

const { device: gpu, reason } = await findWebGpu();
const devices = [
  { name: "cpu", device: cpu() as Backend | null },
  { name: `webgpu${reason && ` (skipped: ${reason})`}`, device: gpu as Backend | null },
];

type Apply = (model: nn.Sequential, x: Tensor) => Tensor;
const plainly: Apply = (model, x) => model(x);
const ways: Readonly<Record<string, Apply>> = {
  "as a whole": (model, x) => checkpoint((y: Tensor) => model(y), x),
  "in segments": (model, x) => checkpointSequential(model, 3, x),
};

/** Trains a model and returns its losses and parameters. */
async function train(apply: Apply, compiled: boolean): Promise<number[][]> {
  manualSeed(3);
  const layers = [0, 1, 2].flatMap(() => [
    new nn.Linear(8, 8),
    new nn.LayerNorm([8]),
    new nn.GELU(),
    new nn.Dropout(0.4),
  ]);
  const model = new nn.Sequential(...layers);
  const optimizer = new Adam(model.parameters(), { lr: 0.01 });
  const step = (x: Tensor, y: Tensor): Tensor => {
    optimizer.zeroGrad();
    const loss = crossEntropy(apply(model, x), y);
    loss.backward();
    optimizer.step();
    return loss;
  };
  const wrapped = compiled ? await compile(step) : step;
  const losses: number[] = [];
  for (let i = 0; i < 6; i++)
    losses.push((await wrapped(randn([16, 8]), randint(0, 8, [16], { dtype: "int32" })).item()) as number);
  return [losses, ...(await values([...model.parameters()])).map((list) => [...list])];
}

for (const { name, device } of devices) {
  describe.skipIf(device === null)(`checkpoint on ${name}`, () => {
    let before: Backend;
    beforeEach(() => {
      before = defaultDevice();
      setDefaultDevice(device as Backend); // safe: skipped otherwise
    });
    afterEach(() => void setDefaultDevice(before));

    for (const [way, apply] of Object.entries(ways)) {
      for (const compiled of [false, true]) {
        it(`${way}${compiled ? ", compiled" : ""}`, { timeout: 60_000 }, async () => {
          const want = await train(plainly, false);
          const got = await train(apply, compiled);
          expectClose(got, want, 1e-4, "after 6 steps");
        });
      }
    }
  });
}

it("frees what the model computes in between", () => {
  const model = new nn.Sequential(...Array.from({ length: 16 }, () => [new nn.Linear(256, 256), new nn.Tanh()]).flat());
  const x = randn([512, 256]);
  /** Returns the memory in use after the forward pass, in activations. */
  const kept = (apply: Apply): number => {
    const { live } = cpu().memory();
    const y = apply(model, x);
    const after = cpu().memory().live;
    y.sum().backward();
    for (const parameter of model.parameters()) parameter.grad = null;
    y.dispose();
    return (after - live) / (512 * 256 * 4);
  };
  // The inputs of two segments, and what the last one computes for its backward pass.
  expect(kept(ways["in segments"] as Apply)).toBe(8);
  expect(kept(plainly)).toBe(16);
  expect(kept(ways["as a whole"] as Apply)).toBeLessThan(2);
});
