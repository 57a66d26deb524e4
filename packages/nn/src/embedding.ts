/**
 * A table of learned vectors, looked up by index.
 */

import { noGrad } from "@akari/autograd";
import { ArgumentError, embedding, empty, type Tensor } from "@akari/tensor";
import { checkPositive } from "./arguments.ts";
import { normal_ } from "./init.ts";
import type { FactoryOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** Options of `Embedding`. */
export interface EmbeddingLayerOptions extends FactoryOptions {
  /** A row that stays as it is (it starts as zeros and takes no gradient); negative from the end. Default: none. */
  readonly paddingIdx?: number | null;
}

/**
 * Rows of a table: input [...] of indices, output [..., embeddingDim], weight [numEmbeddings, embeddingDim], which starts standard normal.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Embedding.html
 *
 * @throws IndexError, when called, for an index outside of the table.
 */
export class Embedding extends Module {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  readonly paddingIdx: number | null;
  weight: Parameter;

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingLayerOptions = {}) {
    super();
    checkPositive("Embedding", { numEmbeddings, embeddingDim });
    const { paddingIdx = null, ...factory } = options;
    if (paddingIdx !== null && !(Number.isInteger(paddingIdx) && paddingIdx >= -numEmbeddings && paddingIdx < numEmbeddings)) {
      throw new ArgumentError(`Embedding: paddingIdx ${paddingIdx} is outside of the ${numEmbeddings} rows`);
    }
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIdx = paddingIdx !== null && paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx;
    this.weight = new Parameter(empty([numEmbeddings, embeddingDim], factory));
    this.resetParameters();
  }

  /** Draws the table anew. */
  resetParameters(): void {
    normal_(this.weight);
    const { paddingIdx } = this;
    if (paddingIdx !== null) noGrad(() => void this.weight.select(0, paddingIdx).fill_(0));
  }

  forward(input: Tensor): Tensor {
    return embedding(input, this.weight, this.paddingIdx === null ? {} : { paddingIdx: this.paddingIdx });
  }

  override extraRepr(): string {
    const padding = this.paddingIdx === null ? "" : `, padding_idx=${this.paddingIdx}`;
    return `${this.numEmbeddings}, ${this.embeddingDim}${padding}`;
  }
}
