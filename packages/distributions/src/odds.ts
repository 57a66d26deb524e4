/**
 * Probabilities of outcomes, given as such or by their logits. Whichever was not given is computed from the other when
 * somebody asks for it.
 */

import { ArgumentError, finfo, logsigmoid, type Shape, ShapeError, Tensor, type TensorOrNumber } from "@akari/tensor";
import { type Constraint, nonnegative, real, realVector, unitInterval } from "./constraints.ts";
import type { DistributionOptions } from "./distribution.ts";
import { tensorsOf } from "./parameters.ts";

/** The probability of one outcome of two: as a number or tensor, or by its logit, `ln(p / (1 - p))`. */
export type Odds = TensorOrNumber | { readonly probs: TensorOrNumber } | { readonly logits: TensorOrNumber };

/**
 * The probabilities of classes, along the last dimension: as they are, in any scale, or by their logarithms, up to a
 * sum.
 */
export type ClassOdds = Tensor | { readonly probs: Tensor } | { readonly logits: Tensor };

/** Takes apart what stands for probabilities. */
function given(label: string, odds: Odds): ["probs" | "logits", TensorOrNumber] {
  if (odds instanceof Tensor || typeof odds !== "object" || odds === null) return ["probs", odds];
  const names = Object.keys(odds);
  const [name] = names;
  if (names.length !== 1 || (name !== "probs" && name !== "logits")) {
    throw new ArgumentError(`${label}: expected { probs } or { logits }, got { ${names.join(", ")} }`);
  }
  return [name, (odds as Readonly<Record<string, TensorOrNumber>>)[name] as TensorOrNumber]; // safe: it has that key
}

/** Moves probabilities away from 0 and 1, whose logits are infinite. */
function clamped(probs: Tensor): Tensor {
  const least = finfo(probs.dtype).eps;
  return probs.clamp(least, 1 - least);
}

/** What `BinaryOdds` and `CategoricalOdds` have in common: which of the two was given. */
abstract class GivenOdds {
  readonly kind: "probs" | "logits";
  readonly value: Tensor;

  constructor(kind: "probs" | "logits", value: Tensor) {
    this.kind = kind;
    this.value = value;
  }

  abstract get probs(): Tensor;
  abstract get logits(): Tensor;

  /** As a constructor takes it. */
  get given(): { readonly probs: Tensor } | { readonly logits: Tensor } {
    return this.kind === "probs" ? { probs: this.value } : { logits: this.value };
  }
}

/** What the constraints of `Odds` are. */
export const binaryConstraints: Readonly<Record<string, Constraint>> = { probs: unitInterval, logits: real };

/** What the constraints of `ClassOdds` are. */
export const classConstraints: Readonly<Record<string, Constraint>> = { probs: nonnegative, logits: realVector };

/** Probabilities of one outcome of two. */
export class BinaryOdds extends GivenOdds {
  /** Takes what the user gave, checked. */
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

  /** The entropy of one trial. */
  get entropy(): Tensor {
    const { probs } = this;
    const [one, zero] = this.logs;
    return probs.mul(one).add(probs.neg().add(1).mul(zero)).neg();
  }

  expand(shape: Shape): BinaryOdds {
    return new BinaryOdds(this.kind, this.value.expand(shape));
  }
}

/** Probabilities of classes, which add up to 1 along the last dimension. */
export class CategoricalOdds extends GivenOdds {
  /** Takes what the user gave, checked and brought to a sum of 1. */
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

  /** How many classes there are. */
  get classes(): number {
    return this.value.size(-1);
  }

  expand(batchShape: Shape): CategoricalOdds {
    return new CategoricalOdds(this.kind, this.value.expand([...batchShape, this.classes]));
  }
}
