/**
 * Transforms that other tests do not cover: inverses, the determinant of the Jacobian, and the transform to a
 * constraint.
 */

import { jacobian } from "@akari/autograd";
import { arange, eye, ones, slogdet, type Tensor, tensor, zeros } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import {
  AffineTransform,
  bijectTo,
  CatTransform,
  ComposeTransform,
  CorrCholeskyTransform,
  CumulativeDistributionTransform,
  constraints,
  ExpTransform,
  IndependentTransform,
  LowerCholeskyTransform,
  Normal,
  OneHotCategoricalStraightThrough,
  PowerTransform,
  ReshapeTransform,
  StackTransform,
  type Transform,
  transformTo,
  VonMises,
  Wishart,
} from "../src/index.ts";

const double = { dtype: "float64" } as const;

function expectClose(a: Tensor, b: Tensor, tolerance = 1e-9): void {
  expect(a.shape).toEqual(b.shape);
  expect(a.sub(b).abs().max().itemSync()).toBeLessThan(tolerance);
}

const exp = new ExpTransform();
const line = new AffineTransform(1, 2);
const x3 = tensor([0.4, -0.7, 1.1], double);

describe("transforms", () => {
  it.each<readonly [string, Transform, Tensor, Tensor]>([
    [
      "CumulativeDistributionTransform",
      new CumulativeDistributionTransform(new Normal(tensor(0.5, double), 2)),
      x3,
      x3,
    ],
    ["CatTransform", new CatTransform([exp, line], 0, [1, 2]), x3, x3],
    ["StackTransform", new StackTransform([exp, line, exp], 0), x3, x3],
    ["IndependentTransform", new IndependentTransform(exp, 1), x3, x3],
    ["bijectTo an interval", bijectTo(constraints.interval(-1, 2)), x3, x3],
    ["bijectTo numbers below a limit", bijectTo(constraints.lessThan(1.5)), x3, x3],
    ["bijectTo vectors of positive numbers", bijectTo(constraints.independent(constraints.positive, 1)), x3, x3],
  ])("%s has an inverse and the determinant of its Jacobian", async (_, transform, x, from) => {
    const y = transform.apply(x);
    expectClose(transform.inverse(y), x);
    expect(transform.codomain.check(y).all().itemSync()).toBe(1);
    const { logabsdet } = slogdet(jacobian((z: Tensor) => transform.apply(z), from) as Tensor);
    const terms = transform.logAbsDetJacobian(x, y);
    expectClose(terms.ndim === 0 ? terms : terms.sum(), logabsdet);
  });

  it("CorrCholeskyTransform gives PyTorch's values", () => {
    const transform = new CorrCholeskyTransform();
    const x = tensor(
      [
        [-1.148143458, 0.78194544, 0.417639951],
        [0.990333357, -0.69170845, 0.239168676],
      ],
      double,
    );
    const y = transform.apply(x);
    expectClose(
      y,
      tensor(
        [
          [
            [1.0, 0.0, 0.0],
            [-0.817138112, 0.576441937, 0.0],
            [0.65382192, 0.298831014, 0.695138059],
          ],
          [
            [1.0, 0.0, 0.0],
            [0.757504433, 0.65283002, 0.0],
            [-0.599078418, 0.187930334, 0.778323351],
          ],
        ],
        double,
      ),
      1e-8,
    );
    expectClose(transform.logAbsDetJacobian(x, y), tensor([-2.107907451, -1.576384402], double), 1e-8);
    expectClose(transform.inverse(y), x);
    expect(transform.codomain.check(y).all().itemSync()).toBe(1);
    expect([transform.forwardShape([4, 3]), transform.inverseShape([4, 3, 3])]).toEqual([
      [4, 3, 3],
      [4, 3],
    ]);
    expect(() => transform.apply(zeros([4]))).toThrow(
      /CorrCholeskyTransform: expected vectors of length n \(n - 1\) \/ 2, got length 4/,
    );
  });

  it("ReshapeTransform changes shapes", () => {
    const transform = new ReshapeTransform([2, 3], [6]);
    const x = arange(12, double).reshape([2, 2, 3]);
    expectClose(transform.apply(x), x.reshape([2, 6]));
    expectClose(transform.inverse(transform.apply(x)), x);
    expect(transform.logAbsDetJacobian(x, x).shape).toEqual([2]);
    expect(transform.equals(new ReshapeTransform([2, 3], [6]))).toBe(true);
    expect(() => new ReshapeTransform([2], [3])).toThrow(/ReshapeTransform: \[2\] has 2 elements, and \[3\] has 3/);
    expect(() => transform.apply(ones([3, 2]))).toThrow(/ReshapeTransform: expected values of shape \[2, 3\]/);
    expect(() => new CatTransform([exp], 0, [1, 2])).toThrow(/CatTransform: expected as many lengths/);
    expect(() => new StackTransform([exp], 0).apply(x3)).toThrow(/StackTransform: expected 1 slices/);
  });

  it("reject other arguments", () => {
    // Safe, all of these: values that plain JavaScript might pass.
    const word = "a" as never;
    expect(() => new AffineTransform(word, 1)).toThrow(
      /^AffineTransform: expected a number or a tensor as loc, got a; make one with/,
    );
    expect(() => new AffineTransform(0, null as never)).toThrow(
      "AffineTransform: expected a number or a tensor as scale",
    );
    expect(() => new AffineTransform(0, 1, 1 as never)).toThrow("AffineTransform: expected options by name");
    expect(() => new AffineTransform(0, 1, { eventDim: -1 })).toThrow(
      "eventDim must be a non-negative integer, got -1",
    );
    expect(() => new PowerTransform([2] as never)).toThrow("PowerTransform: expected a number or a tensor as exponent");
    expect(() => new ComposeTransform(exp as never)).toThrow("ComposeTransform: expected transforms, got an object");
    expect(() => new ComposeTransform([exp, word])).toThrow("ComposeTransform: expected transforms, got a");
    expect(() => new IndependentTransform(word, 1)).toThrow("IndependentTransform: expected transforms, got a");
    expect(() => new IndependentTransform(exp, 0.5)).toThrow("reinterpretedBatchNdims must be a non-negative integer");
    expect(() => new ReshapeTransform([2], 2 as never)).toThrow(/^ReshapeTransform: sizes must be non-negative/);
    expect(() => new CumulativeDistributionTransform(null as never)).toThrow(
      "CumulativeDistributionTransform: expected a distribution, got null",
    );
    expect(() => new StackTransform([word])).toThrow("StackTransform: expected transforms, got a");
    expect(() => new CatTransform([exp], 0.5)).toThrow("CatTransform: dim must be an integer, got 0.5");
    expect(() => new CatTransform([exp], 0, [-1])).toThrow(/^CatTransform: sizes must be non-negative/);
  });

  it("to constraints exist, or an error is thrown", () => {
    const matrix = arange(9, double).reshape([3, 3]).sub(4);
    for (const [constraint, x] of [
      [constraints.lowerCholesky, matrix],
      [constraints.corrCholesky, x3],
      [constraints.simplex, x3],
      [constraints.real, x3],
      [constraints.realVector, x3],
      [constraints.unitInterval, x3],
      [constraints.greaterThan(tensor([1, 2, 3], double)), x3],
      [constraints.halfOpenInterval(2, tensor(5, double)), x3],
    ] as const)
      for (const to of [bijectTo, transformTo])
        expect(constraint.check(to(constraint).apply(x)).all().itemSync()).toBe(1);
    const triangle = new LowerCholeskyTransform();
    expectClose(triangle.inverse(triangle.apply(matrix)), matrix.tril());
    expect(() => bijectTo(constraints.boolean)).toThrow(/bijectTo: there is no transform to this constraint: 0 or 1/);
  });
});

