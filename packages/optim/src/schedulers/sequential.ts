/**
 * Schedulers one after the other.
 */

import { ArgumentError } from "@akari/tensor";
import type { BaseOptions, Optimizer } from "../optimizer.ts";
import { LRScheduler } from "./scheduler.ts";

/**
 * Uses the first scheduler up to the first of `milestones`, the second up to the next, and so on; each starts anew.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.SequentialLR.html
 *
 * @example
 * const warmup = new LinearLR(optimizer, { startFactor: 0.1, totalIters: 5 });
 * const scheduler = new SequentialLR(optimizer, [warmup, new ExponentialLR(optimizer, 0.9)], [5]);
 */
export class SequentialLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "SequentialLR";
  readonly #schedulers: readonly LRScheduler<Options>[];
  readonly #milestones: readonly number[];

  constructor(optimizer: Optimizer<Options>, schedulers: readonly LRScheduler<Options>[], milestones: readonly number[]) {
    super(optimizer);
    if (schedulers.length === 0 || milestones.length !== schedulers.length - 1) {
      throw new ArgumentError(
        `SequentialLR: ${schedulers.length} schedulers need ${Math.max(schedulers.length - 1, 0)} milestones, got ${milestones.length}`,
      );
    }
    this.#schedulers = schedulers;
    this.#milestones = milestones;
    this.moveTo(0);
  }

  override moveTo(epoch: number): void {
    super.moveTo(epoch);
    const index = this.#milestones.filter((milestone) => milestone <= epoch).length;
    this.#schedulers[index]?.moveTo(epoch - (this.#milestones[index - 1] ?? 0));
  }

  protected override lrAt(_: number, baseLr: number): number {
    return baseLr;
  }
}
