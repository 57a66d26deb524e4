/**
 * A draft of one kernel launch: which buffers it touches, its small arguments, and how its shader reads and writes elements. One piece of code
 * writes the arguments' values and the shader's text that refers to them, so the two cannot part. The text is only asked for when no compiled
 * pipeline is found under the draft's key; sizes, strides and offsets are arguments and never part of a key.
 *
 * Elements narrower than a word (bools, bytes, halves) lie packed, as the host has them. Neighbours in one word may be written by different invocations,
 * so they are put in place atomically.
 */

import type { DType } from "../../dtype.ts";
import type { View } from "../../kernel.ts";
import type { WebGpuBuffer } from "./buffer.ts";
import { libraryFor } from "./library.ts";

/** How a kernel uses a view: `combine` reads and changes an element in one step, against other invocations. */
export type Use = "read" | "write" | "combine";

/** The type in which elements of a dtype are computed. */
export function wgslType(dtype: DType): "f32" | "i32" | "bool" {
  if (dtype === "bool") return "bool";
  return dtype === "int32" || dtype === "uint8" ? "i32" : "f32";
}

/** How a dtype lies within words: the bits of an element, and how many are in a word as a power of two. */
const packing = {
  float64: { bits: 64, log: 0 },
  float32: { bits: 32, log: 0 },
  int32: { bits: 32, log: 0 },
  float16: { bits: 16, log: 1 },
  uint8: { bits: 8, log: 2 },
  bool: { bits: 8, log: 2 },
} as const;

const letters: Readonly<Record<DType, string>> = { float64: "d", float32: "f", float16: "h", int32: "i", uint8: "u", bool: "b" };

/** An element's value from its bits. */
function decode(dtype: DType, bits: string): string {
  switch (dtype) {
    case "float16":
      return `f_fromHalf(${bits})`;
    case "int32":
      return `bitcast<i32>(${bits})`;
    case "uint8":
      return `i32(${bits})`;
    case "bool":
      return `(${bits} != 0u)`;
    default:
      return `bitcast<f32>(${bits})`;
  }
}

/** An element's bits from its value. */
function encode(dtype: DType, value: string): string {
  switch (dtype) {
    case "float16":
      return `f_toHalf(${value})`;
    case "int32":
      return `bitcast<u32>(${value})`;
    case "uint8":
      return `(bitcast<u32>(${value}) & 255u)`;
    case "bool":
      return `select(0u, 1u, ${value})`;
    default:
      return `bitcast<u32>(${value})`;
  }
}

interface Slot {
  readonly buffer: WebGpuBuffer;
  writes: boolean;
  atomic: boolean;
}

/** The elements of one view, in the shader. Positions are expressions of type u32, counted from the start of the buffer. */
export class Elements {
  readonly dtype: DType;
  /** The type of the values: f32, i32 or bool. */
  readonly type: "f32" | "i32" | "bool";
  readonly #slot: Slot;
  readonly #name: string;
  readonly #number: number;
  readonly #functions: Map<string, string>;

  constructor(dtype: DType, slot: Slot, name: string, number: number, functions: Map<string, string>) {
    this.dtype = dtype;
    this.type = wgslType(dtype);
    this.#slot = slot;
    this.#name = name;
    this.#number = number;
    this.#functions = functions;
  }

