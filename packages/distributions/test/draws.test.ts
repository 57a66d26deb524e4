/**
 * Samples and their gradients: on the CPU, the same as in PyTorch after the same seed; on a GPU, which draws
 * differently for some distributions, the same moments.
 */

import { gradcheck, requiresGrad } from "@akari/autograd";
import { compile, digamma, Generator, manualSeed, type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { findWebGpu } from "../../tensor/test/backends/software-adapter.ts";
import {
  Beta,
  Binomial,
  binomial,
  Categorical,
  type Distribution,
  Gamma,
  Geometric,
  klDivergence,
  MultivariateNormal,
  Normal,
  Poisson,
  poisson,
} from "../src/index.ts";
import { gammaSlope } from "../src/sampling/gamma-slope.ts";
import { build, expectClose, type Numbers, plain, recorded } from "./recorded.ts";

const nameOf = ({ name, args }: { readonly name: string; readonly args: unknown }): string =>
  `${name} ${JSON.stringify(args).slice(0, 60)}`;
const differentiable = recorded.draws.filter(({ rsample }) => rsample !== undefined);

describe("samples are the same as in PyTorch for", () => {
  it.each(recorded.draws.map((entry) => [nameOf(entry), entry] as const))("%s", (_, entry) => {
    const { distribution } = build(entry, { dtype: "float32" });
    const expectSame = (drawn: Tensor, expected: Numbers, what: string): void => {
      expect(drawn.shape).toEqual([...entry.shape, ...distribution.batchShape, ...distribution.eventShape]);
      expectClose(drawn.reshape(-1), expected, 2e-6, 1e-6, what);
    };
    manualSeed(7);
    expectSame(distribution.sample(entry.shape), entry.sample, "sample");
    expect(distribution.hasRsample).toBe(entry.rsample !== undefined);
    if (entry.rsample === undefined) {
      expect(() => distribution.rsample(entry.shape)).toThrow(`${entry.name}.rsample: `);
      return;
    }
    expectSame(distribution.rsample(entry.shape, { generator: new Generator(7) }), entry.rsample, "rsample");
  });
});

// The numbers are PyTorch's.
describe("binomial", () => {
  it("draws the numbers of PyTorch, with shapes broadcast", async () => {
    manualSeed(0);
    const draws = binomial(tensor([10, 100, 1000, 3]), tensor([0.5, 0.3, 0.9, 0.1]));
    expect(await draws.toArray()).toEqual([7, 31, 901, 0]);
    expect(binomial(tensor([1, 2]), tensor(0.5)).shape).toEqual([2]);
  });

  it("rejects what is no number of trials or no probability", () => {
    expect(() => binomial(tensor([-1]), tensor([0.5]))).toThrow(
      "binomial: trials must be finite and not negative, got -1",
    );
    expect(() => binomial(tensor([1]), tensor([1.5]))).toThrow("binomial: probabilities must be from 0 to 1, got 1.5");
    expect(() => binomial(tensor([1], { dtype: "int32" }), tensor([0.5]))).toThrow("binomial: expected a floating");
    expect(() => binomial(3 as never, tensor([0.5]))).toThrow("binomial: expected a tensor, got 3");
  });
});

describe("poisson", () => {
  it("draws PyTorch's numbers", async () => {
    manualSeed(0);
    expect(await poisson(tensor([0.5, 4, 100, 12])).toArray()).toEqual([2, 5, 94, 8]);
    expect(await poisson(tensor([0, 3])).toArray()).toEqual([0, 4]);
    const wide = poisson(tensor([20, 3], { dtype: "float64" }));
    expect(await wide.toArray()).toEqual([22, 2]);
    expect(wide.dtype).toBe("float64");
    expect(await poisson(tensor([0.5, 4]), { generator: new Generator(0) }).toArray()).toEqual([2, 5]);
  });

  it("rejects rates that are integers, negative or infinite", () => {
    expect(() => poisson(tensor([1], { dtype: "int32" }))).toThrow("poisson: expected a floating-point dtype");
    expect(() => poisson(tensor([-1]))).toThrow("poisson: rates must be finite and not negative, got -1");
    expect(() => poisson(tensor([Number.POSITIVE_INFINITY]))).toThrow("poisson: rates must be finite");
    expect(() => poisson(2 as never)).toThrow("poisson: expected a tensor, got 2");
    expect(() => poisson(tensor([1]), { seed: 0 } as never)).toThrow('poisson: there is no option "seed"');
  });
});

describe("gradients of samples", () => {
  // The samples of a gamma distribution jump if another candidate is accepted, and changes of a single element make a
  // matrix not triangular. The tests below cover these distributions.
  const smooth = differentiable.filter(
    ({ name }) =>
      !["Gamma", "Chi2", "Beta", "Dirichlet", "StudentT", "FisherSnedecor", "MultivariateNormal"].includes(name) &&
      !name.endsWith("StraightThrough"),
  );

  it.each(smooth.map((entry) => [nameOf(entry), entry] as const))("%s", async (_, entry) => {
    const { leaves } = build(entry, { dtype: "float64" });
    const names = Object.keys(leaves);
    const draw = (...values: readonly Tensor[]): Tensor => {
      const by = (args: typeof entry.args, path = ""): typeof entry.args =>
        Object.fromEntries(
          Object.entries(args).map(([key, value]) => {
            if (typeof value === "object" && value !== null && "name" in value) {
              const inner = value as typeof entry;
              return [key, { name: inner.name, args: by(inner.args, `${path}${key}.`) }];
            }
            return [key, values[names.indexOf(path + key)] ?? value];
          }),
        );
      return build({ name: entry.name, args: by(entry.args) }, { dtype: "float64" }).distribution.rsample([2], {
        generator: new Generator(3),
      });
    };
    expect(
      await gradcheck(
        draw,
        names.map((name) => requiresGrad((leaves[name] as Tensor).clone())),
      ),
    ).toBe(true);
  });

  it("of the multivariate normal distribution match finite differences", async () => {
    const loc = requiresGrad(tensor([0.5, -1], { dtype: "float64" }));
    const matrix = requiresGrad(
      tensor(
        [
          [1.5, 0.2],
          [0.4, 0.8],
        ],
        { dtype: "float64" },
      ),
    );
    const draw = (loc: Tensor, matrix: Tensor): Tensor =>
      new MultivariateNormal(loc, { scaleTril: matrix.tril() }).rsample([3], { generator: new Generator(3) });
    expect(await gradcheck(draw, [loc, matrix])).toBe(true);
    const density = (loc: Tensor, matrix: Tensor): Tensor =>
      new MultivariateNormal(loc, matrix.matmul(matrix.mT)).logProb(tensor([1, 2], { dtype: "float64" }));
    expect(await gradcheck(density, [loc, matrix])).toBe(true);
  });

  it.each(recorded.slopes.map((entry) => [entry.concentration, entry] as const))(
    "of the gamma distribution at %d match PyTorch",
    (_, entry) => {
      for (const [dtype, rtol] of [
        ["float64", 2e-5],
        ["float32", 3e-4],
      ] as const) {
        const x = tensor(entry.draws, { dtype });
        const a = x.newFull(x.shape, entry.concentration);
        expectClose(gammaSlope(x, a, digamma(a)), entry.slopes, rtol, 1e-7, `${dtype} slope`);
      }
    },
  );

  it("flow through gamma samples to concentration and rate", () => {
    const [concentration, rate] = [requiresGrad(tensor(2.5)), requiresGrad(tensor(2))];
    manualSeed(0);
    new Gamma(concentration, rate).rsample([20000]).mean().backward();
    // d(α/β)/dα = 1/β and d(α/β)/dβ = -α/β²
    expect(concentration.grad?.itemSync()).toBeCloseTo(0.5, 1);
    expect(rate.grad?.itemSync()).toBeCloseTo(-0.625, 1);
  });

  it("flow through beta samples, and the gradient of the mean matches its formula", () => {
    const [a, b] = [requiresGrad(tensor(0.7)), requiresGrad(tensor(1.5))];
    manualSeed(0);
    new Beta(a, b).rsample([20000]).mean().backward();
    expect(a.grad?.itemSync()).toBeCloseTo(1.5 / 2.2 ** 2, 1);
    expect(b.grad?.itemSync()).toBeCloseTo(-0.7 / 2.2 ** 2, 1);
  });

  it("do not flow through sample", () => {
    const loc = requiresGrad(tensor(0));
    expect(new Normal(loc, 1).sample([3]).requiresGrad).toBe(false);
    expect(new Normal(loc, 1).rsample([3]).requiresGrad).toBe(true);
  });
});

/**
 * Expects the mean and the variance of samples to match the distribution within five standard errors. The standard
 * error of the variance follows from the fourth moment.
 */
async function expectMoments(distribution: Distribution, draws: Tensor): Promise<void> {
  const count = draws.size(0);
  const rows = draws.reshape(count, -1).t().toArraySync() as number[][];
  const [means, variances] = [distribution.mean, distribution.variance].map((x) =>
    Array.from(x.reshape(-1).dataSync()),
  );
  rows.forEach((row, i) => {
    const moment = (power: number, from: number): number =>
      row.reduce((sum, x) => sum + (x - from) ** power, 0) / count;
    const mean = moment(1, 0);
    const variance = moment(2, mean);
    // safe: two of two
    const [expectedMean, expectedVariance] = [means, variances].map((each) => each?.[i] as number) as [number, number];
    expect(Math.abs(mean - expectedMean), `${distribution} mean ${mean}`).toBeLessThanOrEqual(
      5 * Math.sqrt(variance / count),
    );
    const error = Math.sqrt((moment(4, mean) - variance ** 2) / count);
    expect(Math.abs(variance - expectedVariance), `${distribution} variance ${variance}`).toBeLessThanOrEqual(
      5 * error,
    );
  });
}

/** Distributions that are sampled differently by the host and by a device that the host cannot read. */
const families = (tensorOf: (x: number[]) => Tensor): Distribution[] => [
  new Gamma(tensorOf([0.3, 0.9, 1.5, 20]), 2),
  new Beta(tensorOf([0.5, 4]), tensorOf([1.5, 2])),
  new Poisson(tensorOf([0, 0.4, 7, 12, 300])),
  new Binomial(12, tensorOf([0, 0.05, 0.6, 1])),
  new Binomial(200, tensorOf([0.02, 0.3, 0.9])),
  new Geometric(tensorOf([0.1, 0.8])),
  new Normal(tensorOf([1, 2]), 3),
];

const { device } = await findWebGpu();

describe("moments of samples", () => {
  it("match the distribution on the CPU", async () => {
    manualSeed(1);
    for (const distribution of families((x) => tensor(x)))
      await expectMoments(distribution, distribution.sample([20000]));
  });

  it.skipIf(device === null)("match the distribution on a GPU", async () => {
    manualSeed(1);
    const there = families((x) => tensor(x, { device: device as NonNullable<typeof device> }));
    for (const [i, distribution] of families((x) => tensor(x)).entries()) {
      const draws = (there[i] as Distribution).sample([6000]);
      await expectMoments(distribution, tensor((await draws.toArray()) as number[][]));
    }
  });
});

describe("on a GPU", () => {
  const place = { device: device as NonNullable<typeof device> };

  const entries = recorded.values.filter(({ precise }) => !precise);
  it.skipIf(device === null).each(entries.map((entry) => [nameOf(entry), entry] as const))("%s", async (_, entry) => {
    const { distribution } = build(entry, { dtype: "float32", ...place });
    const expectRead = async (found: Tensor, expected: Numbers | undefined, what: string): Promise<void> => {
      if (expected !== undefined) expectClose(tensor((await found.toArray()) as number[]), expected, 5e-4, 5e-5, what);
    };
    const { log_prob, mean, entropy } = entry.results;
    await expectRead(distribution.logProb(tensor(plain(entry.value), place)), log_prob, "log_prob");
    if (mean !== undefined) await expectRead(distribution.mean, mean, "mean");
    if (entropy !== undefined) await expectRead(distribution.entropy(), entropy, "entropy");
    const drawn = distribution.sample([2]);
    expect(await distribution.support.check(drawn.to("float32")).all().item()).toBe(1);
  });

  it.skipIf(device === null)("policy gradients and gradients of divergences are correct", async () => {
    const logits = requiresGrad(tensor([0, 0, 0], place));
    const policy = new Categorical({ logits });
    policy
      .logProb(policy.sample([64]).mul(0))
      .mean()
      .backward();
    expectClose(
      tensor((await (logits.grad as Tensor).toArray()) as number[]),
      [2 / 3, -1 / 3, -1 / 3],
      1e-5,
      1e-5,
      "gradient",
    );
    const scale = requiresGrad(tensor([1, 2], place));
    klDivergence(new Normal(0, scale), new Normal(tensor(0, place), 1))
      .sum()
      .backward();
    expectClose(tensor((await (scale.grad as Tensor).toArray()) as number[]), [0, 1.5], 1e-5, 1e-5, "gradient");
  });

  it.skipIf(device === null)("gamma samples have gradients", async () => {
    const concentration = requiresGrad(tensor([0.5, 3, 40], place));
    manualSeed(0);
    const draws = new Gamma(concentration, 1).rsample([4000]);
    draws.mean(0).sum().backward();
    const slopes = await (concentration.grad as Tensor).data();
    for (const slope of slopes) expect(slope).toBeCloseTo(1, 0);
  });

  it.skipIf(device === null)("invalid parameters are rejected by the next read", async () => {
    const normal = new Normal(0, tensor([1, -2], place));
    await expect(normal.logProb(0).toArray()).rejects.toThrow("Normal: scale must be positive, got -2");
    expect(await new Categorical(tensor([0, 1], place)).sample().item()).toBe(1);
  });
});

describe("in compiled functions", () => {
  it("samples are new in each call, and depend on the parameters", async () => {
    const draw = await compile((rate: Tensor) => new Gamma(rate, 1).sample([8]).add(new Poisson(rate).sample([8])));
    const all: number[][] = [];
    for (let i = 0; i < 6; i++) all.push(Array.from(draw(tensor(i < 4 ? 2 : 5000)).dataSync()));
    expect(new Set(all.flat()).size).toBe(48);
    for (const row of all.slice(4)) for (const x of row) expect(x).toBeGreaterThan(8000);
  });
});
