/**
 * Checks of options, in the same words everywhere. Programs in JavaScript have no compiler that would know a name from a slip of the pen.
 */

import { ArgumentError } from "./errors.ts";

/**
 * Throws an ArgumentError for an option that does not exist.
 *
 * @param operation the operation's name, which the message begins with.
 * @param known the names of all options.
 */
export function checkOptions(operation: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw new ArgumentError(`${operation}: there is no option "${name}"; there are ${known.join(", ")}`);
  }
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
  throw new ArgumentError(`${operation}: ${option} must be ${others.reverse().join(", ")} or ${last}, got ${JSON.stringify(value)}`);
}
