/** Expectations that a call rejects invalid options. */

import { ArgumentError, ones } from "@akari/tensor";
import { expect } from "vitest";

/** Invalid last arguments, such as positional arguments as in PyTorch, and the expected messages. */
const wrong: readonly (readonly [given: unknown, message: RegExp])[] = [
  [{ nonsense: 1 }, /: there is no option "nonsense"; there are \w+/],
  [false, /: expected options by name, \{ \w+.* \}, got false$/],
  [2, /: expected options by name, \{ \w+.* \}, got 2$/],
  [ones([2]), /: expected options by name, \{ \w+.* \}, got a tensor$/],
  [null, /: expected options by name, \{ \w+.* \}, got null$/],
];

/** Expects a call to accept valid options, and to reject everything else with a message that lists the options. */
export function refuses(call: (options: unknown) => unknown, valid: object = {}): void {
  expect(() => call(valid)).not.toThrow();
  for (const [given, message] of wrong) {
    expect(() => call(given)).toThrow(ArgumentError);
    expect(() => call(given)).toThrow(message);
  }
}

/** Expects the same of an asynchronous call. */
export async function refusesLater(call: (options: unknown) => Promise<unknown>): Promise<void> {
  await call({});
  for (const [given, message] of wrong) {
    const error = await call(given).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(String(error)).toMatch(message);
  }
}
