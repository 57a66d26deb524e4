/**
 * Schedulers that multiply the learning rate at some steps.
 */

import { ArgumentError, checkInteger, settings } from "@akari/tensor";
import type { BaseOptions, Optimizer } from "../optimizer.ts";
import { LRScheduler } from "./scheduler.ts";

/** Options of the schedulers that multiply by `gamma`. */
export interface GammaOptions {
  /** The factor. Default 0.1. */
  readonly gamma?: number;
}

/**
 * Multiplies by `gamma` every `stepSize` epochs.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
 */
export class StepLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "StepLR";
  readonly #stepSize: number;
  readonly #gamma: number;

  constructor(optimizer: Optimizer<Options>, stepSize: number, options?: GammaOptions) {
    super(optimizer);
    const { gamma } = settings("StepLR", options, { gamma: 0.1 });
    checkInteger("StepLR", "stepSize", stepSize, 1);
    this.#stepSize = stepSize;
    this.#gamma = gamma;
    this.moveTo(0);
  }

  protected override lrAt(epoch: number, baseLr: number): number {
    return baseLr * this.#gamma ** Math.floor(epoch / this.#stepSize);
  }
}

/**
 * Multiplies by `gamma` at each of the epochs `milestones`.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html
 */
export class MultiStepLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "MultiStepLR";
  readonly #milestones: readonly number[];
  readonly #gamma: number;

  constructor(optimizer: Optimizer<Options>, milestones: readonly number[], options?: GammaOptions) {
    super(optimizer);
    const { gamma } = settings("MultiStepLR", options, { gamma: 0.1 });
    this.#milestones = milestones;
    this.#gamma = gamma;
    this.moveTo(0);
  }

  protected override lrAt(epoch: number, baseLr: number): number {
    return baseLr * this.#gamma ** this.#milestones.filter((milestone) => milestone <= epoch).length;
  }
}

/**
 * Multiplies by `gamma` every epoch.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html
 */
export class ExponentialLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "ExponentialLR";
  readonly #gamma: number;

  constructor(optimizer: Optimizer<Options>, gamma: number) {
    super(optimizer);
    this.#gamma = gamma;
    this.moveTo(0);
  }

  protected override lrAt(epoch: number, baseLr: number): number {
    return baseLr * this.#gamma ** epoch;
  }
}

/**
 * Multiplies the first learning rate by a function of the epoch: one for all groups, or one for each.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html
 */
export class LambdaLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "LambdaLR";
  readonly #factors: readonly ((epoch: number) => number)[];

  constructor(
    optimizer: Optimizer<Options>,
    factor: ((epoch: number) => number) | readonly ((epoch: number) => number)[],
  ) {
    super(optimizer);
    const groups = optimizer.paramGroups;
    this.#factors = typeof factor === "function" ? groups.map(() => factor) : factor;
    if (this.#factors.length !== groups.length) {
      throw new ArgumentError(
        `${this.constructor.name}: got ${this.#factors.length} functions for ${groups.length} parameter groups`,
      );
    }
    this.moveTo(0);
  }

  protected override lrAt(epoch: number, baseLr: number, group: number): number {
    return baseLr * (this.#factors[group]?.(epoch) ?? 1);
  }

  override lrFrom(_: number, epoch: number, baseLr: number, group: number): number {
    return this.lrAt(epoch, baseLr, group);
  }
}

/**
 * Multiplies by a function of the epoch every epoch: by `factor(1)` first. One function for all groups, or one for
 * each.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiplicativeLR.html
 */
export class MultiplicativeLR<Options extends BaseOptions> extends LambdaLR<Options> {
  static override name = "MultiplicativeLR";

  protected override lrAt(epoch: number, baseLr: number, group: number): number {
    let lr = baseLr;
    for (let past = 1; past <= epoch; past++) lr = super.lrAt(past, lr, group);
    return lr;
  }

  override lrFrom(lr: number, epoch: number, _: number, group: number): number {
    return epoch === 0 ? lr : super.lrAt(epoch, lr, group);
  }
}
