/**
 * `LRScheduler`: sets the learning rate of each group as a function of how often `step` was called. Every scheduler
 * here is a closed formula of that number and the group's first learning rate, so any epoch can be reached at once and
 * a saved state is one number.
 */

import { FileError, perform } from "@akari/tensor";
import type { BaseOptions, Optimizer, ParamGroup } from "../optimizer.ts";

/** The learning rate that a group started with, noted down when it is first asked for; it is saved with the group. */
function initialLrOf(group: ParamGroup<BaseOptions>): number {
  group.initialLr ??= group.lr;
  return group.initialLr;
}

/** What a scheduler is saved as. */
export type SchedulerState = Readonly<Record<string, number>>;

/** What `SequentialLR` and training loops know of a scheduler. */
export interface Scheduler {
  /** How often `step` was called. */
  readonly lastEpoch: number;
  /** Goes one epoch on. */
  step(): void;
  /** The learning rates of the groups as they are now. */
  getLastLr(): number[];
  /** What is needed to go on later. */
  stateDict(): SchedulerState;
  /** Goes on from a saved state. */
  loadStateDict(state: SchedulerState): void;
}

/**
 * The base of the schedulers that follow a formula.
 *
 * https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate
 *
 * @example
 * const scheduler = new StepLR(optimizer, 30, { gamma: 0.1 });
 * for (let epoch = 0; epoch < 100; epoch++) {
 *   train();
 *   scheduler.step();
 * }
 */
export abstract class LRScheduler<Options extends BaseOptions = BaseOptions> implements Scheduler {
  /** The optimizer whose groups it steers. */
  readonly optimizer: Optimizer<Options>;
  #lastEpoch = 0;

  constructor(optimizer: Optimizer<Options>) {
    this.optimizer = optimizer;
    optimizer.paramGroups.forEach(initialLrOf);
  }

  /** The learning rates that the groups started with. */
  get baseLrs(): readonly number[] {
    return this.optimizer.paramGroups.map(initialLrOf);
  }

  /** How often `step` was called. */
  get lastEpoch(): number {
    return this.#lastEpoch;
  }

  /** The learning rate of a group after `epoch` steps. */
  protected abstract lrAt(epoch: number, baseLr: number, group: number): number;

  /**
   * What a learning rate becomes as an epoch is reached, when other schedulers change it, too: by default it changes in
   * the proportion in which this scheduler alone would change it. `ChainedScheduler` asks one scheduler after the
   * other.
   */
  lrFrom(lr: number, epoch: number, baseLr: number, group: number): number {
    const before = epoch === 0 ? baseLr : this.lrAt(epoch - 1, baseLr, group);
    return before === 0 ? lr : lr * (this.lrAt(epoch, baseLr, group) / before);
  }

  /** Goes one epoch on. Call it after the optimizer's steps of the epoch. */
  step(): void {
    perform(() => this.moveTo(this.#lastEpoch + 1));
  }

  /** Goes to an epoch at once. */
  moveTo(epoch: number): void {
    this.#lastEpoch = epoch;
    this.optimizer.paramGroups.forEach((group, i) => {
      group.lr = this.lrAt(epoch, initialLrOf(group), i);
    });
  }

  /** The learning rates of the groups as they are now. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }

  /** What is needed to go on later. */
  stateDict(): SchedulerState {
    return { last_epoch: this.#lastEpoch };
  }

  /** Goes on from a saved state. Throws a FileError when it is none. */
  loadStateDict(state: SchedulerState): void {
    const epoch = state.last_epoch;
    if (epoch === undefined || !Number.isInteger(epoch))
      throw new FileError(`${this.constructor.name}.loadStateDict: the state has no last_epoch`);
    this.moveTo(epoch);
  }
}
