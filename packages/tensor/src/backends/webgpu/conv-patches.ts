/**
 * Convolutions as plain products, for software adapters: the patches of the image that the kernel covers are written
 * out as a matrix (im2col), so that the product reads contiguous rows. Reading the image from inside the product would
 * cost such a device several times the multiplications.
 *
 *     forward: output = weight · patches        weight: Σ gradient · patchesᵀ        input: fold(weightᵀ · gradient)
 */

import { constant, input as leaf } from "../../expr/expr.ts";
import { program } from "../../expr/program.ts";
import type { ConvCall, View } from "../../kernel.ts";
import { contiguousStrides, isContiguous, sizeOf } from "../../shape.ts";
import { Draft } from "./draft.ts";
import type { WebGpuBuffer } from "./heap.ts";
import { matmul } from "./matmul.ts";
import { pointwise } from "./pointwise.ts";
import type { Recorder } from "./recorder.ts";

/** Maximum elements of patches at a time. Larger batches are split. */
const room = 1 << 24;

/** Runs a convolution or one of its gradients. */
export function convPatches(recorder: Recorder, call: ConvCall): void {
  const { direction, groups } = call;
  const scratch: View[] = [];
  const make: Make = (shape) => {
    const view: View = {
      buffer: recorder.memory.allocate(sizeOf(shape) * 4),
      dtype: "float32",
      shape,
      strides: contiguousStrides(shape),
      offset: 0,
    };
    scratch.push(view);
    return view;
  };
  const dense = (view: View): View => {
    if (view.dtype === "float32" && isContiguous(view.shape, view.strides)) return view;
    const to = make(view.shape);
    copy(recorder, view, to);
    return to;
  };
  const name = direction === "forward" ? "output" : direction;
  const target = call[name];
  const inPlace = target.dtype === "float32" && isContiguous(target.shape, target.strides);
  const result = inPlace ? target : make(target.shape);
  const plain = {
    input: name === "input" ? result : call.input,
    weight: name === "weight" ? result : dense(call.weight),
    output: name === "output" ? result : dense(call.output),
  };
  const { count: images, terms, places } = sizesOf({ ...call, ...plain });
  const chunk = Math.max(1, Math.floor(room / (groups * terms * places)));
  if (direction === "weight" && (images === 0 || places === 0)) fillZero(recorder, result);
  for (let start = 0; start < images; start += chunk) {
    const count = Math.min(chunk, images - start);
    const part: ConvCall = {
      ...call,
      ...plain,
      input: slice(plain.input, start, count),
      output: slice(plain.output, start, count),
    };
    const before = scratch.length;
    if (direction === "weight") weightPart(recorder, part, make, start > 0);
    else outputPart(recorder, part, make);
    for (const view of scratch.splice(before)) recorder.memory.free(view.buffer as WebGpuBuffer); // safe: made above
  }
  if (!inPlace) copy(recorder, result, target);
  for (const view of scratch) recorder.memory.free(view.buffer as WebGpuBuffer); // safe, as above
}

/** Allocates a contiguous float32 view of scratch memory. */
type Make = (shape: readonly number[]) => View;

/** The sizes of the products of a part: images, groups, and per group the rows, terms and output positions. */
function sizesOf({ input, weight, output, groups }: ConvCall) {
  const [count = 0, channels = 0] = input.shape;
  const terms = (channels / groups) * sizeOf(weight.shape.slice(2));
  return { count, groups, rows: (weight.shape[0] as number) / groups, terms, places: sizeOf(output.shape.slice(2)) };
}

/** Computes the gradient of the weight from some images, or adds it to that of earlier ones. */
function weightPart(recorder: Recorder, part: ConvCall, make: Make, accumulate: boolean): void {
  const { count, groups, rows, terms, places } = sizesOf(part);
  const gradient = make([groups, rows, count, places]);
  const order = [rows * places, places, part.output.strides[0] as number, 1];
  copy(recorder, matrices(part.output, order, gradient.shape), gradient);
  const patches = make([groups, terms, count, places]);
  unfold(recorder, part, patches, [terms * count * places, count * places, places]);
  const length = count * places;
  matmul(recorder, {
    kind: "matmul",
    a: matrices(gradient, [rows * length, length, 1], [groups, rows, length]),
    b: matrices(patches, [terms * length, 1, length], [groups, length, terms]),
    to: matrices(part.weight, [rows * terms, terms, 1], [groups, rows, terms]),
    accumulate,
    bias: null,
  });
}

