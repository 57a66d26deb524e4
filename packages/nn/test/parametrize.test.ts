/** Parametrizations. Expected names and values are from PyTorch 1.13 after `manual_seed(0)`. */

import { ArgumentError, manualSeed, ones, randn, ShapeError, scope, type Tensor } from "@akari/tensor";
import { beforeEach, describe, expect, it } from "vitest";
import * as nn from "../src/index.ts";
import {
  cached,
  isParametrized,
  registerParametrization,
  removeParametrizations,
  spectralNorm,
  weightNorm,
} from "../src/parametrize.ts";

beforeEach(() => void manualSeed(0));

const close = (got: Tensor | null | undefined, want: readonly number[]) => {
  const values = [...(got?.detach().flatten().dataSync() ?? [])];
  expect(values).toHaveLength(want.length);
  for (const [i, value] of want.entries()) expect(values[i]).toBeCloseTo(value, 5);
};

class Symmetric extends nn.Module {
  static override name = "Symmetric";
  forward(x: Tensor): Tensor {
    return x.triu().add(x.triu(1).t());
  }
}

class Exponential extends nn.Module {
  static override name = "Exponential";
  forward(x: Tensor): Tensor {
    return x.exp();
  }
  rightInverse(x: Tensor): Tensor {
    return x.log();
  }
}

const symmetric = [-0.00529398, 0.37932289, 0.37932289, -0.52038747];

