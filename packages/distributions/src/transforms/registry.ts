/**
 * Transforms of all numbers to those of a constraint: what lets an optimizer, which knows no limits, search a set that
 * has some. PyTorch keeps a registry of them, which a program would have to carry as a whole; a function that asks what
 * the constraint is does the same.
 */

import { ArgumentError, type TensorOrNumber } from "@akari/tensor";
import * as constraints from "../constraints.ts";
import { AffineTransform } from "./affine.ts";
import { ComposeTransform } from "./compose.ts";
import { ExpTransform, SigmoidTransform } from "./elementary.ts";
import { CorrCholeskyTransform, LowerCholeskyTransform } from "./matrices.ts";
import { IndependentTransform } from "./shapes.ts";
import { SoftmaxTransform, StickBreakingTransform } from "./simplex.ts";
import type { Transform } from "./transform.ts";

type Constraint = constraints.Constraint;

function found(operation: string, constraint: Constraint): Transform {
  const { limits, base } = constraint;
  if (base !== undefined) return new IndependentTransform(found(operation, base.constraint), base.dims);
  switch (constraint) {
    case constraints.real:
      return new ComposeTransform([]);
    case constraints.realVector:
      return new IndependentTransform(new ComposeTransform([]), 1);
    case constraints.simplex:
      return operation === "bijectTo" ? new StickBreakingTransform() : new SoftmaxTransform();
    case constraints.lowerCholesky:
      return new LowerCholeskyTransform();
    case constraints.corrCholesky:
      return new CorrCholeskyTransform();
  }
  if (limits === undefined || constraint.isDiscrete || constraint.eventDim > 0)
    throw new ArgumentError(`${operation}: there is no transform to what must be ${constraint.name}`);
  const [low, high] = limits;
  if (low === undefined)
    // safe: one of them is there
    return new ComposeTransform([new ExpTransform(), new AffineTransform(high as TensorOrNumber, -1)]);
  if (high === undefined)
    return low === 0 ? new ExpTransform() : new ComposeTransform([new ExpTransform(), new AffineTransform(low, 1)]);
  if (low === 0 && high === 1) return new SigmoidTransform();
  const width =
    typeof high === "object"
      ? high.sub(low)
      : typeof low === "object"
        ? low.neg().add(high)
        : Number(high) - Number(low);
  return new ComposeTransform([new SigmoidTransform(), new AffineTransform(low, width)]);
}

/**
 * A transform that takes all numbers, one for each value of the constraint, to these values.
 *
 * https://pytorch.org/docs/stable/distributions.html#module-torch.distributions.constraint_registry
 *
 * @throws ArgumentError for a constraint that none leads to.
 * @example
 * bijectTo(constraints.positive).apply(tensor([0])); // [1]
 */
export function bijectTo(constraint: Constraint): Transform {
  return found("bijectTo", constraint);
}

/**
 * The same, of numbers of which there may be more than are needed, in a way that is easier on an optimizer:
 * probabilities come from `SoftmaxTransform`.
 *
 * https://pytorch.org/docs/stable/distributions.html#module-torch.distributions.constraint_registry
 *
 * @throws ArgumentError for a constraint that none leads to.
 * @example
 * transformTo(constraints.simplex).apply(tensor([0, 0])); // [0.5, 0.5]
 */
export function transformTo(constraint: Constraint): Transform {
  return found("transformTo", constraint);
}
