/**
 * Transformer decoder, which attends to the encoder's output, and the full encoder-decoder model.
 */

import { full, settings, type Tensor } from "@akari/tensor";
import { checkCounts } from "./arguments.ts";
import type { MultiheadAttention } from "./attention.ts";
import type { Dropout } from "./dropout.ts";
import { xavierUniform_ } from "./init.ts";
import type { FactoryOptions } from "./linear.ts";
import { Module } from "./module.ts";
import type { LayerNorm } from "./norm.ts";
import {
  layerDefaults,
  TransformerEncoder,
  TransformerEncoderLayer,
  TransformerLayer,
  type TransformerLayerOptions,
  TransformerStack,
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
export class TransformerDecoderLayer extends TransformerLayer {
  static override name = "TransformerDecoderLayer";
  /** Attention of the target to the memory: E → E. */
  declare multiheadAttn: MultiheadAttention;
  /**
   * Normalization after attention to the memory, or before it with `normFirst`. The memory itself is not normalized.
   */
  declare norm2: LayerNorm;
  /** Normalization after the feed-forward network, or before it with `normFirst`. */
  declare norm3: LayerNorm;
  /** Dropout of the output of attention to the memory. */
  declare dropout2: Dropout;
  /** Dropout of the feed-forward output. */
  declare dropout3: Dropout;

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super(["selfAttn", "multiheadAttn"], dModel, nhead, options);
  }

  /**
   * Applies the layer: target [T, N, E] and memory [S, N, E] → [T, N, E]. N is optional, and comes first with
   * `batchFirst`.
   */
  forward(tgt: Tensor, memory: Tensor, options?: DecoderCallOptions): Tensor {
    const call = settings("TransformerDecoderLayer", options, decoderCall);
    const { tgtMask, tgtKeyPaddingMask, tgtIsCausal, memoryMask, memoryKeyPaddingMask, memoryIsCausal } = call;
    const own = { attnMask: tgtMask, keyPaddingMask: tgtKeyPaddingMask, isCausal: tgtIsCausal };
    const other = { attnMask: memoryMask, keyPaddingMask: memoryKeyPaddingMask, isCausal: memoryIsCausal };
    return this.residual(
      tgt,
      (x) => this.selfAttn(x, x, x, { ...own, needWeights: false })[0],
      (x) => this.multiheadAttn(x, memory, memory, { ...other, needWeights: false })[0],
    );
  }
}

/**
 * Stack of decoder layers, with an optional normalization at the end. All layers are initialized as copies of the given
 * one.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.TransformerDecoder.html
 */
export class TransformerDecoder extends TransformerStack<TransformerDecoderLayer> {
  static override name = "TransformerDecoder";

  /** Applies all layers with the same masks: target [T, N, E] and memory [S, N, E] → [T, N, E]. */
  forward(tgt: Tensor, memory: Tensor, options?: DecoderCallOptions): Tensor {
    return this.through(tgt, memory, options);
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
    checkCounts("Transformer", { dModel, nhead });
    const encoderLayer = new TransformerEncoderLayer(dModel, nhead, layer);
    const decoderLayer = new TransformerDecoderLayer(dModel, nhead, layer);
    // The stacks copy these layers, so that their normalizations are free to use.
    this.encoder = new TransformerEncoder(encoderLayer, numEncoderLayers, { norm: encoderLayer.norm1 });
    this.decoder = new TransformerDecoder(decoderLayer, numDecoderLayers, { norm: decoderLayer.norm1 });
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
    return this.decoder(tgt, this.encoder(src, { mask: srcMask, srcKeyPaddingMask, isCausal: srcIsCausal }), rest);
  }

  /** Returns a causal mask [size, size] to add to attention scores: -∞ above the diagonal and 0 elsewhere. */
  static generateSquareSubsequentMask(size: number, options: FactoryOptions = {}): Tensor {
    return full([size, size], Number.NEGATIVE_INFINITY, options).triu(1);
  }
}
