/**
 * Schedulers that cycle the learning rate up and down, and the momentum inversely.
 */

import { ArgumentError, checkChoice, checkNumber, settings } from "@akari/tensor";
import type { BaseOptions, Optimizer } from "../optimizer.ts";
import { cosine } from "./ramp.ts";
import { LRScheduler, perGroup, type SchedulerOptions } from "./scheduler.ts";

/** A group that may have a momentum, as `momentum` or as β₁. */
type WithMomentum = { momentum?: number; betas?: readonly [number, number] };

/** How the momentum is cycled. */
export interface MomentumOptions {
  /** Whether to cycle the momentum (or β₁) inversely to the learning rate. Default true. */
  readonly cycleMomentum?: boolean;
  /** Momentum at the peak of the learning rate, for all groups or as an array with one per group. */
  readonly baseMomentum?: number | readonly number[];
  /** Momentum at the lowest learning rate, in the same form. */
  readonly maxMomentum?: number | readonly number[];
}

/** A scheduler that sets the learning rate, whatever it was before, and the momentum. */
abstract class Cycle<Options extends BaseOptions> extends LRScheduler<Options> {
  #baseMomentum: (group: number) => number | undefined = () => undefined;
  #maxMomentum = this.#baseMomentum;

  /** Returns the momentum after `epoch` steps, from `base` at the peak of the learning rate to `max` at its lowest. */
  protected abstract momentumAt(epoch: number, base: number, max: number): number;

  /**
   * Sets how the momentum is cycled.
   *
   * @throws ArgumentError when the optimizer has no momentum to cycle, and for an array without one value per group.
   */
  protected setMomentum({ cycleMomentum, baseMomentum, maxMomentum }: Required<MomentumOptions>): void {
    if (!cycleMomentum) return;
    const { name } = this.constructor;
    const { defaults } = this.optimizer as { readonly defaults: WithMomentum };
    if (defaults.momentum === undefined && defaults.betas === undefined)
      throw new ArgumentError(`${name}: this optimizer has no momentum to cycle; pass { cycleMomentum: false }`);
    this.#baseMomentum = perGroup(name, this.optimizer, "baseMomentum", baseMomentum);
    this.#maxMomentum = perGroup(name, this.optimizer, "maxMomentum", maxMomentum);
  }

  /** Sets the current epoch and the momentum. */
  protected override enter(epoch: number): void {
    super.enter(epoch);
    (this.optimizer.paramGroups as WithMomentum[]).forEach((group, i) => {
      const [base, max] = [this.#baseMomentum(i), this.#maxMomentum(i)];
      if (base === undefined || max === undefined) return;
      const momentum = this.momentumAt(epoch, base, max);
      if (group.betas !== undefined) group.betas = [momentum, group.betas[1]];
      else group.momentum = momentum;
    });
  }

  protected override lrFrom(_: number, epoch: number, baseLr: number, group: number): number {
    return this.lrAt(epoch, baseLr, group);
  }
}

/** Options of `OneCycleLR`. */
export interface OneCycleOptions extends SchedulerOptions, MomentumOptions {
  /** Number of steps of the cycle. Required unless `epochs` and `stepsPerEpoch` are given. */
  readonly totalSteps?: number;
  /** Number of epochs. The cycle has `epochs * stepsPerEpoch` steps unless `totalSteps` is given. */
  readonly epochs?: number;
  /** Number of steps per epoch, usually the length of the data loader. */
  readonly stepsPerEpoch?: number;
  /** Fraction of the cycle in which the learning rate increases. Default 0.3. */
  readonly pctStart?: number;
  /** Interpolation between the turning points: cosine or linear. Default "cos". */
  readonly annealStrategy?: "cos" | "linear";
  /** Momentum at the peak of the learning rate, for all groups or as an array with one per group. Default 0.85. */
  readonly baseMomentum?: number | readonly number[];
  /** Momentum at the start and at the end of the cycle, in the same form. Default 0.95. */
  readonly maxMomentum?: number | readonly number[];
  /** Ratio of `maxLr` to the initial learning rate. Default 25. */
  readonly divFactor?: number;
  /** Ratio of the initial to the final learning rate. Default 1e4. */
  readonly finalDivFactor?: number;
  /**
   * Whether to decrease the learning rate in two phases, first to the initial and then to the final learning rate.
   * Default false.
   */
  readonly threePhase?: boolean;
}

/**
 * The 1cycle policy: increases the learning rate to `maxLr`, then decreases it to far below its initial value. Smith &
 * Topin 2018, "Super-convergence", https://arxiv.org/abs/1708.07120
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html
 *
 * Call `step` after every batch.
 *
 * @param maxLr the maximum learning rate, for all groups or as an array with one per group.
 * @throws ArgumentError without a number of steps, when the optimizer has no momentum to cycle, and for invalid
 * options.
 * @throws ArgumentError from `step` when it is called more often than the cycle has steps.
 */
export class OneCycleLR<Options extends BaseOptions> extends Cycle<Options> {
  static override name = "OneCycleLR";
  readonly #maxLr: (group: number) => number | undefined;
  readonly #totalSteps: number;
  readonly #options: Required<Omit<OneCycleOptions, "totalSteps" | "epochs" | "stepsPerEpoch">>;

