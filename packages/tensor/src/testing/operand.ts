/**
 * Operands for random kernel calls: shapes, memory layouts and contents that are independent of a device. A layout is
 * drawn as a recipe that applies to any shape, so that fast-check can shrink shape and layout independently. The
 * simplest recipe is a contiguous view at offset 0.
 */

import * as fc from "fast-check";
import type { Backend, DeviceBuffer } from "../backend.ts";
import { round } from "../backends/reference/primitives.ts";
import { bytesOf, type DType, isFloating, typedArray } from "../dtype.ts";
import { encode as encoded, numbersOf } from "../encode.ts";
import type { View } from "../kernel.ts";
import { type Shape, sizeOf } from "../shape.ts";

/**
 * The values in an operand. `tame` values have magnitudes near one, so that sums and products neither overflow nor
 * underflow. `infinite` are these with infinities and NaN among them. `wide` values have a wide range of exponents.
 * `special` includes infinities, NaN, the largest and smallest numbers, and minus zero.
 */
export type Contents = "tame" | "infinite" | "wide" | "special";

/** The layout and contents of an operand of any shape. */
export interface Recipe {
  /** A sort key per dimension; a higher key means a larger stride. All equal: row-major. */
  readonly order: readonly number[];
  /** The spacing of elements along each dimension: 1 for no gaps. */
  readonly steps: readonly number[];
  /** Dimensions with stride 0; for inputs only. */
  readonly repeat: readonly boolean[];
  readonly offset: number;
  readonly seed: number;
  readonly contents: Contents;
}

/** The contents of a buffer and a view of it, independent of a device. */
export interface Operand {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
  /** The contents of the whole buffer, inside and outside the view. */
  readonly values: readonly number[];
}

const dimensions = 6;

/** Generates recipes. */
export function recipe(contents: readonly Contents[] = ["tame", "wide", "special"]): fc.Arbitrary<Recipe> {
  const each = <T>(one: fc.Arbitrary<T>) =>
    fc.array(one, { minLength: dimensions, maxLength: dimensions, size: "max" });
  return fc.record({
    order: fc.oneof(
      { weight: 2, arbitrary: fc.constant(new Array<number>(dimensions).fill(0)) },
      { weight: 1, arbitrary: each(fc.nat(3)) },
    ),
    steps: fc.oneof(
      { weight: 3, arbitrary: fc.constant(new Array<number>(dimensions).fill(1)) },
      { weight: 1, arbitrary: each(fc.integer({ min: 1, max: 3 })) },
    ),
    repeat: fc.oneof(
      { weight: 3, arbitrary: fc.constant(new Array<boolean>(dimensions).fill(false)) },
      { weight: 1, arbitrary: each(fc.boolean()) },
    ),
    offset: fc.constantFrom(0, 0, 1, 3, 4),
    seed: fc.nat(),
    contents: fc.constantFrom(...contents),
  });
}

/** Limits on random shapes. */
export interface ShapeLimits {
  /** The maximum and minimum number of dimensions. Default 4 and 0. */
  readonly rank?: number;
  readonly least?: number;
  /** The approximate maximum number of elements. Default 600. */
  readonly most?: number;
  /** Whether sizes of 0 are included. Default true. */
  readonly empty?: boolean;
}

/**
 * Generates shapes of up to `rank` dimensions and about `most` elements, with the sizes at which kernels tend to fail.
 */
export function shapes({ rank = 4, least = 0, most = 600, empty = true }: ShapeLimits = {}): fc.Arbitrary<number[]> {
  const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 65];
  const size = empty
    ? fc.oneof({ weight: 30, arbitrary: fc.constantFrom(...sizes) }, { weight: 1, arbitrary: fc.constant(0) })
    : fc.constantFrom(...sizes);
  return fc.array(size, { minLength: least, maxLength: rank, size: "max" }).map((shape) => limited(shape, most));
}

/** Halves the largest sizes of a shape until it has at most `most` elements. */
function limited(shape: readonly number[], most: number): number[] {
  const result = [...shape];
  while (sizeOf(result) > most) {
    const at = result.indexOf(Math.max(...result));
    result[at] = Math.ceil((result[at] as number) / 2);
  }
  return result;
}

/** Creates an operand of a shape and dtype according to a recipe. An output repeats no element. */
export function operand(made: Recipe, shape: Shape, dtype: DType, role: "input" | "output" = "input"): Operand {
  const strides = new Array<number>(shape.length).fill(0);
  const inwards = shape.map((_, d) => d).sort((a, b) => (made.order[a] as number) - (made.order[b] as number) || b - a);
  let step = 1;
  for (const d of inwards) {
    if (role === "input" && made.repeat[d]) continue;
    strides[d] = step * (made.steps[d] as number);
    step = (strides[d] as number) * Math.max(shape[d] as number, 1);
  }
  const reach = sizeOf(shape) === 0 ? 0 : shape.reduce((sum, size, d) => sum + (size - 1) * (strides[d] as number), 1);
  const length = made.offset + reach + (made.seed % 3);
  return { dtype, shape, strides, offset: made.offset, values: contents(made.contents, dtype, length, made.seed) };
}

