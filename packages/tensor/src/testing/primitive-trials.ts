/**
 * Tests of each primitive alone over the whole range of its arguments, which also measure the largest error in ulps for
 * the documentation of a backend. Operations that IEEE 754 defines have to be exact.
 */

import type { Backend } from "../backend.ts";
import { binary, compare, round, unary } from "../backends/reference/primitives.ts";
import { type DType, isFloating } from "../dtype.ts";
import { node } from "../expr/expr.ts";
import type { BinaryOp, CompareOp, ScalarOp, UnaryOp } from "../expr/ops.ts";
import { program } from "../expr/program.ts";
import { type Accuracy, allows, flushed, tiny } from "./formula-range.ts";
import { decode, generator, type Operand, operand, place } from "./operand.ts";
import { type Floating, point, showRange, spread, ulp } from "./range.ts";

/** Floating-point primitives of one number. */
// biome-ignore format: one entry per line would be hard to read
export const unaryOps: readonly UnaryOp[] = [
  "neg", "abs", "floor", "ceil", "round", "trunc", "sqrt", "exp", "expm1", "log", "log1p", "log2", "log10", "sin", "cos", "tan", "atan",
  "tanh", "erf", "erfc", "relu",
];

/** Floating-point primitives of two numbers. */
export const floatBinaryOps: readonly BinaryOp[] = ["add", "sub", "mul", "div", "fmod", "pow", "atan2", "min", "max"];

/** Integer primitives of two numbers. */
export const integerBinaryOps: readonly BinaryOp[] = [
  "add",
  "sub",
  "mul",
  "idiv",
  "fmod",
  "pow",
  "min",
  "max",
  "and",
  "or",
  "xor",
  "shl",
  "shr",
];

/** Primitives of bools. */
export const boolBinaryOps: readonly BinaryOp[] = ["add", "sub", "mul", "min", "max", "and", "or", "xor"];

/** Comparisons. */
export const compareOps: readonly CompareOp[] = ["eq", "ne", "lt", "le"];

/** The measured error of one primitive on one dtype. */
export interface Measured {
  readonly op: string;
  readonly dtype: DType;
  /** The largest error, in ulps of the dtype in which the primitive computes. */
  readonly ulps: number;
  /** The arguments with the largest error. */
  readonly at: readonly number[];
}

// biome-ignore format: one entry per line would be hard to read
const edges: Readonly<Record<"float" | "int32" | "uint8" | "bool", readonly number[]>> = {
  float: [
    Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 2, 3, -3, 10, 1e-45, 1e-40, -1e-40, 1.17549435e-38,
    3.4028234e38, -3.4028234e38, 16777216, 16777217, 8388607.5, 4194304.5, 2147483648, 88, 89, -87, -88, -104, 127.5, Math.PI, Math.PI / 2, 22, 1e5, 1e10,
  ],
  int32: [0, 1, -1, 2, -2, 3, 7, -7, 31, 32, 33, 255, 256, 46341, 65536, 2 ** 31 - 1, -(2 ** 31), -(2 ** 31) + 1],
  uint8: [0, 1, 2, 3, 7, 8, 127, 128, 254, 255],
  bool: [0, 1],
};

/**
 * Returns arguments of every magnitude: the edge cases in all combinations, then random ones, many of them near one and
 * some with any exponent.
 */
function argumentsFor(dtype: DType, arity: number, count: number): number[][] {
  // Safe: all other dtypes are floating point.
  const special = edges[isFloating(dtype) ? "float" : (dtype as "int32" | "uint8" | "bool")];
  const lists: number[][] = Array.from({ length: arity }, () => []);
  for (const a of special) {
    if (arity === 1) lists[0]?.push(a);
    else for (const b of special) for (const [k, list] of lists.entries()) list.push(k === 0 ? a : b);
  }
  const random = generator(1);
  const draw = (): number => {
    const u = random();
    if (dtype === "bool") return u < 0.5 ? 0 : 1;
    if (dtype === "uint8") return Math.floor(u * 256);
    if (dtype === "int32") return random() < 0.5 ? Math.floor((u - 0.5) * 2 ** 32) : Math.floor((u - 0.5) * 200);
    const kind = random();
    if (kind < 0.5) return (u - 0.5) * 20;
    if (kind < 0.7) return (u - 0.5) * 200;
    return (u < 0.5 ? -1 : 1) * 2 ** ((random() - 0.5) * 250);
  };
  while ((lists[0] as number[]).length < count) for (const list of lists) list.push(draw());
  return lists.map((list) => list.map((value) => round(value, dtype)));
}

