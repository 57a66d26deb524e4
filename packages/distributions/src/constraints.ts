/**
 * Constraints: the sets of values that parameters and samples belong to. A constraint checks values and provides the
 * name used in error messages. Each one is a plain object rather than a class in a registry, so that a bundle contains
 * only the constraints that it uses.
 *
 * https://pytorch.org/docs/stable/distributions.html#module-torch.distributions.constraints
 */

import { ArgumentError, type Tensor, type TensorOrNumber } from "@akari/tensor";

/** A set of values. */
export interface Constraint {
  /** Name in error messages, following "must be": `positive`. */
  readonly name: string;
  /** Whether the set is discrete. */
  readonly isDiscrete: boolean;
  /** Number of trailing dimensions that make up one value: 0 for scalars, 1 for vectors, 2 for matrices. */
  readonly eventDim: number;
  /** Ends of a closed interval of numbers that is the same for all elements. */
  readonly ends?: readonly [low: number, high: number];
  /** Lower and upper limit of the values; undefined if unbounded. */
  readonly limits?: readonly [low: TensorOrNumber | undefined, high: TensorOrNumber | undefined];
  /** For values composed of independent elements: the constraint of an element, and the number of dimensions added. */
  readonly base?: { readonly constraint: Constraint; readonly dims: number };
  /** Checks whether each value belongs to the set: [..., event] → [...], bool. */
  check(value: Tensor): Tensor;
}

function numbers(
  name: string,
  check: (x: Tensor) => Tensor,
  limits: readonly [low: TensorOrNumber | undefined, high: TensorOrNumber | undefined],
  isDiscrete = false,
): Constraint {
  return { name, isDiscrete, eventDim: 0, limits, check };
}

/** The closed interval from `low` to `high`. */
export function interval(low: TensorOrNumber, high: TensorOrNumber): Constraint {
  const constraint = numbers(
    `from ${show(low, "lower")} to ${show(high, "upper")}`,
    (x) => x.ge(low).logicalAnd(x.le(high)),
    [low, high],
  );
  return typeof low === "number" && typeof high === "number" ? { ...constraint, ends: [low, high] } : constraint;
}

/** The half-open interval from `low` (included) to `high` (excluded). */
export function halfOpenInterval(low: TensorOrNumber, high: TensorOrNumber): Constraint {
  return numbers(
    `from ${show(low, "lower")} to ${show(high, "upper")} (excluded)`,
    (x) => x.ge(low).logicalAnd(x.lt(high)),
    [low, high],
  );
}

/** The integers from `low` to `high`, both included. */
export function integerInterval(low: TensorOrNumber, high: TensorOrNumber): Constraint {
  const check = (x: Tensor): Tensor => x.eq(x.floor()).logicalAnd(x.ge(low)).logicalAnd(x.le(high));
  return numbers(`an integer from ${show(low, "lower")} to ${show(high, "upper")}`, check, [low, high], true);
}

/** The numbers greater than `low`. */
export function greaterThan(low: TensorOrNumber): Constraint {
  return numbers(`greater than ${show(low, "lower")}`, (x) => x.gt(low), [low, undefined]);
}

/** The numbers greater than or equal to `low`. */
export function greaterThanEq(low: TensorOrNumber): Constraint {
  return numbers(`at least ${show(low, "lower")}`, (x) => x.ge(low), [low, undefined]);
}

/** The numbers less than `high`. */
export function lessThan(high: TensorOrNumber): Constraint {
  return numbers(`less than ${show(high, "upper")}`, (x) => x.lt(high), [undefined, high]);
}

function show(limit: TensorOrNumber, end: "lower" | "upper"): string {
  return typeof limit === "object" ? `its ${end} limit` : `${limit}`;
}

/** All numbers except NaN. */
export const real: Constraint = {
  name: "a number, not NaN",
  isDiscrete: false,
  eventDim: 0,
  ends: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  check: (x) => x.eq(x),
};

/** The numbers greater than 0. */
export const positive: Constraint = {
  name: "positive",
  isDiscrete: false,
  eventDim: 0,
  ends: [Number.MIN_VALUE, Number.POSITIVE_INFINITY],
  limits: [0, undefined],
  check: (x) => x.gt(0),
};

