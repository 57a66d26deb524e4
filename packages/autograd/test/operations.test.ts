/**
 * Every differentiable operation on elements and rows: its gradient against finite differences, and the gradient of its gradient. One line
 * for each form that has a gradient of its own.
 */

import * as ops from "@akari/tensor";
import { fromTypedArray, type Tensor } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { describe, expect, it } from "vitest";
import { gradcheck, gradgradcheck, requiresGrad } from "../src/index.ts";

const device = reference();

/** Numbers without a pattern between two limits, the same in each run; those at the places named are zero. */
function numbers(shape: readonly number[], low = -2, high = 2, zeros: readonly number[] = []): Tensor {
  const data = Float64Array.from({ length: ops.sizeOf(shape) }, (_, i) => low + (high - low) * ((0.137 + i * 0.6180339887498949) % 1));
  for (const i of zeros) data[i] = 0;
  return requiresGrad(fromTypedArray(data, shape, { device }));
}

type Case = readonly [name: string, fn: (...inputs: Tensor[]) => Tensor, ...inputs: Tensor[]];
type One = (x: Tensor) => Tensor;
type Two = (a: Tensor, b: Tensor) => Tensor;
type Three = (a: Tensor, b: Tensor, c: Tensor) => Tensor;

const everywhere: Record<string, One> = {
  abs: ops.abs,
  atan: ops.atan,
  asinh: ops.asinh,
  celu: (x) => ops.celu(x, 1.5),
  clone: ops.clone,
  cos: ops.cos,
  cosh: ops.cosh,
  digamma: ops.digamma,
  elu: (x) => ops.elu(x, 0.7),
  erf: ops.erf,
  erfc: ops.erfc,
  exp: ops.exp,
  exp2: ops.exp2,
  expm1: ops.expm1,
  frac: ops.frac,
  gelu: ops.gelu,
  "gelu with tanh": (x) => ops.gelu(x, { approximate: "tanh" }),
  hardshrink: ops.hardshrink,
  hardsigmoid: ops.hardsigmoid,
  hardswish: ops.hardswish,
  hardtanh: ops.hardtanh,
  leakyRelu: ops.leakyRelu,
  logsigmoid: ops.logsigmoid,
  mish: ops.mish,
  nanToNum: ops.nanToNum,
  neg: ops.neg,
  relu: ops.relu,
  relu6: ops.relu6,
  selu: ops.selu,
  sigmoid: ops.sigmoid,
  silu: ops.silu,
  sin: ops.sin,
  sinc: ops.sinc,
  sinh: ops.sinh,
  softplus: ops.softplus,
  softshrink: ops.softshrink,
  softsign: ops.softsign,
  square: ops.square,
  tan: (x) => ops.tan(x.mul(0.5)),
  tanh: ops.tanh,
  tanhshrink: ops.tanhshrink,
  threshold: (x) => ops.threshold(x, 0.3, -1),
};

const positive: Record<string, One> = {
  lgamma: ops.lgamma,
  log: ops.log,
  log10: ops.log10,
  log1p: ops.log1p,
  log2: ops.log2,
  polygamma: (x) => ops.polygamma(2, x),
  "pow by number": (x) => ops.pow(x, 2.5),
  "pow by -2": (x) => ops.pow(x, -2),
  "pow of number": (x) => ops.pow(1.7, x),
  reciprocal: ops.reciprocal,
  rsqrt: ops.rsqrt,
  sqrt: ops.sqrt,
};

const inside: Record<string, One> = { acos: ops.acos, asin: ops.asin, atanh: ops.atanh, erfinv: ops.erfinv };

const pairs: Record<string, Two> = {
  add: (a, b) => ops.add(a, b, { alpha: 0.5 }),
  atan2: ops.atan2,
  copysign: ops.copysign,
  div: ops.div,
  fmax: ops.fmax,
  fmin: ops.fmin,
  fmod: ops.fmod,
  hypot: ops.hypot,
  logaddexp: ops.logaddexp,
  maximum: ops.maximum,
  minimum: ops.minimum,
  mul: ops.mul,
  remainder: ops.remainder,
  sub: (a, b) => ops.sub(a, b, { alpha: 0.5 }),
  xlogy: ops.xlogy,
};

