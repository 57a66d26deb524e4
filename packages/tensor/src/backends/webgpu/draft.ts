/**
 * A draft of one kernel launch: what memory it touches, its small arguments, and how its shader reads and writes
 * elements. One piece of code writes the arguments' values and the shader's text that refers to them, so the two cannot
 * part. The text is only asked for when no compiled pipeline is found under the draft's key; sizes, strides, offsets
 * and where in the heap a tensor lies are arguments and never part of a key.
 *
 * Elements narrower than a word (bools, bytes, halves) lie packed, as the host has them. Every kernel reads them; what
 * is written by whole words is put together by one invocation (`pack.ts`), since neighbours in one word must not be
 * written by two.
 */

import type { DType } from "../../dtype.ts";
import { DeviceError } from "../../errors.ts";
import type { Program } from "../../expr/program.ts";
import type { View } from "../../kernel.ts";
import type { Heap, WebGpuBuffer } from "./heap.ts";
import { libraryFor } from "./library.ts";

/**
 * How a kernel uses a view. `combine` reads and changes an element in one step, against other invocations: everything
 * in that heap is then read atomically.
 */
export type Use = "read" | "write" | "combine";

/** The type in which elements of a dtype are computed. */
export function wgslType(dtype: DType): "f32" | "i32" | "bool" {
  if (dtype === "bool") return "bool";
  return dtype === "int32" || dtype === "uint8" ? "i32" : "f32";
}

/** How elements lie within words: the bits of one, and how many are in a word as a power of two. */
export interface Packing {
  readonly bits: number;
  readonly log: number;
}

const packing: Readonly<Record<DType, Packing>> = {
  float64: { bits: 64, log: 0 },
  float32: { bits: 32, log: 0 },
  int32: { bits: 32, log: 0 },
  float16: { bits: 16, log: 1 },
  bfloat16: { bits: 16, log: 1 },
  uint8: { bits: 8, log: 2 },
  bool: { bits: 8, log: 2 },
};

/**
 * What a kernel reads or writes: a view, or scratch memory in which every element has a word of its own, however narrow
 * it is (`wide`).
 */
export type Operand = Pick<View, "buffer" | "dtype"> & { readonly wide?: boolean };

/** How the elements of an operand lie. */
export function packingOf({ dtype, wide }: Operand): Packing {
  return wide ? packing.int32 : packing[dtype];
}

const letters: Readonly<Record<DType, string>> = {
  float64: "d",
  float32: "f",
  float16: "h",
  bfloat16: "g",
  int32: "i",
  uint8: "u",
  bool: "b",
};

