/** Eigenvalues and eigenvectors of symmetric matrices. */

import {
  applyAll,
  checkChoice,
  diagEmbed,
  eye,
  namedTuple,
  type Op,
  scope,
  settings,
  type Tensor,
} from "@akari/tensor";
import { expectSquare, write, writeMatrices } from "./matrices.ts";
import { diagonalize } from "./symmetric.ts";

/** Options of `eigh` and `eigvalsh`. */
export interface EighOptions {
  /** Triangle to read: the lower (`"L"`) or the upper (`"U"`) one. Default `"L"`. */
  readonly UPLO?: "L" | "U";
}

/** Result of `eigh`: `const [values, vectors] = eigh(a)`, or `{ eigenvalues, eigenvectors }`. */
export type Eigh = readonly [eigenvalues: Tensor, eigenvectors: Tensor] & {
  /** Eigenvalues in ascending order, [..., n]. */
  readonly eigenvalues: Tensor;
  /** Eigenvectors as columns, [..., n, n]. */
  readonly eigenvectors: Tensor;
};

/** a → eigenvalues and, if requested, eigenvectors */
const decomposition: Op<{ readonly operation: string; readonly triangle: "L" | "U"; readonly vectors: boolean }> = {
  name: "eigh",
  infer([a], { operation, vectors }) {
    expectSquare(operation, a);
    return [{ shape: a.shape.slice(0, -1), dtype: a.dtype }, ...(vectors ? [a] : [])];
  },
  run([a], { operation, triangle, vectors }, [values, bases]) {
    scope(() => {
      const { values: found, rows } = diagonalize(operation, a, triangle === "U", vectors);
      write(values, found);
      if (bases) writeMatrices(bases, rows, true);
    });
  },
  // The symmetric part of V (diag(gΛ) + (Vᵀ gV) / E) Vᵀ with E_ij = λ_j - λ_i, where the second term is zero on the
  // diagonal.
  gradient: {
    reads: () => ({ outputs: [0, 1] }),
    compute([gValues, gVectors], context) {
      const [values, v] = [context.output(0), context.output(1)];
      const inner: Tensor[] = gValues ? [diagEmbed(gValues)] : [];
      if (gVectors) {
        const unit = eye(v.size(-1), { dtype: v.dtype, device: v.device });
        const apart = values.unsqueeze(-2).sub(values.unsqueeze(-1)).add(unit);
        inner.push(v.mT.matmul(gVectors).div(apart).mul(unit.mul(-1).add(1)));
      }
      const gradient = v.matmul(inner.reduce((sum, x) => sum.add(x))).matmul(v.mT);
      return [gradient.add(gradient.mT).div(2)];
    },
  },
};

function decomposed(operation: string, a: Tensor, options: EighOptions, vectors: boolean): readonly Tensor[] {
  const { UPLO: triangle } = settings(operation, options, { UPLO: "L" });
  checkChoice(operation, "UPLO", triangle, ["L", "U"]);
  return applyAll(decomposition, [a], { operation, triangle, vectors });
}

/**
 * Computes the eigenvalues λ and eigenvectors V of each symmetric matrix [n, n]: `A = V diag(λ) Vᵀ`. The eigenvalues
 * [n] are in ascending order. The columns of V are orthonormal, each unique up to its sign. Only one triangle of A is
 * read. The gradient of the vectors requires distinct eigenvalues.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.eigh.html
 *
 * @throws ShapeError unless the matrices are square.
 * @throws ArgumentError for NaN and infinities.
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 * @example
 * eigh(tensor([[2, 1], [1, 2]])).eigenvalues; // [1, 3]
 */
export function eigh(a: Tensor, options: EighOptions = {}): Eigh {
  return namedTuple(decomposed("eigh", a, options, true), "eigenvalues", "eigenvectors");
}

/**
 * Computes the eigenvalues of symmetric matrices [n, n] in ascending order: [n]. Faster than `eigh` when no gradient is
 * required.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.eigvalsh.html
 *
 * @throws ShapeError unless the matrices are square.
 * @throws ArgumentError for NaN and infinities.
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 */
export function eigvalsh(a: Tensor, options: EighOptions = {}): Tensor {
  // The gradient needs the eigenvectors. Safe: the values come first.
  return decomposed("eigvalsh", a, options, a?.requiresGrad)[0] as Tensor;
}
