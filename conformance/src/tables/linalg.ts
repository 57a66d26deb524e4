/** Maps linear algebra from PyTorch's names and arguments to Akari's. */

import * as decompositions from "@akari/linalg";
import * as akari from "@akari/tensor";
import type { Arguments } from "../arguments.ts";
import type { Call } from "../op-case.ts";
import { Missing } from "../recorded.ts";

const flag = (given: Arguments, name: string): boolean => given.value(name) === true;

/** Returns the options of `pinv` and `matrixRank`. A tolerance may be a tensor. */
function tolerances(given: Arguments): decompositions.HermitianOptions {
  const options: Record<string, unknown> = { ...(given.options("hermitian") as object) };
  for (const name of ["atol", "rtol"]) if (given.has(name)) options[name] = given.operand(name);
  return options;
}

/** Returns the sorted real and the sorted imaginary parts of eigenvalues, whose order is not specified. */
const sortedParts = (eigenvalues: akari.Tensor): readonly akari.Tensor[] =>
  [0, 1].map((part) => akari.sort(eigenvalues.select(-1, part)).values);

/** Returns singular vectors without their signs, the singular values, and the product, which shows the signs. */
function unsigned({ U, S, Vh }: decompositions.SVD): readonly akari.Tensor[] {
  const k = S.size(-1);
  const [left, right] = [U.narrow(-1, 0, k), Vh.narrow(-2, 0, k)];
  return [left.abs(), S, right.abs(), left.mul(S.unsqueeze(-2)).matmul(right)];
}

/** Returns a symmetric matrix. It is Hermitian too, because it is real. */
function symmetric(given: Arguments, name = "A"): akari.Tensor {
  given.value("hermitian");
  return given.tensor(name);
}

