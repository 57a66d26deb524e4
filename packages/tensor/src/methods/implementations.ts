/**
 * Installs functions as methods whose first argument is the tensor. The interfaces in this folder declare and document
 * the methods; next to each is a table of the functions that implement them. Generating the methods from the tables
 * avoids repeating every signature.
 */

import { ArgumentError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";

/** The functions that implement some methods. */
export type Implementations<Methods> = {
  readonly [Name in keyof Methods]: Methods[Name] extends (
    ...rest: infer Rest extends readonly unknown[]
  ) => infer Result
    ? (x: Tensor, ...rest: Rest) => Result
    : never;
};

/** Adds the in-place version of each pointwise operation, under its name with a trailing `_`. */
export function withInPlace<Functions extends Record<string, { inPlace: unknown }>>(
  functions: Functions,
): Functions & { readonly [Name in keyof Functions as `${Name & string}_`]: Functions[Name]["inPlace"] } {
  const stored = Object.entries(functions).map(([name, { inPlace }]) => [`${name}_`, inPlace]);
  return { ...functions, ...Object.fromEntries(stored) };
}

/**
 * Creates in-place versions of functions, under their names with a trailing `_`: the result is copied into the tensor.
 *
 * @param given maps the tensor to the function's argument. It is `clone` where the gradient reads values that the copy
 * overwrites. Default: the tensor itself.
 */
export function inPlaceCopies<Functions extends Record<string, (x: Tensor, ...rest: never[]) => Tensor>>(
  functions: Functions,
  given = (x: Tensor): Tensor => x,
): { readonly [Name in keyof Functions as `${Name & string}_`]: Functions[Name] } {
  const copying = Object.entries(functions).map(([name, fn]) => [
    `${name}_`,
    (x: Tensor, ...rest: never[]) => x.copy_(fn(given(x), ...rest)),
  ]);
  return Object.fromEntries(copying);
}

/** Installs functions as methods of a prototype. */
export function install(
  prototype: object,
  functions: Readonly<Record<string, (x: Tensor, ...rest: never[]) => unknown>>,
): void {
  for (const [name, fn] of Object.entries(functions)) {
    Object.defineProperty(prototype, name, {
      value(this: Tensor, ...rest: never[]): unknown {
        try {
          return fn(this, ...rest);
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
          // JavaScript's own TypeError here means that an argument is not a tensor.
          throw new ArgumentError(`${name}: ${error.message}; expected a tensor, make one with tensor([...])`, {
            cause: error,
          });
        }
      },
      configurable: true,
      writable: true,
    });
  }
}
