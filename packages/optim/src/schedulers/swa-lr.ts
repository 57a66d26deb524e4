/**
 * The learning rate of stochastic weight averaging: from wherever it is to a constant one.
 */

import { ArgumentError, checkChoice, checkInteger, settings } from "@akari/tensor";
import { checkNotNegative } from "../checks.ts";
import type { BaseOptions, Optimizer } from "../optimizer.ts";
import { LRScheduler, type SchedulerState } from "./scheduler.ts";

/** Options of `SWALR`. */
export interface SWALROptions {
  /** In how many epochs the rate gets there. Default 10; 0 for at once. */
  readonly annealEpochs?: number;
  /** Along half a wave or a straight line. Default "cos". */
  readonly annealStrategy?: "cos" | "linear";
}

/**
 * Leads the learning rates from where they are, whatever other schedulers made of them before, to `swaLr`, and leaves
 * them there.
 *
 *     lr = (1 - α) lr₀ + α swaLr        α = (1 - cos(π t)) / 2 or t,  t = epoch / annealEpochs, at most 1
 *
 * https://pytorch.org/docs/stable/optim.html#torch.optim.swa_utils.SWALR
 *
 * @param swaLr the rate in the end: one for all groups, or one for each.
 * @example
 * const scheduler = new SWALR(optimizer, 0.05, { annealEpochs: 5 });
 */
export class SWALR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "SWALR";
  readonly #swaLrs: readonly number[];
  readonly #share: (epoch: number) => number;
  #starts: readonly number[];

  constructor(optimizer: Optimizer<Options>, swaLr: number | readonly number[], options?: SWALROptions) {
    super(optimizer);
    const { annealEpochs, annealStrategy } = settings("SWALR", options, { annealEpochs: 10, annealStrategy: "cos" });
    checkInteger("SWALR", "annealEpochs", annealEpochs);
    checkChoice("SWALR", "annealStrategy", annealStrategy, ["cos", "linear"]);
    const groups = optimizer.paramGroups.length;
    this.#swaLrs = typeof swaLr === "number" ? new Array<number>(groups).fill(swaLr) : swaLr;
    if (this.#swaLrs.length !== groups)
      throw new ArgumentError(
        `SWALR: expected one swaLr or one for each of the ${groups} groups, got ${this.#swaLrs.length}`,
      );
    for (const rate of this.#swaLrs) checkNotNegative("SWALR", { swaLr: rate });
    this.#share = (epoch) => {
      const t = annealEpochs === 0 ? 1 : Math.min(1, epoch / annealEpochs);
      return annealStrategy === "cos" ? (1 - Math.cos(Math.PI * t)) / 2 : t;
    };
    this.#starts = this.getLastLr();
    super.moveTo(0);
  }

  /** Where a rate began that has come as far as `epoch` says. */
  #startOf(lr: number, epoch: number, group: number): number {
    const [share, end] = [this.#share(epoch), this.#swaLrs[group] as number];
    return share === 1 ? end : (lr - share * end) / (1 - share);
  }

  protected override lrAt(epoch: number, _: number, group: number): number {
    const share = this.#share(epoch);
    return (this.#swaLrs[group] as number) * share + (this.#starts[group] as number) * (1 - share);
  }

  override lrFrom(lr: number, epoch: number, baseLr: number, group: number): number {
    const start = this.#startOf(lr, Math.max(epoch - 1, 0), group);
    this.#starts = this.#starts.map((known, i) => (i === group ? start : known));
    return this.lrAt(epoch, baseLr, group);
  }

  /** Goes to an epoch at once. The rates go on from where they are. */
  override moveTo(epoch: number): void {
    this.#starts = this.getLastLr().map((lr, i) => this.#startOf(lr, this.lastEpoch, i));
    super.moveTo(epoch);
  }

  /**
   * Goes on from a saved state. The rates are left as they are: they are saved with the optimizer. Throws a FileError
   * when it is none.
   */
  override loadStateDict(state: SchedulerState): void {
    const lrs = this.getLastLr();
    super.loadStateDict(state);
    this.optimizer.paramGroups.forEach((group, i) => {
      group.lr = lrs[i] as number;
    });
  }
}
