/**
 * The decoder of a transformer, which looks at what the encoder made of another sequence, and the two together.
 */

import { checkInteger, full, settings, type Tensor } from "@akari/tensor";
import { checkCounts } from "./arguments.ts";
import { MultiheadAttention } from "./attention.ts";
import { ModuleList } from "./container.ts";
import { deepcopy } from "./deepcopy.ts";
import { Dropout } from "./dropout.ts";
import { xavierUniform_ } from "./init.ts";
import { type FactoryOptions, Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { LayerNorm } from "./norm.ts";
import { snakeCase } from "./state-name.ts";
import {
  activationOf,
  layerDefaults,
  TransformerEncoder,
  TransformerEncoderLayer,
  type TransformerLayerOptions,
} from "./transformer.ts";

/**
 * What a call of `TransformerDecoderLayer` and `TransformerDecoder` may be told. Masks are bool (true hides) or numbers
 * to add.
 */
export interface DecoderCallOptions {
  /** Which positions of the target each of its positions may look at: [T, T] or [N·heads, T, T]. */
  readonly tgtMask?: Tensor | null;
  /** Which positions of the memory each position of the target may look at: [T, S] or [N·heads, T, S]. */
  readonly memoryMask?: Tensor | null;
  /** Which positions of the target nobody may look at: [N, T]. */
  readonly tgtKeyPaddingMask?: Tensor | null;
  /** Which positions of the memory nobody may look at: [N, S]. */
  readonly memoryKeyPaddingMask?: Tensor | null;
  /**
   * Whether each position of the target sees only itself and those before it, without a mask to say so. Default false.
   */
  readonly tgtIsCausal?: boolean;
  /** Whether position `i` of the target sees the positions `0…i` of the memory only. Default false. */
  readonly memoryIsCausal?: boolean;
}

const decoderCall = {
  tgtMask: null,
  memoryMask: null,
  tgtKeyPaddingMask: null,
  memoryKeyPaddingMask: null,
  tgtIsCausal: false,
  memoryIsCausal: false,
} as const;

/**
 * A layer of a decoder: attention of the target's positions to each other, their attention to the memory, then a
 * network for each position. Target [T, N, E] and memory [S, N, E] (N first with `batchFirst`, or without N) to
 * [T, N, E].
 *
 * Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.TransformerDecoderLayer.html
 */
export class TransformerDecoderLayer extends Module {
  static override name = "TransformerDecoderLayer";
  /** Whether each part is normalised before it instead of after it. Default false. */
  readonly normFirst: boolean;
  /** Lets the target's positions look at each other: E → E. */
  selfAttn: MultiheadAttention;
  /** Lets the target's positions look at the memory: E → E. */
  multiheadAttn: MultiheadAttention;
  /** The first layer of the network for each position: E → dimFeedforward. */
  linear1: Linear;
  /** Drops in training between the two linear layers. Default 0.1. */
  dropout: Dropout;
  /** The second layer of the network for each position: dimFeedforward → E. */
  linear2: Linear;
  /** Normalises the sum of target and its own attention, or with `normFirst` what goes into that. */
  norm1: LayerNorm;
  /**
   * Normalises the sum with the attention to the memory, or with `normFirst` what goes into that; not the memory
   * itself.
   */
  norm2: LayerNorm;
  /** Normalises the sum with the network, or with `normFirst` what goes into the network. */
  norm3: LayerNorm;
  /** Drops in training from what the target's own attention found. Default 0.1. */
  dropout1: Dropout;
  /** Drops in training from what was found in the memory. Default 0.1. */
  dropout2: Dropout;
  /** Drops in training from what the network gives. Default 0.1. */
  dropout3: Dropout;
  /** What stands between the two linear layers. Default `relu`. */
  readonly activation: (x: Tensor) => Tensor;

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super();
    const { dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias, ...factory } = settings(
      "TransformerDecoderLayer",
      options,
      layerDefaults,
    );
    checkCounts("TransformerDecoderLayer", { dModel, nhead, dimFeedforward });
    const attention = () => new MultiheadAttention(dModel, nhead, { dropout, bias, batchFirst, ...factory });
    const norm = () => new LayerNorm(dModel, { eps: layerNormEps, bias, ...factory });
    this.normFirst = normFirst;
    this.activation = activationOf("TransformerDecoderLayer", activation);
    this.selfAttn = attention();
    this.multiheadAttn = attention();
    this.linear1 = new Linear(dModel, dimFeedforward, { bias, ...factory });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, { bias, ...factory });
    this.norm1 = norm();
    this.norm2 = norm();
    this.norm3 = norm();
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.dropout3 = new Dropout(dropout);
  }

  protected override stateName(property: string): string {
    return snakeCase(property);
  }

  /** Target [T, N, E] and memory [S, N, E] → [T, N, E], N first with `batchFirst`, or all without N. */
  forward(tgt: Tensor, memory: Tensor, options?: DecoderCallOptions): Tensor {
    const call = settings("TransformerDecoderLayer", options, decoderCall);
    if (this.normFirst) {
      const x = tgt.add(this.own(this.norm1(tgt), call));
      const y = x.add(this.other(this.norm2(x), memory, call));
      return y.add(this.network(this.norm3(y)));
    }
    const x = this.norm1(tgt.add(this.own(tgt, call)));
    const y = this.norm2(x.add(this.other(x, memory, call)));
    return this.norm3(y.add(this.network(y)));
  }

  private own(x: Tensor, { tgtMask, tgtKeyPaddingMask, tgtIsCausal }: Required<DecoderCallOptions>): Tensor {
    const call = { attnMask: tgtMask, keyPaddingMask: tgtKeyPaddingMask, isCausal: tgtIsCausal, needWeights: false };
    return this.dropout1(this.selfAttn(x, x, x, call)[0]);
  }

  private other(
    x: Tensor,
    memory: Tensor,
    { memoryMask, memoryKeyPaddingMask, memoryIsCausal }: Required<DecoderCallOptions>,
  ): Tensor {
    const call = {
      attnMask: memoryMask,
      keyPaddingMask: memoryKeyPaddingMask,
      isCausal: memoryIsCausal,
      needWeights: false,
    };
    return this.dropout2(this.multiheadAttn(x, memory, memory, call)[0]);
  }

  private network(x: Tensor): Tensor {
    return this.dropout3(this.linear2(this.dropout(this.activation(this.linear1(x)))));
  }
}