describe("registerParametrization", () => {
  it("computes a parameter, with the names of PyTorch, and keeps the parameter itself", () => {
    const layer = new nn.Linear(2, 2);
    const { weight } = layer;
    expect(registerParametrization(layer, "weight", new Symmetric())).toBe(layer);
    close(layer.weight, symmetric);
    expect(Object.keys(layer.stateDict())).toEqual(["bias", "parametrizations.weight.original"]);
    expect([...layer.parameters()]).toContain(weight);
    layer(ones([1, 2]))
      .sum()
      .backward();
    expect(weight.grad?.toArraySync()).toEqual([
      [1, 2],
      [0, 1],
    ]);
  });

  it("applies several in order, and can be removed", () => {
    const layer = registerParametrization(new nn.Linear(2, 2), "weight", new Symmetric());
    registerParametrization(layer, "weight", new Exponential());
    const exponential = [0.99471998, 1.46129477, 1.46129477, 0.59429026];
    close(layer.weight, exponential);
    const copy = nn.deepcopy(layer);
    const learned = [...layer.parameters()].find(({ ndim }) => ndim === 2);
    removeParametrizations(layer, "weight");
    expect(isParametrized(layer)).toBe(false);
    expect(layer.weight).toBe(learned);
    close(layer.weight, exponential);
    expect(layer.weight.requiresGrad).toBe(true);
    expect(Object.keys(layer.stateDict())).toEqual(["weight", "bias"]);
    expect(isParametrized(copy, "weight")).toBe(true);
    removeParametrizations(copy, "weight", { leaveParametrized: false });
    close(copy.weight, [-0.00529398, 0.37932289, -0.58198076, -0.52038747]);
  });

  it("starts from the inverse of the value, if there is one", () => {
    const layer = new nn.Linear(2, 2);
    layer.weight.detach().copy_(ones([2, 2]).mul(Math.E));
    registerParametrization(layer, "weight", new Exponential());
    close(layer.stateDict()["parametrizations.weight.original"], [1, 1, 1, 1]);
    close(layer.weight, Array(4).fill(Math.E));
  });

  it("computes the parameter whenever it is read", () => {
    const layer = new nn.Linear(2, 2);
    layer.weight.detach().copy_(ones([2, 2]).mul(2));
    registerParametrization(layer, "weight", new Exponential());
    const [, original] = layer.parameters();
    for (const step of [1, 2]) {
      layer.weight.sum().backward(); // a second time, through a graph of its own
      close(original?.grad, layer.weight.mul(step).flatten().toArraySync() as number[]);
    }
    original?.detach().fill_(0);
    close(layer.weight, [1, 1, 1, 1]);
    const copy = nn.deepcopy(layer);
    original?.detach().fill_(1);
    close(copy.weight, [1, 1, 1, 1]);
    expect(nn.functional.linear(ones([1, 2]), layer.weight).toArraySync()).toEqual([
      [2 * Math.fround(Math.E), 2 * Math.fround(Math.E)],
    ]);
  });

  it("finds, for a value that is assigned, what the parameter is computed from", () => {
    const layer = new nn.Linear(2, 2);
    layer.weight.detach().copy_(ones([2, 2]).mul(2));
    registerParametrization(layer, "weight", new Exponential());
    const [, original] = layer.parameters();
    const set = (value: unknown) => void Reflect.set(layer, "weight", value);
    set(ones([2, 2]).mul(Math.E));
    expect([...layer.parameters()][1]).toBe(original);
    close(original, [1, 1, 1, 1]);
    registerParametrization(layer, "weight", new Exponential());
    set(ones([2, 2]).mul(Math.E));
    close(original, [0, 0, 0, 0]);
    close(layer(ones([1, 2])).sub(layer.bias as Tensor), [2 * Math.E, 2 * Math.E]);
    expect(() => set(ones([2]))).toThrow(
      "assignment to weight: the new value is float32 [2] for a parameter of float32 [2, 2]",
    );
    expect(() => set(3)).toThrow("assignment to weight: expected a tensor, got 3");
    registerParametrization(layer, "weight", new Symmetric());
    expect(() => set(ones([2, 2]))).toThrow("assignment to weight: Symmetric() has no rightInverse");
    const norms = weightNorm(new nn.Linear(2, 2));
    Reflect.set(norms, "weight", ones([2, 2]));
    close(norms.stateDict()["parametrizations.weight.original0"], [Math.SQRT2, Math.SQRT2]);
    close(norms.weight, [1, 1, 1, 1]);
  });

  it("loads states, and survives scopes", () => {
    const [a, b] = [0, 1].map(() => registerParametrization(new nn.Linear(3, 3), "weight", new Symmetric())) as [
      nn.Linear,
      nn.Linear,
    ];
    b.loadStateDict(a.stateDict());
    const x = randn([2, 3]);
    scope(() => b(x));
    expect(b(x).toArraySync()).toEqual(a(x).toArraySync());
    expect(b.weight.isDisposed).toBe(false);
  });

  it("rejects other shapes before anything changes, and properties that are not parameters", () => {
    class Summed extends nn.Module {
      forward(x: Tensor): Tensor {
        return x.sum(0);
      }
    }
    const layer = new nn.Linear(3, 2);
    expect(() => registerParametrization(layer, "weight", new Summed())).toThrow(ShapeError);
    expect(() => registerParametrization(layer, "weight", new Summed())).toThrow(
      "registerParametrization: the parametrization returns float32 [3] for a parameter of float32 [2, 3]",
    );
    expect(isParametrized(layer)).toBe(false);
    expect(() => registerParametrization(layer, "scale", new Symmetric())).toThrow(/"scale" is not a parameter/);
    expect(() => removeParametrizations(layer, "weight")).toThrow(/"weight" is not parametrized; the module is Linear/);
    // safe: an invalid argument is what is tested
    expect(() => registerParametrization(layer, "weight", 3 as never)).toThrow(ArgumentError);
  });
});

