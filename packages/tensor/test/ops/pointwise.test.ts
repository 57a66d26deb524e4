/** Pointwise operations: values and dtypes from first principles, promotion, in-place variants and errors. */

import { describe, expect, it } from "vitest";
import { reference } from "../../src/backends/reference/index.ts";
import * as ops from "../../src/index.ts";
import { ArgumentError, type DType, DTypeError, ShapeError, type Tensor, tensor } from "../../src/index.ts";
import { resultType } from "../../src/pointwise.ts";

const device = reference();
const of = (data: number | number[] | number[][], dtype: DType = "float32"): Tensor => tensor(data, { dtype, device });
const bools = (...data: boolean[]): Tensor => tensor(data, { device });
const values = (x: Tensor): number[] => Array.from(ops.numbersOf(x.dataSync(), x.dtype));

/** Numbers of many magnitudes, and edge cases. */
const edges = [
  0,
  1e-30,
  1e-12,
  1e-5,
  0.3,
  0.5,
  0.999,
  1,
  1.5,
  2.5,
  20.5,
  50,
  700,
  1e5,
  1e12,
  Number.POSITIVE_INFINITY,
  Number.NaN,
];
const everywhere = [...edges, ...edges.map((v) => -v)];

function expectClose(got: readonly number[], want: readonly number[], tolerance: number): void {
  expect(got.length).toBe(want.length);
  got.forEach((value, i) => {
    const w = want[i] as number;
    const close = Object.is(value, w) || value === w || Math.abs(value - w) <= tolerance * Math.abs(w);
    expect(close || (Number.isNaN(value) && Number.isNaN(w)), `element ${i}: ${value}, expected ${w}`).toBe(true);
  });
}

describe("functions of one tensor", () => {
  const functions: Record<string, (x: number) => number> = {
    abs: Math.abs,
    acos: Math.acos,
    acosh: Math.acosh,
    asin: Math.asin,
    asinh: Math.asinh,
    atan: Math.atan,
    atanh: Math.atanh,
    ceil: Math.ceil,
    cos: Math.cos,
    cosh: Math.cosh,
    exp: Math.exp,
    exp2: (x) => 2 ** x,
    expm1: Math.expm1,
    floor: Math.floor,
    frac: (x) => x - Math.trunc(x),
    log: Math.log,
    log10: Math.log10,
    log1p: Math.log1p,
    log2: Math.log2,
    neg: (x) => -x,
    reciprocal: (x) => 1 / x,
    rsqrt: (x) => 1 / Math.sqrt(x),
    sin: Math.sin,
    sinh: Math.sinh,
    sqrt: Math.sqrt,
    square: (x) => x * x,
    tan: Math.tan,
    tanh: Math.tanh,
    trunc: Math.trunc,
  };
  // Safe: all names in the table are functions of one tensor.
  const operation = (name: string) =>
    (ops as unknown as Record<string, (x: Tensor) => Tensor>)[name] as (x: Tensor) => Tensor;

  it.each(Object.keys(functions))("%s is accurate from tiny to infinite in float64", (name) => {
    const exact = functions[name] as (x: number) => number;
    expectClose(values(operation(name)(of(everywhere, "float64"))), everywhere.map(exact), 4e-15);
  });

  it.each(Object.keys(functions))("%s is accurate in float32", (name) => {
    const exact = functions[name] as (x: number) => number;
    const inputs = everywhere.map(Math.fround);
    const want = inputs.map((x) => Math.fround(exact(x)));
    expectClose(values(operation(name)(of(inputs))), want, 1e-6);
  });

  it("round returns even numbers for halves, and rounds to decimal places", () => {
    expect(values(of([0.5, 1.5, 2.5, -0.5, -1.5]).round())).toEqual([0, 2, 2, -0, -2]);
    expect(values(of([1.256, -0.125], "float64").round({ decimals: 2 }))).toEqual([1.26, -0.12]);
    expect(values(of([149, 151]).round({ decimals: -2 }))).toEqual([100, 200]);
    expect(() => of([1]).round({ decimals: 0.5 })).toThrow("round: decimals must be an integer, got 0.5");
    expect(() => of([1]).round_({ decimals: 1.5 })).toThrow("round_: decimals must be an integer, got 1.5");
  });

  it("erfinv inverts erf to full float64 precision", () => {
    const x = [-0.999999, -0.9, -0.3, -1e-9, 0, 1e-12, 0.1, 0.5, 0.7, 0.99, 0.9999999];
    expectClose(values(of(x, "float64").erfinv().erf()), x, 1e-14);
    expect(values(of([1, -1, 1.1], "float64").erfinv())).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ]);
  });

  it("signbit and copysign distinguish -0 from 0", () => {
    expect(values(of([0, -0, 1, -1]).signbit())).toEqual([0, 1, 0, 1]);
    expect(values(of([3, 3]).copysign(of([-0, 0])))).toEqual([-3, 3]);
  });
});

