/**
 * Behavior that distributions share: broadcasting, expansion, validation and its errors, and KL divergences; also
 * transforms and constraints.
 */

import { gradcheck, gradgradcheck, requiresGrad } from "@akari/autograd";
import { AkariError, det, eye, full, manualSeed, ones, randn, type Tensor, tensor, zeros } from "@akari/tensor";
import { afterEach, describe, expect, it } from "vitest";
import * as d from "../src/index.ts";
import { build, expectClose, type Numbers, plain, recorded } from "./recorded.ts";

const f64 = (x: Parameters<typeof tensor>[0]): Tensor => tensor(x, { dtype: "float64" });
const array = (x: Tensor): unknown => x.toArraySync();

describe("a distribution", () => {
  it.each(recorded.values.map((entry) => [`${entry.name} ${JSON.stringify(entry.args).slice(0, 50)}`, entry] as const))(
    "%s expands to a larger batch with the same results",
    (_, entry) => {
      const { distribution } = build(entry, { dtype: "float64" });
      const value = f64(plain(entry.value));
      const expected = distribution.logProb(value);
      const batch = [2, ...expected.shape];
      const wide = distribution.expand(batch);
      expect(wide).toBeInstanceOf(distribution.constructor);
      expect(wide.batchShape).toEqual(batch);
      expect(wide.eventShape).toEqual(distribution.eventShape);
      expect(wide.validateArgs).toBe(true);
      for (const found of wide.logProb(value).unbind())
        expectClose(found, array(expected) as Numbers, 0, 1e-12, "log_prob");
      expect(wide.sample([3]).shape).toEqual([3, ...wide.batchShape, ...wide.eventShape]);
    },
  );

  it("refuses to expand to anything but a shape", () => {
    for (const made of [
      new d.Categorical({ probs: ones([3]) }),
      new d.MultivariateNormal(zeros([2]), { covarianceMatrix: eye(2) }),
      new d.Independent(new d.Normal(zeros([2]), 1), 1),
      new d.Dirichlet(ones([3])),
      new d.TransformedDistribution(new d.Normal(0, 1), [new d.ExpTransform()]),
    ])
      expect(() => made.expand(null as never)).toThrow(AkariError);
    expect(() => d.bijectTo(null as never)).toThrow(/^bijectTo: there is no transform to this constraint: undefined/);
  });

  it("broadcasts its parameters, and converts numbers to the dtype of tensors", () => {
    const normal = new d.Normal(zeros([3, 1], { dtype: "float64" }), ones([2], { dtype: "float64" }));
    expect(normal.batchShape).toEqual([3, 2]);
    expect(normal.sample([4]).dtype).toBe("float64");
    expect(new d.Gamma(f64([1, 2]), 3).rate.dtype).toBe("float64");
    expect(new d.StudentT(f64(3)).loc.dtype).toBe("float64");
    expect(new d.Normal(0, 1).logProb(tensor([1, 2], { dtype: "int32" })).dtype).toBe("float32");
  });

  it.each(["float16", "bfloat16"] as const)("has samples and densities in %s", (dtype) => {
    const half = tensor([0.25, 0.75], { dtype });
    const families = [
      new d.Normal(half, 1),
      new d.Gamma(half, 1),
      new d.Beta(half, 2),
      new d.StudentT(half),
      new d.Cauchy(0, half),
      new d.Laplace(half, 1),
      new d.Gumbel(half, 1),
      new d.Poisson(half),
      new d.Binomial(5, half),
      new d.Geometric(half),
      new d.Bernoulli(half),
      new d.RelaxedBernoulli(1, half),
    ];
    for (const distribution of families) {
      const drawn = distribution.sample([40]);
      expect(drawn.dtype, `${distribution}`).toBe(dtype);
      expect(distribution.logProb(drawn).dtype).toBe(dtype);
      expect(drawn.isfinite().all().itemSync(), `${distribution}`).toBe(1);
      expect(distribution.support.check(drawn).all().itemSync(), `${distribution}`).toBe(1);
      expect(distribution.logProb(drawn).isnan().any().itemSync(), `${distribution}`).toBe(0);
    }
  });

  it("supports counts of zero, and empty samples", () => {
    // As in PyTorch, a class of probability 0 contributes nothing to a value without it.
    const certain = new d.Multinomial(2, { logits: tensor([0, Number.NEGATIVE_INFINITY]) });
    expect(array(certain.logProb(tensor([2, 0])))).toBe(0);
    expect(array(certain.logProb(tensor([1, 1])))).toBe(Number.NEGATIVE_INFINITY);
    expect(array(new d.Multinomial(0, ones([2])).sample([2]))).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(new d.Categorical(ones([2, 3])).sample([0]).shape).toEqual([0, 2]);
    expect(new d.Gamma(ones([2]), 1).sample([0]).shape).toEqual([0, 2]);
    expect(new d.Binomial(3, zeros([2])).sample([0]).shape).toEqual([0, 2]);
  });

  it("declares its name as a static property, which a bundler cannot shorten", () => {
    for (const [name, found] of Object.entries(d)) {
      if (
        typeof found !== "function" ||
        !(found.prototype instanceof d.Distribution || found.prototype instanceof d.Transform)
      )
        continue;
      if (name !== "LocationScale")
        expect(Object.getOwnPropertyDescriptor(found, "name"), name).toMatchObject({ value: name, writable: true });
    }
  });

  it("prints its parameters, as in PyTorch", () => {
    const pair = tensor([1, 2]);
    expect(`${new d.Normal(0, 1)}`).toBe("Normal(loc: 0.0, scale: 1.0)");
    expect(`${new d.Normal(zeros([3]), 1)}`).toBe("Normal(loc: [3], scale: [3])");
    expect(`${new d.Normal(zeros([1]), 0.1)}`).toBe("Normal(loc: tensor([0.]), scale: tensor([0.1000]))");
    expect(`${new d.Bernoulli(0.3)}`).toBe("Bernoulli(probs: 0.30000001192092896)");
    expect(`${new d.Bernoulli({ logits: pair })}`).toBe("Bernoulli(logits: [2])");
    expect(`${new d.Binomial(4, 0.5)}`).toBe("Binomial(totalCount: 4.0, probs: 0.5)");
    expect(`${new d.StudentT(3)}`).toBe("StudentT(df: 3.0, loc: 0.0, scale: 1.0)");
    expect(`${new d.LogNormal(0, 1)}`).toBe("LogNormal(loc: 0.0, scale: 1.0)");
    expect(`${new d.Independent(new d.Normal(zeros([3]), 1), 1)}`).toBe("Independent(Normal(loc: [3], scale: [3]), 1)");
    expect(`${new d.MixtureSameFamily(new d.Categorical(pair), new d.Normal(pair, 1))}`).toBe(
      "MixtureSameFamily(\n  Categorical(probs: [2]),\n  Normal(loc: [2], scale: [2]))",
    );
    expect(`${new d.TransformedDistribution(new d.Normal(0, 1), new d.ExpTransform())}`).toBe(
      "TransformedDistribution(Normal(loc: 0.0, scale: 1.0))",
    );
    expect(`${new d.RelaxedBernoulli(1, { probs: 0.5 })}`).toBe("RelaxedBernoulli(temperature: 1.0, probs: 0.5)");
    expect(`${new d.MultivariateNormal(pair, { covarianceMatrix: eye(2) })}`).toBe(
      "MultivariateNormal(loc: [2], scaleTril: [2, 2])",
    );
  });

  it("enumerates its support without the batch on request", () => {
    const batch = full([2, 3], 0.5);
    expect(new d.Bernoulli(batch).enumerateSupport(false).shape).toEqual([2, 1, 1]);
    expect(new d.Binomial(4, batch).enumerateSupport(false).shape).toEqual([5, 1, 1]);
    expect(new d.Categorical(batch).enumerateSupport(false).shape).toEqual([3, 1]);
    expect(new d.OneHotCategorical(batch).enumerateSupport(false).shape).toEqual([3, 1, 3]);
  });

  it("has a perplexity, or a mode within its support", () => {
    expect(new d.Categorical(ones([4])).perplexity().itemSync()).toBeCloseTo(4, 5);
    expect(array(new d.Dirichlet(tensor([0.5, 0.9, 0.9])).mode)).toEqual([0, 1, 0]);
  });
});

