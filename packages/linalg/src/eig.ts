/**
 * Eigenvalues and eigenvectors of matrices that need not be symmetric, as complex numbers: with a last dimension of
 * two, for the real and the imaginary part.
 */

import { apply, applyAll, cat, diagEmbed, eye, type Op, solve, type Tensor } from "@akari/tensor";
import { expectSquare, named, readMatrices, scaleDown, write } from "./matrices.ts";
import { type Eigen, eigen } from "./schur.ts";

/** What `eig` gives: `const [values, vectors] = eig(a)`, or `{ eigenvalues, eigenvectors }`. */
export type Eig = readonly [eigenvalues: Tensor, eigenvectors: Tensor] & {
  /** The eigenvalues, [..., n, 2]: the real parts, and the imaginary ones. */
  readonly eigenvalues: Tensor;
  /** The eigenvectors as columns, [..., n, n, 2]. */
  readonly eigenvectors: Tensor;
};

/** Real and imaginary parts. */
type Complex = readonly [re: Tensor, im: Tensor];

const partsOf = (x: Tensor): Complex => [x.select(-1, 0), x.select(-1, 1)];
const product = ([a, b]: Complex, [c, d]: Complex): Complex => [
  a.matmul(c).sub(b.matmul(d)),
  a.matmul(d).add(b.matmul(c)),
];
/** The transpose, of the conjugates. */
const adjoint = ([a, b]: Complex): Complex => [a.mT, b.mT.neg()];

/** The real part of the solution of `A X = B`, by one of twice the size. */
function realSolution([a, b]: Complex, [c, d]: Complex): Tensor {
  const whole = cat([cat([a, b.neg()], -1), cat([b, a], -1)], -2);
  return solve(whole, cat([c, d], -2)).narrow(-2, 0, a.size(-1));
}

function each(operation: string, a: Tensor, vectors: boolean): Eigen[] {
  return readMatrices(a).map((matrix) => {
    const scale = scaleDown(operation, matrix);
    const { values, vectors: columns } = eigen(operation, matrix, vectors);
    return { values: { re: values.re.map((x) => x * scale), im: values.im.map((x) => x * scale) }, vectors: columns };
  });
}

function writeValues(to: Tensor, parts: readonly Eigen[]): void {
  write(
    to,
    Float64Array.from(parts.flatMap(({ values: { re, im } }) => Array.from(re, (x, i) => [x, im[i] as number]).flat())),
  );
}

/** a → eigenvalues and eigenvectors */
const decomposition: Op = {
  name: "eig",
  infer([a]) {
    expectSquare("eig", a);
    return [
      { shape: [...a.shape.slice(0, -1), 2], dtype: a.dtype },
      { shape: [...a.shape, 2], dtype: a.dtype },
    ];
  },
  run([a], _, [values, vectors]) {
    const parts = each("eig", a, true);
    writeValues(values, parts);
    const n = a.size(-1);
    const all = new Float64Array(vectors.numel());
    for (const [k, { vectors: columns }] of parts.entries())
      for (const [j, { re, im }] of columns.entries())
        for (let i = 0; i < n; i++) {
          const place = 2 * ((k * n + i) * n + j);
          all[place] = re[i] as number;
          all[place + 1] = im[i] as number;
        }
    write(vectors, all);
  },
  // V⁻ᴴ (diag(gΛ) + (Vᴴ gV - Vᴴ V diag(Re Vᴴ gV)) / Ē) Vᴴ with E_ij = λ_j - λ_i, of which the second term has nothing
  // on the diagonal; of that the real part. (Boeddeker et al. 2017, "On the Computation of Complex-valued Gradients
  // with Application to Statistically Optimum Beamforming", https://arxiv.org/abs/1701.00392)
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
        // Division by the conjugate is multiplication by the number over its square.
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

/** a → eigenvalues */
const onlyValues: Op = {
  name: "eigvals",
  infer([a]) {
    expectSquare("eigvals", a);
    return [{ shape: [...a.shape.slice(0, -1), 2], dtype: a.dtype }];
  },
  run([a], _, [values]) {
    writeValues(values, each("eigvals", a, false));
  },
  gradient: null,
};

/**
 * `A V = V diag(λ)` for each square matrix [n, n]: the eigenvalues, in no order, and the eigenvectors as the columns of
 * V. Both may be complex, also where A is not, and so have a last dimension of two more than PyTorch's, as its
 * `view_as_real` gives them: [n, 2] and [n, n, 2]. The complex ones come in pairs. Vectors have length 1, their largest
 * element is real, and any multiple of one by a number of size 1 were as good, so that a loss must not depend on that.
 * The gradient needs eigenvalues that differ, and a matrix with n independent vectors.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.eig.html
 *
 * @throws ArgumentError for NaN and infinities.
 * @throws DeviceError on a device that cannot be read at once; `await a.prefetch()` there first.
 * @example
 * eig(tensor([[0, -1], [1, 0]])).eigenvalues; // [[0, 1], [0, -1]]: i and -i
 */
export function eig(a: Tensor): Eig {
  return named(applyAll(decomposition, [a], undefined), "eigenvalues", "eigenvectors");
}

/**
 * The eigenvalues of square matrices [n, n] as `eig` gives them, [n, 2], in less time where no gradient is asked for.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.eigvals.html
 */
export function eigvals(a: Tensor): Tensor {
  // The gradient is made of the eigenvectors.
  // safe: two outputs
  return a.requiresGrad ? (applyAll(decomposition, [a], undefined)[0] as Tensor) : apply(onlyValues, [a], undefined);
}
