/**
 * The encoder of a transformer: layers of attention and of a small network for each position, with shortcuts around
 * both.
 */

import { ArgumentError, checkInteger, gelu, relu, settings, type Tensor } from "@akari/tensor";
import { checkCounts, factoryDefaults } from "./arguments.ts";
import { MultiheadAttention } from "./attention.ts";
import { ModuleList } from "./container.ts";
import { deepcopy } from "./deepcopy.ts";
import { Dropout } from "./dropout.ts";
import { type FactoryOptions, Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { LayerNorm } from "./norm.ts";
import { snakeCase } from "./state-name.ts";

/** Options of `TransformerEncoderLayer`. */
export interface TransformerLayerOptions extends FactoryOptions {
  /** The width of the network between the two linear layers. Default 2048. */
  readonly dimFeedforward?: number;
  /** How much is dropped in training, in every place. Default 0.1. */
  readonly dropout?: number;
  /** What stands between the two linear layers. Default "relu". */
  readonly activation?: "relu" | "gelu" | ((x: Tensor) => Tensor);
  /** Added to the variance in the normalisations. Default 1e-5. */
  readonly layerNormEps?: number;
  /** Whether tensors are [N, L, E] instead of [L, N, E]. Default false. */
  readonly batchFirst?: boolean;
  /** Whether each part is normalised before it instead of after it. Default false. */
  readonly normFirst?: boolean;
  /** Whether linear layers and normalisations have biases. Default true. */
  readonly bias?: boolean;
}

/** What a call of `TransformerEncoderLayer` and `TransformerEncoder` may be told. */
export interface EncoderCallOptions {
  /** Which positions each position may look at: [L, L] or [N·heads, L, L], bool (true hides) or numbers to add. */
  readonly srcMask?: Tensor | null;
  /** Which positions nobody may look at: [N, L], bool (true hides) or numbers to add. */
  readonly srcKeyPaddingMask?: Tensor | null;
  /** Whether each position sees only itself and those before it, without a mask to say so. Default false. */
  readonly isCausal?: boolean;
}

const encoderCall = { srcMask: null, srcKeyPaddingMask: null, isCausal: false } as const;

/** The options of the layers and of the whole. */
export const layerDefaults: Required<Omit<TransformerLayerOptions, keyof FactoryOptions>> & typeof factoryDefaults = {
  dimFeedforward: 2048,
  dropout: 0.1,
  activation: "relu",
  layerNormEps: 1e-5,
  batchFirst: false,
  normFirst: false,
  bias: true,
  ...factoryDefaults,
};

/** The function that stands between the linear layers. Throws an ArgumentError for an unknown name. */
export function activationOf(layer: string, activation: TransformerLayerOptions["activation"]): (x: Tensor) => Tensor {
  if (typeof activation === "function") return activation;
  if (activation !== "relu" && activation !== "gelu")
    throw new ArgumentError(`${layer}: activation must be "relu", "gelu" or a function, got "${String(activation)}"`);
  return activation === "relu" ? relu : (x) => gelu(x);
}

/**
 * A layer of an encoder: attention of the positions to each other, then a network for each position. Input and output
 * [L, N, E], [N, L, E] with `batchFirst`, or without N.
 *
 *     x ← norm1(x + attention(x))        x ← norm2(x + linear2(activation(linear1(x))))
 *
 * With `normFirst`, `x ← x + attention(norm1(x))` and so on. Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html
 *
 * @example
 * const layer = new TransformerEncoderLayer(64, 4, { dimFeedforward: 128, batchFirst: true });
 */
export class TransformerEncoderLayer extends Module {
  static override name = "TransformerEncoderLayer";
  /** Whether each part is normalised before it instead of after it. Default false. */
  readonly normFirst: boolean;
  /** Lets the positions look at each other: E → E. */
  selfAttn: MultiheadAttention;
  /** The first layer of the network for each position: E → dimFeedforward. */
  linear1: Linear;
  /** Drops in training between the two linear layers. Default 0.1. */
  dropout: Dropout;
  /** The second layer of the network for each position: dimFeedforward → E. */
  linear2: Linear;
  /** Normalises the sum of input and attention, or with `normFirst` what goes into the attention. */
  norm1: LayerNorm;
  /** Normalises the sum with the network, or with `normFirst` what goes into the network. */
  norm2: LayerNorm;
  /** Drops in training from what the attention found. Default 0.1. */
  dropout1: Dropout;
  /** Drops in training from what the network gives. Default 0.1. */
  dropout2: Dropout;
  /** What stands between the two linear layers. Default `relu`. */
  readonly activation: (x: Tensor) => Tensor;

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super();
    const { dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias, ...factory } = settings(
      "TransformerEncoderLayer",
      options,
      layerDefaults,
    );
    checkCounts("TransformerEncoderLayer", { dModel, nhead, dimFeedforward });
    this.normFirst = normFirst;
    this.activation = activationOf("TransformerEncoderLayer", activation);
    this.selfAttn = new MultiheadAttention(dModel, nhead, { dropout, bias, batchFirst, ...factory });
    this.linear1 = new Linear(dModel, dimFeedforward, { bias, ...factory });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, { bias, ...factory });
    this.norm1 = new LayerNorm(dModel, { eps: layerNormEps, bias, ...factory });
    this.norm2 = new LayerNorm(dModel, { eps: layerNormEps, bias, ...factory });
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
  }

  protected override stateName(property: string): string {
    return snakeCase(property);
  }

  /** [L, N, E] → [L, N, E], [N, L, E] → [N, L, E] with `batchFirst`, or both without N. */
  forward(src: Tensor, options?: EncoderCallOptions): Tensor {
    const call = settings("TransformerEncoderLayer", options, encoderCall);
    if (this.normFirst) {
      const x = src.add(this.attention(this.norm1(src), call));
      return x.add(this.network(this.norm2(x)));
    }
    const x = this.norm1(src.add(this.attention(src, call)));
    return this.norm2(x.add(this.network(x)));
  }

  private attention(x: Tensor, { srcMask, srcKeyPaddingMask, isCausal }: Required<EncoderCallOptions>): Tensor {
    const [y] = this.selfAttn(x, x, x, {
      attnMask: srcMask,
      keyPaddingMask: srcKeyPaddingMask,
      needWeights: false,
      isCausal,
    });
    return this.dropout1(y);
  }

  private network(x: Tensor): Tensor {
    return this.dropout2(this.linear2(this.dropout(this.activation(this.linear1(x)))));
  }
}