describe("gradients match finite differences for", () => {
  const positive = requiresGrad(f64([0.7, 2.5]));
  const other = requiresGrad(f64([1.5, 0.8]));
  const value = requiresGrad(f64([0.3, 0.6]));
  const families: Readonly<Record<string, (a: Tensor, b: Tensor) => d.Distribution>> = {
    Normal: (a, b) => new d.Normal(a, b),
    LogNormal: (a, b) => new d.LogNormal(a, b),
    Laplace: (a, b) => new d.Laplace(a, b),
    Cauchy: (a, b) => new d.Cauchy(a, b),
    Gumbel: (a, b) => new d.Gumbel(a, b),
    Gamma: (a, b) => new d.Gamma(a, b),
    Beta: (a, b) => new d.Beta(a, b),
    StudentT: (a, b) => new d.StudentT(a, b, a),
    Weibull: (a, b) => new d.Weibull(a, b),
    HalfNormal: (a) => new d.HalfNormal(a),
    HalfCauchy: (a) => new d.HalfCauchy(a),
    Exponential: (a) => new d.Exponential(a),
    Chi2: (a) => new d.Chi2(a),
    RelaxedBernoulli: (a, b) => new d.RelaxedBernoulli(b, { logits: a }),
    Bernoulli: (a) => new d.Bernoulli({ logits: a.sub(0.7) }), // the formula has a kink at 0, but the function does not
  };

  it.each(Object.entries(families))("%s", async (name, make) => {
    const both = (a: Tensor, b: Tensor): Tensor => make(a, b).entropy().add(b.mul(0)).add(a.mul(0));
    if (!name.startsWith("Relaxed")) await gradcheck(both, [positive, other]);
    const density = (a: Tensor, b: Tensor, x: Tensor): Tensor =>
      make(a, b)
        .logProb(name === "Bernoulli" ? x.detach().round() : x)
        .add(b.mul(0));
    await gradcheck(density, name === "Bernoulli" ? [positive, other, value.detach()] : [positive, other, value]);
  });
});

