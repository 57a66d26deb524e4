/**
 * A softmax over very many classes that spends little on rare ones.
 */

import {
  ArgumentError,
  cat,
  DTypeError,
  expectBetween,
  logSoftmax,
  nonzero,
  settings,
  shapeError,
  type Tensor,
  where,
} from "@akari/tensor";
import { checkCounts, factoryDefaults } from "./arguments.ts";
import { ModuleList, Sequential } from "./container.ts";
import { type FactoryOptions, Linear } from "./linear.ts";
import { Module } from "./module.ts";

/** Options of `AdaptiveLogSoftmaxWithLoss`. */
export interface AdaptiveSoftmaxOptions extends FactoryOptions {
  /** How much narrower each cluster's layer is than the one before. Default 4. */
  readonly divValue?: number;
  /** Whether the layer of frequent classes and clusters has a bias. Default false. */
  readonly headBias?: boolean;
}

/**
 * The log-probabilities of targets among very many classes, sorted from frequent to rare: those below the first cutoff
 * are told apart at once, the others are first a cluster and then a class in it, for which only the examples that need
 * it are computed; on a device that cannot be read at once, all are.
 *
 * Input [N, inFeatures] and target [N] of class numbers, int32 → log-probabilities of the targets [N], and their
 * negative mean. One example may come without N.
 *
 * Grave et al. 2017, https://arxiv.org/abs/1609.04309
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html
 *
 * @throws ArgumentError unless the cutoffs rise, from 1 to nClasses - 1, and the layers have a width left; when called,
 * for a target that is no class.
 * @example
 * const layer = new AdaptiveLogSoftmaxWithLoss(64, 10000, [100, 1000]);
 * const { output, loss } = layer(randn([3, 64]), tensor([7, 640, 6400]).to("int32"));
 */
export class AdaptiveLogSoftmaxWithLoss extends Module {
  static override name = "AdaptiveLogSoftmaxWithLoss";
  /** How many numbers describe an example: the last size of the input. */
  readonly inFeatures: number;
  /** How many classes there are; targets are 0 to nClasses - 1, the frequent ones first. */
  readonly nClasses: number;
  /** The given cutoffs, and `nClasses`. */
  readonly cutoffs: readonly number[];
  /**
   * Gives logits of the classes below the first cutoff and, behind them, of each cluster: [N, inFeatures] →
   * [N, `cutoffs[0]` + clusters].
   */
  head: Linear;
  /**
   * For cluster `i`, from 0 on, two layers without biases: from inFeatures to ⌊inFeatures / divValueⁱ⁺¹⌋, and on to
   * logits of its classes.
   */
  tail: ModuleList<Sequential>;

  constructor(inFeatures: number, nClasses: number, cutoffs: readonly number[], options?: AdaptiveSoftmaxOptions) {
    super();
    checkCounts("AdaptiveLogSoftmaxWithLoss", { inFeatures, nClasses });
    const { divValue, headBias, ...factory } = settings("AdaptiveLogSoftmaxWithLoss", options, {
      divValue: 4,
      headBias: false,
      ...factoryDefaults,
    });
    const rising = cutoffs.every(
      (cutoff, i) => Number.isInteger(cutoff) && cutoff > (cutoffs[i - 1] ?? 0) && cutoff < nClasses,
    );
    if (!rising || cutoffs.length === 0) {
      throw new ArgumentError(
        `AdaptiveLogSoftmaxWithLoss: cutoffs must be rising whole numbers from 1 to ${nClasses - 1}, got [${cutoffs.join(", ")}]`,
      );
    }
    const widths = cutoffs.map((_, i) => Math.floor(inFeatures / divValue ** (i + 1)));
    if (!widths.every((width) => width >= 1)) {
      throw new ArgumentError(
        `AdaptiveLogSoftmaxWithLoss: ${inFeatures} features divided by ${divValue} for each of ${cutoffs.length} clusters leave widths of [${widths.join(", ")}]; take a smaller divValue`,
      );
    }
    this.inFeatures = inFeatures;
    this.nClasses = nClasses;
    this.cutoffs = [...cutoffs, nClasses];
    this.head = new Linear(inFeatures, this.shortlist + cutoffs.length, { bias: headBias, ...factory });
    this.tail = new ModuleList(
      widths.map((width, i) => {
        const classes = (this.cutoffs[i + 1] as number) - (this.cutoffs[i] as number);
        return new Sequential(
          new Linear(inFeatures, width, { bias: false, ...factory }),
          new Linear(width, classes, { bias: false, ...factory }),
        );
      }),
    );
  }

