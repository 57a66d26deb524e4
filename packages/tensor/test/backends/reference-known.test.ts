/** Results of the reference backend, compared with values computed by hand from the definition of each kernel call. */

import { describe, expect, it } from "vitest";
import { runConv } from "../../src/backends/cpu/conv.ts";
import { runPool } from "../../src/backends/cpu/pool.ts";
import { reference } from "../../src/backends/reference/index.ts";
import { type DType, typedArray, viewBytes } from "../../src/dtype.ts";
import { encode, numbersOf } from "../../src/encode.ts";
import { type Expr, input, row, scalar } from "../../src/expr/expr.ts";
import { program, reduction, rowProgram } from "../../src/expr/program.ts";
import type { ConvCall, PoolCall, ScanCall, ScatterCall, View } from "../../src/kernel.ts";
import { contiguousStrides, sizeOf } from "../../src/shape.ts";

const device = reference();

function view(
  dtype: DType,
  shape: readonly number[],
  values: readonly number[] = new Array<number>(sizeOf(shape)).fill(0),
): View {
  const bytes = new Uint8Array(encode(values, dtype).buffer);
  const buffer = device.allocate(bytes.length);
  device.write(buffer, bytes);
  return { buffer, dtype, shape, strides: contiguousStrides(shape), offset: 0 };
}

/** All elements of the buffer of a view. */
function values({ buffer, dtype }: View): number[] {
  const bytes = device.readSync?.(buffer, 0, buffer.bytes) as Uint8Array<ArrayBuffer>; // the reference reads at once
  const array = viewBytes(dtype, bytes.buffer, 0, bytes.length / typedArray(dtype, 0).BYTES_PER_ELEMENT);
  return Array.from(numbersOf(array, dtype));
}

/** Evaluates a formula of one input for some values. */
function compute(dtype: DType, formula: (x: Expr) => Expr, list: readonly number[]): number[] {
  const e = formula(input(0, dtype));
  const to = view(e.dtype, [list.length]);
  device.run({
    kind: "pointwise",
    program: program([e]),
    inputs: [view(dtype, [list.length], list)],
    scalars: [],
    to: [to],
  });
  return values(to);
}

