import { describe, expect, it } from "vitest";
import { runConv } from "../../../src/backends/cpu/conv.ts";
import { createRuntime, type Runtime } from "../../../src/backends/cpu/runtime.ts";
import type { DType } from "../../../src/dtype.ts";
import type { ConvCall } from "../../../src/kernel.ts";
import { sizeOf } from "../../../src/shape.ts";
import { below, difference, type Layout, read, release, tolerance, view, write } from "./views.ts";

const runtimes: Readonly<Record<string, Runtime>> = { "one thread": createRuntime(1), "two threads": createRuntime(2) };
const directions = ["forward", "input", "weight"] as const;
const layouts: readonly Layout[] = ["plain", "plain", "transposed", "gaps"];

/** Converts a flat position to an index. */
function indexOf(shape: readonly number[], at: number): number[] {
  const index = new Array<number>(shape.length);
  let rest = at;
  for (let d = shape.length - 1; d >= 0; d--) {
    index[d] = rest % (shape[d] as number);
    rest = Math.floor(rest / (shape[d] as number));
  }
  return index;
}

/** The result in double precision, computed by simple loops over output elements and the weights of their group. */
function expected(runtime: Runtime, call: ConvCall): number[] {
  const { input, weight, output, stride, padding, dilation, groups, direction } = call;
  const [x, w, y] = [read(runtime, input), read(runtime, weight), read(runtime, output)];
  const target = direction === "forward" ? y : direction === "input" ? x : w;
  const sums = target.map(() => 0);
  const perGroup = weight.shape[1] as number;
  const outPerGroup = (weight.shape[0] as number) / groups;
  const sizes = input.shape.slice(2);
  const kernel = weight.shape.slice(2);
  for (let i = 0; i < y.length; i++) {
    const [n, o, ...at] = indexOf(output.shape, i) as [number, number, ...number[]];
    for (let c = 0; c < perGroup; c++) {
      for (let tap = 0; tap < sizeOf(kernel); tap++) {
        const place = indexOf(kernel, tap).map(
          (t, d) => (at[d] as number) * (stride[d] as number) - (padding[d] as number) + t * (dilation[d] as number),
        );
        if (place.some((p, d) => p < 0 || p >= (sizes[d] as number))) continue;
        let xi = n * (input.shape[1] as number) + Math.floor(o / outPerGroup) * perGroup + c;
        place.forEach((p, d) => {
          xi = xi * (sizes[d] as number) + p;
        });
        const wi = (o * perGroup + c) * sizeOf(kernel) + tap;
        const [to, a, b] =
          direction === "forward" ? [i, x[xi], w[wi]] : direction === "input" ? [xi, y[i], w[wi]] : [wi, x[xi], y[i]];
        sums[to] = (sums[to] as number) + (a as number) * (b as number);
      }
    }
  }
  if (call.bias === null) return sums;
  const bias = read(runtime, call.bias);
  return sums.map((sum, i) => sum + (bias[indexOf(output.shape, i)[1] as number] as number));
}

function check(runtime: Runtime, call: ConvCall): void {
  const want = expected(runtime, call);
  runConv(runtime, call);
  const target = call.direction === "forward" ? call.output : call[call.direction];
  const shapes = [call.input, call.weight, call.output].map(({ shape, strides }) => `${shape}/${strides}`).join(" ");
  const how = `${call.direction} ${shapes} stride ${call.stride} padding ${call.padding} dilation ${call.dilation} groups ${call.groups}`;
  expect(difference(read(runtime, target), want), how).toBeLessThanOrEqual(tolerance[target.dtype]);
  release(runtime, call.input, call.weight, call.output, call.bias);
}

/** A random convolution over `dims` dimensions. */
function call(runtime: Runtime, dtype: DType, dims: number): ConvCall {
  const each = (pick: () => number): number[] => Array.from({ length: dims }, pick);
  const groups = [1, 1, 2, 3][below(4)] as number;
  const [kernel, stride, padding, dilation] = [
    each(() => 1 + below(3)),
    each(() => 1 + below(3)),
    each(() => below(4)),
    each(() => 1 + below(2)),
  ];
  const output = each(() => 1 + below(dims === 1 ? 40 : dims === 2 ? 12 : 5));
  const sizes = output.map((o, d) => {
    const least =
      (o - 1) * (stride[d] as number) +
      ((kernel[d] as number) - 1) * (dilation[d] as number) +
      1 -
      2 * (padding[d] as number);
    return Math.max(1, least + below(stride[d] as number));
  });
  const fitted = sizes.map((s, d) => {
    const reach = ((kernel[d] as number) - 1) * (dilation[d] as number) + 1;
    return Math.floor((s + 2 * (padding[d] as number) - reach) / (stride[d] as number)) + 1;
  });
  const [images, inputs, outputs] = [1 + below(3), 1 + below(5), 1 + below(15)];
  const layout = (): Layout => layouts[below(4)] as Layout;
  const direction = directions[below(3)] as ConvCall["direction"];
  return {
    kind: "conv",
    direction,
    input: view(runtime, dtype, [images, inputs * groups, ...sizes], layout()),
    weight: view(runtime, dtype, [outputs * groups, inputs, ...kernel], layout()),
    output: view(runtime, dtype, [images, outputs * groups, ...fitted], layout()),
    bias: direction === "forward" && below(2) === 1 ? view(runtime, dtype, [outputs * groups], layout()) : null,
    ...{ stride, padding, dilation, groups, cpu: runConv },
  };
}

