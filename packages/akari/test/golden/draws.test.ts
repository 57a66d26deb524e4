/** What layers, initialisers and dropout draw after `manualSeed`, against PyTorch's own draws. */

import * as nn from "@akari/nn";
import { manualSeed, ones, rand, type Shape, type Tensor, zeros } from "@akari/tensor";
import { expect, it } from "vitest";
import { values } from "./compare.ts";
import { describeDevices } from "./devices.ts";
import { cases, folder, isRecorded, type Json, type Recorded, reason } from "./golden.ts";
import { itRecorded } from "./it-recorded.ts";
import { layerOf } from "./layers.ts";

type Keywords = Readonly<Record<string, Json>>;
type Output = readonly Recorded[] | Readonly<Record<string, Recorded>>;

interface DrawCase {
  readonly id: string;
  readonly seed: number;
  readonly program: readonly { readonly op: string; readonly args: Keywords }[];
  readonly outputs: readonly Output[];
  readonly outputs_scalar_kernels?: readonly (Output | null)[];
  readonly exact: boolean;
  readonly rtol?: number;
  readonly atol?: number;
}

const { init } = nn;

/** Functions that fill a tensor, or draw in another way; layers are built by name. */
const functions: Readonly<Record<string, (size: Shape, args: Keywords) => Tensor>> = {
  rand: (size) => rand(size),
  "nn.functional.dropout": (size, { p = 0.5 }) => nn.functional.dropout(ones(size), p as number),
  "nn.init.kaiming_uniform_": (size, args) => init.kaimingUniform_(zeros(size), args as object),
  "nn.init.kaiming_normal_": (size, args) => init.kaimingNormal_(zeros(size), args as object),
  "nn.init.xavier_uniform_": (size, { gain = 1 }) => init.xavierUniform_(zeros(size), gain as number),
  "nn.init.xavier_normal_": (size, { gain = 1 }) => init.xavierNormal_(zeros(size), gain as number),
  "nn.init.uniform_": (size, { a = 0, b = 1 }) => init.uniform_(zeros(size), a as number, b as number),
  "nn.init.normal_": (size, { mean = 0, std = 1 }) => init.normal_(zeros(size), mean as number, std as number),
  "nn.init.trunc_normal_": (size, { mean = 0, std = 1, a = -2, b = 2 }) =>
    init.truncNormal_(zeros(size), mean as number, std as number, a as number, b as number),
  "nn.init.orthogonal_": (size, { gain = 1 }) => init.orthogonal_(zeros(size), gain as number),
  "nn.init.sparse_": (size, { sparsity, std = 0.01 }) => init.sparse_(zeros(size), sparsity as number, std as number),
};

function named(output: Output | null | undefined): Readonly<Record<string, Recorded>> {
  if (!output) return {};
  return isRecorded((output as readonly Recorded[])[0])
    ? { result: (output as readonly Recorded[])[0] as Recorded }
    : (output as Readonly<Record<string, Recorded>>);
}

/** Draws of plain tensors and of samplers are checked beside those. */
function drawsLayers({ program }: DrawCase): boolean {
  return program.some(({ op }) => op.startsWith("nn.")) && program.every(({ op }) => op.startsWith("nn.") || op in functions);
}

function draw(op: string, { size, ...args }: Keywords): Readonly<Record<string, Tensor>> {
  const fill = functions[op];
  return fill === undefined ? layerOf(op, args).stateDict() : { result: fill(size as number[], args) };
}

describeDevices("draws of layers", () => {
  if (folder === null) it.skip(reason, () => {});
  for (const one of cases<DrawCase>("random").filter(drawsLayers)) {
    itRecorded(one.id, async () => {
      manualSeed(one.seed);
      for (const [k, { op, args }] of one.program.entries()) {
        const got = draw(op, args);
        const wanted = named(one.outputs[k]);
        const others = named(one.outputs_scalar_kernels?.[k]);
        expect(Object.keys(got).sort()).toEqual(Object.keys(wanted).sort());
        for (const [name, want] of Object.entries(wanted)) {
          const x = got[name] as Tensor;
          expect([...x.shape]).toEqual([...want.shape]);
          const accepted = [want, others[name] ?? want].map((recorded) => recorded.data.map((value) => Math.fround(value as number)));
          const { rtol = 0, atol = 0 } = one.exact ? {} : one;
          (await values(x)).forEach((value, i) => {
            const near = accepted.some((list) => Math.abs(value - (list[i] as number)) <= atol + rtol * Math.abs(list[i] as number));
            if (!near) expect.fail(`${name}: element ${i} is ${value}, expected ${accepted.map((list) => list[i]).join(" or ")}`);
          });
        }
      }
    });
  }
});
