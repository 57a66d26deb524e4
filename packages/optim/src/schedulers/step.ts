/**
 * Schedulers that multiply the learning rate by a factor, at certain epochs or at every one.
 */

import { checkInteger, expectNumber, settings } from "@akari/tensor";
import type { BaseOptions, Optimizer } from "../optimizer.ts";
import { LRScheduler, perGroup, type SchedulerOptions } from "./scheduler.ts";

/** Options of `StepLR` and `MultiStepLR`. */
export interface GammaOptions extends SchedulerOptions {
  /** Factor of the decay. Default 0.1. */
  readonly gamma?: number;
}

/**
 * Multiplies the learning rate by `gamma` every `stepSize` epochs.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
 *
 * @throws ArgumentError when `stepSize` is not a positive integer, or `gamma` not a number.
 */
export class StepLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "StepLR";
  readonly #stepSize: number;
  readonly #gamma: number;

  constructor(optimizer: Optimizer<Options>, stepSize: number, options?: GammaOptions) {
    super(optimizer);
    const { gamma, lastEpoch } = settings("StepLR", options, { gamma: 0.1, lastEpoch: -1 });
    checkInteger("StepLR", "stepSize", stepSize, 1);
    expectNumber("StepLR", "gamma", gamma);
    this.#stepSize = stepSize;
    this.#gamma = gamma;
    this.start(lastEpoch);
  }

  protected override lrAt(epoch: number, baseLr: number): number {
    return baseLr * this.#gamma ** Math.floor(epoch / this.#stepSize);
  }
}

/**
 * Multiplies the learning rate by `gamma` at each of the epochs in `milestones`.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html
 *
 * @throws ArgumentError when a milestone is not a non-negative integer, or `gamma` not a number.
 */
export class MultiStepLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "MultiStepLR";
  readonly #milestones: readonly number[];
  readonly #gamma: number;

  constructor(optimizer: Optimizer<Options>, milestones: readonly number[], options?: GammaOptions) {
    super(optimizer);
    const { gamma, lastEpoch } = settings("MultiStepLR", options, { gamma: 0.1, lastEpoch: -1 });
    this.#milestones = [milestones].flat();
    for (const milestone of this.#milestones) checkInteger("MultiStepLR", "milestones", milestone);
    expectNumber("MultiStepLR", "gamma", gamma);
    this.#gamma = gamma;
    this.start(lastEpoch);
  }

  protected override lrAt(epoch: number, baseLr: number): number {
    return baseLr * this.#gamma ** this.#milestones.filter((milestone) => milestone <= epoch).length;
  }
}

/**
 * Multiplies the learning rate by `gamma` every epoch.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html
 *
 * @throws ArgumentError when `gamma` is not a number.
 */
export class ExponentialLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "ExponentialLR";
  readonly #gamma: number;

  constructor(optimizer: Optimizer<Options>, gamma: number, options?: SchedulerOptions) {
    super(optimizer);
    const { lastEpoch } = settings("ExponentialLR", options, { lastEpoch: -1 });
    expectNumber("ExponentialLR", "gamma", gamma);
    this.#gamma = gamma;
    this.start(lastEpoch);
  }

  protected override lrAt(epoch: number, baseLr: number): number {
    return baseLr * this.#gamma ** epoch;
  }
}

/**
 * Multiplies the initial learning rate by a function of the epoch.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html
 *
 * @param factor the function, for all groups or as an array with one per group.
 * @throws ArgumentError when the array does not have one function per group.
 */
export class LambdaLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "LambdaLR";
  readonly #factor: (group: number) => ((epoch: number) => number) | undefined;

  constructor(
    optimizer: Optimizer<Options>,
    factor: ((epoch: number) => number) | readonly ((epoch: number) => number)[],
    options?: SchedulerOptions,
  ) {
    super(optimizer);
    const { lastEpoch } = settings(this.constructor.name, options, { lastEpoch: -1 });
    this.#factor = perGroup(this.constructor.name, optimizer, "factor", factor);
    this.start(lastEpoch);
  }

  protected override lrAt(epoch: number, baseLr: number, group: number): number {
    return baseLr * (this.#factor(group)?.(epoch) ?? 1);
  }

  protected override lrFrom(_: number, epoch: number, baseLr: number, group: number): number {
    return this.lrAt(epoch, baseLr, group);
  }
}

/**
 * Multiplies the learning rate every epoch by a function of the epoch, starting with `factor(1)`.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiplicativeLR.html
 *
 * @param factor the function, for all groups or as an array with one per group.
 * @throws ArgumentError when the array does not have one function per group.
 */
export class MultiplicativeLR<Options extends BaseOptions> extends LambdaLR<Options> {
  static override name = "MultiplicativeLR";

  protected override lrFrom(lr: number, epoch: number, _: number, group: number): number {
    return epoch === 0 ? lr : super.lrAt(epoch, lr, group);
  }

  /** Begins with epoch 0 from the current learning rates. */
  override restart(): void {
    this.advance(0);
  }
}
