/**
 * How losses are reduced, and the checks they share.
 */

import { checkChoice, expectTensor, sameShape, shapeError, type Tensor } from "@akari/tensor";

/** What becomes of the losses of the elements: their mean, their sum, or nothing. */
export type Reduction = "mean" | "sum" | "none";

/** Options that all losses take. */
export interface LossOptions {
  /** Default "mean". */
  readonly reduction?: Reduction;
}

/** What all losses have in common. */
export const lossDefaults = { reduction: "mean" } as const;

/** Reduces the losses of the elements. */
export function reduce(operation: string, losses: Tensor, reduction: Reduction = "mean"): Tensor {
  checkReduction(operation, reduction);
  return reduction === "none" ? losses : reduction === "sum" ? losses.sum() : losses.mean();
}

/** Throws an ArgumentError for an unknown reduction. */
export function checkReduction(operation: string, reduction: Reduction): void {
  checkChoice(operation, "reduction", reduction, ["mean", "sum", "none"]);
}

/** Throws a ShapeError unless two tensors have the same shape. */
export function expectSameShape(operation: string, input: Tensor, target: Tensor): void {
  expectTensor(operation, input);
  expectTensor(operation, target);
  if (!sameShape(input.shape, target.shape))
    throw shapeError(operation, "an input and a target of one shape", input, target);
}
