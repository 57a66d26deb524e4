/**
 * Kernels that are selected by the layout: transposed copies in blocks, vectors across rows, rows in pieces, and whole
 * rows selected by an index.
 */

import { describe, expect, it } from "vitest";
import type { Backend } from "../../../src/backend.ts";
import { cpu } from "../../../src/backends/cpu/cpu.ts";
import { type Expr, input, row } from "../../../src/expr/expr.ts";
import { program, reduction, rowProgram } from "../../../src/expr/program.ts";
import type { View } from "../../../src/kernel.ts";
import { contiguousStrides, sizeOf } from "../../../src/shape.ts";

const devices: readonly (readonly [string, Backend])[] = [
  ["one thread", cpu({ threads: 1 })],
  ["three threads", cpu({ threads: 3 })],
];

const x = input(0, "int32");
const y = input(0, "float32");

/** A new int32 view, counting from `start` up, or filled with -1. */
function integers(device: Backend, shape: readonly number[], start: number | null = 0): View {
  const values = Int32Array.from({ length: sizeOf(shape) }, (_, i) => (start === null ? -1 : start + i));
  const buffer = device.allocate(values.byteLength);
  device.write(buffer, new Uint8Array(values.buffer));
  return { buffer, dtype: "int32", shape, strides: contiguousStrides(shape), offset: 0 };
}

function read(device: Backend, { buffer, shape }: View): Int32Array {
  const bytes = device.readSync?.(buffer, 0, sizeOf(shape) * 4) ?? new Uint8Array();
  return new Int32Array(bytes.buffer);
}

/** A view with its last two dimensions swapped. */
function turned(view: View): View {
  const swap = (list: readonly number[]) => [...list.slice(0, -2), ...list.slice(-2).reverse()];
  return { ...view, shape: swap(view.shape), strides: swap(view.strides) };
}

