/**
 * `LRScheduler`: sets the learning rate of each group as a function of the number of calls of `step`. Most schedulers
 * are a closed formula of that number and the group's initial learning rate, so that any epoch can be reached directly
 * and the saved state is one number. A learning rate that something else has changed, such as another scheduler,
 * changes by the same factor instead.
 */

import { ArgumentError, describeValue, FileError, perform } from "@akari/tensor";
import type { BaseOptions, Optimizer, ParamGroup } from "../optimizer.ts";

/** Returns the initial learning rate of a group. The first call stores it in the group, with which it is saved. */
function initialLrOf(group: ParamGroup<BaseOptions>): number {
  group.initialLr ??= group.lr;
  return group.initialLr;
}

/**
 * Returns a function from the index of a parameter group to its value of an option, which is given once for all groups
 * or as an array with one value per group. The value is undefined for groups that were added after the array was given.
 *
 * @throws ArgumentError when the array does not have one value per group, and for a value that is not a number, or for
 * the option `factor` a function.
 */
export function perGroup<T>(
  scheduler: string,
  { paramGroups: { length } }: { readonly paramGroups: { readonly length: number } },
  option: string,
  value: T | readonly T[],
): (group: number) => T | undefined {
  const kind = option === "factor" ? "function" : "number";
  for (const each of [value].flat()) {
    if (typeof each !== kind)
      throw new ArgumentError(`${scheduler}: ${option} must be a ${kind}, got ${describeValue(each)}`);
  }
  if (!Array.isArray(value)) return () => value as T; // safe: not an array
  if (value.length !== length)
    throw new ArgumentError(
      `${scheduler}: expected one ${option} or one for each of the ${length} parameter groups, got ${value.length}`,
    );
  return (group) => value[group];
}

/** Saved state of a scheduler. */
export type SchedulerState = Readonly<Record<string, number>>;

/** The interface of a scheduler whose `step` takes no arguments: all of them except `ReduceLROnPlateau`. */
export interface Scheduler {
  /** Number of calls of `step`. */
  readonly lastEpoch: number;
  /** Advances by one epoch. */
  step(): void;
  /** Returns the current learning rate of each group. */
  getLastLr(): number[];
  /** Returns the state to save. */
  stateDict(): SchedulerState;
  /** Loads a saved state. */
  loadStateDict(state: SchedulerState): void;
}

/**
 * Base class of learning rate schedulers.
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
  /** The optimizer whose learning rates are set. */
  readonly optimizer: Optimizer<Options>;
  #lastEpoch = 0;

  constructor(optimizer: Optimizer<Options>) {
    if (!optimizer?.paramGroups)
      throw new ArgumentError(`${this.constructor.name}: expected an optimizer, got ${describeValue(optimizer)}`);
    this.optimizer = optimizer;
    optimizer.paramGroups.forEach(initialLrOf);
  }

  /** Initial learning rate of each group. */
  get baseLrs(): readonly number[] {
    return this.optimizer.paramGroups.map(initialLrOf);
  }

  /** Number of calls of `step`. */
  get lastEpoch(): number {
    return this.#lastEpoch;
  }

  /**
   * Whether the scheduler, when it follows another one in a `SequentialLR`, takes its first step from the current
   * learning rate. By default, it starts from its epoch 0.
   */
  get continues(): boolean {
    return false;
  }

  /** Returns the learning rate of a group after `epoch` steps. */
  protected abstract lrAt(epoch: number, baseLr: number, group: number): number;

  /**
   * Returns the learning rate at `epoch` given the rate `lr` that results from other schedulers. By default, `lr`
   * changes by the same factor as under this scheduler alone.
   */
  lrFrom(lr: number, epoch: number, baseLr: number, group: number): number {
    const before = epoch === 0 ? baseLr : this.lrAt(epoch - 1, baseLr, group);
    return before === 0 ? lr : lr * (this.lrAt(epoch, baseLr, group) / before);
  }

  /** Advances by one epoch. Call it after the optimizer's steps of the epoch. */
  step(): void {
    perform(() => this.advance(this.#lastEpoch + 1));
  }

  /** Moves to the next epoch, in constructors to epoch 0, from the current learning rates. */
  protected advance(epoch: number): void {
    const lrs = this.getLastLr();
    const own = this.baseLrs.map((base, i) => (epoch === 0 ? base : this.lrAt(epoch - 1, base, i)));
    this.moveTo(epoch);
    this.optimizer.paramGroups.forEach((group, i) => {
      const lr = lrs[i] as number; // safe: one for each group
      if (lr !== own[i]) group.lr = this.lrFrom(lr, epoch, initialLrOf(group), i);
    });
  }

  /** Moves directly to an epoch. */
  moveTo(epoch: number): void {
    this.#lastEpoch = epoch;
    this.optimizer.paramGroups.forEach((group, i) => {
      group.lr = this.lrAt(epoch, initialLrOf(group), i);
    });
  }

  /** Returns the current learning rate of each group. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }

  /** Returns the state to save. The initial learning rates are saved with the optimizer. */
  stateDict(): SchedulerState {
    return { last_epoch: this.#lastEpoch };
  }

  /**
   * Loads a saved state.
   *
   * @throws FileError when `state` has no integer `last_epoch`.
   */
  loadStateDict(state: SchedulerState): void {
    const epoch = state?.last_epoch;
    if (epoch === undefined || !Number.isInteger(epoch))
      throw new FileError(`${this.constructor.name}.loadStateDict: the state has no last_epoch`);
    this.moveTo(epoch);
  }
}
