/**
 * A scheduler that follows a metric.
 */

import { checkChoice, expectNumber, FileError, isOptions, refuse, settings } from "@akari/tensor";
import type { BaseOptions, Optimizer } from "../optimizer.ts";
import { expectOptimizer, perGroup, type SchedulerState, showScheduler } from "./scheduler.ts";

/** Options of `ReduceLROnPlateau`. */
export interface PlateauOptions {
  /** Whether the metric is minimized or maximized. Default "min". */
  readonly mode?: "min" | "max";
  /** Factor by which the learning rate is reduced, less than 1. Default 0.1. */
  readonly factor?: number;
  /** Number of epochs without improvement after which the next such epoch reduces the learning rate. Default 10. */
  readonly patience?: number;
  /** Smallest change of the metric that counts as an improvement. Default 1e-4. */
  readonly threshold?: number;
  /** Whether `threshold` is relative to the best metric or absolute. Default "rel". */
  readonly thresholdMode?: "rel" | "abs";
  /** Number of epochs after a reduction during which epochs without improvement are not counted. Default 0. */
  readonly cooldown?: number;
  /** Lower bound of the learning rate, for all groups or as an array with one per group. Default 0. */
  readonly minLr?: number | readonly number[];
  /** Reductions not greater than this are skipped. Default 1e-8. */
  readonly eps?: number;
}

/**
 * Reduces the learning rate by `factor` when a metric has stopped improving.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
 *
 * @throws ArgumentError for invalid options.
 * @example
 * const scheduler = new ReduceLROnPlateau(optimizer, { patience: 3 });
 * scheduler.step(await validate());
 */
export class ReduceLROnPlateau<Options extends BaseOptions> {
  readonly #optimizer: Optimizer<Options>;
  readonly #options: Required<PlateauOptions>;
  readonly #minLr: (group: number) => number | undefined;
  #best: number;
  #bad = 0;
  #cooling = 0;
  #lastEpoch = 0;

  /** @param mode as in the options, and may be left out before them. */
  constructor(optimizer: Optimizer<Options>, mode: "min" | "max" | PlateauOptions = "min", options?: PlateauOptions) {
    expectOptimizer("ReduceLROnPlateau", optimizer);
    this.#optimizer = optimizer;
    const [word, given] = isOptions(mode) ? ["min" as const, mode] : [mode, options];
    this.#options = settings("ReduceLROnPlateau", given, {
      mode: word,
      factor: 0.1,
      patience: 10,
      threshold: 1e-4,
      thresholdMode: "rel",
      cooldown: 0,
      minLr: 0,
      eps: 1e-8,
    });
    const { factor, thresholdMode, minLr } = this.#options;
    if (!(factor < 1)) refuse("ReduceLROnPlateau", "factor", factor, "be below 1");
    checkChoice("ReduceLROnPlateau", "mode", this.#options.mode, ["min", "max"]);
    checkChoice("ReduceLROnPlateau", "thresholdMode", thresholdMode, ["rel", "abs"]);
    this.#minLr = perGroup("ReduceLROnPlateau", optimizer, "minLr", minLr);
    this.#best = this.#worst;
  }

  get #worst(): number {
    return this.#options.mode === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  /** Number of calls of `step`. */
  get lastEpoch(): number {
    return this.#lastEpoch;
  }

  /** Returns the current learning rate of each group. */
  getLastLr(): number[] {
    return this.#optimizer.paramGroups.map((group) => group.lr);
  }

  /** Records the metric of an epoch, and reduces the learning rate if it has stopped improving. */
  step(metric: number): void {
    expectNumber("ReduceLROnPlateau.step", "metric", metric);
    const { factor, patience, cooldown, eps } = this.#options;
    this.#lastEpoch++;
    if (this.#isBetter(metric)) {
      this.#best = metric;
      this.#bad = 0;
    } else {
      this.#bad++;
    }
    if (this.#cooling > 0) {
      this.#cooling--;
      this.#bad = 0;
    }
    if (this.#bad <= patience) return;
    for (const [i, group] of this.#optimizer.paramGroups.entries()) {
      const lr = Math.max(group.lr * factor, this.#minLr(i) ?? 0);
      if (group.lr - lr > eps) group.lr = lr;
    }
    this.#cooling = cooldown;
    this.#bad = 0;
  }

  #isBetter(metric: number): boolean {
    const { mode, threshold, thresholdMode } = this.#options;
    const best = this.#best;
    if (mode === "min") return metric < (thresholdMode === "rel" ? best * (1 - threshold) : best - threshold);
    return metric > (thresholdMode === "rel" ? best * (1 + threshold) : best + threshold);
  }

  /** Returns the state to save. */
  stateDict(): SchedulerState {
    return {
      last_epoch: this.#lastEpoch,
      best: this.#best,
      num_bad_epochs: this.#bad,
      cooldown_counter: this.#cooling,
    };
  }

  /**
   * Loads a saved state.
   *
   * @throws FileError when an entry is missing.
   */
  loadStateDict(state: SchedulerState): void {
    for (const name of Object.keys(this.stateDict()))
      if (typeof { ...state, best: state?.best ?? 0 }[name] !== "number")
        throw new FileError(`ReduceLROnPlateau.loadStateDict: the state has no number ${name}`);
    const { last_epoch, best, num_bad_epochs, cooldown_counter } = state as Required<SchedulerState>; // safe: checked
    this.#lastEpoch = last_epoch;
    this.#best = Number.isFinite(best) ? best : this.#worst; // JSON turns infinity into null
    this.#bad = num_bad_epochs;
    this.#cooling = cooldown_counter;
  }

  /** Returns the name of the scheduler, its epoch and the current learning rate of each group. */
  toString(): string {
    return showScheduler(this);
  }
}