describe.each(devices)("on %s", (_, device) => {
  it.each([[[16, 16]], [[17, 23]], [[64, 3]], [[3, 64]], [[100, 130]], [[2, 3, 33, 50]], [[1000, 500]]])(
    "copies a transposed tensor of shape %j",
    (shape) => {
      const from = integers(device, shape);
      const view = turned(from);
      const to = integers(device, view.shape, null);
      device.run({ kind: "pointwise", program: program([x]), inputs: [view], scalars: [], to: [to] });
      const [rows, columns] = shape.slice(-2) as [number, number];
      const plane = rows * columns;
      const got = read(device, to);
      for (let i = 0; i < got.length; i++) {
        const [r, c] = [Math.floor((i % plane) / rows), i % rows];
        if (got[i] !== Math.floor(i / plane) * plane + c * columns + r) throw new Error(`element ${i} is ${got[i]}`);
      }
    },
  );

  it("distinguishes kernels of one program by the number of inputs, including those it does not read", () => {
    const copy = program([x]);
    const from = integers(device, [24]);
    const to = integers(device, [24], null);
    device.run({ kind: "pointwise", program: copy, inputs: [from, from], scalars: [], to: [to] });
    // Four dimensions that do not merge, and so three around the innermost one.
    const gaps = { ...integers(device, [2, 6, 6, 6]), shape: [2, 2, 2, 3], strides: [216, 72, 12, 1] };
    const dense = integers(device, [2, 2, 2, 3], null);
    device.run({ kind: "pointwise", program: copy, inputs: [gaps], scalars: [], to: [dense] });
    expect([...read(device, dense)]).toEqual(
      [0, 12, 72, 84, 216, 228, 288, 300].flatMap((start) => [start, start + 1, start + 2]),
    );
  });

  it.each([
    [[5, 3]],
    [[7, 8]],
    [[40, 17]],
    [[1000, 33]],
    [[30_000, 5]],
    [[70_001, 2]],
    [[3, 5, 70_000]],
    [[2, 200_003]],
    [[300_001]],
  ])("sums %j over its first and its last dimension", (shape) => {
    const whole = integers(device, shape, 1);
    const data = read(device, whole);
    for (const dim of new Set([0, shape.length - 1])) {
      const rest = [0, 1, 2].filter((d) => d < shape.length && d !== dim);
      const pick = (list: readonly number[]) => [...rest, dim].map((d) => list[d] as number);
      const view: View = { ...whole, shape: pick(whole.shape), strides: pick(whole.strides) };
      const to = integers(
        device,
        rest.map((d) => shape[d] as number),
        null,
      );
      device.run({
        kind: "rows",
        program: reduction("sum", x),
        dims: 1,
        inputs: [view],
        scalars: [],
        toRows: [to],
        toElements: [],
      });
      const want = new Int32Array(sizeOf(to.shape));
      const stride = whole.strides[dim] as number;
      const size = shape[dim] as number;
      for (let i = 0; i < data.length; i++) {
        const place = Math.floor(i / (stride * size)) * stride + (i % stride);
        want[place] = (want[place] as number) + (data[i] as number);
      }
      expect(read(device, to)).toEqual(want);
    }
  });

  it("returns maxima over dimensions that cannot be merged", () => {
    const whole = integers(device, [4, 6, 5, 7]);
    // The rows are dimensions 0 and 2 of the tensor, at every second index of dimension 1.
    const view: View = { ...whole, shape: [3, 7, 4, 5], strides: [70, 1, 210, 7], offset: 35 };
    const to = integers(device, [3, 7], null);
    device.run({
      kind: "rows",
      program: reduction("max", x),
      dims: 2,
      inputs: [view],
      scalars: [],
      toRows: [to],
      toElements: [],
    });
    expect([...read(device, to)]).toEqual(
      [0, 1, 2].flatMap((a) => [0, 1, 2, 3, 4, 5, 6].map((b) => 35 + 70 * a + b + 630 + 28)),
    );
  });

  it("computes a softmax in place, over one and over two dimensions", () => {
    const [n, m] = [9, 6 * 7];
    const values = Float32Array.from({ length: n * m }, (_, i) => Math.sin(i * i) * 3);
    const [top, sum] = [row(0, "float32"), row(1, "float32")];
    const exponential = y.sub(top).exp();
    const softmax = rowProgram({
      stages: [
        { reduce: "max", of: y },
        { reduce: "sum", of: exponential },
      ],
      elements: [exponential.div(sum)],
    });
    const want = values.map((value, i) => {
      const start = i - (i % m);
      const whole = values.subarray(start, start + m).reduce((total, v) => total + Math.exp(v), 0);
      return Math.exp(value) / whole;
    });
    for (const gap of [0, 3]) {
      const strides = [6 * (7 + gap), 7 + gap, 1];
      const buffer = device.allocate(n * 6 * (7 + gap) * 4);
      const data = new Float32Array(n * 6 * (7 + gap)).fill(99);
      const place = (i: number) => Math.floor(i / 7) * (7 + gap) + (i % 7);
      values.forEach((value, i) => {
        data[place(i)] = value;
      });
      device.write(buffer, new Uint8Array(data.buffer));
      const view: View = { buffer, dtype: "float32", shape: [n, 6, 7], strides, offset: 0 };
      device.run({
        kind: "rows",
        program: softmax,
        dims: 2,
        inputs: [view],
        scalars: [],
        toRows: [],
        toElements: [view],
      });
      const got = new Float32Array((device.readSync?.(buffer, 0, data.byteLength) ?? new Uint8Array()).buffer);
      for (const [i, value] of want.entries()) expect(got[place(i)]).toBeCloseTo(value, 6);
      // The memory between the rows is unchanged.
      if (gap > 0) expect([...got.subarray(7, 10)]).toEqual([99, 99, 99]);
    }
  });

  it("standardizes columns like rows", () => {
    const [n, m] = [37, 21];
    const values = Float32Array.from({ length: n * m }, (_, i) => Math.sin(i * i));
    const make = (shape: readonly number[], strides: readonly number[]): View => {
      const buffer = device.allocate(values.byteLength);
      device.write(buffer, new Uint8Array(values.buffer));
      return { buffer, dtype: "float32", shape, strides, offset: 0 };
    };
    const mean = row(0, "float32").div(input(1, "float32"));
    const centered = y.sub(mean);
    const spread = row(1, "float32");
    const standard = rowProgram({
      stages: [
        { reduce: "sum", of: y },
        { reduce: "sum", of: centered.mul(centered) },
      ],
      elements: [centered.div(spread.sqrt())],
    });
    const size = device.allocate(4);
    device.write(size, new Uint8Array(new Float32Array([n]).buffer));
    const count: View = { buffer: size, dtype: "float32", shape: [m, n], strides: [0, 0], offset: 0 };
    const columns = make([m, n], [1, m]);
    const result = make([m, n], [1, m]);
    device.run({
      kind: "rows",
      program: standard,
      dims: 1,
      inputs: [columns, count],
      scalars: [],
      toRows: [],
      toElements: [result],
    });
    const got = new Float32Array((device.readSync?.(result.buffer, 0, values.byteLength) ?? new Uint8Array()).buffer);
    for (let c = 0; c < m; c++) {
      const column = Array.from({ length: n }, (_, r) => values[r * m + c] as number);
      const average = column.reduce((a, b) => a + b, 0) / n;
      const deviation = Math.sqrt(column.reduce((a, b) => a + (b - average) ** 2, 0));
      for (const [r, value] of column.entries()) expect(got[r * m + c]).toBeCloseTo((value - average) / deviation, 5);
    }
  });

  it.each([1, 3, 4, 64, 130])("gathers rows of %i elements by an index, and adds them back", (width) => {
    const [n, m] = [50, 2000];
    const table = integers(device, [n, width]);
    const places = Int32Array.from({ length: m }, (_, i) => (i * 37) % n);
    const buffer = device.allocate(places.byteLength);
    device.write(buffer, new Uint8Array(places.buffer));
    const index: View = { buffer, dtype: "int32", shape: [m, width], strides: [1, 0], offset: 0 };
    const to = integers(device, [m, width], null);
    device.run({ kind: "gather", dim: 0, input: table, index, to });
    const got = read(device, to);
    for (let i = 0; i < got.length; i++) {
      const want = (places[Math.floor(i / width)] as number) * width + (i % width);
      if (got[i] !== want) throw new Error(`element ${i} is ${got[i]}, expected ${want}`);
    }
    const sums = integers(device, [n, width]);
    device.run({ kind: "scatter", reduce: "add", dim: 0, to: sums, index, source: to });
    // Each row is gathered m / n times.
    expect([...read(device, sums)]).toEqual(Array.from({ length: n * width }, (_, i) => i * (1 + m / n)));
  });
});