/** Computes the output, or the gradient of the input, for some images. */
function outputPart(recorder: Recorder, part: ConvCall, make: Make): void {
  const { count, groups, rows, terms, places } = sizesOf(part);
  const kernel = matrices(part.weight, [0, rows * terms, terms, 1], [count, groups, rows, terms]);
  const patches = make([count, groups, terms, places]);
  const shape = [count, groups, rows, places];
  const output = matrices(part.output, contiguousStrides(shape), shape);
  const product = { kind: "matmul", accumulate: false } as const;
  if (part.direction === "forward") {
    const { bias } = part;
    unfold(recorder, part, patches, [terms * places, places, groups * terms * places]);
    const step = bias?.strides[0] ?? 0;
    const added = bias === null ? null : matrices(bias, [0, rows * step, step, 0], shape);
    matmul(recorder, { ...product, a: kernel, b: patches, to: output, bias: added });
  } else {
    const transposed = matrices(kernel, [0, rows * terms, 1, terms], [count, groups, terms, rows]);
    matmul(recorder, { ...product, a: transposed, b: output, to: patches, bias: null });
    fold(recorder, part, patches);
  }
}

/** Returns a view of the same memory with other dimensions. */
function matrices({ buffer, dtype, offset }: View, strides: readonly number[], shape: readonly number[]): View {
  return { buffer, dtype, offset, strides, shape };
}

/** Returns a view of some of the images. */
function slice(view: View, start: number, count: number): View {
  const { buffer, dtype, strides, shape, offset } = view;
  return { buffer, dtype, strides, shape: [count, ...shape.slice(1)], offset: offset + start * (strides[0] as number) };
}

function copy(recorder: Recorder, from: View, to: View): void {
  pointwise(recorder, { program: program([leaf(0, from.dtype)]), inputs: [from], scalars: [], to: [to] });
}

function fillZero(recorder: Recorder, to: View): void {
  pointwise(recorder, { program: program([constant(0, "float32")]), inputs: [], scalars: [], to: [to] });
}

/** The arguments that relate output positions, taps of the kernel and input positions. */
function geometry(draft: Draft, call: ConvCall) {
  const all = (values: readonly number[]) => values.map((value) => draft.u32(value));
  const { input, output, weight } = call;
  return {
    dims: input.shape.length - 2,
    in: all(input.shape.slice(2)),
    out: all(output.shape.slice(2)),
    kernel: all(weight.shape.slice(2)),
    stride: all(call.stride),
    padding: all(call.padding),
    dilation: all(call.dilation),
    taps: draft.u32(sizeOf(weight.shape.slice(2))),
    channels: draft.u32(weight.shape[1] as number),
  };
}

/** Returns statements that split `flat` into `{name}{d}` for the dimensions before `end`. */
function split(flat: string, name: string, sizes: readonly string[], end: number): string {
  const lines = [`var ${name}Rest = ${flat};`];
  for (let d = end - 1; d >= 0; d--) {
    lines.push(
      d === 0
        ? `let ${name}0 = ${name}Rest;`
        : `let ${name}${d} = ${name}Rest % ${sizes[d]};\n${name}Rest = ${name}Rest / ${sizes[d]};`,
    );
  }
  return lines.join("\n");
}

/**
 * Writes the patches, with one invocation per row of the output and tap. `pace` holds the strides of groups, terms and
 * images in `to`.
 */