const f = (...list: number[]): number[] => list.map(Math.fround);
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe("pointwise", () => {
  it("rounds to float32 after every primitive", () => {
    expect(compute("float32", (x) => x.add(1).sub(1), [1e-8, 2 ** -23])).toEqual([0, 2 ** -23]);
    expect(compute("float64", (x) => x.add(1).sub(1), [2 ** -52])).toEqual([2 ** -52]);
  });
  it("wraps integers around on overflow", () => {
    expect(compute("int32", (x) => x.add(1), [2 ** 31 - 1])).toEqual([-(2 ** 31)]);
    expect(compute("int32", (x) => x.mul(x), [65537, 46341])).toEqual([131073, -2147479015]);
    expect(compute("uint8", (x) => x.sub(1), [0, 5])).toEqual([255, 4]);
    expect(compute("int32", (x) => x.neg(), [-(2 ** 31)])).toEqual([-(2 ** 31)]);
  });
  it("rounds integer division down, and returns zero for division by zero", () => {
    expect(compute("int32", (x) => x.floorDiv(3), [7, -7, 0])).toEqual([2, -3, 0]);
    expect(compute("int32", (x) => x.mod(3), [7, -7, -6])).toEqual([1, 2, 0]);
    expect(compute("int32", (x) => x.fmod(3), [7, -7, -6])).toEqual([1, -1, 0]);
    expect(compute("int32", (x) => x.floorDiv(0), [7])).toEqual([0]);
    expect(compute("int32", (x) => x.mod(0), [7])).toEqual([0]);
  });
  it("returns float remainders with the sign of the divisor (mod) or the dividend (fmod)", () => {
    expect(compute("float32", (x) => x.mod(3), [7.5, -7.5])).toEqual([1.5, 1.5]);
    expect(compute("float32", (x) => x.mod(-3), [5, -5])).toEqual([-1, -2]);
    expect(compute("float32", (x) => x.mod(Number.POSITIVE_INFINITY), [-1, 1])).toEqual([Number.POSITIVE_INFINITY, 1]);
    expect(compute("float32", (x) => x.mod(0), [1])).toEqual([Number.NaN]);
    expect(compute("float32", (x) => x.fmod(3), [7.5, -7.5])).toEqual([1.5, -1.5]);
  });
  it("computes integer powers", () => {
    expect(compute("int32", (x) => x.pow(3), [2, -3])).toEqual([8, -27]);
    expect(compute("int32", (x) => x.pow(-1), [2, 1, -1])).toEqual([0, 1, -1]);
  });
  it("returns the same powers as C where JavaScript differs", () => {
    expect(compute("float32", (x) => x.pow(nan), [1, 2])).toEqual([1, nan]);
    expect(compute("float32", (x) => x.pow(inf), [-1, 0.5])).toEqual([1, 0]);
  });
  it("rounds halves to even", () => {
    expect(compute("float32", (x) => x.round(), [0.5, 1.5, 2.5, -0.5, -1.5, 8388609])).toEqual([
      0, 2, 2, -0, -2, 8388609,
    ]);
  });
  it("propagates NaN through extremes, and returns false for comparisons with NaN", () => {
    expect(compute("float32", (x) => x.max(0), [nan, -1, 2])).toEqual([nan, 0, 2]);
    expect(compute("float32", (x) => x.min(0), [nan, -1, 2])).toEqual([nan, -1, 0]);
    expect(compute("float32", (x) => x.relu(), [nan, -1, 2])).toEqual([nan, 0, 2]);
    expect(compute("float32", (x) => x.lt(1), [nan, 0])).toEqual([0, 1]);
    expect(compute("float32", (x) => x.ne(x), [nan, 0])).toEqual([1, 0]);
  });
  it("converts like C on x86", () => {
    expect(compute("float32", (x) => x.cast("int32"), [1.9, -1.9, nan, 3e9, -inf])).toEqual([
      1,
      -1,
      -(2 ** 31),
      -(2 ** 31),
      -(2 ** 31),
    ]);
    expect(compute("float32", (x) => x.cast("uint8"), [1.9, -1, 300, nan])).toEqual([1, 255, 44, 0]);
    expect(compute("int32", (x) => x.cast("uint8"), [-1, 256])).toEqual([255, 0]);
    expect(compute("float32", (x) => x.cast("bool"), [0, -0, 0.1, nan])).toEqual([0, 0, 1, 1]);
    expect(compute("float32", (x) => x.cast("float16").cast("float32"), [1 / 3, 70000, 65519])).toEqual([
      0.333251953125,
      inf,
      65504,
    ]);
    expect(compute("float32", (x) => x.cast("bfloat16").cast("float32"), [1 / 3, 70000, 3.4e38, Number.NaN])).toEqual([
      0.333984375,
      70144,
      inf,
      Number.NaN,
    ]);
  });
  it("shifts bits, also by more than the width", () => {
    expect(compute("int32", (x) => x.shl(31), [1, 2])).toEqual([-(2 ** 31), 0]);
    expect(compute("int32", (x) => x.shl(32), [1])).toEqual([0]);
    expect(compute("int32", (x) => x.shr(40), [-5, 5])).toEqual([-1, 0]);
  });
  it("computes special functions", () => {
    // Values from Abramowitz & Stegun, tables 7.1 and 7.3, and from the functions' definitions.
    expect(compute("float32", (x) => x.erf(), [0.5, -1, 2, 0, inf])).toEqual(
      f(0.5204998778, -0.8427007929, 0.995322265, 0, 1),
    );
    expect(compute("float32", (x) => x.erfc(), [0.5, 3, -inf])).toEqual(f(0.4795001222, 2.209049699858544e-5, 2));
    // PyTorch's float32 result is 0, too, once the exponential overflows.
    expect(compute("float32", (x) => x.sigmoid(), [0, inf, -inf, -100])).toEqual(f(0.5, 1, 0, 0));
    expect(compute("float64", (x) => x.sigmoid(), [-100])).toEqual([1 / (1 + Math.exp(100))]);
    expect(compute("float32", (x) => x.expm1(), [1e-10])).toEqual(f(1e-10));
  });
  it("reads scalars in the dtype of their leaf, and strided inputs", () => {
    const to = view("float32", [3, 2]);
    const x = view("float32", [2, 3], [1, 2, 3, 4, 5, 6]);
    const transposed = { ...x, shape: [3, 2], strides: [1, 3] };
    const p = program([input(0, "float32").mul(scalar(0, "float32"))]);
    device.run({ kind: "pointwise", program: p, inputs: [transposed], scalars: [0.1], to: [to] });
    expect(values(to)).toEqual(f(1, 4, 2, 5, 3, 6).map((value) => Math.fround(value * Math.fround(0.1))));
  });
  it("accepts lists of views", () => {
    const [a, b] = [view("float32", [2], [1, 2]), view("float32", [1], [5])];
    const p = program([input(0, "float32").add(scalar(0, "float32"))]);
    device.run({
      kind: "foreach",
      program: p,
      items: [
        { inputs: [a], scalars: [1], to: [a] },
        { inputs: [b], scalars: [2], to: [b] },
      ],
    });
    expect([...values(a), ...values(b)]).toEqual([2, 3, 7]);
  });
});

