/**
 * Schedulers that move the learning rate along a curve.
 */

import { checkInteger, checkNumber, checkPositive, perform, settings } from "@akari/tensor";
import { checkFraction } from "../checks.ts";
import type { BaseOptions, Optimizer } from "../optimizer.ts";
import { LRScheduler, type SchedulerOptions, type SchedulerState } from "./scheduler.ts";

/** Options of `LinearLR`. */
export interface LinearLROptions extends SchedulerOptions {
  /** Factor of the learning rate at epoch 0. Default 1/3. */
  readonly startFactor?: number;
  /** Factor of the learning rate from epoch `totalIters`. Default 1. */
  readonly endFactor?: number;
  /** Number of epochs over which the factor changes. Default 5. */
  readonly totalIters?: number;
}

/**
 * Multiplies the learning rate by a factor that changes linearly from `startFactor` to `endFactor`, as for a warm-up.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html
 *
 * @throws ArgumentError for a `startFactor` outside of (0, 1], an `endFactor` outside of [0, 1], or a `totalIters` that
 * is not positive.
 */
export class LinearLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "LinearLR";
  readonly #options: Required<LinearLROptions>;

  constructor(optimizer: Optimizer<Options>, options?: LinearLROptions) {
    super(optimizer);
    this.#options = settings("LinearLR", options, { startFactor: 1 / 3, endFactor: 1, totalIters: 5, lastEpoch: -1 });
    const { startFactor, endFactor, totalIters } = this.#options;
    checkFraction("LinearLR", { startFactor, endFactor });
    checkPositive("LinearLR", "startFactor", startFactor);
    checkPositive("LinearLR", "totalIters", totalIters);
    this.start(this.#options.lastEpoch);
  }

  protected override lrAt(epoch: number, baseLr: number): number {
    const { startFactor, endFactor, totalIters } = this.#options;
    return baseLr * (startFactor + ((endFactor - startFactor) * Math.min(epoch, totalIters)) / totalIters);
  }
}

/** Options of `ConstantLR`. */
export interface ConstantLROptions extends SchedulerOptions {
  /** Factor of the learning rate. Default 1/3. */
  readonly factor?: number;
  /** Number of epochs during which the factor applies. Default 5; 0 means all, as in PyTorch. */
  readonly totalIters?: number;
}

/**
 * Multiplies the learning rate by `factor` during the first `totalIters` epochs.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ConstantLR.html
 *
 * @throws ArgumentError for a factor outside of [0, 1].
 */
export class ConstantLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "ConstantLR";
  readonly #options: Required<ConstantLROptions>;

  constructor(optimizer: Optimizer<Options>, options?: ConstantLROptions) {
    super(optimizer);
    this.#options = settings("ConstantLR", options, { factor: 1 / 3, totalIters: 5, lastEpoch: -1 });
    checkNumber("ConstantLR", "factor", this.#options.factor, 1);
    this.start(this.#options.lastEpoch);
  }

  protected override lrAt(epoch: number, baseLr: number): number {
    const { factor, totalIters } = this.#options;
    return epoch < totalIters || totalIters === 0 ? baseLr * factor : baseLr;
  }
}

/** Options of `PolynomialLR`. */
export interface PolynomialLROptions extends SchedulerOptions {
  /** Number of epochs T after which the learning rate is 0. Default 5. */
  readonly totalIters?: number;
  /** Power of the polynomial. Default 1. */
  readonly power?: number;
}

/**
 * Decays the learning rate to 0 as a polynomial: η (1 - t/T)^power at epoch t.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.PolynomialLR.html
 *
 * @throws ArgumentError when `totalIters` is not positive.
 */
export class PolynomialLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "PolynomialLR";
  readonly #options: Required<PolynomialLROptions>;

  constructor(optimizer: Optimizer<Options>, options?: PolynomialLROptions) {
    super(optimizer);
    this.#options = settings("PolynomialLR", options, { totalIters: 5, power: 1, lastEpoch: -1 });
    checkPositive("PolynomialLR", "totalIters", this.#options.totalIters);
    this.start(this.#options.lastEpoch);
  }

  protected override lrAt(epoch: number, baseLr: number): number {
    const { totalIters, power } = this.#options;
    return baseLr * (1 - Math.min(epoch, totalIters) / totalIters) ** power;
  }
}

/** Options of the cosine schedulers. */
export interface CosineOptions extends SchedulerOptions {
  /** Minimum learning rate. Default 0. */
  readonly etaMin?: number;
}

/** Interpolates along half a period of a cosine: `from` at 0, `to` at 1. */
export function cosine(from: number, to: number, part: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * part))) / 2;
}

/**
 * Anneals the learning rate along a cosine, from its initial value to `etaMin` in `tMax` epochs and back in the next
 * `tMax`.
 *
 * Loshchilov & Hutter 2017, "SGDR: stochastic gradient descent with warm restarts", https://arxiv.org/abs/1608.03983
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
 *
 * @throws ArgumentError when `tMax` is not positive.
 */
