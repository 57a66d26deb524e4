/**
 * Schedulers that combine other schedulers, in sequence or simultaneously.
 */

import { ArgumentError, checkInteger, itemsOf } from "@akari/tensor";
import type { BaseOptions, Optimizer } from "../optimizer.ts";
import { LRScheduler } from "./scheduler.ts";

/** A scheduler that advances others, which set the learning rates. */
abstract class CombinedScheduler<Options extends BaseOptions> extends LRScheduler<Options> {
  protected override readonly schedulers: readonly LRScheduler<Options>[];

  constructor(optimizer: Optimizer<Options>, schedulers: readonly LRScheduler<Options>[]) {
    if (
      !schedulers?.length ||
      itemsOf(new.target.name, schedulers, "schedulers").some((scheduler) => scheduler?.optimizer !== optimizer)
    )
      throw new ArgumentError(`${new.target.name}: expected at least one scheduler, all of the same optimizer`);
    super(optimizer);
    this.schedulers = schedulers;
  }

  /** Moves one of the schedulers to its next epoch. */
  protected follow(scheduler: LRScheduler<Options>, epoch: number): void {
    scheduler.advance(epoch === 0 ? 0 : scheduler.lastEpoch + 1);
  }
}

/**
 * Runs several schedulers in sequence, switching to the next one at each of `milestones` (epochs, ascending). Each
 * scheduler starts from its epoch 0 and the initial learning rate, except `MultiplicativeLR` and `SWALR`, which continue
 * from the current one.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.SequentialLR.html
 *
 * @throws ArgumentError unless there is one milestone fewer than schedulers, and they are of the same optimizer.
 * @example
 * const warmup = new LinearLR(optimizer, { startFactor: 0.1, totalIters: 5 });
 * const scheduler = new SequentialLR(optimizer, [warmup, new ExponentialLR(optimizer, 0.9)], [5]);
 */
export class SequentialLR<Options extends BaseOptions> extends CombinedScheduler<Options> {
  static override name = "SequentialLR";
  readonly #milestones: readonly number[];

  constructor(
    optimizer: Optimizer<Options>,
    schedulers: readonly LRScheduler<Options>[],
    milestones: readonly number[],
  ) {
    super(optimizer, schedulers);
    for (const milestone of itemsOf("SequentialLR", milestones)) checkInteger("SequentialLR", "milestones", milestone);
    if (milestones.length !== schedulers.length - 1)
      throw new ArgumentError(
        `SequentialLR: ${schedulers.length} schedulers need ${schedulers.length - 1} milestones, got ${milestones.length}`,
      );
    this.#milestones = milestones;
    this.restart();
  }

  override advance(epoch: number): void {
    super.advance(epoch);
    const index = this.#milestones.filter((milestone) => milestone <= epoch).length;
    const scheduler = this.schedulers[index] as LRScheduler<Options>; // safe: one more than milestones
    if (index > 0 && this.#milestones[index - 1] === epoch) scheduler.restart();
    else this.follow(scheduler, epoch);
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
export class ChainedScheduler<Options extends BaseOptions> extends CombinedScheduler<Options> {
  static override name = "ChainedScheduler";

  constructor(schedulers: readonly [LRScheduler<Options>, ...LRScheduler<Options>[]]) {
    super(schedulers?.[0]?.optimizer, schedulers);
  }

  override advance(epoch: number): void {
    super.advance(epoch);
    for (const scheduler of this.schedulers) this.follow(scheduler, epoch);
  }
}
