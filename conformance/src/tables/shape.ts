/** Maps reshaping, joining and splitting from PyTorch's names and arguments to Akari's. */

import { padSequence } from "@akari/nn";
import * as akari from "@akari/tensor";
import type { Arguments } from "../arguments.ts";
import type { Call } from "../op-case.ts";

/** Returns the entry of a function of one tensor, which PyTorch also applies to several. */
const each =
  (f: (x: akari.Tensor) => akari.Tensor): Call =>
  (given) =>
    given.has("tensors") ? given.list("tensors").map(f) : f(given.x);

/** Returns where to split: a number of parts or a list of indices, also as a tensor. */
function sections(given: Arguments): never {
  const name = given.has("tensor_indices_or_sections") ? "tensor_indices_or_sections" : "indices_or_sections";
  return given.operand(name) as never; // safe: as recorded
}

/** Operations on shapes. */
export const shape: Readonly<Record<string, Call>> = {
  "Tensor.expand": (given) => given.x.expand(given.numbers("sizes")),
  "Tensor.fill_diagonal_": (given) => given.x.fillDiagonal_(given.number("fill_value"), given.value("wrap") === true),
  "Tensor.repeat": (given) => given.x.repeat(given.numbers("repeats")),
  "Tensor.tril_": (given) => given.x.tril_(given.number("diagonal", 0)),
  "Tensor.triu_": (given) => given.x.triu_(given.number("diagonal", 0)),
  "Tensor.T": (given) => given.x.T,
  "Tensor.contiguous": (given) => given.x.contiguous(),
  "Tensor.mT": (given) => given.x.mT,
  "Tensor.unflatten": (given) => given.x.unflatten(given.number("dim"), given.numbers("sizes")),
  "Tensor.unfold": (given) => given.x.unfold(given.number("dimension"), given.number("size"), given.number("step")),
  "Tensor.view": (given) => given.x.view(given.numbers("shape")),
  "Tensor.expand_as": (given) => given.x.expandAs(given.tensor("other")),
  "Tensor.reshape_as": (given) => given.x.reshapeAs(given.tensor("other")),
  "Tensor.view_as": (given) => given.x.view(given.tensor("other").shape),
  as_strided: (given) =>
    akari.asStrided(given.x, given.numbers("size"), given.numbers("stride"), given.number("storage_offset", 0)),
  column_stack: (given) => akari.columnStack(given.list("tensors")),
  concat: (given) => akari.concat(given.list("tensors"), given.number("dim", 0)),
  concatenate: (given) => akari.concatenate(given.list("tensors"), given.number("dim", 0)),
  broadcast_shapes: (given) =>
    akari.tensor(
      akari.broadcastShapes(
        "broadcastShapes",
        (given.value("shapes") as readonly (number | number[])[]).map((shape) => [shape].flat()), // safe: as recorded
      ),
      { dtype: "int32" },
    ),
  constant_pad_nd: (given) => akari.pad(given.x, given.numbers("pad"), given.options("value")),
  dsplit: (given) => akari.dsplit(given.x, sections(given)),
  dstack: (given) => akari.dstack(given.list("tensors")),
  fliplr: (given) => akari.fliplr(given.x),
  flipud: (given) => akari.flipud(given.x),
  hsplit: (given) => akari.hsplit(given.x, sections(given)),
  hstack: (given) => akari.hstack(given.list("tensors")),
  moveaxis: (given) => akari.moveaxis(given.x, given.sizes("source"), given.sizes("destination")),
  ravel: (given) => akari.ravel(given.x),
  // safe: as recorded
  rot90: (given) => akari.rot90(given.x, given.number("k", 1), (given.value("dims") ?? [0, 1]) as [number, number]),
  row_stack: (given) => akari.rowStack(given.list("tensors")),
  swapdims: (given) => akari.swapdims(given.x, given.number("dim0"), given.number("dim1")),
  tensor_split: (given) => akari.tensorSplit(given.x, sections(given), given.number("dim", 0)),
  vsplit: (given) => akari.vsplit(given.x, sections(given)),
  vstack: (given) => akari.vstack(given.list("tensors")),
  atleast_1d: each(akari.atleast1d),
  atleast_2d: each(akari.atleast2d),
  atleast_3d: each(akari.atleast3d),
  block_diag: (given) => akari.blockDiag(...given.list("tensors")),
  broadcast_tensors: (given) => akari.broadcastTensors(...given.list("tensors")),
  broadcast_to: (given) => akari.broadcastTo(given.x, given.numbers("shape")),
  positive: (given) => akari.positive(given.x),
  sum_to_size: (given) => given.x.sumToSize(given.numbers("size")),
  cartesian_prod: (given) => akari.cartesianProd(...given.list("tensors")),
  cat: (given) => akari.cat(given.list("tensors"), given.number("dim", 0)),
  chunk: (given) => akari.chunk(given.x, given.number("chunks"), given.number("dim", 0)),
  combinations: (given) => akari.combinations(given.x, given.number("r", 2), given.options("with_replacement")),
  diag: (given) => akari.diag(given.x, given.number("diagonal", 0)),
  diag_embed: (given) =>
    akari.diagEmbed(given.x, given.number("offset", 0), given.number("dim1", -2), given.number("dim2", -1)),
  diagflat: (given) => akari.diagflat(given.x, given.number("offset", 0)),
  diagonal: (given) =>
    akari.diagonal(given.x, given.number("offset", 0), given.number("dim1", 0), given.number("dim2", 1)),
  diagonal_scatter: (given) =>
    akari.diagonalScatter(
      given.x,
      given.tensor("src"),
      given.number("offset", 0),
      given.number("dim1", 0),
      given.number("dim2", 1),
    ),
  flatten: (given) => akari.flatten(given.x, given.number("start_dim", 0), given.number("end_dim", -1)),
  flip: (given) => akari.flip(given.x, given.numbers("dims")),
  meshgrid: (given) => akari.meshgrid(given.list("tensors"), given.options("indexing")),
  movedim: (given) => akari.movedim(given.x, given.sizes("source"), given.sizes("destination")),
  narrow: (given) => akari.narrow(given.x, given.number("dim"), given.number("start"), given.number("length")),
  slice: (given) =>
    akari.slice(
      given.x,
      given.number("dim", 0),
      given.value("start") as number | undefined, // safe: as recorded
      given.value("end") as number | undefined,
      given.number("step", 1),
    ),
  "nn.functional.fold": (given) =>
    akari.col2im(
      given.x,
      given.sizes("output_size"),
      given.sizes("kernel_size"),
      given.options("dilation", "padding", "stride"),
    ),
  "nn.functional.pad": (given) => akari.pad(given.x, given.numbers("pad"), given.options("mode", "value")),
  "nn.functional.unfold": (given) =>
    akari.im2col(given.x, given.sizes("kernel_size"), given.options("dilation", "padding", "stride")),
  "nn.utils.rnn.pad_sequence": (given) =>
    padSequence(given.list("sequences"), given.options("batch_first", "padding_value")),
  permute: (given) => akari.permute(given.x, given.numbers("dims")),
  repeat_interleave: (given) =>
    akari.repeatInterleave(given.x, given.operand("repeats"), given.has("dim") ? given.number("dim") : null),
  reshape: (given) => akari.reshape(given.x, given.numbers("shape")),
  roll: (given) => akari.roll(given.x, given.sizes("shifts"), given.dims("dims")),
  select: (given) => akari.select(given.x, given.number("dim"), given.number("index")),
  select_scatter: (given) =>
    akari.selectScatter(given.x, given.tensor("src"), given.number("dim"), given.number("index")),
  slice_scatter: (given) =>
    akari.sliceScatter(
      given.x,
      given.tensor("src"),
      given.number("dim", 0),
      given.number("start"),
      given.number("end"),
      given.number("step", 1),
    ),
  split: (given) => akari.split(given.x, given.sizes("split_size_or_sections"), given.number("dim", 0)),
  split_with_sizes: (given) => akari.split(given.x, given.numbers("split_sizes"), given.number("dim", 0)),
  squeeze: (given) => akari.squeeze(given.x, given.dims()),
  stack: (given) => akari.stack(given.list("tensors"), given.number("dim", 0)),
  swapaxes: (given) => akari.swapaxes(given.x, given.number("axis0"), given.number("axis1")),
  t: (given) => akari.t(given.x),
  tile: (given) => akari.tile(given.x, given.numbers("dims")),
  transpose: (given) => akari.transpose(given.x, given.number("dim0"), given.number("dim1")),
  tril: (given) => akari.tril(given.x, given.number("diagonal", 0)),
  triu: (given) => akari.triu(given.x, given.number("diagonal", 0)),
  unbind: (given) => akari.unbind(given.x, given.number("dim", 0)),
  vander: (given) =>
    akari.vander(given.tensor("x"), {
      ...(given.has("N") && { n: given.number("N") }),
      ...(given.options("increasing") as object),
    }),
  unsqueeze: (given) => akari.unsqueeze(given.x, given.number("dim")),
};