describe("distributions with few recorded values", () => {
  it("VonMises integrates to 1, and its samples match its density", () => {
    for (const concentration of [0.3, 3, 3.8, 50]) {
      const d = new VonMises(tensor(1, double), concentration);
      const angles = arange(4000, double).mul((2 * Math.PI) / 4000);
      const mass = d.logProb(angles).exp();
      expect(mass.mean().itemSync() * 2 * Math.PI).toBeCloseTo(1, 6);
      const length = mass.mul(angles.sub(1).cos()).mean().itemSync() * 2 * Math.PI;
      expect(d.variance.itemSync()).toBeCloseTo(1 - length, 6);
      expect(d.sample([4000]).sub(1).cos().mean().itemSync()).toBeCloseTo(length, 1);
    }
  });

  it("Wishart samples have its mean and variance", () => {
    const d = new Wishart(tensor(5, double), eye(2, double).add(0.5));
    const draws = d.sample([20000]);
    expectClose(draws.mean(0), d.mean, 0.2);
    expectClose(draws.var(0), d.variance, 1.5);
    expect(() => new Wishart(1, eye(2))).toThrow(/Wishart: df must be greater than 1, got 1/);
  });

  it("OneHotCategoricalStraightThrough passes gradients to the probabilities", () => {
    const d = new OneHotCategoricalStraightThrough(tensor([0.2, 0.3, 0.5]));
    expect(d.hasRsample).toBe(true);
    expect(d.rsample([5]).sum(-1).toArraySync()).toEqual([1, 1, 1, 1, 1]);
  });
});
