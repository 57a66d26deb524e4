/**
 * Padding. Constant padding copies the tensor into a larger one that is filled with the value. The other modes gather
 * elements of the tensor itself.
 */

import { checkChoice } from "../argument.ts";
import { ShapeError } from "../errors.ts";
import { apply, type Op, rules } from "../op.ts";
import { settings } from "../settings.ts";
import { type Shape, shapeOf, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { windowOn } from "../view.ts";
import { copyInto } from "./copy.ts";
import { counting, fillView } from "./fill.ts";
import { selectUnchecked } from "./gather.ts";
import { narrow } from "./slice.ts";

interface Padding {
  /** Number of elements added before the first and after the last index of each dimension. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly value: number;
}

const padding: Op<Padding> = {
  name: "pad",
  infer: ([x], { before, after }) => [
    { shape: x.shape.map((size, i) => size + (before[i] as number) + (after[i] as number)), dtype: x.dtype },
  ],
  run: ([x], { before, value }, [to]) => {
    const { strides, offset, device } = to;
    fillView(to, value, device);
    const start = before.reduce((sum, n, i) => sum + n * (strides[i] as number), offset);
    copyInto(windowOn(to, x.shape, strides, start), x, device);
  },
  gradient: /* @__PURE__ */ rules<Padding>({
    of: (g, { attrs: { before }, inputs: [x] }) =>
      x.shape.reduce((part, size, i) => narrow(part, i, before[i] as number, size), g),
  }),
};

/** How `pad` fills the padding. */
export type PadMode = "constant" | "reflect" | "replicate" | "circular";

/** Options of `pad`. */
export interface PadOptions {
  /**
   * What the padding contains: `"constant"` one value, `"reflect"` the elements mirrored about the edge, `"replicate"`
   * the edge element, `"circular"` the elements of the opposite end. Default `"constant"`.
   */
  readonly mode?: PadMode;
  /** Value of constant padding. Default 0. */
  readonly value?: number;
}

/** The index of the element that a position shows. Positions are counted from the tensor's first element. */
function sourceOf(mode: PadMode, place: number, size: number): number {
  if (mode === "circular") return ((place % size) + size) % size;
  if (mode === "replicate") return Math.min(Math.max(place, 0), size - 1);
  return place < 0 ? -place : place >= size ? 2 * (size - 1) - place : place;
}

/**
 * Pads a tensor with a value or with its own elements. `widths` lists the padding from the last dimension to the first:
 * [left, right, top, bottom, …]. A negative width crops.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.pad.html
 *
 * @param widths two per dimension, for at most `x.ndim` dimensions.
 * @param options options, or the mode alone, which `constantValue` may follow.
 * @throws ShapeError when there are more widths than dimensions, when a width crops more than the dimension has, or
 * when reflect or circular padding is wider than the tensor allows.
 * @throws ArgumentError for an unknown mode.
 * @example
 * pad(x, [1, 1, 2, 2]); // a column of zeros on both sides, two rows above and below
 */
export function pad(
  x: Tensor,
  widths: readonly number[],
  options?: PadMode | PadOptions,
  constantValue?: number,
): Tensor {
  const { length: rank } = shapeOf("pad", x);
  const given = typeof options === "string" ? { mode: options, value: constantValue ?? 0 } : options;
  const { mode, value } = settings("pad", given, { mode: "constant", value: 0 });
  if (
    !Array.isArray(widths) ||
    widths.length % 2 !== 0 ||
    widths.length > 2 * rank ||
    !widths.every(Number.isInteger)
  ) {
    throw new ShapeError(
      `pad: expected pairs of whole widths for at most ${rank} dimensions, got ${showShape(widths)}`,
    );
  }
  checkChoice("pad", "mode", mode, ["constant", "reflect", "replicate", "circular"]);
  const sides = (side: 0 | 1): number[] => x.shape.map((_, dim) => widths[2 * (rank - 1 - dim) + side] ?? 0);
  const [before, after] = [sides(0), sides(1)];
  const constant = mode === "constant";
  let result = x;
  x.shape.forEach((size, dim) => {
    const [left, right] = [before[dim] as number, after[dim] as number];
    if (left === 0 && right === 0) return;
    // Constant and circular padding surround what negative widths leave of the tensor.
    const cropped = (width: number) => (constant || mode === "circular" ? Math.max(-width, 0) : 0);
    const first = cropped(left);
    const count = size - first - cropped(right);
    const most = mode === "reflect" ? size - 1 : mode === "circular" ? size : Number.POSITIVE_INFINITY;
    if (left > most || right > most || (size === 0 && !constant)) {
      throw new ShapeError(
        `pad: ${mode} padding of ${left} and ${right} is too wide for dimension ${dim} of size ${size}`,
      );
    }
    const length = size + left + right;
    if (constant ? count < 0 : length < 1 || count < 1)
      throw new ShapeError(`pad: the widths ${left} and ${right} leave nothing of dimension ${dim} of size ${size}`);
    if (!constant) {
      const sources = counting(x, length, (i) => first + sourceOf(mode, i - left - first, count));
      result = selectUnchecked(result, dim, sources);
    } else if (count < size) result = narrow(result, dim, first, count);
  });
  if (!constant) return result;
  const positive = (side: Shape) => side.map((n) => Math.max(n, 0));
  return apply(padding, [result], { before: positive(before), after: positive(after), value });
}
