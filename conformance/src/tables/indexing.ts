/** Maps indexing from PyTorch's names and arguments to Akari's. */

import { functional as F } from "@akari/nn";
import type { Index } from "@akari/tensor";
import * as akari from "@akari/tensor";
import type { Arguments } from "../arguments.ts";
import type { Call } from "../op-case.ts";
import type { Json } from "../recorded.ts";

/** Returns the entries of an index expression. */
function indices(given: Arguments): Index[] {
  return (given.value("index") as readonly Json[]).map((entry): Index => {
    if (entry === null || typeof entry === "number" || typeof entry === "string") return entry;
    if (typeof entry === "object" && "slice" in entry) {
      const [start, stop, step] = entry.slice as [number | null, number | null, number | null];
      return { start, stop, step };
    }
    return given.tensor((entry as { input: string }).input);
  });
}

const at = (given: Arguments): readonly [akari.Tensor, number, akari.Tensor] => [
  given.x,
  given.number("dim"),
  given.tensor("index"),
];

const along = (given: Arguments): readonly [number, akari.Tensor] => [given.number("dim"), given.tensor("index")];

/** Returns the source of a scatter: a tensor or a number. */
const put = (given: Arguments): akari.Tensor | number =>
  given.has("src") ? given.tensor("src") : given.number("value");

// safe: as recorded
const reduction = (given: Arguments): akari.ScatterReduction => given.value("reduce") as akari.ScatterReduction;

// PyTorch takes a boolean for bools.
const alpha = (given: Arguments): number => Number(given.number("alpha", 1));

/** Reads and writes through indices and masks. */
export const indexing: Readonly<Record<string, Call>> = {
  "Tensor.__getitem__": (given) => akari.get(given.x, ...indices(given)),
  "Tensor.__setitem__": (given) => {
    akari.set(given.x, indices(given), given.operand("value"));
    return given.x;
  },
  "Tensor.index_copy_": (given) => given.x.indexCopy_(...along(given), given.tensor("source")),
  "Tensor.index_fill_": (given) => given.x.indexFill_(...along(given), given.number("value")),
  "Tensor.index_reduce_": (given) =>
    given.x.indexReduce_(
      ...along(given),
      given.tensor("source"),
      reduction(given) as "prod",
      given.options("include_self"),
    ), // safe: never "sum"
  "Tensor.masked_scatter": (given) => akari.maskedScatter(given.x, given.tensor("mask"), given.tensor("source")),
  "Tensor.index_add_": (given) => akari.indexAdd_(...at(given), given.tensor("source"), { alpha: alpha(given) }),
  "Tensor.index_put": (given) =>
    akari.indexPut(given.x, given.list("indices"), given.tensor("values"), given.options("accumulate")),
  "Tensor.index_put_": (given) =>
    akari.indexPut_(given.x, given.list("indices"), given.tensor("values"), given.options("accumulate")),
  "Tensor.masked_fill": (given) => akari.maskedFill(given.x, given.tensor("mask"), given.operand("value")),
  "Tensor.masked_fill_": (given) => akari.maskedFill_(given.x, given.tensor("mask"), given.operand("value")),
  "Tensor.masked_scatter_": (given) => given.x.maskedScatter_(given.tensor("mask"), given.tensor("source")),
  "Tensor.put_": (given) => given.x.put_(given.tensor("index"), given.tensor("source"), given.options("accumulate")),
  "Tensor.scatter_": (given) => akari.scatter_(...at(given), put(given), given.options("reduce")),
  "Tensor.scatter_reduce_": (given) =>
    given.x.scatterReduce_(...along(given), given.tensor("src"), reduction(given), given.options("include_self")),
  "Tensor.scatter_add_": (given) => akari.scatterAdd_(...at(given), given.tensor("src")),
  argwhere: (given) => akari.argwhere(given.x),
  bincount: (given) => akari.bincount(given.x, given.optional("weights"), given.options("minlength")),
  gather: (given) => akari.gather(...at(given)),
  index_add: (given) => akari.indexAdd(...at(given), given.tensor("source"), { alpha: alpha(given) }),
  index_copy: (given) => akari.indexCopy(...at(given), given.tensor("source")),
  index_fill: (given) => akari.indexFill(...at(given), given.number("value")),
  index_reduce: (given) =>
    // safe: never "sum"
    akari.indexReduce(...at(given), given.tensor("source"), reduction(given) as "prod", given.options("include_self")),
  index_select: (given) => akari.indexSelect(...at(given)),
  masked_select: (given) => akari.maskedSelect(given.x, given.tensor("mask")),
  "nn.functional.embedding": (given) =>
    F.embedding(
      given.x,
      given.tensor("weight"),
      given.options("padding_idx", "max_norm", "norm_type", "scale_grad_by_freq"),
    ),
  "nn.functional.embedding_bag": (given) =>
    F.embeddingBag(given.x, given.tensor("weight"), given.optional("offsets"), {
      ...(given.options(
        "mode",
        "max_norm",
        "norm_type",
        "scale_grad_by_freq",
        "include_last_offset",
        "padding_idx",
      ) as object),
      perSampleWeights: given.optional("per_sample_weights"),
    }),
  "nn.functional.one_hot": (given) => F.oneHot(given.tensor("tensor"), given.number("num_classes", -1)),
  nonzero: (given) => (given.value("as_tuple") === true ? given.x.nonzero({ asTuple: true }) : akari.nonzero(given.x)),
  put: (given) => akari.put(given.x, given.tensor("index"), given.tensor("source"), given.options("accumulate")),
  scatter: (given) => akari.scatter(...at(given), put(given), given.options("reduce")),
  scatter_reduce: (given) =>
    akari.scatterReduce(...at(given), given.tensor("src"), reduction(given), given.options("include_self")),
  scatter_add: (given) => akari.scatterAdd(...at(given), given.tensor("src")),
  take: (given) => akari.take(given.x, given.tensor("index")),
  take_along_dim: (given) =>
    akari.takeAlongDim(given.x, given.tensor("indices"), given.has("dim") ? given.number("dim") : null),
};