describe("second derivatives match finite differences for", () => {
  it.each([d.Normal, d.Gamma, d.Beta])("$name", async (Family) => {
    const inputs = [
      [0.7, 2.5],
      [1.5, 0.8],
      [0.3, 0.6],
    ].map((x) => requiresGrad(f64(x)));
    await gradgradcheck((a, b, x) => new Family(a as Tensor, b as Tensor).logProb(x as Tensor), inputs);
  });
});

describe("validation", () => {
  afterEach(() => d.Distribution.setDefaultValidateArgs(true));

  it.each([
    [() => new d.Normal(0, -1), "Normal: scale must be positive, got -1"],
    [() => new d.Normal(Number.NaN, 1), "Normal: loc must be a number, not NaN, got NaN"],
    [() => new d.Normal(0, tensor([1, 0])), "Normal: scale must be positive, got 0"],
    [() => new d.Normal(tensor([0], { dtype: "int32" }), 1), "Normal: parameters must be floating point, got int32"],
    [() => new d.Normal("0" as never, 1), "Normal: loc must be a tensor or a number, got 0"],
    [
      () => new d.Normal(0, 1, { validate: false } as never),
      'Normal: there is no option "validate"; there are validateArgs',
    ],
    [() => new d.Normal(zeros([2]), ones([3])), "Normal: cannot broadcast [2] with [3]"],
    [() => new d.Uniform(tensor([0, 2]), 1), "Uniform: low must be less than high everywhere"],
    [() => new d.Bernoulli(1.5), "Bernoulli: probs must be from 0 to 1, got 1.5"],
    [
      () => new d.Bernoulli({ probs: 0.5, logits: 0 } as never),
      "Bernoulli: expected { probs } or { logits }, got { probs, logits }",
    ],
    [() => new d.Categorical(tensor([0.5, -0.5])), "Categorical: probs must be nonnegative, got -0.5"],
    [() => new d.Categorical(0.5 as never), "Categorical: probs must be a tensor of shape [..., classes], got 0.5"],
    [() => new d.Multinomial(-1, ones([2])), "Multinomial: totalCount must be a nonnegative integer, got -1"],
    [() => new d.Binomial(2.5, 0.5), "Binomial: totalCount must be a nonnegative integer, got 2.5"],
    [() => new d.Geometric(0), "Geometric: probs must be above 0 and at most 1, got 0"],
    [() => new d.Dirichlet(tensor([1, 0])), "Dirichlet: concentration must be positive, got 0"],
    [
      () => new d.MultivariateNormal(zeros([2]), ones([3, 3])),
      "expected loc [..., n] and covarianceMatrix [..., n, n], got [2] and [3, 3]",
    ],
    [
      () =>
        new d.MultivariateNormal(
          zeros([2]),
          tensor([
            [1, 1],
            [0, 1],
          ]),
        ),
      "covarianceMatrix must contain symmetric positive definite matrices",
    ],
    [
      () =>
        new d.MultivariateNormal(
          zeros([2]),
          tensor([
            [1, 2],
            [2, 1],
          ]),
        ),
      "cholesky: the matrix is not positive definite",
    ],
    [() => new d.MultivariateNormal(zeros([2]), {} as never), "MultivariateNormal: expected { covarianceMatrix }"],
    [() => new d.MultivariateNormal(zeros([2]), null as never), "MultivariateNormal: expected { covarianceMatrix }"],
    [() => new d.MultivariateNormal([0] as never, ones([1, 1])), "MultivariateNormal: expected a tensor, got an array"],
    [
      () => new d.LowRankMultivariateNormal(ones([2]), null as never, ones([2])),
      "LowRankMultivariateNormal: expected a tensor, got null",
    ],
    [() => new d.Wishart(2, undefined as never), "Wishart: expected a tensor, got undefined"],
    [() => new d.Independent(ones([2]) as never, 1), "Independent: expected a distribution, got a tensor"],
    [
      () => new d.TransformedDistribution(null as never, new d.ExpTransform()),
      "TransformedDistribution: expected a distribution, got null",
    ],
    [
      () => new d.MixtureSameFamily(new d.Categorical(ones([2])), "Normal" as never),
      "MixtureSameFamily: expected a distribution, got Normal",
    ],
    [
      () => new d.Independent(new d.Normal(0, 1), 1),
      "Independent: reinterpretedBatchNdims must be an integer from 0 to 0 for Normal(",
    ],
    [
      () => new d.MixtureSameFamily(new d.Categorical(ones([2])), new d.Normal(zeros([3]), 1)),
      "the mixture has 2 classes, but the components' batch ends in 3",
    ],
    [() => new d.RelaxedOneHotCategorical(ones([2]), ones([2])), "the temperature must be one number"],
    [
      () => new d.TransformedDistribution(new d.Normal(0, 1), new d.StickBreakingTransform()),
      "has 0 dimensions, but the transforms need 1",
    ],
  ] as const)("%s", (make, message) => {
    expect(make).toThrow(message);
  });

  it.each([
    [() => new d.Exponential(1).logProb(-1), "Exponential.logProb: the value must be nonnegative, got -1"],
    [() => new d.Uniform(0, 1).cdf(2), "Uniform.cdf: the value must be from its lower limit to its upper limit, got 2"],
    [() => new d.Normal(0, 1).icdf(1.5), "Normal.icdf: the value must be from 0 to 1, got 1.5"],
    [
      () => new d.Binomial(3, 0.5).logProb(tensor([1, 4])),
      "Binomial.logProb: the value must be an integer from 0 to 3, got 4",
    ],
    // In plain JavaScript, null would count as 0 and an array of one number as that number.
    [() => new d.Normal(0, 1).logProb(null as never), "Normal.logProb: expected a tensor or a number, got null"],
    [() => new d.Normal(0, 1).cdf([1] as never), "Normal.cdf: expected a tensor or a number, got an array"],
    [() => new d.Poisson(1).logProb(0.5), "Poisson.logProb: the value must be a nonnegative integer, got 0.5"],
    [
      () => new d.Dirichlet(ones([2])).logProb(tensor([0.5, 0.6])),
      "the value must contain nonnegative vectors that sum to 1",
    ],
    [() => new d.OneHotCategorical(ones([2])).logProb(ones([2])), "the value must contain one-hot vectors"],
    [
      () => new d.Multinomial(3, ones([2])).logProb(ones([2])),
      "the value must contain vectors of counts that sum to 3",
    ],
    [() => new d.Dirichlet(ones([2])).logProb(ones([3])), "the value must end in the event shape [2], got [3]"],
    [() => new d.Normal(zeros([2]), 1).logProb(zeros([3])), "Normal.logProb: cannot broadcast [3] with [2]"],
    // In plain JavaScript, a number is easily passed in place of a shape.
    [() => new d.Normal(0, 1).sample(3 as unknown as []), "Normal: sampleShape must be an array such as [100], got 3"],
    [() => new d.Multinomial(2, ones([2])).sample(3 as unknown as []), "Multinomial: sampleShape must be an array"],
    [() => new d.Pareto(1, 1).logProb(0.5), "Pareto.logProb: the value must be at least its lower limit, got 0.5"],
    [
      () => new d.Bernoulli(0.5).rsample(),
      "Bernoulli.rsample: draws are not a differentiable function of the parameters; use sample and logProb",
    ],
    [() => new d.Gamma(1, 1).cdf(1), "Gamma.cdf: there is no formula for it"],
    [() => new d.Normal(0, 1).enumerateSupport(), "Normal.enumerateSupport: there is no formula for it"],
    [
      () => new d.Binomial(tensor([2, 3]), 0.5).enumerateSupport(),
      "totalCount is a tensor, whose elements may differ; pass a number",
    ],
  ] as const)("%s", (run, message) => {
    expect(run).toThrow(message);
  });

  it("can be disabled, for one distribution or for all", () => {
    expect(new d.Exponential(1, { validateArgs: false }).logProb(-1).itemSync()).toBe(1);
    expect(new d.Exponential(1, { validateArgs: false }).expand([2]).validateArgs).toBe(false);
    d.Distribution.setDefaultValidateArgs(false);
    expect(new d.Normal(0, -1).validateArgs).toBe(false);
    expect(() => new d.Normal(0, -1, { validateArgs: true })).toThrow("must be positive");
  });

  it("rejects NaN, and the number that marks valid values", () => {
    expect(() => new d.Poisson(1).logProb(Number.NaN)).toThrow("got NaN");
    expect(() => new d.Poisson(1).logProb(-1.8e35)).toThrow(
      "Poisson.logProb: the value must be a nonnegative integer, got NaN",
    );
  });
});

