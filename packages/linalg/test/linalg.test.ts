import { requiresGrad } from "@akari/autograd";
import {
  arange,
  cpu,
  diag,
  diagEmbed,
  eye,
  fromTypedArray,
  manualSeed,
  ones,
  randn,
  stack,
  type Tensor,
  type TensorOptions,
  tensor,
  tril,
  triu,
  zeros,
} from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { describe, expect, it } from "vitest";
import {
  cond,
  eig,
  eigh,
  eigvals,
  eigvalsh,
  lstsq,
  matrixExp,
  matrixRank,
  pcaLowrank,
  pinv,
  qr,
  svd,
  svdLowrank,
  svdvals,
} from "../src/index.ts";
import { double, expectClose, expectGradients, shapes, square, tall } from "./matrices.ts";

/** Expects the columns to be orthogonal and of norm 1. */
function expectOrthogonal(q: Tensor, tolerance = 1e-12): void {
  const product = q.mT.matmul(q);
  expectClose(product, eye(q.size(-1), { dtype: q.dtype, device: q.device }).expand(...product.shape), tolerance);
}

describe.each([
  ["cpu", cpu()],
  ["reference", reference()],
])("decompositions on %s", (_, device) => {
  const options: TensorOptions = { device, dtype: "float64" };

  it.each(shapes)("reproduce the matrix: %j", (...shape) => {
    manualSeed(3);
    const a = randn(shape, options);
    const k = Math.min(a.size(-2), a.size(-1));
    for (const fullMatrices of [true, false]) {
      const [u, s, vh] = svd(a, { fullMatrices });
      expectClose(
        u
          .narrow(-1, 0, k)
          .mul(s.unsqueeze(-2))
          .matmul(vh.narrow(-2, 0, k)),
        a,
      );
      expectOrthogonal(u);
      expectOrthogonal(vh.mT);
      expectClose(svdvals(a), s);
      expect(
        s
          .narrow(-1, 0, Math.max(0, k - 1))
          .lt(s.narrow(-1, Math.min(1, k), Math.max(0, k - 1)))
          .any()
          .itemSync(),
      ).toBe(0);
    }
    for (const mode of ["reduced", "complete"] as const) {
      const { Q, R } = qr(a, { mode });
      expectClose(Q.matmul(R), a);
      expectOrthogonal(Q);
      expectClose(R.triu(), R, 1e-300);
    }
    expectClose(qr(a, { mode: "r" }).R, qr(a).R);
    const symmetric = a.matmul(a.mT);
    const { eigenvalues, eigenvectors } = eigh(symmetric);
    expectClose(eigenvectors.mul(eigenvalues.unsqueeze(-2)).matmul(eigenvectors.mT), symmetric, 1e-11);
    expectOrthogonal(eigenvectors);
    expectClose(eigvalsh(symmetric), eigenvalues);
  });

  it("preserve the dtype", () => {
    const a = randn([4, 3], { device });
    const [u, s, vh] = svd(a, { fullMatrices: false });
    expect([u.dtype, s.dtype, vh.dtype, qr(a).Q.dtype, pinv(a).dtype]).toEqual(new Array(5).fill("float32"));
    expectClose(u.mul(s).matmul(vh), a, 2e-6);
  });
});

it.each([1e200, 1e-200, 1e300])("qr neither overflows nor underflows at %d", (factor) => {
  const [q, r] = qr(tall);
  const scaled = qr(tall.mul(factor));
  expectClose(scaled.Q, q);
  expectClose(scaled.R.div(factor), r);
});

