/** The QR decomposition: an orthonormal basis of a matrix's columns, and the triangle of their coordinates in it. */

import {
  AutogradError,
  applyAll,
  checkChoice,
  namedTuple,
  type Op,
  scope,
  settings,
  sizeOf,
  solveTriangular,
  type Tensor,
  tril,
} from "@akari/tensor";
import { Reflections } from "./householder.ts";
import { elements, expectMatrix, part, Space, write, writeMatrices } from "./matrices.ts";

/** Parts of the decomposition to compute. */
export type QrMode = "reduced" | "complete" | "r";

/** Options of `qr`. */
export interface QrOptions {
  /**
   * `"reduced"`: Q is [m, k] and R [k, n], where k = min(m, n). `"complete"`: Q is [m, m] and R [m, n]. `"r"`: only R
   * as in `"reduced"`, and an empty Q. Default `"reduced"`.
   */
  readonly mode?: QrMode;
}

/** Result of `qr`: `const [q, r] = qr(a)`, or `{ Q, R }`. */
export type QR = readonly [Q: Tensor, R: Tensor] & { readonly Q: Tensor; readonly R: Tensor };

/** a → Q and R */
const decomposition: Op<QrMode> = {
  name: "qr",
  infer([a], mode) {
    const [m, n] = expectMatrix("qr", a);
    const [{ dtype }, batch, k] = [a, a.shape.slice(0, -2), mode === "complete" ? m : Math.min(m, n)];
    return [
      { shape: mode === "r" ? [0] : [...batch, m, k], dtype },
      { shape: [...batch, k, n], dtype },
    ];
  },
  run([a], mode, [q, r]) {
    scope(() => {
      const [[m, n], width] = [a.size(-2, -1), mode === "r" ? 0 : q.size(-1)];
      const [space, count] = [new Space(a), sizeOf(a.shape.slice(0, -2))];
      const [source, bases] = [space.read(a), space.matrix(count * m, width)];
      const reflections = new Reflections(space, Math.min(m, n), m, Math.max(n, width), 0);
      for (let k = 0; k < count; k++) {
        const matrix = part(source, k * m, 0, m);
        reflections.triangularize(matrix);
        const [x, at] = elements(matrix);
        for (let i = 1; i < m; i++) x.fill(0, at + i * n, at + i * n + Math.min(i, n));
        if (mode !== "r") reflections.product(part(bases, k * m, 0, m));
      }
      if (mode !== "r") writeMatrices(q, bases);
      writeMatrices(r, source);
    });
  },
  gradient: {
    reads: () => ({ outputs: [0, 1] }),
    compute([gq, gr], context) {
      if (context.attrs === "r") throw new AutogradError('qr: there is no gradient with mode "r"; use "reduced"');
      const [q, r] = [context.output(0), context.output(1)];
      const [m, n] = [q.size(-2), r.size(-1)];
      if (context.attrs === "complete" && m > n)
        throw new AutogradError(
          `qr: there is no gradient with mode "complete" and more rows (${m}) than columns (${n}); use "reduced"`,
        );
      const [leftR, leftG] = [r.narrow(-1, 0, Math.min(m, n)), gr?.narrow(-1, 0, Math.min(m, n)) ?? null];
      if (m >= n || !gr) {
        const left = ofTall(q, leftR, gq ?? null, leftG);
        return [m >= n ? left : left.pad([0, n - m])];
      }
      // The columns from the m-th on are Q R₂, so their gradient contributes to that of Q.
      const rightG = gr.narrow(-1, m, n - m);
      const beyond = q.matmul(r.narrow(-1, m, n - m)).matmul(rightG.mT);
      const left = ofTall(q, leftR, gq ? gq.add(beyond) : beyond, leftG);
      return [left.pad([0, n - m]).add(q.matmul(rightG).pad([m, 0]))];
    },
  },
};

/**
 * The gradient for a matrix with at least as many rows as columns. (Walter and Lehmann 2018,
 * https://arxiv.org/abs/1009.6112)
 */
function ofTall(q: Tensor, r: Tensor, gq: Tensor | null, gr: Tensor | null): Tensor {
  const fromR = gr && r.matmul(gr.mT);
  const fromQ = gq?.mT.matmul(q).neg() ?? null;
  const m = (fromR && fromQ ? fromR.add(fromQ) : (fromR ?? fromQ)) as Tensor; // safe: one gradient is present
  const turned = q.matmul(tril(m).add(tril(m, -1).mT));
  return solveTriangular(r, (gq ? gq.add(turned) : turned).mT, { upper: true }).mT;
}

/**
 * Computes the QR decomposition of each matrix [m, n]: `A = Q R`. The columns of Q are orthonormal, and R is upper
 * triangular. As in LAPACK, the diagonal of R may be negative. The gradient requires the first min(m, n) columns to be
 * linearly independent, and mode `"reduced"` or, if m ≤ n, `"complete"`.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.qr.html
 *
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 * @example
 * const [q, r] = qr(tensor([[3, 1], [4, 2]]));
 * r.shape; // [2, 2]
 */
export function qr(a: Tensor, options: QrOptions = {}): QR {
  const { mode } = settings("qr", options, { mode: "reduced" });
  checkChoice("qr", "mode", mode, ["reduced", "complete", "r"]);
  return namedTuple(applyAll(decomposition, [a], mode), "Q", "R");
}

/** Result of `geqrf`: `const [a, tau] = geqrf(x)`, or `{ a, tau }`. */
export type Geqrf = readonly [a: Tensor, tau: Tensor] & {
  /** R on and above the diagonal, the vectors of the reflections below it, without their leading ones; [..., m, n]. */
  readonly a: Tensor;
  /** The factors of the reflections, [..., min(m, n)]. */
  readonly tau: Tensor;
};

/** a → a, tau */
const reflections: Op = {
  name: "geqrf",
  infer([a]) {
    const k = Math.min(...expectMatrix("geqrf", a));
    return [a, { shape: [...a.shape.slice(0, -2), k], dtype: a.dtype }];
  },
  run([a], _, [to, tau]) {
    scope(() => {
      const [[m, n], k, count] = [a.size(-2, -1), tau.size(-1), sizeOf(a.shape.slice(0, -2))];
      const [space, factors] = [new Space(a), new Float64Array(tau.numel())];
      const [source, found] = [space.read(a), new Reflections(space, k, m, n, 0)];
      for (let i = 0; i < count; i++) {
        const matrix = part(source, i * m, 0, m);
        found.triangularize(matrix);
        factors.set(found.taus, i * k);
        const [[x, at], [v, from]] = [elements(matrix), elements(found.vectors)];
        for (let row = 1; row < m; row++)
          for (let j = 0; j < Math.min(row, k); j++) x[at + row * n + j] = v[from + j * m + row] as number;
      }
      writeMatrices(to, source);
      write(tau, factors);
    });
  },
  gradient: {
    reads: () => ({}),
    compute: () => {
      throw new AutogradError("geqrf: there is no gradient; use qr");
    },
  },
};

/**
 * Computes the QR decomposition of each matrix [m, n] in the compact form of LAPACK, whose Q `ormqr` multiplies by and
 * `householderProduct` computes. There is no gradient.
 *
 * https://pytorch.org/docs/stable/generated/torch.geqrf.html
 *
 * @throws DeviceError on a device without synchronous reads; call `await x.prefetch()` first.
 */
export function geqrf(x: Tensor): Geqrf {
  return namedTuple(applyAll(reflections, [x], undefined), "a", "tau");
}
