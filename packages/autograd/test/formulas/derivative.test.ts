/**
 * The derivative of every primitive compared with central differences, evaluated in float64 by the reference backend.
 */

import { apply, constant, digamma, type Expr, input, lgamma, nodesOf, PointwiseOp, tensor } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { describe, expect, it } from "vitest";
import { gradients } from "../../src/formulas/derivative.ts";
import { gradgradcheck, requiresGrad } from "../../src/index.ts";

const x = input(0, "float64");
const y = input(1, "float64");

const device = reference();

function value(e: Expr, ...at: number[]): number {
  const inputs = at.map((v) => tensor(v, { dtype: "float64", device }));
  return apply(new PointwiseOp("value", [e]), inputs, []).itemSync();
}

function check(e: Expr, ...at: number[]): void {
  const leaves = [x, y].slice(0, at.length);
  gradients([[e, constant(1, "float64")]], leaves).forEach((found, k) => {
    const h = 1e-6 * Math.max(1, Math.abs(at[k] as number));
    const moved = (by: number) => value(e, ...at.map((v, j) => (j === k ? v + by : v)));
    const slope = (moved(h) - moved(-h)) / (2 * h);
    // The error of a central difference is h²/6 times the third derivative, plus rounding of about 1e-16/h.
    expect(found === null ? 0 : value(found, ...at)).toBeCloseTo(slope, 6);
  });
}

// biome-ignore format: lists like these are read in lines
const unary: Readonly<Record<string, readonly number[]>> = {
  neg: [1.3], abs: [1.3, -0.7], floor: [1.3], ceil: [-1.3], round: [0.7], trunc: [-1.7], sqrt: [0.4, 9], exp: [0.3, -2], expm1: [0.3, -2], log: [0.2, 5],
  log1p: [-0.4, 3], log2: [0.2, 5], log10: [0.2, 5], sin: [0.3, 4], cos: [0.3, 4], tan: [0.3, -1], atan: [0.3, -5], tanh: [0.3, -2], sigmoid: [0.3, -4],
  erf: [0.3, -1.5], erfc: [0.3, 1.5], relu: [0.3, -0.3], sign: [0.4], square: [1.5], rsqrt: [0.3], reciprocal: [0.3, -2],
};

// biome-ignore format: lists like these are read in lines
const binary: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  add: [[1, 2]], sub: [[1, 2]], mul: [[1.5, -2]], div: [[1.5, -2], [0, 3]], fmod: [[7.3, 2.1], [-7.3, 2.1]],
  pow: [[1.5, 2.3], [0.7, -1.2], [2, 0]], atan2: [[1, 2], [-1, -2]], min: [[1, 2], [2, 1]], max: [[1, 2], [2, 1]],
};

describe("derivatives", () => {
  for (const [name, places] of Object.entries(unary)) {
    it.each(places)(`of ${name} at %s match finite differences`, (at) => {
      const method = x[name as "exp"] as () => Expr; // the names are methods of one number
      check(method.call(x), at);
    });
  }
  for (const [name, places] of Object.entries(binary)) {
    it.each(places)(`of ${name} at %s, %s match finite differences`, (a, b) => {
      const method = x[name as "add"] as (other: Expr) => Expr; // the names are methods of two numbers
      check(method.call(x, y), a, b);
    });
  }
  it("of selections and of shared parts match finite differences", () => {
    check(x.gt(0).where(x.mul(y), y.exp()), 0.5, 2);
    check(x.gt(0).where(x.mul(y), y.exp()), -0.5, 2);
    check(x.mul(y).exp().add(x.mul(y).sin()).mul(x), 0.5, -0.3);
  });
  it("keep the stated derivative for functions with several cases", async () => {
    const whole = requiresGrad(tensor([1, 2, 3, 8], { dtype: "float64" }));
    for (const of of [lgamma, digamma]) expect(await gradgradcheck(of, [whole])).toBe(true);
  });
  it("pass through conversions between floats only", () => {
    const g = constant(1, "float64");
    expect(gradients([[x.cast("float32").cast("float64"), g]], [x])[0]?.dtype).toBe("float64");
    expect(gradients([[x.cast("int32").cast("float64"), g]], [x])).toEqual([null]);
  });
  it("at edges are the same as in PyTorch", () => {
    const slope = (e: Expr, at: number, leaf: Expr = x) => {
      const found = gradients([[e, constant(1, "float64")]], [leaf])[0];
      return found ? value(found, at, at) : 0;
    };
    expect(slope(x.relu(), 0)).toBe(0);
    expect(slope(x.abs(), 0)).toBe(0);
    expect(slope(x.max(y), 1)).toBe(0.5);
    expect(slope(x.pow(0), 0)).toBe(0);
    expect(slope(x.pow(2), 0)).toBe(0);
    expect(slope(constant(0, "float64").pow(y), 2, y)).toBe(0);
  });
  it("read only the result if that is sufficient", () => {
    const reads = (e: Expr) => {
      const [found] = gradients([[e, input(9, "float64")]], [x]);
      const hidden = nodesOf([found as Expr]).filter(
        (n) => n !== e && nodesOf([n]).includes(x) && !nodesOf([n]).includes(e),
      );
      return hidden.some((n) => n !== x && !nodesOf([e]).includes(n));
    };
    for (const name of ["exp", "tanh", "sigmoid", "relu", "sqrt", "tan"] as const) expect(reads(x[name]())).toBe(false);
  });
  it("are null for expressions that do not depend on the leaf", () => {
    expect(gradients([[y.exp(), constant(1, "float64")]], [x])).toEqual([null]);
    expect(gradients([[x.exp(), null]], [x])).toEqual([null]);
  });
});
