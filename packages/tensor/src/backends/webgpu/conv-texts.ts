/**
 * What the kernels of a convolution have in common: operands, arguments, and the shader text that finds an element from
 * its coordinates. Names in the text: `n` is the image, `batch` the group, `o` and `i` channels within the group, `p`
 * an output position, `x` an input position, `t` a tap of the kernel.
 */

import type { ConvCall, View } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import type { Draft, Elements } from "./draft.ts";
import { putSum } from "./product.ts";

/** The operands and arguments of a convolution's kernel, for one dispatch. */
export class ConvTexts {
  readonly #direction: ConvCall["direction"];
  readonly input: Elements | null;
  readonly weight: Elements | null;
  readonly output: Elements | null;
  readonly bias: Elements | null;
  readonly dims: number;
  readonly names: Record<"inputAt" | "weightAt" | "outputAt", string[]>;
  readonly sizes: Record<"in" | "out" | "kernel" | "stride" | "padding" | "dilation", string[]>;
  readonly starts: Record<"input" | "weight" | "output" | "bias" | "biasStep", string>;
  readonly counts: Record<"taps" | "inPlane" | "outPlane" | "outChannels" | "inChannels", string>;
  readonly #dtype: View["dtype"];

  constructor(draft: Draft, call: ConvCall, part: "all" | "sides" | "store") {
    const { input, weight, output, bias, direction } = call;
    this.#direction = direction;
    const targetName = direction === "forward" ? "output" : direction;
    const use = (view: View, name: string): Elements | null => {
      if (name === targetName) return part === "sides" ? null : draft.view(view, "write");
      return part === "store" ? null : draft.view(view, "read");
    };
    this.input = use(input, "input");
    this.weight = use(weight, "weight");
    this.output = use(output, "output");
    this.bias = bias === null || part === "sides" ? null : draft.view(bias, "read");
    this.dims = input.shape.length - 2;
    this.#dtype = { forward: output, input, weight }[direction].dtype;
    const all = (values: readonly number[]) => values.map((value) => draft.u32(value));
    this.names = { inputAt: all(input.strides), weightAt: all(weight.strides), outputAt: all(output.strides) };
    this.sizes = {
      in: all(input.shape.slice(2)),
      out: all(output.shape.slice(2)),
      kernel: all(weight.shape.slice(2)),
      stride: all(call.stride),
      padding: all(call.padding),
      dilation: all(call.dilation),
    };
    this.starts = {
      input: draft.u32(input.offset),
      weight: draft.u32(weight.offset),
      output: draft.u32(output.offset),
      bias: draft.u32(bias?.offset ?? 0),
      biasStep: draft.u32(bias?.strides[0] ?? 0),
    };
    this.counts = {
      taps: draft.u32(sizeOf(weight.shape.slice(2))),
      inPlane: draft.u32(sizeOf(input.shape.slice(2))),
      outPlane: draft.u32(sizeOf(output.shape.slice(2))),
      outChannels: draft.u32((weight.shape[0] as number) / call.groups),
      inChannels: draft.u32(weight.shape[1] as number),
    };
  }

  /** Returns statements that split a flat index into one coordinate per dimension: `{name}0`, `{name}1`, … */
  split(flat: string, name: string, sizes: readonly string[]): string {
    const lines: string[] = [];
    let rest = flat;
    for (let d = this.dims - 1; d > 0; d--) {
      lines.push(`let ${name}${d} = ${rest} % ${sizes[d]};`, `let ${name}Rest${d} = ${rest} / ${sizes[d]};`);
      rest = `${name}Rest${d}`;
    }
    return [...lines, `let ${name}0 = ${rest};`].join("\n");
  }

