/**
 * Complex numbers. Akari has no complex dtype: a complex tensor is a real one whose last dimension, of size 2, holds
 * the real and imaginary parts, the layout of `torch.view_as_real`. Everything that works on real tensors (sums, views,
 * optimizers, files) therefore works on them too, and the functions of this file add the operations that differ, such
 * as products and absolute values. `dim` arguments do not count the last dimension.
 */

import {
  broadcastTensors,
  type Expr,
  expectFloating,
  expectOneType,
  expectTensor,
  hypot,
  pad,
  pointwise,
  shapeError,
  stack,
  type Tensor,
  unsqueeze,
  withDerivative,
} from "@akari/tensor";

/** Returns `z`, or throws a ShapeError if its last dimension is not of size 2. */
function expectComplex(operation: string, z: Tensor): Tensor {
  expectTensor(operation, z);
  if (z.shape.at(-1) !== 2) throw shapeError(operation, "complex numbers [..., 2] (real and imaginary parts)", z);
  return z;
}

/**
 * Combines real and imaginary parts, which broadcast, into a complex tensor: [...], [...] → [..., 2]. `imag` defaults
 * to zero.
 *
 * https://pytorch.org/docs/stable/generated/torch.complex.html
 *
 * @throws ShapeError when the shapes do not broadcast.
 * @example
 * complex(tensor([1, 2]), tensor([3, 4])); // 1 + 3i, 2 + 4i as [[1, 3], [2, 4]]
 */
export function complex(real: Tensor, imag?: Tensor): Tensor {
  return imag === undefined ? pad(unsqueeze(real, -1), [0, 1]) : stack(broadcastTensors(real, imag), -1);
}

/**
 * Returns the real parts as a view: [..., 2] → [...]. https://pytorch.org/docs/stable/generated/torch.real.html
 *
 * @throws ShapeError when the last dimension is not of size 2.
 */
export function real(z: Tensor): Tensor {
  return expectComplex("real", z).select(-1, 0);
}

/**
 * Returns the imaginary parts as a view: [..., 2] → [...]. https://pytorch.org/docs/stable/generated/torch.imag.html
 *
 * @throws ShapeError when the last dimension is not of size 2.
 */
export function imag(z: Tensor): Tensor {
  return expectComplex("imag", z).select(-1, 1);
}

/**
 * Returns the complex conjugates, `x - iy` for `x + iy`: [..., 2] → [..., 2].
 * https://pytorch.org/docs/stable/generated/torch.conj.html
 *
 * @throws ShapeError when the last dimension is not of size 2.
 */
export function conj(z: Tensor): Tensor {
  return stack([real(expectComplex("conj", z)), imag(z).neg()], -1);
}

/** Returns a new node, so that `withDerivative` does not override the derivative of the shared formula. */
const own = (formula: Expr): Expr => formula.mul(1);

const length = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("abs", (x, y) =>
  // The derivative is undefined at zero; it is 0 there, as in PyTorch.
  withDerivative(own(hypot.formula(x, y)), [x, y], (r, x, y) => [x, y].map((part) => r.eq(0).where(0, part.div(r)))),
);

/**
 * Returns the absolute values, `√(x² + y²)`: [..., 2] → [...]. The gradient at zero is 0.
 *
 * @throws ShapeError when the last dimension is not of size 2.
 */
export function abs(z: Tensor): Tensor {
  return length(real(expectComplex("abs", z)), imag(z));
}

const direction = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("angle", (x, y) =>
  withDerivative(own(y.atan2(x)), [x, y], (_, x, y) => {
    const square = x.square().add(y.square());
    return [y.neg(), x].map((part) => square.eq(0).where(0, part.div(square)));
  }),
);

/**
 * Returns the angles to the positive real axis, from -π to π: [..., 2] → [...]. The gradient at zero is 0.
 *
 * @throws ShapeError when the last dimension is not of size 2.
 */
export function angle(z: Tensor): Tensor {
  return direction(real(expectComplex("angle", z)), imag(z));
}

/**
 * Builds complex numbers from absolute values and angles, `r cos φ + i r sin φ`: [...], [...] → [..., 2].
 * https://pytorch.org/docs/stable/generated/torch.polar.html
 *
 * @throws DTypeError unless both are floating-point numbers of one dtype.
 */
export function polar(abs: Tensor, angle: Tensor): Tensor {
  expectOneType("polar", abs, angle);
  expectFloating("polar", abs);
  return stack([abs.mul(angle.cos()), abs.mul(angle.sin())], -1);
}

const realOfProduct = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>("mul", (a, b, c, d) =>
  a.mul(c).sub(b.mul(d)),
);
const imagOfProduct = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>("mul", (a, b, c, d) =>
  a.mul(d).add(b.mul(c)),
);

/**
 * Multiplies complex tensors, which broadcast: [..., 2], [..., 2] → [..., 2]. To multiply by a real tensor x, use
 * `z.mul(x.unsqueeze(-1))`.
 *
 * @throws ShapeError when a last dimension is not of size 2, or when the shapes do not broadcast.
 */
export function mul(z: Tensor, w: Tensor): Tensor {
  // safe: two of each
  const parts = [z, w].flatMap((x) => [real(expectComplex("mul", x)), imag(x)]) as [Tensor, Tensor, Tensor, Tensor];
  return stack([realOfProduct(...parts), imagOfProduct(...parts)], -1);
}