/**
 * Encoder layers one after the other, and a normalisation at the end if one is given. All start as copies of the layer
 * given.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.TransformerEncoder.html
 *
 * @example
 * const layer = new TransformerEncoderLayer(64, 4);
 * const encoder = new TransformerEncoder(layer, 6, { norm: new LayerNorm(64) });
 */
export class TransformerEncoder extends Module {
  static override name = "TransformerEncoder";

  /** The layers, the first one first. */
  layers: ModuleList<TransformerEncoderLayer>;
  /** Normalises the result of the last layer; null for none. */
  norm: LayerNorm | null;

  /** @param options.norm What normalises the result of the last layer. Default null: nothing does. */
  constructor(
    encoderLayer: TransformerEncoderLayer,
    numLayers: number,
    options?: { readonly norm?: LayerNorm | null },
  ) {
    super();
    checkInteger("TransformerEncoder", "numLayers", numLayers, 1);
    this.layers = new ModuleList(Array.from({ length: numLayers }, () => deepcopy(encoderLayer)));
    this.norm = settings("TransformerEncoder", options, { norm: null }).norm;
  }

  /** [L, N, E] → [L, N, E], or as its layers take it; masks hold for every layer. */
  forward(src: Tensor, options?: EncoderCallOptions): Tensor {
    let x = src;
    for (const layer of this.layers) x = layer(x, options);
    return this.norm ? this.norm(x) : x;
  }
}