describe("cached", () => {
  it("computes each parameter once, until the outermost call has ended", async () => {
    let calls = 0;
    class Counted extends nn.Module {
      forward(x: Tensor): Tensor {
        calls++;
        return x.mul(2);
      }
      rightInverse(x: Tensor): Tensor {
        return x.div(2);
      }
    }
    const layer = registerParametrization(new nn.Linear(2, 2, { bias: false }), "weight", new Counted());
    const count = (fn: () => unknown) => {
      calls = 0;
      fn();
      return calls;
    };
    expect(count(() => [layer.weight, layer.weight])).toBe(2);
    expect(count(() => cached(() => [layer(ones([2])), cached(() => layer.weight), layer.weight]))).toBe(1);
    expect(count(() => layer.weight)).toBe(1);
    cached(() =>
      layer(ones([1, 2]))
        .add(layer(ones([1, 2])))
        .sum(),
    ).backward();
    close([...layer.parameters()][0]?.grad, [4, 4, 4, 4]);
    cached(() => {
      const { weight: before } = layer;
      Reflect.set(layer, "weight", ones([2, 2]));
      expect(layer.weight).not.toBe(before);
      close(layer.weight, [1, 1, 1, 1]);
    });
    await cached(async () => {
      await null;
      expect(count(() => [layer.weight, layer.weight])).toBe(1);
    });
    const guard = cached();
    expect(count(() => [layer.weight, layer.weight])).toBe(1);
    guard[Symbol.dispose]();
    expect(() =>
      cached(() => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    expect(count(() => [layer.weight, layer.weight])).toBe(2);
  });
});

describe("weightNorm and spectralNorm", () => {
  it("learn the norm and the direction of a weight under new names", () => {
    const [layer, plain] = [new nn.Linear(3, 2), new nn.Linear(3, 2)];
    plain.loadStateDict(layer.stateDict());
    weightNorm(layer);
    expect(Object.keys(layer.stateDict())).toEqual([
      "bias",
      "parametrizations.weight.original0",
      "parametrizations.weight.original1",
    ]);
    const x = ones([1, 3]);
    close(layer(x), [-0.1812312, -0.03466791]);
    nn.weightNorm(plain);
    for (const one of [layer, plain]) one(x).square().sum().backward();
    const gradients = (of: nn.Module) => [...of.parameters()].map(({ grad }) => grad?.toArraySync());
    expect(gradients(layer)).toEqual(gradients(plain));
    expect(() => removeParametrizations(layer, "weight", { leaveParametrized: false })).toThrow(
      '"weight" is computed from 2 tensors; leaveParametrized must be true',
    );
    const before = layer(x).toArraySync();
    expect(removeParametrizations(layer, "weight")(x).toArraySync()).toEqual(before);
    expect(Object.keys(layer.stateDict())).toEqual(["weight", "bias"]);
  });

  it("divides a weight by its largest singular value", () => {
    const layer = spectralNorm(new nn.Linear(3, 2));
    expect(Object.keys(layer.stateDict())).toEqual([
      "bias",
      "parametrizations.weight.original",
      "parametrizations.weight.0._u",
      "parametrizations.weight.0._v",
    ]);
    const y = layer(ones([1, 3]));
    close(y, [-0.26962626, -0.29103786]);
    y.sum().backward();
    const original = [...layer.namedParameters()].find(([name]) => name.endsWith("original"))?.[1];
    close(original?.grad, [1.99529004, 2.21736503, 0.66251284, 1.1467607, 0.97185981, 2.19642377]);
    layer.eval();
    layer(ones([1, 3]));
    close(layer.weight, [-0.00657286, 0.4709565, -0.72257078, -0.6460983, -0.33813614, 0.23542169]);
  });

  it("uses the output channels of transposed convolutions as rows, and normalizes vectors", () => {
    const conv = spectralNorm(new nn.ConvTranspose1d(2, 3, 2), { nPowerIterations: 2 });
    close(
      conv(ones([1, 2, 2])),
      [
        -0.41330627, 0.72061205, 0.74389887, -1.0481298, -1.45017028, -0.67241597, -0.75461233, -0.69354451,
        -0.10722157,
      ],
    );
    const norm = spectralNorm(new nn.LayerNorm([4]));
    close(norm.weight, [0.5, 0.5, 0.5, 0.5]);
    expect(() => spectralNorm(new nn.Linear(2, 2), "weight", { nPowerIterations: 0 })).toThrow(
      /spectralNorm: nPowerIterations must be/,
    );
  });
});
