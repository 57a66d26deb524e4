/**
 * Creation of tensors whose elements follow a rule: evenly spaced numbers, the identity matrix, indices of triangles.
 */

import { checkInteger, refuse } from "./argument.ts";
import { allocate, checkOptions, type TensorOptions, upload } from "./creation.ts";
import { type DType, isFloating } from "./dtype.ts";
import { encode } from "./encode.ts";
import { ArgumentError } from "./errors.ts";
import { fillView } from "./ops/fill.ts";
import { diagonal } from "./ops/slice.ts";
import type { Tensor } from "./tensor.ts";

function expectNumber(operation: string, name: string, value: number): void {
  if (typeof value !== "number" || !Number.isFinite(value)) refuse(operation, name, value, "be a finite number");
}

/** Returns the conversion of a rule's numbers to a dtype: for integers they are truncated first, as in PyTorch. */
const representable = (dtype: DType = "float32"): ((value: number) => number) =>
  isFloating(dtype) ? (value) => value : Math.trunc;

/**
 * Creates a vector of the numbers from `start` (default 0) up to, but not including, `end`, in steps of `step` (default
 * 1). The default dtype is int32 when all of these are integers, otherwise float32.
 *
 * https://pytorch.org/docs/stable/generated/torch.arange.html
 *
 * @throws ArgumentError when the step is zero or leads away from `end`.
 * @example
 * arange(5); // [0, 1, 2, 3, 4]
 * arange(0, 1, 0.25); // [0, 0.25, 0.5, 0.75]
 */
export function arange(end: number, options?: TensorOptions): Tensor;
export function arange(start: number, end: number, options?: TensorOptions): Tensor;
export function arange(start: number, end: number, step: number, options?: TensorOptions): Tensor;
export function arange(...given: readonly (number | TensorOptions | undefined)[]): Tensor {
  const numbers = given.filter((value) => typeof value === "number");
  const others = [...given.filter((value) => typeof value !== "number" && value !== undefined), ...numbers.slice(3)];
  const [options = {}] = others as TensorOptions[]; // safe: anything else, such as a fourth number, is rejected below
  const [from, to, by] =
    numbers.length === 1 ? [0, numbers[0] as number, 1] : [numbers[0] as number, numbers[1] as number, numbers[2] ?? 1];
  expectNumber("arange", "start", from);
  expectNumber("arange", "end", to);
  expectNumber("arange", "step", by);
  checkOptions("arange", options);
  const [start, end, step] = [from, to, by].map(representable(options.dtype)) as [number, number, number];
  if (step === 0 || (end - start) * step < 0) {
    throw new ArgumentError(`arange: a step of ${step} does not lead from ${start} to ${end}`);
  }
  const dtype: DType = options.dtype ?? (numbers.every(Number.isInteger) ? "int32" : "float32");
  const values = new Float64Array(Math.ceil((end - start) / step));
  for (let i = 0; i < values.length; i++) values[i] = start + i * step;
  return upload("arange", encode(values, dtype), [values.length], dtype, options.device);
}

/**
 * Computes evenly spaced numbers, the first half from the start and the second half from the end, so that both ends are
 * exact. For an odd count the middle belongs to the second half, which matters for integers.
 */
function spaced(operation: string, from: number, to: number, steps: number, dtype: DType): Float64Array {
  expectNumber(operation, "start", from);
  expectNumber(operation, "end", to);
  checkInteger(operation, "steps", steps);
  const values = new Float64Array(steps);
  const [start, end] = [from, to].map(representable(dtype)) as [number, number];
  const step = steps > 1 ? (end - start) / (steps - 1) : 0;
  for (let i = 0; i < steps; i++)
    values[i] = i < Math.floor(steps / 2) ? start + step * i : end - step * (steps - 1 - i);
  if (steps === 1) values[0] = start;
  return values;
}

