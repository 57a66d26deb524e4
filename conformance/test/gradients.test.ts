/**
 * Tests that the table of gradients is complete, and that the first and second derivatives of everything in it agree
 * with finite differences.
 */

import { gradcheck, gradgradcheck } from "@akari/autograd";
import { isFloating, Tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import {
  apart,
  apartInNn,
  type Call,
  type Calls,
  coarse,
  constants,
  functional,
  functionOf,
  housekeeping,
  inNn,
  inTensor,
  method,
  methods,
  methodsConstant,
  modules,
  operations,
  trial,
  withParameters,
} from "../src/gradients/index.ts";

/** Returns all methods by name, without getters. */
function methodsOfTensor(): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (let at = Tensor.prototype; at !== Object.prototype; at = Object.getPrototypeOf(at) as Tensor) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (typeof value === "function" && !Object.hasOwn(Object.prototype, name)) found[name] ??= value;
  }
  return found;
}

describe("the table of gradients has", () => {
  /**
   * Returns the names that no table covers. An entry also covers the in-place variant and the aliases of a function.
   */
  const missing = (all: Readonly<Record<string, unknown>>, ...tables: readonly object[]): string[] => {
    const known = new Set(tables.flatMap((table) => Object.keys(table)));
    const covered = Object.keys(all).filter((name) => known.has(name) || known.has(name.replace(/_$/, "")));
    const functions = new Set(covered.map((name) => all[name]));
    return Object.keys(all)
      .filter((name) => !functions.has(all[name]))
      .sort();
  };

  it("every function of tensor", () => {
    expect(missing(inTensor, operations, constants, methods)).toEqual([...apart].sort());
  });

  it("every method of Tensor", () => {
    expect(missing(methodsOfTensor(), operations, constants, methods, methodsConstant)).toEqual(
      [...housekeeping, ...coarse].sort(),
    );
  });

  it("every function and layer of nn", () => {
    const operationsOfTensor = new Set(Object.keys({ ...operations, ...constants }).map((name) => inTensor[name]));
    const own = Object.fromEntries(Object.entries(inNn).filter(([, value]) => !operationsOfTensor.has(value)));
    expect(missing(own, functional, modules)).toEqual([...apartInNn].sort());
  });
});

/** Declares the checks of some calls. */
function check(calls: Calls, callOf: (name: string) => Call, twice = true): void {
  for (const [name, givens] of Object.entries(calls)) {
    for (const [i, given] of givens.entries()) {
      it(i === 0 ? name : `${name}, ${i + 1}`, async () => {
        const { fn, inputs } = trial(callOf(name), given);
        expect(await gradcheck(fn, inputs)).toBe(true);
        if (twice) expect(await gradgradcheck(fn, inputs)).toBe(true);
      });
    }
  }
}

/** Returns the calls whose function has an in-place variant and whose first argument is a floating-point tensor. */
const twins = (calls: Calls): Calls =>
  Object.fromEntries(
    Object.entries(calls)
      .filter(([name]) => `${name}_` in Tensor.prototype)
      .map(([name, givens]) => [`${name}_`, givens.filter(([x]) => x instanceof Tensor && isFloating(x.dtype))]),
  );

describe("derivatives of operations", () => check({ ...operations, ...functional }, functionOf));
describe("derivatives of methods", () => check(methods, method));
describe("derivatives of operations in place", () => check(twins({ ...operations, ...constants }), method, false));

describe("derivatives of layers", () => {
  for (const [name, trials] of Object.entries(modules)) {
    for (const [i, [make, ...given]] of trials.entries()) {
      it(i === 0 ? name : `${name}, ${i + 1}`, async () => {
        const { call, all } = withParameters(make, given);
        const { fn, inputs } = trial(call, all);
        expect(await gradcheck(fn, inputs)).toBe(true);
        expect(await gradgradcheck(fn, inputs)).toBe(true);
      });
    }
  }
});

describe("no gradient flows through", () => {
  const none = (calls: Calls, callOf: (name: string) => Call) => {
    for (const [name, givens] of Object.entries(calls)) {
      it(name, () => {
        for (const given of givens) {
          const { results, inputs } = trial(callOf(name), given);
          expect(results(...inputs).map((y) => y.requiresGrad)).not.toContain(true);
        }
      });
    }
  };
  none(constants, functionOf);
  none(methodsConstant, method);
});

describe("a method returns the same as the function", () => {
  for (const [name, givens] of Object.entries({ ...operations, ...constants })) {
    // Only the function `where` has the condition as its first argument; `x.trace` is the tensor's trace, and `x.mT` is
    // a getter.
    if (!(name in Tensor.prototype) || ["where", "trace", "mT"].includes(name)) continue;
    it(name, async () => {
      for (const given of givens) {
        if (typeof given[0] === "number") continue;
        const [got, want] = [method(name), functionOf(name)].map((call) => {
          const { results, inputs } = trial(call, given);
          return Promise.all(results(...inputs).map((x) => x.toArray()));
        });
        expect(await got).toEqual(await want);
      }
    });
  }
});