/** The numbers greater than or equal to 0. */
export const nonnegative: Constraint = {
  name: "nonnegative",
  isDiscrete: false,
  eventDim: 0,
  ends: [0, Number.POSITIVE_INFINITY],
  limits: [0, undefined],
  check: (x) => x.ge(0),
};

/** The closed interval from 0 to 1. */
export const unitInterval: Constraint = {
  name: "from 0 to 1",
  isDiscrete: false,
  eventDim: 0,
  ends: [0, 1],
  limits: [0, 1],
  check: (x) => x.ge(0).logicalAnd(x.le(1)),
};

/** The values 0 and 1. */
export const boolean: Constraint = {
  name: "0 or 1",
  isDiscrete: true,
  eventDim: 0,
  check: (x) => x.eq(0).logicalOr(x.eq(1)),
};

/** The integers greater than or equal to 0. */
export const nonnegativeInteger: Constraint = {
  name: "a nonnegative integer",
  isDiscrete: true,
  eventDim: 0,
  check: (x) => x.eq(x.floor()).logicalAnd(x.ge(0)),
};

/**
 * Applies a constraint to each element of values whose last `dims` dimensions make up one value.
 *
 * @throws ArgumentError unless `dims` is a nonnegative integer.
 */
export function independent(base: Constraint, dims: number): Constraint {
  if (!Number.isInteger(dims) || dims < 0)
    throw new ArgumentError(`independent: dims must be a nonnegative integer, got ${dims}`);
  if (dims === 0) return base;
  const last = Array.from({ length: dims }, (_, i) => -1 - i);
  return {
    name: base.name,
    isDiscrete: base.isDiscrete,
    eventDim: base.eventDim + dims,
    ...(base.ends && { ends: base.ends }),
    base: { constraint: base, dims },
    check: (x) => base.check(x).all(last),
  };
}

/** Vectors of numbers except NaN. */
export const realVector: Constraint = {
  name: "a number, not NaN",
  isDiscrete: false,
  eventDim: 1,
  ends: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  check: (x) => x.eq(x).all(-1),
};

/** Vectors of nonnegative numbers that sum to 1. */
export const simplex: Constraint = {
  name: "nonnegative vectors that sum to 1",
  isDiscrete: false,
  eventDim: 1,
  check: (x) => x.ge(0).all(-1).logicalAnd(x.sum(-1).sub(1).abs().lt(1e-6)),
};

/** One-hot vectors: one element is 1, the others are 0. */
export const oneHot: Constraint = {
  name: "one-hot vectors",
  isDiscrete: true,
  eventDim: 1,
  check: (x) => boolean.check(x).all(-1).logicalAnd(x.sum(-1).eq(1)),
};

/** Vectors of counts that sum to `total`. */
export function multinomial(total: number): Constraint {
  return {
    name: `vectors of counts that sum to ${total}`,
    isDiscrete: true,
    eventDim: 1,
    check: (x) => nonnegativeInteger.check(x).all(-1).logicalAnd(x.sum(-1).eq(total)),
  };
}

/** Lower triangular matrices with a positive diagonal. */
export const lowerCholesky: Constraint = {
  name: "lower triangular matrices with a positive diagonal",
  isDiscrete: false,
  eventDim: 2,
  check: (x) =>
    x
      .tril()
      .eq(x)
      .all([-2, -1])
      .logicalAnd(x.diagonal(0, -2, -1).gt(0).all(-1)),
};

/**
 * Lower triangular matrices with a positive diagonal and rows of length 1: the Cholesky factors of correlation
 * matrices.
 */
export const corrCholesky: Constraint = {
  name: "lower triangular matrices with a positive diagonal and rows of length 1",
  isDiscrete: false,
  eventDim: 2,
  check: (x) => lowerCholesky.check(x).logicalAnd(x.square().sum(-1).sub(1).abs().lt(1e-4).all(-1)),
};

/**
 * Symmetric matrices. Positive definiteness is checked by the Cholesky factorization that follows, which rejects other
 * matrices.
 */
export const positiveDefinite: Constraint = {
  name: "symmetric positive definite matrices",
  isDiscrete: false,
  eventDim: 2,
  check: (x) => x.isclose(x.mT, { atol: 1e-6 }).all([-2, -1]),
};
