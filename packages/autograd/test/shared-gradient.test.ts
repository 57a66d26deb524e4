/** A rule may return the same tensor as the gradient of several inputs, even if these are used elsewhere. */

import { apply, type Op, rules, type Tensor, tensor } from "@akari/tensor";
import { expect, it } from "vitest";
import { requiresGrad } from "../src/index.ts";

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
