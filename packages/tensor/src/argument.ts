/**
 * Checks of arguments, which operations, layers, optimizers and datasets share: the same mistake is refused in the same
 * words everywhere.
 */

import { ArgumentError } from "./errors.ts";

/**
 * Throws an ArgumentError unless a value is a tensor, of whichever copy of this package: in JavaScript it may be
 * anything.
 */
export function expectTensor(operation: string, value: unknown, wanted = "a tensor"): void {
  // safe: only looked at
  const { storage, then } = (value ?? {}) as { readonly storage?: unknown; readonly then?: unknown };
  if (storage !== undefined) return;
  const given = Array.isArray(value)
    ? "an array"
    : typeof value !== "object"
      ? String(value)
      : then
        ? "a promise"
        : value && "an object";
  throw new ArgumentError(
    `${operation}: expected ${wanted}, got ${given}; ${then ? "await it" : "make one with tensor([...])"}`,
  );
}

/** Throws an ArgumentError that says what an argument has to be. */
function refuse(operation: string, argument: string, value: unknown, wanted: string): never {
  const given = typeof value === "number" ? String(value) : JSON.stringify(value);
  throw new ArgumentError(`${operation}: ${argument} must ${wanted}, got ${given}`);
}

/**
 * Throws an ArgumentError for the value of an option that is none of those there are.
 *
 * @param operation the operation's name, which the message begins with.
 * @param option the option's name.
 * @param choices all values that it may have, two or more.
 */
export function checkChoice(operation: string, option: string, value: unknown, choices: readonly unknown[]): void {
  if (choices.includes(value)) return;
  const [last, ...others] = [...choices].reverse().map((choice) => JSON.stringify(choice));
  refuse(operation, option, value, `be ${others.reverse().join(", ")} or ${last}`);
}

/** Throws an ArgumentError unless a value is an integer from `least` (0 or 1) to `most`. */
export function checkInteger(
  operation: string,
  argument: string,
  value: number,
  least = 0,
  most: number = Number.POSITIVE_INFINITY,
): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const sign = least > 0 ? "a positive" : "a non-negative";
  refuse(
    operation,
    argument,
    value,
    most === Number.POSITIVE_INFINITY ? `be ${sign} integer` : `be an integer from ${least} to ${most}`,
  );
}

/** Throws an ArgumentError unless a value is a number from 0 to `most`. */
export function checkNumber(
  operation: string,
  argument: string,
  value: number,
  most: number = Number.POSITIVE_INFINITY,
): void {
  if (typeof value === "number" && value >= 0 && value <= most) return;
  refuse(operation, argument, value, most === Number.POSITIVE_INFINITY ? "not be negative" : `be from 0 to ${most}`);
}

/** Throws an ArgumentError unless a value is a number above 0. */
export function checkPositive(operation: string, argument: string, value: number): void {
  if (!(typeof value === "number" && value > 0)) refuse(operation, argument, value, "be positive");
}

/** Throws an ArgumentError when the first of two named numbers is above the second. */
export function checkOrder(operation: string, limits: Readonly<Record<string, number>>): void {
  const [low, high] = Object.keys(limits) as [string, string]; // safe: two are given
  const [a, b] = Object.values(limits) as [number, number];
  if (!(a <= b)) throw new ArgumentError(`${operation}: ${low} must not be above ${high}, got ${a} and ${b}`);
}
