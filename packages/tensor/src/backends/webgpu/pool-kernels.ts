/**
 * Pooling. In the forward pass and the gradient of averages, each invocation computes one element from everything that
 * contributes to it. The gradient of a maximum is added at its index. Overlapping windows may share an index, so these
 * additions are atomic, in float32.
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
    else if (call.op === "average") averageGradient(recorder, wide);
    else maximumGradient(recorder, wide);
  });
}

/** The arguments of a window, and the shader text that iterates over its elements. */
class Window {
  readonly draft: Draft;
  readonly dims: number;
  readonly #in: string[];
  readonly #out: string[];
  readonly #kernel: string[];
  readonly #stride: string[];
  readonly #padding: string[];
  readonly #dilation: string[];
  readonly #call: PoolCall;

  constructor(draft: Draft, call: PoolCall) {
    const all = (values: readonly number[]) => values.map((value) => draft.u32(value));
    this.draft = draft;
    this.dims = call.kernel.length;
    this.#call = call;
    this.#in = all(call.input.shape.slice(2));
    this.#out = all(call.output.shape.slice(2));
    this.#kernel = all(call.kernel);
    this.#stride = all(call.stride);
    this.#padding = all(call.padding);
    this.#dilation = all(call.dilation);
  }

  get #each(): number[] {
    return Array.from({ length: this.dims }, (_, d) => d);
  }

  /** Returns statements that split the flat index `place` among `sizes` into `{name}0`, …. */
  #split(name: string, sizes: readonly string[]): string {
    const lines = ["var rest = place;"];
    for (let d = this.dims - 1; d >= 0; d--)
      lines.push(`let ${name}${d} = rest % ${sizes[d]};`, `rest = rest / ${sizes[d]};`);
    return lines.join("\n");
  }

  /** Return statements that split the output position `place` into `p0`, …, or the input position into `x0`, …. */
  splitOutput(): string {
    return this.#split("p", this.#out);
  }
  splitInput(): string {
    return this.#split("x", this.#in);
  }

  #loops(body: string): string {
    return this.#each.reduceRight(
      (inner, d) => `for (var t${d} = 0u; t${d} < ${this.#kernel[d]}; t${d}++) {\n${inner}\n}`,
      body,
    );
  }

  /**
   * Returns loops that run `body` for each input position in the window of output position p; `flat` is its index in
   * the plane.
   */
  inputs(body: string): string {
    const lines = this.#each.map(
      (d) => `let x${d} = p${d} * ${this.#stride[d]} + t${d} * ${this.#dilation[d]} - ${this.#padding[d]};`,
    );
    const inside = this.#each.map((d) => `x${d} < ${this.#in[d]}`).join(" && ");
    const flat = this.#each.reduce((sum, d) => (sum === "" ? "x0" : `(${sum}) * ${this.#in[d]} + x${d}`), "");
    return this.#loops(`${lines.join("\n")}\nif (${inside}) {\nlet flat = ${flat};\n${body}\n}`);
  }

  /** Returns loops that run `body` for each output position whose window contains input position x. */
  outputs(body: string): string {
    const lines = this.#each.flatMap((d) => [
      `let from${d} = x${d} + ${this.#padding[d]} - t${d} * ${this.#dilation[d]};`,
      `let p${d} = from${d} / ${this.#stride[d]};`,
    ]);
    const inside = this.#each
      .map((d) => `from${d} < 0x80000000u && p${d} * ${this.#stride[d]} == from${d} && p${d} < ${this.#out[d]}`)
      .join(" && ");
    return this.#loops(`${lines.join("\n")}\nif (${inside}) {\n${body}\n}`);
  }

  /** Returns a statement that declares `divisor` for the window of output position p. */
  divisor(): string {
    if (this.#call.divisor !== null) return `let divisor = ${this.draft.f32(this.#call.divisor)};`;
    // Counts the taps of each dimension within the image. With `countIncludePad`, all taps before the end of the padded
    // image count.
    const counts = this.#each.map((d) => {
      const start = `i32(p${d} * ${this.#stride[d]}) - i32(${this.#padding[d]})`;
      const high = this.#call.countIncludePad ? `i32(${this.#in[d]} + ${this.#padding[d]})` : `i32(${this.#in[d]})`;
      const low = this.#call.countIncludePad ? "-2147483647i" : "0i";
      return `taps(${start}, i32(${this.#kernel[d]}), i32(${this.#dilation[d]}), ${low}, ${high})`;
    });
    return `let divisor = f32(${counts.join(" * ")});`;
  }
}

