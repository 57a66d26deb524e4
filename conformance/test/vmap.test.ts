/**
 * Tests that `vmap` of everything in the table of gradients, and of its gradient, is what single calls return for each
 * example; and that `jacrev`, a `vmap` of the backward pass, is what single backward passes return.
 */

import { jacobian } from "@akari/autograd";
import { grad, jacrev } from "@akari/autograd/func";
import { cat, type NestedArray, stack, type Tensor } from "@akari/tensor";
import { vmap } from "@akari/tensor/vmap";
import { describe, expect, it } from "vitest";
import {
  type Call,
  type Calls,
  constants,
  functional,
  functionOf,
  type Given,
  method,
  methods,
  methodsConstant,
  modules,
  operations,
  trial,
  withParameters,
} from "../src/gradients/index.ts";

function expectClose(got: Tensor, want: Tensor): void {
  expect([got.shape, got.dtype]).toEqual([want.shape, want.dtype]);
  const difference = (a: NestedArray, b: NestedArray): number =>
    Array.isArray(a) && Array.isArray(b)
      ? Math.max(0, ...a.map((item, i) => difference(item, b[i] as NestedArray)))
      : Object.is(a, b) || a === b
        ? 0
        : Math.abs(Number(a) - Number(b)) / (1 + Math.abs(Number(b)));
  expect(difference(got.toArraySync(), want.toArraySync())).toBeLessThan(1e-9);
}

/**
 * What `vmap` rejects: results whose size depends on values, random numbers whose count does, running statistics, which
 * the examples would share, and copies to another device.
 */
const rejected = new Set(["nonzero", "unique", "uniqueConsecutive", "rrelu", "RReLU", "to", "toDevice"]);
for (const dimensions of [1, 2, 3]) rejected.add(`BatchNorm${dimensions}d`);

function expectEither(name: string, run: () => void): void {
  if (rejected.has(name)) expect(run).toThrow(/^vmap: /);
  else run();
}

function check(call: Call, given: Given, differentiable: boolean): void {
  const { inputs, results, fn } = trial(call, given);
  if (inputs.length === 0) return;
  const examples = [1, 0.875, 0.9375].map((factor) => inputs.map((x) => x.detach().mul(factor)));
  const batch = inputs.map((_, i) => stack(examples.map((example) => example[i] as Tensor)));
  const each = (one: (...inputs: Tensor[]) => readonly Tensor[]): void => {
    const got = vmap(one, { randomness: "same" })(...batch);
    const want = examples.map((example) => one(...example));
    expect(got.length).toBe(want[0]?.length);
    for (const [k, y] of got.entries()) expectClose(y, stack(want.map((results) => results[k] as Tensor)));
  };
  each(results);
  if (!differentiable) return;
  const loss = (...points: Tensor[]): Tensor =>
    fn(...points)
      .map((y) => y.sin().sum())
      .reduce((a, b) => a.add(b));
  const argnums = inputs.map((_, i) => i);
  each(grad(loss, { argnums }));
  const all = (...points: Tensor[]): Tensor => cat(fn(...points).map((y) => y.sin().reshape([-1])));
  const want = jacobian(all, inputs);
  for (const [k, y] of jacrev(all, { argnums, chunkSize: 7 })(...inputs).entries()) expectClose(y, want[k] as Tensor);
}

function checkAll(calls: Calls, callOf: (name: string) => Call, differentiable = true): void {
  for (const [name, givens] of Object.entries(calls)) {
    it(name, () => {
      const run = (): void => {
        for (const given of givens) check(callOf(name), given, differentiable);
      };
      expectEither(name, run);
    });
  }
}

describe("vmap of operations", () => checkAll({ ...operations, ...functional }, functionOf));
describe("vmap of methods", () => checkAll(methods, method));
describe("vmap of operations without gradient", () => checkAll(constants, functionOf, false));
describe("vmap of methods without gradient", () => checkAll(methodsConstant, method, false));
describe("vmap of layers", () => {
  for (const [name, trials] of Object.entries(modules)) {
    it(name, () => {
      const run = (): void => {
        for (const [make, ...given] of trials) {
          const { call, all } = withParameters(make, given);
          check(call, all, true);
        }
      };
      expectEither(name, run);
    });
  }
});
