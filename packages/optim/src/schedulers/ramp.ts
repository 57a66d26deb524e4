/**
 * Schedulers that lead the learning rate along a curve.
 */

import { ArgumentError, checkInteger, checkNumber, checkPositive, settings } from "@akari/tensor";
import type { BaseOptions, Optimizer } from "../optimizer.ts";
import { LRScheduler } from "./scheduler.ts";

/** Options of `LinearLR`. */
export interface LinearLROptions {
  /** The factor at first. Default 1/3. */
  readonly startFactor?: number;
  /** The factor in the end. Default 1. */
  readonly endFactor?: number;
  /** How many epochs the way takes. Default 5. */
  readonly totalIters?: number;
}

/**
 * Leads a factor from `startFactor` to `endFactor` in a straight line: a warm-up.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html
 */
export class LinearLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "LinearLR";
  readonly #options: Required<LinearLROptions>;

  constructor(optimizer: Optimizer<Options>, options?: LinearLROptions) {
    super(optimizer);
    this.#options = settings("LinearLR", options, { startFactor: 1 / 3, endFactor: 1, totalIters: 5 });
    const { startFactor, endFactor } = this.#options;
    if (!(startFactor > 0 && startFactor <= 1))
      throw new ArgumentError(`LinearLR: startFactor must be above 0 and at most 1, got ${startFactor}`);
    checkNumber("LinearLR", "endFactor", endFactor, 1);
    this.moveTo(0);
  }

  protected override lrAt(epoch: number, baseLr: number): number {
    const { startFactor, endFactor, totalIters } = this.#options;
    return baseLr * (startFactor + ((endFactor - startFactor) * Math.min(epoch, totalIters)) / totalIters);
  }
}

/** Options of `ConstantLR`. */
export interface ConstantLROptions {
  /** The factor at first. Default 1/3. */
  readonly factor?: number;
  /** How many epochs it holds. Default 5. */
  readonly totalIters?: number;
}

/**
 * Multiplies by `factor` for the first `totalIters` epochs.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ConstantLR.html
 */
export class ConstantLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "ConstantLR";
  readonly #options: Required<ConstantLROptions>;

  constructor(optimizer: Optimizer<Options>, options?: ConstantLROptions) {
    super(optimizer);
    this.#options = settings("ConstantLR", options, { factor: 1 / 3, totalIters: 5 });
    checkNumber("ConstantLR", "factor", this.#options.factor, 1);
    this.moveTo(0);
  }

  protected override lrAt(epoch: number, baseLr: number): number {
    const { factor, totalIters } = this.#options;
    return epoch < totalIters ? baseLr * factor : baseLr;
  }
}

/** Options of `PolynomialLR`. */
export interface PolynomialLROptions {
  /** How many epochs the way down takes. Default 5. */
  readonly totalIters?: number;
  /** The power. Default 1. */
  readonly power?: number;
}

/**
 * `η (1 - t/T)^power`, down to zero.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.PolynomialLR.html
 */
export class PolynomialLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "PolynomialLR";
  readonly #options: Required<PolynomialLROptions>;

  constructor(optimizer: Optimizer<Options>, options?: PolynomialLROptions) {
    super(optimizer);
    this.#options = settings("PolynomialLR", options, { totalIters: 5, power: 1 });
    this.moveTo(0);
  }

  protected override lrAt(epoch: number, baseLr: number): number {
    const { totalIters, power } = this.#options;
    return baseLr * (1 - Math.min(epoch, totalIters) / totalIters) ** power;
  }
}

/** Options of the cosine schedulers. */
export interface CosineOptions {
  /** The learning rate at the lowest point. Default 0. */
  readonly etaMin?: number;
}

function cosine(from: number, to: number, part: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * part))) / 2;
}

/**
 * Half a cosine from the first learning rate down to `etaMin` in `tMax` epochs, and up again after that.
 *
 * Loshchilov & Hutter 2017, https://arxiv.org/abs/1608.03983
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
 */
export class CosineAnnealingLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "CosineAnnealingLR";
  readonly #tMax: number;
  readonly #etaMin: number;

  constructor(optimizer: Optimizer<Options>, tMax: number, options?: CosineOptions) {
    super(optimizer);
    const { etaMin } = settings("CosineAnnealingLR", options, { etaMin: 0 });
    checkPositive("CosineAnnealingLR", "tMax", tMax);
    this.#tMax = tMax;
    this.#etaMin = etaMin;
    this.moveTo(0);
  }

  protected override lrAt(epoch: number, baseLr: number): number {
    return cosine(baseLr, this.#etaMin, epoch / this.#tMax);
  }

  override lrFrom(lr: number, epoch: number, baseLr: number): number {
    if (epoch === 0) return lr;
    const [etaMin, length] = [this.#etaMin, this.#tMax];
    const height = (at: number): number => 1 + Math.cos((Math.PI * at) / length);
    // From the lowest point nothing can be multiplied: it goes up by a difference.
    if ((epoch - 1 - length) % (2 * length) === 0) return lr + ((baseLr - etaMin) * height(length + 1)) / 2;
    return etaMin + (lr - etaMin) * (height(epoch) / height(epoch - 1));
  }
}

/** Options of `CosineAnnealingWarmRestarts`. */
export interface WarmRestartsOptions extends CosineOptions {
  /** By what each round is longer than the one before. Default 1. */
  readonly tMult?: number;
}

/**
 * Half a cosine down to `etaMin` in `t0` epochs, then back to the start, each round `tMult` times as long as the one
 * before.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html
 */
export class CosineAnnealingWarmRestarts<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "CosineAnnealingWarmRestarts";
  readonly #t0: number;
  readonly #tMult: number;
  readonly #etaMin: number;

  constructor(optimizer: Optimizer<Options>, t0: number, options?: WarmRestartsOptions) {
    super(optimizer);
    const { tMult, etaMin } = settings("CosineAnnealingWarmRestarts", options, { tMult: 1, etaMin: 0 });
    for (const [name, value] of Object.entries({ t0, tMult }))
      checkInteger("CosineAnnealingWarmRestarts", name, value, 1);
    this.#t0 = t0;
    this.#tMult = tMult;
    this.#etaMin = etaMin;
    this.moveTo(0);
  }

  protected override lrAt(epoch: number, baseLr: number): number {
    let [length, since] = [this.#t0, epoch];
    if (this.#tMult === 1) since %= length;
    else {
      while (since >= length) {
        since -= length;
        length *= this.#tMult;
      }
    }
    return cosine(baseLr, this.#etaMin, since / length);
  }

  override lrFrom(_: number, epoch: number, baseLr: number): number {
    return this.lrAt(epoch, baseLr);
  }
}
