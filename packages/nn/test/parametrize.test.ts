/** Parametrizations. Expected names and values are from PyTorch 1.13 after `manual_seed(0)`. */

import { noGrad } from "@akari/autograd";
import {
  ArgumentError,
  arange,
  eye,
  linspace,
  manualSeed,
  ones,
  randn,
  ShapeError,
  scope,
  type Tensor,
} from "@akari/tensor";
import { beforeEach, describe, expect, it } from "vitest";
import * as nn from "../src/index.ts";
import {
  cached,
  isParametrized,
  orthogonal,
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

describe("orthogonal", () => {
  // The shape, the map, whether it is trivialized, the first weight, that after a change, and the gradient.
  it.each([
    [
      [3, 3],
      "matrix_exp",
      true,
      [0.281926, -0.480724, -0.830315, -0.43998, 0.704278, -0.557144, 0.852605, 0.522396, -0.012955],
      [-0.172605, -0.816999, -0.550199, -0.527702, 0.548358, -0.648717, 0.831708, 0.178369, -0.525782],
      [0, 0, 0, -0.991647, 0, 0, -7.729473, -10.192342, 0],
    ],
    [
      [3, 3],
      "cayley",
      false,
      [0.877596, 0.070658, -0.474165, -0.345524, 0.778858, -0.523443, 0.332322, 0.623207, 0.707937],
      [0.744501, -0.330487, -0.580083, -0.327056, 0.576937, -0.748451, 0.582025, 0.746942, 0.321442],
      [0, 0, 0, 0.822997, 0, 0, -2.17073, -7.081208, 0],
    ],
    [
      [3, 3],
      "householder",
      false,
      [0.281926, -0.480724, -0.830315, -0.43998, 0.704278, -0.557144, 0.852605, 0.522396, -0.012955],
      [-0.066781, -0.99371, -0.089892, -0.086993, 0.095549, -0.991616, 0.993968, -0.058402, -0.092827],
      [0, 0, 0, 7.455286, 0, 0, -6.432687, -2.737215, 0],
    ],
    [
      [4, 2],
      "matrix_exp",
      false,
      [0.725105, 0.050133, -0.587773, 0.535125, 0.013386, 0.360445, 0.358561, 0.762369],
      [0.473988, -0.566808, -0.753658, 0.112023, 0.115467, 0.443027, 0.440457, 0.685497],
      [0, 0, 2.118409, 0, -0.867045, -3.014973, -2.206195, -6.680249],
    ],
    [
      [4, 2],
      "householder",
      true,
      [0.197052, -0.487922, -0.516556, 0.672821, 0.176968, 0.269787, 0.814262, 0.486271],
      [-0.274312, -0.414642, -0.040459, 0.602916, -0.58803, -0.47707, 0.759827, -0.486794],
      [0, 0, -1.449265, 0, -5.206933, -9.370231, -7.334946, -6.027526],
    ],
    [
      [2, 3],
      "cayley",
      true,
      [0.256018, -0.911874, -0.320843, 0.88873, 0.091464, 0.449214],
      [0.231574, -0.972503, -0.024733, 0.549001, 0.109656, 0.828597],
      [0, 4.414729, 2.044788, 0, 0, -0.932066],
    ],
    [
      [2, 3],
      "householder",
      false,
      [0.256018, -0.911874, -0.320843, 0.88873, 0.091464, 0.449214],
      [0.540664, -0.841209, 0.007019, 0.091193, 0.066902, 0.993583],
      [0, 1.123159, 2.259144, 0, 0, -4.567995],
    ],
  ] as const)(
    "computes orthogonal weights %j with %s, trivialized %s",
    (shape, orthogonalMap, useTrivialization, first, then, gradient) => {
      manualSeed(1);
      const layer = new nn.Linear(shape[1], shape[0], { bias: false }).double();
      const { weight } = layer;
      const n = weight.numel();
      const step = linspace(0.1, 0.5, n, { dtype: "float64" }).view(shape);
      noGrad(() =>
        weight.copy_(linspace(-1, 1, n, { dtype: "float64" }).view(shape).sin().add(eye(shape[0], shape[1]))),
      );
      orthogonal(layer, "weight", { orthogonalMap, useTrivialization });
      const names = ["parametrizations.weight.original", "parametrizations.weight.0.base"];
      expect(Object.keys(layer.stateDict())).toEqual(useTrivialization ? names : names.slice(0, 1));
      close(layer.weight, first);
      noGrad(() => weight.add_(shape[0] >= shape[1] ? step.tril(-1) : step.triu(1)));
      close(layer.weight, then);
      layer.weight.mul(arange(n).view(shape)).sum().backward();
      close(weight.grad, gradient);
    },
  );

  it("stays orthogonal whatever it is computed from, and can be assigned to", () => {
    const layer = new nn.Linear(6, 4);
    const { weight } = layer;
    orthogonal(layer, "weight", { orthogonalMap: "cayley" });
    noGrad(() => weight.normal_());
    const unit = [...eye(4).flatten().dataSync()];
    close(layer.weight.matmul(layer.weight.mT), unit);
    const value = eye(4, 6).flip(0).contiguous();
    Reflect.set(layer, "weight", value);
    close(layer.weight, [...value.flatten().dataSync()]);
    close(nn.deepcopy(layer).weight, [...value.flatten().dataSync()]);
    const square = new nn.Linear(4, 4);
    noGrad(() => square.weight.normal_().mul_(5));
    orthogonal(square, "weight", { useTrivialization: false });
    close(square.weight.matmul(square.weight.mT), unit);
    expect(() => Reflect.set(square, "weight", eye(4))).toThrow(/Orthogonal.* has no rightInverse/);
  });

  it("rejects weights without independent columns, other maps, and vectors", () => {
    const zero = new nn.Linear(3, 3);
    noGrad(() => zero.weight.zero_());
    expect(() => orthogonal(zero)).toThrow(
      /^orthogonal: the columns \(or rows\) of the weight are not linearly independent/,
    );
    expect(isParametrized(zero)).toBe(false);
    expect(() => orthogonal(zero, "weight", { orthogonalMap: "exp" as never })).toThrow(
      /^orthogonal: orthogonalMap must be/,
    );
    expect(() => orthogonal(zero, "bias")).toThrow(/^orthogonal: expected a matrix or a batch of them/);
  });
});