describe("compared with PyTorch", () => {
  it("qr has the same signs", () => {
    const { Q, R } = qr(tall);
    expectClose(
      R,
      tensor(
        [
          [-4.609772, -0.867722, 0.650791],
          [0, 3.648227, -1.935267],
          [0, 0, -1.755338],
        ],
        double,
      ),
      1e-6,
    );
    expectClose(Q.select(-1, 0), tensor([-0.21693, -0.108465, -0.867722, 0.433861], double), 1e-6);
    expectClose(
      qr(tall, { mode: "complete" }).Q.select(-1, 3),
      tensor([0.838404, 0.457311, -0.292171, -0.050812], double),
      1e-6,
    );
  });

  it("the gradient of qr is the same for more rows, more columns and square matrices", () => {
    const cases: [Tensor, number[]][] = [
      [
        tall,
        [
          -1.064276, 1.88503, 0.839878, -0.49797, -4.173277, -8.141196, -2.733309, -0.607629, -5.427983, -3.818363,
          3.293711, -5.556667,
        ],
      ],
      [
        tall.t(),
        [
          1.938109, 5.013475, 2.716968, 2.99033, -8.219991, -4.396911, 1.475743, 0.923722, -12.052382, 1.118633,
          13.016922, 14.635732,
        ],
      ],
      [square, [1.538105, -3.101694, -5.371965, 4.068629, -7.43822, -9.841158, -1.931433, -0.371455, -0.541848]],
    ];
    const counted = (x: Tensor) => arange(1, x.numel() + 1, double).reshape(x.shape);
    for (const [a, expected] of cases) {
      const x = requiresGrad(a.clone());
      const [q, r] = qr(x);
      q.mul(counted(q))
        .sum()
        .add(r.mul(counted(r)).sum())
        .backward();
      expectClose((x.grad as Tensor).flatten(), tensor(expected, double), 2e-6);
    }
  });

  it("svdvals, cond, pinv and lstsq return the same values", () => {
    expectClose(svdvals(tall), tensor([5.024408, 3.875494, 1.516038], double), 1e-6);
    expectClose(cond(tall), tensor(3.31417, double), 1e-5);
    expectClose(cond(tall, -2), tensor(1 / 3.31417, double), 1e-5);
    expectClose(cond(square, "fro"), tensor(71.069215, double), 1e-5);
    // As in PyTorch, infinite for the singular matrices of a batch.
    for (const p of ["fro", "nuc", 1, Number.POSITIVE_INFINITY] as const)
      expect(cond(stack([ones([2, 2]), eye(2), zeros([2, 2])]), p).toArraySync()).toEqual([
        Number.POSITIVE_INFINITY,
        typeof p === "number" ? 1 : p === "nuc" ? 4 : expect.closeTo(2, 6),
        Number.POSITIVE_INFINITY,
      ]);
    expectClose(pinv(tall).select(-2, 0), tensor([0.022807, 0.073046, 0.194072, -0.08219], double), 1e-6);
    const b = arange(1, 9, double).reshape([4, 2]);
    const { solution, residuals, rank, singularValues } = lstsq(tall, b);
    expectClose(solution.flatten(), tensor([0.636975, 0.84471, 2.567156, 3.014577, 5.101447, 6.002797], double), 1e-6);
    expectClose(residuals, tall.matmul(solution).sub(b).square().sum(0));
    expect(rank.itemSync()).toBe(3);
    const learned = lstsq(requiresGrad(tall.clone()), b);
    expect([learned.solution.requiresGrad, learned.singularValues.requiresGrad]).toEqual([true, false]);
    expectClose(singularValues, svdvals(tall));
    const under = lstsq(tall.t(), arange(1, 7, double).reshape([3, 2]));
    const expected = [0.649938, 0.859663, 0.293906, 0.347695, 1.738153, 2.29638, 3.374751, 4.109515];
    expectClose(under.solution.flatten(), tensor(expected, double), 1e-6);
    expect(under.residuals.shape).toEqual([0]);
  });

  it("the gradient of svd is the same for functions that do not depend on the signs of vectors", () => {
    const x = requiresGrad(tall.clone());
    const [u, s, vh] = svd(x, { fullMatrices: false });
    const weighted = (v: Tensor, dim: number) => v.abs().mul(ones(v.shape, double).cumsum(dim)).sum();
    weighted(u, 0).add(weighted(vh, 1)).add(s.sum()).backward();
    const expected = [
      -0.248213, 1.213227, -0.383177, -0.514764, -1.367814, 1.25302, -0.631085, 0.295436, -0.537765, -1.084649,
      0.802917, 0.90753,
    ];
    expectClose((x.grad as Tensor).flatten(), tensor(expected, double), 2e-6);
  });

  it("eigh returns the same eigenvalues, with the same gradient", () => {
    const x = requiresGrad(square.add(square.t()));
    const [values, vectors] = eigh(x);
    expectClose(values, tensor([-7.415424, -2.01243, 5.427855], double), 1e-6);
    expectClose(vectors.abs().select(0, 0), tensor([0.146827, 0.65077, 0.744943], double), 1e-6);
    values
      .mul(tensor([1, 2, 3], double))
      .sum()
      .add(
        vectors
          .abs()
          .mul(arange(9, double).reshape([3, 3]))
          .sum(),
      )
      .backward();
    const expected = [2.54546, 0.149285, 0.395489, 0.149285, 1.479765, 0.918599, 0.395489, 0.918599, 1.974775];
    expectClose((x.grad as Tensor).flatten(), tensor(expected, double), 2e-6);
  });

  it("svdLowrank and pcaLowrank return the same from the same random vectors", () => {
    const a = tensor(
      [
        [-1.088744, 0.440031, 0.669081, -0.051412, -0.01586],
        [-3.738652, 1.961717, 0.91049, 0.01483, -0.008089],
        [7.93283, -1.040283, 0.548373, 0.114681, -0.001246],
        [2.771581, -1.382119, 1.063885, -0.222364, -0.004724],
        [-6.732178, -0.852508, 0.167945, 0.075806, -0.003764],
        [4.546879, -1.273, -1.18706, -0.003567, -0.005891],
        [-5.349623, -0.326513, 1.211527, 0.040049, -0.009073],
        [3.089922, -2.741432, -0.766834, 0.096533, -0.013184],
      ],
      double,
    );
    manualSeed(0);
    expectClose(svdLowrank(a, { q: 2 }).S, tensor([13.9567, 3.5277], double), 1e-4);
    for (const turned of [false, true]) {
      manualSeed(0);
      const { U, S, V } = svdLowrank(turned ? a.t() : a, { q: 5 });
      expectClose(S, svdvals(a));
      expectClose(U.mul(S).matmul(V.mT), turned ? a.t() : a);
    }
    manualSeed(0);
    const { U, S, V } = pcaLowrank(a, { q: 2, niter: 0 });
    expectClose(S, tensor([12.7971, 3.2421], double), 1e-4);
    expectClose(V.select(0, 0).abs(), tensor([0.8875, 0.1585], double), 1e-4);
    expect(U.shape).toEqual([8, 2]);
    const centered = a.sub(a.mean(0));
    expectClose(pcaLowrank(a, { q: 5 }).S, svdvals(centered));
    expect(() => pcaLowrank(a, { q: 6 })).toThrow(/pcaLowrank: q must be an integer from 0 to 5, got 6/);
    expect(() => svdLowrank(a, { niter: -1 })).toThrow(/svdLowrank: niter must be a non-negative integer, got -1/);
  });

  it("matrixExp returns the same values", () => {
    const expected = [1.794307, 0.897639, -0.28167, 2.982378, 1.336226, 0.39619, 6.642617, 2.956064, 0.509739];
    expectClose(matrixExp(square).flatten(), tensor(expected, double), 2e-6);
    expectClose(matrixExp(zeros([2, 3, 3], double)), eye(3, double).expand(2, 3, 3));
    expectClose(
      matrixExp(
        tensor(
          [
            [-50, 0],
            [0, 3],
          ],
          double,
        ),
      ),
      diag(tensor([Math.exp(-50), Math.exp(3)], double)),
      1e-11,
    );
    expect(matrixExp(zeros([0, 0])).shape).toEqual([0, 0]);
  });
});