describe("promotion", () => {
  const one = (dtype: DType): Tensor => of([1], dtype);
  it.each([
    ["bool", "uint8", "uint8"],
    ["uint8", "int32", "int32"],
    ["int32", "float16", "float16"],
    ["float16", "float32", "float32"],
    ["int32", "bfloat16", "bfloat16"],
    ["bfloat16", "float32", "float32"],
    ["float16", "bfloat16", "float32"],
    ["float32", "float64", "float64"],
  ] as const)("%s and %s meet in %s", (a, b, want) => {
    expect(one(a).mul(one(b)).dtype).toBe(want);
    expect(one(b).mul(one(a)).dtype).toBe(want);
  });

  it("ignores the dtype of a scalar tensor unless its kind is higher", () => {
    expect(one("float32").add(of(1, "float64")).dtype).toBe("float32");
    expect(one("int32").add(of(1, "float32")).dtype).toBe("float32");
  });

  it("depends on the dtype of every operand, with and without dimensions", () => {
    const all = ops.dtypes.flatMap((dtype) => [one(dtype), of(1, dtype)]);
    for (const a of all) for (const b of [...all, true, 1, 0.5]) expect(ops.mul(a, b).dtype).toBe(resultType([a, b]));
    expect(of(1, "float64").add(one("bfloat16")).dtype).toBe("bfloat16");
    expect(one("bfloat16").add(2.5).dtype).toBe("bfloat16");
  });

  it("rounds to bfloat16 once, after computing in float32", () => {
    const x = of([1.0078125, 255], "bfloat16");
    expect(values(x.mul(x))).toEqual([1.015625, 65024]);
    expect(values(x.mul(x).sub(1))).toEqual([0.015625, 65024]);
    expect(values(of([1, 2 ** -8, 2 ** -8], "bfloat16").sum())).toEqual([1.0078125]);
  });

  it("adapts numbers to the tensor", () => {
    expect(one("uint8").add(250).dtype).toBe("uint8");
    expect(one("int32").add(2.5).dtype).toBe("float32");
    expect(one("bool").add(2).dtype).toBe("int32");
    expect(one("float64").mul(0.1).itemSync()).toBe(0.1);
  });

  it("divides integers to floats, unless a rounding mode is given", () => {
    const a = of([7, -7, 7, -7], "int32");
    const b = of([2, 2, -2, -2], "int32");
    expect(a.div(b).dtype).toBe("float32");
    expect(values(a.div(b, { roundingMode: "floor" }))).toEqual([3, -4, -4, 3]);
    expect(values(a.div(b, { roundingMode: "trunc" }))).toEqual([3, -3, -3, 3]);
    expect(a.floorDivide(b).dtype).toBe("int32");
    expect(values(a.remainder(b))).toEqual([1, 1, -1, -1]);
    expect(values(a.fmod(b))).toEqual([1, -1, 1, -1]);
  });

  it("rejects division of integers by zero, without changing anything", () => {
    const a = of([7, 1], "int32");
    for (const zero of [0, of([2, 0], "int32"), of([0], "uint8")]) {
      expect(() => a.floorDivide(zero)).toThrow("div: integers cannot be divided by 0");
      expect(() => a.remainder(zero)).toThrow("remainder: integers cannot be divided by 0");
      expect(() => a.fmod(zero)).toThrow("fmod: integers cannot be divided by 0");
      expect(() => a.div_(zero, { roundingMode: "trunc" })).toThrow("div: integers cannot be divided by 0");
    }
    expect(values(a)).toEqual([7, 1]);
    expect(values(a.floorDivide(of([0, 2])))).toEqual([Number.POSITIVE_INFINITY, 0]);
  });

  it("keeps integer powers exact", () => {
    expect(values(of([3, -2], "int32").pow(3))).toEqual([27, -8]);
    expect(of([3], "int32").pow(3).dtype).toBe("int32");
  });

  it("wraps uint8 around", () => {
    expect(values(of([250], "uint8").add(10))).toEqual([4]);
    expect(values(of([1], "uint8").neg())).toEqual([255]);
  });
});

