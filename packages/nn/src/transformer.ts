/**
 * Transformer encoder: layers of self-attention and a feed-forward network, each with a residual connection.
 */

import { checkInteger, expectTensor, gelu, refuse, relu, settings, type Tensor } from "@akari/tensor";
import { checkCounts, factoryDefaults } from "./arguments.ts";
import { MultiheadAttention } from "./attention.ts";
import { ModuleList } from "./container.ts";
import { deepcopy } from "./deepcopy.ts";
import { Dropout } from "./dropout.ts";
import { type FactoryOptions, Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { LayerNorm } from "./norm.ts";
import { snakeCase } from "./state-name.ts";

/** Options of `TransformerEncoderLayer` and `TransformerDecoderLayer`. */
export interface TransformerLayerOptions extends FactoryOptions {
  /** Number of hidden features of the feed-forward network. Default 2048. */
  readonly dimFeedforward?: number;
  /** Dropout probability in training, for all dropout layers. Default 0.1. */
  readonly dropout?: number;
  /** Activation function of the feed-forward network. Default "relu". */
  readonly activation?: "relu" | "gelu" | ((x: Tensor) => Tensor);
  /** Value added to the variance in layer normalization. Default 1e-5. */
  readonly layerNormEps?: number;
  /** Whether inputs and outputs are [N, L, E] instead of [L, N, E]. Default false. */
  readonly batchFirst?: boolean;
  /** Whether to normalize before attention and feed-forward network instead of after. Default false. */
  readonly normFirst?: boolean;
  /** Whether linear layers and normalizations have learnable biases. Default true. */
  readonly bias?: boolean;
}

/** Options of a call of `TransformerEncoderLayer`. */
export interface EncoderCallOptions {
  /**
   * Attention mask for each position, [L, L] or [N·heads, L, L]: bool (true masks out) or floats added to the scores.
   */
  readonly srcMask?: Tensor | null;
  /** Mask of positions to ignore, [N, L]: a bool tensor (true masks out) or floats added to the attention scores. */
  readonly srcKeyPaddingMask?: Tensor | null;
  /** Whether each position attends only to itself and earlier ones. Ignored if `srcMask` is given. Default false. */
  readonly isCausal?: boolean;
}

/** Options of a call of `TransformerEncoder`. */
export interface EncoderStackCallOptions extends Omit<EncoderCallOptions, "srcMask"> {
  /** Attention mask for each position, as the `srcMask` of a layer. */
  readonly mask?: Tensor | null;
}

const encoderCall = { srcMask: null, srcKeyPaddingMask: null, isCausal: false } as const;

/** Default options of encoder layers, decoder layers and `Transformer`. */
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

/** Returns an activation function by name. Throws an ArgumentError for an unknown name. */
function activationOf(layer: string, activation: TransformerLayerOptions["activation"]): (x: Tensor) => Tensor {
  if (typeof activation === "function") return activation;
  if (activation !== "relu" && activation !== "gelu")
    refuse(layer, "activation", activation, 'be "relu", "gelu" or a function');
  return activation === "relu" ? relu : (x) => gelu(x);
}

/** What encoder and decoder layers share: attention, then a feed-forward network, each with a residual connection. */
export abstract class TransformerLayer extends Module {
  /** Whether to normalize before attention and feed-forward network instead of after. Default false. */
  declare readonly normFirst: boolean;
  /** Self-attention: E → E. */
  declare selfAttn: MultiheadAttention;
  /** First layer of the feed-forward network: E → dimFeedforward. */
  declare linear1: Linear;
  /** Dropout between the two linear layers. */
  declare dropout: Dropout;
  /** Second layer of the feed-forward network: dimFeedforward → E. */
  declare linear2: Linear;
  /** Normalization after self-attention, or before it with `normFirst`. */
  declare norm1: LayerNorm;
  /** Dropout of the self-attention output. */
  declare dropout1: Dropout;
  /** Activation function of the feed-forward network. Default `relu`. */
  declare readonly activation: (x: Tensor) => Tensor;

  /** @param attentions Names of the attention modules. */
  constructor(attentions: readonly string[], dModel: number, nhead: number, options: TransformerLayerOptions) {
    super();
    const layer = this.constructor.name;
    const { dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias, ...factory } = settings(
      layer,
      options,
      layerDefaults,
    );
    checkCounts(layer, { dModel, nhead, dimFeedforward });
    this.normFirst = normFirst;
    this.activation = activationOf(layer, activation);
    for (const name of attentions)
      Reflect.set(this, name, new MultiheadAttention(dModel, nhead, { dropout, bias, batchFirst, ...factory }));
    this.linear1 = new Linear(dModel, dimFeedforward, { bias, ...factory });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, { bias, ...factory });
    const blocks = attentions.length + 1;
    for (let i = 1; i <= blocks; i++)
      Reflect.set(this, `norm${i}`, new LayerNorm(dModel, { eps: layerNormEps, bias, ...factory }));
    for (let i = 1; i <= blocks; i++) Reflect.set(this, `dropout${i}`, new Dropout(dropout));
  }

  protected override stateName(property: string): string {
    return snakeCase(property);
  }

  /** Applies attention and the feed-forward network in turn, each with its normalization, dropout and residual. */
  protected residual(input: Tensor, ...attentions: readonly ((x: Tensor) => Tensor)[]): Tensor {
    expectTensor(this.constructor.name, input);
    const network = (x: Tensor) => this.linear2(this.dropout(this.activation(this.linear1(x))));
    return [...attentions, network].reduce((x, block, i) => {
      const part = (name: string) => Reflect.get(this, `${name}${i + 1}`) as Module; // safe: set by the constructor
      const [norm, dropout] = [part("norm"), part("dropout")];
      return this.normFirst ? x.add(dropout(block(norm(x)))) : norm(x.add(dropout(block(x))));
    }, input);
  }
}