/** Linear algebra. */
export const linalg: Readonly<Record<string, Call>> = {
  "linalg.cholesky": (given) => akari.cholesky(given.tensor("A"), given.options("upper")),
  "linalg.cholesky_ex": (given) => decompositions.choleskyEx(given.tensor("A"), given.options("upper")),
  "linalg.cond": (given) => decompositions.cond(given.tensor("A"), (given.value("p") ?? 2) as akari.MatrixNormOrder),
  "linalg.cross": (given) => akari.cross(given.x, given.tensor("other"), given.number("dim", -1)),
  "linalg.det": (given) => akari.det(given.tensor("A")),
  "linalg.eig": (given) => sortedParts(decompositions.eig(given.tensor("A")).eigenvalues),
  "linalg.eigh": (given) => {
    const { eigenvalues, eigenvectors } = decompositions.eigh(given.tensor("A"), given.options("UPLO"));
    return [eigenvalues, eigenvectors.abs()];
  },
  "linalg.eigvals": (given) => sortedParts(decompositions.eigvals(given.tensor("A"))),
  "linalg.eigvalsh": (given) => decompositions.eigvalsh(given.tensor("A"), given.options("UPLO")),
  "linalg.householder_product": (given) => decompositions.householderProduct(given.tensor("A"), given.tensor("tau")),
  "linalg.inv": (given) => akari.inv(given.tensor("A")),
  "linalg.inv_ex": (given) => decompositions.invEx(given.tensor("A")),
  "linalg.ldl_factor": (given) => decompositions.ldlFactor(symmetric(given)),
  "linalg.ldl_factor_ex": (given) => decompositions.ldlFactorEx(symmetric(given)),
  "linalg.ldl_solve": (given) =>
    decompositions.ldlSolve(symmetric(given, "LD"), given.tensor("pivots"), given.tensor("B")),
  "linalg.lstsq": (given) => {
    given.value("driver"); // The method of LAPACK; all have the same result.
    return decompositions.lstsq(given.tensor("A"), given.tensor("B"), given.options("rcond")).solution;
  },
  "linalg.matrix_exp": (given) => decompositions.matrixExp(given.tensor("A")),
  "linalg.lu": (given) => decompositions.lu(given.tensor("A"), given.options("pivot")),
  "linalg.lu_factor": (given) => decompositions.luFactor(given.tensor("A"), given.options("pivot")),
  "linalg.lu_factor_ex": (given) => decompositions.luFactorEx(given.tensor("A"), given.options("pivot")),
  "linalg.lu_solve": (given) =>
    decompositions.luSolve(
      given.tensor("LU"),
      given.tensor("pivots"),
      given.tensor("B"),
      given.options("left", "adjoint"),
    ),
  "linalg.matrix_norm": (given) =>
    decompositions.matrixNorm(
      given.tensor("A"),
      (given.value("ord") ?? "fro") as decompositions.MatrixOrder,
      given.options("dim", "keepdim"),
    ),
  "linalg.matrix_power": (given) => akari.matrixPower(given.tensor("A"), given.number("n")),
  "linalg.matrix_rank": (given) => decompositions.matrixRank(given.tensor("A"), tolerances(given)),
  "linalg.norm": (given) =>
    decompositions.norm(
      given.tensor("A"),
      (given.value("ord") ?? null) as decompositions.MatrixOrder | null,
      given.options("dim", "keepdim"),
    ),
  "linalg.pinv": (given) => decompositions.pinv(given.tensor("A"), tolerances(given)),
  "linalg.qr": (given) => decompositions.qr(given.tensor("A"), given.options("mode")),
  "linalg.slogdet": (given) => akari.slogdet(given.tensor("A")),
  "linalg.solve": (given) => akari.solve(given.tensor("A"), given.tensor("B"), given.options("left")),
  "linalg.solve_triangular": (given) =>
    akari.solveTriangular(given.tensor("A"), given.tensor("B"), given.options("upper", "left", "unitriangular")),
  "linalg.solve_ex": (given) => decompositions.solveEx(given.tensor("A"), given.tensor("B")),
  "linalg.svd": (given) => unsigned(decompositions.svd(given.tensor("A"), given.options("full_matrices"))),
  "linalg.svdvals": (given) => decompositions.svdvals(given.tensor("A")),
  "linalg.tensorinv": (given) => decompositions.tensorinv(given.tensor("A"), given.number("ind", 2)),
  "linalg.tensorsolve": (given) =>
    decompositions.tensorsolve(given.tensor("A"), given.tensor("B"), (given.value("dims") ?? []) as readonly number[]),
  "linalg.vander": (given) => decompositions.vander(given.tensor("x"), given.value("N") as number | undefined),
  "linalg.vecdot": (given) => akari.vecdot(given.tensor("x"), given.tensor("y"), given.number("dim", -1)),
  "linalg.vector_norm": (given) =>
    akari.vectorNorm(given.tensor("x"), given.number("ord", 2), given.dims(), given.options("keepdim")),
  cholesky: (given) => akari.cholesky(given.x, given.options("upper")),
  cross: (given) => akari.cross(given.x, given.tensor("other"), given.number("dim")),
  lu: (given) => {
    if (flag(given, "get_infos")) throw new Missing("lu with get_infos");
    return decompositions.luFactor(given.x, given.options("pivot"));
  },
  lu_solve: (given) => decompositions.luSolve(given.tensor("LU_data"), given.tensor("LU_pivots"), given.tensor("b")),
  cholesky_inverse: (given) => decompositions.choleskyInverse(given.x, flag(given, "upper")),
  cholesky_solve: (given) => akari.choleskySolve(given.x, given.tensor("input2"), flag(given, "upper")),
  inverse: (given) => akari.inverse(given.x),
  logdet: (given) => akari.logdet(given.x),
  lu_unpack: (given) => decompositions.luUnpack(given.tensor("LU_data"), given.tensor("LU_pivots")),
  matrix_exp: (given) => decompositions.matrixExp(given.x),
  ormqr: (given) =>
    decompositions.ormqr(given.x, given.tensor("input2"), given.tensor("input3"), given.options("left", "transpose")),
  matrix_power: (given) => akari.matrixPower(given.x, given.number("n")),
  pinverse: (given) => decompositions.pinv(given.x),
  trace: (given) => akari.trace(given.x),
  triangular_solve: (given) =>
    decompositions.triangularSolve(
      given.tensor("b"),
      given.tensor("A"),
      given.options("upper", "transpose", "unitriangular"),
    ),
};
