/**
 * Transforms from unconstrained numbers to the set of a constraint, so that an optimizer without constraints can search
 * it. PyTorch keeps them in a registry, which a bundle would have to include as a whole; here a function selects the
 * transform.
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
  const { limits, base }: Partial<Constraint> = constraint ?? {}; // plain JavaScript may pass anything
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
    throw new ArgumentError(`${operation}: there is no transform to this constraint: ${constraint?.name}`);
  const [low, high] = limits;
  if (low === undefined)
    // safe: one limit is defined
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
 * Returns a bijective transform from unconstrained numbers to the set of a constraint.
 *
 * https://pytorch.org/docs/stable/distributions.html#module-torch.distributions.constraint_registry
 *
 * @throws ArgumentError when there is no transform for the constraint.
 * @example
 * bijectTo(constraints.positive).apply(tensor([0])); // [1]
 */
export function bijectTo(constraint: Constraint): Transform {
  return found("bijectTo", constraint);
}

/**
 * Returns a transform from unconstrained numbers to the set of a constraint. It need not be bijective, and may be
 * better conditioned for optimization than that of `bijectTo`: for probability vectors it is `SoftmaxTransform`.
 *
 * https://pytorch.org/docs/stable/distributions.html#module-torch.distributions.constraint_registry
 *
 * @throws ArgumentError when there is no transform for the constraint.
 * @example
 * transformTo(constraints.simplex).apply(tensor([0, 0])); // [0.5, 0.5]
 */
export function transformTo(constraint: Constraint): Transform {
  return found("transformTo", constraint);
}