/**
 * Decoder layers one after the other, and a normalisation at the end if one is given. All start as copies of the layer
 * given.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.TransformerDecoder.html
 */
export class TransformerDecoder extends Module {
  static override name = "TransformerDecoder";

  /** The layers, the first one first; all look at the same memory. */
  layers: ModuleList<TransformerDecoderLayer>;
  /** Normalises the result of the last layer; null for none. */
  norm: LayerNorm | null;

  /** @param options.norm What normalises the result of the last layer. Default null: nothing does. */
  constructor(
    decoderLayer: TransformerDecoderLayer,
    numLayers: number,
    options?: { readonly norm?: LayerNorm | null },
  ) {
    super();
    checkInteger("TransformerDecoder", "numLayers", numLayers, 1);
    this.layers = new ModuleList(Array.from({ length: numLayers }, () => deepcopy(decoderLayer)));
    this.norm = settings("TransformerDecoder", options, { norm: null }).norm;
  }

  /** Target [T, N, E] and memory [S, N, E] → [T, N, E], or as its layers take them; masks hold for every layer. */
  forward(tgt: Tensor, memory: Tensor, options?: DecoderCallOptions): Tensor {
    let x = tgt;
    for (const layer of this.layers) x = layer(x, memory, options);
    return this.norm ? this.norm(x) : x;
  }
}

/** Options of `Transformer`. */
export interface TransformerOptions extends TransformerLayerOptions {
  /** How many layers the encoder has. Default 6. */
  readonly numEncoderLayers?: number;
  /** How many layers the decoder has. Default 6. */
  readonly numDecoderLayers?: number;
}

/** What a call of `Transformer` may be told. */
export interface TransformerCallOptions extends DecoderCallOptions {
  /** Which positions of the source each of its positions may look at: [S, S] or [N·heads, S, S]. */
  readonly srcMask?: Tensor | null;
  /** Which positions of the source nobody in the encoder may look at: [N, S]. */
  readonly srcKeyPaddingMask?: Tensor | null;
  /** Whether each position of the source sees only itself and those before it. Default false. */
  readonly srcIsCausal?: boolean;
}

/**
 * Encoder and decoder: source [S, N, dModel] and target [T, N, dModel] to [T, N, dModel]. `dModel` is 512 and `nhead` 8
 * by default. Matrices start uniform by Xavier's rule.
 *
 * Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Transformer.html
 *
 * @example
 * const layers = { numEncoderLayers: 2, numDecoderLayers: 2 };
 * const transformer = new Transformer(64, 4, { ...layers, batchFirst: true });
 * const y = transformer(source, target, { tgtIsCausal: true });
 */
export class Transformer extends Module {
  static override name = "Transformer";

  /** Makes the memory of the source: [S, N, dModel] → [S, N, dModel], normalised at the end. */
  encoder: TransformerEncoder;
  /**
   * Makes the result of target and memory: [T, N, dModel] and [S, N, dModel] → [T, N, dModel], normalised at the end.
   */
  decoder: TransformerDecoder;

  constructor(dModel = 512, nhead = 8, options?: TransformerOptions) {
    super();
    const { numEncoderLayers, numDecoderLayers, ...layer } = settings("Transformer", options, {
      numEncoderLayers: 6,
      numDecoderLayers: 6,
      ...layerDefaults,
    });
    const { layerNormEps, bias, device, dtype } = layer;
    const norm = () =>
      new LayerNorm(dModel, { eps: layerNormEps, bias, ...(device ? { device } : {}), ...(dtype ? { dtype } : {}) });
    this.encoder = new TransformerEncoder(new TransformerEncoderLayer(dModel, nhead, layer), numEncoderLayers, {
      norm: norm(),
    });
    this.decoder = new TransformerDecoder(new TransformerDecoderLayer(dModel, nhead, layer), numDecoderLayers, {
      norm: norm(),
    });
    this.resetParameters();
  }

  /** Draws all matrices anew. */
  resetParameters(): void {
    for (const parameter of this.parameters()) if (parameter.ndim > 1) xavierUniform_(parameter);
  }

  /** Source [S, N, dModel] and target [T, N, dModel] → [T, N, dModel], N first with `batchFirst`, or all without N. */
  forward(src: Tensor, tgt: Tensor, options?: TransformerCallOptions): Tensor {
    const { srcMask, srcKeyPaddingMask, srcIsCausal, ...rest } = settings("Transformer", options, {
      srcMask: null,
      srcKeyPaddingMask: null,
      srcIsCausal: false,
      ...decoderCall,
    });
    return this.decoder(tgt, this.encoder(src, { srcMask, srcKeyPaddingMask, isCausal: srcIsCausal }), rest);
  }

  /** A mask [size, size] of numbers to add, -∞ where a position would look at a later one. */
  static generateSquareSubsequentMask(size: number, options: FactoryOptions = {}): Tensor {
    return full([size, size], Number.NEGATIVE_INFINITY, options).triu(1);
  }
}