const reductions: Record<string, (x: Tensor, dim: number | number[] | null, options?: { keepdim: boolean }) => Tensor> = {
  amax: ops.amax,
  amin: ops.amin,
  logsumexp: ops.logsumexp,
  mean: ops.mean,
  nanmean: ops.nanmean,
  nansum: ops.nansum,
  norm: (x, dim, options) => ops.norm(x, 2, dim, options),
  "norm 1": (x, dim, options) => ops.norm(x, 1, dim, options),
  "norm 2.5": (x, dim, options) => ops.norm(x, 2.5, dim, options),
  "norm ∞": (x, dim, options) => ops.norm(x, Number.POSITIVE_INFINITY, dim, options),
  "norm -∞": (x, dim, options) => ops.norm(x, Number.NEGATIVE_INFINITY, dim, options),
  prod: ops.prod,
  std: ops.std,
  sum: ops.sum,
  variance: ops.variance,
};

const alongRows: Record<string, One> = {
  cummax: (x) => ops.cummax(x, 1).values,
  cummin: (x) => ops.cummin(x, 1).values,
  cumprod: (x) => ops.cumprod(x, 1),
  cumsum: (x) => ops.cumsum(x, 0),
  diff: (x) => ops.diff(x, 2, 1),
  glu: ops.glu,
  kthvalue: (x) => ops.kthvalue(x, 2, 1).values,
  logSoftmax: (x) => ops.logSoftmax(x, 1),
  logcumsumexp: (x) => ops.logcumsumexp(x, 1),
  max: ops.max,
  "max along": (x) => ops.max(x, 1, { keepdim: true }).values,
  median: ops.median,
  "median along": (x) => ops.median(x, 1).values,
  min: ops.min,
  "min along": (x) => ops.min(x, 0).values,
  mode: (x) => ops.mode(x, 1).values,
  softmax: (x) => ops.softmax(x, -1),
  softmin: (x) => ops.softmin(x, 0),
  sort: (x) => ops.sort(x, 1, { descending: true }).values,
  topk: (x) => ops.topk(x, 2, 1).values,
};

const cases: Case[] = [
  ...Object.entries(everywhere).map(([name, fn]): Case => [name, fn, numbers([2, 3])]),
  ...Object.entries(positive).map(([name, fn]): Case => [name, fn, numbers([2, 3], 0.3, 3)]),
  ...Object.entries(inside).map(([name, fn]): Case => [name, fn, numbers([5], -0.9, 0.9)]),
  ["acosh", ops.acosh, numbers([4], 1.2, 4)],
  ["logit", (x) => ops.logit(x), numbers([4], 0.1, 0.9)],
  ["logit with eps", (x) => ops.logit(x, 0.2), numbers([4], 0.05, 0.9)],
  ...Object.entries(pairs).map(([name, fn]): Case => [name, fn as (...inputs: Tensor[]) => Tensor, numbers([2, 3]), numbers([3], 0.5, 3)]),
  ["pow", ops.pow as Two, numbers([2, 3], 0.3, 2), numbers([3])],
  ["lerp", ops.lerp as Three, numbers([3]), numbers([2, 3]), numbers([3], 0.1, 0.9)],
  [
    "addcmul",
    (a, b, c) => ops.addcmul(a as Tensor, b as Tensor, c as Tensor, { value: 0.5 }),
    numbers([2, 3]),
    numbers([3]),
    numbers([2, 1]),
  ],
  [
    "addcdiv",
    (a, b, c) => ops.addcdiv(a as Tensor, b as Tensor, c as Tensor, { value: 2 }),
    numbers([3]),
    numbers([2, 3]),
    numbers([3], 1, 2),
  ],
  ["clamp", (x, low, high) => ops.clamp(x as Tensor, low, high), numbers([2, 3]), numbers([3], -1.5, -0.5), numbers([3], 0.5, 1.5)],
  ["where", (a, b) => ops.where(ops.gt(a as Tensor, 0), a as Tensor, b as Tensor), numbers([2, 3]), numbers([3])],
  ["prelu", ops.prelu as Two, numbers([2, 3, 2]), numbers([3])],
  ...Object.entries(reductions).flatMap(([name, fn]): Case[] => [
    [`${name} over everything`, (x) => fn(x as Tensor, null), numbers([2, 3])],
    [`${name} over one dimension`, (x) => fn(x as Tensor, 1), numbers([2, 3, 2])],
    [`${name} over two, kept`, (x) => fn(x as Tensor, [0, 2], { keepdim: true }), numbers([2, 3, 2])],
  ]),
  ...Object.entries(alongRows).map(([name, fn]): Case => [name, fn, numbers([3, 4])]),
  ["prod with a zero", (x) => ops.prod(x as Tensor, 1), numbers([2, 3], -2, 2, [1])],
  ["prod with two zeros", (x) => ops.prod(x as Tensor, 1), numbers([2, 3], -2, 2, [1, 2])],
  ["cumprod with zeros", (x) => ops.cumprod(x as Tensor, 1), numbers([2, 4], -2, 2, [1, 2, 6])],
  ["normalize", (x) => ops.normalize(x as Tensor), numbers([2, 3])],
  ["cosineSimilarity", ops.cosineSimilarity as Two, numbers([2, 3]), numbers([2, 3], 0.5, 1)],
  ["pairwiseDistance", ops.pairwiseDistance as Two, numbers([2, 3]), numbers([2, 3], 3, 4)],
  ["localResponseNorm", (x) => ops.localResponseNorm(x as Tensor, 3, { alpha: 0.5 }), numbers([1, 4, 2])],
  ["layerNorm", (x, w, b) => ops.layerNorm(x as Tensor, [3], w, b), numbers([2, 3]), numbers([3]), numbers([3])],
  ["layerNorm of two dimensions", (x) => ops.layerNorm(x as Tensor, [2, 3]), numbers([2, 2, 3])],
  ["rmsNorm", (x, w) => ops.rmsNorm(x as Tensor, [3], w), numbers([2, 3]), numbers([3])],
  [
    "batchNorm",
    (x, w, b) => ops.batchNorm(x as Tensor, null, null, w, b, { training: true }),
    numbers([3, 2, 2]),
    numbers([2]),
    numbers([2]),
  ],
  [
    "batchNorm by running statistics",
    (x, w, b) => ops.batchNorm(x as Tensor, numbers([2]).detach(), numbers([2], 1, 2).detach(), w, b),
    numbers([3, 2]),
    numbers([2]),
    numbers([2]),
  ],
  ["groupNorm", (x, w, b) => ops.groupNorm(x as Tensor, 2, w, b), numbers([2, 4, 2]), numbers([4]), numbers([4])],
  ["instanceNorm", (x, w, b) => ops.instanceNorm(x as Tensor, null, null, w, b), numbers([2, 2, 3]), numbers([2]), numbers([2])],
];

