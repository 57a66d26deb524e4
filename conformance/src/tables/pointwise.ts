/** Maps pointwise operations from PyTorch's names and arguments to Akari's. */

import type { Tensor } from "@akari/tensor";
import * as akari from "@akari/tensor";
import { type Arguments, snakeCase } from "../arguments.ts";
import type { Call } from "../op-case.ts";
import { Missing } from "../recorded.ts";

/** Functions of one tensor that have an in-place variant. */
const unaries = [
  "abs",
  "absolute",
  "acos",
  "acosh",
  "arccos",
  "arccosh",
  "arcsin",
  "arcsinh",
  "arctan",
  "arctanh",
  "asin",
  "asinh",
  "atan",
  "atanh",
  "bitwiseNot",
  "ceil",
  "cos",
  "cosh",
  "deg2rad",
  "digamma",
  "erf",
  "erfc",
  "erfinv",
  "exp",
  "exp2",
  "expm1",
  "fix",
  "floor",
  "frac",
  "lgamma",
  "log",
  "log10",
  "log1p",
  "log2",
  "logicalNot",
  "neg",
  "negative",
  "rad2deg",
  "reciprocal",
  "relu",
  "rsqrt",
  "sgn",
  "sigmoid",
  "sign",
  "sin",
  "sinc",
  "sinh",
  "sqrt",
  "square",
  "tan",
  "tanh",
  "trunc",
] as const;

/** Functions of two operands that have an in-place variant. */
const binaries = [
  "arctan2",
  "atan2",
  "bitwiseAnd",
  "bitwiseLeftShift",
  "bitwiseOr",
  "bitwiseRightShift",
  "bitwiseXor",
  "copysign",
  "eq",
  "floorDivide",
  "fmod",
  "ge",
  "greater",
  "greaterEqual",
  "gt",
  "heaviside",
  "hypot",
  "le",
  "less",
  "lessEqual",
  "logicalAnd",
  "logicalOr",
  "logicalXor",
  "lt",
  "mul",
  "multiply",
  "ne",
  "notEqual",
  "remainder",
  "trueDivide",
  "xlogy",
] as const;

/** Functions of two operands without an in-place variant. */
const others = ["fmax", "fmin", "logaddexp", "maximum", "minimum"] as const;

/** Predicates. */
const tests = ["isfinite", "isinf", "isnan", "isneginf", "isposinf", "signbit"] as const;

/** Functions with options, which the in-place method accepts as well. */
const optional = {
  add: ["alpha"],
  sub: ["alpha"],
  subtract: ["alpha"],
  div: ["rounding_mode"],
  divide: ["rounding_mode"],
} as const;

const entries = <Name extends string>(
  names: readonly Name[],
  entry: (name: Name) => Readonly<Record<string, Call>>,
  // safe: every entry has this type
): Readonly<Record<string, Call>> => Object.assign({}, ...names.map(entry)) as Readonly<Record<string, Call>>;

// This code is never bundled, so functions may be looked up by name.
const functions: typeof akari = akari;

const limit = (given: Arguments, name: string): Tensor | number | null =>
  given.has(name) ? given.operand(name) : null;
/** Returns the second operand, which `heaviside` calls `values`. */
const second = (given: Arguments): Tensor | number => given.operand(given.has("values") ? "values" : "other");

/** Returns the entry of a question about tensors. On other devices its answer is a promise. */
const answer =
  (ask: (x: Tensor, given: Arguments) => boolean): Call =>
  (given) => {
    if (!given.x.device.readSync) throw new Missing(`synchronous answers on ${given.x.device.name}`);
    return akari.tensor(ask(given.x, given), { dtype: "bool" });
  };

const named = ["nan", "posinf", "neginf"];

/** Pointwise operations. */
export const pointwise: Readonly<Record<string, Call>> = {
  ...entries(unaries, (name) => ({
    [snakeCase(name)]: (given) => functions[name](given.x),
    [`Tensor.${snakeCase(name)}_`]: (given) => given.x[`${name}_`](),
  })),
  ...entries(binaries, (name) => ({
    [snakeCase(name)]: (given) => functions[name](given.operand("input"), second(given)),
    [`Tensor.${snakeCase(name)}_`]: (given) => given.x[`${name}_`](second(given)),
  })),
  ...entries(others, (name) => ({
    [name]: (given) => functions[name](given.operand("input"), given.operand("other")),
  })),
  ...entries(tests, (name) => ({ [name]: (given) => functions[name](given.x) })),
  ...entries(["add", "div", "divide", "sub", "subtract"], (name) => ({
    [name]: (given) =>
      functions[name](given.operand("input"), given.operand("other"), given.options(...optional[name])),
    [`Tensor.${name}_`]: (given) => given.x[`${name}_`](given.operand("other"), given.options(...optional[name])),
  })),
  ...entries(["addcdiv", "addcmul"], (name) => ({
    [name]: (given) =>
      functions[name](given.x, given.tensor("tensor1"), given.tensor("tensor2"), given.options("value")),
    [`Tensor.${name}_`]: (given) =>
      given.x[`${name}_`](given.tensor("tensor1"), given.tensor("tensor2"), given.options("value")),
  })),
  ...entries(["clamp", "clip"], (name) => ({
    [name]: (given) => functions[name](given.x, limit(given, "min"), limit(given, "max")),
    [`Tensor.${name}_`]: (given) => given.x[`${name}_`](limit(given, "min"), limit(given, "max")),
  })),
  clamp_max: (given) => akari.clampMax(given.x, given.operand("max")),
  clamp_min: (given) => akari.clampMin(given.x, given.operand("min")),
  allclose: answer((x, given) =>
    akari.allcloseSync(x, given.tensor("other"), given.options("rtol", "atol", "equal_nan")),
  ),
  equal: answer((x, given) => akari.equalSync(x, given.tensor("other"))),
  isclose: (given) => akari.isclose(given.x, given.tensor("other"), given.options("rtol", "atol", "equal_nan")),
  lerp: (given) => akari.lerp(given.x, given.tensor("end"), given.operand("weight")),
  logit: (given) => akari.logit(given.x, given.has("eps") ? given.number("eps") : null),
  nan_to_num: (given) => akari.nanToNum(given.x, given.options(...named)),
  polygamma: (given) => akari.polygamma(given.number("n"), given.x),
  pow: (given) => akari.pow(given.operand("input"), given.operand("exponent")),
  round: (given) => akari.round(given.x, given.options("decimals")),
  rsub: (given) => akari.rsub(given.x, given.operand("other"), given.options("alpha")),
  where: (given) =>
    given.has("input")
      ? akari.where(given.tensor("condition"), given.operand("input"), given.operand("other"))
      : akari.where(given.tensor("condition")),

  "Tensor.clamp_max_": (given) => given.x.clampMax_(given.operand("max")),
  "Tensor.clamp_min_": (given) => given.x.clampMin_(given.operand("min")),
  "Tensor.copy_": (given) => given.x.copy_(given.tensor("src")),
  "Tensor.fill_": (given) => given.x.fill_(given.operand("value")),
  "Tensor.lerp_": (given) => given.x.lerp_(given.tensor("end"), given.operand("weight")),
  "Tensor.logit_": (given) => given.x.logit_(given.has("eps") ? given.number("eps") : null),
  "Tensor.nan_to_num_": (given) => given.x.nanToNum_(given.options(...named)),
  "Tensor.pow_": (given) => given.x.pow_(given.operand("exponent")),
  "Tensor.round_": (given) => given.x.round_(given.options("decimals")),
  "Tensor.zero_": (given) => given.x.zero_(),
};
