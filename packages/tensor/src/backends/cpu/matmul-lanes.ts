/**
 * The element types that the matmul, convolution and pooling kernels compute in (float32, float64 and int32), each as
 * the instructions in which they differ.
 */

import { once } from "../../once.ts";
import {
  type Code,
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  i32x4,
  type Local,
  multiplyAdd,
  type Operand,
  type Type,
  v128,
} from "./wasm/index.ts";

/** An element type that kernels compute in. */
export type Element = "float32" | "float64" | "int32";

/** The instructions of an element type. */
export interface Lanes {
  readonly element: Element;
  /** Bytes of an element, its binary logarithm, and elements per vector. */
  readonly bytes: 4 | 8;
  readonly shift: 2 | 3;
  readonly count: 4 | 2;
  /** Loads one element into every lane. */
  splat(address: Operand<"i32">, offset?: number): Code<"v128">;
  /** Loads one element into the first lane and zeros the others. */
  first(address: Operand<"i32">): Code<"v128">;
  /** `a · b + c` */
  madd(a: Code<"v128">, b: Code<"v128">, c: Code<"v128">): Code<"v128">;
  add(a: Code<"v128">, b: Code<"v128">): Code<"v128">;
  /** Stores one lane. */
  storeLane(address: Operand<"i32">, vector: Code<"v128">, lane: number, offset?: number): Code<"void">;
  /** Copies one element. */
  copy(to: Operand<"i32">, from: Operand<"i32">): Code<"void">;
  /** `memory[to] = memory[from] + lane` for one lane. */
  addLane(to: Operand<"i32">, from: Operand<"i32">, vector: Local<"v128">, lane: number): Code<"void">;
  /** `memory[to] = memory[a] + memory[b]` for one element. */
  addMemory(to: Operand<"i32">, a: Operand<"i32">, b: Operand<"i32">): Code<"void">;
  /** A vector of zeros. */
  zero: Code<"v128">;
}

const made = new Map<string, Lanes>();

/** Returns the instructions of `element`. `relaxed` says whether the engine has fused multiply-add. */
export function lanesOf(element: Element, relaxed: boolean): Lanes {
  return once(made, `${element} ${relaxed}`, () => make(element, relaxed));
}

function make(element: Element, relaxed: boolean): Lanes {
  switch (element) {
    case "float32":
      return lanes(element, 4, f32, f32x4, multiplyAdd("f32x4", relaxed));
    case "int32":
      return lanes(element, 4, i32, i32x4, (a, b, c) => i32x4.add(i32x4.mul(a, b), c));
    case "float64":
      return lanes(element, 8, f64, f64x2, multiplyAdd("f64x2", relaxed));
  }
}

/** A vector of zeros. */
export const zero: Code<"v128"> = /* @__PURE__ */ v128.const(/* @__PURE__ */ new Array<number>(16).fill(0));

/** Scalar instructions of a type. */
interface Numbers<T extends Type> {
  load(address: Operand<"i32">): Code<T>;
  store(address: Operand<"i32">, value: Code<T>): Code<"void">;
  add(a: Code<T>, b: Code<T>): Code<T>;
}

/** Vector instructions of a type. */
interface Vectors<T extends Type> {
  add(a: Code<"v128">, b: Code<"v128">): Code<"v128">;
  extract(vector: Code<"v128">, lane: number): Code<T>;
}

function lanes<T extends Type>(
  element: Element,
  bytes: 4 | 8,
  { load, store, add }: Numbers<T>,
  vectors: Vectors<T>,
  madd: Lanes["madd"],
): Lanes {
  const wide = bytes === 8;
  return {
    ...{ element, bytes, shift: wide ? 3 : 2, count: wide ? 2 : 4, zero, madd, add: vectors.add },
    splat: wide ? v128.load64Splat : v128.load32Splat,
    first: wide ? v128.load64Zero : v128.load32Zero,
    storeLane: (address, vector, lane, offset) => v128.storeLane(wide ? 64 : 32, address, vector, lane, offset),
    copy: (to, from) => (wide ? f64.store(to, f64.load(from)) : i32.store(to, i32.load(from))),
    addMemory: (to, a, b) => store(to, add(load(a), load(b))),
    addLane: (to, from, vector, lane) => store(to, add(vectors.extract(vector, lane), load(from))),
  };
}
