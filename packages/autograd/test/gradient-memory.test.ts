/** A gradient that only its tensor refers to is freed when another takes its place. */

import { cpu, ones, type Tensor, tensor, zeros } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import {
  // biome-ignore lint/suspicious/noShadowRestrictedNames: PyTorch's name for it.
  Function,
  type FunctionContext,
  noGrad,
  requiresGrad,
} from "../src/index.ts";

const size = 2 ** 16;
const live = (): number => cpu().memory().live;

const gradient = (x: Tensor): Tensor | null => x.grad;

/** Returns a leaf whose gradient is 2 everywhere. */
function leaf(): Tensor {
  const x = requiresGrad(ones([size]));
  x.mul(2).sum().backward();
  return x;
}

describe("a gradient that takes another's place", () => {
  it("frees one that nobody has read", () => {
    const x = leaf();
    const before = live();
    x.grad = null;
    expect(before - live()).toBe(size * 4);
  });

  it("frees one that gradients were added to", () => {
    const x = leaf();
    x.mul(3).sum().backward();
    const before = live();
    x.grad = null;
    expect(before - live()).toBe(size * 4);
  });

  it.each([
    [
      "was read",
      (x: Tensor) => {
        x.mul(2).sum().backward();
        return x.grad;
      },
    ],
    [
      "the program set",
      (x: Tensor) => {
        x.grad = zeros([size]).add(2);
        return x.grad;
      },
    ],
    [
      "a hook received",
      (x: Tensor) => {
        const kept: Tensor[] = [];
        x.registerHook((g) => void kept.push(g));
        x.mul(2).sum().backward();
        return kept[0];
      },
    ],
    [
      "a hook returned",
      (x: Tensor) => {
        const kept = zeros([size]).add(2);
        x.registerHook(() => kept);
        x.mul(5).sum().backward();
        return kept;
      },
    ],
    [
      "a custom function returned",
      (x: Tensor) => {
        const kept = zeros([size]).add(2);
        class Fixed extends Function {
          static forward(_: FunctionContext, x: Tensor): Tensor {
            return x.clone();
          }
          static backward(): Tensor {
            return kept;
          }
        }
        Fixed.apply(x).sum().backward();
        return kept;
      },
    ],
    [
      "is recorded",
      (x: Tensor) => {
        x.mul(2).sum().backward(null, { createGraph: true });
        return x.grad;
      },
    ],
  ])("leaves one that %s", (_, make) => {
    const x = requiresGrad(ones([size]));
    const kept = make(x);
    x.grad = null;
    expect(kept?.get(0).itemSync()).toBe(2);
    x.mul(7).sum().backward();
    expect(kept?.get(0).itemSync()).toBe(2);
    expect(gradient(x)?.get(0).itemSync()).toBe(_ === "a hook returned" ? 2 : 7);
  });

  it("leaves one that another handle shares", () => {
    const x = leaf();
    const view = noGrad(() => x.grad?.view(2, -1));
    x.grad = null;
    expect(view?.get(1, 0).itemSync()).toBe(2);
  });

  it("leaves the tensor itself alone when it is set again", () => {
    const x = leaf();
    const { grad } = x;
    x.grad = grad;
    expect(x.grad?.sum().itemSync()).toBe(2 * size);
    expect(tensor([1]).grad).toBe(null);
  });
});
