import { type Tensor, tensor } from "@akari/tensor";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  backward,
  detectAnomaly,
  // biome-ignore lint/suspicious/noShadowRestrictedNames: PyTorch's name for it.
  Function,
  type FunctionContext,
  grad,
  gradcheck,
  gradgradcheck,
  hessian,
  hvp,
  inferenceMode,
  isAnomalyEnabled,
  isGradEnabled,
  jacobian,
  jvp,
  noGrad,
  onceDifferentiable,
  requiresGrad,
  setGradEnabled,
  vjp,
} from "../src/index.ts";

const leaf = (values: number[] | number[][]) => requiresGrad(tensor(values, { dtype: "float64" }));

describe("grad", () => {
  it("differentiates any number of times", () => {
    const x = leaf([1, 2]);
    const [first] = grad(x.pow(4).sum(), [x], { createGraph: true });
    const [second] = grad(first.sum(), [x], { createGraph: true });
    const [third] = grad(second.sum(), [x]);
    expect(first.toArraySync()).toEqual([4, 32]);
    expect(second.toArraySync()).toEqual([12, 48]);
    expect(third.toArraySync()).toEqual([24, 48]);
    expect(x.grad).toBeNull();
  });

  it("returns the gradient of an intermediate tensor", () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    const [g] = grad(y.mul(y).sum(), y);
    expect(g.toArraySync()).toEqual([6, 12]);
  });

  it("returns as many gradients as inputs, and the compiler knows the number", () => {
    const [x, y] = [leaf([2]), leaf([3])];
    const z = () => x.mul(x).mul(y).sum();
    const [gx, gy] = grad(z(), [x, y]);
    expect([gx, gy].map((g) => g.itemSync())).toEqual([12, 4]);
    const [only] = grad(z(), x);
    expect(only.itemSync()).toBe(12);
    const [maybe] = grad(z(), [x, y], { allowUnused: true });
    expectTypeOf(maybe).toEqualTypeOf<Tensor | null>();
    expectTypeOf(grad(z(), [x, y] as Tensor[])).toEqualTypeOf<Tensor[]>();
    const f = (a: Tensor, b: Tensor) => a.mul(a).mul(b).sum();
    const [[hxx, hxy], [hyx, hyy]] = hessian(f, [x, y]);
    expect([hxx, hxy, hyx, hyy].map((h) => h.itemSync())).toEqual([6, 4, 4, 0]);
    const [[dxx, dxy], [dyx, dyy]] = jacobian((a: Tensor, b: Tensor): [Tensor, Tensor] => [a.mul(2), b.mul(a)], [x, y]);
    expect([dxx, dxy, dyx, dyy].map((d) => d.itemSync())).toEqual([2, 0, 3, 2]);
    const [value, [vx, vy]] = vjp(f, [x, y]);
    expect([value, vx, vy].map((v) => v.itemSync())).toEqual([12, 12, 4]);
  });

  it("rejects an unused input by name, or returns null for it", () => {
    const [x, u] = [leaf([1]), leaf([1])];
    expect(() => grad(x.sum(), [x, u])).toThrow(/input 1.*allowUnused/);
    expect(grad(x.sum(), [x, u], { allowUnused: true })[1]).toBeNull();
    expect(grad(x.sum(), [x, u], { materializeGrads: true })[1].sum().itemSync()).toBe(0);
  });
});

describe("backward of several tensors", () => {
  it("runs one pass", () => {
    const x = leaf([1, 2]);
    const y = x.mul(x);
    backward([y.sum(), y], { gradTensors: [null, tensor([10, 100], { dtype: "float64" })] });
    expect(x.grad?.toArraySync()).toEqual([22, 404]);
  });

  it("starts from gradients that are passed before the options", () => {
    const x = leaf([1, 2]);
    const y = x.mul(x);
    const start = tensor([10, 100], { dtype: "float64" });
    expect(grad(y, x, start, { retainGraph: true })[0].toArraySync()).toEqual([20, 400]);
    expect(grad([y], [x, leaf([1])], [start], { retainGraph: true, allowUnused: true })[1]).toBeNull();
    backward(y, start, { retainGraph: true });
    backward([y], [start]);
    expect(x.grad?.toArraySync()).toEqual([40, 800]);
    expect(() => grad(y, x, 3 as never)).toThrow("grad: expected a tensor, got 3");
  });

  it("rejects gradients that do not match the outputs", () => {
    const x = leaf([1]);
    expect(() => backward([x.mul(2)], { gradTensors: [null, null] })).toThrow(
      /backward: got 2 gradTensors for 1 outputs/,
    );
    expect(() => backward(tensor([1]))).toThrow(/backward/);
  });

  it("inferenceMode and setGradEnabled(false) record nothing", () => {
    expect(inferenceMode(() => leaf([1]).mul(2)).requiresGrad).toBe(false);
    expect(setGradEnabled(false, () => leaf([1]).mul(2)).requiresGrad).toBe(false);
    expect(setGradEnabled(true, () => leaf([1]).mul(2)).requiresGrad).toBe(true);
    const guard = setGradEnabled(false);
    expect(setGradEnabled(true, isGradEnabled)).toBe(true);
    expect(isGradEnabled()).toBe(false);
    guard[Symbol.dispose]();
    expect(isGradEnabled()).toBe(true);
  });
});

