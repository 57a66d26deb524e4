/**
 * The scheduler for stochastic weight averaging, which anneals the current learning rate to a constant.
 */

import { checkChoice, checkInteger, settings } from "@akari/tensor";
import { checkNotNegative } from "../checks.ts";
import type { BaseOptions, Optimizer } from "../optimizer.ts";
import { cosine } from "./ramp.ts";
import { LRScheduler, perGroup, type SchedulerOptions, type SchedulerState } from "./scheduler.ts";

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
 *     lr = (1 - α) lr₀ + α swaLr        α = (1 - cos(π t)) / 2 or t,  t = steps / annealEpochs, at most 1
 *
 * Steps are counted from the creation of the scheduler, also after `lastEpoch`. A saved state continues the annealing.
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
  readonly #share: (step: number) => number;
  /** The number of steps of the annealing at epoch 0: negative if it began later. */
  #shift: number;

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
    this.#share = (step) => {
      const t = annealEpochs === 0 ? 1 : Math.min(1, step / annealEpochs);
      return annealStrategy === "cos" ? cosine(0, 1, t) : t;
    };
    this.#shift = -1 - lastEpoch;
    this.start(lastEpoch);
  }

  protected override lrFrom(lr: number, epoch: number, _: number, group: number): number {
    const step = epoch + this.#shift;
    const [before, after] = [this.#share(Math.max(step - 1, 0)), this.#share(step)];
    const end = this.#swaLr(group) ?? lr;
    const start = before === 1 ? end : (lr - before * end) / (1 - before);
    return end * after + start * (1 - after);
  }

  /** Begins with epoch 0 from the current learning rates, which is the first step of the annealing. */
  override restart(): void {
    this.#shift = 1;
    this.advance(0);
  }

  /** Returns the state to save: the epoch, the learning rates, and the number of steps. */
  override stateDict(): SchedulerState {
    return { ...super.stateDict(), _step_count: this.lastEpoch + this.#shift + 1 };
  }

  /**
   * Loads a saved state. It sets the learning rates of the optimizer as well.
   *
   * @throws FileError when `state` is not the state of such a scheduler. Nothing is changed then.
   */
  override loadStateDict(state: SchedulerState): void {
    super.loadStateDict(state);
    const { lastEpoch } = this;
    this.#shift = (state._step_count ?? lastEpoch + 1) - 1 - lastEpoch;
  }
}
