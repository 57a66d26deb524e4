/**
 * Checks of arguments shared by the functions that receive functions.
 */

import { ArgumentError, describeValue } from "@akari/tensor";

/** Throws an ArgumentError unless a value is a function. */
export function expectFunction(operation: string, value: unknown): void {
  if (typeof value !== "function")
    throw new ArgumentError(`${operation}: expected a function, got ${describeValue(value)}`);
}
