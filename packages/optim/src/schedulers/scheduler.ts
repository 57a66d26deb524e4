/**
 * `LRScheduler`: moves the learning rate of each group from one epoch to the next. Most schedulers are a closed formula
 * of the number of epochs and the initial learning rate. A learning rate that something else has changed, such as
 * another scheduler, changes by the same factor instead.
 */

import { ArgumentError, checkInteger, expected, FileError, perform, refuse } from "@akari/tensor";
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
 * the options `factor` and `scaleFn` a function.
 */
export function perGroup<T>(
  scheduler: string,
  { paramGroups: { length } }: { readonly paramGroups: { readonly length: number } },
  option: string,
  value: T | readonly T[],
): (group: number) => T | undefined {
  const kind = /^factor|Fn$/.test(option) ? "function" : "number";
  for (const each of [value].flat()) {
    if (typeof each !== kind) refuse(scheduler, option, each, `be a ${kind}`);
  }
  if (!Array.isArray(value)) return () => value as T; // safe: not an array
  if (value.length !== length)
    throw new ArgumentError(
      `${scheduler}: expected one ${option} or one for each of the ${length} parameter groups, got ${value.length}`,
    );
  return (group) => value[group];
}

/** Throws an ArgumentError unless a value is an optimizer. */
export function expectOptimizer(scheduler: string, optimizer: { readonly paramGroups: unknown }): void {
  if (!optimizer?.paramGroups) expected(scheduler, "an optimizer", optimizer);
}

/** Saved state of a scheduler, with PyTorch's names. Which entries there are depends on the scheduler. */
export interface SchedulerState {
  /** Number of calls of `step`. */
  readonly last_epoch?: number;
  /** Initial learning rate of each group. */
  readonly base_lrs?: readonly number[];
  /** Learning rate of each group. */
  readonly _last_lr?: readonly number[];
  /** Number of steps of `SWALR`, counting the creation, if it is not that of the epochs. */
  readonly _step_count?: number;
  /** Number of epochs since the last restart of `CosineAnnealingWarmRestarts`. */
  readonly T_cur?: number;
  /** Length of its current cycle. */
  readonly T_i?: number;
  /** States of the schedulers that it combines. */
  readonly _schedulers?: readonly SchedulerState[];
  /** The best metric of `ReduceLROnPlateau`. */
  readonly best?: number;
  /** Its number of epochs without improvement. */
  readonly num_bad_epochs?: number;
  /** Its number of epochs in which these are not counted. */
  readonly cooldown_counter?: number;
}

/** Options of all schedulers. */
export interface SchedulerOptions {
  /**
   * Epoch after which to continue, from the optimizer's current learning rates. Each parameter group must then have its
   * `initialLr`, which an optimizer's saved state contains. Default -1, to begin with epoch 0.
   */
  readonly lastEpoch?: number;
}

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