export class CosineAnnealingLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "CosineAnnealingLR";
  readonly #tMax: number;
  readonly #etaMin: number;

  constructor(optimizer: Optimizer<Options>, tMax: number, options?: CosineOptions) {
    super(optimizer);
    const { etaMin, lastEpoch } = settings("CosineAnnealingLR", options, { etaMin: 0, lastEpoch: -1 });
    checkPositive("CosineAnnealingLR", "tMax", tMax);
    this.#tMax = tMax;
    this.#etaMin = etaMin;
    this.start(lastEpoch);
  }

  protected override lrAt(epoch: number, baseLr: number): number {
    return cosine(baseLr, this.#etaMin, epoch / this.#tMax);
  }

  protected override lrFrom(lr: number, epoch: number, baseLr: number): number {
    if (epoch === 0) return lr;
    if (lr === this.lrAt(epoch - 1, baseLr)) return this.lrAt(epoch, baseLr); // without rounding
    const [etaMin, length] = [this.#etaMin, this.#tMax];
    const height = (at: number): number => 1 + Math.cos((Math.PI * at) / length);
    // At the minimum the ratio is undefined, so the learning rate increases by a difference.
    if ((epoch - 1 - length) % (2 * length) === 0) return lr + ((baseLr - etaMin) * height(length + 1)) / 2;
    return etaMin + (lr - etaMin) * (height(epoch) / height(epoch - 1));
  }
}

/** Options of `CosineAnnealingWarmRestarts`. */
export interface WarmRestartsOptions extends CosineOptions {
  /** Factor by which each cycle is longer than the one before. Default 1. */
  readonly tMult?: number;
}

/**
 * Anneals the learning rate along a cosine to `etaMin` in `t0` epochs and restarts it from its initial value. Each
 * cycle is `tMult` times as long as the one before. After `lastEpoch`, it is where an uninterrupted run would be.
 *
 * Loshchilov & Hutter 2017, "SGDR: stochastic gradient descent with warm restarts", https://arxiv.org/abs/1608.03983
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html
 *
 * @throws ArgumentError when `t0` or `tMult` is not a positive integer.
 * @example
 * const scheduler = new CosineAnnealingWarmRestarts(optimizer, 10, { tMult: 2 });
 * for (let batch = 0; batch < 50; batch++) scheduler.step(3 + batch / 50); // within epoch 3
 */
export class CosineAnnealingWarmRestarts<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "CosineAnnealingWarmRestarts";
  readonly #t0: number;
  readonly #tMult: number;
  readonly #etaMin: number;
  /** The part of the current epoch that has passed. */
  #part = 0;

  constructor(optimizer: Optimizer<Options>, t0: number, options?: WarmRestartsOptions) {
    super(optimizer);
    const { tMult, etaMin, lastEpoch } = settings("CosineAnnealingWarmRestarts", options, {
      tMult: 1,
      etaMin: 0,
      lastEpoch: -1,
    });
    checkInteger("CosineAnnealingWarmRestarts", "t0", t0, 1);
    checkInteger("CosineAnnealingWarmRestarts", "tMult", tMult, 1);
    this.#t0 = t0;
    this.#tMult = tMult;
    this.#etaMin = etaMin;
    this.start(lastEpoch);
  }

  /** Returns the number of epochs since the last restart, and the length of the cycle. */
  #cycle(epoch: number): readonly [since: number, length: number] {
    let [since, length] = [epoch + this.#part, this.#t0];
    if (this.#tMult === 1) return [since % length, length];
    while (since >= length) {
      since -= length;
      length *= this.#tMult;
    }
    return [since, length];
  }

  protected override lrAt(epoch: number, baseLr: number): number {
    const [since, length] = this.#cycle(epoch);
    return cosine(baseLr, this.#etaMin, since / length);
  }

  protected override lrFrom(_: number, epoch: number, baseLr: number): number {
    return this.lrAt(epoch, baseLr);
  }

  /**
   * Advances by one epoch, or to an epoch that may lie within one.
   *
   * @param epoch the epochs that have passed, such as 3.5 in the middle of the fourth. Default: one more than before.
   * @throws ArgumentError for a negative epoch.
   */
  override step(epoch?: number): void {
    if (epoch !== undefined) checkNumber("CosineAnnealingWarmRestarts", "epoch", epoch);
    perform(() => {
      const passed = epoch ?? this.lastEpoch + this.#part + 1;
      this.#part = passed % 1;
      this.advance(Math.floor(passed));
    });
  }

  override restart(): void {
    this.#part = 0;
    super.restart();
  }

  /** Returns the state to save: the epoch, the learning rates, and the position in the cycle. */
  override stateDict(): SchedulerState {
    const [T_cur, T_i] = this.#cycle(this.lastEpoch);
    return { ...super.stateDict(), T_cur, T_i };
  }

  /**
   * Loads a saved state. It sets the learning rates of the optimizer as well.
   *
   * @throws FileError when `state` is not the state of such a scheduler. Nothing is changed then.
   */
  override loadStateDict(state: SchedulerState): void {
    super.loadStateDict(state);
    this.#part = (state.T_cur ?? 0) % 1;
  }
}
