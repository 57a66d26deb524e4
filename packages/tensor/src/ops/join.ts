/**
 * Concatenating and stacking tensors. Every function is a call of one operation, `cat`, which copies each input into
 * its slice of the output and promotes the dtypes.
 */

import { expectTensor } from "../argument.ts";
import type { DType } from "../dtype.ts";
import { promoteTypes } from "../dtype.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { apply, type Op } from "../op.ts";
import { dimension, expectShape, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { windowOn } from "../view.ts";
import { cast, copyInto } from "./copy.ts";
import { atLeast, atleast3d, reshape, unsqueeze } from "./reshape.ts";
import { narrow } from "./slice.ts";

const joining: Op<number> = {
  name: "cat",
  infer: (inputs, dim) => {
    const [first] = inputs;
    let length = 0;
    let dtype: DType = first.dtype;
    for (const x of inputs) {
      const fits = x.ndim === first.ndim && x.shape.every((size, i) => i === dim || size === first.shape[i]);
      if (!fits) {
        throw new ShapeError(
          `cat: cannot concatenate ${showShape(first.shape)} and ${showShape(x.shape)}: sizes may differ only in dimension ${dim}`,
        );
      }
      length += x.shape[dim] as number;
      dtype = promoteTypes(dtype, x.dtype);
    }
    return [{ shape: first.shape.with(dim, length), dtype }];
  },
  run: (inputs, dim, [to]) => {
    const { shape, strides, offset, device } = to;
    let start = 0;
    for (const x of inputs) {
      const length = x.shape[dim] as number;
      const sizes = shape.with(dim, length);
      copyInto(windowOn(to, sizes, strides, offset + start * (strides[dim] as number)), x, device);
      start += length;
    }
  },
  gradient: {
    reads: () => ({}),
    compute: ([g], { attrs: dim, needs, inputs }) => {
      let start = 0;
      return inputs.map(({ shape, dtype }, i) => {
        const length = shape[dim] as number;
        start += length;
        return needs[i] && g ? cast(narrow(g, dim, start - length, length), dtype) : null;
      });
    },
  },
};

function expectTensors(operation: string, tensors: readonly Tensor[]): void {
  if (!Array.isArray(tensors) || tensors.length === 0)
    throw new ArgumentError(`${operation}: expected an array of at least one tensor`);
  for (const x of tensors) expectTensor(operation, x);
}

/**
 * Concatenates tensors along an existing dimension. All other sizes must match.
 *
 * Dtypes are promoted. As in PyTorch, empty one-dimensional tensors are skipped whatever the rank of the others.
 *
 * https://pytorch.org/docs/stable/generated/torch.cat.html
 *
 * @param dim default 0.
 * @throws ShapeError if the other sizes differ, or the tensors are scalars.
 * @throws IndexError if there is no such dimension.
 * @throws ArgumentError unless there is at least one tensor.
 * @example
 * cat([ones([2, 3]), zeros([1, 3])]); // of shape [3, 3]
 */
export function cat(tensors: readonly Tensor[], dim = 0): Tensor {
  expectTensors("cat", tensors);
  const nothing = (x: Tensor): boolean => x.ndim === 1 && x.shape[0] === 0;
  const first = tensors.find((x) => !nothing(x)) ?? (tensors[0] as Tensor); // safe: not empty
  if (first.ndim === 0) throw new ShapeError("cat: cannot concatenate scalars; use stack");
  const at = dimension("cat", dim, first);
  const none = first.shape.with(at, 0);
  return apply(
    joining,
    tensors.map((x) => (first.ndim > 1 && nothing(x) ? reshape(x, none) : x)),
    at,
  );
}

/**
 * Stacks tensors of equal shape along a new dimension.
 *
 * https://pytorch.org/docs/stable/generated/torch.stack.html
 *
 * @param dim the position of the new dimension. Default 0.
 * @throws ShapeError if the shapes differ.
 * @throws IndexError if there is no such dimension.
 * @throws ArgumentError unless there is at least one tensor.
 */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  expectTensors("stack", tensors);
  const first = tensors[0] as Tensor; // safe: not empty
  for (const x of tensors) expectShape("stack", "tensor", x, first.shape);
  const at = dimension("stack", dim, first, 1);
  return apply(
    joining,
    tensors.map((x) => unsqueeze(x, at)),
    at,
  );
}

/**
 * Concatenates tensors horizontally: along dimension 1, or along dimension 0 for vectors and scalars.
 *
 * https://pytorch.org/docs/stable/generated/torch.hstack.html
 *
 * @throws ShapeError if the other sizes differ.
 */
export function hstack(tensors: readonly Tensor[]): Tensor {
  expectTensors("hstack", tensors);
  const lifted = tensors.map((x) => atLeast(x, 1));
  return cat(lifted, (lifted[0] as Tensor).ndim === 1 ? 0 : 1);
}

/**
 * Concatenates tensors vertically, along dimension 0. Vectors are treated as rows.
 *
 * https://pytorch.org/docs/stable/generated/torch.vstack.html
 *
 * @throws ShapeError if the other sizes differ.
 */
export function vstack(tensors: readonly Tensor[]): Tensor {
  expectTensors("vstack", tensors);
  return cat(
    tensors.map((x) => atLeast(x, 2)),
    0,
  );
}

/**
 * Concatenates tensors in depth, along dimension 2. Vectors are treated as [1, n, 1], matrices as [m, n, 1].
 *
 * https://pytorch.org/docs/stable/generated/torch.dstack.html
 *
 * @throws ShapeError if the other sizes differ.
 */
export function dstack(tensors: readonly Tensor[]): Tensor {
  expectTensors("dstack", tensors);
  return cat(tensors.map(atleast3d), 2);
}

/**
 * Concatenates tensors along dimension 1. Vectors are treated as columns.
 *
 * https://pytorch.org/docs/stable/generated/torch.column_stack.html
 *
 * @throws ShapeError if the other sizes differ.
 */
export function columnStack(tensors: readonly Tensor[]): Tensor {
  expectTensors("columnStack", tensors);
  const column = (x: Tensor) => (x.ndim < 2 ? unsqueeze(atLeast(x, 1), 1) : x);
  return cat(tensors.map(column), 1);
}
