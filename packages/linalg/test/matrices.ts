/** Matrices and expectations that the tests share. */

import { gradcheck, gradgradcheck } from "@akari/autograd";
import { type Tensor, tensor } from "@akari/tensor";
import { expect } from "vitest";

export const double = { dtype: "float64" } as const;

/** Expects two tensors to have the same shape, and their elements to differ by less than a tolerance. */
export function expectClose(a: Tensor, b: Tensor, tolerance = 1e-12): void {
  expect(a.shape).toEqual(b.shape);
  if (a.numel() > 0) expect(a.to("float64").sub(b.to("float64")).abs().max().itemSync()).toBeLessThan(tolerance);
}

/** Expects first and second derivatives to match finite differences. */
export async function expectGradients(
  f: (...x: Tensor[]) => Tensor | readonly Tensor[],
  ...x: Tensor[]
): Promise<void> {
  expect(await gradcheck(f, x)).toBe(true);
  expect(await gradgradcheck(f, x)).toBe(true);
}

const rows = [
  [1, 2, -1],
  [0.5, -3, 2],
  [4, 1, 0],
  [-2, 0.25, 1.5],
];
export const tall = tensor(rows, double);
export const square = tensor(rows.slice(0, 3), double);

export const shapes = [
  [1, 1],
  [5, 3],
  [3, 5],
  [6, 6],
  [40, 25],
  [2, 3, 4, 2],
  [0, 3],
  [3, 0],
  [2, 0, 0],
];