/** Formats the epoch and the learning rates of a scheduler. */
export function showScheduler(scheduler: Pick<Scheduler, "lastEpoch" | "getLastLr">): string {
  return `${scheduler.constructor.name}(lastEpoch: ${scheduler.lastEpoch}, lr: [${scheduler.getLastLr().join(", ")}])`;
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
  /** The schedulers that this one combines. Default: none. */
  protected readonly schedulers: readonly LRScheduler<Options>[] = [];
  #lastEpoch = 0;
  #baseLrs: readonly number[] = [];

  constructor(optimizer: Optimizer<Options>) {
    expectOptimizer(this.constructor.name, optimizer);
    this.optimizer = optimizer;
  }

  /**
   * Moves to the epoch after `lastEpoch`. Constructors call it once everything else is checked and set.
   *
   * @throws ArgumentError when `lastEpoch` is not -1 and a parameter group has no `initialLr`.
   */
  protected start(lastEpoch = -1): void {
    const { name } = this.constructor;
    checkInteger(name, "lastEpoch", lastEpoch, -1, 1e9);
    if (lastEpoch >= 0 && this.optimizer.paramGroups.some((group) => group.initialLr === undefined))
      throw new ArgumentError(`${name}: lastEpoch needs groups with initialLr; load the optimizer's state first`);
    this.#baseLrs = this.baseLrs;
    this.advance(lastEpoch + 1);
  }

  /** Initial learning rate of each group, as it was when the scheduler was created or the group added. */
  get baseLrs(): readonly number[] {
    return this.optimizer.paramGroups.map((group, i) => this.#baseLrs[i] ?? initialLrOf(group));
  }

  /** Number of calls of `step`. */
  get lastEpoch(): number {
    return this.#lastEpoch;
  }

  /** Returns the learning rate of a group after `epoch` steps. Default: the initial one. */
  protected lrAt(_epoch: number, baseLr: number, _group: number): number {
    return baseLr;
  }

  /**
   * Returns the learning rate at `epoch` given the rate `lr` before, which may result from other schedulers. By default,
   * it changes by the same factor as under this scheduler alone.
   */
  protected lrFrom(lr: number, epoch: number, baseLr: number, group: number): number {
    const before = epoch === 0 ? baseLr : this.lrAt(epoch - 1, baseLr, group);
    const after = this.lrAt(epoch, baseLr, group);
    if (lr === before) return after; // without rounding
    return before === 0 ? lr : lr * (after / before);
  }

  /** Advances by one epoch. Call it after the optimizer's steps of the epoch. */
  step(): void {
    perform(() => this.advance(this.#lastEpoch + 1));
  }

  /** Moves to `epoch`, the one after the current, from the current learning rates. */
  advance(epoch: number): void {
    this.enter(epoch);
    const { baseLrs } = this;
    this.#setLrs(this.getLastLr().map((lr, i) => this.lrFrom(lr, epoch, baseLrs[i] as number, i))); // safe: one per group
  }

  /** Begins with epoch 0 when a `SequentialLR` reaches the scheduler. By default, from the initial learning rates. */
  restart(): void {
    this.#setLrs(this.baseLrs);
    this.advance(0);
  }

  /** Sets the current epoch. Schedulers that set more than the learning rate extend it. */
  protected enter(epoch: number): void {
    this.#lastEpoch = epoch;
  }

  #setLrs(lrs: readonly number[]): void {
    this.optimizer.paramGroups.forEach((group, i) => {
      group.lr = lrs[i] ?? group.lr;
    });
  }

  /** Returns the current learning rate of each group. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }

  /** Returns the state to save: the epoch, and the initial and current learning rates. */
  stateDict(): SchedulerState {
    const own = { last_epoch: this.#lastEpoch, base_lrs: this.baseLrs, _last_lr: this.getLastLr() };
    const _schedulers = this.schedulers.map((scheduler) => scheduler.stateDict());
    return _schedulers.length > 0 ? { ...own, _schedulers } : own;
  }

  /**
   * Loads a saved state. It sets the learning rates of the optimizer as well.
   *
   * @throws FileError when `state` is not the state of such a scheduler. Nothing is changed then.
   */
  loadStateDict(state: SchedulerState): void {
    this.checkState(state);
    const { _schedulers = [], last_epoch = _schedulers[0]?.last_epoch, base_lrs = [], _last_lr } = state;
    this.schedulers.forEach((scheduler, i) => void scheduler.loadStateDict(_schedulers[i] as SchedulerState));
    this.#baseLrs = base_lrs;
    // safe, all: checked
    this.enter(last_epoch as number);
    this.#setLrs(_last_lr as readonly number[]);
  }

  /** Returns the name of the scheduler, its epoch and the current learning rate of each group. */
  toString(): string {
    return showScheduler(this);
  }

  /** Throws a FileError unless `state` has the form of a saved state of this scheduler. */
  checkState(state: SchedulerState | undefined): void {
    // PyTorch's `ChainedScheduler` saves the epoch only with the schedulers that it combines.
    const { _schedulers = [], last_epoch = _schedulers[0]?.last_epoch } = state ?? {};
    const { base_lrs = [], _last_lr, _step_count = 0, T_cur = 0 } = state ?? {};
    const count = this.schedulers.length;
    const areNumbers = (all: unknown): boolean => Array.isArray(all) && all.every((one) => typeof one === "number");
    const areRates = areNumbers(_last_lr) && areNumbers(base_lrs) && areNumbers([_step_count, T_cur]);
    if (!Number.isInteger(last_epoch) || !areRates || _schedulers.length !== count)
      throw new FileError(
        `${this.constructor.name}.loadStateDict: expected an object with last_epoch, _last_lr and ${count} _schedulers, as returned by stateDict`,
      );
    this.schedulers.forEach((scheduler, i) => void scheduler.checkState(_schedulers[i]));
  }
}
