import { ArgumentError, AutogradError, ones, ShapeError, type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { enableGrad, grad, noGrad, requiresGrad, setGradEnabled } from "../src/index.ts";

const leaf = (values: number[] | number[][]) => requiresGrad(tensor(values));

describe("backward", () => {
  it("computes the gradients of a simple example", async () => {
    const x = leaf([1, 2, 3]);
    const y = x.pow(2).retainGrad();
    const z = y.sum();
    z.backward();
    expect(await x.grad?.toArray()).toEqual([2, 4, 6]);
    expect(await y.grad?.toArray()).toEqual([1, 1, 1]);
  });

  it("accumulates into the same grad tensor", () => {
    const x = leaf([1, 2]);
    x.mul(2).sum().backward();
    const { grad } = x;
    x.mul(x).sum().backward();
    expect(x.grad).toBe(grad);
    expect(x.grad?.toArraySync()).toEqual([4, 6]);
  });

  it("accumulates after a recorded pass, for each leaf in a tensor of its own", () => {
    const [x, y] = [leaf([1, 2]), leaf([3, 4])];
    x.add(y).sum().backward({ createGraph: true });
    x.mul(3).sum().backward();
    expect([x.grad?.toArraySync(), y.grad?.toArraySync()]).toEqual([
      [4, 4],
      [1, 1],
    ]);
    const z = leaf([1, 2]);
    z.pow(3).sum().backward({ createGraph: true });
    z.grad?.sum().backward();
    expect(z.grad?.toArraySync()).toEqual([3 + 6, 12 + 12]);
  });

  it("accumulates into a tensor that retains its gradient", () => {
    const x = leaf([1, 2]);
    const y = x.mul(2).retainGrad();
    const sum = y.sum();
    sum.backward({ retainGraph: true });
    y.pow(2).sum().backward({ retainGraph: true });
    expect(y.grad?.toArraySync()).toEqual([1 + 4, 1 + 8]);
    sum.backward({ inputs: [x, y], retainGraph: true });
    expect(y.grad?.toArraySync()).toEqual([6, 10]);
    // As in PyTorch, `grad` is a pass like others, but it does not go through the tensor at which it ends.
    grad(sum, x, { retainGraph: true });
    expect(y.grad?.toArraySync()).toEqual([7, 11]);
    grad(sum, y);
    expect(y.grad?.toArraySync()).toEqual([7, 11]);
  });

  it("retains the gradient of a tensor that was then modified in place", () => {
    const x = leaf([1, 2]);
    const y = x.mul(2).retainGrad();
    y.mul_(3).pow(2).sum().backward();
    expect(y.grad?.toArraySync()).toEqual([12, 24]);
    const z = x.mul(2).retainGrad();
    z.select(0, 1).fill_(5);
    z.pow(2).sum().backward();
    expect(z.grad?.toArraySync()).toEqual([4, 10]);
  });

  it("retains the gradient of each tensor in `inputs`", () => {
    const x = leaf([1, 2]);
    const y = x.mul(2);
    const sum = y.sum();
    sum.backward({ inputs: y, retainGraph: true });
    expect([x.grad, y.grad?.toArraySync()]).toEqual([null, [1, 1]]);
    sum.backward();
    expect(y.grad?.toArraySync()).toEqual([2, 2]);
    // A call that is refused leaves no trace.
    const z = x.mul(2);
    expect(() => z.backward(ones([3]), { inputs: z })).toThrow(ShapeError);
    z.sum().backward();
    expect(z.grad).toBeNull();
  });

  it("sums the gradients of broadcast tensors", () => {
    const x = leaf([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const b = leaf([1, 1, 1]);
    const c = requiresGrad(tensor(2));
    x.add(b).mul(c).sum().backward();
    expect(b.grad?.toArraySync()).toEqual([4, 4, 4]);
    expect(c.grad?.toArraySync()).toBe(27);
    expect(c.grad?.shape).toEqual([]);
  });

  it("rejects a second pass over freed values, and keeps the gradient of the first", () => {
    const x = leaf([1, 2]);
    const z = x.mul(x).sum();
    z.backward();
    expect(() => z.backward()).toThrow(/saved by mul were freed .* retainGraph/);
    expect(x.grad?.toArraySync()).toEqual([2, 4]);
  });

  it("allows a second pass after retainGraph", () => {
    const x = leaf([1, 2]);
    const z = x.mul(x).sum();
    z.backward(null, { retainGraph: true });
    z.backward({ retainGraph: true });
    z.backward();
    expect(x.grad?.toArraySync()).toEqual([6, 12]);
    const wrong = 1 as unknown as Tensor; // a number, as plain JavaScript may pass
    expect(() => z.backward(wrong)).toThrow(/^backward: expected a tensor, got 1/);
    expect(() => z.backward({ retainGraph: "no" as never })).toThrow(
      new ArgumentError('backward: retainGraph must be true or false, got "no"'),
    );
    expect(() => grad(z, x, { retainGraph: 1 as never })).toThrow(/^grad: retainGraph must be true or false, got 1/);
  });

  it("requires a gradient for outputs of several elements", () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    expect(() => y.backward()).toThrow(/only for a one-element tensor, but this one has shape \[2\]/);
    y.backward(tensor([1, 10]));
    expect(x.grad?.toArraySync()).toEqual([3, 30]);
  });

  it("rejects a tensor without a history", () => {
    expect(() => tensor([1]).backward()).toThrow(AutogradError);
  });

  it("rejects a gradient of another shape", () => {
    const x = leaf([1, 2]);
    expect(() => x.mul(2).backward(tensor([1, 2, 3]))).toThrow(
      new ShapeError("backward: expected a gradient of shape [2], got shape [3]"),
    );
    expect(() => {
      x.grad = tensor([1, 2, 3]);
    }).toThrow(new ShapeError("grad: expected a gradient of shape [2], got shape [3]"));
  });

  it("rejects inputs that are no tensors, or none", () => {
    const x = leaf([1, 2]);
    const z = x.mul(x).sum();
    const wrong = (inputs: unknown) => () => z.backward({ inputs: inputs as Tensor[] });
    expect(wrong("x")).toThrow(/^backward: expected a tensor, got x/);
    expect(wrong([null])).toThrow(/^backward: expected a tensor, got null/);
    expect(wrong([])).toThrow(new ArgumentError("backward: inputs must not be empty"));
    expect(wrong(ones([1]))).toThrow(/^backward: a tensor of shape \[1\] does not require a gradient/);
    z.backward({ inputs: x });
    expect(x.grad?.toArraySync()).toEqual([2, 4]);
  });

  it("computes gradients of the given inputs only", () => {
    const [x, w] = [leaf([1, 2]), leaf([3, 4])];
    x.mul(w)
      .sum()
      .backward(null, { inputs: [w] });
    expect(x.grad).toBeNull();
    expect(w.grad?.toArraySync()).toEqual([1, 2]);
  });

  it("sets the grad mode for a function, for a block, or until the next call", () => {
    const x = leaf([1, 2]);
    const recorded = () => x.mul(2).requiresGrad;
    expect([setGradEnabled(false, recorded), recorded()]).toEqual([false, true]);
    expect(() => setGradEnabled(false, () => x.reshape([3]))).toThrow(ShapeError);
    {
      using _ = setGradEnabled(false);
      expect([recorded(), setGradEnabled(true, recorded), recorded()]).toEqual([false, true, false]);
    }
    expect(recorded()).toBe(true);
    setGradEnabled(false);
    expect(recorded()).toBe(false);
    setGradEnabled(true);
    expect(recorded()).toBe(true);
    expect(() => setGradEnabled(undefined as never)).toThrow(/^setGradEnabled: on must be true or false/);
  });

  it("records nothing in noGrad, also across an await", async () => {
    const x = leaf([1]);
    expect(noGrad(() => x.mul(2)).requiresGrad).toBe(false);
    const y = await noGrad(async () => {
      await Promise.resolve();
      return x.mul(2);
    });
    expect(y.requiresGrad).toBe(false);
    {
      using _ = noGrad();
      expect(x.mul(2).requiresGrad).toBe(false);
    }
    expect(x.mul(2).requiresGrad).toBe(true);
  });

  it("records again once all functions given to noGrad have ended, in any order", async () => {
    const x = leaf([1]);
    const ends: (() => void)[] = [];
    const runs = Array.from({ length: 3 }, () =>
      noGrad(async () => {
        await new Promise<void>((resolve) => void ends.push(resolve));
        return x.mul(2).requiresGrad;
      }),
    );
    for (const i of [1, 0, 2]) {
      ends[i]?.();
      expect(await runs[i]).toBe(false);
    }
    expect(x.mul(2).requiresGrad).toBe(true);
    const guard = noGrad();
    guard[Symbol.dispose]();
    noGrad(() => {
      guard[Symbol.dispose](); // again, which has no effect
      expect(x.mul(2).requiresGrad).toBe(false);
      expect(enableGrad(() => x.mul(2)).requiresGrad).toBe(true);
    });
    expect(x.mul(2).requiresGrad).toBe(true);
  });

  it("does not pass through detached tensors", () => {
    const x = leaf([2, 3]);
    const d = x.mul(x).detach();
    d.mul(x).sum().backward();
    expect(d.requiresGrad).toBe(false);
    expect(x.grad?.toArraySync()).toEqual([4, 9]);
  });

  it("rejects integers as leaves, and freezes leaves only", () => {
    expect(() => requiresGrad(tensor([1, 2], { dtype: "int32" }))).toThrow(/floating-point/);
    const x = leaf([1]);
    const y = x.mul(2);
    expect(() => requiresGrad(y, false)).toThrow(/detach/);
    requiresGrad(x, false);
    expect(x.mul(2).requiresGrad).toBe(false);
  });

  it("does not assign a gradient to a leaf that was frozen after use", () => {
    const x = requiresGrad(tensor([1, 2]));
    const y = x.mul(2).sum();
    requiresGrad(x, false);
    y.backward();
    expect(x.grad).toBe(null);
  });
});

describe("in-place operations", () => {
  it("have gradients on tensors that are not leaves", () => {
    const x = leaf([1, 2, 3]);
    const y = x.mul(2);
    y.mul_(3).add_(1);
    y.sum().backward();
    expect(y.toArraySync()).toEqual([7, 13, 19]);
    expect(x.grad?.toArraySync()).toEqual([6, 6, 6]);
  });

  it("on a view change the history of its base and of the base's other views", () => {
    const x = leaf([
      [1, 2],
      [3, 4],
    ]);
    const y = x.clone();
    const other = y.t();
    y.select(0, 0).mul_(5);
    other
      .mul(
        tensor([
          [1, 10],
          [100, 1000],
        ]),
      )
      .sum()
      .backward();
    expect(other.toArraySync()).toEqual([
      [5, 3],
      [10, 4],
    ]);
    expect(x.grad?.toArraySync()).toEqual([
      [5, 500],
      [10, 1000],
    ]);
  });

  it("carry the history of a source that is written through a view", () => {
    const source = leaf([7, 8]);
    const y = tensor([
      [1, 2],
      [3, 4],
    ]);
    y.select(0, 1).copy_(source);
    expect(y.requiresGrad).toBe(true);
    y.mul(y).sum().backward();
    expect(source.grad?.toArraySync()).toEqual([14, 16]);
  });

  it("are rejected for leaves, and for views of leaves, outside of noGrad", () => {
    const x = leaf([[1, 2]]);
    expect(() => x.add_(1)).toThrow(/add_: a leaf that requires a gradient/);
    expect(() => x.select(0, 0).add_(1)).toThrow(/a view of a leaf/);
    expect(x.toArraySync()).toEqual([[1, 2]]);
    noGrad(() => x.add_(1));
    expect(x.toArraySync()).toEqual([[2, 3]]);
    expect(x.isLeaf).toBe(true);
  });

  it("on a saved value are reported with the name of the operation", () => {
    const x = leaf([1, 2]);
    const y = x.exp();
    const s = y.mul(2).sum();
    y.add_(1);
    expect(() => s.backward()).toThrow(/exp saved its output 0 .* changed in place .* version 1, expected 0/);
  });

  it("on a value that no rule reads do not affect the gradient", () => {
    const x = leaf([1, 2]);
    const y = x.mul(2);
    const s = y.sum();
    noGrad(() => y.zero_());
    s.backward();
    expect(x.grad?.toArraySync()).toEqual([2, 2]);
  });

  it("save the values that they overwrite, if the gradient reads them", () => {
    const x = leaf([1, -2, 3]);
    const w = leaf([2, 4, 6]);
    const y = x.mul(1);
    y.mul_(w).abs_().pow_(2);
    y.sum().backward();
    expect(x.grad?.toArraySync()).toEqual([8, -64, 216]);
    expect(w.grad?.toArraySync()).toEqual([4, 32, 108]);
  });

  it("save them for a view as well", () => {
    const x = leaf([
      [1, 2],
      [3, 4],
    ]);
    const y = x.mul(1);
    y.select(1, 0).pow_(2);
    y.sum().backward();
    expect(x.grad?.toArraySync()).toEqual([
      [2, 1],
      [6, 1],
    ]);
  });

  it("that store a comparison have a gradient of zero", () => {
    const [x, w] = [leaf([1, 2, 3]), leaf([2, 2, 2])];
    const y = x.mul(1);
    y.gt_(w);
    y.sum().backward();
    expect(y.toArraySync()).toEqual([0, 0, 1]);
    expect(x.grad?.toArraySync()).toEqual([0, 0, 0]);
    expect(w.grad?.toArraySync()).toEqual([0, 0, 0]);
    expect(x.gt(w).requiresGrad).toBe(false);

    const z = leaf([1, 2]);
    const copy = z.mul(3);
    copy.select(0, 0).logicalNot_();
    copy.sum().backward();
    expect(z.grad?.toArraySync()).toEqual([0, 3]);
  });
});

describe("hooks", () => {
  it("receive the gradient and can replace it", () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    const seen: unknown[] = [];
    const remove = y.registerHook((g) => {
      seen.push(g.toArraySync());
      return g.mul(10);
    });
    y.sum().backward();
    expect(seen).toEqual([[1, 1]]);
    expect(x.grad?.toArraySync()).toEqual([30, 30]);
    remove();
    x.grad?.zero_();
    x.mul(3).sum().backward();
    expect(x.grad?.toArraySync()).toEqual([3, 3]);
  });

  it("of a leaf run once with the whole gradient, and can keep it", () => {
    const x = leaf([2]);
    const kept: unknown[] = [];
    x.registerHook((g) => void kept.push(g));
    x.mul(x).add(x).sum().backward();
    expect(kept).toHaveLength(1);
    expect((kept[0] as typeof x).toArraySync()).toEqual([5]);
    expect(x.grad?.toArraySync()).toEqual([5]);
  });

  it("must return a tensor of the shape of the gradient, or nothing", () => {
    const returning = (result: unknown) => () => {
      const y = leaf([1, 2]).mul(3);
      y.registerHook(() => result as Tensor);
      y.sum().backward();
    };
    expect(returning(ones([5]))).toThrow(/^registerHook: expected a result of shape \[2\], got shape \[5\]/);
    expect(returning(5)).toThrow(/^registerHook: expected a tensor, got 5/);
    for (const nothing of [undefined, null]) expect(returning(nothing)).not.toThrow();
  });
});

describe("detach_", () => {
  it("makes the result of an operation a leaf without a gradient", () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    const z = y.detach_();
    expect(z).toBe(y);
    expect([z.requiresGrad, z.isLeaf, z.trace]).toEqual([false, true, null]);
    const later = y.mul(x).sum();
    later.backward();
    expect(x.grad?.toArraySync()).toEqual([3, 6]);
  });

  it("is rejected for views, as in PyTorch", () => {
    expect(() => leaf([1, 2]).narrow(0, 0, 1).detach_()).toThrow(AutogradError);
  });
});

