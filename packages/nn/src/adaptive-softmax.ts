/**
 * Adaptive softmax: log-probabilities over very many classes, with less computation for rare classes.
 */

import {
  ArgumentError,
  cat,
  DTypeError,
  expectBetween,
  logSoftmax,
  type NamedTuple,
  namedTuple,
  nonzero,
  refuse,
  settings,
  shapeError,
  shapeOf,
  type Tensor,
  where,
} from "@akari/tensor";
import { checkCounts, factoryDefaults } from "./arguments.ts";
import { ModuleList, Sequential } from "./container.ts";
import { type FactoryOptions, Linear } from "./linear.ts";
import { Module } from "./module.ts";

/** Options of `AdaptiveLogSoftmaxWithLoss`. */
export interface AdaptiveSoftmaxOptions extends FactoryOptions {
  /** Factor by which the number of features shrinks from one cluster to the next. Default 4. */
  readonly divValue?: number;
  /** Whether the layer for frequent classes and clusters has a learnable bias. Default false. */
  readonly headBias?: boolean;
}

/**
 * Adaptive log-softmax (Grave et al. 2017, https://arxiv.org/abs/1609.04309): log-probabilities of targets among very
 * many classes, sorted from frequent to rare.
 *
 * The head predicts the classes below the first cutoff and the clusters of all other classes. Each cluster then
 * predicts its own classes, only for the examples that need it. On a device that cannot be read synchronously, it is
 * computed for all examples.
 *
 * Input [N, inFeatures] and int32 targets [N] → log-probabilities of the targets [N], and the negative of their mean. N
 * is optional.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html
 *
 * @throws ArgumentError unless the cutoffs increase and are between 1 and nClasses - 1, and when a cluster would have
 * no features left.
 * @example
 * const layer = new AdaptiveLogSoftmaxWithLoss(64, 10000, [100, 1000]);
 * const { output, loss } = layer(randn([3, 64]), tensor([7, 640, 6400]).to("int32"));
 */
export class AdaptiveLogSoftmaxWithLoss extends Module {
  static override name = "AdaptiveLogSoftmaxWithLoss";
  /** Number of features of an example: the last dimension of the input. */
  readonly inFeatures: number;
  /** Number of classes. Targets range from 0 to nClasses - 1, with the most frequent classes first. */
  readonly nClasses: number;
  /** The given cutoffs, followed by `nClasses`. */
  readonly cutoffs: readonly number[];
  /**
   * Computes the logits of the classes below the first cutoff, followed by those of the clusters: [N, inFeatures] →
   * [N, `cutoffs[0]` + clusters].
   */
  head: Linear;
  /**
   * Two linear layers without bias for each cluster `i`: from inFeatures to ⌊inFeatures / divValueⁱ⁺¹⌋ features, then
   * to the logits of its classes.
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
    const rising =
      Array.isArray(cutoffs) &&
      cutoffs.length > 0 &&
      cutoffs.every((cutoff, i) => Number.isInteger(cutoff) && cutoff > (cutoffs[i - 1] ?? 0) && cutoff < nClasses);
    if (!rising) {
      refuse("AdaptiveLogSoftmaxWithLoss", "cutoffs", cutoffs, `be increasing integers from 1 to ${nClasses - 1}`);
    }
    const widths = cutoffs.map((_, i) => Math.floor(inFeatures / divValue ** (i + 1)));
    if (!widths.every((width) => width >= 1)) {
      throw new ArgumentError(
        `AdaptiveLogSoftmaxWithLoss: ${inFeatures} features divided by ${divValue} for each of ${cutoffs.length} clusters leave widths of [${widths.join(", ")}]; use a smaller divValue`,
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

  /** Number of classes that the head predicts. */
  private get shortlist(): number {
    return this.cutoffs[0] as number; // safe: there is at least one cutoff
  }

  /** Reinitializes all weights. */
  resetParameters(): void {
    this.head.resetParameters();
    // safe: the constructor creates only linear layers
    for (const cluster of this.tail) for (const layer of cluster) (layer as Linear).resetParameters();
  }

  /**
   * Computes the log-probability of each target, `output` [N], and the negative of their mean, `loss`, for an input
   * [N, inFeatures] and int32 targets [N]. N is optional.
   *
   * @throws ShapeError when input and target do not match.
   * @throws DTypeError when the target is not int32.
   * @throws ArgumentError when a target is out of range.
   */
  forward(input: Tensor, target: Tensor): NamedTuple<["output", "loss"]> {
    if (
      shapeOf("AdaptiveLogSoftmaxWithLoss", target).length > 1 ||
      shapeOf("AdaptiveLogSoftmaxWithLoss", input).length !== target.ndim + 1 ||
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
      return namedTuple([output.squeeze(0), loss], "output", "loss");
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
      const [begin, end] = this.cutoffs.slice(i) as [number, number]; // safe: there is one more cutoff than clusters
      return target.ge(begin).logicalAnd(target.lt(end));
    });
    const first = belongs.reduce((found, mask, i) => where(mask, this.shortlist + i, found), target);
    let output = logSoftmax(this.head(input), 1).gather(1, first.unsqueeze(1)).squeeze(1);
    for (const [i, cluster] of [...this.tail].entries()) {
      const mask = belongs[i] as Tensor; // safe: there is one mask per cluster
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
    return namedTuple([output, output.mean().neg()], "output", "loss");
  }

  /** Computes the log-probabilities of all classes: [N, inFeatures] → [N, nClasses]. */
  logProb(input: Tensor): Tensor {
    const head = logSoftmax(this.head(input), 1);
    const clusters = [...this.tail].map((cluster, i) =>
      logSoftmax(cluster(input), 1).add(head.narrow(1, this.shortlist + i, 1)),
    );
    return cat([head.narrow(1, 0, this.shortlist), ...clusters], 1);
  }

  /** Returns the most probable class of each example: [N, inFeatures] → [N], int32. */
  predict(input: Tensor): Tensor {
    return this.logProb(input).argmax(1);
  }
}
