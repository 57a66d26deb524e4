/**
 * Tables of learned vectors, looked up by index: one by one, or summed up by bags.
 */

import { noGrad } from "@akari/autograd";
import {
  ArgumentError,
  type EmbeddingOptions,
  embedding,
  empty,
  ShapeError,
  settings,
  showShape,
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
import { float } from "./state-name.ts";

/** Options of `Embedding`. The row `paddingIdx` starts as zeros and stays as it is. */
export interface EmbeddingLayerOptions extends FactoryOptions, EmbeddingOptions {}

/** Options of `EmbeddingBag`. */
export interface EmbeddingBagLayerOptions extends FactoryOptions, Omit<EmbeddingBagOptions, "perSampleWeights"> {}

abstract class Table<Options extends EmbeddingOptions> extends Module {
  /** How many rows there are; indices are 0 to numEmbeddings - 1. */
  readonly numEmbeddings: number;
  /** How many numbers a row has: the last size of the output. */
  readonly embeddingDim: number;
  /**
   * The row that starts as zeros, takes no gradient and is left out of bags, counted from 0; null for none. Default
   * null.
   */
  readonly paddingIdx: number | null;
  /** How rows are looked up: what the constructor was given, and the defaults. */
  readonly options: Required<Options> & Required<EmbeddingOptions>;
  /** The rows, [numEmbeddings, embeddingDim]; they start standard normal. */
  weight: Parameter;

  constructor(
    layer: string,
    numEmbeddings: number,
    embeddingDim: number,
    given: (Options & FactoryOptions) | undefined,
    defaults: Required<Options>,
  ) {
    super();
    checkCounts(layer, { numEmbeddings, embeddingDim });
    const { device, dtype, ...rest } = settings(layer, given, { ...defaults, ...factoryDefaults } as Required<
      Options & FactoryOptions
    >);
    const options = rest as unknown as Required<Options> & Required<EmbeddingOptions>; // safe: all but the two
    if ("mode" in options) checkMode(layer, String(options.mode));
    const { paddingIdx } = options;
    if (
      paddingIdx !== null &&
      !(Number.isInteger(paddingIdx) && paddingIdx >= -numEmbeddings && paddingIdx < numEmbeddings)
    ) {
      throw new ArgumentError(`${layer}: paddingIdx ${paddingIdx} is outside of the ${numEmbeddings} rows`);
    }
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIdx = paddingIdx !== null && paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx;
    this.options = options;
    this.weight = new Parameter(
      empty([numEmbeddings, embeddingDim], { ...(device && { device }), ...(dtype && { dtype }) }),
    );
    this.resetParameters();
  }

  /** Draws the table anew. */
  resetParameters(): void {
    normal_(this.weight);
    const { paddingIdx } = this;
    if (paddingIdx !== null) noGrad(() => void this.weight.select(0, paddingIdx).fill_(0));
  }

  override extraRepr(mode?: string): string {
    const { maxNorm, normType, scaleGradByFreq } = this.options;
    const padding = this.paddingIdx === null ? [] : [`padding_idx=${this.paddingIdx}`];
    const others = [
      ...(maxNorm === null ? [] : [`max_norm=${maxNorm}`]),
      ...(normType === 2 ? [] : [`norm_type=${float(normType)}`]),
      ...(scaleGradByFreq ? ["scale_grad_by_freq=True"] : []),
    ];
    const rest = mode === undefined ? [...padding, ...others] : [...others, `mode=${mode}`, ...padding];
    return [this.numEmbeddings, this.embeddingDim, ...rest].join(", ");
  }
}

/** The numbers of rows and columns of given vectors. */
function sizesOf(layer: string, embeddings: Tensor): readonly [number, number] {
  if (embeddings.ndim !== 2)
    throw new ShapeError(`${layer}: the vectors must be [rows, width], got shape ${showShape(embeddings.shape)}`);
  return embeddings.shape as readonly [number, number]; // safe: two dimensions
}

/** Options of `fromPretrained`. */
export interface PretrainedOptions {
  /** Whether the vectors stay as they are. Default true. */
  readonly freeze?: boolean;
}

/**
 * Rows of a table: input [...] of indices, output [..., embeddingDim], weight [numEmbeddings, embeddingDim], which
 * starts standard normal.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Embedding.html
 *
 * @throws IndexError, when called, for an index outside of the table.
 */
export class Embedding extends Table<EmbeddingOptions> {
  static override name = "Embedding";

  constructor(numEmbeddings: number, embeddingDim: number, options?: EmbeddingLayerOptions) {
    super("Embedding", numEmbeddings, embeddingDim, options, embeddingDefaults);
  }

  /** A table of given vectors, [rows, width], which it shares. */
  static fromPretrained(embeddings: Tensor, given?: EmbeddingOptions & PretrainedOptions): Embedding {
    const { freeze, ...options } = settings("Embedding.fromPretrained", given, { freeze: true, ...embeddingDefaults });
    const layer = new Embedding(...sizesOf("Embedding.fromPretrained", embeddings), {
      ...options,
      device: embeddings.device,
    });
    layer.weight = new Parameter(embeddings.detach(), { requiresGrad: !freeze });
    return layer;
  }

  /** Indices [...], int32 → rows [..., embeddingDim]. Throws an IndexError for an index outside of the table. */
  forward(input: Tensor): Tensor {
    return embedding(input, this.weight, this.options);
  }
}

/**
 * Sums, means or maxima of bags of rows: input [bags, length] of indices, or a list [n] with offsets [bags]; output
 * [bags, embeddingDim]. The weight, [numEmbeddings, embeddingDim], starts standard normal.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html
 *
 * @throws ArgumentError for an unknown mode. @throws IndexError, when called, for an index outside of the table; what
 * else, `embeddingBag` says.
 * @example
 * const bag = new EmbeddingBag(10, 3, { mode: "sum" });
 * bag(tensor([1, 2, 4, 5]).to("int32"), tensor([0, 3]).to("int32")); // of shape [2, 3]
 */
export class EmbeddingBag extends Table<Omit<EmbeddingBagOptions, "perSampleWeights">> {
  static override name = "EmbeddingBag";

  constructor(numEmbeddings: number, embeddingDim: number, options?: EmbeddingBagLayerOptions) {
    super("EmbeddingBag", numEmbeddings, embeddingDim, options, bagDefaults);
  }

  /** A table of given vectors, [rows, width], which it shares. */
  static fromPretrained(
    embeddings: Tensor,
    given?: Omit<EmbeddingBagOptions, "perSampleWeights"> & PretrainedOptions,
  ): EmbeddingBag {
    const { freeze, ...options } = settings("EmbeddingBag.fromPretrained", given, { freeze: true, ...bagDefaults });
    const layer = new EmbeddingBag(...sizesOf("EmbeddingBag.fromPretrained", embeddings), {
      ...options,
      device: embeddings.device,
    });
    layer.weight = new Parameter(embeddings.detach(), { requiresGrad: !freeze });
    return layer;
  }

  /**
   * Indices [bags, length], or [n] with offsets [bags] that say where bags begin, all int32 → [bags, embeddingDim]; a
   * bag without rows gives zeros.
   *
   * @param perSampleWeights a factor for each row, in the shape of the indices; with the mode "sum" only.
   */
  forward(input: Tensor, offsets: Tensor | null = null, perSampleWeights: Tensor | null = null): Tensor {
    return embeddingBag(input, this.weight, offsets, { ...this.options, perSampleWeights });
  }

  /** The sizes, the options that are not the default, and the mode: `10, 3, mode=sum`. */
  override extraRepr(): string {
    return super.extraRepr(this.options.mode);
  }
}
