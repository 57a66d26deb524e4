/**
 * Transformer decoder, which attends to the encoder's output, and the full encoder-decoder model.
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
 * Options of a call of `TransformerDecoderLayer` or `TransformerDecoder`. Masks are bool tensors (true masks out) or
 * floats added to the attention scores.
 */
export interface DecoderCallOptions {
  /** Mask of the target's self-attention, [T, T] or [N·heads, T, T]. */
  readonly tgtMask?: Tensor | null;
  /** Mask of the target's attention to the memory, [T, S] or [N·heads, T, S]. */
  readonly memoryMask?: Tensor | null;
  /** Mask of target positions to ignore, [N, T]. */
  readonly tgtKeyPaddingMask?: Tensor | null;
  /** Mask of memory positions to ignore, [N, S]. */
  readonly memoryKeyPaddingMask?: Tensor | null;
  /**
   * Whether each target position attends only to itself and earlier ones. Ignored if `tgtMask` is given. Default false.
   */
  readonly tgtIsCausal?: boolean;
  /**
   * Whether target position `i` attends only to memory positions `0…i`. Ignored if `memoryMask` is given. Default
   * false.
   */
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
 * Transformer decoder layer (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762): self-attention of the target,
 * attention to the memory, then a feed-forward network. Target [T, N, E] and memory [S, N, E] → [T, N, E]; N is
 * optional, and comes first with `batchFirst`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.TransformerDecoderLayer.html
 */
export class TransformerDecoderLayer extends Module {
  static override name = "TransformerDecoderLayer";
  /** Whether to normalize before attention and feed-forward network instead of after. Default false. */
  readonly normFirst: boolean;
  /** Self-attention of the target: E → E. */
  selfAttn: MultiheadAttention;
  /** Attention of the target to the memory: E → E. */
  multiheadAttn: MultiheadAttention;
  /** First layer of the feed-forward network: E → dimFeedforward. */
  linear1: Linear;
  /** Dropout between the two linear layers. */
  dropout: Dropout;
  /** Second layer of the feed-forward network: dimFeedforward → E. */
  linear2: Linear;
  /** Normalization after self-attention, or before it with `normFirst`. */
  norm1: LayerNorm;
  /**
   * Normalization after attention to the memory, or before it with `normFirst`. The memory itself is not normalized.
   */
  norm2: LayerNorm;
  /** Normalization after the feed-forward network, or before it with `normFirst`. */
  norm3: LayerNorm;
  /** Dropout of the self-attention output. */
  dropout1: Dropout;
  /** Dropout of the output of attention to the memory. */
  dropout2: Dropout;
  /** Dropout of the feed-forward output. */
  dropout3: Dropout;
  /** Activation function of the feed-forward network. Default `relu`. */
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

  /**
   * Applies the layer: target [T, N, E] and memory [S, N, E] → [T, N, E]. N is optional, and comes first with
   * `batchFirst`.
   */
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
 * Stack of decoder layers, with an optional normalization at the end. All layers are initialized as copies of the given
 * one.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.TransformerDecoder.html
 */
export class TransformerDecoder extends Module {
  static override name = "TransformerDecoder";

  /** Layers, in execution order. All attend to the same memory. */
  layers: ModuleList<TransformerDecoderLayer>;
  /** Normalization of the output, or null. */
  norm: LayerNorm | null;

  /** @param options.norm Normalization of the output. Default null: no normalization. */
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

  /** Applies all layers with the same masks: target [T, N, E] and memory [S, N, E] → [T, N, E]. */
  forward(tgt: Tensor, memory: Tensor, options?: DecoderCallOptions): Tensor {
    let x = tgt;
    for (const layer of this.layers) x = layer(x, memory, options);
    return this.norm ? this.norm(x) : x;
  }
}

/** Options of `Transformer`. */
export interface TransformerOptions extends TransformerLayerOptions {
  /** Number of encoder layers. Default 6. */
  readonly numEncoderLayers?: number;
  /** Number of decoder layers. Default 6. */
  readonly numDecoderLayers?: number;
}

/**
 * Options of a call of `Transformer`. Masks are bool tensors (true masks out) or floats added to the attention scores.
 */
export interface TransformerCallOptions extends DecoderCallOptions {
  /** Mask of the source's self-attention, [S, S] or [N·heads, S, S]. */
  readonly srcMask?: Tensor | null;
  /** Mask of source positions that the encoder ignores, [N, S]. */
  readonly srcKeyPaddingMask?: Tensor | null;
  /**
   * Whether each source position attends only to itself and earlier ones. Ignored if `srcMask` is given. Default false.
   */
  readonly srcIsCausal?: boolean;
}

/**
 * Transformer model (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762): an encoder and a decoder. Source
 * [S, N, dModel] and target [T, N, dModel] → [T, N, dModel]. `dModel` is 512 and `nhead` is 8 by default. Weight
 * matrices are initialized with `init.xavierUniform_`.
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

  /** Encoder, which computes the memory from the source: [S, N, dModel] → [S, N, dModel]. */
  encoder: TransformerEncoder;
  /** Decoder, which computes the output from target and memory: [T, N, dModel] and [S, N, dModel] → [T, N, dModel]. */
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

  /** Reinitializes all weight matrices. */
  resetParameters(): void {
    for (const parameter of this.parameters()) if (parameter.ndim > 1) xavierUniform_(parameter);
  }

  /**
   * Runs encoder and decoder: source [S, N, dModel] and target [T, N, dModel] → [T, N, dModel]. N is optional, and
   * comes first with `batchFirst`.
   */
  forward(src: Tensor, tgt: Tensor, options?: TransformerCallOptions): Tensor {
    const { srcMask, srcKeyPaddingMask, srcIsCausal, ...rest } = settings("Transformer", options, {
      srcMask: null,
      srcKeyPaddingMask: null,
      srcIsCausal: false,
      ...decoderCall,
    });
    return this.decoder(tgt, this.encoder(src, { srcMask, srcKeyPaddingMask, isCausal: srcIsCausal }), rest);
  }

  /** Returns a causal mask [size, size] to add to attention scores: -∞ above the diagonal and 0 elsewhere. */
  static generateSquareSubsequentMask(size: number, options: FactoryOptions = {}): Tensor {
    return full([size, size], Number.NEGATIVE_INFINITY, options).triu(1);
  }
}