for (const [name, runtime] of Object.entries(runtimes)) {
  describe(`convolution on ${name}`, () => {
    for (const dims of [1, 2, 3]) {
      it(`supports float32 over ${dims} dimensions: random shapes, strides, padding, dilation and groups`, () => {
        for (let i = 0; i < 50; i++) check(runtime, call(runtime, "float32", dims));
      });
    }

    for (const dtype of ["float64", "float16", "bfloat16", "int32"] as const) {
      it(`supports ${dtype}`, () => {
        for (let i = 0; i < 20; i++) check(runtime, call(runtime, dtype, 1 + below(3)));
      });
    }

    it("supports zeros on the far side only, as for an even kernel that preserves the size", () => {
      for (const direction of directions) {
        check(runtime, {
          ...{
            kind: "conv",
            direction,
            stride: [1, 1],
            padding: [0, 0],
            dilation: [1, 1],
            groups: 1,
            bias: null,
            cpu: runConv,
          },
          input: view(runtime, "float32", [2, 4, 7, 8]),
          weight: view(runtime, "float32", [8, 4, 2, 2]),
          output: view(runtime, "float32", [2, 8, 7, 8]),
        });
      }
    });

    it("supports gradients of inputs whose products are computed in parts of an image", () => {
      check(runtime, {
        ...{ kind: "conv", direction: "input", bias: null, groups: 2, cpu: runConv },
        ...{ stride: [2, 2], padding: [1, 0], dilation: [1, 1] },
        input: view(runtime, "float32", [2, 8, 140, 142]),
        weight: view(runtime, "float32", [2, 4, 16, 16]),
        output: view(runtime, "float32", [2, 2, 64, 64]),
      });
    });

    it("supports gradients of inputs much larger than the output, in blocks of images", () => {
      for (const [images, outputs, inputs, positions, kernel, stride] of [
        [3, 2, 1, [512], [300], [1]],
        [4, 20, 3, [1, 1], [7, 5], [1, 1]],
        [2, 18, 4, [6, 9], [4, 4], [2, 2]],
        [3, 16, 2, [2, 3, 2], [3, 2, 4], [3, 1, 2]],
      ] as const) {
        for (const dtype of ["float32", "float64", "int32", "float16"] as const) {
          const sizes = positions.map((n, d) => (n - 1) * (stride[d] as number) + (kernel[d] as number));
          check(runtime, {
            ...{ kind: "conv", direction: "input", bias: null, groups: 1, cpu: runConv },
            ...{ stride, padding: stride.map(() => 0), dilation: stride.map(() => 1) },
            input: view(runtime, dtype, [images, inputs, ...sizes]),
            weight: view(runtime, dtype, [outputs, inputs, ...kernel], "transposed"),
            output: view(runtime, dtype, [images, outputs, ...positions], "gaps"),
          });
        }
      }
    });

    it("supports groups of one channel, with short and long rows", () => {
      for (const direction of directions) {
        for (const dtype of ["float32", "float64", "int32", "float16"] as const) {
          for (const [width, kernel, step] of [
            [1, 1, 1],
            [7, 3, 1],
            [33, 7, 1],
            [70, 3, 1],
            [9, 3, 2],
            [72, 5, 2],
            [11, 2, 3],
          ] as const) {
            const reach = 2 * (kernel - 1) + 1;
            const made = [Math.floor((5 + 2 - kernel) / 2) + 1, Math.floor((width + 2 * kernel - reach) / step) + 1];
            const bias = direction === "forward" && width > 8 ? view(runtime, dtype, [3]) : null;
            check(runtime, {
              ...{
                kind: "conv",
                direction,
                stride: [2, step],
                padding: [1, kernel],
                dilation: [1, 2],
                groups: 3,
                bias,
                cpu: runConv,
              },
              input: view(runtime, dtype, [2, 3, 5, width]),
              weight: view(runtime, dtype, [3, 1, kernel, kernel]),
              output: view(runtime, dtype, [2, 3, ...made]),
            });
          }
        }
      }
    });

    it("uses Winograd's algorithm for 3 × 3 kernels over many channels", () => {
      for (const direction of directions) {
        for (const [images, inputs, outputs, height, width, padding, layout] of [
          [2, 8, 8, 12, 12, [0, 0], "plain"],
          [2, 13, 9, 10, 7, [0, 2], "transposed"],
          [4, 9, 17, 5, 9, [1, 1], "gaps"],
          [1, 8, 12, 13, 9, [2, 0], "plain"],
          [16, 70, 8, 3, 3, [1, 1], "plain"],
          [1, 10, 11, 14, 15, [3, 1], "plain"],
        ] as const) {
          const made = [height + 2 * padding[0] - 2, width + 2 * padding[1] - 2] as const;
          check(runtime, {
            ...{ kind: "conv", direction, stride: [1, 1], padding, dilation: [1, 1], groups: 1, cpu: runConv },
            input: view(runtime, "float32", [images, inputs, height, width], layout),
            weight: view(runtime, "float32", [outputs, inputs, 3, 3], layout),
            output: view(runtime, "float32", [images, outputs, ...made], layout),
            bias: direction === "forward" ? view(runtime, "float32", [outputs], layout) : null,
          });
        }
      }
    });

    it("computes the layers of a small network for MNIST", () => {
      for (const direction of directions) {
        for (const [images, inputs, outputs, size] of [
          [3, 1, 32, 28],
          [1, 32, 20, 26],
          [9, 3, 5, 8],
        ] as const) {
          check(runtime, {
            ...{ kind: "conv", direction, stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1, cpu: runConv },
            input: view(runtime, "float32", [images, inputs, size, size]),
            weight: view(runtime, "float32", [outputs, inputs, 3, 3]),
            output: view(runtime, "float32", [images, outputs, size - 2, size - 2]),
            bias: direction === "forward" ? view(runtime, "float32", [outputs]) : null,
          });
        }
      }
    });
  });
}

