/**
 * Formatting of tensors as PyTorch prints them: four decimals, columns of equal width, scientific notation for a wide
 * range of values, and a summary of large tensors. Only the elements that are shown are read.
 */

import type { DType, TypedArray } from "./dtype.ts";
import { isFloating } from "./dtype.ts";
import { decoder } from "./encode.ts";
import { narrow, select } from "./ops/slice.ts";
import { printing } from "./print-options.ts";
import { type Shape, showShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

const prefix = "tensor(";

/** Formats a magnitude with a fixed number of decimals. */
function fixed(magnitude: number): string {
  return rounded((digits) => magnitude.toFixed(digits));
}

/** Formats a magnitude in scientific notation, with an exponent of at least two digits. */
function scientific(magnitude: number): string {
  const text = rounded((digits) => magnitude.toExponential(digits));
  return text.replace(/\d+$/, (power) => power.padStart(2, "0"));
}

/** Formats a number with `precision` decimals. Ties round to even, like in Python; JavaScript rounds them up. */
function rounded(write: (digits: number) => string): string {
  const { precision } = printing;
  const up = write(precision);
  if (!/5(e|$)/.test(write(precision + 1))) return up;
  // All of its digits, to distinguish an exact tie from a number next to one.
  const [long = "", exponent] = write(60).split("e");
  const [kept, rest] = [long.slice(0, (precision || -1) - 60), long.slice(precision - 60)];
  if (!/^50*$/.test(rest) || Number(kept.at(-1)) % 2 === 1) return up;
  return exponent === undefined ? kept : `${kept}e${exponent}`;
}

/** How the elements of a tensor are formatted, and the width of the widest one. */
interface Style {
  readonly width: number;
  readonly write: (value: number) => string;
}

function styleOf(values: readonly number[], dtype: DType): Style {
  if (!isFloating(dtype)) {
    const write = dtype === "bool" ? (value: number) => (value !== 0 ? "True" : "False") : String;
    return { width: widest(values, write), write };
  }
  const finite = values.filter((value) => value !== 0 && Number.isFinite(value));
  const least = finite.reduce((low, value) => Math.min(low, Math.abs(value)), Number.POSITIVE_INFINITY);
  const most = finite.reduce((high, value) => Math.max(high, Math.abs(value)), 0);
  const whole = finite.every(Number.isInteger);
  const far = finite.length > 0 && (most / least > 1000 || most > 1e8 || (!whole && least < 1e-4));
  const size =
    (printing.sciMode ?? far) ? scientific : whole ? (magnitude: number) => `${magnitude.toFixed(0)}.` : fixed;
  const write = (value: number) => {
    if (Number.isNaN(value)) return "nan";
    const magnitude = Math.abs(value);
    const sign = value < 0 || Object.is(value, -0) ? "-" : "";
    return sign + (magnitude === Number.POSITIVE_INFINITY ? "inf" : size(magnitude));
  };
  return { width: widest(finite, write), write };
}

function widest(values: readonly number[], write: (value: number) => string): number {
  return values.reduce((width, value) => Math.max(width, write(value).length), 1);
}

/** Returns the elements at both ends of every dimension that is too long to show in full. */
function edges(x: Tensor): number[] {
  // Safe: only large tensors are passed, and parts of them that have a dimension.
  const size = x.shape[0] as number;
  const edge = printing.edgeitems;
  const parts = size > 2 * edge ? [narrow(x, 0, 0, edge), narrow(x, 0, size - edge, edge)] : [x];
  return parts.flatMap((part) =>
    part.ndim === 1
      ? numbers(part.dataSync(), part.dtype)
      : Array.from({ length: part.shape[0] as number }, (_, i) => edges(select(part, 0, i))).flat(),
  );
}

/** Formats elements in nested brackets. `cut` tells which dimensions are shown in part. */
function nested(values: readonly number[], shape: Shape, cut: readonly boolean[], dtype: DType): string {
  const { width, write } = styleOf(values, dtype);
  let next = 0;
  /** Formats the dimensions from `dim` on. */
  const text = (dim: number): string => {
    const rank = shape.length - dim;
    // Safe: the number of elements is that of the shape.
    if (rank === 0) return write(values[next++] as number).padStart(width);
    const parts: string[] = [];
    for (let i = 0; i < (shape[dim] as number); i++) {
      if (cut[dim] && i === printing.edgeitems) parts.push(rank === 1 ? " ..." : "...");
      parts.push(text(dim + 1));
    }
    const indent = prefix.length + dim;
    const margin = " ".repeat(indent + 1);
    if (rank > 1) return `[${parts.join(`,${"\n".repeat(rank - 1)}${margin}`)}]`;
    const perLine = Math.max(1, Math.floor((printing.linewidth - indent) / (width + 2)));
    const lines: string[] = [];
    for (let i = 0; i < parts.length; i += perLine) lines.push(parts.slice(i, i + perLine).join(", "));
    return `[${lines.join(`,\n${margin}`)}]`;
  };
  return text(0);
}

function numbers(data: TypedArray, dtype: DType): number[] {
  return Array.from(data, decoder(dtype));
}

/**
 * Returns the properties that PyTorch prints after the elements. int32 is Akari's default integer, so it is omitted
 * where PyTorch omits int64.
 */
function remarks(x: Tensor): string[] {
  const result: string[] = [];
  const empty = x.numel() === 0;
  if (x.device.name !== "cpu" && x.device.name !== "reference") result.push(`device='${x.device.name}'`);
  if (empty && x.ndim !== 1) result.push(`size=(${x.shape.join(", ")})`);
  const usual: readonly DType[] = empty ? ["float32"] : ["float32", "int32", "bool"];
  if (!usual.includes(x.dtype)) result.push(`dtype=${x.dtype}`);
  const operation = x.trace?.operation ?? null;
  if (operation !== null) result.push(`gradFn=<${operation[0]?.toUpperCase()}${operation.slice(1)}Backward>`);
  else if (x.requiresGrad) result.push("requiresGrad=true");
  return result;
}

/** Appends the remarks, on a new line where a line would become too long. */
function withRemarks(text: string, x: Tensor): string {
  let result = text;
  let last = text.length - text.lastIndexOf("\n") + 1;
  for (const remark of remarks(x)) {
    const room = last + remark.length + 2 <= printing.linewidth;
    result += room ? `, ${remark}` : `,\n${" ".repeat(prefix.length)}${remark}`;
    last = remark.length + (room ? last + 2 : prefix.length);
  }
  return `${result})`;
}

/**
 * Formats the tensor as PyTorch prints it. On a device without synchronous reads, only shape, dtype and device are
 * shown unless the tensor was prefetched; inside of `vmap`, where it stands for many, always.
 */
export function format(x: Tensor): string {
  const brief = (remark: string) => `${prefix}shape=${showShape(x.shape)}, dtype=${x.dtype}, ${remark})`;
  if (x.isDisposed) return brief("disposed");
  if (x.numel() === 0) return withRemarks(`${prefix}[]`, x);
  if (x.device.base || (x.device.readSync === undefined && x.storage.prefetched === null))
    return brief(`device='${x.device.name}'`);
  const { threshold, edgeitems: edge } = printing;
  const long = x.numel() > threshold;
  const cut = x.shape.map((size) => long && size > 2 * edge);
  const values = long ? edges(x.detach()) : numbers(x.dataSync(), x.dtype);
  const shape = x.shape.map((size, dim) => (cut[dim] ? 2 * edge : size));
  return withRemarks(prefix + nested(values, shape, cut, x.dtype), x);
}
