/**
 * The larger models of the benchmarks, written as a user would write them.
 */

import {
  arange,
  Embedding,
  full,
  LayerNorm,
  Linear,
  LSTM,
  Module,
  ModuleList,
  type Tensor,
  TransformerEncoderLayer,
} from "akari";

/** An LSTM with hidden size 128 over the rows of images [N, 28, 28], which classifies them into ten classes. */
export class RowLSTM extends Module {
  lstm = new LSTM(28, 128, { batchFirst: true });
  fc = new Linear(128, 10);

  forward(x: Tensor): Tensor {
    const [output] = this.lstm(x);
    return this.fc(output.get(":", -1));
  }
}

const [width, heads, layers, context, vocabulary] = [128, 4, 2, 64, 96];

/** A causal transformer of two layers: ids [N, 64] → logits of 96 tokens, [N · 64, 96]. */
export class GPT extends Module {
  tok = new Embedding(vocabulary, width);
  pos = new Embedding(context, width);
  blocks = new ModuleList(
    Array.from(
      { length: layers },
      () =>
        new TransformerEncoderLayer(width, heads, {
          dimFeedforward: 4 * width,
          dropout: 0,
          activation: "gelu",
          batchFirst: true,
          normFirst: true,
        }),
    ),
  );
  norm = new LayerNorm(width);
  head = new Linear(width, vocabulary);
  readonly #mask = full([context, context], Number.NEGATIVE_INFINITY).triu(1);

  forward(ids: Tensor): Tensor {
    let x = this.tok(ids).add(this.pos(arange(context, { dtype: "int32" })));
    for (const block of this.blocks) x = block(x, { srcMask: this.#mask });
    return this.head(this.norm(x)).flatten(0, 1);
  }
}
