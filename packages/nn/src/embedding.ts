/**
 * Embedding tables: rows of learnable weights, looked up by index one by one or reduced in bags.
 */

import { noGrad } from "@akari/autograd";
import {
  ArgumentError,
  type EmbeddingOptions,
  embedding,
  empty,
  expectRank,
  settings,
  type Tensor,
} from "@akari/tensor";
import { checkCounts, factoryDefaults } from "./arguments.ts";
import {
  bagDefaults,
  checkMode,
  type EmbeddingBagOptions,
  embeddingBag,
  embeddingDefaults,
} from "./functional/embedding-bag.ts";
import { normal_ } from "./init.ts";
import type { FactoryOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { differing, float } from "./state-name.ts";

/** Options of `Embedding`. The row `paddingIdx` is initialized to zeros and receives no gradient. */
export interface EmbeddingLayerOptions extends FactoryOptions, EmbeddingOptions {}

/** Options of `EmbeddingBag`. */
export interface EmbeddingBagLayerOptions extends FactoryOptions, Omit<EmbeddingBagOptions, "perSampleWeights"> {}

abstract class Table<Options extends EmbeddingOptions> extends Module {
  /** Number of rows. Indices range from 0 to numEmbeddings - 1. */
  readonly numEmbeddings: number;
  /** Number of features of each row: the last dimension of the output. */
  readonly embeddingDim: number;
  /**
   * Index of the row that is initialized to zeros, receives no gradient and is excluded from bags, or null.
   * Non-negative. Default null.
   */
  readonly paddingIdx: number | null;
  /** Lookup options, with defaults filled in. */
  readonly options: Required<Options> & Required<EmbeddingOptions>;
  /** Learnable rows, [numEmbeddings, embeddingDim], initialized from the standard normal distribution. */
  weight: Parameter;

  constructor(
    layer: string,
    numEmbeddings: number,
    embeddingDim: number,
    given: (Options & FactoryOptions) | undefined,
    defaults: Required<Options>,
    weight?: Parameter,
  ) {
    super();
    checkCounts(layer, { numEmbeddings, embeddingDim });
    const { device, dtype, ...rest } = settings(layer, given, { ...defaults, ...factoryDefaults } as Required<
      Options & FactoryOptions
    >);
    const options = rest as unknown as Required<Options> & Required<EmbeddingOptions>; // safe: all but device and dtype
    if ("mode" in options) checkMode(layer, String(options.mode));
    const { paddingIdx } = options;
    if (
      paddingIdx !== null &&
      !(Number.isInteger(paddingIdx) && paddingIdx >= -numEmbeddings && paddingIdx < numEmbeddings)
    ) {
      throw new ArgumentError(`${layer}: paddingIdx ${paddingIdx} is out of range for ${numEmbeddings} rows`);
    }
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIdx = paddingIdx !== null && paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx;
    this.options = options;
    this.weight =
      weight ??
      new Parameter(empty([numEmbeddings, embeddingDim], { ...(device && { device }), ...(dtype && { dtype }) }));
    if (!weight) this.resetParameters();
  }

  /** Reinitializes the table. */
  resetParameters(): void {
    normal_(this.weight);
    const { paddingIdx } = this;
    if (paddingIdx !== null) noGrad(() => void this.weight.select(0, paddingIdx).fill_(0));
  }

  override extraRepr(mode?: string): string {
    const padding = differing(this, { paddingIdx: null });
    const normType = this.options.normType === 2 ? 2 : float(this.options.normType);
    const others = differing({ ...this.options, normType }, { maxNorm: null, normType: 2, scaleGradByFreq: false });
    const rest = mode === undefined ? [...padding, ...others] : [...others, `mode=${mode}`, ...padding];
    return [this.numEmbeddings, this.embeddingDim, ...rest].join(", ");
  }
}

/** Options of `fromPretrained`. */
export interface PretrainedOptions {
  /** Whether to exclude the vectors from training. Default true. */
  readonly freeze?: boolean;
}

/** Returns the arguments of a constructor whose table is given vectors. */
function pretrained<Options extends object>(
  layer: string,
  embeddings: Tensor,
  given: (Options & PretrainedOptions) | undefined,
  defaults: Required<Options>,
): readonly [rows: number, width: number, Options, Parameter] {
  const { freeze, ...options } = settings(layer, given, { freeze: true, ...defaults } as Required<
    Options & PretrainedOptions
  >);
  expectRank(layer, "vectors [rows, width]", embeddings, 2);
  const [rows, width] = embeddings.shape as readonly [number, number]; // safe: two dimensions
  // safe: the options are those given, with defaults, without `freeze`
  return [rows, width, options as Options, new Parameter(embeddings.detach(), { requiresGrad: !freeze })];
}

/**
 * Embedding table: maps indices [...] to rows [..., embeddingDim] of a weight [numEmbeddings, embeddingDim], which is
 * initialized from the standard normal distribution.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Embedding.html
 *
 * @throws ArgumentError when `paddingIdx` is out of range.
 */
export class Embedding extends Table<EmbeddingOptions> {
  static override name = "Embedding";
  static override readonly keepsNothing = true;

  /** @param weight internal: the table that `fromPretrained` was given, instead of a random one. */
  constructor(numEmbeddings: number, embeddingDim: number, options?: EmbeddingLayerOptions, weight?: Parameter) {
    super("Embedding", numEmbeddings, embeddingDim, options, embeddingDefaults, weight);
  }

  /**
   * Creates a table from given vectors [rows, width], whose memory it shares.
   *
   * @throws ShapeError unless the vectors have 2 dimensions.
   */
  static fromPretrained(embeddings: Tensor, given?: EmbeddingOptions & PretrainedOptions): Embedding {
    return new Embedding(...pretrained("Embedding.fromPretrained", embeddings, given, embeddingDefaults));
  }

  /**
   * Looks up rows: int32 indices [...] → [..., embeddingDim].
   *
   * @throws IndexError when an index is out of range.
   */
  forward(input: Tensor): Tensor {
    return embedding(input, this.weight, this.options);
  }
}

/**
 * Embedding table with reduction: computes sums, means or maxima of bags of rows. Indices are [bags, length], or [n]
 * with offsets [bags]; the output is [bags, embeddingDim]. The weight, [numEmbeddings, embeddingDim], is initialized
 * from the standard normal distribution.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html
 *
 * @throws ArgumentError for an unknown mode, or when `paddingIdx` is out of range.
 * @example
 * const bag = new EmbeddingBag(10, 3, { mode: "sum" });
 * bag(tensor([1, 2, 4, 5]).to("int32"), tensor([0, 3]).to("int32")); // of shape [2, 3]
 */
export class EmbeddingBag extends Table<Omit<EmbeddingBagOptions, "perSampleWeights">> {
  static override name = "EmbeddingBag";
  static override readonly keepsNothing = true;

  /** @param weight internal: the table that `fromPretrained` was given, instead of a random one. */
  constructor(numEmbeddings: number, embeddingDim: number, options?: EmbeddingBagLayerOptions, weight?: Parameter) {
    super("EmbeddingBag", numEmbeddings, embeddingDim, options, bagDefaults, weight);
  }

  /**
   * Creates a table from given vectors [rows, width], whose memory it shares.
   *
   * @throws ShapeError unless the vectors have 2 dimensions.
   */
  static fromPretrained(
    embeddings: Tensor,
    given?: Omit<EmbeddingBagOptions, "perSampleWeights"> & PretrainedOptions,
  ): EmbeddingBag {
    return new EmbeddingBag(...pretrained("EmbeddingBag.fromPretrained", embeddings, given, bagDefaults));
  }

  /**
   * Looks up and reduces rows: int32 indices [bags, length], or [n] with int32 offsets [bags], the start of each bag →
   * [bags, embeddingDim]. A bag without rows is zero.
   *
   * @param perSampleWeights Factor of each row, in the shape of the indices. Only with the mode "sum".
   * @throws IndexError when an index is out of range.
   * @throws ShapeError or ArgumentError for indices, offsets and factors that `embeddingBag` rejects.
   */
  forward(input: Tensor, offsets: Tensor | null = null, perSampleWeights: Tensor | null = null): Tensor {
    return embeddingBag(input, this.weight, offsets, { ...this.options, perSampleWeights });
  }

  /** Returns the sizes, the options that differ from the defaults, and the mode: `10, 3, mode=sum`. */
  override extraRepr(): string {
    return super.extraRepr(this.options.mode);
  }
}
