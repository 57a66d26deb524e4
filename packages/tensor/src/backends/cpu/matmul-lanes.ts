/**
 * The element types that the matmul, convolution and pooling kernels compute in (float32, float64 and int32), each as
 * the instructions in which they differ.
 */

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

const made: readonly Partial<Record<Element, Lanes>>[] = [{}, {}];

/** Returns the instructions of `element`. `relaxed` says whether the engine has fused multiply-add. */
export function lanesOf(element: Element, relaxed: boolean): Lanes {
  const known = made[Number(relaxed)] as Partial<Record<Element, Lanes>>; // safe: there are two
  known[element] ??= make(element, relaxed);
  return known[element];
}

function make(element: Element, relaxed: boolean): Lanes {
  switch (element) {
    case "float32":
      return { element, ...narrow, madd: multiplyAdd("f32x4", relaxed), ...arithmetic(f32, f32x4) };
    case "int32":
      return { element, ...narrow, madd: (a, b, c) => i32x4.add(i32x4.mul(a, b), c), ...arithmetic(i32, i32x4) };
    case "float64":
      return { element, ...wide, madd: multiplyAdd("f64x2", relaxed), ...arithmetic(f64, f64x2) };
  }
}

type Access = Pick<Lanes, "bytes" | "shift" | "count" | "splat" | "first" | "storeLane" | "copy" | "zero">;

const zero = /* @__PURE__ */ v128.const(/* @__PURE__ */ new Array<number>(16).fill(0));

/** Memory access for elements of 4 bytes, and of 8. */
const narrow: Access = {
  bytes: 4,
  shift: 2,
  count: 4,
  splat: v128.load32Splat,
  first: v128.load32Zero,
  storeLane: (address, vector, lane, offset) => v128.storeLane(32, address, vector, lane, offset),
  copy: (to, from) => i32.store(to, i32.load(from)),
  zero,
};
const wide: Access = {
  bytes: 8,
  shift: 3,
  count: 2,
  splat: v128.load64Splat,
  first: v128.load64Zero,
  storeLane: (address, vector, lane, offset) => v128.storeLane(64, address, vector, lane, offset),
  copy: (to, from) => f64.store(to, f64.load(from)),
  zero,
};

/** Scalar instructions of a type. */
interface Numbers<T extends Type> {
  load(address: Operand<"i32">): Code<T>;
  store(address: Operand<"i32">, value: Code<T>): Code<"void">;
  add(a: Code<T>, b: Code<T>): Code<T>;
}

function arithmetic<T extends Type>(
  one: Numbers<T>,
  { add, extract }: { add: Lanes["add"]; extract(vector: Code<"v128">, lane: number): Code<T> },
): Pick<Lanes, "add" | "addLane" | "addMemory"> {
  return {
    add,
    addMemory: (to, a, b) => one.store(to, one.add(one.load(a), one.load(b))),
    addLane: (to, from, vector, lane) => one.store(to, one.add(extract(vector, lane), one.load(from))),
  };
}
