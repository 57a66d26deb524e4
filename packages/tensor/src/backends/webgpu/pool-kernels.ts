/**
 * Max pooling. In the forward pass each invocation computes one element. The gradient of a maximum is added at its
 * index. Overlapping windows may share an index, so these additions are atomic, in float32.
 */

import { isFloating } from "../../dtype.ts";
import type { PoolCall, View } from "../../kernel.ts";
import { contiguousStrides, sizeOf } from "../../shape.ts";
import { orderKey } from "./argreduce.ts";
import { Draft } from "./draft.ts";
import { writeCast } from "./formula.ts";
import type { WebGpuBuffer } from "./heap.ts";
import { packed } from "./pack.ts";
import type { Recorder } from "./recorder.ts";
import { type Walk, walk } from "./walk.ts";

/** Runs a pooling call. */
export function pooling(recorder: Recorder, call: PoolCall): void {
  const name = call.direction === "forward" ? "output" : "input";
  packed(recorder, [call[name]], ([to]) => {
    const wide = { ...call, [name]: to };
    if (call.direction === "forward") forward(recorder, wide);
    else backward(recorder, wide);
  });
}

/**
 * Adds the arguments of a window to a draft. Returns shader text that runs `body` for each element in the window of
 * output position `place`; `flat` is the element's index in the plane.
 */
function windowLoops(draft: Draft, call: PoolCall): (body: string) => string {
  const lists = [call.input.shape.slice(2), call.output.shape.slice(2), call.kernel, call.stride, call.padding];
  const dims = call.dilation.map((step, d) => {
    const [size, outputs, kernel, stride, padding] = lists.map((list) => draft.u32(list[d] as number));
    return { size, outputs, kernel, stride, padding, dilation: draft.u32(step) };
  });
  return (body) => {
    const split = dims.map(({ outputs }, d) => `let p${d} = rest % ${outputs};\nrest = rest / ${outputs};`).reverse();
    const places = dims.map((at, d) => `let x${d} = p${d} * ${at.stride} + t${d} * ${at.dilation} - ${at.padding};`);
    const inside = dims.map(({ size }, d) => `x${d} < ${size}`).join(" && ");
    const flat = dims.reduce((sum, { size }, d) => `(${sum}) * ${size} + x${d}`, "0u");
    const visit = `${places.join("\n")}\nif (${inside}) {\nlet flat = ${flat};\n${body}\n}`;
    const loops = dims.reduceRight(
      (inner, { kernel }, d) => `for (var t${d} = 0u; t${d} < ${kernel}; t${d}++) {\n${inner}\n}`,
      visit,
    );
    return `var rest = place;\n${split.join("\n")}\n${loops}`;
  };
}

/** Returns walks over the planes of some views, by `plane`, and over positions within them, by `within`. */
function planes(draft: Draft, views: readonly View[]): { plane: Walk; within: Walk } {
  const shape = (views[0] as View).shape; // safe: never without a view
  const starts = views.map(({ strides, offset }) => ({ strides: strides.slice(0, 2), offset }));
  const steps = views.map(({ strides }) => ({ strides: strides.slice(2), offset: 0 }));
  return { plane: walk(draft, shape.slice(0, 2), starts), within: walk(draft, shape.slice(2), steps, false) };
}

function forward(recorder: Recorder, call: PoolCall): void {
  const { input, output, indices } = call;
  const count = sizeOf(output.shape);
  if (count === 0) return;
  const draft = new Draft(`pool ${call.kernel.length}`);
  const from = draft.view(input, "read");
  const to = draft.view(output, "write");
  const places = indices === null ? null : draft.view(indices, "write");
  const plane = draft.u32(sizeOf(output.shape.slice(2)));
  const loops = windowLoops(draft, call);
  const source = planes(draft, [input]);
  const target = planes(draft, indices === null ? [output] : [output, indices]);
  const { dtype } = input;
  recorder.each(draft, count, () => {
    // The last of several NaNs wins.
    const better = isFloating(dtype) ? "key > best || key == 0xffffffffu" : "key > best";
    const look = `${source.within.index("flat", "far")}
let bits = ${from.bits("source0 + far0")};
let key = ${orderKey(dtype, "bits")};
if (found == 0xffffffffu || ${better}) { best = key; found = flat; word = bits; }`;
    return {
      body: `let place = i % ${plane};
let image = i / ${plane};
${source.plane.index("image", "source")}
${target.plane.index("image", "target")}
var best = 0u;
var found = 0xffffffffu;
var word = 0u;
${loops(look)}
${target.within.index("place", "near")}
${to.putBits("target0 + near0", "word")}
${places?.put("target1 + near1", "bitcast<i32>(found)") ?? ""}`,
    };
  });
}

function backward(recorder: Recorder, call: PoolCall): void {
  const { input, indices } = call;
  const count = sizeOf(input.shape);
  if (count === 0 || indices === null) return;
  const sums: View = {
    buffer: recorder.memory.allocate(count * 4),
    dtype: "float32",
    shape: input.shape,
    strides: contiguousStrides(input.shape),
    offset: 0,
  };
  clear(recorder, sums, count);
  spread(recorder, call, sums);
  const draft = new Draft("pool store");
  const from = draft.view(sums, "read");
  const to = draft.view(input, "write");
  const positions = walk(draft, input.shape, [input]);
  recorder.each(draft, count, () => ({
    body: `${positions.index("i", "at")}
${to.put("at0", writeCast(from.get("i"), "float32", to.dtype))}`,
  }));
  recorder.memory.free(sums.buffer as WebGpuBuffer); // safe: it was allocated above
}

function clear(recorder: Recorder, view: View, count: number): void {
  const draft = new Draft("clear");
  const to = draft.view(view, "write");
  recorder.each(draft, count, () => ({ body: to.putBits("i", "0u") }));
}

/** Adds each output's gradient at its index. */
function spread(recorder: Recorder, { input, output, indices }: PoolCall, sums: View): void {
  const count = sizeOf(output.shape);
  if (count === 0 || indices === null) return;
  const draft = new Draft("pool spread");
  const from = draft.view(output, "read");
  const places = draft.view(indices, "read");
  const to = draft.view(sums, "combine");
  const outPlane = draft.u32(sizeOf(output.shape.slice(2)));
  const inPlane = draft.u32(sizeOf(input.shape.slice(2)));
  const positions = walk(draft, output.shape, [output, indices]);
  recorder.each(draft, count, () => ({
    body: `${positions.index("i", "at")}
${to.combine(`(i / ${outPlane}) * ${inPlane} + ${places.bits("at1")}`, from.get("at0"), "was + v")}`,
  }));
}
