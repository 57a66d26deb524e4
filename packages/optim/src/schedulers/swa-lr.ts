/**
 * The scheduler for stochastic weight averaging, which anneals the current learning rate to a constant.
 */

import { checkChoice, checkInteger, settings } from "@akari/tensor";
import { checkNotNegative } from "../checks.ts";
import type { BaseOptions, Optimizer } from "../optimizer.ts";
import { LRScheduler, perGroup, type SchedulerState } from "./scheduler.ts";

/** Options of `SWALR`. */
export interface SWALROptions {
  /** Number of epochs of the annealing; 0 sets the learning rate immediately. Default 10. */
  readonly annealEpochs?: number;
  /** Shape of the annealing: cosine or linear. Default "cos". */
  readonly annealStrategy?: "cos" | "linear";
}

/**
 * Anneals the learning rate from its current value, which other schedulers may have set, to `swaLr` and keeps it there.
 *
 *     lr = (1 - α) lr₀ + α swaLr        α = (1 - cos(π t)) / 2 or t,  t = epoch / annealEpochs, at most 1
 *
 * https://pytorch.org/docs/stable/optim.html#torch.optim.swa_utils.SWALR
 *
 * @param swaLr the final learning rate, for all groups or as an array with one per group.
 * @throws ArgumentError for a negative `swaLr`, an array without one value per group, and invalid options.
 * @example
 * const scheduler = new SWALR(optimizer, 0.05, { annealEpochs: 5 });
 */
export class SWALR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "SWALR";
  readonly #swaLr: (group: number) => number | undefined;
  readonly #share: (epoch: number) => number;
  #starts: readonly number[];

  constructor(optimizer: Optimizer<Options>, swaLr: number | readonly number[], options?: SWALROptions) {
    super(optimizer);
    const { annealEpochs, annealStrategy } = settings("SWALR", options, { annealEpochs: 10, annealStrategy: "cos" });
    checkInteger("SWALR", "annealEpochs", annealEpochs);
    checkChoice("SWALR", "annealStrategy", annealStrategy, ["cos", "linear"]);
    this.#swaLr = perGroup("SWALR", optimizer, "swaLr", swaLr);
    for (const rate of [swaLr].flat()) checkNotNegative("SWALR", { swaLr: rate });
    this.#share = (epoch) => {
      const t = annealEpochs === 0 ? 1 : Math.min(1, epoch / annealEpochs);
      return annealStrategy === "cos" ? (1 - Math.cos(Math.PI * t)) / 2 : t;
    };
    this.#starts = this.getLastLr();
    super.moveTo(0);
  }

  override get continues(): boolean {
    return true;
  }

  /** Computes the learning rate at epoch 0 that results in `lr` at `epoch`. */
  #startOf(lr: number, epoch: number, group: number): number {
    const [share, end] = [this.#share(epoch), this.#swaLr(group) ?? lr];
    return share === 1 ? end : (lr - share * end) / (1 - share);
  }

  protected override lrAt(epoch: number, baseLr: number, group: number): number {
    const share = this.#share(epoch);
    return (this.#swaLr(group) ?? baseLr) * share + (this.#starts[group] as number) * (1 - share);
  }

  override lrFrom(lr: number, epoch: number, baseLr: number, group: number): number {
    const start = this.#startOf(lr, Math.max(epoch - 1, 0), group);
    this.#starts = this.#starts.map((known, i) => (i === group ? start : known));
    return this.lrAt(epoch, baseLr, group);
  }

  /** Moves directly to an epoch. The annealing continues from the current learning rates. */
  override moveTo(epoch: number): void {
    this.#starts = this.getLastLr().map((lr, i) => this.#startOf(lr, this.lastEpoch, i));
    super.moveTo(epoch);
  }

  /**
   * Loads a saved state. The learning rates are not changed, since they are saved with the optimizer.
   *
   * @throws FileError when `state` has no integer `last_epoch`.
   */
  override loadStateDict(state: SchedulerState): void {
    const lrs = this.getLastLr();
    super.loadStateDict(state);
    this.optimizer.paramGroups.forEach((group, i) => {
      group.lr = lrs[i] as number;
    });
  }
}
