/**
 * Constraints: sets of values, which parameters must come from and samples lie in. A constraint says of every event
 * whether it belongs, and names itself as an error names it. Each is an object, not a class with a registry behind it,
 * so that a program carries only those that it uses.
 *
 * https://pytorch.org/docs/stable/distributions.html#module-torch.distributions.constraints
 */

import { ArgumentError, type Tensor, type TensorOrNumber } from "@akari/tensor";

/** A set of values. */
export interface Constraint {
  /** How an error names it, behind "must be": `positive`. */
  readonly name: string;
  /** Whether its values can be counted. */
  readonly isDiscrete: boolean;
  /** How many of the last dimensions make up one value: 0 for numbers, 1 for vectors, 2 for matrices. */
  readonly eventDim: number;
  /** For an interval of numbers: its ends, which are the same for all elements. */
  readonly ends?: readonly [low: number, high: number];
  /** Between which numbers the values lie, as far as there are limits. */
  readonly limits?: readonly [low: TensorOrNumber | undefined, high: TensorOrNumber | undefined];
  /** For values made of several of another constraint. */
  readonly base?: { readonly constraint: Constraint; readonly dims: number };
  /** For each value whether it belongs to the set: shape [..., event] → [...], bool. */
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

/** The numbers from `low` to `high`, both included. */
export function interval(low: TensorOrNumber, high: TensorOrNumber): Constraint {
  const constraint = numbers(
    `from ${show(low, "lower")} to ${show(high, "upper")}`,
    (x) => x.ge(low).logicalAnd(x.le(high)),
    [low, high],
  );
  return typeof low === "number" && typeof high === "number" ? { ...constraint, ends: [low, high] } : constraint;
}

/** The numbers from `low`, which is included, to `high`, which is not. */
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

/** The numbers above `low`. */
export function greaterThan(low: TensorOrNumber): Constraint {
  return numbers(`greater than ${show(low, "lower")}`, (x) => x.gt(low), [low, undefined]);
}

/** The numbers from `low` on. */
export function greaterThanEq(low: TensorOrNumber): Constraint {
  return numbers(`at least ${show(low, "lower")}`, (x) => x.ge(low), [low, undefined]);
}

/** The numbers below `high`. */
export function lessThan(high: TensorOrNumber): Constraint {
  return numbers(`less than ${show(high, "upper")}`, (x) => x.lt(high), [undefined, high]);
}

function show(limit: TensorOrNumber, end: "lower" | "upper"): string {
  return typeof limit === "object" ? `its ${end} limit` : `${limit}`;
}

/** All numbers but NaN. */
export const real: Constraint = {
  name: "a number, not NaN",
  isDiscrete: false,
  eventDim: 0,
  ends: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  check: (x) => x.eq(x),
};

/** The numbers above 0. */
export const positive: Constraint = {
  name: "positive",
  isDiscrete: false,
  eventDim: 0,
  ends: [Number.MIN_VALUE, Number.POSITIVE_INFINITY],
  limits: [0, undefined],
  check: (x) => x.gt(0),
};

/** The numbers from 0 on. */
export const nonnegative: Constraint = {
  name: "not negative",
  isDiscrete: false,
  eventDim: 0,
  ends: [0, Number.POSITIVE_INFINITY],
  limits: [0, undefined],
  check: (x) => x.ge(0),
};

/** The numbers from 0 to 1, both included. */
export const unitInterval: Constraint = {
  name: "from 0 to 1",
  isDiscrete: false,
  eventDim: 0,
  ends: [0, 1],
  limits: [0, 1],
  check: (x) => x.ge(0).logicalAnd(x.le(1)),
};

/** 0 and 1. */
export const boolean: Constraint = {
  name: "0 or 1",
  isDiscrete: true,
  eventDim: 0,
  check: (x) => x.eq(0).logicalOr(x.eq(1)),
};

/** The integers from 0 on. */
export const nonnegativeInteger: Constraint = {
  name: "an integer that is not negative",
  isDiscrete: true,
  eventDim: 0,
  check: (x) => x.eq(x.floor()).logicalAnd(x.ge(0)),
};

/** Another constraint on each of the elements of the last `dims` dimensions, which make up one value together. */
export function independent(base: Constraint, dims: number): Constraint {
  if (!Number.isInteger(dims) || dims < 0)
    throw new ArgumentError(`independent: expected a number of dimensions, got ${dims}`);
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

/** Vectors of numbers. */
export const realVector: Constraint = {
  ...real,
  eventDim: 1,
  check: (x) => x.eq(x).all(-1),
};

/** Vectors of numbers that are not negative and add up to 1. */
export const simplex: Constraint = {
  name: "vectors of numbers that are not negative and add up to 1",
  isDiscrete: false,
  eventDim: 1,
  check: (x) => x.ge(0).all(-1).logicalAnd(x.sum(-1).sub(1).abs().lt(1e-6)),
};

/** Vectors of which one element is 1 and the others are 0. */
export const oneHot: Constraint = {
  name: "vectors with a single 1 among zeros",
  isDiscrete: true,
  eventDim: 1,
  check: (x) => boolean.check(x).all(-1).logicalAnd(x.sum(-1).eq(1)),
};

/** Vectors of counts that add up to `total`. */
export function multinomial(total: number): Constraint {
  return {
    name: `vectors of counts that add up to ${total}`,
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
 * Lower triangular matrices with a positive diagonal, whose rows have length 1: the factors of correlation matrices.
 */
export const corrCholesky: Constraint = {
  ...lowerCholesky,
  name: "lower triangular matrices with a positive diagonal and rows of length 1",
  check: (x) => lowerCholesky.check(x).logicalAnd(x.square().sum(-1).sub(1).abs().lt(1e-4).all(-1)),
};

/**
 * Symmetric matrices. Whether one is positive definite shows in its Cholesky factorisation, which refuses those that
 * are not.
 */
export const positiveDefinite: Constraint = {
  name: "symmetric positive definite matrices",
  isDiscrete: false,
  eventDim: 2,
  check: (x) => x.isclose(x.mT, { atol: 1e-6 }).all([-2, -1]),
};
