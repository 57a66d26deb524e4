/**
 * Results with several parts, like PyTorch's named tuples. They are arrays, so whatever looks for tensors in arrays
 * finds them, and their classes have the names as getters, so `map` returns an array with the same names.
 */

import { once } from "./once.ts";
import type { Tensor } from "./tensor.ts";

/** Several values, to destructure by position or by name. */
export type NamedTuple<Names extends readonly string[], Item = Tensor> = { readonly [I in keyof Names]: Item } & {
  readonly [Name in Names[number]]: Item;
};

type Class = Pick<ArrayConstructor, "of">;

const classes = new Map<string, Class>();

function classOf(names: readonly string[]): Class {
  class NamedTuple extends Array<unknown> {}
  names.forEach((name, i) => {
    Object.defineProperty(NamedTuple.prototype, name, {
      get(this: readonly unknown[]) {
        return this[i];
      },
    });
  });
  return NamedTuple;
}

/**
 * Combines several results into an array whose elements also have names, for a function that returns a named tuple in
 * PyTorch.
 *
 * @param names the names of the elements, in order.
 * @example
 * const limits = namedTuple([x.amin(), x.amax()], "min", "max");
 * const { max } = limits;
 * const [low, high] = limits;
 */
export function namedTuple<Item, const Names extends readonly string[]>(
  values: readonly Item[],
  ...names: Names
): NamedTuple<Names, Item> {
  const made = once(classes, names.join(), () => classOf(names));
  return made.of(...values) as unknown as NamedTuple<Names, Item>; // safe: every name is a getter of its element
}