/** Returns the same elements read from the other end along some dimensions, chosen by the bits of a number. */
export function reversed(one: Operand, bits: number): Operand {
  let { offset } = one;
  const strides = one.strides.map((stride, d) => {
    if ((bits >> d) % 2 === 0 || one.shape.includes(0)) return stride;
    offset += ((one.shape[d] as number) - 1) * stride;
    return -stride;
  });
  return { ...one, strides, offset };
}

/** Replaces the values of an operand, for example by indices that are in bounds. */
export function withValues(one: Operand, value: (i: number, random: () => number) => number, seed: number): Operand {
  const random = generator(seed);
  return { ...one, values: one.values.map((_, i) => value(i, random)) };
}

/** Returns a small, fast generator of numbers in [0, 1) (mulberry32), so that contents are determined by one seed. */
export function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const special = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -0,
  0,
  1,
  -1,
  1e-40,
  3e38,
  -65504,
  0.5,
  2.5,
  6e-8,
];

function contents(kind: Contents, dtype: DType, length: number, seed: number): number[] {
  const random = generator(seed);
  return Array.from({ length }, () => represent(one(kind, dtype, random), dtype));
}

function one(kind: Contents, dtype: DType, random: () => number): number {
  const u = random();
  if (dtype === "bool") return u < 0.5 ? 0 : 1;
  if (dtype === "uint8") return Math.floor(kind === "tame" || kind === "infinite" ? u * 8 : u * 256);
  if (dtype === "int32")
    return kind === "tame" || kind === "infinite"
      ? Math.floor(u * 17) - 8
      : kind === "wide"
        ? Math.floor((u - 0.5) * 2 ** 32)
        : edge(random);
  if (kind === "infinite" && u < 0.1) return special[Math.floor(u * 30)] as number;
  if (kind === "special" && u < 0.3) return special[Math.floor(random() * special.length)] as number;
  if (kind === "wide") return (u < 0.5 ? -1 : 1) * 2 ** ((random() - 0.5) * (dtype === "float16" ? 24 : 60));
  return (u - 0.5) * 4;
}

function edge(random: () => number): number {
  const edges = [0, 1, -1, 2, -3, 31, 32, 2 ** 31 - 1, -(2 ** 31), 65536, 46341];
  return edges[Math.floor(random() * edges.length)] as number;
}

/** Rounds a number to a dtype. */
function represent(value: number, dtype: DType): number {
  return isFloating(dtype) ? round(value, dtype) : value;
}

/** Encodes an operand's buffer as bytes. */
export function encode({ dtype, values }: Operand): Uint8Array {
  const { buffer, byteOffset, byteLength } = encoded(values, dtype);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Decodes bytes to numbers. */
export function decode(dtype: DType, bytes: Uint8Array): number[] {
  const array = typedArray(dtype, bytes.length / bytesOf(dtype));
  new Uint8Array(array.buffer).set(bytes);
  return Array.from(numbersOf(array, dtype));
}

/** Uploads an operand to a device. */
export function place(device: Backend, one: Operand): View {
  const bytes = encode(one);
  const buffer = device.allocate(bytes.length);
  device.write(buffer, bytes);
  return new PlacedView(one, buffer);
}

/**
 * A view whose buffer is a getter, like that of a tensor: a backend that copies a view by spreading it loses the
 * buffer.
 */
class PlacedView implements View {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
  readonly #buffer: DeviceBuffer;

  constructor({ dtype, shape, strides, offset }: Operand, buffer: DeviceBuffer) {
    this.dtype = dtype;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.#buffer = buffer;
  }

  get buffer(): DeviceBuffer {
    return this.#buffer;
  }
}

/** Returns the elements of an operand's view in row-major order. */
export function logical(one: Operand, values: readonly number[] = one.values): number[] {
  let list = sizeOf(one.shape) === 0 ? [] : [one.offset];
  one.shape.forEach((size, d) => {
    list = list.flatMap((position) =>
      Array.from({ length: size }, (_, i) => position + i * (one.strides[d] as number)),
    );
  });
  return list.map((position) => values[position] as number);
}

/** Formats an operand as one line of text. */
export function showOperand({ dtype, shape, strides, offset, values }: Operand): string {
  const some = values.length > 24 ? `${values.slice(0, 24).join(" ")} …` : values.join(" ");
  return `${dtype}[${shape.join(", ")}] strides [${strides.join(", ")}] offset ${offset} of ${values.length}: ${some}`;
}
