/** The element types that the heavy kernels compute in, each as the instructions that differ: float32, float64 and int32. */

import { type Code, f32, f32x4, f64, f64x2, i32, i32x4, type Local, multiplyAdd, type Operand, v128 } from "./wasm/index.ts";

/** An element type that kernels compute in. */
export type Element = "float32" | "float64" | "int32";

/** The instructions of an element type. */
export interface Lanes {
  readonly element: Element;
  /** Bytes of an element, its logarithm, and elements per vector. */
  readonly bytes: 4 | 8;
  readonly shift: 2 | 3;
  readonly count: 4 | 2;
  /** A vector of one element of memory. */
  splat(address: Operand<"i32">, offset?: number): Code<"v128">;
  /** A vector with an element of memory in its first lane and zeros in the others. */
  first(address: Operand<"i32">): Code<"v128">;
  /** `a · b + c` */
  madd(a: Code<"v128">, b: Code<"v128">, c: Code<"v128">): Code<"v128">;
  add(a: Code<"v128">, b: Code<"v128">): Code<"v128">;
  /** Writes one lane. */
  storeLane(address: Operand<"i32">, vector: Code<"v128">, lane: number, offset?: number): Code<"void">;
  /** One element copied. */
  copy(to: Operand<"i32">, from: Operand<"i32">): Code<"void">;
  /** `memory[to] = memory[from] + lane` for one lane. */
  addLane(to: Operand<"i32">, from: Operand<"i32">, vector: Local<"v128">, lane: number): Code<"void">;
  /** `memory[to] = memory[a] + memory[b]` for one element. */
  addMemory(to: Operand<"i32">, a: Operand<"i32">, b: Operand<"i32">): Code<"void">;
  /** A vector of zeros. */
  zero: Code<"v128">;
}

const made: Partial<Record<string, Lanes>> = {};

/** The instructions of `element`; `relaxed` says whether the engine has a fused multiply-add. */
export function lanesOf(element: Element, relaxed: boolean): Lanes {
  const key = relaxed ? `${element} fused` : element;
  made[key] ??= make(element, relaxed);
  return made[key];
}

function make(element: Element, relaxed: boolean): Lanes {
  const zero = v128.const(new Array<number>(16).fill(0));
  switch (element) {
    case "float32":
      return {
        element,
        bytes: 4,
        shift: 2,
        count: 4,
        splat: v128.load32Splat,
        first: v128.load32Zero,
        madd: multiplyAdd("f32x4", relaxed),
        add: f32x4.add,
        storeLane: (address, vector, lane, offset) => v128.storeLane(32, address, vector, lane, offset),
        copy: (to, from) => i32.store(to, i32.load(from)),
        addMemory: (to, a, b) => f32.store(to, f32.add(f32.load(a), f32.load(b))),
        addLane: (to, from, vector, lane) => f32.store(to, f32.add(f32x4.extract(vector, lane), f32.load(from))),
        zero,
      };
    case "float64":
      return {
        element,
        bytes: 8,
        shift: 3,
        count: 2,
        splat: v128.load64Splat,
        first: v128.load64Zero,
        madd: multiplyAdd("f64x2", relaxed),
        add: f64x2.add,
        storeLane: (address, vector, lane, offset) => v128.storeLane(64, address, vector, lane, offset),
        copy: (to, from) => f64.store(to, f64.load(from)),
        addMemory: (to, a, b) => f64.store(to, f64.add(f64.load(a), f64.load(b))),
        addLane: (to, from, vector, lane) => f64.store(to, f64.add(f64x2.extract(vector, lane), f64.load(from))),
        zero,
      };
    case "int32":
      return {
        element,
        bytes: 4,
        shift: 2,
        count: 4,
        splat: v128.load32Splat,
        first: v128.load32Zero,
        madd: (a, b, c) => i32x4.add(i32x4.mul(a, b), c),
        add: i32x4.add,
        storeLane: (address, vector, lane, offset) => v128.storeLane(32, address, vector, lane, offset),
        copy: (to, from) => i32.store(to, i32.load(from)),
        addMemory: (to, a, b) => i32.store(to, i32.add(i32.load(a), i32.load(b))),
        addLane: (to, from, vector, lane) => i32.store(to, i32.add(i32x4.extract(vector, lane), i32.load(from))),
        zero,
      };
  }
}