describe("an element that all vectors of a row share", () => {
  const names = "sqrt exp expm1 log log1p log2 log10 sin cos tan atan tanh sigmoid erf erfc".split(" ");
  const functions: Readonly<Record<string, (e: Expr) => Expr>> = {
    ...Object.fromEntries(
      names.map((name) => [name, (e: Expr) => (e as unknown as Record<string, () => Expr>)[name]?.() ?? e]),
    ),
    "sin + cos": (e) => e.sin().add(e.cos()),
    atan2: (e) => e.atan2(0.3),
    pow: (e) => e.pow(1.7),
    fmod: (e) => e.fmod(0.4),
  };
  const device = cpu({ threads: 1 });

  /** A float32 view of a vector: `value` and zeros, or `value` throughout. */
  function floats(values: readonly number[], shape: readonly number[], strides = contiguousStrides(shape)): View {
    const buffer = device.allocate(values.length * 4);
    device.write(buffer, new Uint8Array(new Float32Array(values).buffer));
    return { buffer, dtype: "float32", shape, strides, offset: 0 };
  }
  const contents = ({ buffer, shape }: View): number[] =>
    Array.from(new Float32Array((device.readSync?.(buffer, 0, sizeOf(shape) * 4) ?? new Uint8Array()).buffer));

  it.each(Object.entries(functions))("%s has the same value everywhere, and of any number of elements", (_, of) => {
    const [one, two] = [floats([0.7], [2, 16]), floats(new Array(32).fill(0.7), [2, 16])];
    const pointwise = program([of(y)]);
    const want = contents(run(two, 16));
    expect(want[0]).not.toBe(0);
    for (const n of [1, 3, 4, 15, 16, 17, 33])
      expect(contents(run({ ...one, strides: [0, 0] }, n))).toEqual(new Array(2 * n).fill(want[0]));

    function run(view: View, n: number): View {
      const to = floats(new Array(2 * n).fill(0), [2, n]);
      device.run({
        kind: "pointwise",
        program: pointwise,
        inputs: [{ ...view, shape: [2, n] }],
        scalars: [],
        to: [to],
      });
      return to;
    }
  });
});
