/** Maps reductions, cumulative operations and sorting from PyTorch's names and arguments to Akari's. */

import type { Dims, Tensor, ValuesAndIndices } from "@akari/tensor";
import * as akari from "@akari/tensor";
import type { Arguments } from "../arguments.ts";
import type { Call } from "../op-case.ts";
import { Missing } from "../recorded.ts";

const pair = ({ values, indices }: ValuesAndIndices): readonly Tensor[] => [values, indices];

const over =
  (f: (x: Tensor, dim: Dims, options: never) => Tensor, ...options: string[]): Call =>
  (given) =>
    f(given.x, given.dims(), given.options("keepdim", ...options));

/** Returns the entry of `max` or `min`: over all elements, along a dimension, or of two tensors. */
const extreme =
  (f: typeof akari.max): Call =>
  (given) => {
    if (given.has("other")) return f(given.x, given.tensor("other"));
    return given.has("dim") ? pair(f(given.x, given.number("dim"), given.options("keepdim"))) : f(given.x);
  };

const place =
  (f: typeof akari.argmax): Call =>
  (given) =>
    f(given.x, given.has("dim") ? given.number("dim") : null, given.options("keepdim"));

const order = (given: Arguments): akari.SortOptions => given.options("descending", "stable");

const requested = ["dim", "return_inverse", "return_counts"] as const;

/** Returns the tensors that were given as options, under the same names. */
const tensors = (given: Arguments, ...names: string[]): object =>
  Object.fromEntries(names.filter((name) => given.has(name)).map((name) => [name, given.tensor(name)]));

const quantile =
  (f: typeof akari.quantile): Call =>
  (given) =>
    f(
      given.x,
      given.operand("q"),
      given.has("dim") ? given.number("dim") : null,
      given.options("keepdim", "interpolation"),
    );

/** Returns the dimensions and options of `var`, `std` and similar functions. */
const spread = (given: Arguments): readonly [Dims, akari.SpreadOptions] => [
  given.dims(),
  given.options("unbiased", "correction", "keepdim"),
];

const renorm = (given: Arguments): readonly [number, number, number] => [
  given.number("p"),
  given.number("dim"),
  given.number("maxnorm"),
];

/** Returns the options of searches. All indices are int32, with or without `out_int32`. */
const search = (given: Arguments): akari.SearchOptions => {
  given.value("out_int32");
  return given.options("right", "side");
};

const integral = (given: Arguments): akari.TrapezoidOptions => {
  const x = given.optional("x");
  return { ...(given.options("dx", "dim") as object), ...(x && { x }) };
};

/** Reductions, cumulative operations, sorting. */
export const reduction: Readonly<Record<string, Call>> = {
  all: over(akari.all),
  aminmax: (given) => akari.aminmax(given.x, given.has("dim") ? given.number("dim") : null, given.options("keepdim")),
  amax: over(akari.amax),
  amin: over(akari.amin),
  any: over(akari.any),
  argmax: place(akari.argmax),
  argmin: place(akari.argmin),
  bucketize: (given) => akari.bucketize(given.x, given.tensor("boundaries"), search(given)),
  cummax: (given) => pair(akari.cummax(given.x, given.number("dim"))),
  cummin: (given) => pair(akari.cummin(given.x, given.number("dim"))),
  diff: (given) =>
    akari.diff(given.x, given.number("n", 1), given.number("dim", -1), tensors(given, "prepend", "append")),
  histc: (given) => akari.histc(given.x, given.options("bins", "min", "max")),
  kthvalue: (given) =>
    pair(akari.kthvalue(given.x, given.number("k"), given.number("dim", -1), given.options("keepdim"))),
  logcumsumexp: (given) => akari.logcumsumexp(given.x, given.number("dim")),
  mode: (given) => pair(akari.mode(given.x, given.number("dim", -1), given.options("keepdim"))),
  msort: (given) => akari.msort(given.x),
  nanmean: over(akari.nanmean, "dtype"),
  nansum: over(akari.nansum, "dtype"),
  searchsorted: (given) =>
    akari.searchsorted(given.tensor("sorted_sequence"), given.x, {
      ...search(given),
      ...tensors(given, "sorter"),
    }),
  std_mean: (given) => akari.stdMean(given.x, ...spread(given)),
  var_mean: (given) => akari.varMean(given.x, ...spread(given)),
  argsort: (given) => akari.argsort(given.x, given.number("dim", -1), order(given)),
  count_nonzero: (given) => akari.countNonzero(given.x, given.dims()),
  "Tensor.cumprod_": (given) => given.x.cumprod_(given.number("dim")),
  "Tensor.cumsum_": (given) => given.x.cumsum_(given.number("dim")),
  "Tensor.renorm_": (given) => given.x.renorm_(...renorm(given)),
  cdist: (given) => akari.cdist(given.tensor("x1"), given.tensor("x2"), given.options("p")),
  corrcoef: (given) => akari.corrcoef(given.x),
  cov: (given) =>
    akari.cov(given.x, { ...(given.options("correction") as object), ...tensors(given, "fweights", "aweights") }),
  cumprod: (given) => akari.cumprod(given.x, given.number("dim"), given.options("dtype")),
  cumsum: (given) => akari.cumsum(given.x, given.number("dim"), given.options("dtype")),
  cumulative_trapezoid: (given) => akari.cumulativeTrapezoid(given.tensor("y"), integral(given)),
  dist: (given) => akari.dist(given.x, given.tensor("other"), given.number("p", 2)),
  isin: (given) => akari.isin(given.tensor("elements"), given.tensor("test_elements"), given.options("invert")),
  logsumexp: over(akari.logsumexp),
  max: extreme(akari.max),
  mean: over(akari.mean, "dtype"),
  median: (given) =>
    given.has("dim")
      ? pair(akari.median(given.x, given.number("dim"), given.options("keepdim")))
      : akari.median(given.x),
  min: extreme(akari.min),
  nanmedian: (given) =>
    given.has("dim")
      ? pair(akari.nanmedian(given.x, given.number("dim"), given.options("keepdim")))
      : akari.nanmedian(given.x),
  nanquantile: quantile(akari.nanquantile),
  "nn.functional.pdist": (given) => akari.pdist(given.x, given.number("p", 2)),
  norm: (given) => {
    const p = (given.value("p") ?? 2) as number | "fro" | "nuc"; // safe: as recorded
    if (p === "nuc") throw new Missing("norm of singular values, which is matrixNorm of @akari/linalg");
    return akari.norm(given.x, p, given.dims(), given.options("keepdim", "dtype"));
  },
  prod: over(akari.prod, "dtype"),
  quantile: quantile(akari.quantile),
  renorm: (given) => akari.renorm(given.x, ...renorm(given)),
  sort: (given) => pair(akari.sort(given.x, given.number("dim", -1), order(given))),
  std: over(akari.std, "unbiased", "correction"),
  sum: over(akari.sum, "dtype"),
  topk: (given) =>
    pair(akari.topk(given.x, given.number("k"), given.number("dim", -1), given.options("largest", "sorted"))),
  trapezoid: (given) => akari.trapezoid(given.tensor("y"), integral(given)),
  trapz: (given) => akari.trapz(given.tensor("y"), integral(given)),
  unique: (given) => akari.unique(given.x, given.options(...requested, "sorted")),
  unique_consecutive: (given) => akari.uniqueConsecutive(given.x, given.options(...requested)),
  var: over(akari.variance, "unbiased", "correction"),
};
