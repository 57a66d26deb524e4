/**
 * How functions become methods: by name, the tensor as the first argument. The interfaces beside this file say what
 * there is, in words and types, and a table in each has the functions; the methods themselves are made once, so that
 * none has to repeat its arguments.
 */

import { ArgumentError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";

/** The functions behind some methods. */
export type Behind<Methods> = {
  readonly [Name in keyof Methods]: Methods[Name] extends (
    ...rest: infer Rest extends readonly unknown[]
  ) => infer Result
    ? (x: Tensor, ...rest: Rest) => Result
    : never;
};

/** Pointwise operations, each also under its name with `_`, which stores the result in the tensor itself. */
export function storing<Functions extends Record<string, { inPlace: unknown }>>(
  functions: Functions,
): Functions & { readonly [Name in keyof Functions as `${Name & string}_`]: Functions[Name]["inPlace"] } {
  const stored = Object.entries(functions).map(([name, { inPlace }]) => [`${name}_`, inPlace]);
  return { ...functions, ...Object.fromEntries(stored) };
}

/**
 * Functions under their names with `_`: what they return is copied into the tensor.
 *
 * @param given what the function gets of the tensor: a clone, where its gradient reads what is overwritten. Default:
 * the tensor itself.
 */
export function copied<Functions extends Record<string, (x: Tensor, ...rest: never[]) => Tensor>>(
  functions: Functions,
  given = (x: Tensor): Tensor => x,
): { readonly [Name in keyof Functions as `${Name & string}_`]: Functions[Name] } {
  const copying = Object.entries(functions).map(([name, fn]) => [
    `${name}_`,
    (x: Tensor, ...rest: never[]) => x.copy_(fn(given(x), ...rest)),
  ]);
  return Object.fromEntries(copying);
}

/** Makes methods of functions. */
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
          // Where JavaScript itself stumbles, something stands in a tensor's place that is none.
          throw new ArgumentError(`${name}: ${error.message}; is each tensor one? make one with tensor([...])`, {
            cause: error,
          });
        }
      },
      configurable: true,
      writable: true,
    });
  }
}