describe("requiresGrad", () => {
  it("is on or off", () => {
    expect(() => requiresGrad(tensor([1]), "no" as never)).toThrow(
      new ArgumentError('requiresGrad: on must be true or false, got "no"'),
    );
    expect(() => requiresGrad(null as never)).toThrow("requiresGrad: expected a tensor, got null; make one with");
  });
});

describe("registerPostAccumulateGradHook", () => {
  it("calls the hook with the leaf once its gradient is in grad", () => {
    const x = leaf([2]);
    x.grad = tensor([1]);
    const seen: unknown[] = [];
    const remove = x.registerPostAccumulateGradHook((leaf) => void seen.push(leaf === x, leaf.grad?.toArraySync()));
    x.mul(x).add(x).sum().backward();
    expect(seen).toEqual([true, [6]]);
    remove();
    x.sum().backward();
    expect(seen).toHaveLength(2);
    expect(x.grad?.toArraySync()).toEqual([7]);
  });

  it("runs after hooks of the gradient, and in order", () => {
    const x = leaf([2]);
    const order: string[] = [];
    x.registerPostAccumulateGradHook(() => void order.push("second"));
    x.registerPostAccumulateGradHook(() => void order.push("third"));
    x.registerHook((g) => {
      order.push("first");
      return g.mul(5);
    });
    x.sum().backward();
    expect(order).toEqual(["first", "second", "third"]);
    expect(x.grad?.toArraySync()).toEqual([5]);
  });

  it("lets a parameter be updated before the gradients of others are computed", () => {
    const [a, b, shared] = [leaf([2]), leaf([3]), leaf([5])];
    const seen: unknown[] = [];
    b.registerPostAccumulateGradHook((x) => {
      seen.push("b", a.grad, shared.grad);
      x.sub_(x.grad as Tensor);
      x.grad = null;
    });
    shared.registerPostAccumulateGradHook(() => void seen.push("shared", a.grad?.toArraySync() ?? null));
    a.mul(shared).mul(b).mul(shared).sum().backward();
    // The product with `a` is the last that `shared` takes part in.
    expect(seen).toEqual(["b", null, null, "shared", null]);
    expect([a.grad, b, shared.grad].map((x) => x?.toArraySync())).toEqual([[75], [-47], [60]]);
    expect(b.grad).toBeNull();
  });

  it("runs neither in grad nor for leaves that the pass does not reach", () => {
    const [x, y] = [leaf([2]), leaf([3])];
    let calls = 0;
    for (const each of [x, y]) each.registerPostAccumulateGradHook(() => void calls++);
    grad(x.mul(y).sum(), [x, y]);
    expect(calls).toBe(0);
    x.mul(y)
      .sum()
      .backward({ inputs: [x] });
    expect(calls).toBe(1);
    x.sum().backward();
    expect(calls).toBe(2);
  });

  it("is for leaves that require a gradient", () => {
    const x = leaf([1]);
    expect(() => x.mul(2).registerPostAccumulateGradHook(() => {})).toThrow(
      "registerPostAccumulateGradHook: this tensor is the result of an operation",
    );
    expect(() => tensor([1]).registerPostAccumulateGradHook(() => {})).toThrow("does not require a gradient");
    expect(() => x.registerPostAccumulateGradHook(5 as never)).toThrow("expected a function, got 5");
  });
});
