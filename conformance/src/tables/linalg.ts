/** Linear algebra: PyTorch's names and arguments to Akari's. */

import * as decompositions from "@akari/linalg";
import * as akari from "@akari/tensor";
import type { Arguments } from "../arguments.ts";
import type { Call } from "../op-case.ts";

const twoOf = ({ sign, logabsdet }: akari.LogDeterminant): readonly akari.Tensor[] => [sign, logabsdet];
const flag = (given: Arguments, name: string): boolean => given.value(name) === true;

/** Linear algebra. */
export const linalg: Readonly<Record<string, Call>> = {
  "linalg.cholesky": (given) => akari.cholesky(given.tensor("A")),
  "linalg.cond": (given) => decompositions.cond(given.tensor("A"), (given.value("p") ?? 2) as akari.MatrixNormOrder),
  "linalg.cross": (given) => akari.cross(given.x, given.tensor("other"), given.number("dim", -1)),
  "linalg.det": (given) => akari.det(given.tensor("A")),
  "linalg.eigvalsh": (given) => decompositions.eigvalsh(given.tensor("A"), given.options("UPLO")),
  "linalg.inv": (given) => akari.inv(given.tensor("A")),
  "linalg.lstsq": (given) => decompositions.lstsq(given.tensor("A"), given.tensor("B"), given.options("rcond")).solution,
  "linalg.matrix_exp": (given) => decompositions.matrixExp(given.tensor("A")),
  "linalg.matrix_norm": (given) =>
    akari.matrixNorm(given.tensor("A"), (given.value("ord") ?? "fro") as akari.MatrixNormOrder, given.options("keepdim")),
  "linalg.matrix_rank": (given) => decompositions.matrixRank(given.tensor("A"), given.options("atol", "rtol")),
  "linalg.pinv": (given) => decompositions.pinv(given.tensor("A"), given.options("atol", "rtol")),
  "linalg.qr": (given) => decompositions.qr(given.tensor("A"), given.options("mode")),
  "linalg.slogdet": (given) => twoOf(akari.slogdet(given.tensor("A"))),
  "linalg.solve": (given) => akari.solve(given.tensor("A"), given.tensor("B")),
  "linalg.solve_triangular": (given) =>
    akari.solveTriangular(given.tensor("A"), given.tensor("B"), given.options("upper", "left", "unitriangular")),
  "linalg.svdvals": (given) => decompositions.svdvals(given.tensor("A")),
  "linalg.vecdot": (given) => akari.vecdot(given.tensor("x"), given.tensor("y"), given.number("dim", -1)),
  "linalg.vector_norm": (given) => akari.vectorNorm(given.tensor("x"), given.number("ord", 2), given.dims(), given.options("keepdim")),
  cholesky_solve: (given) => akari.choleskySolve(given.x, given.tensor("input2"), flag(given, "upper")),
  inverse: (given) => akari.inverse(given.x),
  logdet: (given) => akari.logdet(given.x),
  matrix_exp: (given) => decompositions.matrixExp(given.x),
  matrix_power: (given) => akari.matrixPower(given.x, given.number("n")),
  pinverse: (given) => decompositions.pinv(given.x),
  trace: (given) => akari.trace(given.x),
};
