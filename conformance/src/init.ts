/** Compares initializers and the initial state of layers with PyTorch's: exact values, bounds and moments. */

import * as nn from "@akari/nn";
import { cat, type Shape, type Tensor, zeros } from "@akari/tensor";
import { checkClose, checkEqual, checkSame, values } from "./compare.ts";
import { initializers } from "./initializers.ts";
import { layerOf } from "./layers.ts";
import { type Keywords, Mismatch, Missing, type Recorded } from "./recorded.ts";

type Distribution =
  | { readonly kind: "uniform"; readonly bound: number }
  | { readonly kind: "normal"; readonly mean: number; readonly std: number }
  | { readonly kind: "constant"; readonly value: number };

/** The recorded result of an initializer, or the initial state of a layer. */
export interface InitCase {
  readonly id: string;
  readonly op: string;
  readonly size?: Shape;
  readonly args: Keywords;
  readonly outputs?: readonly Recorded[];
  readonly value?: number;
  readonly distribution?: Distribution | Readonly<Record<string, Distribution>>;
  readonly property?: string;
  readonly state_shapes?: Readonly<Record<string, Shape>>;
}

/** Compares exact values without tolerance, and distributions within five standard errors of a large sample. */
export async function runInit(one: InitCase): Promise<void> {
  if (one.op === "nn.init.calculate_gain") {
    const { nonlinearity, param } = one.args as { nonlinearity: "linear"; param?: number };
    const gain = param === undefined ? nn.init.calculateGain(nonlinearity) : nn.init.calculateGain(nonlinearity, param);
    checkClose("gain", gain, one.value as number, { rtol: 1e-14 });
    return;
  }
  if (one.state_shapes !== undefined) return checkLayer(one);
  const initializer = initializers[one.op];
  if (initializer === undefined) throw new Missing(one.op);
  const fill = (): Tensor => initializer(zeros(one.size ?? []), one.args);
  if (one.outputs !== undefined) await checkSame("result", fill(), one.outputs[0] as Recorded, {});
  else if (one.distribution !== undefined) await checkDistribution("result", fill, one.distribution as Distribution);
  else if (one.op === "nn.init.orthogonal_") await checkOrthogonal(fill(), (one.args.gain ?? 1) as number);
  else throw new Missing(`${one.op}: ${one.property}`);
}

async function checkLayer(one: InitCase): Promise<void> {
  const create = () => layerOf(one.op, one.args).stateDict();
  const shapes = (state: object, shapeOf: (entry: never) => Shape) =>
    Object.entries(state).map(([name, entry]) => `${name} [${shapeOf(entry as never).join(", ")}]`);
  checkEqual(
    "state",
    shapes(create(), (x: Tensor) => x.shape).sort(),
    shapes(one.state_shapes as object, (shape: Shape) => shape).sort(),
  );
  for (const [name, want] of Object.entries((one.distribution ?? {}) as Readonly<Record<string, Distribution>>)) {
    await checkDistribution(name, () => create()[name] as Tensor, want);
  }
}

/** Compares the mean, the variance and the largest magnitude of a large sample with the distribution's. */
async function checkDistribution(what: string, draw: () => Tensor, want: Distribution): Promise<void> {
  // Read at once: on a GPU, reading thousands of small tensors one by one takes half a minute.
  const draws: Tensor[] = [];
  const wanted = want.kind === "constant" ? 1 : 20_000;
  for (let size = 0; size < wanted; size += draws.at(-1)?.numel() ?? wanted) draws.push(draw());
  const numbers = await values(cat(draws.map((x) => x.flatten())));
  if (want.kind === "constant") {
    for (const value of numbers) checkClose(what, value, Math.fround(want.value), {});
    return;
  }
  const count = numbers.length;
  const mean = numbers.reduce((a, b) => a + b, 0) / count;
  const variance = numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / count;
  const uniform = want.kind === "uniform";
  const std = uniform ? want.bound / Math.sqrt(3) : want.std;
  checkClose(`mean of ${what}`, mean, uniform ? 0 : want.mean, { atol: (5 * std) / Math.sqrt(count) });
  // The fourth moment is 9/5 σ⁴ for a uniform and 3 σ⁴ for a normal distribution.
  checkClose(`variance of ${what}`, variance, std ** 2, { rtol: 5 * Math.sqrt((uniform ? 0.8 : 2) / count) });
  const largest = numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const [least, most] = uniform
    ? [want.bound * 0.99, Math.fround(want.bound)]
    : [Math.abs(want.mean) + 3 * std, Number.POSITIVE_INFINITY];
  if (!(largest > least && largest <= most))
    throw new Mismatch(`largest of ${what}`, `in (${least}, ${most}]`, String(largest));
}

/** Checks that the rows or columns, whichever are fewer, are orthogonal and have norm `gain`. */
async function checkOrthogonal(x: Tensor, gain: number): Promise<void> {
  const rows = x.shape[0] as number; // safe: orthogonal initializers require at least two dimensions
  const matrix = x.reshape([rows, -1]);
  const columns = matrix.shape[1] as number;
  const gram = rows <= columns ? matrix.matmul(matrix.t()) : matrix.t().matmul(matrix);
  const size = Math.min(rows, columns);
  for (const [i, value] of (await values(gram)).entries()) {
    checkClose(`element ${i} of the Gram matrix`, value, i % (size + 1) === 0 ? gain ** 2 : 0, { atol: 5e-6 });
  }
}
