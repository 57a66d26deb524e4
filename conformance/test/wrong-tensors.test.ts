/**
 * Passes values that are not tensors where tensors are expected. The table of gradients lists arguments for every
 * operation; each tensor in them is replaced by each wrong value. An operation may accept it, as it does for numbers,
 * or throw an AkariError. JavaScript's own errors are failures, because they do not say what to do.
 */

import * as nn from "@akari/nn";
import * as akari from "@akari/tensor";
import { AkariError, ArgumentError, DisposedError, Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import {
  type Calls,
  constants,
  functional,
  type Given,
  methods,
  modules,
  operations,
  replaced,
} from "../src/gradients/index.ts";

const wrong: readonly unknown[] = [[[1, 2]], 3, "a", null, undefined, {}, Promise.resolve(1)];

/** Returns arguments in which those that are computed from others are tensors too. */
const made = (given: Given): Given => replaced(given, (x) => x) as Given; // safe: a list remains a list

/** Returns the errors other than AkariError that a call throws for each wrong value in place of each tensor. */
function stumbles(call: (...given: never[]) => unknown, given: Given, first = 0): string[] {
  let places = 0;
  replaced(given, (x) => {
    places++;
    return x;
  });
  return Array.from({ length: places - first }, (_, i) => i + first).flatMap((place) =>
    wrong.flatMap((thing) => {
      let at = 0;
      try {
        // safe: wrong arguments are what is tested
        call(...(replaced(given, (x) => (at++ === place ? thing : x)) as never[]));
        return [];
      } catch (error) {
        return error instanceof AkariError ? [] : [`${String(thing)} in place ${place}: ${String(error)}`];
      }
    }),
  );
}

describe("a value that is not a tensor is rejected by the method", () => {
  const all: Calls = { ...operations, ...constants, ...methods };
  for (const [name, givens] of Object.entries(all)) {
    const own = givens.filter(([x, ...rest]) => x instanceof Tensor && rest.length > 0);
    if (!(name in Tensor.prototype) || own.length === 0) continue;
    it(name, () => {
      const call = (x: Tensor, ...rest: unknown[]) =>
        (Reflect.get(x, name) as (...rest: unknown[]) => unknown).apply(x.clone(), rest); // safe: a method
      for (const given of own) expect(stumbles(call, given, 1)).toEqual([]);
    });
  }
});

describe("a value that is not a tensor is rejected by the function", () => {
  const byName: Readonly<Record<string, unknown>> = { ...akari, ...nn.functional };
  for (const [name, givens] of Object.entries({ ...operations, ...constants, ...functional })) {
    const call = byName[name] as (...given: never[]) => unknown; // safe: a function's name
    if (call === undefined) continue; // of another package
    it(name, () => {
      for (const given of givens) expect(stumbles(call, made(given))).toEqual([]);
    });
  }
});

describe("a value that is not a tensor is rejected by the layer", () => {
  for (const [name, trials] of Object.entries(modules)) {
    it(name, () => {
      for (const [make, ...given] of trials) expect(stumbles(make() as never, made(given))).toEqual([]);
    });
  }
});

it("a state with a tensor that was freed leaves the module as it was", () => {
  const layer = new nn.Linear(2, 2);
  const state = { weight: layer.weight.detach().mul(2), bias: tensor([1, 2]) };
  state.bias.dispose();
  const before = layer.weight.toArraySync();
  expect(() => layer.loadStateDict(state)).toThrow(DisposedError);
  expect(layer.weight.toArraySync()).toEqual(before);
});

describe("the error says what to do", () => {
  const x = tensor([[1, 2]]);
  const messages: readonly (readonly [call: (wrong: never) => unknown, wrong: unknown, message: string])[] = [
    [(y) => x.matmul(y), [[1]], "matmul: expected a tensor, got an array; make one with tensor([...])"],
    [(y) => akari.cat([x, y]), [1], "cat: expected a tensor, got an array; make one with tensor([...])"],
    [(y) => x.add(y), Promise.resolve(x), "add: expected tensors and numbers, got a promise; await it"],
    [
      (y) => nn.functional.crossEntropy(x, y),
      undefined,
      "crossEntropy: expected a tensor, got undefined; make one with tensor([...])",
    ],
    [(y) => akari.where(x.gt(0), 1, y), "a", "where: expected tensors and numbers, got a; make one with tensor([...])"],
    [(y) => new nn.Linear(2, 2)(y), [1, 2], "linear: expected a tensor, got an array; make one with tensor([...])"],
    [(y) => akari.inv(y), null, "inv: expected a tensor, got null; make one with tensor([...])"],
    [(y) => akari.conv2d(y, x), {}, "conv2d: expected a tensor, got an object; make one with tensor([...])"],
    [(y) => nn.init.uniform_(y), null, "uniform_: expected a tensor, got null; make one with tensor([...])"],
    [(y) => akari.zero_(y), null, "fill_: expected a tensor, got null; make one with tensor([...])"],
    // One operand too many would broadcast the result, one too few give NaN.
    [(y) => Reflect.apply(akari.relu, null, [x, y]), x, "relu: number of operands must be 1, got 2"],
    [(y) => Reflect.apply(akari.mul, null, [y]), x, "mul: number of operands must be 2, got 1"],
    [(y) => new nn.LayerNorm(y), null, "LayerNorm: normalizedShape must be a positive integer, got null"],
    [(y) => new nn.ModuleList(y), null, "ModuleList: expected an array, got null"],
    [(y) => nn.padSequence(y), null, "padSequence: expected an array, got null"],
    [(y) => new nn.BatchNorm1d(2, { eps: y }), null, "BatchNorm1d: eps must be a number, got null"],
    [
      (y) => new nn.Linear(2, 2).registerBuffer("mask", y),
      1,
      "registerBuffer: expected a tensor, got 1; make one with tensor([...])",
    ],
    [
      (y) => new nn.Transformer(y),
      { dModel: 8, nhead: 2 },
      "Transformer: dModel must be a positive integer, got { dModel: 8, nhead: 2 }",
    ],
    [(y) => nn.clipGradValue_([], y), null, "clipGradValue_: clipValue must not be negative, got null"],
  ];
  for (const [call, thing, message] of messages)
    it(message, () => {
      // safe: wrong arguments are what is tested
      expect(() => call(thing as never)).toThrow(new ArgumentError(message));
    });
});
