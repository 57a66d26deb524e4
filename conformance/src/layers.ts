/**
 * Builds layers from their recorded descriptions: PyTorch's name, and the constructor's arguments in PyTorch's order or
 * by keyword. In Akari the first few are positional too, and all others go into the options.
 */

import * as nn from "@akari/nn";
import * as lazy from "@akari/nn/lazy";
import { camelCase, revive } from "./arguments.ts";
import { type Json, type Keywords, Missing } from "./recorded.ts";

const conv = "in_channels out_channels kernel_size | stride padding dilation groups bias padding_mode";
const convTranspose =
  "in_channels out_channels kernel_size | stride padding output_padding groups bias dilation padding_mode";
const recurrent = "input_size hidden_size | num_layers bias batch_first dropout bidirectional proj_size";
const features = "num_features | eps momentum affine track_running_stats";
const maxPool = "kernel_size | stride padding dilation return_indices ceil_mode";
const avgPool = "kernel_size | stride padding ceil_mode count_include_pad divisor_override";
const transformerLayer = "d_model nhead | dim_feedforward dropout activation layer_norm_eps batch_first norm_first";
const patches = "| dilation padding stride";

/** PyTorch's order of the arguments. Those before the bar are positional in Akari too. */
const orders: Readonly<Record<string, string>> = {
  AdaptiveAvgPool: "output_size |",
  AdaptiveLogSoftmaxWithLoss: "in_features n_classes cutoffs | div_value head_bias",
  AdaptiveMaxPool: "output_size | return_indices",
  AlphaDropout: "p |",
  AvgPool: avgPool,
  BatchNorm: features,
  Bilinear: "in1_features in2_features out_features | bias",
  CELU: "alpha |",
  ChannelShuffle: "groups |",
  CircularPad: "padding |",
  ConstantPad: "padding value |",
  Conv: conv,
  ConvTranspose: convTranspose,
  CosineSimilarity: "| dim eps",
  Dropout: "p |",
  ELU: "alpha |",
  Embedding: "num_embeddings embedding_dim | padding_idx max_norm norm_type scale_grad_by_freq",
  EmbeddingBag:
    "num_embeddings embedding_dim | max_norm norm_type scale_grad_by_freq mode sparse include_last_offset padding_idx",
  FeatureAlphaDropout: "p |",
  Flatten: "start_dim end_dim |",
  Fold: `output_size kernel_size ${patches}`,
  FractionalMaxPool: "kernel_size | output_size output_ratio return_indices",
  GELU: "| approximate",
  GLU: "dim |",
  GRU: recurrent,
  GRUCell: "input_size hidden_size | bias",
  GroupNorm: "num_groups num_channels | eps affine",
  Hardshrink: "lambd |",
  Hardtanh: "min_val max_val |",
  InstanceNorm: features,
  LPPool: "norm_type kernel_size | stride ceil_mode",
  LSTM: recurrent,
  LSTMCell: "input_size hidden_size | bias",
  LazyBatchNorm: features.replace("num_features ", ""),
  LazyConv: conv.replace("in_channels ", ""),
  LazyConvTranspose: convTranspose.replace("in_channels ", ""),
  LazyInstanceNorm: features.replace("num_features ", ""),
  LazyLinear: "out_features | bias",
  LayerNorm: "normalized_shape | eps elementwise_affine",
  LeakyReLU: "negative_slope |",
  Linear: "in_features out_features | bias",
  LocalResponseNorm: "size | alpha beta k",
  LogSoftmax: "dim |",
  MaxPool: maxPool,
  MaxUnpool: "kernel_size | stride padding",
  MultiheadAttention: "embed_dim num_heads | dropout bias add_bias_kv add_zero_attn kdim vdim batch_first",
  PReLU: "num_parameters | init",
  PairwiseDistance: "| p eps keepdim",
  PixelShuffle: "upscale_factor |",
  PixelUnshuffle: "downscale_factor |",
  RMSNorm: "normalized_shape | eps elementwise_affine",
  RNN: recurrent,
  RNNCell: "input_size hidden_size | bias nonlinearity",
  RReLU: "lower upper |",
  ReflectionPad: "padding |",
  ReplicationPad: "padding |",
  Softmax: "dim |",
  Softmin: "dim |",
  Softplus: "| beta threshold",
  Softshrink: "lambd |",
  Threshold: "threshold value |",
  Transformer:
    "d_model nhead | num_encoder_layers num_decoder_layers dim_feedforward dropout activation layer_norm_eps batch_first norm_first",
  TransformerDecoderLayer: transformerLayer,
  TransformerEncoderLayer: transformerLayer,
  Unflatten: "dim unflattened_size |",
  Unfold: `kernel_size ${patches}`,
  Upsample: "| size scale_factor mode align_corners recompute_scale_factor",
  UpsamplingBilinear: "| size scale_factor",
  UpsamplingNearest: "| size scale_factor",
  ZeroPad: "padding |",
};

/** Returns the names before and after the bar. */
function orderOf(name: string): readonly [readonly string[], readonly string[]] {
  const [first = "", rest = ""] = (orders[name] ?? orders[name.replace(/[123]d$/, "")] ?? "|").split("|");
  const words = (text: string): readonly string[] => text.split(" ").filter((word) => word !== "");
  return [words(first), words(rest)];
}

const classes: Readonly<Record<string, unknown>> = { ...nn, ...lazy };

/** Arguments without a counterpart in Akari: whether the result overwrites the input. */
const ignored = ["inplace"];

/** Creates a layer. `op` is `nn.` plus the class name; `given` are positional arguments, `args` keyword arguments. */
export function layerOf(op: string, args: Keywords, given: readonly Json[] = []): nn.Module {
  const name = op.slice("nn.".length);
  const found = classes[name];
  if (typeof found !== "function") throw new Missing(op);
  if (name === "Identity") return new nn.Identity();
  const [first, rest] = orderOf(name);
  const order = [...first, ...rest, ...ignored];
  if (given.length > order.length) throw new Missing(`${op} with ${given.length} arguments`);
  const recorded: Keywords = { ...Object.fromEntries(given.map((value, i) => [order[i], value])), ...args };
  const all: Keywords = Object.fromEntries(Object.entries(recorded).map(([key, value]) => [key, revive(key, value)]));
  const options = Object.entries(all).filter(([key]) => !first.includes(key) && !ignored.includes(key));
  const create = found as new (...given: unknown[]) => nn.Module; // safe: the package exports layers under these names
  const camelCased = Object.fromEntries(options.map(([key, value]) => [camelCase(key), value]));
  return new create(...first.map((key) => all[key]), ...(options.length > 0 ? [camelCased] : []));
}