  /** How many classes are told apart at once. */
  private get shortlist(): number {
    return this.cutoffs[0] as number; // safe: at least one
  }

  /** Draws all weights anew. */
  resetParameters(): void {
    this.head.resetParameters();
    // safe: made above
    for (const cluster of this.tail) for (const layer of cluster) (layer as Linear).resetParameters();
  }

  /**
   * Input [N, inFeatures] and target [N], int32 → the target's log-probability for each example, `output` [N], and
   * their negative mean, `loss`; both may come without N.
   */
  forward(input: Tensor, target: Tensor): { readonly output: Tensor; readonly loss: Tensor } {
    if (
      target.ndim > 1 ||
      input.ndim !== target.ndim + 1 ||
      (target.ndim === 1 && target.shape[0] !== input.shape[0])
    ) {
      throw shapeError(
        "AdaptiveLogSoftmaxWithLoss",
        `an input [N, ${this.inFeatures}] with a target [N], or both without N`,
        input,
        target,
      );
    }
    if (target.ndim === 0) {
      const { output, loss } = this.forward(input.unsqueeze(0), target.unsqueeze(0));
      return { output: output.squeeze(0), loss };
    }
    if (target.dtype !== "int32")
      throw new DTypeError(
        `AdaptiveLogSoftmaxWithLoss: class numbers must be int32, got ${target.dtype}; convert them with .to("int32")`,
      );
    expectBetween(
      target,
      0,
      this.nClasses - 1,
      `AdaptiveLogSoftmaxWithLoss: targets must be from 0 to ${this.nClasses - 1}, got {}`,
    );
    const belongs = [...this.tail].map((_, i) => {
      const [begin, end] = this.cutoffs.slice(i) as [number, number]; // safe: one cutoff more than clusters
      return target.ge(begin).logicalAnd(target.lt(end));
    });
    const first = belongs.reduce((found, mask, i) => where(mask, this.shortlist + i, found), target);
    let output = logSoftmax(this.head(input), 1).gather(1, first.unsqueeze(1)).squeeze(1);
    for (const [i, cluster] of [...this.tail].entries()) {
      const mask = belongs[i] as Tensor; // safe: one for each cluster
      const inside = where(mask, target.sub(this.cutoffs[i] as number), 0);
      const logs = (of: Tensor, classes: Tensor) =>
        logSoftmax(cluster(of), 1).gather(1, classes.unsqueeze(1)).squeeze(1);
      if (input.device.readSync === undefined) output = output.add(where(mask, logs(input, inside), 0));
      else {
        const rows = nonzero(mask).squeeze(1);
        if (rows.numel() > 0)
          output = output.indexAdd(0, rows, logs(input.indexSelect(0, rows), inside.indexSelect(0, rows)));
      }
    }
    return { output, loss: output.mean().neg() };
  }

  /** The log-probabilities of all classes: [N, inFeatures] → [N, nClasses]. */
  logProb(input: Tensor): Tensor {
    const head = logSoftmax(this.head(input), 1);
    const clusters = [...this.tail].map((cluster, i) =>
      logSoftmax(cluster(input), 1).add(head.narrow(1, this.shortlist + i, 1)),
    );
    return cat([head.narrow(1, 0, this.shortlist), ...clusters], 1);
  }

  /** The most probable class of each example: [N, inFeatures] → [N], int32. */
  predict(input: Tensor): Tensor {
    return this.logProb(input).argmax(1);
  }
}
