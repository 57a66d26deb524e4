/**
 * One tensor is a gradient several times: a rule returns it for several inputs, or adds to the one that an input has
 * received from other operations.
 */

import { apply, cat, cpu, embedding, type Op, ones, rules, type Tensor, tensor } from "@akari/tensor";
import { expect, it, vi } from "vitest";
import { grad, requiresGrad } from "../src/index.ts";

const doubledSum: Op = {
  name: "doubledSum",
  infer: ([a]) => [{ shape: (a as Tensor).shape, dtype: (a as Tensor).dtype }],
  run: ([a, b], _, [to]) => {
    (to as Tensor).copy_(
      (a as Tensor)
        .detach()
        .add((b as Tensor).detach())
        .mul(2),
    );
  },
  gradient: {
    ...rules({ of: (g) => g }),
    compute: ([g]) => {
      const both = (g as Tensor).mul(2);
      return [both, both];
    },
  },
};

it("a rule returns one gradient for two inputs, one of which has another use", () => {
  const x = requiresGrad(tensor([1, 2]));
  const y = requiresGrad(tensor([3, 4]));
  const [a, b] = [x.mul(1), y.mul(1)];
  apply(doubledSum, [a, b], undefined).add(a.mul(3)).sum().backward();
  expect(x.grad?.toArraySync()).toEqual([5, 5]);
  expect(y.grad?.toArraySync()).toEqual([2, 2]);
});

const index = (...places: number[]): Tensor => tensor(places, { dtype: "int32" });
const weighted = (parts: readonly Tensor[]): Tensor =>
  parts.map((x, i) => x.sum().mul(i + 1)).reduce((a, b) => a.add(b));

it.each<readonly [name: string, fn: (x: Tensor) => Tensor, expected: readonly number[]]>([
  ["unbind", (x) => weighted(x.unbind()), [1, 2, 3, 4]],
  ["parts that overlap", (x) => weighted([x.narrow(0, 0, 3), x.narrow(0, 1, 3)]), [1, 3, 3, 2]],
  ["a part and the whole", (x) => weighted([x.select(0, 3), x]), [2, 2, 2, 3]],
  ["the whole and a part", (x) => weighted([x, x.select(0, 3)]), [1, 1, 1, 3]],
  ["parts of an expansion", (x) => weighted(x.view(4, 1).expand(4, 2).unbind(1)), [3, 3, 3, 3]],
  [
    "parts of parts",
    (x) =>
      weighted(
        x
          .mul(2)
          .split(2)
          .flatMap((half) => half.unbind()),
      ),
    [2, 4, 6, 8],
  ],
  ["lists of indices", (x) => weighted([x.get(index(1, 1)), x.get(index(0, 1)), x.get(3)]), [2, 4, 0, 3]],
  ["lookups", (x) => weighted([embedding(index(2), x.view(4, 1)), embedding(index(2, 3), x.view(4, 1))]), [0, 0, 3, 2]],
])("gradients of %s are added", (_, fn, expected) => {
  const x = requiresGrad(ones([4]));
  fn(x).backward();
  expect(x.grad?.toArraySync()).toEqual(expected);
  const y = requiresGrad(ones([4]));
  const [first] = grad(fn(y.mul(1)), [y], { createGraph: true });
  expect(first.toArraySync()).toEqual(expected);
});

it.each<readonly [name: string, split: (x: Tensor) => Tensor[]]>([
  ["unbind", (x) => x.unbind()],
  ["split", (x) => x.split(1)],
  ["get", (x) => Array.from({ length: 64 }, (_, i) => x.get(index(i)))],
])("the parts of %s share the memory of one gradient", (_, split) => {
  const x = requiresGrad(ones([64, 1024]));
  const y = cat(split(x).map((part) => part.mul(2).view(-1))).sum();
  const allocate = vi.spyOn(cpu(), "allocate");
  y.backward();
  const whole = allocate.mock.calls.filter(([bytes]) => bytes >= 4 * 64 * 1024);
  allocate.mockRestore();
  expect(whole.length).toBe(1);
  expect(x.grad?.eq(2).all().itemSync()).toBe(1);
});

it("a recorded pass adds one gradient twice", () => {
  const x = requiresGrad(tensor([1, 2]));
  const [first] = grad(x.expand(3, 2).add(x.expand(3, 2)).sum(), [x], { createGraph: true });
  expect(first.toArraySync()).toEqual([6, 6]);
});
