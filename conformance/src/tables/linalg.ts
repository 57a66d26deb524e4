/** Linear algebra: PyTorch's names and arguments to Akari's. */

import * as akari from "@akari/tensor";
import type { Call } from "../op-case.ts";

/** Linear algebra. */
export const linalg: Readonly<Record<string, Call>> = {
  "linalg.cholesky": (given) => akari.cholesky(given.tensor("A")),
  "linalg.cross": (given) => akari.cross(given.x, given.tensor("other"), given.number("dim", -1)),
  "linalg.det": (given) => akari.det(given.tensor("A")),
  "linalg.inv": (given) => akari.inv(given.tensor("A")),
  "linalg.matrix_norm": (given) =>
    akari.matrixNorm(given.tensor("A"), (given.value("ord") ?? "fro") as akari.MatrixNormOrder, given.options("keepdim")),
  "linalg.solve": (given) => akari.solve(given.tensor("A"), given.tensor("B")),
  "linalg.vector_norm": (given) => akari.vectorNorm(given.tensor("x"), given.number("ord", 2), given.dims(), given.options("keepdim")),
  matrix_power: (given) => akari.matrixPower(given.x, given.number("n")),
  trace: (given) => akari.trace(given.x),
};
