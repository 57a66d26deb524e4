/**
 * The reduction of losses, and checks that the losses share.
 */

import { checkChoice, sameShape, shapeError, shapeOf, type Tensor } from "@akari/tensor";

/** How the losses of the elements are combined: their mean, their sum, or no reduction. */
export type Reduction = "mean" | "sum" | "none";

/** Options common to all losses. */
export interface LossOptions {
  /** How the losses of the elements are combined. Default "mean". */
  readonly reduction?: Reduction;
}

/** Defaults of the options common to all losses. */
export const lossDefaults = { reduction: "mean" } as const;

/** Reduces the losses of the elements to their mean or sum, or returns them unchanged. */
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
  if (!sameShape(shapeOf(operation, input), shapeOf(operation, target)))
    throw shapeError(operation, "an input and a target of the same shape", input, target);
}
