/**
 * Compares random numbers drawn after `manualSeed` with PyTorch's: tensors, layers, initializers, dropout, samplers and
 * loaders.
 */

import { DataLoader, type Dataset, RandomSampler, randomSplit } from "@akari/data";
import * as nn from "@akari/nn";
import type { Backend, DType, Shape, Tensor } from "@akari/tensor";
import * as akari from "@akari/tensor";
import { checkEqual, checkSame, type Tolerance } from "./compare.ts";
import { initializers } from "./initializers.ts";
import { layerOf } from "./layers.ts";
import { dtypeOf, isRecorded, type Keywords, load, Missing, type Recorded } from "./recorded.ts";

type Output = readonly Recorded[] | Readonly<Record<string, Recorded>>;

/** A recorded sequence of draws from one generator. */
export interface DrawCase extends Tolerance {
  readonly id: string;
  readonly seed: number;
  readonly program: readonly { readonly op: string; readonly args: Keywords }[];
  readonly outputs: readonly Output[];
  readonly outputs_scalar_kernels?: readonly (Output | null)[];
  readonly exact: boolean;
}

type Draw = (size: Shape, args: Keywords, dtype: DType) => Tensor;

/** Functions that draw a tensor, by PyTorch's name. */
const tensors: Readonly<Record<string, Draw>> = {
  rand: (size, _, dtype) => akari.rand(size, { dtype }),
  randn: (size, _, dtype) => akari.randn(size, { dtype }),
  normal: (size, { mean = 0, std = 1 }) => akari.normal_(akari.zeros(size), mean as number, std as number),
  randint: (size, { low = 0, high }) => akari.randint(low as number, high as number, size),
  randperm: (_, { n }) => akari.randperm(n as number),
  bernoulli: (_, { input }) => {
    const p = load(input as unknown as Recorded, akari.defaultDevice()); // safe: recorded as a tensor
    return akari.bernoulli_(akari.zerosLike(p), p);
  },
  "Tensor.normal_": (size, { mean = 0, std = 1 }, dtype) =>
    akari.normal_(akari.zeros(size, { dtype }), mean as number, std as number),
  "Tensor.uniform_": (size, { from = 0, to = 1 }, dtype) =>
    akari.uniform_(akari.zeros(size, { dtype }), from as number, to as number),
  "Tensor.exponential_": (size, { lambd = 1 }, dtype) =>
    akari.exponential_(akari.zeros(size, { dtype }), lambd as number),
  "Tensor.cauchy_": (size, { median = 0, sigma = 1 }, dtype) =>
    akari.cauchy_(akari.zeros(size, { dtype }), median as number, sigma as number),
  "Tensor.geometric_": (size, { p }, dtype) => akari.geometric_(akari.zeros(size, { dtype }), p as number),
  "Tensor.log_normal_": (size, { mean = 1, std = 2 }, dtype) =>
    akari.logNormal_(akari.zeros(size, { dtype }), mean as number, std as number),
  "Tensor.bernoulli_": (size, { p = 0.5 }, dtype) => akari.bernoulli_(akari.zeros(size, { dtype }), p as number),
  "Tensor.random_": (size, { from = 0, to = null }, dtype) =>
    akari.random_(akari.zeros(size, { dtype }), from as number, to as number | null),
  "nn.functional.dropout": (size, { p = 0.5 }) => nn.functional.dropout(akari.ones(size), p as number),
};

const range = (length: number): Dataset<number> => ({ length, get: (index) => index });

/** Functions that draw permutations of indices, by PyTorch's name. */
const orders: Readonly<Record<string, (args: Keywords) => Promise<number[][]> | number[][]>> = {
  "data.RandomSampler": ({ n }) => [[...new RandomSampler({ length: n as number })]],
  "data.random_split": ({ n, lengths }) =>
    randomSplit(range(n as number), lengths as number[]).map(({ indices }) => [...indices]),
  "data.DataLoader": async ({ n, batch_size, epochs = 1 }) => {
    const loader = new DataLoader(range(n as number), { batchSize: batch_size as number, shuffle: true });
    const found: number[][] = [];
    for (let epoch = 0; epoch < (epochs as number); epoch++) {
      const order: number[] = [];
      for await (const batch of loader) order.push(...(await batch.data()));
      found.push(order);
    }
    return found;
  },
};

async function draw(
  op: string,
  { size = [], dtype = "float32", ...args }: Keywords,
): Promise<readonly (readonly [string, Tensor])[]> {
  const fill = initializers[op];
  if (fill !== undefined) return [["0", fill(akari.zeros(size as number[]), args)]];
  const held = dtypeOf(dtype as string);
  if (held === null) throw new Missing(`dtype ${dtype}`);
  const one = tensors[op];
  if (one !== undefined) return [["0", one(size as number[], args, held)]];
  const order = orders[op];
  if (order !== undefined)
    return (await order(args)).map((indices, i) => [`${i}`, akari.tensor(indices, { dtype: "int32" })]);
  if (!op.startsWith("nn.") || op.startsWith("nn.init.") || op.startsWith("nn.functional.")) throw new Missing(op);
  return Object.entries(layerOf(op, args).stateDict());
}

/** Seeds the generator, runs the statements and compares the result of each. */
export async function runDraws(one: DrawCase, device: Backend): Promise<void> {
  // Other devices use a different generator.
  if (device.readSync === undefined) throw new Missing(`PyTorch's draws on ${device.name}`);
  akari.manualSeed(one.seed);
  const tolerance = one.exact ? {} : one;
  for (const [k, { op, args }] of one.program.entries()) {
    const got = new Map(await draw(op, args));
    // safe: a list or a record of recorded tensors
    const wanted = Object.entries(one.outputs[k] ?? {}) as [string, Recorded][];
    checkEqual(`names of statement ${k}`, [...got.keys()].sort(), wanted.map(([name]) => name).sort());
    const others = (one.outputs_scalar_kernels?.[k] ?? {}) as Readonly<Record<string, Recorded>>; // safe: as above
    for (const [name, want] of wanted) {
      const other = others[name];
      await checkSame(`${name} of statement ${k}`, got.get(name), want, tolerance, isRecorded(other) ? other : null);
    }
  }
}