describe("decompositions of difficult matrices", () => {
  const nilpotent = eye(5, double).narrow(-1, 0, 4).pad([1, 0]);
  const graded = diag(tensor([1, 1e-5, 1e-10, 1e-16, 1e-300], double)).add(1e-20);
  it.each([
    ["zeros", zeros([4, 3], double)],
    ["ones", ones([5, 4], double)],
    ["equal singular values", eye(4, double)],
    ["multiples of one column", ones([6, 1], double).matmul(arange(5, double).reshape([1, 5]))],
    ["zeros on the diagonal", nilpotent],
    ["magnitudes from 1 to 1e-300", graded],
    ["large numbers", randn([5, 5], double).mul(1e200)],
    ["small numbers", randn([5, 5], double).mul(1e-200)],
  ])("%s", (_, a) => {
    const scale = Math.max(a.abs().max().itemSync(), Number.MIN_VALUE);
    const [u, s, vh] = svd(a, { fullMatrices: false });
    expectClose(u.mul(s).matmul(vh).div(scale), a.div(scale));
    expectOrthogonal(u);
    expectOrthogonal(vh.mT);
    if (a.size(0) !== a.size(1)) return;
    const symmetric = a.add(a.mT);
    const [values, vectors] = eigh(symmetric);
    expectClose(vectors.mul(values).matmul(vectors.mT).div(scale), symmetric.div(scale));
    expectOrthogonal(vectors);
  });

  // Up to 32 columns, matrices are on the host; from 64 on, sums of products are deferred and rotations are collected.
  it.each([
    ["tall", [40, 20]],
    ["wide", [20, 40]],
    ["larger, tall", [150, 70]],
    ["larger, wide", [70, 150]],
    ["much taller", [500, 2]],
    ["one block and a row", [33, 33]],
    ["a batch", [2, 3, 66, 40]],
    ["square", [130, 130]],
  ])("%s: %j", (_, shape) => {
    manualSeed(7);
    const a = randn(shape, double);
    const k = Math.min(...a.size(-2, -1));
    const [u, s, vh] = svd(a, { fullMatrices: true });
    const columns = u.narrow(-1, 0, k).mul(s.unsqueeze(-2));
    expectClose(columns.matmul(vh.narrow(-2, 0, k)), a);
    expectOrthogonal(u);
    expectOrthogonal(vh.mT);
    expectClose(svdvals(a), s);
    for (const mode of ["reduced", "complete"] as const) {
      const [q, r] = qr(a, { mode });
      expectClose(q.matmul(r), a);
      expectClose(tril(r, -1), zeros(r.shape, double), 1e-300);
      expectOrthogonal(q);
    }
    expectClose(qr(a, { mode: "r" }).R, qr(a).R);
    expectClose(a.matmul(pinv(a)).matmul(a), a, 1e-10);
    for (const UPLO of ["L", "U"] as const) {
      const square = a.narrow(-2, 0, k).narrow(-1, 0, k);
      const half = UPLO === "L" ? tril(square, -1) : triu(square, 1);
      const symmetric = half.add(half.mT).add(diagEmbed(square.diagonal(0, -2, -1)));
      const [values, vectors] = eigh(square, { UPLO });
      expectClose(vectors.mul(values.unsqueeze(-2)).matmul(vectors.mT), symmetric);
      expectOrthogonal(vectors);
      expectClose(eigvalsh(square, { UPLO }), values);
    }
  });

  // Eigenvalues of rounding errors, as of repeated and tiny ones, used to exceed the iterations.
  it.each([16, 65, 130, 200])("of %i columns with repeated values or a condition number of 1e12 converge", (n) => {
    manualSeed(9);
    const q = qr(randn([n, n], double)).Q;
    const repeated = q.mul(arange(n, double).remainder(3).sub(1)).matmul(q.mT);
    const small = arange(n, double).mul(-12 / (n - 1));
    const graded = q.mul(tensor(10, double).pow(small)).matmul(q.mT);
    for (const a of [repeated, graded, ones([n, n], double)]) {
      const [u, s, vh] = svd(a);
      expectClose(u.mul(s).matmul(vh), a, 2e-12);
      expectOrthogonal(u);
      expectOrthogonal(vh.mT);
      const [values, vectors] = eigh(a);
      expectClose(vectors.mul(values).matmul(vectors.mT), a, 2e-12);
      expectOrthogonal(vectors);
      const general = eigvals(a).select(-1, 0).sort().values;
      expectClose(general, values, 1e-10);
    }
    expectClose(svdvals(repeated).round(), svdvals(repeated), 1e-12);
  });

  it("matrixRank and pinv ignore values within rounding error", () => {
    manualSeed(5);
    const a = randn([6, 2], double).matmul(randn([2, 5], double));
    expect(matrixRank(a).itemSync()).toBe(2);
    expect(matrixRank(a.to("float32")).itemSync()).toBe(2);
    expect(
      matrixRank(
        eye(3)
          .unsqueeze(0)
          .mul(tensor([1, 1e-3, 0]).reshape([3, 1, 1])),
        { atol: 1e-2 },
      ).toArraySync(),
    ).toEqual([3, 0, 0]);
    expect(matrixRank(zeros([0, 2])).itemSync()).toBe(0);
    const graded = diag(tensor([1, 1e-3, 1e-9], double)).expand(2, 3, 3);
    // A tensor holds the tolerance of each matrix; the relative one is zero where the absolute one is positive.
    const atol = tensor([0.1, 0], double);
    expect(matrixRank(graded, { atol }).toArraySync()).toEqual([1, 3]);
    expect(matrixRank(graded, { rtol: tensor(1e-6, double) }).toArraySync()).toEqual([2, 2]);
    expectClose(pinv(graded, { atol }), stack([pinv(graded.select(0, 0), { atol: 0.1 }), pinv(graded.select(0, 1))]));
    expect(() => pinv(graded, { atol: ones([3]) })).toThrow(/expand: .*\[3\].*\[2\]/);
    const inverse = pinv(a);
    expectClose(a.matmul(inverse).matmul(a), a);
    expectClose(inverse.matmul(a).matmul(inverse), inverse);
    expectClose(a.matmul(inverse), a.matmul(inverse).mT);
    expectClose(pinv(diag(tensor([2, 1e-3], double)), { rtol: 1e-2 }), diag(tensor([0.5, 0], double)));
    const symmetric = a.matmul(a.mT).sub(eye(6, double));
    const lower = symmetric.tril().add(ones([6, 6], double).triu(1));
    expect(matrixRank(lower, { hermitian: true, atol: 1.5 }).itemSync()).toBe(
      matrixRank(symmetric, { atol: 1.5 }).itemSync(),
    );
    expectClose(pinv(lower, { hermitian: true, atol: 1.5 }), pinv(symmetric, { atol: 1.5 }));
    for (const f of [pinv, matrixRank])
      expect(() => f(ones([2, 3]), { hermitian: true })).toThrow(/expected square matrices, got shape \[2, 3\]/);
    // The solution of minimum norm.
    const { solution, rank } = lstsq(a, ones([6], double));
    expect(rank.itemSync()).toBe(2);
    expectClose(solution, inverse.matmul(ones([6], double)));
  });

  it("lstsq broadcasts batches and accepts vectors", () => {
    manualSeed(6);
    const [a, b] = [randn([3, 1, 5, 2], double), randn([4, 5, 3], double)];
    const { solution, residuals } = lstsq(a, b);
    expect([solution.shape, residuals.shape]).toEqual([
      [3, 4, 2, 3],
      [3, 4, 3],
    ]);
    const one = lstsq(a.get(1, 0), b.get(2).select(-1, 1));
    expectClose(solution.get(1, 2).select(-1, 1), one.solution);
    expectClose(residuals.get(1, 2, 1), one.residuals);
  });

  it("eigh reads one triangle only", () => {
    const a = tensor(
      [
        [2, 100],
        [1, 2],
      ],
      double,
    );
    expectClose(eigvalsh(a), tensor([1, 3], double));
    expectClose(eigvalsh(a, { UPLO: "U" }), tensor([-98, 102], double), 1e-11);
  });
});

