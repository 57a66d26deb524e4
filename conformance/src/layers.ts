/** Builds layers from their recorded description: PyTorch's name and its constructor's arguments, all by keyword. */

import * as nn from "@akari/nn";
import { camelCase } from "./arguments.ts";
import { type Keywords, Missing } from "./recorded.ts";

const conv = ["in_channels", "out_channels", "kernel_size"];
const sizes = ["input_size", "hidden_size"];

/** The arguments that come first, in their place, where there are any; all others go into the options. */
const positional: Readonly<Record<string, readonly string[]>> = {
  Linear: ["in_features", "out_features"],
  Bilinear: ["in1_features", "in2_features", "out_features"],
  Conv1d: conv,
  Conv2d: conv,
  Conv3d: conv,
  ConvTranspose1d: conv,
  ConvTranspose2d: conv,
  ConvTranspose3d: conv,
  BatchNorm1d: ["num_features"],
  BatchNorm2d: ["num_features"],
  BatchNorm3d: ["num_features"],
  InstanceNorm1d: ["num_features"],
  InstanceNorm2d: ["num_features"],
  InstanceNorm3d: ["num_features"],
  GroupNorm: ["num_groups", "num_channels"],
  LayerNorm: ["normalized_shape"],
  RMSNorm: ["normalized_shape"],
  AdaptiveLogSoftmaxWithLoss: ["in_features", "n_classes", "cutoffs"],
  Embedding: ["num_embeddings", "embedding_dim"],
  EmbeddingBag: ["num_embeddings", "embedding_dim"],
  PReLU: ["num_parameters"],
  RNN: sizes,
  LSTM: sizes,
  GRU: sizes,
  RNNCell: sizes,
  LSTMCell: sizes,
  GRUCell: sizes,
  MultiheadAttention: ["embed_dim", "num_heads"],
  TransformerEncoderLayer: ["d_model", "nhead"],
};

/** A new layer, `op` being `nn.` and the class. */
export function layerOf(op: string, args: Keywords): nn.Module {
  const name = op.slice("nn.".length);
  const found = (nn as Readonly<Record<string, unknown>>)[name];
  if (typeof found !== "function") throw new Missing(op);
  const first = positional[name] ?? [];
  const options = Object.fromEntries(
    Object.entries(args)
      .filter(([key]) => !first.includes(key))
      .map(([key, value]) => [camelCase(key), value]),
  );
  const create = found as new (...given: unknown[]) => nn.Module; // safe: the package exports layers under these names
  return new create(...first.map((key) => args[key]), options);
}
