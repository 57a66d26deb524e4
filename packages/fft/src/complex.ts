/**
 * Complex numbers. Akari has no dtype for them: a tensor of complex numbers is a real one whose last dimension, of size
 * 2, holds their real and imaginary parts, which is what `torch.view_as_real` shows of a complex tensor. So all that
 * works on tensors works on them (sums, views, optimizers, files), and where complex numbers multiply or have a length,
 * these functions know. Dimensions are counted as if the last one were not there.
 */

import {
  broadcastTensors,
  type Expr,
  hypot,
  pointwise,
  shapeError,
  stack,
  type Tensor,
  withDerivative,
} from "@akari/tensor";

/** A tensor, for what expects complex numbers. */
function expectComplex(operation: string, z: Tensor): Tensor {
  if (z.shape.at(-1) !== 2)
    throw shapeError(operation, "complex numbers, the last dimension being 2 for their real and imaginary parts", z);
  return z;
}

/**
 * Complex numbers of their real and imaginary parts, which broadcast: [...], [...] → [..., 2]. Without the latter they
 * are zero.
 *
 * https://pytorch.org/docs/stable/generated/torch.complex.html
 *
 * @example
 * complex(tensor([1, 2]), tensor([3, 4])); // 1 + 3i, 2 + 4i as [[1, 3], [2, 4]]
 */
export function complex(real: Tensor, imag?: Tensor): Tensor {
  return imag === undefined ? real.unsqueeze(-1).pad([0, 1]) : stack(broadcastTensors(real, imag), -1);
}

/** The real parts, as a view: [..., 2] → [...]. https://pytorch.org/docs/stable/generated/torch.real.html */
export function real(z: Tensor): Tensor {
  return expectComplex("real", z).select(-1, 0);
}

/** The imaginary parts, as a view: [..., 2] → [...]. https://pytorch.org/docs/stable/generated/torch.imag.html */
export function imag(z: Tensor): Tensor {
  return expectComplex("imag", z).select(-1, 1);
}

/** The conjugates, `x - iy` for `x + iy`. https://pytorch.org/docs/stable/generated/torch.conj.html */
export function conj(z: Tensor): Tensor {
  return stack([real(expectComplex("conj", z)), imag(z).neg()], -1);
}

/** A formula of its own, so that what is stated of its derivative is not stated of the one that it computes with. */
const own = (formula: Expr): Expr => formula.mul(1);

const length = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("abs", (x, y) =>
  // At zero there is no direction to go in: the derivative is 0 there, as in PyTorch.
  withDerivative(own(hypot.formula(x, y)), [x, y], (r, x, y) => [x, y].map((part) => r.eq(0).where(0, part.div(r)))),
);

/** The absolute values, `√(x² + y²)`: [..., 2] → [...]. The gradient at zero is 0. */
export function abs(z: Tensor): Tensor {
  return length(real(expectComplex("abs", z)), imag(z));
}

const direction = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("angle", (x, y) =>
  withDerivative(own(y.atan2(x)), [x, y], (_, x, y) => {
    const square = x.square().add(y.square());
    return [y.neg(), x].map((part) => square.eq(0).where(0, part.div(square)));
  }),
);

/** The angles to the positive real axis, from -π to π: [..., 2] → [...]. The gradient at zero is 0. */
export function angle(z: Tensor): Tensor {
  return direction(real(expectComplex("angle", z)), imag(z));
}

/**
 * The numbers of these absolute values and angles, `r cos φ + i r sin φ`.
 * https://pytorch.org/docs/stable/generated/torch.polar.html
 */
export function polar(abs: Tensor, angle: Tensor): Tensor {
  return stack([abs.mul(angle.cos()), abs.mul(angle.sin())], -1);
}

const realOfProduct = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>("mul", (a, b, c, d) =>
  a.mul(c).sub(b.mul(d)),
);
const imagOfProduct = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>("mul", (a, b, c, d) =>
  a.mul(d).add(b.mul(c)),
);

/** Products of complex numbers, which broadcast. With real numbers, `z.mul(x.unsqueeze(-1))` does. */
export function mul(z: Tensor, w: Tensor): Tensor {
  // safe: two of each
  const parts = [z, w].flatMap((x) => [real(expectComplex("mul", x)), imag(x)]) as [Tensor, Tensor, Tensor, Tensor];
  return stack([realOfProduct(...parts), imagOfProduct(...parts)], -1);
}
