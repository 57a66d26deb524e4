/**
 * Eigenvalues and eigenvectors of general square matrices. Both are complex tensors: their last dimension, of size 2,
 * holds the real and imaginary parts.
 */

import { applyAll, cat, diagEmbed, eye, namedTuple, type Op, solve, type Tensor } from "@akari/tensor";
import { expectSquare, write } from "./matrices.ts";
import { eigen } from "./schur.ts";

/** Result of `eig`: `const [values, vectors] = eig(a)`, or `{ eigenvalues, eigenvectors }`. */
export type Eig = readonly [eigenvalues: Tensor, eigenvectors: Tensor] & {
  /** Eigenvalues, [..., n, 2]. */
  readonly eigenvalues: Tensor;
  /** Eigenvectors as columns, [..., n, n, 2]. */
  readonly eigenvectors: Tensor;
};

/** Real and imaginary parts. */
type Complex = readonly [re: Tensor, im: Tensor];

const partsOf = (x: Tensor): Complex => [x.select(-1, 0), x.select(-1, 1)];
const product = ([a, b]: Complex, [c, d]: Complex): Complex => [
  a.matmul(c).sub(b.matmul(d)),
  a.matmul(d).add(b.matmul(c)),
];
/** The conjugate transpose. */
const adjoint = ([a, b]: Complex): Complex => [a.mT, b.mT.neg()];

/** The real part of the solution of `A X = B`, from a real system of twice the size. */
function realSolution([a, b]: Complex, [c, d]: Complex): Tensor {
  const whole = cat([cat([a, b.neg()], -1), cat([b, a], -1)], -2);
  return solve(whole, cat([c, d], -2)).narrow(-2, 0, a.size(-1));
}

/** a → eigenvalues and, if requested, eigenvectors */
const decomposition: Op<{ readonly operation: string; readonly vectors: boolean }> = {
  name: "eig",
  infer([a], { operation, vectors }) {
    expectSquare(operation, a);
    const { shape, dtype } = a;
    const values = { shape: [...shape.slice(0, -1), 2], dtype };
    return vectors ? [values, { shape: [...shape, 2], dtype }] : [values];
  },
  run([a], { operation, vectors }, [values, bases]) {
    const found = eigen(operation, a, vectors);
    write(values, found.values);
    if (bases) write(bases, found.vectors);
  },
  // The real part of V⁻ᴴ (diag(gΛ) + (Vᴴ gV - Vᴴ V diag(Re Vᴴ gV)) / Ē) Vᴴ with E_ij = λ_j - λ_i, where the second term
  // is zero on the diagonal. (Boeddeker et al. 2017, "On the Computation of Complex-valued Gradients with Application
  // to Statistically Optimum Beamforming", https://arxiv.org/abs/1701.00392)
  gradient: {
    reads: () => ({ outputs: [0, 1] }),
    compute([gValues, gVectors], context) {
      const [[lr, li], v] = [partsOf(context.output(0)), partsOf(context.output(1))];
      const vh = adjoint(v);
      const [gr, gi] = gValues ? partsOf(gValues) : [];
      let inner: Complex | null = gr && gi ? [diagEmbed(gr), diagEmbed(gi)] : null;
      if (gVectors) {
        const unit = eye(lr.size(-1), { dtype: lr.dtype, device: lr.device });
        const both = product(vh, partsOf(gVectors));
        const length = diagEmbed(both[0].diagonal(0, -2, -1));
        const along = product(vh, [v[0].matmul(length), v[1].matmul(length)]);
        const [x, y] = [both[0].sub(along[0]), both[1].sub(along[1])];
        const apart = (l: Tensor) => l.unsqueeze(-2).sub(l.unsqueeze(-1));
        // z / ē = z e / |e|². The unit matrix avoids a division by zero on the diagonal.
        const [e, f] = [apart(lr).add(unit), apart(li)];
        const square = e.square().add(f.square());
        const off = unit.mul(-1).add(1);
        const of = (z: Tensor) => z.div(square).mul(off);
        const term: Complex = [of(x.mul(e).sub(y.mul(f))), of(x.mul(f).add(y.mul(e)))];
        inner = inner ? [inner[0].add(term[0]), inner[1].add(term[1])] : term;
      }
      return [inner && realSolution(vh, product(inner, vh))];
    },
  },
};

/**
 * Computes the eigenvalues λ and eigenvectors V of each square matrix [n, n]: `A V = V diag(λ)`. Both may be complex
 * even if A is real, so they have shapes [n, 2] and [n, n, 2], the layout of `torch.view_as_real`. The eigenvalues are
 * in no particular order; complex ones come in conjugate pairs. The eigenvectors, the columns of V, are of length 1
 * with a real largest element. They are unique only up to a factor of absolute value 1, so a loss must not depend on
 * it. The gradient requires distinct eigenvalues and linearly independent eigenvectors.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.eig.html
 *
 * @throws ShapeError unless the matrices are square.
 * @throws ArgumentError for NaN and infinities.
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 * @example
 * eig(tensor([[0, -1], [1, 0]])).eigenvalues; // [[0, 1], [0, -1]]: i and -i
 */
export function eig(a: Tensor): Eig {
  return namedTuple(applyAll(decomposition, [a], { operation: "eig", vectors: true }), "eigenvalues", "eigenvectors");
}

/**
 * Computes the eigenvalues of square matrices [n, n] like `eig`: [n, 2]. Faster than `eig` when no gradient is
 * required.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.eigvals.html
 *
 * @throws ShapeError unless the matrices are square.
 * @throws ArgumentError for NaN and infinities.
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 */
export function eigvals(a: Tensor): Tensor {
  // The gradient needs the eigenvectors. Safe: the values come first.
  return applyAll(decomposition, [a], { operation: "eigvals", vectors: a?.requiresGrad })[0] as Tensor;
}
