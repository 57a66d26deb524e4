/**
 * A scheduler that watches a metric.
 */

import { ArgumentError, checkChoice, FileError, settings } from "@akari/tensor";
import type { BaseOptions, Optimizer } from "../optimizer.ts";
import type { SchedulerState } from "./scheduler.ts";

/** Options of `ReduceLROnPlateau`. */
export interface PlateauOptions {
  /** Whether a smaller or a larger metric is better. Default "min". */
  readonly mode?: "min" | "max";
  /** What the learning rate is multiplied by. Default 0.1. */
  readonly factor?: number;
  /** How many epochs without improvement are put up with. Default 10. */
  readonly patience?: number;
  /** How much better counts as better. Default 1e-4. */
  readonly threshold?: number;
  /** Whether `threshold` is a part of the best metric or a distance from it. Default "rel". */
  readonly thresholdMode?: "rel" | "abs";
  /** How many epochs to wait after a reduction. Default 0. */
  readonly cooldown?: number;
  /** The lowest learning rate, or one for each group. Default 0. */
  readonly minLr?: number | readonly number[];
  /** A change smaller than this is not made. Default 1e-8. */
  readonly eps?: number;
}

/**
 * Multiplies the learning rate by `factor` when a metric has stopped improving.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
 *
 * @example
 * const scheduler = new ReduceLROnPlateau(optimizer, { patience: 3 });
 * scheduler.step(await validate());
 */
export class ReduceLROnPlateau<Options extends BaseOptions> {
  readonly #optimizer: Optimizer<Options>;
  readonly #options: Required<PlateauOptions>;
  #best: number;
  #bad = 0;
  #cooling = 0;
  #lastEpoch = 0;

  constructor(optimizer: Optimizer<Options>, options?: PlateauOptions) {
    this.#optimizer = optimizer;
    this.#options = settings("ReduceLROnPlateau", options, {
      mode: "min",
      factor: 0.1,
      patience: 10,
      threshold: 1e-4,
      thresholdMode: "rel",
      cooldown: 0,
      minLr: 0,
      eps: 1e-8,
    });
    const { factor, mode } = this.#options;
    if (!(factor < 1)) throw new ArgumentError(`ReduceLROnPlateau: factor must be below 1, got ${factor}`);
    checkChoice("ReduceLROnPlateau", "mode", mode, ["min", "max"]);
    const { minLr } = this.#options;
    const groups = optimizer.paramGroups.length;
    if (typeof minLr === "object" && minLr.length !== groups)
      throw new ArgumentError(`ReduceLROnPlateau: expected one minLr or ${groups} of them, got ${minLr.length}`);
    this.#best = this.#worst;
  }

  get #worst(): number {
    return this.#options.mode === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  /** How often `step` was called. */
  get lastEpoch(): number {
    return this.#lastEpoch;
  }

  /** The learning rates of the groups as they are now. */
  getLastLr(): number[] {
    return this.#optimizer.paramGroups.map((group) => group.lr);
  }

  /** Tells the metric of an epoch. */
  step(metric: number): void {
    const { factor, patience, cooldown, minLr, eps } = this.#options;
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
      // safe: one for each group
      const lr = Math.max(group.lr * factor, typeof minLr === "number" ? minLr : (minLr[i] as number));
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

  /** What is needed to go on later. */
  stateDict(): SchedulerState {
    return {
      last_epoch: this.#lastEpoch,
      best: this.#best,
      num_bad_epochs: this.#bad,
      cooldown_counter: this.#cooling,
    };
  }

  /** Goes on from a saved state. Throws a FileError when it is none. */
  loadStateDict(state: SchedulerState): void {
    const { last_epoch, best, num_bad_epochs, cooldown_counter } = state;
    if (
      last_epoch === undefined ||
      best === undefined ||
      num_bad_epochs === undefined ||
      cooldown_counter === undefined
    ) {
      throw new FileError(
        "ReduceLROnPlateau.loadStateDict: the state lacks last_epoch, best, num_bad_epochs or cooldown_counter",
      );
    }
    this.#lastEpoch = last_epoch;
    this.#best = Number.isFinite(best) ? best : this.#worst; // JSON makes null of infinity
    this.#bad = num_bad_epochs;
    this.#cooling = cooldown_counter;
  }
}