/** What encoder and decoder share: a stack of layers, with an optional normalization at the end. */
export abstract class TransformerStack<Layer extends Module> extends Module {
  /** Layers, in execution order. */
  layers: ModuleList<Layer>;
  /** Normalization of the output, or null. */
  norm: LayerNorm | null;

  /** @param options.norm Normalization of the output. Default null: no normalization. */
  constructor(layer: Layer, numLayers: number, options?: { readonly norm?: LayerNorm | null }) {
    super();
    checkInteger(this.constructor.name, "numLayers", numLayers, 1);
    this.layers = new ModuleList(Array.from({ length: numLayers }, () => deepcopy(layer)));
    this.norm = settings(this.constructor.name, options, { norm: null }).norm;
  }

  /** Applies all layers with the same further inputs, then the normalization. */
  protected through(input: Tensor, ...others: readonly unknown[]): Tensor {
    let x = input;
    for (const layer of this.layers) x = layer(x, ...others);
    const { norm } = this;
    return norm ? norm(x) : x;
  }
}

/**
 * Transformer encoder layer (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762): self-attention, then a
 * feed-forward network. Input and output are [L, N, E], [N, L, E] with `batchFirst`, or [L, E].
 *
 *     x ← norm1(x + attention(x))        x ← norm2(x + linear2(activation(linear1(x))))
 *
 * With `normFirst`, `x ← x + attention(norm1(x))` and so on.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html
 *
 * @example
 * const layer = new TransformerEncoderLayer(64, 4, { dimFeedforward: 128, batchFirst: true });
 */
export class TransformerEncoderLayer extends TransformerLayer {
  static override name = "TransformerEncoderLayer";
  /** Normalization after the feed-forward network, or before it with `normFirst`. */
  declare norm2: LayerNorm;
  /** Dropout of the feed-forward output. */
  declare dropout2: Dropout;

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super(["selfAttn"], dModel, nhead, options);
  }

  /** Applies the layer: [L, N, E] → [L, N, E], or [N, L, E] → [N, L, E] with `batchFirst`. N is optional. */
  forward(src: Tensor, options?: EncoderCallOptions): Tensor {
    const call = settings("TransformerEncoderLayer", options, encoderCall);
    const { srcMask: attnMask, srcKeyPaddingMask: keyPaddingMask, isCausal } = call;
    return this.residual(
      src,
      (x) => this.selfAttn(x, x, x, { attnMask, keyPaddingMask, isCausal, needWeights: false })[0],
    );
  }
}

/**
 * Stack of encoder layers, with an optional normalization at the end. All layers are initialized as copies of the given
 * one.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.TransformerEncoder.html
 *
 * @example
 * const layer = new TransformerEncoderLayer(64, 4);
 * const encoder = new TransformerEncoder(layer, 6, { norm: new LayerNorm(64) });
 */
export class TransformerEncoder extends TransformerStack<TransformerEncoderLayer> {
  static override name = "TransformerEncoder";

  /** Applies all layers with the same masks: [L, N, E] → [L, N, E], or [N, L, E] → [N, L, E] with `batchFirst`. */
  forward(src: Tensor, options?: EncoderStackCallOptions): Tensor {
    const { srcMask: mask, ...others } = encoderCall;
    const { mask: srcMask, ...call } = settings("TransformerEncoder", options, { mask, ...others });
    return this.through(src, { srcMask, ...call });
  }
}
