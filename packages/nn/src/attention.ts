/**
 * Attention with several heads.
 */

import {
  ArgumentError,
  cat,
  checkNumber,
  chunk,
  empty,
  linear,
  ShapeError,
  settings,
  showShape,
  type Tensor,
} from "@akari/tensor";
import { checkCounts, factoryDefaults } from "./arguments.ts";
import { attend, checkMask, type Mask } from "./functional/attention.ts";
import { xavierNormal_, xavierUniform_, zeros_ } from "./init.ts";
import { type FactoryOptions, Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { snakeCase } from "./state-name.ts";

/** Options of `MultiheadAttention`. */
export interface MultiheadAttentionOptions extends FactoryOptions {
  /** How many of the attention weights are dropped in training. Default 0. */
  readonly dropout?: number;
  /** Whether the projections have biases. Default true. */
  readonly bias?: boolean;
  /** Whether a learned key and value are added. Default false. */
  readonly addBiasKv?: boolean;
  /** Whether a key and a value of zeros are added. Default false. */
  readonly addZeroAttn?: boolean;
  /** The width of the keys. Default `embedDim`. */
  readonly kdim?: number;
  /** The width of the values. Default `embedDim`. */
  readonly vdim?: number;
  /** Whether tensors are [N, L, E] instead of [L, N, E]. Default false. */
  readonly batchFirst?: boolean;
}

/** What a call of `MultiheadAttention` may be told. */
export interface MultiheadCallOptions {
  /** Which keys nobody may look at: [N, S], bool (true hides) or numbers to add. */
  readonly keyPaddingMask?: Tensor | null;
  /** Whether the weights are returned, too. Default true. */
  readonly needWeights?: boolean;
  /** Which keys each query may look at: [L, S] or [N·heads, L, S], bool (true hides) or numbers to add. */
  readonly attnMask?: Tensor | null;
  /** Whether the weights returned are the mean over the heads. Default true. */
  readonly averageAttnWeights?: boolean;
  /** Whether query `i` sees the keys `0…i` only, without a mask to say so. Default false. */
  readonly isCausal?: boolean;
}

/** The projection after attention; PyTorch prints it under this name. */
class NonDynamicallyQuantizableLinear extends Linear {}

/**
 * Attention by several heads side by side, each in its own projection of the inputs.
 *
 *     concat(head₁, …, headₕ) Wᴼ        headᵢ = softmax(Q Wᵢ (K Uᵢ)ᵀ / √d) V Zᵢ
 *
 * Called with query [L, N, E], key [S, N, kdim] and value [S, N, vdim] (without N, or N first with `batchFirst`), it
 * returns the output, of the query's shape, and the weights [N, L, S] (or null). Vaswani et al. 2017,
 * https://arxiv.org/abs/1706.03762
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html
 *
 * @throws ArgumentError when the heads do not divide `embedDim`. @throws ShapeError, when called, for inputs that do
 * not fit.
 * @example
 * const attention = new MultiheadAttention(64, 4, { batchFirst: true });
 * const [y, weights] = attention(x, x, x);
 */
export class MultiheadAttention extends Module {
  static override name = "MultiheadAttention";
  /** E, the width of queries and of the output, which the heads share out among them. */
  readonly embedDim: number;
  /** How many heads there are, each of the width `embedDim / numHeads`. */
  readonly numHeads: number;
  /** How many of the attention weights are dropped in training, from 0 to 1. Default 0. */
  readonly dropout: number;
  /** Whether tensors are [N, L, E] instead of [L, N, E]. Default false. */
  readonly batchFirst: boolean;
  /** Whether a key and a value of zeros stand behind the given ones. Default false. */
  readonly addZeroAttn: boolean;
  /** The width of the keys. Default `embedDim`. */
  readonly kdim: number;
  /** The width of the values. Default `embedDim`. */
  readonly vdim: number;
  /**
   * Takes queries, keys and values, in this order, to the width of all heads: [3E, E]; null where they differ in width,
   * and each has a matrix of its own.
   */
  inProjWeight: Parameter | null;
  /** Takes queries to the width of all heads: [E, E]; null where `inProjWeight` does. */
  qProjWeight: Parameter | null;
  /** Takes keys to the width of all heads: [E, kdim]; null where `inProjWeight` does. */
  kProjWeight: Parameter | null;
  /** Takes values to the width of all heads: [E, vdim]; null where `inProjWeight` does. */
  vProjWeight: Parameter | null;
  /** Added to the projections of queries, keys and values, in this order: [3E]; starts as zeros, null without bias. */
  inProjBias: Parameter | null;
  /** A learned key behind the given ones: [1, 1, E]; null unless `addBiasKv` asked for it. */
  biasK: Parameter | null;
  /** The value that belongs to it: [1, 1, E]; null as that is. */
  biasV: Parameter | null;
  /** Takes what all heads found, side by side, to the output: [..., E] → [..., E]. */
  outProj: Linear;

  constructor(embedDim: number, numHeads: number, options?: MultiheadAttentionOptions) {
    super();
    checkCounts("MultiheadAttention", { embedDim, numHeads });
    if (embedDim % numHeads !== 0)
      throw new ArgumentError(`MultiheadAttention: embedDim ${embedDim} cannot be divided among ${numHeads} heads`);
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

  /** Draws the weights of the projections of the inputs anew, and sets the biases to zero. */
  resetParameters(): void {
    for (const weight of [this.inProjWeight, this.qProjWeight, this.kProjWeight, this.vProjWeight])
      if (weight) xavierUniform_(weight);
    if (this.inProjBias) zeros_(this.inProjBias);
    if (this.outProj.bias) zeros_(this.outProj.bias);
    if (this.biasK) xavierNormal_(this.biasK);
    if (this.biasV) xavierNormal_(this.biasV);
  }

  /**
   * Query [L, N, E], key [S, N, kdim] and value [S, N, vdim] → the output [L, N, E] and the weights: [N, L, S],
   * [N, heads, L, S] with `averageAttnWeights: false`, or null with `needWeights: false`.
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
    // [N, L, E] and [N, heads, L, E / heads] from here on.
    const batched = (x: Tensor): Tensor => (single ? x.unsqueeze(0) : this.batchFirst ? x : x.transpose(0, 1));
    const [q, k, v] = this.project(query, key, value).map((x) => batched(x));
    const [keys, values] = [this.extended(k as Tensor, this.biasK), this.extended(v as Tensor, this.biasV)];
    const heads = (x: Tensor): Tensor => x.unflatten(-1, [this.numHeads, -1]).transpose(1, 2);
    const masks = this.masks(hidden, (q as Tensor).shape[0] ?? 1);
    const [found, weights] = attend(heads(q as Tensor), heads(keys), heads(values), {
      scale: Math.sqrt(this.numHeads / this.embedDim),
      masks,
      isCausal: isCausal && !hidden.attnMask,
      dropoutP: this.training ? this.dropout : 0,
    });
    const joined = found.transpose(1, 2).flatten(2);
    const output = this.outProj(single ? joined.squeeze(0) : this.batchFirst ? joined : joined.transpose(0, 1));
    if (!needWeights) return [output, null];
    const shown = averageAttnWeights ? weights.mean(1) : weights;
    return [output, single ? shown.squeeze(0) : shown];
  }

  private check(query: Tensor, key: Tensor, value: Tensor): void {
    const { embedDim, kdim, vdim, batchFirst } = this;
    const [batch, length] = batchFirst ? [0, 1] : [1, 0];
    const fits =
      (query.ndim === 2 || query.ndim === 3) &&
      key.ndim === query.ndim &&
      value.ndim === query.ndim &&
      query.shape.at(-1) === embedDim &&
      key.shape.at(-1) === kdim &&
      value.shape.at(-1) === vdim &&
      (query.ndim === 2
        ? key.shape[0] === value.shape[0]
        : key.shape[length] === value.shape[length] &&
          [key, value].every((x) => x.shape[batch] === query.shape[batch]));
    if (fits) return;
    const shape = (size: string, width: number) => (batchFirst ? `[N, ${size}, ${width}]` : `[${size}, N, ${width}]`);
    throw new ShapeError(
      `MultiheadAttention: expected query ${shape("L", embedDim)}, key ${shape("S", kdim)} and value ${shape("S", vdim)}, or all without N, got ${[query, key, value].map((x) => showShape(x.shape)).join(", ")}`,
    );
  }

  /** Queries, keys and values, each projected to the width of all heads; in one product where they are one tensor. */
  private project(query: Tensor, key: Tensor, value: Tensor): readonly Tensor[] {
    const { inProjWeight: packed, inProjBias } = this;
    if (packed && query === key && key === value) return chunk(linear(query, packed, inProjBias), 3, -1);
    const biases = inProjBias ? chunk(inProjBias, 3) : [];
    // Safe: where there is no packed matrix there are the three others.
    const weights = packed
      ? chunk(packed, 3)
      : [this.qProjWeight as Tensor, this.kProjWeight as Tensor, this.vProjWeight as Tensor];
    return [query, key, value].map((x, i) => linear(x, weights[i] as Tensor, biases[i] ?? null));
  }

  /** Keys or values [N, S, E] with the learned one and the zero one behind them. */
  private extended(x: Tensor, learned: Tensor | null): Tensor {
    const one = [x.shape[0] ?? 1, 1, this.embedDim];
    const parts = [x];
    if (learned) parts.push(learned.expand(one));
    if (this.addZeroAttn) parts.push(x.newEmpty(one).zero_());
    return parts.length === 1 ? x : cat(parts, 1);
  }

  /**
   * The masks in the shape [N, heads, L, S], as they broadcast to it, with nothing hidden of the keys that were added.
   */
  private masks({ attnMask, keyPaddingMask }: MultiheadCallOptions, batch: number): Mask[] {
    checkMask("MultiheadAttention", "attnMask", attnMask);
    checkMask("MultiheadAttention", "keyPaddingMask", keyPaddingMask);
    const added = Number(this.biasK !== null) + Number(this.addZeroAttn);
    const masks: Mask[] = [];
    const push = (mask: Tensor) => {
      const values = added === 0 ? mask : cat([mask, mask.newEmpty([...mask.shape.slice(0, -1), added]).zero_()], -1);
      masks.push({ values, true: "hides" });
    };
    if (attnMask)
      push(attnMask.ndim === 3 ? attnMask.reshape([batch, this.numHeads, ...attnMask.shape.slice(1)]) : attnMask);
    if (keyPaddingMask) push(keyPaddingMask.reshape([batch, 1, 1, -1]));
    return masks;
  }
}
