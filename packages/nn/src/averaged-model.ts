/**
 * Averages of a model's weights over its training steps: the equal average of stochastic weight averaging, or an
 * exponential moving average. The number of averaged values is counted on the device, so that a compiled step can
 * update it.
 */

import { noGrad } from "@akari/autograd";
import {
  ArgumentError,
  type Backend,
  checkNumber,
  pointwise,
  sameShape,
  settings,
  showShape,
  type Tensor,
  tensor,
  where,
} from "@akari/tensor";
import { deepcopy } from "./deepcopy.ts";
import { expectModule, Module } from "./module.ts";
import { BatchNorm1d, BatchNorm2d, BatchNorm3d } from "./norm.ts";
import { snakeCase } from "./state-name.ts";

/**
 * Computes a new average from the old average, the model's value and the number of values averaged so far, an int32
 * scalar.
 */
export type AverageFunction = (averaged: Tensor, value: Tensor, count: Tensor) => Tensor;

/** Options of `AveragedModel`. */
export interface AveragedModelOptions {
  /** Device of the average. Default: the device of the model. */
  readonly device?: Backend;
  /** Averaging function. Default: the equal average, `averaged + (value - averaged) / (count + 1)`. */
  readonly avgFn?: AverageFunction;
  /** Whether to average buffers too. Default false: they are copied from the model at each update. */
  readonly useBuffers?: boolean;
}

const mean = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>(
  "averaged",
  (averaged, value, count) => averaged.add(value.sub(averaged).div(count.cast(averaged.dtype).add(1))),
  { apart: [2] },
);

/**
 * Returns an averaging function for an exponential moving average: `decay · averaged + (1 - decay) · value`.
 *
 * https://pytorch.org/docs/stable/optim.html#custom-averaging-strategies
 *
 * @param decay Weight of the old average, from 0 to 1. Default 0.999.
 * @example
 * const ema = new AveragedModel(model, { avgFn: getEmaAvgFn(0.99) });
 */
export function getEmaAvgFn(decay = 0.999): AverageFunction {
  checkNumber("getEmaAvgFn", "decay", decay, 1);
  const moved = pointwise<[Tensor, Tensor, number]>("ema", (averaged, value, rest) =>
    averaged.add(value.sub(averaged).mul(rest)),
  );
  return (averaged, value) => moved(averaged, value, 1 - decay);
}

/**
 * Returns the averaging function that `AveragedModel` uses by default: the equal mean of all values.
 *
 * https://pytorch.org/docs/stable/optim.html#custom-averaging-strategies
 */
export function getSwaAvgFn(): AverageFunction {
  return mean;
}

/**
 * Copy of a model whose parameters are averages of the model's parameters. The first update copies them.
 *
 * Izmailov et al. 2018, https://arxiv.org/abs/1803.05407
 *
 * https://pytorch.org/docs/stable/optim.html#torch.optim.swa_utils.AveragedModel
 *
 * @example
 * const averaged = new AveragedModel(model);
 * optimizer.step();
 * averaged.updateParameters(model);
 */
export class AveragedModel<M extends Module> extends Module {
  static override name = "AveragedModel";
  /** The averaged model. */
  readonly module: M;
  /** Number of values averaged so far: an int32 scalar, a buffer. */
  declare readonly nAveraged: Tensor;
  private readonly avgFn: AverageFunction;
  private readonly useBuffers: boolean;

  constructor(model: M, options?: AveragedModelOptions) {
    super();
    const { device, avgFn, useBuffers } = settings("AveragedModel", options, {
      device: undefined,
      avgFn: mean,
      useBuffers: false,
    });
    expectModule("AveragedModel", model);
    this.module = deepcopy(model);
    if (device !== undefined) this.module.to(device);
    const at = device ?? model.parameters()[0]?.device;
    this.registerBuffer("nAveraged", tensor(0, { dtype: "int32", ...(at ? { device: at } : {}) }));
    this.avgFn = avgFn;
    this.useBuffers = useBuffers;
  }

  protected override stateName(property: string): string {
    return snakeCase(property);
  }

  /** Runs the averaged model. */
  forward(...inputs: Parameters<M["forward"]>): ReturnType<M["forward"]> {
    // safe: the inputs and the output are those of `M`
    return this.module(...(inputs as unknown[] as never[])) as ReturnType<M["forward"]>;
  }

  /**
   * Adds the model's current parameters to the average. Call it after each optimizer step that should count.
   *
   * @throws ArgumentError, before anything is changed, when parameters or buffers of the model differ in number or
   * shape.
   */
  updateParameters(model: M): void {
    expectModule("updateParameters", model);
    const averaged = pairs(this.module.namedParameters(), model.namedParameters());
    const buffers = pairs(this.module.namedBuffers(), model.namedBuffers());
    noGrad(() => {
      const first = this.nAveraged.eq(0);
      const average = (own: Tensor, given: Tensor): void => {
        const value = given.detach().to(own.device);
        own.copy_(where(first, value, this.avgFn(own.detach(), value, this.nAveraged)));
      };
      for (const [own, value] of averaged) average(own, value);
      for (const [own, value] of buffers) {
        if (this.useBuffers) average(own, value);
        else own.copy_(value);
      }
      this.nAveraged.add_(1);
    });
  }
}

function pairs(own: readonly [string, Tensor][], other: readonly [string, Tensor][]): [Tensor, Tensor][] {
  if (own.length !== other.length)
    throw new ArgumentError(`updateParameters: the average has ${own.length} tensors, the model has ${other.length}`);
  return own.map(([name, x], i) => {
    const [, value] = other[i] as [string, Tensor]; // safe: both have the same length
    if (!sameShape(x.shape, value.shape))
      throw new ArgumentError(
        `updateParameters: ${name} has shape ${showShape(x.shape)} in the average and ${showShape(value.shape)} in the model`,
      );
    return [x, value];
  });
}

/**
 * Recomputes the running statistics of all batch normalization layers of a model as means over the batches of a loader.
 * An averaged model has no meaningful running statistics of its own. If a batch is an array, its first element is the
 * input.
 *
 * https://pytorch.org/docs/stable/optim.html#torch.optim.swa_utils.update_bn
 *
 * @param options.device Device to move the inputs to. Default: they are not moved.
 * @example
 * await updateBn(loader, averaged);
 */
export async function updateBn(
  loader: AsyncIterable<unknown> | Iterable<unknown>,
  model: Module,
  options?: { readonly device?: Backend },
): Promise<void> {
  const { device } = settings("updateBn", options, { device: undefined });
  expectModule("updateBn", model);
  const layers = model
    .modules()
    // safe: the filter keeps only these classes
    .filter((layer) => [BatchNorm1d, BatchNorm2d, BatchNorm3d].some((of) => layer instanceof of)) as BatchNorm1d[];
  if (layers.length === 0) return;
  const { training } = model;
  const momenta = layers.map(({ momentum }) => momentum);
  const setMomentum = (of: (i: number) => number | null): void => {
    for (const [i, layer] of layers.entries()) Reflect.set(layer, "momentum", of(i));
  };
  model.train();
  for (const layer of layers) layer.resetRunningStats();
  try {
    setMomentum(() => null);
    for await (const batch of loader) {
      // safe: the loader has to yield inputs of the model
      const input = (Array.isArray(batch) ? batch[0] : batch) as Tensor;
      noGrad(() => model(device === undefined ? input : input.to(device)));
    }
  } finally {
    setMomentum((i) => momenta[i] as number | null);
    model.train(training);
  }
}