describe("klDivergence", () => {
  it("prefers registered formulas, and the closest class", () => {
    class Mine extends d.Normal {}
    class Other extends Mine {}
    expect(d.klDivergence(new Mine(1, 1), new d.Normal(0, 1)).itemSync()).toBe(0.5);
    d.registerKl(d.Normal, Mine, () => tensor(1));
    expect(d.klDivergence(new d.Normal(1, 1), new Mine(0, 1)).itemSync()).toBe(1);
    d.registerKl(Mine, d.Normal, () => tensor(2));
    expect(d.klDivergence(new Other(1, 1), new Other(0, 1)).itemSync()).toBe(2);
    d.registerKl(Mine, Mine, () => tensor(3));
    expect(d.klDivergence(new Other(1, 1), new Other(0, 1)).itemSync()).toBe(3);
    d.registerKl(Mine, Mine, () => tensor(4));
    expect(d.klDivergence(new Mine(1, 1), new Mine(0, 1)).itemSync()).toBe(4);
    expect(d.klDivergence(new d.Normal(1, 1), new d.Normal(0, 1)).itemSync()).toBe(0.5);
  });

  it("rejects pairs without a formula", () => {
    expect(() => d.klDivergence(new d.Normal(0, 1), new d.Bernoulli(0.5))).toThrow("there is no formula for Normal(");
    const two = (transform: d.Transform): d.Distribution =>
      new d.TransformedDistribution(new d.Normal(0, 1), transform);
    expect(() => d.klDivergence(two(new d.ExpTransform()), two(new d.TanhTransform()))).toThrow(
      "whose transforms differ",
    );
    expect(d.klDivergence(two(new d.AffineTransform(1, 2)), two(new d.AffineTransform(1, 2))).itemSync()).toBe(0);
    expect(() => d.klDivergence(two(new d.AffineTransform(1, 2)), two(new d.AffineTransform(1, 3)))).toThrow(
      "whose transforms differ",
    );
    expect(() => d.klDivergence(new d.Binomial(2, 0.5), new d.Binomial(3, 0.5))).toThrow(
      "if the second has more trials",
    );
  });
});

