/**
 * A draft of one kernel launch: the memory that it uses, its small arguments, and how its shader reads and writes
 * elements. The same code writes the arguments' values and the shader text that refers to them, so the two cannot
 * diverge. The text is only generated if no compiled pipeline has the draft's key. Sizes, strides, offsets and
 * positions in the heap are arguments and never part of a key.
 *
 * Elements narrower than a word (bools, bytes, 16-bit floats) are stored packed, as on the host. Every kernel can read
 * them. Writes of whole words are assembled by one invocation (`pack.ts`), because two invocations must not write parts
 * of one word.
 */

import type { DType } from "../../dtype.ts";
import { DeviceError } from "../../errors.ts";
import type { Program } from "../../expr/program.ts";
import type { View } from "../../kernel.ts";
import type { Heap, WebGpuBuffer } from "./heap.ts";
import { libraryFor } from "./library.ts";

/** How a kernel uses a view. `combine` updates an element atomically, so that all reads of its heap are atomic too. */
export type Use = "read" | "write" | "combine";

/** Returns the WGSL type in which elements of a dtype are computed. */
export function wgslType(dtype: DType): "f32" | "i32" | "bool" {
  if (dtype === "bool") return "bool";
  return dtype === "int32" || dtype === "uint8" ? "i32" : "f32";
}

/** The bits of an element, and the binary logarithm of the number of elements per word. */
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
 * An operand of a kernel: a view, or scratch memory in which every element has its own word, however narrow it is
 * (`wide`).
 */
export type Operand = Pick<View, "buffer" | "dtype"> & { readonly wide?: boolean };

/** Returns how the elements of an operand are packed. */
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

/** Returns an element's value from its bits. */
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

/** Returns an element's bits from its value. */
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

/** A heap that a kernel binds, and its element type: words, atomic words, or quads of words. */
interface Slot {
  readonly heap: Heap;
  holds: "u32" | "atomic<u32>" | "vec4<u32>";
}

/** The four elements of a quad, by the names of a vector's components. */
export const quarters = ["x", "y", "z", "w"] as const;

/**
 * The elements of one view in the shader. Positions are expressions of type u32, relative to the start of the view's
 * buffer.
 */
export class Elements {
  readonly dtype: DType;
  /** The WGSL type of the values. */
  readonly type: "f32" | "i32" | "bool";
  readonly #packing: Packing;
  readonly #slot: Slot;
  readonly #name: string;
  /** The start of the buffer in the heap, in elements. */
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

  /** Returns word `index` of the heap. */
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

  /** Returns the value of an element. */
  get(at: string): string {
    return decode(this.dtype, this.bits(at));
  }

  /** Returns the bits of an element, in the low end of a u32. */
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
   * Returns statements that load the four elements from position `at`, a multiple of four, into `name`, for use with
   * `quarter`. Only for drafts of quads.
   */
  quad(name: string, at: string): string {
    const { bits, log } = this.#packing;
    if (log === 0) return `let ${name} = ${this.#name}[(${this.#base} + ${at}) >> 2u];`;
    const first = `((${this.#base} + ${at}) >> ${log}u)`;
    if (bits === 8) return `let ${name} = ${this.#word(first)};`;
    return `let ${name} = vec2<u32>(${this.#word(first)}, ${this.#word(`${first} + 1u`)});`;
  }

  /** Returns the value of element `j` of a quad. */
  quarter(name: string, j: number): string {
    const { bits } = this.#packing;
    if (bits === 32) return decode(this.dtype, `${name}.${quarters[j]}`);
    if (bits === 8) return decode(this.dtype, `((${name} >> ${8 * j}u) & 255u)`);
    return decode(this.dtype, `((${name}.${j < 2 ? "x" : "y"} >> ${16 * (j & 1)}u) & 65535u)`);
  }

  /** Returns four float32 elements from position `at`, a multiple of four, as one vector. Only for drafts of quads. */
  vector(at: string): string {
    return `bitcast<vec4<f32>>(${this.#name}[(${this.#base} + ${at}) >> 2u])`;
  }

  /** Returns a statement that stores such a vector. */
  putVector(at: string, value: string): string {
    return `${this.#name}[(${this.#base} + ${at}) >> 2u] = bitcast<vec4<u32>>(${value});`;
  }

  /**
   * Returns a statement that stores four values at position `at`, a multiple of four. Only for elements as wide as a
   * word, in drafts of quads.
   */
  putQuad(at: string, values: readonly string[]): string {
    return `${this.#name}[(${this.#base} + ${at}) >> 2u] = vec4<u32>(${values.map((value) => encode(this.dtype, value)).join(", ")});`;
  }

