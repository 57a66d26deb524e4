/**
 * Multi-head attention.
 */

import {
  ArgumentError,
  cat,
  checkNumber,
  chunk,
  empty,
  linear,
  pad,
  scope,
  settings,
  shapeError,
  shapeOf,
  type Tensor,
} from "@akari/tensor";
import { checkCounts, factoryDefaults } from "./arguments.ts";
import { attend, checkMask } from "./functional/attention.ts";
import { xavierNormal_, xavierUniform_, zeros_ } from "./init.ts";
import { type FactoryOptions, Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { snakeCase } from "./state-name.ts";

/** Options of `MultiheadAttention`. */
export interface MultiheadAttentionOptions extends FactoryOptions {
  /** Dropout probability applied to the attention weights in training. Default 0. */
  readonly dropout?: number;
  /** Whether the projections have learnable biases. Default true. */
  readonly bias?: boolean;
  /** Whether to append a learnable key and value to the sequence. Default false. */
  readonly addBiasKv?: boolean;
  /** Whether to append a key and a value of zeros to the sequence. Default false. */
  readonly addZeroAttn?: boolean;
  /** Number of key features. Default `embedDim`. */
  readonly kdim?: number;
  /** Number of value features. Default `embedDim`. */
  readonly vdim?: number;
  /** Whether inputs and outputs are [N, L, E] instead of [L, N, E]. Default false. */
  readonly batchFirst?: boolean;
}

/** Options of a call of `MultiheadAttention`. */
export interface MultiheadCallOptions {
  /** Mask of keys to ignore, [N, S]: a bool tensor (true masks the key out) or floats added to the attention scores. */
  readonly keyPaddingMask?: Tensor | null;
  /** Whether to return the attention weights. Default true. */
  readonly needWeights?: boolean;
  /**
   * Mask of keys for each query, [L, S] or [N·heads, L, S]: bool (true masks the key out) or floats added to the
   * scores.
   */
  readonly attnMask?: Tensor | null;
  /** Whether to average the returned attention weights over the heads. Default true. */
  readonly averageAttnWeights?: boolean;
  /** Whether query `i` attends only to the keys `0…i`. Ignored if `attnMask` is given. Default false. */
  readonly isCausal?: boolean;
}

/** Output projection, under the class name that PyTorch prints. */
class NonDynamicallyQuantizableLinear extends Linear {}

/**
 * Multi-head attention (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762): several heads attend in parallel, each
 * in its own projection of the inputs.
 *
 *     concat(head₁, …, headₕ) Wᴼ        headᵢ = softmax(Q Wᵢ (K Uᵢ)ᵀ / √d) V Zᵢ
 *
 * A call with query [L, N, E], key [S, N, kdim] and value [S, N, vdim] returns the output [L, N, E] and the attention
 * weights [N, L, S], or null. N is optional, and comes first with `batchFirst`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html
 *
 * @throws ArgumentError when `embedDim` is not divisible by `numHeads`.
 * @example
 * const attention = new MultiheadAttention(64, 4, { batchFirst: true });
 * const [y, weights] = attention(x, x, x);
 */
export class MultiheadAttention extends Module {
  static override name = "MultiheadAttention";
  /** E: number of features of queries and outputs, which is split among the heads. */
  readonly embedDim: number;
  /** Number of heads, each with `embedDim / numHeads` features. */
  readonly numHeads: number;
  /** Dropout probability applied to the attention weights in training, from 0 to 1. Default 0. */
  readonly dropout: number;
  /** Whether inputs and outputs are [N, L, E] instead of [L, N, E]. Default false. */
  readonly batchFirst: boolean;
  /** Whether a key and a value of zeros are appended to the sequence. Default false. */
  readonly addZeroAttn: boolean;
  /** Number of key features. Default `embedDim`. */
  readonly kdim: number;
  /** Number of value features. Default `embedDim`. */
  readonly vdim: number;
  /**
   * Learnable projections of queries, keys and values, in this order: [3E, E]. Null if `kdim` or `vdim` is not E; there
   * are then three separate weights.
   */
  inProjWeight: Parameter | null;
  /** Learnable projection of queries, [E, E]; null if `inProjWeight` is used. */
  qProjWeight: Parameter | null;
  /** Learnable projection of keys, [E, kdim]; null if `inProjWeight` is used. */
  kProjWeight: Parameter | null;
  /** Learnable projection of values, [E, vdim]; null if `inProjWeight` is used. */
  vProjWeight: Parameter | null;
  /**
   * Learnable biases of the projections of queries, keys and values, in this order: [3E]; null without bias.
   * Initialized to zeros.
   */
  inProjBias: Parameter | null;
  /** Learnable key appended to the sequence, [1, 1, E]; null without `addBiasKv`. */
  biasK: Parameter | null;
  /** Learnable value appended to the sequence, [1, 1, E]; null without `addBiasKv`. */
  biasV: Parameter | null;
  /** Output projection of the concatenated heads, [..., E] → [..., E]. */
  outProj: Linear;

  constructor(embedDim: number, numHeads: number, options?: MultiheadAttentionOptions) {
    super();
    checkCounts("MultiheadAttention", { embedDim, numHeads });
    if (embedDim % numHeads !== 0)
      throw new ArgumentError(`MultiheadAttention: embedDim ${embedDim} must be divisible by numHeads ${numHeads}`);
    const { dropout, bias, addBiasKv, addZeroAttn, kdim, vdim, batchFirst, ...factory } = settings(
      "MultiheadAttention",
      options,
      {
        dropout: 0,
        bias: true,
        addBiasKv: false,
        addZeroAttn: false,
        kdim: embedDim,
        vdim: embedDim,
        batchFirst: false,
        ...factoryDefaults,
      },
    );
    checkNumber("MultiheadAttention", "dropout", dropout, 1);
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.dropout = dropout;
    this.batchFirst = batchFirst;
    this.addZeroAttn = addZeroAttn;
    this.kdim = kdim;
    this.vdim = vdim;
    const parameter = (...shape: number[]) => new Parameter(empty(shape, factory));
    const packed = kdim === embedDim && vdim === embedDim;
    this.qProjWeight = packed ? null : parameter(embedDim, embedDim);
    this.kProjWeight = packed ? null : parameter(embedDim, kdim);
    this.vProjWeight = packed ? null : parameter(embedDim, vdim);
    this.inProjWeight = packed ? parameter(3 * embedDim, embedDim) : null;
    this.inProjBias = bias ? parameter(3 * embedDim) : null;
    this.biasK = addBiasKv ? parameter(1, 1, embedDim) : null;
    this.biasV = addBiasKv ? parameter(1, 1, embedDim) : null;
    this.outProj = new NonDynamicallyQuantizableLinear(embedDim, embedDim, { bias, ...factory });
    this.resetParameters();
  }

  protected override stateName(property: string): string {
    return snakeCase(property);
  }

  /** Reinitializes the projections of the inputs, and sets their biases and that of the output projection to zero. */
  resetParameters(): void {
    for (const weight of [this.inProjWeight, this.qProjWeight, this.kProjWeight, this.vProjWeight])
      if (weight) xavierUniform_(weight);
    if (this.inProjBias) zeros_(this.inProjBias);
    if (this.outProj.bias) zeros_(this.outProj.bias);
    if (this.biasK) xavierNormal_(this.biasK);
    if (this.biasV) xavierNormal_(this.biasV);
  }

  /**
   * Computes attention for query [L, N, E], key [S, N, kdim] and value [S, N, vdim]. Returns the output [L, N, E] and
   * the attention weights: [N, L, S], [N, heads, L, S] with `averageAttnWeights: false`, or null with
   * `needWeights: false`.
   *
   * @throws ShapeError when the shapes of query, key and value do not match.
   * @throws DTypeError for a mask that is neither bool nor floating-point.
   */
  forward(query: Tensor, key: Tensor, value: Tensor, options?: MultiheadCallOptions): [Tensor, Tensor | null] {
    this.check(query, key, value);
    const { needWeights, averageAttnWeights, isCausal, ...hidden } = settings("MultiheadAttention", options, {
      needWeights: true,
      averageAttnWeights: true,
      isCausal: false,
      attnMask: null,
      keyPaddingMask: null,
    });
    const single = query.ndim === 2;
    // [N, L, E] and [N, heads, L, E / heads] inside.
    const batched = (x: Tensor): Tensor => (single ? x.unsqueeze(0) : this.batchFirst ? x : x.transpose(0, 1));
    const [joined, weights] = scope(() => {
      const [q, k, v] = this.project(query, key, value).map((x) => batched(x));
      const [keys, values] = [this.extended(k as Tensor, this.biasK), this.extended(v as Tensor, this.biasV)];
      const heads = (x: Tensor): Tensor => x.unflatten(-1, [this.numHeads, -1]).transpose(1, 2);
      const [found, weights] = attend(heads(q as Tensor), heads(keys), heads(values), {
        scale: Math.sqrt(this.numHeads / this.embedDim),
        masks: this.masks(hidden, (q as Tensor).shape[0] ?? 1),
        isCausal: isCausal && !hidden.attnMask,
        appended: this.appended,
        dropoutP: this.training ? this.dropout : 0,
      });
      const joined = found.transpose(1, 2).flatten(2);
      const shaped = single ? joined.squeeze(0) : this.batchFirst ? joined : joined.transpose(0, 1);
      return [shaped, needWeights ? weights : null] as const;
    });
    const output = this.outProj(joined);
    if (weights === null) return [output, null];
    const shown = averageAttnWeights ? weights.mean(1) : weights;
    return [output, single ? shown.squeeze(0) : shown];
  }

  private check(query: Tensor, key: Tensor, value: Tensor): void {
    const { embedDim, kdim, vdim, batchFirst } = this;
    const { length: ndim } = shapeOf("MultiheadAttention", query);
    const batch = batchFirst ? 0 : 1;
    const length = ndim === 2 ? 0 : 1 - batch;
    const fits = (x: Tensor, width: number) =>
      shapeOf("MultiheadAttention", x).length === ndim &&
      x.shape.at(-1) === width &&
      (ndim === 2 || x.shape[batch] === query.shape[batch]);
    if (
      (ndim === 2 || ndim === 3) &&
      fits(query, embedDim) &&
      fits(key, kdim) &&
      fits(value, vdim) &&
      key.shape[length] === value.shape[length]
    )
      return;
    const shape = (size: string, width: number) => (batchFirst ? `[N, ${size}, ${width}]` : `[${size}, N, ${width}]`);
    throw shapeError(
      "MultiheadAttention",
      `query ${shape("L", embedDim)}, key ${shape("S", kdim)} and value ${shape("S", vdim)}, or all without N`,
      query,
      key,
      value,
    );
  }

  /** Projects queries, keys and values. If they are the same tensor, a single matrix product suffices. */
  private project(query: Tensor, key: Tensor, value: Tensor): readonly Tensor[] {
    const { inProjWeight: packed, inProjBias } = this;
    if (packed && query === key && key === value) return chunk(linear(query, packed, inProjBias), 3, -1);
    const biases = inProjBias ? chunk(inProjBias, 3) : [];
    // Safe: the three separate weights exist if there is no packed one.
    const weights = packed
      ? chunk(packed, 3)
      : [this.qProjWeight as Tensor, this.kProjWeight as Tensor, this.vProjWeight as Tensor];
    return [query, key, value].map((x, i) => linear(x, weights[i] as Tensor, biases[i] ?? null));
  }

  /** Number of keys that `extended` appends. */
  private get appended(): number {
    return Number(this.biasK !== null) + Number(this.addZeroAttn);
  }

  /** Appends the learnable and the zero row to keys or values [N, S, E]. */
  private extended(x: Tensor, learned: Tensor | null): Tensor {
    const one = [x.shape[0] ?? 1, 1, this.embedDim];
    const parts = [x];
    if (learned) parts.push(learned.expand(one));
    if (this.addZeroAttn) parts.push(x.newEmpty(one).zero_());
    return parts.length === 1 ? x : cat(parts, 1);
  }

  /**
   * Returns the masks in shapes that broadcast to [N, heads, L, S], padded so that the appended keys stay visible.
   */
  private masks({ attnMask, keyPaddingMask }: MultiheadCallOptions, batch: number): Tensor[] {
    checkMask("MultiheadAttention", "attnMask", attnMask);
    checkMask("MultiheadAttention", "keyPaddingMask", keyPaddingMask);
    const added = this.appended;
    const wider = (mask: Tensor): Tensor => (added === 0 ? mask : pad(mask, [0, added]));
    const masks: Tensor[] = [];
    if (attnMask)
      masks.push(
        wider(attnMask.ndim === 3 ? attnMask.reshape([batch, this.numHeads, ...attnMask.shape.slice(1)]) : attnMask),
      );
    if (keyPaddingMask) masks.push(wider(keyPaddingMask.reshape([batch, 1, 1, -1])));
    return masks;
  }
}