describe("cacheSize", () => {
  // PyTorch 1.13: TransformedDistribution(Normal(tensor([9., 12.]), 1.), [TanhTransform(cache_size=1)]), seed 0
  const squashed = (...transforms: readonly d.Transform[]) =>
    new d.TransformedDistribution(new d.Normal(tensor([9, 12]), 1), transforms);

  it("takes samples back to what they were computed from", () => {
    manualSeed(0);
    const from = squashed(new d.TanhTransform({ cacheSize: 1 }));
    const y = from.rsample();
    expect(array(y)).toEqual([1, 1]);
    expectClose(from.logProb(y), [17.5894, 21.0649], 1e-5, 1e-5, "logProb");
    expect(array(squashed(new d.TanhTransform()).logProb(y))).toEqual([Number.NaN, Number.NaN]);
  });

  it("applies to one transform of several, and not to other tensors or samples that have changed", () => {
    const several = (cacheSize: 0 | 1) =>
      squashed(new d.AffineTransform(-1, 0.1), new d.TanhTransform({ cacheSize }), new d.ExpTransform());
    const [cached, plain] = [several(1), several(0)];
    const y = cached.sample([3]);
    expectClose(cached.logProb(y), array(plain.logProb(y)) as Numbers, 1e-4, 1e-4, "a sample");
    y.mul_(0.9);
    expect(array(cached.logProb(y))).toEqual(array(plain.logProb(y)));
    const other = y.clone();
    expect(array(cached.logProb(other))).toEqual(array(plain.logProb(other)));
  });

  it("is 0 or 1", () => {
    expect(() => new d.TanhTransform({ cacheSize: 2 as never })).toThrow(/^TanhTransform: cacheSize must be 0 or 1/);
  });
});

