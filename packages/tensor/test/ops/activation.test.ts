/**
 * Activations compared with their definitions, including edges and kinks. Their derivatives at kinks are compared with
 * recorded PyTorch results.
 */

import { describe, expect, it } from "vitest";
import { reference } from "../../src/backends/reference/index.ts";
import * as ops from "../../src/index.ts";
import { ArgumentError, DTypeError, ShapeError, type Tensor, tensor } from "../../src/index.ts";

const device = reference();
const of = (data: number[] | number[][]): Tensor => tensor(data, { dtype: "float64", device });
const values = (x: Tensor): number[] => Array.from(x.dataSync());
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

const definitions: [name: string, got: (x: Tensor) => Tensor, want: (x: number) => number][] = [
  ["relu", ops.relu, (x) => Math.max(x, 0)],
  ["relu6", ops.relu6, (x) => Math.min(Math.max(x, 0), 6)],
  ["leakyRelu", (x) => ops.leakyRelu(x, 0.2), (x) => (x > 0 ? x : 0.2 * x)],
  ["elu", (x) => ops.elu(x, 2), (x) => (x > 0 ? x : 2 * Math.expm1(x))],
  ["celu", (x) => ops.celu(x, 2), (x) => (x > 0 ? x : 2 * Math.expm1(x / 2))],
  ["selu", ops.selu, (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x))],
  ["silu", ops.silu, (x) => x * sigmoid(x)],
  ["mish", ops.mish, (x) => x * Math.tanh(softplus(x))],
  ["softplus", ops.softplus, (x) => (x > 20 ? x : softplus(x))],
  [
    "softplus with beta",
    (x) => ops.softplus(x, { beta: 2, threshold: 3 }),
    (x) => (2 * x > 3 ? x : softplus(2 * x) / 2),
  ],
  ["logsigmoid", ops.logsigmoid, (x) => -softplus(-x)],
  ["softsign", ops.softsign, (x) => x / (1 + Math.abs(x))],
  ["tanhshrink", ops.tanhshrink, (x) => x - Math.tanh(x)],
  ["hardtanh", (x) => ops.hardtanh(x, -0.5, 2), (x) => Math.min(Math.max(x, -0.5), 2)],
  ["hardsigmoid", ops.hardsigmoid, (x) => Math.min(Math.max(x / 6 + 0.5, 0), 1)],
  ["hardswish", ops.hardswish, (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6],
  ["hardshrink", ops.hardshrink, (x) => (Math.abs(x) > 0.5 ? x : 0)],
  ["softshrink", ops.softshrink, (x) => (Math.abs(x) > 0.5 ? x - 0.5 * Math.sign(x) : 0)],
  ["threshold", (x) => ops.threshold(x, 1, -7), (x) => (x > 1 ? x : -7)],
];

describe("activations", () => {
  const points = [-1000, -30, -6, -3, -1.5, -0.5, -1e-9, 0, 1e-9, 0.5, 1, 1.5, 3, 6, 30, 1000];
  it.each(definitions)("%s matches its definition", (_, got, want) => {
    values(got(of(points))).forEach((value, i) => {
      expect(value).toBeCloseTo(want(points[i] as number), 12);
    });
  });

  it.each(definitions)("%s propagates NaN", (name, got) => {
    // PyTorch's softshrink selects values beyond the limits, and NaN is not beyond them.
    expect(values(got(of([Number.NaN])))).toEqual([name === "softshrink" ? 0 : Number.NaN]);
  });

  it("of floating-point numbers reject integers with any parameters, as in PyTorch", () => {
    const x = tensor([1, -2], { dtype: "int32", device });
    for (const call of [ops.leakyRelu, ops.hardshrink, ops.softshrink, (y: Tensor) => ops.elu(y, 1.5)])
      expect(() => call(x)).toThrow(DTypeError);
    expect(() => ops.softplus(x, { beta: 0.5 })).toThrow(DTypeError);
  });

  it("of uint8 have no negative limits in hardtanh", () => {
    const x = tensor([1, 2], { dtype: "uint8", device });
    expect(() => ops.hardtanh(x)).toThrow("hardtanh: uint8 has no negative limits, got -1");
    expect(() => ops.hardtanh(x, 0, -2)).toThrow("hardtanh: uint8 has no negative limits, got -2");
    expect(values(ops.hardtanh(x, 0.5, 1.5))).toEqual([1, 1]);
  });

  it("gelu is x Φ(x), and the tanh approximation is close to it", () => {
    const x = of([-3, -1, 0, 0.5, 2]);
    // Φ from a table of the normal distribution.
    const phi = [0.0013498980316301, 0.158655253931457, 0.5, 0.691462461274013, 0.977249868051821];
    values(ops.gelu(x)).forEach((value, i) => {
      expect(value).toBeCloseTo(([-3, -1, 0, 0.5, 2][i] as number) * (phi[i] as number), 12);
    });
    values(ops.gelu(x, { approximate: "tanh" }).sub(ops.gelu(x))).forEach((gap) => {
      expect(Math.abs(gap)).toBeLessThan(1e-3);
    });
    expect(() => ops.gelu(x, { approximate: "erf" as "tanh" })).toThrow(ArgumentError);
  });

  it("prelu uses one slope, or one per channel", () => {
    expect(values(ops.prelu(of([-2, 2]), of([0.5])))).toEqual([-1, 2]);
    expect(
      values(
        ops.prelu(
          of([
            [-1, -1],
            [1, -2],
          ]),
          of([2, 3]),
        ),
      ),
    ).toEqual([-2, -3, 1, -6]);
    expect(() => ops.prelu(of([[1, 2]]), of([1, 2, 3]))).toThrow(ShapeError);
  });

  it("glu multiplies the first half by the sigmoid of the second", () => {
    expect(values(ops.glu(of([[1, 2, 0, 0]])))).toEqual([0.5, 1]);
    expect(() => ops.glu(of([[1, 2, 3]]))).toThrow("glu: expected an even size in dimension 1, got shape [1, 3]");
  });
});
