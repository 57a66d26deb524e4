/**
 * The scheduler for stochastic weight averaging, which anneals the current learning rate to a constant.
 */

import { checkChoice, checkInteger, settings } from "@akari/tensor";
import { checkNotNegative } from "../checks.ts";
import type { BaseOptions, Optimizer } from "../optimizer.ts";
import { LRScheduler, perGroup, type SchedulerOptions } from "./scheduler.ts";

/** Options of `SWALR`. */
export interface SWALROptions extends SchedulerOptions {
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

  constructor(optimizer: Optimizer<Options>, swaLr: number | readonly number[], options?: SWALROptions) {
    super(optimizer);
    const { annealEpochs, annealStrategy, lastEpoch } = settings("SWALR", options, {
      annealEpochs: 10,
      annealStrategy: "cos",
      lastEpoch: -1,
    });
    checkInteger("SWALR", "annealEpochs", annealEpochs);
    checkChoice("SWALR", "annealStrategy", annealStrategy, ["cos", "linear"]);
    this.#swaLr = perGroup("SWALR", optimizer, "swaLr", swaLr);
    for (const rate of [swaLr].flat()) checkNotNegative("SWALR", { swaLr: rate });
    this.#share = (epoch) => {
      const t = annealEpochs === 0 ? 1 : Math.min(1, epoch / annealEpochs);
      return annealStrategy === "cos" ? (1 - Math.cos(Math.PI * t)) / 2 : t;
    };
    this.start(lastEpoch);
  }

  protected override lrFrom(lr: number, epoch: number, _: number, group: number): number {
    const [before, after] = [this.#share(Math.max(epoch - 1, 0)), this.#share(epoch)];
    const end = this.#swaLr(group) ?? lr;
    const start = before === 1 ? end : (lr - before * end) / (1 - before);
    return end * after + start * (1 - after);
  }

  /** Begins with epoch 1 from the current learning rates. */
  override restart(): void {
    this.advance(1);
  }
}
