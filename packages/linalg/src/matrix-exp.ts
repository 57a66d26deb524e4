/** The matrix exponential. */

import { eye, type Tensor } from "@akari/tensor";
import { expectSquare, valuesOf } from "./matrices.ts";

/**
 * Coefficients 1/k! of the Taylor series up to degree 16, where the remainder is below float64's rounding error for
 * norms up to 1/2, and below float32's for norms up to 2.
 */
const coefficients = [1];
for (let k = 1; k <= 16; k++) coefficients.push((coefficients[k - 1] as number) / k);

/**
 * Computes the exponential `Σ Aᵏ / k!` of each square matrix [..., n, n], which maps x(0) to x(1) for `x' = A x`. A is
 * scaled by a power of two so that its 1-norm is at most 1/2 (2 in float32, where each squaring costs accuracy), the Taylor polynomial of degree 16 is evaluated with six
 * matrix products, and the result is squared once per halving. The computation consists of matrix products, so it runs
 * on the device and is differentiable to any order; only the norm is computed on the host. (Paterson and Stockmeyer
 * 1973; Moler and Van Loan 2003, "Nineteen dubious ways".)
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.matrix_exp.html
 *
 * @throws ShapeError unless the matrices are square.
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 * @example
 * matrixExp(tensor([[0, 1], [0, 0]])); // [[1, 1], [0, 1]]
 */
export function matrixExp(a: Tensor): Tensor {
  const n = expectSquare("matrixExp", a);
  const values = valuesOf(a.detach());
  let norm = 0;
  for (let start = 0; start < values.length; start += n * n)
    for (let j = start; j < start + n; j++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += Math.abs(values[j + i * n] as number);
      norm = Math.max(norm, sum);
    }
  const squarings = Number.isFinite(norm)
    ? Math.max(0, Math.ceil(Math.log2(norm)) + (a.dtype === "float64" ? 1 : -1))
    : 0;
  const x = a.mul(2 ** -squarings);
  const second = x.matmul(x);
  const third = second.matmul(x);
  const fourth = second.matmul(second);
  const unit = eye(n, { dtype: a.dtype, device: a.device });
  const four = (k: number): Tensor => {
    const [c0, c1, c2, c3] = coefficients.slice(k, k + 4) as [number, number, number, number]; // safe: there are 17
    return unit.mul(c0).add(x.mul(c1)).add(second.mul(c2)).add(third.mul(c3));
  };
  let result = four(12).add(fourth.mul(coefficients[16] as number));
  for (const k of [8, 4, 0]) result = four(k).add(fourth.matmul(result));
  for (let k = 0; k < squarings; k++) result = result.matmul(result);
  return result;
}