describe("rows", () => {
  it("reduces rows, and returns the neutral element for an empty row", () => {
    const x = view("float32", [2, 3], [1, 2, 3, 4, 5, 6]);
    const run = (reduce: "sum" | "product" | "max" | "min", of: View): number[] => {
      const to = view("float32", [2]);
      const p = reduction(reduce, input(0, "float32"));
      device.run({ kind: "rows", program: p, dims: 1, inputs: [of], scalars: [], toRows: [to], toElements: [] });
      return values(to);
    };
    expect(run("sum", x)).toEqual([6, 15]);
    expect(run("product", x)).toEqual([6, 120]);
    expect(run("max", x)).toEqual([3, 6]);
    expect(run("min", x)).toEqual([1, 4]);
    const empty = view("float32", [2, 0]);
    expect([run("sum", empty), run("product", empty), run("max", empty), run("min", empty)]).toEqual([
      [0, 0],
      [1, 1],
      [-inf, -inf],
      [inf, inf],
    ]);
  });
  it("runs several stages, as in a softmax", () => {
    const x = input(0, "float64");
    const e = x.sub(row(0, "float64")).exp();
    const p = rowProgram({
      stages: [
        { reduce: "max", of: x },
        { reduce: "sum", of: e },
      ],
      elements: [e.div(row(1, "float64"))],
    });
    const to = view("float64", [2, 2]);
    const from = view("float64", [2, 2], [0, 0, Math.log(3), 0]);
    device.run({ kind: "rows", program: p, dims: 1, inputs: [from], scalars: [], toRows: [], toElements: [to] });
    const [a, b, c, d] = values(to) as [number, number, number, number];
    expect([a, b]).toEqual([0.5, 0.5]);
    expect(c).toBeCloseTo(0.75, 15);
    expect(d).toBeCloseTo(0.25, 15);
  });
});

it("argreduce returns the first of equal elements, and NaN before all others", () => {
  const x = view("float32", [3, 3], [1, 7, 7, nan, 9, nan, -1, -2, -2]);
  const run = (op: "max" | "min") => {
    const [indices, found] = [view("int32", [3]), view("float32", [3])];
    device.run({ kind: "argreduce", op, dims: 1, input: x, indices, values: found });
    return [values(indices), values(found)];
  };
  expect(run("max")).toEqual([
    [1, 0, 0],
    [7, nan, -1],
  ]);
  expect(run("min")).toEqual([
    [0, 0, 1],
    [1, nan, -2],
  ]);
});