  constructor(optimizer: Optimizer<Options>, maxLr: number | readonly number[], options: OneCycleOptions) {
    super(optimizer);
    this.#maxLr = perGroup("OneCycleLR", optimizer, "maxLr", maxLr);
    const { totalSteps, epochs, stepsPerEpoch, ...shape } = settings("OneCycleLR", options, {
      totalSteps: undefined,
      epochs: undefined,
      stepsPerEpoch: undefined,
      pctStart: 0.3,
      annealStrategy: "cos",
      cycleMomentum: true,
      baseMomentum: 0.85,
      maxMomentum: 0.95,
      divFactor: 25,
      finalDivFactor: 1e4,
      threePhase: false,
      lastEpoch: -1,
    });
    const counts = totalSteps === undefined ? [epochs, stepsPerEpoch] : [totalSteps];
    if (!counts.every((count) => Number.isInteger(count) && (count as number) > 0))
      throw new ArgumentError("OneCycleLR: pass totalSteps, or epochs and stepsPerEpoch, as positive integers");
    checkNumber("OneCycleLR", "pctStart", shape.pctStart, 1);
    checkChoice("OneCycleLR", "annealStrategy", shape.annealStrategy, ["cos", "linear"]);
    this.#totalSteps = (counts as number[]).reduce((product, count) => product * count); // safe: checked
    this.#options = shape;
    this.setMomentum(shape);
    if (shape.lastEpoch === -1)
      optimizer.paramGroups.forEach((group, i) => {
        group.initialLr = this.lrAt(0, group.lr, i);
      });
    this.start(shape.lastEpoch);
  }

  /**
   * Sets the current epoch and the momentum.
   *
   * @throws ArgumentError beyond the last step of the cycle.
   */
  protected override enter(epoch: number): void {
    if (epoch > this.#totalSteps)
      throw new ArgumentError(`OneCycleLR: the cycle has ${this.#totalSteps} steps, this is step ${epoch}`);
    super.enter(epoch);
  }

  protected override momentumAt(epoch: number, base: number, max: number): number {
    return this.#between(epoch, max, base, max, max);
  }

  protected override lrAt(epoch: number, baseLr: number, group: number): number {
    const peak = this.#maxLr(group);
    if (peak === undefined) return baseLr;
    const first = peak / this.#options.divFactor;
    return this.#between(epoch, first, peak, first, first / this.#options.finalDivFactor);
  }

  /** Interpolates at `epoch` from `start` to `peak` and down to `end` (via `back`, with three phases). */
  #between(epoch: number, start: number, peak: number, back: number, end: number): number {
    const { pctStart, threePhase, annealStrategy } = this.#options;
    const total = this.#totalSteps;
    const up = pctStart * total - 1;
    const down = threePhase ? 2 * up : total - 1;
    const [from, until, a, b] =
      epoch <= up
        ? [0, up, start, peak]
        : epoch <= down || !threePhase
          ? [up, down, peak, threePhase ? back : end]
          : [down, total - 1, back, end];
    const part = (epoch - from) / (until - from);
    return annealStrategy === "cos" ? cosine(a, b, part) : a + (b - a) * part;
  }
}

/** Options of `CyclicLR`. */
export interface CyclicOptions extends SchedulerOptions, MomentumOptions {
  /** Number of steps in the increasing half of a cycle. Default 2000. */
  readonly stepSizeUp?: number;
  /** Number of steps in the decreasing half of a cycle. Default: `stepSizeUp`. */
  readonly stepSizeDown?: number;
  /**
   * Amplitude of the cycles: constant ("triangular"), halved each cycle ("triangular2"), or multiplied by `gamma` each
   * step ("exp_range"). Default "triangular".
   */
  readonly mode?: "triangular" | "triangular2" | "exp_range";
  /** Factor of the amplitude per step in mode "exp_range". Default 1. */
  readonly gamma?: number;
  /** Returns the factor of the amplitude, instead of `mode`. Default: as `mode` says. */
  readonly scaleFn?: (at: number) => number;
  /**
   * What `scaleFn` is given: the number of the cycle, starting at 1 ("cycle"), or of the step, starting at 0
   * ("iterations"). Default "cycle".
   */
  readonly scaleMode?: "cycle" | "iterations";
  /** Momentum at the peak of the learning rate, for all groups or as an array with one per group. Default 0.8. */
  readonly baseMomentum?: number | readonly number[];
  /** Momentum at the lowest learning rate, in the same form. Default 0.9. */
  readonly maxMomentum?: number | readonly number[];
}

/**
 * The cyclical learning rate policy: cycles the learning rate between `baseLr` and `maxLr`. Smith 2017, "Cyclical
 * learning rates for training neural networks", https://arxiv.org/abs/1506.01186
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CyclicLR.html
 *
 * Call `step` after every batch.
 *
 * @param baseLr the lowest learning rate, for all groups or as an array with one per group.
 * @param maxLr the highest learning rate, in the same form.
 * @throws ArgumentError when the optimizer has no momentum to cycle, and for invalid options.
 */
export class CyclicLR<Options extends BaseOptions> extends Cycle<Options> {
  static override name = "CyclicLR";
  #baseLr: (group: number) => number | undefined = () => undefined;
  readonly #maxLr: (group: number) => number | undefined;
  readonly #options: Required<Omit<CyclicOptions, "scaleFn">> & Pick<CyclicOptions, "scaleFn">;