function unfold(recorder: Recorder, call: ConvCall, to: View, pace: readonly [number, number, number]): void {
  const { input, output, groups } = call;
  const draft = new Draft(`conv unfold ${input.shape.length}`);
  const source = draft.view(input, "read");
  const target = draft.view(to, "write");
  const g = geometry(draft, call);
  const last = g.dims - 1;
  const terms = sizeOf(call.weight.shape.slice(1));
  const lines = sizeOf(output.shape.slice(2, -1));
  const count = groups * terms * (output.shape[0] as number) * lines;
  const [perTerm, perImage, start] = [terms, lines, input.offset].map((value) => draft.u32(value));
  const [images] = [draft.u32(output.shape[0] as number)];
  const strides = input.strides.map((value) => draft.u32(value));
  const [groupPace, termPace, imagePace] = pace.map((value) => draft.u32(value));
  const outer = Array.from({ length: last }, (_, d) => d);
  const place = outer.reduce((sum, d) => `(${sum} * ${g.out[d]} + p${d})`, "0u");
  recorder.each(draft, count, () => ({
    body: `let line = i % ${perImage};
let n = i / ${perImage} % ${images};
let term = i / ${perImage} / ${images} % ${perTerm};
let part = i / ${perImage} / ${images} / ${perTerm};
let channel = part * ${g.channels} + term / ${g.taps};
${split("line", "p", g.out, last)}
${split(`(term % ${g.taps})`, "t", g.kernel, g.dims)}
${outer.map((d) => `let x${d} = p${d} * ${g.stride[d]} + t${d} * ${g.dilation[d]} - ${g.padding[d]};`).join("\n")}
let inside = ${outer.map((d) => `x${d} < ${g.in[d]}`).join(" && ") || "true"};
let base = ${[start, `n * ${strides[0]}`, `channel * ${strides[1]}`, ...outer.map((d) => `x${d} * ${strides[d + 2]}`)].join(" + ")};
let to = part * ${groupPace} + term * ${termPace} + n * ${imagePace} + ${place} * ${g.out[last]};
var x = t${last} * ${g.dilation[last]} - ${g.padding[last]};
for (var p = 0u; p < ${g.out[last]}; p++) {
  var value = 0.0;
  if (inside && x < ${g.in[last]}) { value = ${source.get(`base + x * ${strides[last + 2]}`)}; }
  ${target.put("to + p", "value")}
  x += ${g.stride[last]};
}`,
  }));
}

/** Sums the patches' contributions to each input position, with one invocation per row of the input. */
function fold(recorder: Recorder, call: ConvCall, patches: View): void {
  const { input, output } = call;
  const draft = new Draft(`conv fold ${input.shape.length}`);
  const source = draft.view(patches, "read");
  const target = draft.view(input, "write");
  const g = geometry(draft, call);
  const last = g.dims - 1;
  const count = sizeOf(input.shape.slice(0, -1));
  const perImage = sizeOf(input.shape.slice(1, -1));
  const [rows, start] = [sizeOf(input.shape.slice(2, -1)), input.offset].map((value) => draft.u32(value));
  const [imageSize, imagePace] = [perImage, sizeOf(patches.shape.slice(1))].map((value) => draft.u32(value));
  const places = draft.u32(sizeOf(output.shape.slice(2)));
  const each = Array.from({ length: g.dims }, (_, d) => d);
  const place = each.reduce((sum, d) => (sum === "" ? "p0" : `(${sum} * ${g.out[d]} + p${d})`), "");
  const tap = each.reduce((sum, d) => (sum === "" ? "t0" : `(${sum} * ${g.kernel[d]} + t${d})`), "");
  const loops = each.reduceRight(
    (inner, d) => `for (var t${d} = 0u; t${d} < ${g.kernel[d]}; t${d}++) {
let from${d} = x${d} + ${g.padding[d]} - t${d} * ${g.dilation[d]};
let p${d} = from${d} / ${g.stride[d]};
if (from${d} >= 0x80000000u || p${d} * ${g.stride[d]} != from${d} || p${d} >= ${g.out[d]}) { continue; }
${inner}
}`,
    `sum += ${source.get(`base + ${tap} * ${places} + ${place}`)};`,
  );
  recorder.each(draft, count, () => ({
    body: `let n = i / ${imageSize};
let channel = i % ${imageSize} / ${rows};
${split(`(i % ${rows})`, "x", g.in, last)}
let base = n * ${imagePace} + channel * ${g.taps} * ${places};
for (var x${last} = 0u; x${last} < ${g.in[last]}; x${last}++) {
  var sum = 0.0;
  ${loops}
  ${target.put(`${start} + i * ${g.in[last]} + x${last}`, "sum")}
}`,
  }));
}
