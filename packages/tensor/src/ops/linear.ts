/**
 * Matrix products plus a tensor: the linear layer's `x · Wᵀ + b`, and `addmm` and its variants. The bias of `linear` is
 * added by the matrix product kernel itself, while the result is still in registers.
 */

import { expectOneType } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import type { View } from "../kernel.ts";
import { apply, type Op, rules } from "../op.ts";
import { broadcastView, pointwise } from "../pointwise.ts";
import { settings } from "../settings.ts";
import { broadcastStrides, expectRank, reshapeStrides, showShape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { windowOn } from "../view.ts";
import { cast, copyInto } from "./copy.ts";
import { bmm, checkProductTypes, matmul, mm, mv, outer } from "./matmul.ts";
import { t } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { sum } from "./sum.ts";

/** Views [..., k] as [rows, k], or returns null if that needs a copy. */
function rowsOf(x: Tensor): View | null {
  const shape = [sizeOf(x.shape.slice(0, -1)), x.shape[x.ndim - 1] as number];
  const strides = reshapeStrides(x.shape, x.strides, shape);
  return strides === null ? null : windowOn(x, shape, strides);
}

/** [input [..., in], weight [out, in], bias [out]?] → [..., out] */
const affine: Op = {
  name: "linear",
  infer: ([input, weight, b]: readonly [Tensor, Tensor, ...Tensor[]]) => {
    checkProductTypes("linear", input, weight);
    const features = weight.shape[0] as number;
    const [k, l] = [input.shape[input.ndim - 1] as number, weight.shape[1] as number];
    if (k !== l) {
      throw new ShapeError(
        `linear: the input ${showShape(input.shape)} has ${k} features, but the weight ${showShape(weight.shape)} expects ${l}`,
      );
    }
    if (b !== undefined) {
      expectOneType("linear", input, b);
      if (b.ndim > 1 || (b.ndim === 1 && b.shape[0] !== features && b.shape[0] !== 1)) {
        throw new ShapeError(`linear: a bias of shape ${showShape(b.shape)} does not fit ${features} output features`);
      }
    }
    return [{ shape: [...input.shape.slice(0, -1), features], dtype: input.dtype }];
  },
  run: ([input, weight, b]: readonly [Tensor, Tensor, ...Tensor[]], _, [to]) => {
    const rows = rowsOf(input);
    const copy = rows === null ? input.newEmpty(input.shape) : null;
    if (copy !== null) copyInto(copy, input, input.device);
    const dense = rows ?? (rowsOf(copy as Tensor) as View); // safe: a contiguous tensor can be viewed as rows
    const shape = [dense.shape[0] as number, weight.shape[0] as number];
    const bias = b === undefined ? null : broadcastView("linear", b, shape);
    to.device.run({
      kind: "matmul",
      a: dense,
      b: windowOn(weight, weight.shape.toReversed(), weight.strides.toReversed()),
      to: windowOn(to, shape, [shape[1] as number, 1]),
      accumulate: false,
      bias,
    });
    copy?.dispose();
  },
  gradient: /* @__PURE__ */ rules(
    { inputs: [1], of: (g, context) => matmul(g, context.input(1)) },
    {
      inputs: [0],
      of: (g, context) => {
        const x = context.input(0);
        const flat = (y: Tensor) =>
          y.ndim === 2 ? y : reshape(y, [sizeOf(y.shape.slice(0, -1)), y.shape[y.ndim - 1] as number]);
        return mm(t(flat(g)), flat(x));
      },
    },
    { of: (g) => g },
  ),
};

/**
 * Applies the affine transformation of a fully connected layer, `y = x · Wᵀ + b`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.linear.html
 *
 * @param input [..., in].
 * @param weight [out, in], or [in] for a single output without a dimension of its own.
 * @param bias [out]. Default null: none.
 * @returns [..., out], or [...] for a one-dimensional weight.
 * @throws ShapeError if the features do not match.
 * @throws DTypeError if the dtypes differ.
 */
export function linear(input: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  expectRank("linear", "an input of at least one dimension", input, 1, Number.POSITIVE_INFINITY);
  expectRank("linear", "a weight [out, in]", weight, 1, 2);
  if (weight.ndim === 1) {
    const y = matmul(input, weight);
    return bias === null ? y : scaledSum(bias, y, 1, 1);
  }
  return apply(affine, bias === null ? [input, weight] : [input, weight, bias], undefined);
}

const scaledSum = /* @__PURE__ */ pointwise<[Tensor, Tensor, number, number]>("addmm", (input, product, beta, alpha) =>
  input.mul(beta).add(product.mul(alpha)),
);
/** Ignores the values of `input`, but keeps it as an operand, so that its gradient is zero. */
const scaled = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>("addmm", (_, product, alpha) => product.mul(alpha));

/** Options of `addmm`, `addmv`, `baddbmm`, `addr` and `addbmm`. */
export interface AddProductOptions {
  /** Factor of `input`. At 0 its values are ignored, even NaN and infinities. Default 1. */
  readonly beta?: number;
  /** Factor of the product. Default 1. */
  readonly alpha?: number;
}

function addProduct(operation: string, input: Tensor, product: Tensor, options: AddProductOptions | undefined): Tensor {
  const { beta, alpha } = settings(operation, options, { beta: 1, alpha: 1 });
  expectOneType(operation, input, product);
  broadcastStrides(operation, input.shape, input.shape, product.shape); // throws unless the input fits
  return beta === 0 ? scaled(input, product, alpha) : scaledSum(input, product, beta, alpha);
}

/**
 * Adds a matrix product: `beta · input + alpha · (a · b)`.
 *
 * https://pytorch.org/docs/stable/generated/torch.addmm.html
 *
 * @param input broadcast to [m, n].
 * @param a [m, k].
 * @param b [k, n].
 * @throws ShapeError if the shapes do not match.
 * @throws DTypeError if the dtypes differ.
 */
export function addmm(input: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
  return addProduct("addmm", input, mm(a, b), options);
}

/**
 * Adds a matrix-vector product: `beta · input + alpha · (a · vector)`.
 *
 * https://pytorch.org/docs/stable/generated/torch.addmv.html
 *
 * @param input broadcast to [m].
 * @param a [m, k].
 * @param vector [k].
 * @throws ShapeError if the shapes do not match.
 * @throws DTypeError if the dtypes differ.
 */
export function addmv(input: Tensor, a: Tensor, vector: Tensor, options?: AddProductOptions): Tensor {
  return addProduct("addmv", input, mv(a, vector), options);
}

/**
 * Adds a batched matrix product: `beta · input + alpha · (a · b)`.
 *
 * https://pytorch.org/docs/stable/generated/torch.baddbmm.html
 *
 * @param input broadcast to [batch, m, n].
 * @param a [batch, m, k].
 * @param b [batch, k, n].
 * @throws ShapeError if the shapes do not match.
 * @throws DTypeError if the dtypes differ.
 */
export function baddbmm(input: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
  return addProduct("baddbmm", input, bmm(a, b), options);
}

/**
 * Adds the outer product of two vectors: `beta · input + alpha · (a ⊗ b)`.
 *
 * https://pytorch.org/docs/stable/generated/torch.addr.html
 *
 * @param input broadcast to [m, n].
 * @param a [m].
 * @param b [n].
 * @throws ShapeError if the shapes do not match.
 * @throws DTypeError if the dtypes differ.
 */
export function addr(input: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
  const y = addProduct("addr", input, outer(a, b), options);
  return input.dtype === "bool" ? cast(y, "bool") : y;
}

/**
 * Adds a batched matrix product summed over the batch: `beta · input + alpha · Σ (a · b)`.
 *
 * https://pytorch.org/docs/stable/generated/torch.addbmm.html
 *
 * @param input broadcast to [m, n].
 * @param a [batch, m, k].
 * @param b [batch, k, n].
 * @throws ShapeError if the shapes do not match.
 * @throws DTypeError if the dtypes differ.
 */
export function addbmm(input: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
  return addProduct("addbmm", input, sum(bmm(a, b), 0, { dtype: a.dtype }), options);
}