describe("transforms", () => {
  const x = f64([[-1.5, 0.25, 2]]);
  const cases: readonly [string, d.Transform, Tensor][] = [
    ["exp", new d.ExpTransform(), x],
    ["affine", new d.AffineTransform(0.5, -2), x],
    ["affine vectors", new d.AffineTransform(0.5, f64([2, -3, 4]), { eventDim: 1 }), x],
    ["power", new d.PowerTransform(1.5), x.exp()],
    ["sigmoid", new d.SigmoidTransform(), x],
    ["tanh", new d.TanhTransform(), x],
    ["softplus", new d.SoftplusTransform(), x],
    ["stick breaking", new d.StickBreakingTransform(), x],
    [
      "several",
      new d.ComposeTransform([new d.AffineTransform(1, 0.5), new d.TanhTransform(), new d.ExpTransform()]),
      x,
    ],
    ["several, of vectors", new d.ComposeTransform([new d.AffineTransform(1, 0.5), new d.StickBreakingTransform()]), x],
    ["inverse", new d.ExpTransform().inv, x.exp()],
  ];

  it.each(cases)("%s: the inverse and the Jacobian match the transform", (_, transform, from) => {
    const to = transform.apply(from);
    expectClose(transform.inverse(to), array(from) as Numbers, 1e-9, 1e-9, "inverse");
    expectClose(transform.inv.apply(to), array(from) as Numbers, 1e-9, 1e-9, "inv");
    expect(transform.inv.inv.equals(transform)).toBe(true);
    expect(transform.forwardShape(from.shape)).toEqual(to.shape);
    expect(transform.inverseShape(to.shape)).toEqual(from.shape);
    const jacobian = from
      .reshape(-1)
      .unbind()
      .map((_, i) => {
        const step = zeros([from.numel()], { dtype: "float64" }).set([i], 1e-6).reshape(from.shape);
        const moved = transform.apply(from.add(step)).sub(transform.apply(from.sub(step)));
        return array(moved.div(2e-6).reshape(-1).narrow(0, 0, from.numel())) as number[];
      });
    const determinant = det(f64(jacobian)).abs().log().itemSync();
    const total = transform.logAbsDetJacobian(from, to).sum().itemSync();
    expect(total).toBeCloseTo(determinant, 5);
  });

  it("reject densities that do not exist", () => {
    expect(() => new d.AbsTransform().logAbsDetJacobian(x, x)).toThrow(
      "the transform is not bijective; use HalfNormal",
    );
    expect(() => new d.SoftmaxTransform().logAbsDetJacobian(x, x)).toThrow(
      "the transform is not bijective; use StickBreakingTransform",
    );
    expect(() => new d.StickBreakingTransform().sign).toThrow("the transform is not monotonic");
    expect(array(new d.SoftmaxTransform().apply(zeros([2])))).toEqual([0.5, 0.5]);
    expect(array(new d.AbsTransform().apply(tensor([-1, 2])))).toEqual([1, 2]);
  });
});

