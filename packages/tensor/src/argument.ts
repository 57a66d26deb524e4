/**
 * Argument checks that operations, layers, optimizers and datasets share, so that the same mistake gets the same
 * message everywhere.
 */

import { ArgumentError, DeviceError } from "./errors.ts";
import type { Tensor } from "./tensor.ts";

/** Returns what an error says of a value that has the wrong type: "an array", "a promise", "an object", "undefined". */
export function describeValue(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value).replace(/\n.*/s, "");
  if (Array.isArray(value)) return "an array";
  return "storage" in value ? "a tensor" : "then" in value ? "a promise" : "an object";
}

/**
 * Returns a value as errors quote it: strings in quotation marks, the contents of arrays and plain objects, and anything
 * else described.
 */
export function quote(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(quote).join(", ")}]`;
  if (describeValue(value) !== "an object" || Object.getPrototypeOf(value) !== Object.prototype)
    return describeValue(value);
  const entries = Object.entries(value as object).map(([key, item]) => `${key}: ${describeValue(item)}`);
  return `{ ${entries.join(", ")} }`;
}

/**
 * Returns whether a value is a tensor, of any copy of this package.
 *
 * https://pytorch.org/docs/stable/generated/torch.is_tensor.html
 */
export function isTensor(value: unknown): value is Tensor {
  return (value as Partial<Tensor> | null | undefined)?.storage !== undefined; // safe: only tested
}

/** Throws an ArgumentError that states what was expected instead of a value. */
export function expected(operation: string, wanted: string, value: unknown): never {
  throw new ArgumentError(`${operation}: expected ${wanted}, got ${describeValue(value)}`);
}

/** Throws an ArgumentError unless a value is a function. In plain JavaScript it may be anything. */
export function expectFunction(operation: string, value: unknown): void {
  if (typeof value !== "function") expected(operation, "a function", value);
}

/**
 * Throws an ArgumentError unless a value is a tensor, of any copy of this package. In plain JavaScript it may be
 * anything.
 */
export function expectTensor(operation: string, value: unknown, wanted = "a tensor"): void {
  if (isTensor(value)) return;
  const given = describeValue(value);
  const remedy = given === "a promise" ? "await it" : "make one with tensor([...])";
  throw new ArgumentError(`${operation}: expected ${wanted}, got ${given}; ${remedy}`);
}

/**
 * Returns the items of an iterable. In plain JavaScript it may be anything.
 *
 * @param wanted what the message says is expected, such as "parameters". Default "an array".
 * @throws ArgumentError for a value without items.
 */
export function itemsOf<T>(operation: string, items: Iterable<T>, wanted = "an array"): T[] {
  if (typeof items?.[Symbol.iterator] === "function") return [...items];
  throw new ArgumentError(`${operation}: expected ${wanted}, got ${describeValue(items)}`);
}

/** Throws a DeviceError unless a value is a device. In plain JavaScript it may be anything. */
export function checkDevice(operation: string, device: unknown): void {
  const { run } = (device ?? {}) as { readonly run?: unknown }; // safe: only tested
  if (typeof run !== "function")
    throw new DeviceError(`${operation}: the device must be a Backend, such as cpu(), got ${String(device)}`);
}

/** Throws an ArgumentError that states what an argument must be. */
export function refuse(operation: string, argument: string, value: unknown, wanted: string): never {
  throw new ArgumentError(`${operation}: ${argument} must ${wanted}, got ${quote(value)}`);
}

/**
 * Throws an ArgumentError unless an option has one of its valid values.
 *
 * @param operation the operation's name, which the message starts with.
 * @param option the option's name.
 * @param choices all valid values, two or more.
 */
export function checkChoice(operation: string, option: string, value: unknown, choices: readonly unknown[]): void {
  if (choices.includes(value)) return;
  const names = choices.map(quote);
  const last = names.pop();
  refuse(operation, option, value, `be ${names.join(", ")} or ${last}`);
}

/**
 * Throws an ArgumentError unless a value is an integer from `least` (0, 1 or -∞) to `most`. Default: any non-negative
 * integer.
 */
export function checkInteger(
  operation: string,
  argument: string,
  value: number,
  least = 0,
  most: number = Number.POSITIVE_INFINITY,
): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const sign = least > 0 ? "a positive" : least === 0 ? "a non-negative" : "an";
  refuse(
    operation,
    argument,
    value,
    most === Number.POSITIVE_INFINITY ? `be ${sign} integer` : `be an integer from ${least} to ${most}`,
  );
}

/** Throws an ArgumentError unless a value is a number, of any size. */
export function expectNumber(operation: string, argument: string, value: number): void {
  if (typeof value !== "number") refuse(operation, argument, value, "be a number");
}

/** Throws an ArgumentError unless a value is a number from 0 to `most`. Default: any non-negative number. */
export function checkNumber(
  operation: string,
  argument: string,
  value: number,
  most: number = Number.POSITIVE_INFINITY,
): void {
  if (typeof value === "number" && value >= 0 && value <= most) return;
  refuse(operation, argument, value, most === Number.POSITIVE_INFINITY ? "not be negative" : `be from 0 to ${most}`);
}

/** Throws an ArgumentError unless a value is a positive number. */
export function checkPositive(operation: string, argument: string, value: number): void {
  if (!(typeof value === "number" && value > 0)) refuse(operation, argument, value, "be positive");
}

/** Throws an ArgumentError when the first of two named numbers is greater than the second. */
export function checkOrder(operation: string, limits: Readonly<Record<string, number>>): void {
  const [low, high] = Object.keys(limits) as [string, string]; // safe: two are given
  const [a, b] = Object.values(limits) as [number, number];
  if (!(a <= b)) throw new ArgumentError(`${operation}: ${low} must not be above ${high}, got ${a} and ${b}`);
}