/**
 * Creates a vector of `steps` evenly spaced numbers from `start` to `end`, both included. Default dtype float32. For an
 * integer dtype, both are truncated first, then every element.
 *
 * https://pytorch.org/docs/stable/generated/torch.linspace.html
 *
 * @throws ArgumentError unless `start` and `end` are finite and `steps` is a non-negative integer.
 */
export function linspace(start: number, end: number, steps: number, options: TensorOptions = {}): Tensor {
  checkOptions("linspace", options);
  const dtype = options.dtype ?? "float32";
  const values = spaced("linspace", start, end, steps, dtype);
  return upload("linspace", encode(values, dtype), [steps], dtype, options.device);
}

/** Options of `logspace`. */
export interface LogspaceOptions extends TensorOptions {
  /** The base of the powers. Default 10. */
  readonly base?: number;
}

/**
 * Creates a vector of `baseˢ` for `steps` evenly spaced exponents s from `start` to `end`, both included. Default dtype
 * float32.
 *
 * https://pytorch.org/docs/stable/generated/torch.logspace.html
 *
 * @throws ArgumentError unless `start` and `end` are finite and `steps` is a non-negative integer.
 */
export function logspace(start: number, end: number, steps: number, options: LogspaceOptions = {}): Tensor {
  checkOptions("logspace", options, ["base"]);
  const { base = 10, dtype = "float32" } = options;
  const values = spaced("logspace", start, end, steps, dtype).map((exponent) => base ** exponent);
  return upload("logspace", encode(values, dtype), [steps], dtype, options.device);
}

/**
 * Creates a matrix with ones on the main diagonal and zeros elsewhere, [n, m]. `m` defaults to `n`.
 *
 * https://pytorch.org/docs/stable/generated/torch.eye.html
 *
 * @throws ArgumentError unless `n` and `m` are non-negative integers.
 */
export function eye(n: number, m?: number | TensorOptions, options?: TensorOptions): Tensor {
  const columns = typeof m === "number" ? m : n;
  const [chosen = {}] = [typeof m === "number" ? options : (options ?? m)];
  checkOptions("eye", chosen);
  checkInteger("eye", "n", n);
  checkInteger("eye", "columns", columns);
  const result = allocate("eye", [n, columns], chosen.dtype ?? "float32", chosen.device);
  fillView(result, 0, result.device);
  fillView(diagonal(result), 1, result.device);
  return result;
}

/** Options of `trilIndices` and `triuIndices`. */
export interface TriangleOptions extends TensorOptions {
  /** The diagonal that bounds the triangle: 0 for the main diagonal, positive above it. Default 0. */
  readonly offset?: number;
}

function triangle(
  operation: string,
  rows: number,
  columns: number,
  options: TriangleOptions,
  inside: (above: number, offset: number) => boolean,
): Tensor {
  checkOptions(operation, options, ["offset"]);
  const { offset = 0 } = options;
  checkInteger(operation, "rows", rows);
  checkInteger(operation, "columns", columns);
  const [is, js]: [number[], number[]] = [[], []];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      if (inside(j - i, offset)) {
        is.push(i);
        js.push(j);
      }
    }
  }
  const dtype = options.dtype ?? "int32";
  return upload(operation, encode([...is, ...js], dtype), [2, is.length], dtype, options.device);
}

/**
 * Returns the row and column indices of the lower triangle of a matrix, [2, count]. Default dtype int32.
 * https://pytorch.org/docs/stable/generated/torch.tril_indices.html
 */
export function trilIndices(rows: number, columns: number, options: TriangleOptions = {}): Tensor {
  return triangle("trilIndices", rows, columns, options, (above, offset) => above <= offset);
}

/**
 * Returns the row and column indices of the upper triangle of a matrix, [2, count]. Default dtype int32.
 * https://pytorch.org/docs/stable/generated/torch.triu_indices.html
 */
export function triuIndices(rows: number, columns: number, options: TriangleOptions = {}): Tensor {
  return triangle("triuIndices", rows, columns, options, (above, offset) => above >= offset);
}
