/**
 * The check of an option that is one of a few words, so that it is refused in the same ones everywhere, with all that there are.
 */

import { ArgumentError } from "./errors.ts";

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
  throw new ArgumentError(`${operation}: ${option} must be ${others.reverse().join(", ")} or ${last}, got ${JSON.stringify(value)}`);
}