describe("gradients agree with finite differences", () => {
  for (const [name, fn, ...inputs] of cases) it(name, () => gradcheck(fn, inputs));
});

describe("gradients of gradients agree with finite differences", () => {
  for (const [name, fn, ...inputs] of cases) it(name, () => gradgradcheck(fn, inputs));
});

describe.each([
  ["float16", 4e-3],
  ["bfloat16", 3.2e-2],
] as const)("%s", (dtype, most) => {
  const halves = (): Tensor =>
    requiresGrad(
      fromTypedArray(new Float32Array([-3, -0.5, 0.25, 2]), [4], { device })
        .to(dtype)
        .detach(),
    );
  const forms: Record<string, One> = {
    clamp: (x) => ops.clamp(x, -1, 1),
    layerNorm: (x) => ops.layerNorm(x, [4]),
    maximum: (x) => ops.maximum(x, x.neg()),
    prod: ops.prod,
    relu: ops.relu,
    softmax: (x) => ops.softmax(x, 0),
    std: (x) => ops.std(x),
  };

  it("passes gradients on through casts, in the type of each side", () => {
    const x = requiresGrad(fromTypedArray(new Float32Array([0.1, 0.2]), [2], { device }));
    const narrow = x.to(dtype).retainGrad();
    narrow
      .mul(fromTypedArray(new Float32Array([1 / 3, 3]), [2], { device }))
      .sum()
      .backward();
    expect([x.grad?.dtype, narrow.grad?.dtype]).toEqual(["float32", dtype]);
    // The gradient was rounded where it passed the narrow tensor.
    expect(x.grad?.toArraySync()).toEqual([dtype === "float16" ? 0.333251953125 : 0.333984375, 3]);
  });

  it.each(Object.entries(forms))("%s has the gradient of single precision, rounded", (_, fn) => {
    const half = halves();
    const single = requiresGrad(half.detach().to("float32"));
    for (const x of [half, single]) fn(x).mul(fn(x).detach().add(1)).sum().backward();
    const [got, want] = [half.grad as Tensor, single.grad as Tensor];
    expect(got.dtype).toBe(dtype);
    expect(got.to("float32").sub(want).abs().max().itemSync()).toBeLessThan(most);
  });
});