describe("Winograd's algorithm", () => {
  /**
   * The root mean square of an error against float64, in units of that of the result, for normally distributed numbers.
   */
  function error(runtime: Runtime, direction: ConvCall["direction"], channels: number): number {
    const normal = (shape: readonly number[]) => {
      const made = view(runtime, "float32", shape);
      const draw = () => Array.from({ length: 12 }, () => below(1 << 20) / (1 << 20)).reduce((a, b) => a + b, -6);
      write(
        runtime,
        made,
        Array.from({ length: sizeOf(shape) }, () => draw()),
      );
      return made;
    };
    const made: ConvCall = {
      ...{
        kind: "conv",
        direction,
        stride: [1, 1],
        padding: [1, 1],
        dilation: [1, 1],
        groups: 1,
        bias: null,
        cpu: runConv,
      },
      input: normal([4, channels, 8, 8]),
      weight: normal([8, channels, 3, 3]),
      output: normal([4, 8, 8, 8]),
    };
    const want = expected(runtime, made);
    runConv(runtime, made);
    const got = read(runtime, direction === "forward" ? made.output : made[direction]);
    const square = (values: readonly number[]) => values.reduce((sum, x) => sum + x * x, 0);
    release(runtime, made.input, made.weight, made.output);
    return Math.sqrt(square(got.map((x, i) => x - (want[i] as number))) / square(want));
  }

  it("has an error below 1e-6 relative to the size of the result", () => {
    for (const direction of directions) {
      for (const channels of [8, 64])
        expect(error(runtimes["one thread"] as Runtime, direction, channels), direction).toBeLessThan(1e-6);
    }
  });

  it("returns the same bits on any number of threads", () => {
    for (const direction of directions) {
      const results = [1, 2, 3].map((threads) => {
        const runtime = createRuntime(threads);
        const fill = (shape: readonly number[]) => {
          const made = view(runtime, "float32", shape);
          write(
            runtime,
            made,
            Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i)),
          );
          return made;
        };
        const call: ConvCall = {
          ...{
            kind: "conv",
            direction,
            stride: [1, 1],
            padding: [1, 1],
            dilation: [1, 1],
            groups: 1,
            bias: null,
            cpu: runConv,
          },
          input: fill([20, 72, 11, 11]),
          weight: fill([24, 72, 3, 3]),
          output: fill([20, 24, 11, 11]),
        };
        runConv(runtime, call);
        return read(runtime, direction === "forward" ? call.output : call[direction]);
      });
      expect(results[1]).toEqual(results[0]);
      expect(results[2]).toEqual(results[0]);
    }
  });
});
