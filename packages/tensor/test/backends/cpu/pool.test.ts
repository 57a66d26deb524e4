import { describe, expect, it } from "vitest";
import { runPool } from "../../../src/backends/cpu/pool.ts";
import { createRuntime, type Runtime } from "../../../src/backends/cpu/runtime.ts";
import type { DType } from "../../../src/dtype.ts";
import type { PoolCall } from "../../../src/kernel.ts";
import { sizeOf } from "../../../src/shape.ts";
import { below, difference, type Layout, read, release, tolerance, view, write } from "./views.ts";

const runtimes: Readonly<Record<string, Runtime>> = { "one thread": createRuntime(1), "two threads": createRuntime(2) };
const layouts: readonly Layout[] = ["plain", "plain", "transposed", "gaps"];

/** The input positions that each output position covers, in one plane. */
function windows(call: PoolCall): number[][] {
  const sizes = call.input.shape.slice(2);
  const unflatten = (at: number, shape: readonly number[]): number[] => {
    const index: number[] = [];
    for (let d = shape.length - 1, rest = at; d >= 0; d--) {
      index.unshift(rest % (shape[d] as number));
      rest = Math.floor(rest / (shape[d] as number));
    }
    return index;
  };
  const positions = call.output.shape.slice(2);
  return Array.from({ length: sizeOf(positions) }, (_, o) => {
    const at = unflatten(o, positions);
    const places: number[] = [];
    for (let t = 0; t < sizeOf(call.kernel); t++) {
      const place = unflatten(t, call.kernel).map(
        (tap, d) =>
          (at[d] as number) * (call.stride[d] as number) -
          (call.padding[d] as number) +
          tap * (call.dilation[d] as number),
      );
      if (place.every((p, d) => p >= 0 && p < (sizes[d] as number)))
        places.push(place.reduce((flat, p, d) => flat * (sizes[d] as number) + p, 0));
    }
    return places;
  });
}

function check(runtime: Runtime, call: PoolCall): void {
  const list = windows(call);
  const plane = sizeOf(call.input.shape.slice(2));
  const x = read(runtime, call.input);
  const how = `${call.input.shape} -> ${call.output.shape}, kernel ${call.kernel}, stride ${call.stride}, padding ${call.padding}`;
  const best = (p: number, places: readonly number[]): number =>
    places.reduce((found, place) => {
      const [old, next] = [x[p * plane + found] as number, x[p * plane + place] as number];
      return Number.isNaN(next) || next > old ? place : found;
    });
  const count = sizeOf(call.output.shape);
  const planeOf = (i: number): number => Math.floor(i / list.length);
  runPool(runtime, call);
  const indices = Array.from({ length: count }, (_, i) => best(planeOf(i), list[i % list.length] as number[]));
  const values = indices.map((index, i) => x[planeOf(i) * plane + index] as number);
  const got = read(runtime, call.output);
  if (values.some(Number.isNaN)) expect(got, how).toEqual(values);
  else expect(difference(got, values), how).toBeLessThanOrEqual(tolerance[call.output.dtype]);
  if (call.indices !== null) {
    expect(read(runtime, call.indices), how).toEqual(indices);
    const gradients = values.map((_, i) => (i % 7) - 3);
    write(runtime, call.output, gradients);
    const gradient = x.map(() => 0);
    gradients.forEach((g, i) => {
      const at = planeOf(i) * plane + (indices[i] as number);
      gradient[at] = (gradient[at] as number) + g;
    });
    runPool(runtime, { ...call, direction: "backward" });
    expect(difference(read(runtime, call.input), gradient), `backward ${how}`).toBeLessThanOrEqual(
      tolerance[call.input.dtype],
    );
  }
  release(runtime, call.input, call.output, call.indices);
}

/** A random pooling call over `dims` dimensions. */
function call(runtime: Runtime, dtype: DType, dims: number, square = false): PoolCall {
  const each = (pick: (d: number) => number): number[] => Array.from({ length: dims }, (_, d) => pick(d));
  const kernel = each(() => (square ? 2 : 1 + below(4)));
  const stride = each(() => (square ? 2 : 1 + below(3)));
  const padding = each((d) => (square ? 0 : below(Math.floor((kernel[d] as number) / 2) + 1)));
  const dilation = each(() => (!square ? 1 + below(2) : 1));
  const sizes = each(
    (d) =>
      (square && below(2) === 1 ? 2 * (1 + below(12)) : 0) ||
      ((kernel[d] as number) - 1) * (dilation[d] as number) + 1 + below(dims === 3 ? 5 : 20),
  );
  const positions = sizes.map((s, d) => {
    const span = s + 2 * (padding[d] as number) - ((kernel[d] as number) - 1) * (dilation[d] as number) - 1;
    const ceil = !square && below(2) === 1 ? (stride[d] as number) - 1 : 0;
    // a window starts in the input or its left padding
    const most = Math.floor((s + (padding[d] as number) - 1) / (stride[d] as number));
    return Math.min(Math.floor((span + ceil) / (stride[d] as number)), most) + 1;
  });
  const batch = [1 + below(3), 1 + below(4)];
  const layout = (): Layout => (square ? "plain" : (layouts[below(4)] as Layout));
  return {
    ...{ kind: "pool", direction: "forward", kernel, stride, padding, dilation, cpu: runPool },
    input: view(runtime, dtype, [...batch, ...sizes], layout()),
    output: view(runtime, dtype, [...batch, ...positions], layout()),
    indices: below(3) > 0 ? view(runtime, "int32", [...batch, ...positions], layout()) : null,
  };
}

for (const [name, runtime] of Object.entries(runtimes)) {
  describe(`pooling on ${name}`, () => {
    for (const dims of [1, 2, 3]) {
      it(`supports float32 over ${dims} dimensions: random windows, strides, paddings, dilations and layouts`, () => {
        for (let i = 0; i < 80; i++) check(runtime, call(runtime, "float32", dims));
      });
    }

    it("supports windows of 2 × 2 with stride 2", () => {
      for (let i = 0; i < 60; i++) check(runtime, call(runtime, "float32", 2, true));
    });

    for (const dtype of ["float64", "float16", "bfloat16", "int32"] as const) {
      it(`supports ${dtype}`, () => {
        for (let i = 0; i < 30; i++) check(runtime, call(runtime, dtype, 2));
      });
    }

    it("returns the last of several NaN, and the first of equal maxima", () => {
      for (const [stride, width] of [
        [2, 12],
        [1, 12],
        [2, 8],
      ] as const) {
        const positions = Math.floor((width - 2) / stride) + 1;
        const input = view(runtime, "float32", [1, 1, 2, width]);
        const special = [Number.NaN, 1, 1, Number.NEGATIVE_INFINITY, Number.NaN, 0];
        write(
          runtime,
          input,
          Array.from({ length: 2 * width }, (_, i) => special[(i * 5) % 6] as number),
        );
        const indices = view(runtime, "int32", [1, 1, 1, positions]);
        const output = view(runtime, "float32", [1, 1, 1, positions]);
        check(runtime, {
          ...{
            kind: "pool",
            direction: "forward",
            input,
            output,
            indices,
            kernel: [2, 2],
            stride: [stride, stride],
          },
          ...{ padding: [0, 0], dilation: [1, 1], cpu: runPool },
        });
      }
    });
  });
}