  /** Returns the position of an element from its first two coordinates and the name of the others. */
  #at(start: string, strides: readonly string[], first: string, second: string, name: string): string {
    const places = Array.from({ length: this.dims }, (_, d) => `${name}${d} * ${strides[d + 2]}`);
    return [start, `(${first}) * ${strides[0]}`, `(${second}) * ${strides[1]}`, ...places].join(" + ");
  }

  inputAt(): string {
    return this.#at(this.starts.input, this.names.inputAt, "n", `batch * ${this.counts.inChannels} + i`, "x");
  }

  weightAt(): string {
    return this.#at(this.starts.weight, this.names.weightAt, `batch * ${this.counts.outChannels} + o`, "i", "t");
  }

  outputAt(): string {
    return this.#at(this.starts.output, this.names.outputAt, "n", `batch * ${this.counts.outChannels} + o`, "p");
  }

  /** Assigns the input's element under output position `p` and tap `t` to `value`, if it exists. */
  #lookIn(): string {
    const s = this.sizes;
    const each = Array.from({ length: this.dims }, (_, d) => d);
    const lines = each.map((d) => `let x${d} = p${d} * ${s.stride[d]} + t${d} * ${s.dilation[d]} - ${s.padding[d]};`);
    // Left of the image the difference wraps around to a huge number.
    const inside = each.map((d) => `x${d} < ${s.in[d]}`).join(" && ");
    return `${lines.join("\n")}\nif (${inside}) { value = ${this.input?.get(this.inputAt())}; }`;
  }

  /** Assigns the output's element whose window has input position `x` under tap `t` to `value`, if it exists. */
  #lookOut(): string {
    const s = this.sizes;
    const each = Array.from({ length: this.dims }, (_, d) => d);
    const lines = each.flatMap((d) => [
      `let from${d} = x${d} + ${s.padding[d]} - t${d} * ${s.dilation[d]};`,
      `let p${d} = from${d} / ${s.stride[d]};`,
    ]);
    const inside = each
      .map((d) => `from${d} < 0x80000000u && p${d} * ${s.stride[d]} == from${d} && p${d} < ${s.out[d]}`)
      .join(" && ");
    return `${lines.join("\n")}\nif (${inside}) { value = ${this.output?.get(this.outputAt())}; }`;
  }

  #image(flat: string, plane: string, name: string, sizes: readonly string[]): string {
    return `let n = ${flat} / ${plane};\n${this.split(`(${flat} % ${plane})`, name, sizes)}`;
  }

  #tap(flat: string, channel: string): string {
    return `let ${channel} = ${flat} / ${this.counts.taps};\n${this.split(`(${flat} % ${this.counts.taps})`, "t", this.sizes.kernel)}`;
  }

  left(): string {
    switch (this.#direction) {
      case "forward":
        return `let o = r;\n${this.#tap("k", "i")}\nvalue = ${this.weight?.get(this.weightAt())};`;
      case "input":
        return `let i = r;\n${this.#tap("k", "o")}\nvalue = ${this.weight?.get(this.weightAt())};`;
      default:
        return `let o = r;\n${this.#image("k", this.counts.outPlane, "p", this.sizes.out)}\nvalue = ${this.output?.get(this.outputAt())};`;
    }
  }

  right(): string {
    switch (this.#direction) {
      case "forward":
        return `${this.#tap("k", "i")}\n${this.#image("c", this.counts.outPlane, "p", this.sizes.out)}\n${this.#lookIn()}`;
      case "input":
        return `${this.#tap("k", "o")}\n${this.#image("c", this.counts.inPlane, "x", this.sizes.in)}\n${this.#lookOut()}`;
      default:
        return `${this.#tap("c", "i")}\n${this.#image("k", this.counts.outPlane, "p", this.sizes.out)}\n${this.#lookIn()}`;
    }
  }

  /** Returns statements that store `sum` at row `r` and column `c` of the product. */
  store(): string {
    switch (this.#direction) {
      case "forward":
        return `let o = r;\n${this.#image("c", this.counts.outPlane, "p", this.sizes.out)}\n${this.storeAt()}`;
      case "input":
        return `let i = r;\n${this.#image("c", this.counts.inPlane, "x", this.sizes.in)}\n${this.storeAt()}`;
      default:
        return `let o = r;\n${this.#tap("c", "i")}\n${this.storeAt()}`;
    }
  }

  /** Returns a statement that stores `sum` at the current coordinates, with the bias added. */
  storeAt(): string {
    const put = (to: Elements | null, at: string, sum: string) => (to === null ? "" : putSum(to, at, sum, this.#dtype));
    if (this.#direction === "input") return put(this.input, this.inputAt(), "sum");
    if (this.#direction === "weight") return put(this.weight, this.weightAt(), "sum");
    const channel = `batch * ${this.counts.outChannels} + o`;
    const bias = this.bias?.get(`${this.starts.bias} + (${channel}) * ${this.starts.biasStep}`);
    return put(this.output, this.outputAt(), bias === undefined ? "sum" : `(sum + ${bias})`);
  }
}
