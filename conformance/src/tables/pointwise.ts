/** Element by element: PyTorch's names and arguments to Akari's. */

import type { Tensor } from "@akari/tensor";
import * as akari from "@akari/tensor";
import type { Call } from "../op-case.ts";

const unary =
  (f: (x: Tensor) => Tensor): Call =>
  (given) =>
    f(given.x);
const binary =
  (f: (a: Tensor | number, b: Tensor | number) => Tensor): Call =>
  (given) =>
    f(given.operand("input"), given.operand("other"));

/** Pointwise operations. */
export const pointwise: Readonly<Record<string, Call>> = {
  abs: unary(akari.abs),
  acos: unary(akari.acos),
  acosh: unary(akari.acosh),
  asin: unary(akari.asin),
  asinh: unary(akari.asinh),
  atan: unary(akari.atan),
  atanh: unary(akari.atanh),
  bitwise_not: unary(akari.bitwiseNot),
  ceil: unary(akari.ceil),
  cos: unary(akari.cos),
  cosh: unary(akari.cosh),
  erf: unary(akari.erf),
  erfc: unary(akari.erfc),
  exp: unary(akari.exp),
  expm1: unary(akari.expm1),
  floor: unary(akari.floor),
  frac: unary(akari.frac),
  isfinite: unary(akari.isfinite),
  isinf: unary(akari.isinf),
  isnan: unary(akari.isnan),
  log: unary(akari.log),
  log10: unary(akari.log10),
  log1p: unary(akari.log1p),
  log2: unary(akari.log2),
  logical_not: unary(akari.logicalNot),
  neg: unary(akari.neg),
  reciprocal: unary(akari.reciprocal),
  relu: unary(akari.relu),
  round: (given) => akari.round(given.x, given.options("decimals")),
  rsqrt: unary(akari.rsqrt),
  sigmoid: unary(akari.sigmoid),
  sign: unary(akari.sign),
  sin: unary(akari.sin),
  sinh: unary(akari.sinh),
  sqrt: unary(akari.sqrt),
  square: unary(akari.square),
  tan: unary(akari.tan),
  tanh: unary(akari.tanh),
  trunc: unary(akari.trunc),

  add: (given) => akari.add(given.operand("input"), given.operand("other"), given.options("alpha")),
  sub: (given) => akari.sub(given.operand("input"), given.operand("other"), given.options("alpha")),
  rsub: (given) => akari.rsub(given.x, given.operand("other"), given.options("alpha")),
  mul: binary(akari.mul),
  div: (given) => akari.div(given.operand("input"), given.operand("other"), given.options("rounding_mode")),
  floor_divide: binary(akari.floorDivide),
  remainder: binary(akari.remainder),
  fmod: binary(akari.fmod),
  pow: (given) => akari.pow(given.operand("input"), given.operand("exponent")),
  atan2: binary(akari.atan2),
  hypot: binary(akari.hypot),
  xlogy: binary(akari.xlogy),
  maximum: binary(akari.maximum),
  minimum: binary(akari.minimum),
  fmax: binary(akari.fmax),
  bitwise_and: binary(akari.bitwiseAnd),
  bitwise_or: binary(akari.bitwiseOr),
  bitwise_xor: binary(akari.bitwiseXor),
  bitwise_left_shift: binary(akari.bitwiseLeftShift),
  bitwise_right_shift: binary(akari.bitwiseRightShift),
  eq: binary(akari.eq),
  ne: binary(akari.ne),
  lt: binary(akari.lt),
  le: binary(akari.le),
  gt: binary(akari.gt),
  ge: binary(akari.ge),
  logical_and: binary(akari.logicalAnd),
  logical_or: binary(akari.logicalOr),
  logical_xor: binary(akari.logicalXor),
  addcdiv: (given) => akari.addcdiv(given.x, given.tensor("tensor1"), given.tensor("tensor2"), given.options("value")),
  addcmul: (given) => akari.addcmul(given.x, given.tensor("tensor1"), given.tensor("tensor2"), given.options("value")),
  clamp: (given) => akari.clamp(given.x, given.has("min") ? given.operand("min") : null, given.has("max") ? given.operand("max") : null),
  clamp_max: (given) => akari.clampMax(given.x, given.operand("max")),
  clamp_min: (given) => akari.clampMin(given.x, given.operand("min")),
  isneginf: (given) => akari.isneginf(given.x),
  isposinf: (given) => akari.isposinf(given.x),
  lerp: (given) => akari.lerp(given.x, given.tensor("end"), given.operand("weight")),
  nan_to_num: (given) => akari.nanToNum(given.x, given.options("nan", "posinf", "neginf")),
  where: (given) =>
    given.has("input")
      ? akari.where(given.tensor("condition"), given.operand("input"), given.operand("other"))
      : akari.where(given.tensor("condition")),

  "Tensor.abs_": (given) => given.x.abs_(),
  "Tensor.add_": (given) => given.x.add_(given.operand("other"), given.options("alpha")),
  "Tensor.addcdiv_": (given) => given.x.addcdiv_(given.tensor("tensor1"), given.tensor("tensor2"), given.options("value")),
  "Tensor.addcmul_": (given) => given.x.addcmul_(given.tensor("tensor1"), given.tensor("tensor2"), given.options("value")),
  "Tensor.clamp_": (given) =>
    given.x.clamp_(given.has("min") ? given.operand("min") : null, given.has("max") ? given.operand("max") : null),
  "Tensor.copy_": (given) => given.x.copy_(given.tensor("src")),
  "Tensor.div_": (given) => given.x.div_(given.operand("other"), given.options("rounding_mode")),
  "Tensor.exp_": (given) => given.x.exp_(),
  "Tensor.fill_": (given) => given.x.fill_(given.operand("value")),
  "Tensor.lerp_": (given) => given.x.lerp_(given.tensor("end"), given.operand("weight")),
  "Tensor.mul_": (given) => given.x.mul_(given.operand("other")),
  "Tensor.neg_": (given) => given.x.neg_(),
  "Tensor.pow_": (given) => given.x.pow_(given.operand("exponent")),
  "Tensor.relu_": (given) => given.x.relu_(),
  "Tensor.sigmoid_": (given) => given.x.sigmoid_(),
  "Tensor.sqrt_": (given) => given.x.sqrt_(),
  "Tensor.sub_": (given) => given.x.sub_(given.operand("other"), given.options("alpha")),
  "Tensor.tanh_": (given) => given.x.tanh_(),
  "Tensor.zero_": (given) => given.x.zero_(),
};