describe("first and second derivatives match finite differences for", () => {
  const made = (...shape: number[]) => {
    manualSeed(shape.length * 7 + (shape.at(-1) ?? 0));
    return requiresGrad(randn(shape, double));
  };
  const each = [
    [4, 3],
    [3, 4],
    [3, 3],
    [2, 3, 2],
  ].map((shape) => [shape] as const);

  it.each(each)("qr, svd, svdvals, pinv and lstsq of %j", async (shape) => {
    const [a, b] = [made(...shape), made(...shape.slice(0, -1), 2)];
    await expectGradients((x) => [...qr(x)], a);
    await expectGradients((x) => {
      const { U, S, Vh } = svd(x, { fullMatrices: false });
      return [U.abs(), S, Vh.abs()];
    }, a);
    await expectGradients(svdvals, a);
    await expectGradients((x) => pinv(x), a);
    if (shape.at(-1) === shape.at(-2)) await expectGradients((x) => pinv(x.add(x.mT), { hermitian: true }), a);
    await expectGradients((x, y) => [...lstsq(x, y)].slice(0, 2), a, b);
  });

  it("qr with a complete Q, eigh, eigvalsh, cond and matrixExp", async () => {
    await expectGradients((x) => [...qr(x, { mode: "complete" })], made(3, 4));
    await expectGradients((x) => Object.values(eigh(x.add(x.mT))).map((y) => y.abs()), made(3, 3));
    await expectGradients((x) => eigvalsh(x.add(x.mT)), made(3, 3));
    await expectGradients((x) => cond(x), made(4, 3));
    await expectGradients((x) => cond(x, 1), made(3, 3));
    await expectGradients(matrixExp, made(2, 3, 3));
  });

  it("of full matrices ignore the vectors that are added", () => {
    for (const x of [made(4, 3), made(3, 4)]) {
      const full = svd(x);
      full.U.abs().sum().add(full.Vh.abs().sum()).add(full.S.sum()).backward();
      const expected = requiresGrad(x.detach().clone());
      const reduced = svd(expected, { fullMatrices: false });
      reduced.U.abs().sum().add(reduced.Vh.abs().sum()).add(reduced.S.sum()).backward();
      expectClose(x.grad as Tensor, expected.grad as Tensor);
    }
  });

  it("of qr exist for reduced matrices only", () => {
    const x = made(4, 3);
    expect(() => qr(x, { mode: "complete" }).Q.sum().backward()).toThrow(
      /qr: there is no gradient with mode "complete"/,
    );
    expect(() => qr(x, { mode: "r" }).R.sum().backward()).toThrow(/qr: there is no gradient with mode "r"/);
  });
});