describe("functional derivatives", () => {
  const x = tensor([1, 2, 3], { dtype: "float64" });

  it("jacobian returns all derivatives", () => {
    expect(jacobian((a) => a.mul(a), x).toArraySync()).toEqual([
      [2, 0, 0],
      [0, 4, 0],
      [0, 0, 6],
    ]);
    const [da, db] = jacobian((a: Tensor, b: Tensor) => a.mul(b).sum(), [x, x.add(1)]);
    expect(da.toArraySync()).toEqual([2, 3, 4]);
    expect(db.toArraySync()).toEqual([1, 2, 3]);
  });

  it("hessian and hvp return second derivatives and their products", () => {
    const f = (a: Tensor) => a.pow(3).sum();
    expect(hessian(f, x).toArraySync()).toEqual([
      [6, 0, 0],
      [0, 12, 0],
      [0, 0, 18],
    ]);
    expect(hvp(f, x, tensor([1, 1, 2], { dtype: "float64" }))[1].toArraySync()).toEqual([6, 12, 36]);
  });

  it("vjp and jvp return products with the Jacobian", () => {
    const v = tensor([1, 10, 100], { dtype: "float64" });
    const f = (a: Tensor) => a.mul(a);
    expect(vjp(f, x, v)[1].toArraySync()).toEqual([2, 40, 600]);
    const [value, product] = jvp(f, x, v);
    expect(value.toArraySync()).toEqual([1, 4, 9]);
    expect(product.toArraySync()).toEqual([2, 40, 600]);
  });
});

class Cube extends Function {
  static forward(context: FunctionContext, x: Tensor, scale: number): Tensor {
    context.saveForBackward(x);
    context.values.scale = scale;
    return x.mul(x).mul(x).mul(scale);
  }

  static backward(context: FunctionContext<[Tensor]>, g: Tensor): (Tensor | null)[] {
    const [x] = context.savedTensors;
    return [
      g
        .mul(x)
        .mul(x)
        .mul(3 * Number(context.values.scale)),
      null,
    ];
  }
}

class Wrong extends Function {
  static forward(context: FunctionContext, x: Tensor): Tensor {
    context.saveForBackward(x);
    return x.mul(x);
  }

  static backward(context: FunctionContext<[Tensor]>, g: Tensor): Tensor {
    return g.mul(context.savedTensors[0]);
  }
}

class Largest extends Function {
  static forward(context: FunctionContext, x: Tensor): Tensor[] {
    const index = x.argmax();
    context.markNonDifferentiable(index);
    return [index, x.mul(3)];
  }

  static backward(_: FunctionContext, none: Tensor, g: Tensor): Tensor {
    return g.mul(3).add(none);
  }
}

class Same extends Function {
  static forward(_: FunctionContext, x: Tensor): Tensor {
    return x;
  }

  static backward(_: FunctionContext, g: Tensor): Tensor {
    return g;
  }
}

/** The example of PyTorch's page on extending autograd: a bias that may be left out. */
class Affine extends Function {
  static forward(context: FunctionContext, x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
    context.saveForBackward(x, weight, bias);
    const y = x.matmul(weight.T);
    return bias === null ? y : y.add(bias);
  }

  static backward(context: FunctionContext<[Tensor, Tensor, Tensor | null]>, g: Tensor): (Tensor | null)[] {
    const [x, weight, bias] = context.savedTensors;
    return [g.matmul(weight), g.T.matmul(x), bias === null ? null : g.sum(0)];
  }
}

class DoubledInPlace extends Function {
  static forward(context: FunctionContext, x: Tensor): Tensor {
    context.markDirty(x);
    return x.mul_(2);
  }

  static backward(_: FunctionContext, g: Tensor): Tensor {
    return g.mul(2);
  }
}

class BothInPlace extends Function {
  static forward(context: FunctionContext, x: Tensor, y: Tensor): Tensor[] {
    context.markDirty(x, y);
    return [x.mul_(2), y.mul_(3), x.mul(y)];
  }

  static backward(_: FunctionContext, g: Tensor, h: Tensor): Tensor[] {
    return [g.mul(2), h.mul(3)];
  }
}