  /** Returns the bits of a value, in the low end of a u32. */
  encode(value: string): string {
    return encode(this.dtype, value);
  }

  /** Returns a statement that stores a value. Only for elements as wide as a word. */
  put(at: string, value: string): string {
    return this.putBits(at, encode(this.dtype, value));
  }

  /** Returns a statement that stores bits. Only for elements as wide as a word. */
  putBits(at: string, value: string): string {
    if (this.#packing.log > 0) throw new Error(`webgpu: a kernel stores single ${this.dtype} elements; use pack.ts`);
    return this.#store(`${this.#base} + ${at}`, value);
  }

  /** Returns word `word` of the view, relative to the start of its buffer. */
  wordAt(word: string): string {
    return this.#word(`(${this.#base} >> ${this.#packing.log}u) + ${word}`);
  }

  /** Returns a statement that stores a whole word. */
  putWord(word: string, value: string): string {
    return this.#store(`(${this.#base} >> ${this.#packing.log}u) + ${word}`, value);
  }

  #store(index: string, value: string): string {
    if (this.#slot.holds === "vec4<u32>") throw new Error("webgpu: a kernel of quads cannot store a single word");
    return this.#slot.holds === "u32"
      ? `${this.#name}[${index}] = ${value};`
      : `atomicStore(&${this.#name}[${index}], ${value});`;
  }

  /**
   * Returns a statement that atomically combines an element with a value. `merge` is the combination of `was` and `v`.
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

/** Returns the bits of a number rounded to float32. */
export function floatBits(value: number): number {
  converter.setFloat32(0, value);
  return converter.getUint32(0);
}

/** The text of a shader: the body of `main`, and declarations outside it. */
export interface ShaderText {
  readonly body: string;
  readonly declarations?: string;
}

/** A launch under construction. */
export class Draft {
  /** Identifies the shader among all of this device's. It must contain everything that the text depends on. */
  key: string;
  /**
   * The small arguments. The first two belong to the launch itself: workgroups per row of the grid, and workgroups in
   * total.
   */
  readonly words: number[] = [0, 0];
  readonly slots: Slot[] = [];
  /** Memory that the launch reads, and memory that it writes. */
  readonly reads: WebGpuBuffer[] = [];
  readonly writes: WebGpuBuffer[] = [];
  /**
   * The program, if the launch does nothing but compute it for all elements of `to` and reads nothing but its inputs;
   * null otherwise.
   */
  fills: { readonly program: Program; readonly to: readonly View[] } | null = null;
  readonly #functions = new Map<string, string>();
  readonly #quads: boolean;
  #views = 0;

  /** @param quads whether elements are loaded and stored four at a time. */
  constructor(key: string, quads = false) {
    this.key = quads ? `${key} quads` : key;
    this.#quads = quads;
  }

  /** Adds an argument of type u32. Returns the expression that refers to it. */
  u32(value: number): string {
    const at = this.words.push(value) - 1;
    let text = references[at];
    if (text === undefined) {
      text = `args[${at >> 2}].${quarters[at & 3]}`;
      references[at] = text;
    }
    return text;
  }

  /** Adds an argument of type i32. Returns the expression that refers to it. */
  i32(value: number): string {
    return `bitcast<i32>(${this.u32(value >>> 0)})`;
  }

  /** Adds an argument of type f32. Returns the expression that refers to it. */
  f32(value: number): string {
    return `bitcast<f32>(${this.u32(floatBits(value))})`;
  }

  /**
   * Binds a view.
   *
   * @throws DeviceError if its memory was freed.
   */
  view(view: Operand, use: Use): Elements {
    return this.#elements(view, use, this.u32(this.start(view, use)));
  }

  /** Like `view`, with positions relative to the start of the heap, for kernels that process many views of one heap. */
  anywhere(view: Operand, use: Use): Elements {
    return this.#elements(view, use, "0u");
  }

  /** Registers the use of a view's memory. Returns the start of its buffer in the heap, in elements. */
  start(view: Operand, use: Use): number {
    const buffer = view.buffer as WebGpuBuffer; // safe: a backend is only given its own buffers
    const { start, block } = buffer;
    if (block === null) throw new DeviceError("webgpu: a kernel uses memory that was freed");
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

  /** Returns the whole shader. The text is given as a function, because accessors are defined while it is generated. */
  shader(text: () => ShaderText, workgroup: number, argumentBytes: number): string {
    const { body: written, declarations = "" } = text();
    // Loads arguments once at the beginning, not in every iteration of a loop.
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
