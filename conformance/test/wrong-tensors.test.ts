/**
 * Passes values that are not tensors where tensors are expected. The table of gradients lists arguments for every
 * operation; each tensor in them is replaced by each wrong value. An operation may accept it, as it does for numbers,
 * or throw an AkariError. JavaScript's own errors are failures, because they do not say what to do.
 */

import * as nn from "@akari/nn";
import * as akari from "@akari/tensor";
import { AkariError, ArgumentError, Tensor, tensor } from "@akari/tensor";
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

/** Returns the errors other than AkariError that a call throws for each wrong value in place of each tensor. */
function stumbles(call: (...given: never[]) => unknown, given: Given, first = 0, things = wrong): string[] {
  let places = 0;
  replaced(given, (x) => {
    places++;
    return x;
  });
  return Array.from({ length: places - first }, (_, i) => i + first).flatMap((place) =>
    things.flatMap((thing) => {
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

/**
 * The functions and layers that programs commonly call. Most others reject wrong values as well, but are not worth
 * checks of their own.
 */
const functions = `cat stack add mul maximum matmul mm bmm mv dot outer einsum linear where softmax logSoftmax sum mean
  gather embedding conv1d conv2d conv3d convTranspose2d maxPool2d avgPool2d pad relu gelu exp l1Loss mseLoss crossEntropy nllLoss huberLoss smoothL1Loss
  binaryCrossEntropy binaryCrossEntropyWithLogits`.split(/\s+/);
const layers =
  "Linear Conv2d ConvTranspose2d MaxPool2d AvgPool2d Embedding Softmax Sigmoid Flatten Dropout MSELoss CrossEntropyLoss".split(
    " ",
  );

describe("a value that is not a tensor is rejected by the function", () => {
  const byName: Readonly<Record<string, unknown>> = { ...akari, ...nn.functional };
  for (const name of functions) {
    it(name, () => {
      const givens = { ...operations, ...constants, ...functional }[name] ?? [];
      expect(givens.length).toBeGreaterThan(0);
      const call = byName[name] as (...given: never[]) => unknown; // safe: a function's name
      for (const given of givens) expect(stumbles(call, given, 0)).toEqual([]);
    });
  }
});

describe("a value that is not a tensor is rejected by the layer", () => {
  for (const name of layers) {
    it(name, () => {
      for (const [make, ...given] of modules[name] ?? [])
        expect(stumbles(make() as never, given, 0, wrong)).toEqual([]);
    });
  }
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
  ];
  for (const [call, thing, message] of messages)
    it(message, () => {
      // safe: wrong arguments are what is tested
      expect(() => call(thing as never)).toThrow(new ArgumentError(message));
    });
});