describe("matmul", () => {
  const a = view("float32", [2, 3], [1, 2, 3, 4, 5, 6]);
  const b = view("float32", [3, 2], [7, 8, 9, 10, 11, 12]);
  it("multiplies matrices", () => {
    const to = view("float32", [2, 2], [nan, nan, nan, nan]);
    device.run({ kind: "matmul", a, b, to, accumulate: false, bias: null });
    expect(values(to)).toEqual([58, 64, 139, 154]);
  });
  it("accumulates, adds a bias, and accepts a transposed operand", () => {
    const to = view("float32", [2, 2], [1, 1, 1, 1]);
    const bias = { ...view("float32", [2], [10, 20]), shape: [2, 2], strides: [0, 1] };
    device.run({
      kind: "matmul",
      a: { ...a, shape: [2, 3] },
      b: { ...a, shape: [3, 2], strides: [1, 3] },
      to,
      accumulate: true,
      bias,
    });
    expect(values(to)).toEqual([14 + 11, 32 + 21, 32 + 11, 77 + 21]);
  });
  it("returns zeros for an inner size of zero", () => {
    const to = view("float32", [1, 2], [5, 5]);
    device.run({
      kind: "matmul",
      a: view("float32", [1, 0]),
      b: view("float32", [0, 2]),
      to,
      accumulate: false,
      bias: null,
    });
    expect(values(to)).toEqual([0, 0]);
  });
});

