import { requiresGrad } from "@akari/autograd";
import { AutogradError, type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { clipGradNorm_, clipGradsWithNorm_, clipGradValue_, getTotalNorm } from "../src/index.ts";

/** Creates parameters with gradients [3, -4] and [[12]]. */
function parameters(): Tensor[] {
  const all = [tensor([0, 0]), tensor([[0]]), tensor([1])].map((x) => requiresGrad(x)) as [Tensor, Tensor, Tensor];
  all[0].grad = tensor([3, -4]);
  all[1].grad = tensor([[12]]);
  return all;
}

const gradients = (list: readonly Tensor[]) => list.flatMap(({ grad }) => (grad ? [grad] : []));
const numbers = (list: readonly Tensor[]) => gradients(list).map((g) => g.toArraySync());

describe("gradient clipping", () => {
  it("computes the joint norm of any order", () => {
    const list = gradients(parameters());
    expect(getTotalNorm(list).itemSync()).toBe(13);
    expect(getTotalNorm(list, { normType: 1 }).itemSync()).toBe(19);
    expect(getTotalNorm(list, { normType: Number.POSITIVE_INFINITY }).itemSync()).toBe(12);
    expect(getTotalNorm(tensor([3, 4])).itemSync()).toBe(5);
    expect(getTotalNorm([]).itemSync()).toBe(0);
    expect(getTotalNorm([requiresGrad(tensor([3]))]).requiresGrad).toBe(false);
  });

  it("scales gradients by a known norm, as with the norm computed at once", () => {
    const [apart, together] = [parameters(), parameters()];
    clipGradsWithNorm_(apart, 6.5, getTotalNorm(gradients(apart)));
    clipGradNorm_(together, 6.5);
    expect(numbers(apart)).toEqual(numbers(together));
    expect((numbers(apart)[1] as number[][])[0]?.[0]).toBeCloseTo(6, 5);
    clipGradsWithNorm_(apart, 100, tensor(6.5)); // already smaller
    expect(numbers(apart)).toEqual(numbers(together));
  });

  it("rejects norms that are not finite if asked to, and orders that are not positive", () => {
    expect(() => getTotalNorm([tensor([Number.NaN])], { errorIfNonfinite: true }).itemSync()).toThrow(
      new AutogradError("getTotalNorm: the norm of the gradients is NaN"),
    );
    expect(() => getTotalNorm([tensor([1])], { normType: 0 })).toThrow("getTotalNorm: normType must be positive");
  });

  it("rejects by name what is not a tensor", () => {
    expect(() => getTotalNorm(null as never)).toThrow("getTotalNorm: expected a tensor, got null");
    expect(() => clipGradNorm_([undefined as never], 1)).toThrow("clipGradNorm_: expected a tensor");
    expect(() => clipGradValue_(3 as never, 1)).toThrow("clipGradValue_: expected a tensor, got 3");
  });
});
