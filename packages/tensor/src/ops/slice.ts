/** Views of parts of a tensor: one index, a range, a diagonal, sliding windows, or any strides. */

import { checkInteger, expectTensor, refuse } from "../argument.ts";
import { bytesOf } from "../dtype.ts";
import { ArgumentError, AutogradError, IndexError } from "../errors.ts";
import { apply, type Op, rules } from "../op.ts";
import { checkSizes, differentDimensions, dimension, ownDimension, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { positionsOf, windowOn } from "../view.ts";
import { addInto, fillView, integers } from "./fill.ts";
import { gatherBackward } from "./gather.ts";
import { reshape } from "./reshape.ts";
import { embed, viewOp } from "./view.ts";

interface Selection {
  readonly dim: number;
  readonly index: number;
}

const selecting: Op<Selection> = /* @__PURE__ */ viewOp<Selection>("select", (x, { dim, index }) => ({
  shape: x.shape.filter((_, i) => i !== dim),
  strides: x.strides.filter((_, i) => i !== dim),
  offset: x.offset + index * (x.strides[dim] as number),
}));

/**
 * Selects one index of a dimension and removes that dimension. A negative index counts from the end. Returns a view.
 *
 * https://pytorch.org/docs/stable/generated/torch.select.html
 *
 * @throws IndexError for an index or a dimension out of range.
 */
export function select(x: Tensor, dim: number, index: number): Tensor {
  const at = ownDimension("select", dim, x);
  const size = x.shape[at] as number;
  if (!Number.isInteger(index) || index < -size || index >= size) {
    throw new IndexError(`select: index ${index} is out of range for dimension ${at} of size ${size}`);
  }
  return apply(selecting, [x], { dim: at, index: index < 0 ? index + size : index });
}

interface Range {
  readonly dim: number;
  readonly start: number;
  readonly length: number;
  readonly step: number;
}

const slicing: Op<Range> = /* @__PURE__ */ viewOp<Range>("slice", (x, { dim, start, length, step }) => ({
  shape: x.shape.map((size, i) => (i === dim ? length : size)),
  strides: x.strides.map((stride, i) => (i === dim ? stride * step : stride)),
  offset: x.offset + start * (x.strides[dim] as number),
}));

/**
 * Selects the indices `start` to `start + length - 1` of a dimension. A negative `start` counts from the end. Returns a
 * view.
 *
 * https://pytorch.org/docs/stable/generated/torch.narrow.html
 *
 * @throws IndexError when the range exceeds the dimension.
 */
export function narrow(x: Tensor, dim: number, start: number, length: number): Tensor {
  const at = ownDimension("narrow", dim, x);
  const size = x.shape[at] as number;
  const from = start < 0 ? start + size : start;
  if (!Number.isInteger(from) || !Number.isInteger(length) || from < 0 || length < 0 || from + length > size) {
    throw new IndexError(`narrow: start ${start} with length ${length} leaves dimension ${at} of size ${size}`);
  }
  return apply(slicing, [x], { dim: at, start: from, length, step: 1 });
}

/**
 * Selects every `step`-th index of a dimension from `start` up to, but not including, `end`, as Python's
 * `start:end:step`. Negative bounds count from the end; bounds beyond the dimension are clamped to it. Returns a view.
 *
 * @param dim Default 0.
 * @param start Default null: the beginning.
 * @param end Default null: the end.
 * @param step Default 1.
 * @throws ArgumentError unless the step is a positive integer.
 * @throws IndexError for a dimension out of range, and for bounds that are not integers.
 */
export function slice(x: Tensor, dim = 0, start: number | null = null, end: number | null = null, step = 1): Tensor {
  if (!Number.isInteger(step) || step < 1)
    throw new ArgumentError(`slice: the step must be a positive integer, got ${step}; use flip to go backward`);
  const at = ownDimension("slice", dim, x);
  const size = x.shape[at] as number;
  const bound = (value: number) => {
    if (!Number.isInteger(value) && Math.abs(value) !== Number.POSITIVE_INFINITY)
      throw new IndexError(`slice: bounds must be integers, got ${value}`);
    return Math.min(Math.max(value < 0 ? value + size : value, 0), size);
  };
  const from = bound(start ?? 0);
  const to = Math.max(bound(end ?? size), from);
  return apply(slicing, [x], { dim: at, start: from, length: Math.ceil((to - from) / step), step });
}

interface Diagonal {
  readonly offset: number;
  readonly dim1: number;
  readonly dim2: number;
}

const diagonals: Op<Diagonal> = /* @__PURE__ */ viewOp<Diagonal>("diagonal", (x, { offset, dim1, dim2 }) => {
  const [rows, columns] = [x.shape[dim1] as number, x.shape[dim2] as number];
  const [down, right] = [x.strides[dim1] as number, x.strides[dim2] as number];
  const length = Math.max(0, offset >= 0 ? Math.min(rows, columns - offset) : Math.min(rows + offset, columns));
  const keep = (_: number, i: number) => i !== dim1 && i !== dim2;
  return {
    shape: [...x.shape.filter(keep), length],
    strides: [...x.strides.filter(keep), down + right],
    offset: length === 0 ? x.offset : x.offset + (offset >= 0 ? offset * right : -offset * down),
  };
});

/**
 * Returns the diagonals of the matrices in dimensions `dim1` and `dim2`, as the last dimension. A positive `offset`
 * selects a diagonal above the main one. Returns a view.
 *
 * https://pytorch.org/docs/stable/generated/torch.diagonal.html
 *
 * @param offset Default 0.
 * @param dim1 Default 0.
 * @param dim2 Default 1.
 * @throws ArgumentError unless the dimensions differ and the offset is an integer.
 * @throws IndexError for a dimension out of range.
 */
export function diagonal(x: Tensor, offset = 0, dim1 = 0, dim2 = 1): Tensor {
  const [a, b] = differentDimensions("diagonal", [dim1, dim2], x) as [number, number]; // safe: one for each
  checkInteger("diagonal", "offset", offset, Number.NEGATIVE_INFINITY);
  return apply(diagonals, [x], { offset, dim1: a, dim2: b });
}

/** Zeros of a shape with the last dimension of `x` on a diagonal: the adjoint of `diagonal`. */
export function spreadDiagonal(x: Tensor, shape: Shape, offset: number, dim1: number, dim2: number): Tensor {
  return embed(diagonals, x, { offset, dim1, dim2 }, shape);
}

interface Windows {
  readonly dim: number;
  readonly size: number;
  readonly step: number;
}

const unfolding: Op<Windows> = /* @__PURE__ */ viewOp<Windows>(
  "unfold",
  (x, { dim, size, step }) => ({
    shape: [...x.shape.map((n, i) => (i === dim ? Math.floor((n - size) / step) + 1 : n)), size],
    strides: [...x.strides.map((s, i) => (i === dim ? s * step : s)), x.ndim === 0 ? 1 : (x.strides[dim] as number)],
    offset: x.offset,
  }),
  /* @__PURE__ */ rules<Windows>({
    of: (g, { attrs, inputs }) => apply(windowSum, [g], { ...attrs, shape: inputs[0].shape }),
  }),
);

/** The gradient of `unfold`. Windows may overlap, so their k-th elements are added for one k after the other. */
const windowSum: Op<Windows & { readonly shape: Shape }> = {
  name: "unfoldBackward",
  infer: ([g], { shape }) => [{ shape, dtype: g.dtype }],
  run: ([g], { dim, size, step }, [target]) => {
    const { shape, strides, offset } = g;
    fillView(target, 0, target.device);
    const along = (all: readonly number[], value: number) => all.map((n, i) => (i === dim ? value : n));
    for (let k = 0; k < size; k++) {
      // Element k of every window, and its position in the target.
      const from = windowOn(
        g,
        shape.slice(0, -1),
        strides.slice(0, -1),
        offset + k * (strides[shape.length - 1] as number),
      );
      const stride = target.strides[dim] ?? 1;
      const place = windowOn(target, from.shape, along(target.strides, stride * step), target.offset + k * stride);
      addInto(place, from, target.device);
    }
  },
  gradient: /* @__PURE__ */ rules<Windows & { readonly shape: Shape }>({
    of: (g, { attrs }) => apply(unfolding, [g], attrs),
  }),
};

/**
 * Returns the sliding windows of `size` elements along a dimension, one every `step` elements, as a new last dimension.
 * Returns a view.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.unfold.html
 *
 * @throws ArgumentError unless `size` is an integer from 0 to the size of the dimension and `step` a positive integer.
 * @throws IndexError for a dimension out of range.
 */
export function unfold(x: Tensor, dim: number, size: number, step: number): Tensor {
  const at = dimension("unfold", dim, x);
  const length = x.shape[at] ?? 1;
  if (!Number.isInteger(size) || size < 0 || size > length) {
    throw new ArgumentError(`unfold: windows of ${size} elements do not fit into dimension ${at} of size ${length}`);
  }
  checkInteger("unfold", "step", step, 1);
  return apply(unfolding, [x], { dim: at, size, step });
}

interface Strided {
  readonly shape: Shape;
  readonly strides: readonly number[];
  /** Offset relative to the first element of the input. */
  readonly offset: number;
  /** The strides of the input. */
  readonly below: readonly number[];
}

const strided: Op<Strided> = /* @__PURE__ */ viewOp<Strided>(
  "asStrided",
  (x, { shape, strides, offset }) => ({ shape, strides, offset: x.offset + offset }),
  /* @__PURE__ */ rules<Strided>({
    of: (g, { attrs, inputs }) => {
      const { shape, strides, offset, below } = attrs;
      const input = inputs[0].shape;
      if (input.some((size, i) => size > 1 && below[i] === 0))
        throw new AutogradError("asStrided: an expanded tensor has no gradient here; clone() it first");
      // The gradient of the memory range that input and view cover together, viewed with the input's strides.
      const start = Math.min(offset, 0);
      const places = positionsOf({ shape, strides }, offset - start);
      const length = Math.max(extent(shape, strides, offset), extent(input, below, 0)) - start;
      const memory = gatherBackward(reshape(g, [-1]), 0, integers(g, places), [length]);
      return asStrided(memory, input, below, -start);
    },
  }),
);

/** The position of the last element, plus one. */
function extent(shape: Shape, strides: readonly number[], offset: number): number {
  return shape.reduce((sum, size, i) => sum + Math.max(size - 1, 0) * (strides[i] as number), offset) + 1;
}

/**
 * Returns a view of the memory of `x` with any shape and strides, in elements. `offset` counts from the first element
 * of `x`. Only the bounds of the storage are checked. The gradient is that of the elements of `x`: other elements that
 * the view covers receive none.
 *
 * https://pytorch.org/docs/stable/generated/torch.as_strided.html
 *
 * @param offset Default 0.
 * @throws ArgumentError unless there is one non-negative stride per dimension and the offset is an integer.
 * @throws IndexError when the view exceeds the storage.
 * @throws AutogradError in the backward pass, for an expanded `x`.
 */
export function asStrided(x: Tensor, shape: Shape, strides: readonly number[], offset = 0): Tensor {
  expectTensor("asStrided", x);
  checkSizes("asStrided", shape);
  checkInteger("asStrided", "offset", offset, Number.NEGATIVE_INFINITY);
  if (strides?.length !== shape.length || strides.some((s) => !Number.isInteger(s) || s < 0))
    refuse("asStrided", "strides", strides, `be ${shape.length} non-negative integers`);
  const first = x.offset + offset;
  const end = extent(shape, strides, first);
  const room = Math.floor(x.buffer.bytes / bytesOf(x.dtype));
  if (first < 0 || (end > room && !shape.includes(0))) {
    throw new IndexError(`asStrided: elements ${first} to ${end - 1} leave the storage of ${room} elements`);
  }
  return apply(strided, [x], { shape, strides, offset, below: x.strides });
}

/**
 * Sums windows, with the elements of a window in the last dimension, into dimension `dim` of size `length`: the adjoint
 * of `unfold`.
 */
export function sumWindows(windows: Tensor, dim: number, step: number, length: number): Tensor {
  const shape = windows.shape.slice(0, -1).with(dim, length);
  return apply(windowSum, [windows], { dim, size: windows.shape[windows.ndim - 1] as number, step, shape });
}

/** Inserts `step - 1` zeros between the elements of a dimension: the adjoint of a slice with that step. */
export function zeroStuff(x: Tensor, dim: number, step: number): Tensor {
  const length = x.shape[dim] as number;
  if (step === 1) return x;
  const shape = x.shape.with(dim, (length - 1) * step + 1);
  return embed(slicing, x, { dim, start: 0, length, step }, shape);
}