  constructor(
    optimizer: Optimizer<Options>,
    baseLr: number | readonly number[],
    maxLr: number | readonly number[],
    options?: CyclicOptions,
  ) {
    super(optimizer);
    const lowest = perGroup("CyclicLR", optimizer, "baseLr", baseLr);
    this.#maxLr = perGroup("CyclicLR", optimizer, "maxLr", maxLr);
    this.#options = settings("CyclicLR", options, {
      stepSizeUp: 2000,
      stepSizeDown: options?.stepSizeUp ?? 2000,
      mode: "triangular",
      gamma: 1,
      scaleFn: undefined,
      scaleMode: "cycle",
      cycleMomentum: true,
      baseMomentum: 0.8,
      maxMomentum: 0.9,
      lastEpoch: -1,
    });
    const { mode, scaleFn, scaleMode } = this.#options;
    checkChoice("CyclicLR", "mode", mode, ["triangular", "triangular2", "exp_range"]);
    checkChoice("CyclicLR", "scaleMode", scaleMode, ["cycle", "iterations"]);
    if (scaleFn) perGroup("CyclicLR", optimizer, "scaleFn", scaleFn);
    this.setMomentum(this.#options);
    if (this.#options.lastEpoch === -1)
      optimizer.paramGroups.forEach((group, i) => {
        group.lr = lowest(i) ?? group.lr;
      });
    // As in PyTorch, after another scheduler the first learning rate is the initial one instead of `baseLr`.
    this.start(this.#options.lastEpoch);
    this.#baseLr = lowest;
  }

  protected override momentumAt(epoch: number, base: number, max: number): number {
    return max - (max - base) * this.#height(epoch);
  }

  protected override lrAt(epoch: number, baseLr: number, group: number): number {
    const low = this.#baseLr(group) ?? baseLr;
    const high = this.#maxLr(group) ?? low;
    return low + (high - low) * this.#height(epoch);
  }

  /** Returns the position of an epoch between the lowest (0) and the highest (1) learning rate. */
  #height(epoch: number): number {
    const { stepSizeUp, stepSizeDown, mode, gamma, scaleFn, scaleMode } = this.#options;
    const length = stepSizeUp + stepSizeDown;
    const cycle = Math.floor(1 + epoch / length);
    const place = 1 + epoch / length - cycle;
    const turn = stepSizeUp / length;
    const height = place <= turn ? place / turn : (place - 1) / (turn - 1);
    if (scaleFn) return height * scaleFn(scaleMode === "cycle" ? cycle : epoch);
    return height * (mode === "triangular" ? 1 : mode === "triangular2" ? 1 / 2 ** (cycle - 1) : gamma ** epoch);
  }
}