/** An element's value from its bits. */
export function decode(dtype: DType, bits: string): string {
  switch (dtype) {
    case "float16":
      return `f_fromHalf(${bits})`;
    case "bfloat16":
      return `bitcast<f32>(${bits} << 16u)`;
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
export function encode(dtype: DType, value: string): string {
  switch (dtype) {
    case "float16":
      return `f_toHalf(${value})`;
    case "bfloat16":
      return `f_toBfloat16(${value})`;
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

/** A heap that a kernel binds, and what it takes it for: words, words that it changes atomically, or quads of words. */
interface Slot {
  readonly heap: Heap;
  holds: "u32" | "atomic<u32>" | "vec4<u32>";
}

/** The four elements of a quad, by the names of a vector's components. */
export const quarters = ["x", "y", "z", "w"] as const;

/**
 * The elements of one view, in the shader. Positions are expressions of type u32, counted from where the view's buffer
 * begins.
 */
export class Elements {
  readonly dtype: DType;
  /** The type of the values: f32, i32 or bool. */
  readonly type: "f32" | "i32" | "bool";
  readonly #packing: Packing;
  readonly #slot: Slot;
  readonly #name: string;
  /** Where the buffer begins in the heap, in elements. */
  readonly #base: string;
  readonly #number: number;
  readonly #functions: Map<string, string>;

  constructor(
    dtype: DType,
    packing: Packing,
    slot: Slot,
    name: string,
    base: string,
    number: number,
    functions: Map<string, string>,
  ) {
    this.dtype = dtype;
    this.#packing = packing;
    this.type = wgslType(dtype);
    this.#slot = slot;
    this.#name = name;
    this.#base = base;
    this.#number = number;
    this.#functions = functions;
  }

  /** What stands in the heap's word number `index`. */
  #word(index: string): string {
    switch (this.#slot.holds) {
      case "atomic<u32>":
        return `atomicLoad(&${this.#name}[${index}])`;
      case "vec4<u32>":
        return `${this.#name}[(${index}) >> 2u][(${index}) & 3u]`;
      default:
        return `${this.#name}[${index}]`;
    }
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
    const { bits, log } = this.#packing;
    if (log === 0) return this.#word(`${this.#base} + ${at}`);
    const name = this.#define(
      "bits",
      (f) => `fn ${f}(at: u32) -> u32 {
  let place = ${this.#base} + at;
  return (${this.#word(`place >> ${log}u`)} >> ((place & ${(1 << log) - 1}u) * ${bits}u)) & ${2 ** bits - 1}u;
}`,
    );
    return `${name}(${at})`;
  }

  /**
   * Statements that declare `name`, from which `quarter` takes the values of the four elements from `at`, which is a
   * multiple of four, on. Only in drafts of quads.
   */
  quad(name: string, at: string): string {
    const { bits, log } = this.#packing;
    if (log === 0) return `let ${name} = ${this.#name}[(${this.#base} + ${at}) >> 2u];`;
    const first = `((${this.#base} + ${at}) >> ${log}u)`;
    if (bits === 8) return `let ${name} = ${this.#word(first)};`;
    return `let ${name} = vec2<u32>(${this.#word(first)}, ${this.#word(`${first} + 1u`)});`;
  }

  /** The value of element `j` of what `quad` declared. */
  quarter(name: string, j: number): string {
    const { bits } = this.#packing;
    if (bits === 32) return decode(this.dtype, `${name}.${quarters[j]}`);
    if (bits === 8) return decode(this.dtype, `((${name} >> ${8 * j}u) & 255u)`);
    return decode(this.dtype, `((${name}.${j < 2 ? "x" : "y"} >> ${16 * (j & 1)}u) & 65535u)`);
  }

  /** Four float32 elements from `at`, a multiple of four, on, as one vector. Only in drafts of quads. */
  vector(at: string): string {
    return `bitcast<vec4<f32>>(${this.#name}[(${this.#base} + ${at}) >> 2u])`;
  }

  /** A statement that stores such a vector. */
  putVector(at: string, value: string): string {
    return `${this.#name}[(${this.#base} + ${at}) >> 2u] = bitcast<vec4<u32>>(${value});`;
  }

  /**
   * A statement that stores four values at `at`, which is a multiple of four. Only for elements as wide as a word, in
   * drafts of quads.
   */
  putQuad(at: string, values: readonly string[]): string {
    return `${this.#name}[(${this.#base} + ${at}) >> 2u] = vec4<u32>(${values.map((value) => encode(this.dtype, value)).join(", ")});`;
  }

  /** The bits of a value, in the low end of a u32. */
  encode(value: string): string {
    return encode(this.dtype, value);
  }

  /** A statement that stores a value. Only for elements as wide as a word. */
  put(at: string, value: string): string {
    return this.putBits(at, encode(this.dtype, value));
  }

  /** A statement that stores bits. Only for elements as wide as a word. */
  putBits(at: string, value: string): string {
    if (this.#packing.log > 0)
      throw new Error(`webgpu: a kernel stores ${this.dtype} element by element; go through pack.ts`);
    return this.#store(`${this.#base} + ${at}`, value);
  }

  /** What stands in the view's word number `word`, counted from where the buffer begins. */
  wordAt(word: string): string {
    return this.#word(`(${this.#base} >> ${this.#packing.log}u) + ${word}`);
  }

  /** A statement that stores a whole word. */
  putWord(word: string, value: string): string {
    return this.#store(`(${this.#base} >> ${this.#packing.log}u) + ${word}`, value);
  }

  #store(index: string, value: string): string {
    if (this.#slot.holds === "vec4<u32>")
      throw new Error("webgpu: a word of a quad cannot be stored by itself; its neighbours are written with it");
    return this.#slot.holds === "u32"
      ? `${this.#name}[${index}] = ${value};`
      : `atomicStore(&${this.#name}[${index}], ${value});`;
  }

  /**
   * A statement that combines an element with a value, whatever other invocations do to it meanwhile. `merge` writes
   * the combination of `was` and `v`.
   */
  combine(at: string, value: string, merge: string): string {
    const { bits, log } = this.#packing;
    const mask = bits === 32 ? "0xffffffffu" : `${2 ** bits - 1}u`;
    const name = this.#define(
      "combine",
      (f) => `fn ${f}(at: u32, v: ${this.type}) {
  let place = ${this.#base} + at;
  let shift = ${log === 0 ? "0u" : `(place & ${(1 << log) - 1}u) * ${bits}u`};
  let word = place >> ${log}u;
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

const references: string[] = [];
const converter = /* @__PURE__ */ new DataView(new ArrayBuffer(4));

/** A number rounded to float32, as a word. */
export function floatBits(value: number): number {
  converter.setFloat32(0, value);
  return converter.getUint32(0);
}

/** The shader of a draft: what `main` does, and what stands outside of it. */
export interface ShaderText {
  readonly body: string;
  readonly declarations?: string;
}

/** One launch in the making. */
export class Draft {
  /** Identifies the shader among all of this device's. Whoever drafts adds to it all that the text depends on. */
  key: string;
  /**
   * The small arguments. The first two are for the launch itself: how many workgroups in a row of the grid, and how
   * many in all.
   */
  readonly words: number[] = [0, 0];
  readonly slots: Slot[] = [];
  /** The memory that the launch reads, and that which it changes. */
  readonly reads: WebGpuBuffer[] = [];
  readonly writes: WebGpuBuffer[] = [];
  /**
   * A program that it computes for every element of some views, and nothing else; what it reads are the program's
   * inputs.
   */
  fills: { readonly program: Program; readonly to: readonly View[] } | null = null;
  readonly #functions = new Map<string, string>();
  readonly #quads: boolean;
  #views = 0;

  /** @param quads whether elements are read and written four at a time. */
  constructor(key: string, quads = false) {
    this.key = quads ? `${key} quads` : key;
    this.#quads = quads;
  }

  /** An argument of type u32. Returns the expression that refers to it. */
  u32(value: number): string {
    const at = this.words.push(value) - 1;
    let text = references[at];
    if (text === undefined) {
      text = `args[${at >> 2}].${quarters[at & 3]}`;
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
    return `bitcast<f32>(${this.u32(floatBits(value))})`;
  }

  /** A view that the kernel uses. Throws a DeviceError when its memory was given back. */
  view(view: Operand, use: Use): Elements {
    return this.#elements(view, use, this.u32(this.start(view, use)));
  }

  /**
   * Like `view`, but positions count from where the heap begins: for a kernel that goes over many views of one heap.
   */
  anywhere(view: Operand, use: Use): Elements {
    return this.#elements(view, use, "0u");
  }

  /** Notes that the launch uses the memory of a view. Returns where its buffer begins in the heap, in elements. */
  start(view: Operand, use: Use): number {
    const buffer = view.buffer as WebGpuBuffer; // safe: the views a backend is given lie in buffers that it made
    const { start, block } = buffer;
    if (block === null) throw new DeviceError("webgpu: a kernel uses memory that was given back by free()");
    if (use !== "write") this.reads.push(buffer);
    if (use !== "read") this.writes.push(buffer);
    return (start * 8) / packingOf(view).bits;
  }

  #elements(view: Operand, use: Use, base: string): Elements {
    const { heap } = view.buffer as WebGpuBuffer; // safe, as above
    const lies = packingOf(view);
    let index = this.slots.findIndex((slot) => slot.heap === heap);
    if (index < 0) index = this.slots.push({ heap, holds: this.#quads ? "vec4<u32>" : "u32" }) - 1;
    const slot = this.slots[index] as Slot;
    if (use === "combine") slot.holds = "atomic<u32>";
    this.key += ` ${letters[view.dtype]}${lies.log}${index}${use[0]}`;
    return new Elements(view.dtype, lies, slot, `heap${index}`, base, this.#views++, this.#functions);
  }

  /** The whole shader. Accessors are defined as the text asks for them, so the text is given as a function. */
  shader(text: () => ShaderText, workgroup: number, argumentBytes: number): string {
    const { body: written, declarations = "" } = text();
    // Arguments are read once, at the beginning, and not in every turn of a loop.
    const used = new Map<string, string>();
    const body = written.replace(/\bargs\[(\d+)\]\.([xyzw])/g, (argument, at: string, part: string) => {
      const name = `arg${at}${part}`;
      used.set(name, argument);
      return name;
    });
    const lets = Array.from(used, ([name, argument]) => `let ${name} = ${argument};`).join("\n");
    const bindings = this.slots.map(
      ({ holds }, k) => `@group(0) @binding(${k + 1}) var<storage, read_write> heap${k}: array<${holds}>;`,
    );
    const main = `${[...this.#functions.values()].join("\n")}
${declarations}
@compute @workgroup_size(${workgroup})
fn main(@builtin(workgroup_id) grid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let group = grid.y * args[0].x + grid.x;
  if (group >= args[0].y) { return; }
${lets}
${body}
}
`;
    return `@group(0) @binding(0) var<uniform> args: array<vec4<u32>, ${argumentBytes / 16}>;
${bindings.join("\n")}
${libraryFor(main)}
${main}`;
  }
}
