/**
 * Matrix products with something added: a layer's `x · Wᵀ + b`, and `addmm` and its relatives. Where nothing but a bias
 * is added, the kernel adds it while it still holds the result in registers.
 */

import { expectTensor } from "../argument.ts";
import { expectOneType } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import type { View } from "../kernel.ts";
import { apply, type Op, rules } from "../op.ts";
import { broadcastView, pointwise } from "../pointwise.ts";
import { settings } from "../settings.ts";
import { broadcastStrides, reshapeStrides, type Shape, shapeError, showShape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { windowOn } from "../view.ts";
import { copyInto } from "./copy.ts";
import { bmm, checkProductTypes, matmul, mm, mv, outer } from "./matmul.ts";
import { t } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { sum } from "./sum.ts";

/** [..., k] as [rows, k], when that needs no copy. */
function rowsOf(x: Tensor): View | null {
  const shape = [sizeOf(x.shape.slice(0, -1)), x.shape[x.ndim - 1] as number];
  const strides = reshapeStrides(x.shape, x.strides, shape);
  return strides === null ? null : windowOn(x, shape, strides);
}

/** [..., in] by the transpose of [out, in], plus [out]. */
const affine: Op = {
  name: "linear",
  infer: ([input, weight, b]: readonly [Tensor, Tensor, ...Tensor[]]) => {
    checkProductTypes("linear", input, weight);
    const features = weight.shape[0] as number;
    const [k, l] = [input.shape[input.ndim - 1] as number, weight.shape[1] as number];
    if (k !== l) {
      throw new ShapeError(
        `linear: the input ${showShape(input.shape)} has ${k} features, but the weight ${showShape(weight.shape)} takes ${l}`,
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
    if (to.numel() === 0) return;
    const rows = rowsOf(input);
    const copy = rows === null ? input.newEmpty(input.shape) : null;
    if (copy !== null) copyInto(copy, input, input.device);
    const dense = rows ?? (rowsOf(copy as Tensor) as View); // safe: a contiguous tensor can be cut into rows
    const shape = [dense.shape[0] as number, weight.shape[0] as number];
    const bias = b === undefined ? null : broadcastView("linear", b, shape);
    to.device.run({
      kind: "matmul",
      a: dense,
      b: windowOn(weight, [...weight.shape].reverse(), [...weight.strides].reverse()),
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
 * A fully connected layer's formula.
 *
 *     y = x · Wᵀ + b        x: [..., in], W: [out, in], b: [out], y: [..., out]
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.linear.html
 *
 * @throws ShapeError when the features do not fit. @throws DTypeError when the dtypes differ.
 */
export function linear(input: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  expectTensor("linear", input);
  expectTensor("linear", weight);
  if (input.ndim === 0) throw shapeError("linear", "an input of at least one dimension", input);
  if (weight.ndim === 1) {
    const y = matmul(input, weight);
    return bias === null ? y : scaledSum(bias, y, 1, 1);
  }
  if (weight.ndim !== 2) throw shapeError("linear", "a weight [out, in]", weight);
  if (sizeOf(input.shape) === 0 && input.shape[input.ndim - 1] !== 0) {
    const y = matmul(input, t(weight));
    return bias === null ? y : scaledSum(bias, y, 1, 1);
  }
  return apply(affine, bias === null ? [input, weight] : [input, weight, bias], undefined);
}

const scaledSum = /* @__PURE__ */ pointwise<[Tensor, Tensor, number, number]>("addmm", (input, product, beta, alpha) =>
  input.mul(beta).add(product.mul(alpha)),
);
/** Takes the input that it ignores, so that this has a gradient: zero. */
const scaled = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>("addmm", (_, product, alpha) => product.mul(alpha));

/** Factors of `addmm` and its relatives. */
export interface AddProductOptions {
  /** Factor of the tensor that is added; at 0 its values are ignored, even NaN. Default 1. */
  readonly beta?: number;
  /** Factor of the product. Default 1. */
  readonly alpha?: number;
}

function addProduct(operation: string, input: Tensor, product: Tensor, options: AddProductOptions | undefined): Tensor {
  const { beta, alpha } = settings(operation, options, { beta: 1, alpha: 1 });
  expectOneType(operation, input, product);
  expectFits(operation, input.shape, product.shape);
  return beta === 0 ? scaled(input, product, alpha) : scaledSum(input, product, beta, alpha);
}

function expectFits(operation: string, shape: Shape, target: Shape): void {
  broadcastStrides(operation, shape, shape, target);
}

/**
 * `beta · input + alpha · (a · b)` for matrices; `input` is broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.addmm.html
 */
export function addmm(input: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
  return addProduct("addmm", input, mm(a, b), options);
}

/** `beta · input + alpha · (a · vector)`. https://pytorch.org/docs/stable/generated/torch.addmv.html */
export function addmv(input: Tensor, a: Tensor, vector: Tensor, options?: AddProductOptions): Tensor {
  return addProduct("addmv", input, mv(a, vector), options);
}

/**
 * `beta · input + alpha · (a · b)` for batches of matrices.
 * https://pytorch.org/docs/stable/generated/torch.baddbmm.html
 */
export function baddbmm(input: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
  return addProduct("baddbmm", input, bmm(a, b), options);
}

/**
 * `beta · input + alpha · (a ⊗ b)`, all products of elements of two vectors.
 * https://pytorch.org/docs/stable/generated/torch.addr.html
 */
export function addr(input: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
  return addProduct("addr", input, outer(a, b), options);
}

/**
 * `beta · input + alpha · Σ (a · b)`, summed over a batch of matrices.
 * https://pytorch.org/docs/stable/generated/torch.addbmm.html
 */
export function addbmm(input: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
  return addProduct("addbmm", input, sum(bmm(a, b), 0), options);
}