describe("invalid input", () => {
  it("is rejected before anything runs", () => {
    for (const f of [qr, svd, svdvals, pinv, matrixRank, cond] as const) {
      expect(() => f(ones([3]))).toThrow(/: expected a matrix or a batch of them, got shape \[3\]/);
      expect(() => f(ones([2, 2], { dtype: "int32" }))).toThrow(/int32/);
      // Safe: values that plain JavaScript might pass.
      for (const wrong of [null, undefined, 3] as never[])
        expect(() => f(wrong)).toThrow(/: expected a tensor, got (null|undefined|3);/);
    }
    for (const f of [eig, eigvals, eigh, eigvalsh, matrixExp] as const)
      expect(() => f(ones([2, 3]))).toThrow(/: expected square matrices, got shape \[2, 3\]/);
    expect(() => cond(ones([2, 3]), 1)).toThrow(/cond: expected square matrices/);
    expect(() => cond(ones([2, 2]), 3)).toThrow(
      /cond: p must be "fro", "nuc", 1, -1, 2, -2, Infinity or -Infinity, got 3/,
    );
    expect(() => cond(zeros([0, 2]))).toThrow(
      /cond: expected matrices of at least one row and column, got shape \[0, 2\]/,
    );
    for (const f of [svd, svdvals, pinv, eig, eigvals, eigh, eigvalsh] as const)
      expect(() => f(fromTypedArray(Float32Array.of(1, 0, Number.NaN, 1), [2, 2]))).toThrow(
        /: a matrix contains NaN or infinities/,
      );
    expect(() => lstsq(ones([3, 2]), ones([2]))).toThrow(
      /lstsq: expected a and b with the same number of rows, got shapes \[3, 2\] and \[2\]/,
    );
    expect(() => lstsq(ones([3, 2]), ones([3], double))).toThrow(/lstsq: expected both tensors to have one dtype/);
    expect(() => pinv(ones([2, 2]), { rtol: -1 })).toThrow(/pinv: rtol must not be negative, got -1/);
    // @ts-expect-error: not a mode
    expect(() => qr(ones([2, 2]), { mode: "full" })).toThrow(/qr: .*mode.*"reduced".*"full"/s);
    // @ts-expect-error: not an option
    expect(() => svd(ones([2, 2]), { full: false })).toThrow(/svd: there is no option "full"; there are fullMatrices/);
  });
});
