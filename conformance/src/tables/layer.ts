/**
 * Maps layers with given weights, recorded like operations: recurrent layers, attention, transformer encoders.
 */

import * as nn from "@akari/nn";
import type { Tensor } from "@akari/tensor";
import { type Arguments, camelCase } from "../arguments.ts";
import { layerOf } from "../layers.ts";
import type { Call } from "../op-case.ts";
import type { Keywords } from "../recorded.ts";

/** Replaces a layer's parameter by a tensor, so that the gradient is accumulated in that tensor. */
function place(layer: nn.Module, name: string, tensor: Tensor): void {
  const path = name.split(".");
  let owner: object = layer;
  for (const part of path.slice(0, -1))
    owner =
      owner instanceof nn.ModuleList || owner instanceof nn.Sequential
        ? owner.at(Number(part))
        : (Reflect.get(owner, camelCase(part)) as object); // safe: names of children
  Reflect.set(owner, camelCase(path.at(-1) as string), tensor);
}

/** Creates the layer of a call with its weights, and returns it with the options of its `forward`. */
function prepare<L extends nn.Module>(
  given: Arguments,
  create: (args: Keywords) => nn.Module,
): { layer: L; options: Keywords } {
  const { call = {}, train = true, ...args } = given.keywords();
  const layer = create(args).train(train as boolean);
  for (const name of Object.keys(layer.stateDict())) if (given.has(name)) place(layer, name, given.tensor(name));
  return { layer: layer as L, options: call as Keywords }; // safe: the caller knows which layer it creates
}

const camelCased = (keywords: Keywords): Keywords =>
  Object.fromEntries(Object.entries(keywords).map(([name, value]) => [camelCase(name), value]));

function encoder({ num_layers, final_norm = false, ...args }: Keywords): nn.Module {
  const layer = layerOf("nn.TransformerEncoderLayer", args) as nn.TransformerEncoderLayer; // safe: so named
  const norm = final_norm === true ? new nn.LayerNorm(args.d_model as number) : null;
  return new nn.TransformerEncoder(layer, num_layers as number, { norm });
}

function encode(create: (args: Keywords) => nn.Module, mask: "mask" | "srcMask"): Call {
  return (given) => {
    const { layer, options } = prepare(given, create);
    return layer(given.tensor("src"), {
      ...camelCased(options),
      [mask]: given.optional("src_mask"),
      srcKeyPaddingMask: given.optional("src_key_padding_mask"),
    });
  };
}

/** Attention. */
export const attention: Readonly<Record<string, Call>> = {
  "nn.functional.scaled_dot_product_attention": (given) => {
    const options = given.options("is_causal", "scale", "dropout_p") as object;
    return nn.functional.scaledDotProductAttention(given.tensor("query"), given.tensor("key"), given.tensor("value"), {
      ...options,
      attnMask: given.optional("attn_mask"),
    });
  },
  "nn.MultiheadAttention": (given) => {
    const { layer, options } = prepare<nn.MultiheadAttention>(given, (args) => layerOf("nn.MultiheadAttention", args));
    return layer(given.tensor("query"), given.tensor("key"), given.tensor("value"), {
      ...camelCased(options),
      attnMask: given.optional("attn_mask"),
      keyPaddingMask: given.optional("key_padding_mask"),
    });
  },
  "nn.TransformerEncoderLayer": encode((args) => layerOf("nn.TransformerEncoderLayer", args), "srcMask"),
  "nn.TransformerEncoder": encode(encoder, "mask"),
};

/** Returns the entry of a recurrent layer with optional initial states. Its results are flattened into a list. */
const recurrent =
  (op: string): Call =>
  (given) => {
    const { layer } = prepare<nn.LSTM>(given, (args) => layerOf(op, args));
    const [h, c] = [given.optional("h0"), given.optional("c0")];
    // Safe: an LSTM has a pair of states, the other layers have one.
    const state = (op.startsWith("nn.LSTM") ? h && [h, c] : h) as [Tensor, Tensor] | null;
    return [layer(given.x, state)].flat(2) as Tensor[]; // safe: nested tuples of tensors
  };

/** Recurrent layers and their cells. */
export const recurrence: Readonly<Record<string, Call>> = Object.fromEntries(
  ["nn.RNN", "nn.LSTM", "nn.GRU", "nn.RNNCell", "nn.LSTMCell", "nn.GRUCell"].map((op) => [op, recurrent(op)]),
);

/** Creates a linear layer with a reparametrized weight. */
function reparametrized(given: Arguments, wrap: (layer: nn.Linear) => nn.Linear): nn.Linear {
  const original = given.optional("weight_v")?.ndim === 2 ? given.tensor("weight_v") : given.tensor("weight_orig");
  const [rows, columns] = original.shape as readonly [number, number]; // safe: a matrix
  const layer = wrap(new nn.Linear(columns, rows));
  for (const name of Object.keys(layer.stateDict())) Reflect.set(layer, name, given.tensor(name));
  return layer;
}

/** Returns the entry of an adaptive max pooling layer, with or without indices. */
const adaptiveMaxPool =
  (op: string): Call =>
  (given) =>
    prepare<nn.AdaptiveMaxPool2d<boolean>>(given, (args) => layerOf(op, args)).layer(given.x);

/** Other layers, and functions that modify layers. */
export const layers: Readonly<Record<string, Call>> = {
  "nn.AdaptiveLogSoftmaxWithLoss": (given) => {
    const { layer } = prepare<nn.AdaptiveLogSoftmaxWithLoss>(given, (args) =>
      layerOf("nn.AdaptiveLogSoftmaxWithLoss", args),
    );
    const { output, loss } = layer(given.x, given.tensor("target"));
    return [output, loss];
  },
  "nn.AdaptiveMaxPool1d": adaptiveMaxPool("nn.AdaptiveMaxPool1d"),
  "nn.AdaptiveMaxPool2d": adaptiveMaxPool("nn.AdaptiveMaxPool2d"),
  "nn.AdaptiveMaxPool3d": adaptiveMaxPool("nn.AdaptiveMaxPool3d"),
  "nn.EmbeddingBag": (given) => {
    const { layer } = prepare<nn.EmbeddingBag>(given, (args) => layerOf("nn.EmbeddingBag", args));
    return layer(given.x, given.optional("offsets"), given.optional("per_sample_weights"));
  },
  "nn.RReLU": (given) =>
    new nn.RReLU(given.number("lower"), given.number("upper")).train(given.value("train") as boolean)(given.x),
  "nn.Softmax2d": (given) => new nn.Softmax2d()(given.x),
  "nn.utils.spectral_norm": (given) => {
    const options: nn.SpectralNormOptions = given.options("n_power_iterations", "dim");
    const layer = reparametrized(given, (plain) => nn.spectralNorm(plain, "weight", options));
    layer(given.x);
    return [layer(given.x), ...["weight_u", "weight_v"].map((name) => layer.stateDict()[name] as Tensor)];
  },
  "nn.utils.weight_norm": (given) =>
    reparametrized(given, (plain) => nn.weightNorm(plain, "weight", given.value("dim") as number | null))(given.x),
};