describe("conv", () => {
  const options = {
    kind: "conv",
    bias: null,
    stride: [1, 1],
    padding: [0, 0],
    dilation: [1, 1],
    groups: 1,
    cpu: runConv,
  } as const;
  const image = view("float32", [1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const weight = view("float32", [1, 1, 2, 2], [1, 2, 3, 4]);
  const run = (call: Partial<ConvCall> & Pick<ConvCall, "direction" | "input" | "weight" | "output">) =>
    device.run({ ...options, ...call });
  it("computes cross-correlations, with a bias, padding and strides", () => {
    const output = view("float32", [1, 1, 2, 2]);
    run({ direction: "forward", input: image, weight, output, bias: view("float32", [1], [100]) });
    expect(values(output)).toEqual([137, 147, 167, 177]);
    run({ direction: "forward", input: image, weight, output, stride: [2, 2], padding: [1, 1] });
    expect(values(output)).toEqual([4, 3 * 2 + 4 * 3, 2 * 4 + 4 * 7, 5 + 2 * 6 + 3 * 8 + 4 * 9]);
  });
  it("computes gradients with the transposed maps", () => {
    const gradient = view("float32", [1, 1, 2, 2], [1, 0, 0, 10]);
    const dInput = view("float32", [1, 1, 3, 3]);
    run({ direction: "input", input: dInput, weight, output: gradient });
    expect(values(dInput)).toEqual([1, 2, 0, 3, 4 + 10, 20, 0, 30, 40]);
    const dWeight = view("float32", [1, 1, 2, 2]);
    run({ direction: "weight", input: image, weight: dWeight, output: gradient });
    expect(values(dWeight)).toEqual([1 + 50, 2 + 60, 4 + 80, 5 + 90]);
  });
  it("separates groups", () => {
    const output = view("float32", [1, 2, 1]);
    const call = { stride: [1], padding: [0], dilation: [1], groups: 2 };
    run({
      ...call,
      direction: "forward",
      input: view("float32", [1, 2, 1], [3, 5]),
      weight: view("float32", [2, 1, 1], [10, 100]),
      output,
    });
    expect(values(output)).toEqual([30, 500]);
  });
});

describe("pool", () => {
  const base = {
    kind: "pool",
    kernel: [2],
    stride: [2],
    padding: [0],
    dilation: [1],
    indices: null,
    cpu: runPool,
  } as const;
  const x = view("float32", [1, 1, 5], [3, 3, -1, nan, 2]);
  const run = (call: Partial<PoolCall> & Pick<PoolCall, "direction" | "input" | "output">) =>
    device.run({ ...base, ...call });
  it("returns the first maximum and its index", () => {
    const [output, indices] = [view("float32", [1, 1, 3]), view("int32", [1, 1, 3])];
    run({ direction: "forward", input: x, output, indices });
    expect([values(output), values(indices)]).toEqual([
      [3, nan, 2],
      [0, 3, 4],
    ]);
    const input = view("float32", [1, 1, 5], [9, 9, 9, 9, 9]);
    run({ direction: "backward", input, output: view("float32", [1, 1, 3], [1, 2, 3]), indices });
    expect(values(input)).toEqual([1, 0, 0, 2, 3]);
  });
});

describe("indexing", () => {
  it("gathers", () => {
    const to = view("float32", [2, 2]);
    const x = view("float32", [2, 3], [1, 2, 3, 4, 5, 6]);
    device.run({ kind: "gather", dim: 1, input: x, index: view("int32", [2, 2], [2, 0, 1, 1]), to });
    expect(values(to)).toEqual([3, 1, 5, 5]);
  });
  it("scatters, and combines elements with the same index", () => {
    const scatter = (reduce: ScatterCall["reduce"]): number[] => {
      const to = view("float32", [3], [10, 20, 30]);
      device.run({
        kind: "scatter",
        reduce,
        dim: 0,
        to,
        index: view("int32", [3], [2, 0, 2]),
        source: view("float32", [3], [1, 2, 40]),
      });
      return values(to);
    };
    expect(scatter("set")).toEqual([2, 20, 40]);
    expect(scatter("add")).toEqual([12, 20, 71]);
    expect(scatter("multiply")).toEqual([20, 20, 1200]);
    expect(scatter("max")).toEqual([10, 20, 40]);
    expect(scatter("min")).toEqual([2, 20, 1]);
  });
});

it("sparse sums the weighted elements of each row, and returns zero for an empty row", () => {
  const to = view("float32", [1, 3, 2]);
  device.run({
    kind: "sparse",
    starts: view("int32", [4], [0, 2, 2, 3]),
    positions: view("int32", [3], [2, 0, 1]),
    weights: view("float32", [3], [10, 1, -1]),
    input: view("float32", [1, 3, 2], [1, 2, 3, 4, 5, 6]),
    to,
    cpu: () => {},
  });
  expect(values(to)).toEqual([51, 62, 0, 0, -3, -4]);
});

it("scan returns running totals, and the last of equal extremes", () => {
  const x = view("float32", [1, 5], [1, 3, 3, nan, 2]);
  const scan = (op: ScanCall["op"]) => {
    const [to, indices] = [view("float32", [1, 5]), view("int32", [1, 5])];
    device.run({ kind: "scan", op, dim: 1, input: x, to, indices: op === "max" || op === "min" ? indices : null });
    return [values(to), values(indices)];
  };
  expect(scan("sum")[0]).toEqual([1, 4, 7, nan, nan]);
  expect(scan("product")[0]).toEqual([1, 3, 9, nan, nan]);
  expect(scan("max")).toEqual([
    [1, 3, 3, nan, nan],
    [0, 1, 2, 3, 3],
  ]);
  expect(scan("min")).toEqual([
    [1, 1, 1, nan, nan],
    [0, 0, 0, 3, 3],
  ]);
});

it("sort is stable in both directions, treats NaN as largest, and can keep only the first few", () => {
  const x = view("float32", [5], [2, nan, 1, 2, -inf]);
  const sort = (descending: boolean, keep: number) => {
    const [found, indices] = [view("float32", [keep]), view("int32", [keep])];
    device.run({ kind: "sort", dim: 0, descending, skip: 0, input: x, values: found, indices });
    return [values(found), values(indices)];
  };
  expect(sort(false, 5)).toEqual([
    [-inf, 1, 2, 2, nan],
    [4, 2, 0, 3, 1],
  ]);
  expect(sort(true, 3)).toEqual([
    [nan, 2, 2],
    [1, 0, 3],
  ]);
});

it("rejects buffers that were freed", () => {
  const x = view("float32", [1]);
  device.free(x.buffer);
  expect(() => device.free(x.buffer)).toThrow("reference: this buffer is not");
  expect(() => device.write(x.buffer, new Uint8Array(4))).toThrow("reference:");
});

it("random generates Philox 4×32-10", () => {
  const bits = view("int32", [4]);
  device.run({ kind: "random", distribution: "bits", seed: 0, offset: 0, to: bits });
  // The first vector in the authors' own tests: counter and key zero.
  expect(values(bits)).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8].map((word) => word | 0));
  const uniform = view("float32", [4]);
  device.run({ kind: "random", distribution: "uniform", seed: 0, offset: 0, to: uniform });
  expect(values(uniform)).toEqual([0x6627e8, 0xe169c5, 0xbc57ac, 0x9b00db].map((word) => word / 2 ** 24));
});