/** Counts the taps with `start + t · dilation` in [low, high). */
const taps = `fn taps(start: i32, kernel: i32, dilation: i32, low: i32, high: i32) -> i32 {
  var count = 0;
  for (var t = 0; t < kernel; t++) {
    let x = start + t * dilation;
    if (x >= low && x < high) { count++; }
  }
  return count;
}`;

function draftOf(call: PoolCall, name: string): Draft {
  const divisor = call.op === "average" ? `${call.divisor !== null} ${call.countIncludePad}` : "";
  return new Draft(`pool ${name} ${call.op} ${call.kernel.length} ${divisor}`);
}

/** Returns walks over the planes of some views, by `plane`, and over positions within them, by `within`. */
function planes(draft: Draft, views: readonly View[]): { plane: Walk; within: Walk } {
  const shape = (views[0] as View).shape; // safe: never without a view
  const starts = views.map(({ strides, offset }) => ({ strides: strides.slice(0, 2), offset }));
  const steps = views.map(({ strides }) => ({ strides: strides.slice(2), offset: 0 }));
  return { plane: walk(draft, shape.slice(0, 2), starts), within: walk(draft, shape.slice(2), steps, false) };
}

function forward(recorder: Recorder, call: PoolCall): void {
  const { input, output, op } = call;
  const indices = op === "max" ? call.indices : null;
  const count = sizeOf(output.shape);
  if (count === 0) return;
  const draft = draftOf(call, "forward");
  const from = draft.view(input, "read");
  const to = draft.view(output, "write");
  const places = indices === null ? null : draft.view(indices, "write");
  const plane = draft.u32(sizeOf(output.shape.slice(2)));
  const window = new Window(draft, call);
  const source = planes(draft, [input]);
  const target = planes(draft, indices === null ? [output] : [output, indices]);
  const divisor = op === "average" ? window.divisor() : "";
  const { dtype } = input;
  recorder.each(draft, count, () => {
    const look = `${source.within.index("flat", "far")}\nlet at = source0 + far0;`;
    // The last of several NaNs wins.
    const better = isFloating(dtype) ? "key > best || key == 0xffffffffu" : "key > best";
    const loop =
      op === "average"
        ? `var sum = 0.0;\n${window.inputs(`${look}\nsum += ${from.get("at")};`)}\n${divisor}`
        : `var best = 0u;\nvar found = 0xffffffffu;\nvar word = 0u;\n${window.inputs(
            `${look}\nlet bits = ${from.bits("at")};\nlet key = ${orderKey(dtype, "bits")};\nif (found == 0xffffffffu || ${better}) { best = key; found = flat; word = bits; }`,
          )}`;
    const value =
      op === "average"
        ? to.put("target0 + near0", writeCast("(sum / divisor)", "float32", to.dtype))
        : to.putBits("target0 + near0", "word");
    return {
      declarations: taps,
      body: `let place = i % ${plane};
let image = i / ${plane};
${source.plane.index("image", "source")}
${target.plane.index("image", "target")}
${window.splitOutput()}
${loop}
${target.within.index("place", "near")}
${value}
${places?.put("target1 + near1", "bitcast<i32>(found)") ?? ""}`,
    };
  });
}

function averageGradient(recorder: Recorder, call: PoolCall): void {
  const { input, output } = call;
  const count = sizeOf(input.shape);
  if (count === 0) return;
  const draft = draftOf(call, "backward");
  const from = draft.view(output, "read");
  const to = draft.view(input, "write");
  const plane = draft.u32(sizeOf(input.shape.slice(2)));
  const window = new Window(draft, call);
  const steps = output.strides.slice(2).map((stride) => draft.u32(stride));
  const source = planes(draft, [output]);
  const target = planes(draft, [input]);
  const divisor = window.divisor();
  recorder.each(draft, count, () => {
    const far = steps.map((step, d) => `p${d} * ${step}`).join(" + ");
    return {
      declarations: taps,
      body: `let place = i % ${plane};
let image = i / ${plane};
${source.plane.index("image", "source")}
${target.plane.index("image", "target")}
${window.splitInput()}
var sum = 0.0;
${window.outputs(`${divisor}\nsum += ${from.get(`source0 + ${far}`)} / divisor;`)}
${target.within.index("place", "near")}
${to.put("target0 + near0", writeCast("sum", "float32", to.dtype))}`,
    };
  });
}

function maximumGradient(recorder: Recorder, call: PoolCall): void {
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
