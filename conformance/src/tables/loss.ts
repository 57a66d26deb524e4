/** Maps losses and normalization from PyTorch's names and arguments to Akari's. */

import { functional as F } from "@akari/nn";
import type { Tensor } from "@akari/tensor";
import type { Arguments } from "../arguments.ts";
import type { Call } from "../op-case.ts";

const pair = (given: Arguments): readonly [Tensor, Tensor] => [given.x, given.tensor("target")];

/** Returns keyword arguments as an options object, including tensors. */
const options = (given: Arguments, names: readonly string[], tensors: Readonly<Record<string, string>> = {}): never => {
  const found: Record<string, unknown> = { ...(given.options(...names) as object) };
  for (const [name, ours] of Object.entries(tensors)) if (given.has(name)) found[ours] = given.tensor(name);
  return found as never; // safe: the table names only options that the function accepts
};

/** Losses. */
export const loss: Readonly<Record<string, Call>> = {
  "nn.functional.binary_cross_entropy": (given) =>
    F.binaryCrossEntropy(...pair(given), options(given, ["reduction"], { weight: "weight" })),
  "nn.functional.binary_cross_entropy_with_logits": (given) =>
    F.binaryCrossEntropyWithLogits(
      ...pair(given),
      options(given, ["reduction"], { weight: "weight", pos_weight: "posWeight" }),
    ),
  "nn.functional.cross_entropy": (given) =>
    F.crossEntropy(
      ...pair(given),
      options(given, ["reduction", "label_smoothing", "ignore_index"], { weight: "weight" }),
    ),
  "nn.functional.huber_loss": (given) => F.huberLoss(...pair(given), options(given, ["reduction", "delta"])),
  "nn.functional.kl_div": (given) => F.klDiv(...pair(given), options(given, ["reduction", "log_target"])),
  "nn.functional.l1_loss": (given) => F.l1Loss(...pair(given), options(given, ["reduction"])),
  "nn.functional.mse_loss": (given) => F.mseLoss(...pair(given), options(given, ["reduction"])),
  "nn.functional.nll_loss": (given) =>
    F.nllLoss(...pair(given), options(given, ["reduction", "ignore_index"], { weight: "weight" })),
  "nn.functional.smooth_l1_loss": (given) => F.smoothL1Loss(...pair(given), options(given, ["reduction", "beta"])),
  "nn.functional.cosine_embedding_loss": (given) =>
    F.cosineEmbeddingLoss(
      given.tensor("input1"),
      given.tensor("input2"),
      given.tensor("target"),
      options(given, ["reduction", "margin"]),
    ),
  "nn.functional.ctc_loss": (given) =>
    F.ctcLoss(
      given.tensor("log_probs"),
      given.tensor("targets"),
      given.optional("input_lengths") ?? given.numbers("input_lengths"),
      given.optional("target_lengths") ?? given.numbers("target_lengths"),
      options(given, ["blank", "reduction", "zero_infinity"]),
    ),
  "nn.functional.gaussian_nll_loss": (given) =>
    F.gaussianNllLoss(...pair(given), given.tensor("var"), options(given, ["reduction", "full", "eps"])),
  "nn.functional.hinge_embedding_loss": (given) =>
    F.hingeEmbeddingLoss(...pair(given), options(given, ["reduction", "margin"])),
  "nn.functional.margin_ranking_loss": (given) =>
    F.marginRankingLoss(
      given.tensor("input1"),
      given.tensor("input2"),
      given.tensor("target"),
      options(given, ["reduction", "margin"]),
    ),
  "nn.functional.multi_margin_loss": (given) =>
    F.multiMarginLoss(...pair(given), options(given, ["reduction", "p", "margin"], { weight: "weight" })),
  "nn.functional.multilabel_margin_loss": (given) =>
    F.multilabelMarginLoss(...pair(given), options(given, ["reduction"])),
  "nn.functional.multilabel_soft_margin_loss": (given) =>
    F.multilabelSoftMarginLoss(...pair(given), options(given, ["reduction"], { weight: "weight" })),
  "nn.functional.poisson_nll_loss": (given) =>
    F.poissonNllLoss(...pair(given), options(given, ["reduction", "log_input", "full", "eps"])),
  "nn.functional.soft_margin_loss": (given) => F.softMarginLoss(...pair(given), options(given, ["reduction"])),
  "nn.functional.triplet_margin_loss": (given) =>
    F.tripletMarginLoss(
      given.tensor("anchor"),
      given.tensor("positive"),
      given.tensor("negative"),
      options(given, ["reduction", "margin", "p", "eps", "swap"]),
    ),
  "nn.functional.triplet_margin_with_distance_loss": (given) =>
    F.tripletMarginWithDistanceLoss(
      given.tensor("anchor"),
      given.tensor("positive"),
      given.tensor("negative"),
      options(given, ["reduction", "margin", "swap"]),
    ),
};

/** Normalization. */
export const normalization: Readonly<Record<string, Call>> = {
  "nn.functional.batch_norm": (given) =>
    F.batchNorm(
      given.x,
      given.optional("running_mean"),
      given.optional("running_var"),
      given.optional("weight"),
      given.optional("bias"),
      options(given, ["training", "momentum", "eps"]),
    ),
  "nn.functional.group_norm": (given) =>
    F.groupNorm(
      given.x,
      given.number("num_groups"),
      given.optional("weight"),
      given.optional("bias"),
      options(given, ["eps"]),
    ),
  "nn.functional.instance_norm": (given) =>
    F.instanceNorm(
      given.x,
      given.optional("running_mean"),
      given.optional("running_var"),
      given.optional("weight"),
      given.optional("bias"),
      options(given, ["use_input_stats", "momentum", "eps"]),
    ),
  "nn.functional.layer_norm": (given) =>
    F.layerNorm(
      given.x,
      given.numbers("normalized_shape"),
      given.optional("weight"),
      given.optional("bias"),
      options(given, ["eps"]),
    ),
  "nn.functional.rms_norm": (given) =>
    F.rmsNorm(given.x, given.numbers("normalized_shape"), given.optional("weight"), options(given, ["eps"])),
  "nn.functional.cosine_similarity": (given) =>
    F.cosineSimilarity(given.tensor("x1"), given.tensor("x2"), given.options("dim", "eps")),
  "nn.functional.local_response_norm": (given) =>
    F.localResponseNorm(given.x, given.number("size"), given.options("alpha", "beta", "k")),
  "nn.functional.normalize": (given) => F.normalize(given.x, given.options("p", "dim", "eps")),
  "nn.functional.pairwise_distance": (given) =>
    F.pairwiseDistance(given.tensor("x1"), given.tensor("x2"), given.options("p", "eps", "keepdim")),
};