  #word(index: string): string {
    return this.#slot.atomic ? `atomicLoad(&${this.#name}[${index}])` : `${this.#name}[${index}]`;
  }

  #define(kind: string, text: (name: string) => string): string {
    const name = `${kind}${this.#number}`;
    if (!this.#functions.has(name)) this.#functions.set(name, text(name));
    return name;
  }

  /** The value of an element. */
  get(at: string): string {
    return decode(this.dtype, this.bits(at));
  }

  /** The bits of an element, in the low end of a u32. */
  bits(at: string): string {
    const { bits, log } = packing[this.dtype];
    if (log === 0) return this.#word(at);
    const name = this.#define(
      "bits",
      (f) =>
        `fn ${f}(at: u32) -> u32 { return (${this.#word(`at >> ${log}u`)} >> ((at & ${(1 << log) - 1}u) * ${bits}u)) & ${2 ** bits - 1}u; }`,
    );
    return `${name}(${at})`;
  }

  /** A statement that stores a value. */
  put(at: string, value: string): string {
    return this.putBits(at, encode(this.dtype, value));
  }

  /** A statement that stores bits. */
  putBits(at: string, value: string): string {
    const { bits, log } = packing[this.dtype];
    if (log === 0) return this.#slot.atomic ? `atomicStore(&${this.#name}[${at}], ${value});` : `${this.#name}[${at}] = ${value};`;
    const name = this.#define(
      "put",
      (f) => `fn ${f}(at: u32, value: u32) {
  let shift = (at & ${(1 << log) - 1}u) * ${bits}u;
  let word = at >> ${log}u;
  atomicAnd(&${this.#name}[word], ~(${2 ** bits - 1}u << shift));
  atomicOr(&${this.#name}[word], value << shift);
}`,
    );
    return `${name}(${at}, ${value});`;
  }

  /** A statement that combines an element with a value, whatever other invocations do to it meanwhile. `merge` writes the combination of `was` and `v`. */
  combine(at: string, value: string, merge: string): string {
    const { bits, log } = packing[this.dtype];
    const shift = log === 0 ? "0u" : `(at & ${(1 << log) - 1}u) * ${bits}u`;
    const mask = bits === 32 ? "0xffffffffu" : `${2 ** bits - 1}u`;
    const name = this.#define(
      "combine",
      (f) => `fn ${f}(at: u32, v: ${this.type}) {
  let shift = ${shift};
  let word = at >> ${log}u;
  loop {
    let old = atomicLoad(&${this.#name}[word]);
    let was = ${decode(this.dtype, `((old >> shift) & ${mask})`)};
    let now = ${merge};
    let next = (old & ~(${mask} << shift)) | (${encode(this.dtype, "now")} << shift);
    if (atomicCompareExchangeWeak(&${this.#name}[word], old, next).exchanged) { break; }
  }
}`,
    );
    return `${name}(${at}, ${value});`;
  }
}

const fields = ["x", "y", "z", "w"];
const references: string[] = [];
const converter = /* @__PURE__ */ new DataView(new ArrayBuffer(4));

/** The shader of a draft: what `main` does, and what stands outside of it. */
export interface ShaderText {
  readonly body: string;
  readonly declarations?: string;
}

/** One launch in the making. */
export class Draft {
  /** Identifies the shader among all of this device's. Whoever drafts adds to it all that the text depends on. */
  key: string;
  /** The small arguments. The first two are for the launch itself: how many workgroups in a row of the grid, and how many in all. */
  readonly words: number[] = [0, 0];
  readonly slots: Slot[] = [];
  readonly #functions = new Map<string, string>();
  #views = 0;

  constructor(key: string) {
    this.key = key;
  }

  /** An argument of type u32. Returns the expression that refers to it. */
  u32(value: number): string {
    const at = this.words.push(value) - 1;
    let text = references[at];
    if (text === undefined) {
      text = `args[${at >> 2}].${fields[at & 3]}`;
      references[at] = text;
    }
    return text;
  }

  /** An argument of type i32. */
  i32(value: number): string {
    return `bitcast<i32>(${this.u32(value >>> 0)})`;
  }

  /** An argument of type f32. */
  f32(value: number): string {
    converter.setFloat32(0, value);
    return `bitcast<f32>(${this.u32(converter.getUint32(0))})`;
  }

  /** A view that the kernel uses. Views of one buffer share a binding: WebGPU allows no buffer to be bound twice where one of them writes. */
  view(view: Pick<View, "buffer" | "dtype">, use: Use): Elements {
    const buffer = view.buffer as WebGpuBuffer; // safe: the views a backend is given lie in buffers that it made
    let index = this.slots.findIndex((slot) => slot.buffer === buffer);
    if (index < 0) index = this.slots.push({ buffer, writes: false, atomic: false }) - 1;
    const slot = this.slots[index] as Slot;
    if (use !== "read") slot.writes = true;
    if (use === "combine" || (use === "write" && packing[view.dtype].log > 0)) slot.atomic = true;
    this.key += ` ${letters[view.dtype]}${index}${use[0]}`;
    return new Elements(view.dtype, slot, `b${index}`, this.#views++, this.#functions);
  }

  /** The whole shader. Accessors are defined as the text asks for them, so the text is given as a function. */
  shader(text: () => ShaderText, workgroup: number, argumentBytes: number): string {
    const { body, declarations = "" } = text();
    const bindings = this.slots.map(
      ({ writes, atomic }, k) =>
        `@group(0) @binding(${k + 1}) var<storage, ${writes ? "read_write" : "read"}> b${k}: array<${atomic ? "atomic<u32>" : "u32"}>;`,
    );
    const main = `${[...this.#functions.values()].join("\n")}
${declarations}
@compute @workgroup_size(${workgroup})
fn main(@builtin(workgroup_id) grid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let group = grid.y * args[0].x + grid.x;
  if (group >= args[0].y) { return; }
${body}
}
`;
    return `@group(0) @binding(0) var<uniform> args: array<vec4<u32>, ${argumentBytes / 16}>;
${bindings.join("\n")}
${libraryFor(main)}
${main}`;
  }
}
