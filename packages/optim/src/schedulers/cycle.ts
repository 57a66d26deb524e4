/**
 * Schedulers that lead the learning rate up and down, and the momentum the other way.
 */

import { ArgumentError, settings } from "@akari/tensor";
import type { BaseOptions, Optimizer } from "../optimizer.ts";
import { LRScheduler } from "./scheduler.ts";

/** A group that has a momentum, under either of its names. */
type WithMomentum = { momentum?: number; betas?: readonly [number, number] };

function setMomentum(group: WithMomentum, value: number): void {
  if (group.betas !== undefined) group.betas = [value, group.betas[1]];
  else group.momentum = value;
}

function expectMomentum(scheduler: string, optimizer: Optimizer<BaseOptions & WithMomentum>): void {
  const { defaults } = optimizer;
  if (defaults.momentum === undefined && defaults.betas === undefined) {
    throw new ArgumentError(`${scheduler}: this optimizer has no momentum to cycle; pass { cycleMomentum: false }`);
  }
}

/** Options of `OneCycleLR`. */
export interface OneCycleOptions {
  /** How many steps the cycle has. Or give `epochs` and `stepsPerEpoch`. */
  readonly totalSteps?: number;
  /**
   * How often the data are gone through: with `stepsPerEpoch` it gives the number of steps, unless `totalSteps` does.
   */
  readonly epochs?: number;
  /** How many steps each of the `epochs` has: usually the length of the loader. */
  readonly stepsPerEpoch?: number;
  /** The part of the cycle that goes up. Default 0.3. */
  readonly pctStart?: number;
  /** The curve between the turning points. Default "cos". */
  readonly annealStrategy?: "cos" | "linear";
  /** Whether the momentum goes the other way. Default true. */
  readonly cycleMomentum?: boolean;
  /** The momentum where the learning rate is highest. Default 0.85. */
  readonly baseMomentum?: number;
  /** The momentum at both ends. Default 0.95. */
  readonly maxMomentum?: number;
  /** The highest learning rate over the first. Default 25. */
  readonly divFactor?: number;
  /** The first learning rate over the last. Default 1e4. */
  readonly finalDivFactor?: number;
  /** Whether the way down has two parts: to the start first, and on to the end then. Default false. */
  readonly threePhase?: boolean;
}

/**
 * One cycle: up to `maxLr`, down to far below the start. Smith & Topin 2018, "Super-convergence",
 * https://arxiv.org/abs/1708.07120
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html
 *
 * @throws ArgumentError when `step` is called more often than the cycle has steps.
 */
export class OneCycleLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "OneCycleLR";
  readonly #maxLrs: readonly number[];
  readonly #totalSteps: number;
  readonly #options: Required<Omit<OneCycleOptions, "totalSteps" | "epochs" | "stepsPerEpoch">>;

  constructor(optimizer: Optimizer<Options>, maxLr: number | readonly number[], options: OneCycleOptions) {
    super(optimizer);
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
    });
    const total = totalSteps ?? (epochs ?? Number.NaN) * (stepsPerEpoch ?? Number.NaN);
    if (!Number.isInteger(total) || total < 1)
      throw new ArgumentError("OneCycleLR: give totalSteps, or epochs and stepsPerEpoch, as positive integers");
    this.#totalSteps = total;
    this.#maxLrs = typeof maxLr === "number" ? optimizer.paramGroups.map(() => maxLr) : maxLr;
    this.#options = shape;
    // Safe: whether there is a momentum is what this asks.
    if (this.#options.cycleMomentum)
      expectMomentum("OneCycleLR", optimizer as unknown as Optimizer<BaseOptions & WithMomentum>);
    this.moveTo(0);
  }

  override moveTo(epoch: number): void {
    if (epoch > this.#totalSteps)
      throw new ArgumentError(`OneCycleLR: the cycle has ${this.#totalSteps} steps, this is step ${epoch}`);
    super.moveTo(epoch);
    const { cycleMomentum, maxMomentum, baseMomentum } = this.#options;
    if (!cycleMomentum) return;
    for (const group of this.optimizer.paramGroups)
      setMomentum(group as WithMomentum, this.#between(epoch, maxMomentum, baseMomentum, maxMomentum, maxMomentum));
  }

  protected override lrAt(epoch: number, _: number, group: number): number {
    const highest = this.#maxLrs[group] ?? 0;
    const first = highest / this.#options.divFactor;
    return this.#between(epoch, first, highest, first, first / this.#options.finalDivFactor);
  }

  override lrFrom(_: number, epoch: number, baseLr: number, group: number): number {
    return this.lrAt(epoch, baseLr, group);
  }

  /** The value on the way from `start` to `peak` and down to `end` (by way of `back`, with three phases). */
  #between(epoch: number, start: number, peak: number, back: number, end: number): number {
    const { pctStart, threePhase, annealStrategy } = this.#options;
    const total = this.#totalSteps;
    const up = pctStart * total - 1;
    const phases = threePhase
      ? [[up, start, peak] as const, [2 * pctStart * total - 2, peak, back] as const, [total - 1, back, end] as const]
      : [[up, start, peak] as const, [total - 1, peak, end] as const];
    let from = 0;
    for (const [i, [until, a, b]] of phases.entries()) {
      if (epoch <= until || i === phases.length - 1) {
        const part = (epoch - from) / (until - from);
        return annealStrategy === "cos" ? b + ((a - b) / 2) * (1 + Math.cos(Math.PI * part)) : a + (b - a) * part;
      }
      from = until;
    }
    return end;
  }
}

