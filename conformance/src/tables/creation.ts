/** Maps creation and conversion from PyTorch's names and arguments to Akari's. */

import type { DType } from "@akari/tensor";
import * as akari from "@akari/tensor";
import type { Call } from "../op-case.ts";

/** Creation and conversion. New tensors are on the default device, which the runner sets. */
export const creation: Readonly<Record<string, Call>> = {
  "Tensor.new_full": (given) =>
    given.x.newFull(given.numbers("size"), given.number("fill_value"), given.options("dtype")),
  "Tensor.new_ones": (given) => given.x.newOnes(given.numbers("size"), given.options("dtype")),
  "Tensor.new_zeros": (given) => given.x.newZeros(given.numbers("size"), given.options("dtype")),
  "Tensor.to": (given) => given.x.to(given.value("dtype") as DType),
  arange: (given) =>
    akari.arange(given.number("start", 0), given.number("end"), given.number("step", 1), given.options("dtype")),
  clone: (given) => akari.clone(given.x),
  eye: (given) =>
    akari.eye(given.number("n"), given.has("m") ? given.number("m") : given.number("n"), given.options("dtype")),
  full: (given) => {
    const value = given.value("fill_value") as number | boolean; // safe: as recorded
    // PyTorch infers an integer dtype from a Python int; JavaScript does not distinguish 1 from 1.0.
    const dtype = Number.isInteger(value) ? { dtype: "int32" as const } : {};
    return akari.full(given.numbers("size"), value, { ...dtype, ...(given.options("dtype") as object) });
  },
  full_like: (given) => akari.fullLike(given.x, given.number("fill_value"), given.options("dtype")),
  linspace: (given) =>
    akari.linspace(given.number("start"), given.number("end"), given.number("steps"), given.options("dtype")),
  logspace: (given) =>
    akari.logspace(given.number("start"), given.number("end"), given.number("steps"), given.options("base", "dtype")),
  ones: (given) => akari.ones(given.numbers("size"), given.options("dtype")),
  ones_like: (given) => akari.onesLike(given.x, given.options("dtype")),
  tril_indices: (given) =>
    akari.trilIndices(given.number("row"), given.number("col"), given.options("offset", "dtype")),
  triu_indices: (given) =>
    akari.triuIndices(given.number("row"), given.number("col"), given.options("offset", "dtype")),
  zeros: (given) => akari.zeros(given.numbers("size"), given.options("dtype")),
  zeros_like: (given) => akari.zerosLike(given.x, given.options("dtype")),
};
