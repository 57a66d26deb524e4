/**
 * Schedulers that combine other schedulers, in sequence or simultaneously.
 */

import { ArgumentError } from "@akari/tensor";
import type { BaseOptions, Optimizer } from "../optimizer.ts";
import { LRScheduler } from "./scheduler.ts";

/**
 * Runs several schedulers in sequence, switching to the next one at each of `milestones` (epochs, ascending). Each
 * scheduler starts from its epoch 0, except `SWALR`, which continues from the current learning rate.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.SequentialLR.html
 *
 * @throws ArgumentError unless there is one milestone fewer than schedulers, and they are of the same optimizer.
 * @example
 * const warmup = new LinearLR(optimizer, { startFactor: 0.1, totalIters: 5 });
 * const scheduler = new SequentialLR(optimizer, [warmup, new ExponentialLR(optimizer, 0.9)], [5]);
 */
export class SequentialLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "SequentialLR";
  readonly #schedulers: readonly LRScheduler<Options>[];
  readonly #milestones: readonly number[];

  constructor(
    optimizer: Optimizer<Options>,
    schedulers: readonly LRScheduler<Options>[],
    milestones: readonly number[],
  ) {
    super(optimizer);
    if (schedulers.length === 0 || milestones.length !== schedulers.length - 1) {
      throw new ArgumentError(
        `SequentialLR: ${schedulers.length} schedulers need ${Math.max(schedulers.length - 1, 0)} milestones, got ${milestones.length}`,
      );
    }
    if (schedulers.some((scheduler) => scheduler.optimizer !== optimizer))
      throw new ArgumentError("SequentialLR: the schedulers must be of the same optimizer");
    this.#schedulers = schedulers;
    this.#milestones = milestones;
    this.moveTo(0);
  }

  /** Returns the scheduler of an epoch, and its own epoch. */
  #at(epoch: number): readonly [LRScheduler<Options>, number] {
    const index = this.#milestones.filter((milestone) => milestone <= epoch).length;
    const scheduler = this.#schedulers[index] as LRScheduler<Options>; // safe: one more than milestones
    return [scheduler, epoch - (this.#milestones[index - 1] ?? 0) + Number(index > 0 && scheduler.continues)];
  }

  override moveTo(epoch: number): void {
    super.moveTo(epoch);
    const [scheduler, own] = this.#at(epoch);
    scheduler.moveTo(own);
  }

  protected override lrAt(_: number, baseLr: number): number {
    return baseLr;
  }

  override lrFrom(lr: number, epoch: number, baseLr: number, group: number): number {
    const [scheduler, own] = this.#at(epoch);
    return scheduler.lrFrom(own === 0 && epoch > 0 ? baseLr : lr, own, baseLr, group);
  }
}

/**
 * Applies several schedulers at every step, each to the learning rate that results from the one before. Most of them
 * multiply it by a factor. Those that set it as a function of the epoch alone, such as `LambdaLR`, replace it.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ChainedScheduler.html
 *
 * @throws ArgumentError without schedulers, or when their optimizers differ.
 * @example
 * const warmup = new ConstantLR(optimizer, { totalIters: 4 });
 * const scheduler = new ChainedScheduler([warmup, new ExponentialLR(optimizer, 0.9)]);
 */
export class ChainedScheduler<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "ChainedScheduler";
  readonly #schedulers: readonly LRScheduler<Options>[];
  /** Learning rate of each group after `lastEpoch` steps; null before the constructor has set it. */
  #lrs: readonly number[] | null = null;

  constructor(schedulers: readonly [LRScheduler<Options>, ...LRScheduler<Options>[]]) {
    const optimizer = schedulers[0]?.optimizer;
    if (optimizer === undefined || schedulers.some((scheduler) => scheduler.optimizer !== optimizer))
      throw new ArgumentError(`ChainedScheduler: expected at least one scheduler, all of the same optimizer`);
    super(optimizer);
    this.#schedulers = schedulers;
    this.moveTo(0);
  }

  override moveTo(epoch: number): void {
    const { baseLrs } = this;
    const before = epoch === this.lastEpoch + 1 ? this.#lrs : null;
    const lrs = [...(before ?? baseLrs)];
    for (let past = before ? epoch : 0; past <= epoch; past++)
      baseLrs.forEach((base, i) => {
        lrs[i] = this.lrFrom(lrs[i] as number, past, base, i); // safe: one for each group
      });
    // The schedulers may set more than the learning rate, such as the momentum.
    for (const scheduler of this.#schedulers) scheduler.moveTo(epoch);
    this.#lrs = lrs;
    super.moveTo(epoch);
  }

  protected override lrAt(_: number, baseLr: number, group: number): number {
    return this.#lrs?.[group] ?? baseLr;
  }

  override lrFrom(lr: number, epoch: number, baseLr: number, group: number): number {
    return this.#schedulers.reduce((before, scheduler) => scheduler.lrFrom(before, epoch, baseLr, group), lr);
  }
}