/**
 * Runs one primitive on a device and measures its error. Throws if a result is less accurate than `accuracy` permits.
 */
export async function measure(
  device: Backend,
  op: UnaryOp | BinaryOp | CompareOp,
  arity: 1 | 2,
  dtype: DType,
  accuracy: Accuracy,
  count = 4000,
): Promise<Measured> {
  // Devices that flush may treat subnormal arguments differently, so they are replaced by zeros.
  const normal = (value: number): number =>
    accuracy.subnormals === "flushed" && Math.abs(value) < 2 ** -126 ? 0 * value : value;
  const lists = argumentsFor(dtype, arity, count).map((list) => list.map(normal));
  const comparing = compareOps.includes(op as CompareOp);
  const resultType: DType = comparing ? "bool" : dtype;
  const inputs = lists.map((values) => ({ ...contiguous(dtype, values.length), values }));
  const output = contiguous(resultType, count);
  const formula = node(
    op,
    resultType,
    lists.map((_, k) => node("input", dtype, [], k)),
  );
  const views = [...inputs, output].map((one) => place(device, one));
  device.run({
    kind: "pointwise",
    program: program([formula]),
    inputs: views.slice(0, arity),
    scalars: [],
    to: views.slice(arity),
  });
  const target = views[arity] as (typeof views)[number];
  const got = decode(resultType, await device.read(target.buffer, 0, target.buffer.bytes)).slice(0, lists[0]?.length);
  for (const view of views) device.free(view.buffer);
  const exactly = comparing
    ? compare(op as CompareOp)
    : arity === 1
      ? unary(op as UnaryOp)
      : binary(op as BinaryOp, dtype);
  let worst: Measured = { op, dtype, ulps: 0, at: [] };
  got.forEach((value, i) => {
    const args = lists.map((list) => list[i] as number);
    const want = exactly(args[0] as number, args[1] as number);
    const allowed = allowedFor(op, want, resultType, accuracy);
    if (!allows(allowed, value, resultType, accuracy))
      throw new Error(`${op}(${args.join(", ")}) of ${dtype} is ${value}, expected ${showRange(allowed)}`);
    const ulps = isFloating(resultType) ? error(value, want, resultType) : 0;
    if (ulps > worst.ulps) worst = { op, dtype, ulps, at: args };
  });
  return worst;
}

function allowedFor(op: string, want: number, dtype: DType, accuracy: Accuracy) {
  const ulps = accuracy[op as ScalarOp];
  const rounded = round(want, dtype);
  if (ulps === undefined || !isFloating(dtype) || !Number.isFinite(want) || want === 0)
    return flushed(point(rounded), dtype, accuracy);
  return tiny(spread(point(want), ulps, dtype), dtype);
}

function error(got: number, want: number, dtype: DType): number {
  if (!Number.isFinite(got) || !Number.isFinite(want) || got === want) return 0;
  const type = dtype as Floating; // safe: only called for floating-point results
  // Below the smallest normal number a function may return zero, which does not count as an error.
  return Math.abs(want) < (dtype === "float64" ? 2 ** -1022 : 2 ** -126) ? 0 : Math.abs(got - want) / ulp(want, type);
}

function contiguous(dtype: DType, length: number): Operand {
  const made = { order: [0], steps: [1], repeat: [false], offset: 0, seed: 0, contents: "tame" as const };
  return operand(made, [length], dtype, "output");
}
