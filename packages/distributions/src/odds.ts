/** Probabilities of outcomes, passed as such or as logits. The other form is computed when it is first needed. */

import { ArgumentError, finfo, logsigmoid, type Shape, ShapeError, Tensor, type TensorOrNumber } from "@akari/tensor";
import { type Constraint, nonnegative, real, realVector, unitInterval } from "./constraints.ts";
import type { DistributionOptions } from "./distribution.ts";
import { tensorsOf } from "./parameters.ts";

/** Probability of a binary outcome, as a number or tensor, or as the logit `ln(p / (1 - p))`. */
export type Odds = TensorOrNumber | { readonly probs: TensorOrNumber } | { readonly logits: TensorOrNumber };

/** Probabilities of classes along the last dimension, in any scale, or their logarithms up to an additive constant. */
export type ClassOdds = Tensor | { readonly probs: Tensor } | { readonly logits: Tensor };

/** Returns the kind of a parameter and its value. */
function given(label: string, odds: Odds): ["probs" | "logits", TensorOrNumber] {
  if (odds instanceof Tensor || typeof odds !== "object" || odds === null) return ["probs", odds];
  const names = Object.keys(odds);
  const [name] = names;
  if (names.length !== 1 || (name !== "probs" && name !== "logits")) {
    throw new ArgumentError(`${label}: expected { probs } or { logits }, got { ${names.join(", ")} }`);
  }
  return [name, (odds as Readonly<Record<string, TensorOrNumber>>)[name] as TensorOrNumber]; // safe: the key exists
}

/** Clamps probabilities away from 0 and 1, whose logits are infinite. */
function clamped(probs: Tensor): Tensor {
  const least = finfo(probs.dtype).eps;
  return probs.clamp(least, 1 - least);
}

/** Base class of `BinaryOdds` and `CategoricalOdds`: which form was passed. */
abstract class GivenOdds {
  readonly kind: "probs" | "logits";
  readonly value: Tensor;

  constructor(kind: "probs" | "logits", value: Tensor) {
    this.kind = kind;
    this.value = value;
  }

  abstract get probs(): Tensor;
  abstract get logits(): Tensor;

  /** The value in the form that a constructor accepts. */
  get given(): { readonly probs: Tensor } | { readonly logits: Tensor } {
    return this.kind === "probs" ? { probs: this.value } : { logits: this.value };
  }
}

/** Constraints of `Odds`. */
export const binaryConstraints: Readonly<Record<string, Constraint>> = { probs: unitInterval, logits: real };

/** Constraints of `ClassOdds`. */
export const classConstraints: Readonly<Record<string, Constraint>> = { probs: nonnegative, logits: realVector };

/** Probabilities of binary outcomes. */
export class BinaryOdds extends GivenOdds {
  /** Converts and checks the user's argument. */
  static of(
    label: string,
    odds: Odds,
    options: DistributionOptions,
    constraints: Readonly<Record<string, Constraint>> = binaryConstraints,
  ): BinaryOdds {
    const [kind, value] = given(label, odds);
    return new BinaryOdds(kind, tensorsOf(label, { [kind]: value }, constraints, options)[kind] as Tensor);
  }

  override get probs(): Tensor {
    return this.kind === "probs" ? this.value : this.value.sigmoid();
  }

  override get logits(): Tensor {
    if (this.kind === "logits") return this.value;
    const p = clamped(this.value);
    return p.log().sub(p.neg().log1p());
  }

  /** `ln p` and `ln(1 - p)`. */
  get logs(): [Tensor, Tensor] {
    const { logits } = this;
    return [logsigmoid(logits), logsigmoid(logits.neg())];
  }

  /** Entropy of one trial. */
  get entropy(): Tensor {
    const { probs } = this;
    const [one, zero] = this.logs;
    return probs.mul(one).add(probs.neg().add(1).mul(zero)).neg();
  }

  expand(shape: Shape): BinaryOdds {
    return new BinaryOdds(this.kind, this.value.expand(shape));
  }
}

/** Probabilities of classes, which sum to 1 along the last dimension. */
export class CategoricalOdds extends GivenOdds {
  /** Converts, checks and normalizes the user's argument. */
  static of(label: string, odds: ClassOdds, options: DistributionOptions): CategoricalOdds {
    const [kind, value] = given(label, odds);
    const name = kind as string;
    if (!(value instanceof Tensor) || value.ndim < 1) {
      throw new ShapeError(
        `${label}: ${name} must be a tensor of shape [..., classes], got ${value instanceof Tensor ? "a scalar" : value}`,
      );
    }
    const x = tensorsOf(label, { [name]: value }, classConstraints, options)[name] as Tensor;
    return new CategoricalOdds(kind, kind === "probs" ? x.div(x.sum(-1, { keepdim: true })) : x.logSoftmax(-1));
  }

  override get probs(): Tensor {
    return this.kind === "probs" ? this.value : this.value.exp();
  }

  override get logits(): Tensor {
    return this.kind === "logits" ? this.value : clamped(this.value).log();
  }

  /** Number of classes. */
  get classes(): number {
    return this.value.size(-1);
  }

  expand(batchShape: Shape): CategoricalOdds {
    return new CategoricalOdds(this.kind, this.value.expand([batchShape, this.classes].flat()));
  }
}