describe("limits, selection and logic", () => {
  it("clamp accepts numbers and tensors, and the upper limit has precedence", () => {
    expect(values(of([-2, 0.5, 2]).clamp(-1, 1))).toEqual([-1, 0.5, 1]);
    expect(values(of([-2, 2]).clamp(null, of([0, 1])))).toEqual([-2, 1]);
    expect(values(of([0]).clamp(2, 1))).toEqual([1]);
    expect(values(of([-2, 0.5, 2]).clamp({ min: -1, max: 1 }))).toEqual([-1, 0.5, 1]);
    expect(values(of([-2, 2]).clamp_({ max: 1 }))).toEqual([-2, 1]);
    expect(() => of([0]).clamp({})).toThrow("clamp: expected a lower or an upper limit, got neither");
    expect(values(of([Number.NaN]).clamp(0, 1))).toEqual([Number.NaN]);
    expect(() => of([0]).clamp()).toThrow(ArgumentError);
  });

  it("maximum propagates NaN, and fmax ignores it", () => {
    const [a, b] = [of([Number.NaN, 1, 2]), of([1, Number.NaN, 3])];
    expect(values(a.maximum(b))).toEqual([Number.NaN, Number.NaN, 3]);
    expect(values(a.fmax(b))).toEqual([1, 1, 3]);
    expect(values(a.fmin(b))).toEqual([1, 1, 2]);
  });

  it("where selects by a condition, and returns the indices of true elements", () => {
    const condition = bools(true, false, true);
    expect(values(ops.where(condition, of([1, 2, 3]), 0))).toEqual([1, 0, 3]);
    expect(ops.where(condition).map(values)).toEqual([[0, 2]]);
    expect(() => ops.where(of([1]), 1, 0)).toThrow(DTypeError);
  });

  it("nanToNum replaces NaN and infinities", () => {
    const x = of([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1], "float64");
    expect(values(x.nanToNum())).toEqual([0, Number.MAX_VALUE, -Number.MAX_VALUE, 1]);
    expect(values(x.nanToNum({ nan: 1, posinf: 2, neginf: 3 }))).toEqual([1, 2, 3, 1]);
    expect(values(of([1, 0], "bool").nanToNum_())).toEqual([1, 0]);
  });

  it("combine bools and bits", () => {
    expect(values(of([1, 0, 2]).logicalAnd(of([1, 1, 0])))).toEqual([1, 0, 0]);
    expect(of([1]).logicalXor(of([1])).dtype).toBe("bool");
    expect(values(of([6], "int32").bitwiseXor(of([3], "int32")))).toEqual([5]);
    expect(values(of([-8], "int32").bitwiseRightShift(1))).toEqual([-4]);
    expect(values(bools(true, false).add(bools(true, true)))).toEqual([1, 1]);
  });

  it("isclose compares within a tolerance", () => {
    const infinity = Number.POSITIVE_INFINITY;
    const a = of([1, 1, infinity, infinity, Number.NaN]);
    const b = of([1.000001, 1.1, infinity, 1, Number.NaN]);
    expect(values(a.isclose(b))).toEqual([1, 0, 1, 0, 0]);
    expect(values(a.isclose(b, { equalNan: true }))).toEqual([1, 0, 1, 0, 1]);
  });
});

describe("in-place operations", () => {
  it("store the result in the tensor itself, visible through its views, and return it", () => {
    const x = of([
      [1, 2],
      [3, 4],
    ]);
    const column = x.select(1, 0);
    expect(column.mul_(10)).toBe(column);
    expect(x.toArraySync()).toEqual([
      [10, 2],
      [30, 4],
    ]);
    expect(values(x.add_(1, { alpha: 2 }).sqrt_().clamp_(2, 5))).toEqual([
      Math.fround(Math.sqrt(12)),
      2,
      5,
      Math.fround(Math.sqrt(6)),
    ]);
  });

  it("reject results of another shape or a higher kind", () => {
    expect(() => of([1], "int32").add_(0.5)).toThrow(DTypeError);
    expect(() => of([1], "int32").add_(0.5)).toThrow(
      "add_: the result is float32 and cannot be stored in a tensor of int32",
    );
    expect(() =>
      of([1, 2]).add_(
        of([
          [1, 2],
          [3, 4],
        ]),
      ),
    ).toThrow(ShapeError);
    expect(() =>
      of([[1], [2]])
        .expand(2, 2)
        .add_(1),
    ).toThrow(ArgumentError);
  });
});

describe("formulas of many operands", () => {
  it("are instantiated for the dtypes of all of them", () => {
    const total = ops.pointwise<(Tensor | number)[]>("total", (...all) => all.reduce((a, b) => a.add(b)));
    const halves = Array.from({ length: 20 }, () => of([0.5]));
    expect(values(total(...halves, of([0.5])))).toEqual([10.5]);
    expect(values(total(...halves, of([2], "int32")))).toEqual([12]);
    expect(values(total(...halves, 3))).toEqual([13]);
    expect(values(total(of([2], "int32"), ...halves))).toEqual([12]);
  });
});

describe("pointwise operations reject", () => {
  it.each([
    ["shapes that do not broadcast", () => of([1, 2, 3]).add(of([1, 2])), ShapeError, "sizes 3 and 2"],
    ["a difference of bools", () => bools(true).sub(bools(true)), DTypeError, "logicalXor"],
    ["the negative of bools", () => bools(true).neg(), DTypeError, "expected numbers, got bool"],
    ["bitwise operations on floats", () => of([1]).bitwiseAnd(1), DTypeError, "got float32"],
    ["negative powers of integers", () => of([2], "int32").pow(-1), ArgumentError, "exponent -1"],
    ["a fractional alpha for integers", () => of([2], "int32").add(1, { alpha: 0.5 }), ArgumentError, "got 0.5"],
    ["an unknown rounding mode", () => ops.div(of([1]), 2, { roundingMode: "up" as "floor" }), ArgumentError, '"up"'],
    ["interpolation between integers", () => ops.lerp(of([1], "int32"), of([2], "int32"), 1), DTypeError, "int32"],
    ["two numbers", () => ops.add(1, 2), ArgumentError, "at least one operand must be a tensor"],
  ] as const)("%s", (_, run, kind, text) => {
    expect(run).toThrow(kind);
    expect(run).toThrow(text);
  });
});
