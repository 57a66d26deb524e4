/**
 * The dimensions of a tensor in another order: the strides change places, the elements stay where they are.
 */

import { ArgumentError, ShapeError } from "../errors.ts";
import { apply, type Op, rules } from "../op.ts";
import { dimension, shapeError, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { viewOp } from "./view.ts";

const permuting: Op<readonly number[]> = /* @__PURE__ */ viewOp<readonly number[]>(
  "permute",
  (x, dims) => ({
    shape: dims.map((d) => x.shape[d] as number),
    strides: dims.map((d) => x.strides[d] as number),
    offset: x.offset,
  }),
  /* @__PURE__ */ rules<readonly number[]>({
    of: (g, { attrs }) =>
      apply(
        permuting,
        [g],
        attrs.map((_, i) => attrs.indexOf(i)),
      ),
  }),
);

/**
 * The dimensions in the order given: dimension `i` of the result is dimension `dims[i]` of `x`.
 *
 * https://pytorch.org/docs/stable/generated/torch.permute.html
 *
 * @throws ArgumentError unless every dimension is named once.
 */
export function permute(x: Tensor, ...dims: readonly number[] | readonly [readonly number[]]): Tensor {
  const first = dims[0];
  const list = typeof first === "object" ? first : (dims as readonly number[]); // safe: a list comes alone
  if (list.length !== x.ndim) {
    throw new ShapeError(
      `permute: ${list.length} dimensions ${showShape(list)} for a tensor of shape ${showShape(x.shape)}; name each once`,
    );
  }
  const order = list.map((d) => dimension("permute", d, x.ndim));
  if (new Set(order).size !== order.length)
    throw new ArgumentError(`permute: a dimension appears twice in ${showShape(list)}`);
  return apply(permuting, [x], order);
}

/** Two dimensions change places. https://pytorch.org/docs/stable/generated/torch.transpose.html */
export function transpose(x: Tensor, dim0: number, dim1: number): Tensor {
  const a = dimension("transpose", dim0, x.ndim);
  const b = dimension("transpose", dim1, x.ndim);
  const order = x.shape.map((_, i) => (i === a ? b : i === b ? a : i));
  return apply(permuting, [x], order);
}

/** `transpose` by numpy's name. https://pytorch.org/docs/stable/generated/torch.swapaxes.html */
export function swapaxes(x: Tensor, axis0: number, axis1: number): Tensor {
  return transpose(x, axis0, axis1);
}

/**
 * A matrix with rows and columns exchanged; vectors and scalars as they are.
 *
 * https://pytorch.org/docs/stable/generated/torch.t.html
 *
 * @throws ShapeError for more than two dimensions.
 */
export function t(x: Tensor): Tensor {
  if (x.ndim > 2) throw shapeError("t", "at most 2 dimensions (transpose and mT take more)", x);
  return x.ndim < 2
    ? apply(
        permuting,
        [x],
        x.shape.map((_, i) => i),
      )
    : transpose(x, 0, 1);
}

/**
 * Each matrix of a batch with rows and columns exchanged. https://pytorch.org/docs/stable/tensors.html#torch.Tensor.mT
 *
 * @throws ShapeError for fewer than two dimensions.
 */
export function mT(x: Tensor): Tensor {
  if (x.ndim < 2) throw shapeError("mT", "at least 2 dimensions", x);
  return transpose(x, -2, -1);
}

/**
 * Dimensions `source` moved to the places `destination`; the others keep their order.
 *
 * https://pytorch.org/docs/stable/generated/torch.movedim.html
 */
export function movedim(
  x: Tensor,
  source: number | readonly number[],
  destination: number | readonly number[],
): Tensor {
  const list = (dims: number | readonly number[]) =>
    (typeof dims === "number" ? [dims] : dims).map((d) => dimension("movedim", d, x.ndim));
  const from = list(source);
  const to = list(destination);
  if (from.length !== to.length || new Set(from).size !== from.length || new Set(to).size !== to.length) {
    throw new ArgumentError(
      `movedim: source [${from}] and destination [${to}] must name as many dimensions, each once`,
    );
  }
  if (x.ndim === 0) return apply(permuting, [x], []);
  const order = new Array<number>(x.ndim).fill(-1);
  to.forEach((place, i) => {
    order[place] = from[i] as number;
  });
  const rest = x.shape.map((_, i) => i).filter((i) => !from.includes(i));
  return apply(
    permuting,
    [x],
    order.map((d) => (d === -1 ? (rest.shift() as number) : d)),
  );
}
