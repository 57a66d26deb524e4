/** Expects a call to refuse what are no options of its own. */

import { ArgumentError, ones } from "@akari/tensor";
import { expect } from "vitest";

/** What someone who knows PyTorch may write in the last place, and what is said to it. */
const wrong: readonly (readonly [given: unknown, message: RegExp])[] = [
  [{ nonsense: 1 }, /: there is no option "nonsense"; there are \w+/],
  [false, /: expected options by name, \{ \w+.* \}, got false$/],
  [2, /: expected options by name, \{ \w+.* \}, got 2$/],
  [ones([2]), /: expected options by name, \{ \w+.* \}, got a tensor$/],
  [null, /: expected options by name, \{ \w+.* \}, got null$/],
];

/** Expects a call to take its own options, and to refuse everything else, saying what there is. */
export function refuses(call: (options: unknown) => unknown, valid: object = {}): void {
  expect(() => call(valid)).not.toThrow();
  for (const [given, message] of wrong) {
    expect(() => call(given)).toThrow(ArgumentError);
    expect(() => call(given)).toThrow(message);
  }
}

/** The same of a call whose result comes later. */
export async function refusesLater(call: (options: unknown) => Promise<unknown>): Promise<void> {
  await call({});
  for (const [given, message] of wrong) {
    const error = await call(given).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(String(error)).toMatch(message);
  }
}