/** Options of `CyclicLR`. */
export interface CyclicOptions {
  /** How many steps lead up. Default 2000. */
  readonly stepSizeUp?: number;
  /** How many steps lead down. Default: as many as up. */
  readonly stepSizeDown?: number;
  /**
   * The height of the cycles: the same each time, half of the last, or falling by `gamma` each step. Default
   * "triangular".
   */
  readonly mode?: "triangular" | "triangular2" | "exp_range";
  /** Default 1. */
  readonly gamma?: number;
  /** Whether the momentum goes the other way. Default true. */
  readonly cycleMomentum?: boolean;
  /** The momentum where the learning rate is highest. Default 0.8. */
  readonly baseMomentum?: number;
  /** The momentum where the learning rate is lowest. Default 0.9. */
  readonly maxMomentum?: number;
}

/**
 * Up and down between `baseLr` and `maxLr`. Smith 2017, https://arxiv.org/abs/1506.01186
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CyclicLR.html
 */
export class CyclicLR<Options extends BaseOptions> extends LRScheduler<Options> {
  static override name = "CyclicLR";
  readonly #baseLrs: readonly number[];
  readonly #maxLrs: readonly number[];
  readonly #options: Required<CyclicOptions>;

  constructor(
    optimizer: Optimizer<Options>,
    baseLr: number | readonly number[],
    maxLr: number | readonly number[],
    options?: CyclicOptions,
  ) {
    super(optimizer);
    const groups = optimizer.paramGroups.length;
    const each = (name: string, lr: number | readonly number[]): readonly number[] => {
      if (typeof lr === "number") return new Array<number>(groups).fill(lr);
      if (lr.length === groups) return lr;
      throw new ArgumentError(`CyclicLR: expected one ${name} or ${groups} of them, got ${lr.length}`);
    };
    this.#baseLrs = each("baseLr", baseLr);
    this.#maxLrs = each("maxLr", maxLr);
    this.#options = settings("CyclicLR", options, {
      stepSizeUp: 2000,
      stepSizeDown: options?.stepSizeUp ?? 2000,
      mode: "triangular",
      gamma: 1,
      cycleMomentum: true,
      baseMomentum: 0.8,
      maxMomentum: 0.9,
    });
    // Safe: whether there is a momentum is what this asks.
    if (this.#options.cycleMomentum)
      expectMomentum("CyclicLR", optimizer as unknown as Optimizer<BaseOptions & WithMomentum>);
    this.moveTo(0);
  }

  override moveTo(epoch: number): void {
    super.moveTo(epoch);
    const { cycleMomentum, maxMomentum, baseMomentum } = this.#options;
    if (!cycleMomentum) return;
    const momentum = maxMomentum - (maxMomentum - baseMomentum) * this.#height(epoch);
    for (const group of this.optimizer.paramGroups) setMomentum(group as WithMomentum, momentum);
  }

  protected override lrAt(epoch: number, _: number, group: number): number {
    const [low, high] = [this.#baseLrs[group] as number, this.#maxLrs[group] as number]; // safe: one for each group
    return low + (high - low) * this.#height(epoch);
  }

  override lrFrom(_: number, epoch: number, baseLr: number, group: number): number {
    return this.lrAt(epoch, baseLr, group);
  }

  /** Where between bottom (0) and top (1) an epoch is. */
  #height(epoch: number): number {
    const { stepSizeUp, stepSizeDown, mode, gamma } = this.#options;
    const length = stepSizeUp + stepSizeDown;
    const cycle = Math.floor(1 + epoch / length);
    const place = 1 + epoch / length - cycle;
    const turn = stepSizeUp / length;
    const height = place <= turn ? place / turn : (place - 1) / (turn - 1);
    return height * (mode === "triangular" ? 1 : mode === "triangular2" ? 1 / 2 ** (cycle - 1) : gamma ** epoch);
  }
}
