/**
 * Maps layers with given weights, recorded like operations: recurrent layers, attention, transformer encoders.
 */

import * as nn from "@akari/nn";
import * as lazy from "@akari/nn/lazy";
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
      ...masks(given, "src_key_padding_mask"),
      [mask]: given.optional("src_mask"),
    });
  };
}

/** Returns the masks of a call that were given, by Akari's names. */
const masks = (given: Arguments, ...names: readonly string[]): Readonly<Record<string, Tensor | null>> =>
  Object.fromEntries(names.map((name) => [camelCase(name), given.optional(name)]));

const ofDecoder = ["tgt_mask", "memory_mask", "tgt_key_padding_mask", "memory_key_padding_mask"];

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
      ...masks(given, "attn_mask", "key_padding_mask"),
    });
  },
  "nn.Transformer": (given) => {
    const { layer } = prepare<nn.Transformer>(given, (args) => layerOf("nn.Transformer", args));
    return layer(
      given.tensor("src"),
      given.tensor("tgt"),
      masks(given, "src_mask", "src_key_padding_mask", ...ofDecoder),
    );
  },
  "nn.TransformerDecoderLayer": (given) => {
    const { layer } = prepare<nn.TransformerDecoderLayer>(given, (args) => layerOf("nn.TransformerDecoderLayer", args));
    return layer(given.tensor("tgt"), given.tensor("memory"), masks(given, ...ofDecoder));
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

/** Returns the entry of a layer that accepts tensors of these names. */
const plain =
  (op: string, ...names: readonly string[]): Call =>
  (given) => {
    const inputs = names.map((name) => given.tensor(name));
    const { layer } = prepare<nn.Layer>(given, (args) => {
      const layer = layerOf(op, args) as Callable;
      if (op.startsWith("nn.Lazy")) layer(...inputs);
      return layer;
    });
    return (layer as unknown as Callable)(...inputs); // safe: the names are those of its arguments
  };

/** A layer that accepts any number of tensors. */
type Callable = nn.Module & ((...inputs: readonly Tensor[]) => Tensor);

/** Returns the entry of a loss, whose weights are an argument of the constructor. */
const criterion =
  (name: string, ...names: readonly string[]): Call =>
  (given) => {
    const { train: _, ...args } = given.keywords();
    const weights = ["weight", "pos_weight"].filter((key) => !names.includes(key) && given.has(key));
    const tensors = Object.fromEntries(weights.map((key) => [camelCase(key), given.tensor(key)]));
    const Loss = Reflect.get(nn, name) as new (options: object) => Callable; // safe: the package exports it
    return new Loss({ ...camelCased(args), ...tensors })(...names.map((key) => given.tensor(key)));
  };

/** Layers that accept one tensor. The tables below replace the entries of those that accept others. */
const oneTensor = Object.entries({ ...nn, ...lazy })
  .filter(([, found]) => typeof found === "function" && found.prototype instanceof nn.Module)
  .map(([name]): [string, Call] => [`nn.${name}`, plain(`nn.${name}`, "input")]);

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
  ...Object.fromEntries(oneTensor),
  ...attention,
  ...recurrence,
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
  "nn.Bilinear": plain("nn.Bilinear", "input1", "input2"),
  "nn.CrossEntropyLoss": criterion("CrossEntropyLoss", "input", "target"),
  "nn.EmbeddingBag": (given) => {
    const { layer } = prepare<nn.EmbeddingBag>(given, (args) => layerOf("nn.EmbeddingBag", args));
    return layer(given.x, given.optional("offsets"), given.optional("per_sample_weights"));
  },
  "nn.GaussianNLLLoss": criterion("GaussianNLLLoss", "input", "target", "var"),
  "nn.L1Loss": criterion("L1Loss", "input", "target"),
  "nn.NLLLoss": criterion("NLLLoss", "input", "target"),
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