class Power extends Function {
  static forward(x: Tensor, exponent: number): Tensor {
    return x.pow(exponent);
  }

  static setupContext(context: FunctionContext, [x, exponent]: [Tensor, number], output: Tensor): void {
    context.saveForBackward(x, output);
    context.values.exponent = exponent;
  }

  static backward(context: FunctionContext<[Tensor, Tensor]>, g: Tensor): (Tensor | null)[] {
    const [x, output] = context.savedTensors;
    return [g.mul(output).div(x).mul(Number(context.values.exponent)), null];
  }
}

describe("custom functions", () => {
  it("accept and save arguments that are null or left out", () => {
    const [x, weight, bias] = [leaf([[1, 2]]), leaf([[3, 4]]), leaf([5])];
    Affine.apply(x, weight, bias).sum().backward();
    expect([x, weight, bias].map((of) => of.grad?.toArraySync())).toEqual([[[3, 4]], [[1, 2]], [1]]);
    const [g] = grad(Affine.apply(x, weight).sum(), [weight]);
    expect(g.toArraySync()).toEqual([[1, 2]]);
    const [h] = grad(Affine.apply(x, weight, null).sum(), [x]);
    expect(h.toArraySync()).toEqual([[3, 4]]);
  });

  it("reject saved values that are not tensors", () => {
    class Saving extends Function {
      static forward(context: FunctionContext, x: Tensor): Tensor {
        context.saveForBackward(x, 2 as never);
        return x;
      }
      static backward(_: FunctionContext, g: Tensor): Tensor {
        return g;
      }
    }
    expect(() => Saving.apply(leaf([1]))).toThrow(/^saveForBackward: expected a tensor, got 2/);
  });

  it("return no more gradients than arguments, except null", () => {
    class Two extends Same {
      static override backward(_: FunctionContext, g: Tensor): Tensor {
        return [g, g] as never;
      }
    }
    expect(() => Two.apply(leaf([1])).backward()).toThrow(/Two.backward: returned 2 gradients for 1 arguments/);
  });

  it("change arguments in place", () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    expect(DoubledInPlace.apply(y)).toBe(y);
    y.mul(y).sum().backward();
    expect([y.toArraySync(), x.grad?.toArraySync()]).toEqual([
      [6, 12],
      [72, 144],
    ]);
    expect(() => DoubledInPlace.apply(x)).toThrow(/a leaf that requires a gradient cannot be changed in place/);
    expect(x.toArraySync()).toEqual([1, 2]);
    expect(noGrad(() => DoubledInPlace.apply(x))).toBe(x);
  });

  it("change views in place, and with them their base", () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    DoubledInPlace.apply(y.get("1:"));
    y.mul(y).sum().backward();
    expect(x.grad?.toArraySync()).toEqual([18, 144]);
  });

  it("change several arguments in place, and return other results beside them", () => {
    const [x, y] = [leaf([1, 2]), leaf([1, 2])];
    const [a, b] = [x.mul(1), y.mul(1)];
    const [first, second, product] = BothInPlace.apply(a, b) as [Tensor, Tensor, Tensor];
    expect([first === a, second === b, product.toArraySync()]).toEqual([true, true, [6, 24]]);
    first.add(second.mul(5)).sum().backward();
    expect([x, y].map((of) => of.grad?.toArraySync())).toEqual([
      [2, 2],
      [15, 15],
    ]);
    expect(() => BothInPlace.apply(x.mul(1), y)).toThrow(/^markDirty: a leaf that requires a gradient/);
    expect(y.toArraySync()).toEqual([1, 2]);
  });

  it("return what they change in place, and nothing beside a view", () => {
    const x = leaf([[1], [2]]);
    expect(() => BothInPlace.apply(x.mul(1).get(0), x.mul(1))).toThrow(
      /BothInPlace.forward: must return nothing beside a view that it changes in place/,
    );
    class Kept extends Same {
      static override forward(context: FunctionContext, y: Tensor): Tensor {
        context.markDirty(y);
        return y.mul_(2).clone();
      }
    }
    expect(() => Kept.apply(x.mul(1))).toThrow(/Kept.forward: must return, as differentiable, all that it changes/);
  });

  it("receive null for results without a gradient, if they ask for it", () => {
    const arrived: unknown[] = [];
    class Parts extends Function {
      static forward(context: FunctionContext, x: Tensor): Tensor[] {
        context.setMaterializeGrads(false);
        expect(() => context.setMaterializeGrads(0 as never)).toThrow(/^setMaterializeGrads: on must be true or false/);
        return [x.mul(2), x.mul(3)];
      }
      static backward(_: FunctionContext, g: Tensor | null, h: Tensor | null): Tensor | null {
        arrived.push(g, h?.toArraySync());
        return h?.mul(3) ?? null;
      }
    }
    const x = leaf([1, 2]);
    Parts.apply(x)[1]?.sum().backward();
    expect([arrived, x.grad?.toArraySync()]).toEqual([
      [null, [1, 1]],
      [3, 3],
    ]);
  });

  it("reject a second derivative if they are differentiable once", () => {
    class Once extends Function {
      static forward(context: FunctionContext, x: Tensor, y: Tensor | null): Tensor {
        context.saveForBackward(x);
        return y === null ? x.pow(3) : x.pow(3).add(y);
      }
      static backward = onceDifferentiable((context: FunctionContext<[Tensor]>, g: Tensor) => {
        const [x] = context.savedTensors;
        return [x.pow(2).mul(3).mul(g), null];
      });
    }
    const x = leaf([1, 2]);
    Once.apply(x, null).sum().backward();
    expect(x.grad?.toArraySync()).toEqual([3, 12]);
    const [g] = grad(Once.apply(x, null).pow(2).sum(), [x], { createGraph: true });
    expect(g.toArraySync()).toEqual([6, 192]);
    expect(() => g.sum().backward()).toThrow(
      /a function marked with onceDifferentiable cannot be differentiated twice/,
    );
  });

  it("fill the context after forward, in setupContext", async () => {
    const x = leaf([1, 2]);
    const y: Tensor = Power.apply(x, 3);
    expect(y.toArraySync()).toEqual([1, 8]);
    await expect(gradcheck((a) => Power.apply(a, 3), [x])).resolves.toBe(true);
    await expect(gradgradcheck((a) => Power.apply(a, 3), [x])).resolves.toBe(true);
  });

  it("run forward and backward, and have second derivatives", async () => {
    const x = leaf([1, 2]);
    const [g] = grad(Cube.apply(x, 2).sum(), [x], { createGraph: true });
    expect(g.toArraySync()).toEqual([6, 24]);
    const [h] = grad(g.sum(), [x]);
    expect(h.toArraySync()).toEqual([12, 24]);
    await expect(gradcheck((a) => Cube.apply(a, 2), [x])).resolves.toBe(true);
    await expect(gradgradcheck((a) => Cube.apply(a, 2), [x])).resolves.toBe(true);
  });

  it("with a wrong gradient are detected by gradcheck", async () => {
    await expect(gradcheck((a) => Wrong.apply(a), [leaf([1, 2])])).rejects.toThrow(
      /output 0, element 0, .* input 0, element 0, is 1 .* but 2/,
    );
  });

  it("receive a gradient for each output, and zeros for unused outputs", () => {
    const x = leaf([1, 2]);
    const [index, y] = Largest.apply(x) as [Tensor, Tensor];
    expect(index.requiresGrad).toBe(false);
    y.sum().backward();
    expect(x.grad?.toArraySync()).toEqual([3, 3]);
  });

  it("free their saved tensors in the backward pass", () => {
    const y = Cube.apply(leaf([1, 2]), 2).sum();
    y.backward();
    expect(() => y.backward()).toThrow(/saved by Cube were freed .* retainGraph/);
  });

  it("return a tensor without history in noGrad, even if they return their input", () => {
    expect(noGrad(() => Same.apply(leaf([1, 2]))).requiresGrad).toBe(false);
  });

  it("detect changes of their saved tensors", () => {
    const x = leaf([1, 2]);
    const y = x.mul(1);
    const z = Wrong.apply(y);
    y.add_(1);
    expect(() => z.sum().backward()).toThrow(
      /forward saved tensor 0 \(shape \[2\]\), but it has been changed in place/,
    );
  });
});

describe("gradcheck", () => {
  it("requires float64", async () => {
    await expect(gradcheck((a) => a.mul(2), [requiresGrad(tensor([1]))])).rejects.toThrow(/float32.*float64/);
  });
});

describe("detectAnomaly", () => {
  it("names the operation that produces the first NaN, forward and backward", () => {
    const x = leaf([-1, 4]);
    expect(() => detectAnomaly(() => x.sqrt().mul(2).sum())).toThrow(/sqrt produced a NaN/);
    const zero = leaf([0]);
    expect(() => detectAnomaly(() => zero.sqrt().mul(0).sum().backward())).toThrow(/gradient of sqrt/);
    expect(() => x.sqrt().sum()).not.toThrow();
  });

  it("stays enabled until an asynchronous function ends", async () => {
    const run = detectAnomaly(async () => {
      await Promise.resolve();
      return leaf([-1]).sqrt();
    });
    await expect(run).rejects.toThrow(/sqrt produced a NaN/);
    expect(isAnomalyEnabled()).toBe(false);
  });
});