describe("constraints", () => {
  const { constraints: c } = d;
  it.each([
    [c.real, [Number.NaN, 1], [false, true]],
    [c.positive, [0, 1], [false, true]],
    [c.nonnegative, [-1, 0], [false, true]],
    [c.unitInterval, [-0.1, 1], [false, true]],
    [c.boolean, [0.5, 1], [false, true]],
    [c.nonnegativeInteger, [1.5, 2], [false, true]],
    [c.interval(1, 2), [0.5, 2], [false, true]],
    [c.halfOpenInterval(1, 2), [2, 1], [false, true]],
    [c.integerInterval(1, 3), [4, 3], [false, true]],
    [c.greaterThan(1), [1, 2], [false, true]],
    [c.greaterThanEq(1), [0.5, 1], [false, true]],
    [c.lessThan(1), [1, 0], [false, true]],
    [
      c.simplex,
      [
        [0.5, 0.6],
        [0.5, 0.5],
      ],
      [false, true],
    ],
    [
      c.oneHot,
      [
        [1, 1],
        [0, 1],
      ],
      [false, true],
    ],
    [
      c.realVector,
      [
        [1, Number.NaN],
        [0, 1],
      ],
      [false, true],
    ],
    [
      c.multinomial(3),
      [
        [1, 1],
        [1, 2],
      ],
      [false, true],
    ],
    [
      c.lowerCholesky,
      [
        [
          [1, 1],
          [0, 1],
        ],
        [
          [1, 0],
          [1, 1],
        ],
      ],
      [false, true],
    ],
    [
      c.positiveDefinite,
      [
        [
          [1, 1],
          [0, 1],
        ],
        [
          [2, 1],
          [1, 2],
        ],
      ],
      [false, true],
    ],
    [
      c.independent(c.positive, 1),
      [
        [1, 0],
        [1, 2],
      ],
      [false, true],
    ],
  ] as const)("$name", (constraint, values, expected) => {
    expect(array(constraint.check(tensor(values as never)))).toEqual(expected);
  });

  it("hold for all samples", () => {
    for (const entry of recorded.draws) {
      const { distribution } = build(entry, { dtype: "float32" });
      const { support } = distribution;
      expect(
        support
          .check(distribution.sample([50]).to("float32"))
          .all()
          .itemSync(),
        entry.name,
      ).toBe(1);
    }
    expect(randn([1]).shape).toEqual([1]);
  });
});
