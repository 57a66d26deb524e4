/**
 * The test suite that every optimizer must pass. It runs in Vitest.
 *
 * @packageDocumentation
 */

import { randn, settings, type Tensor, tensor, zeros } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import type { BaseOptions, Optimizer, OptimizerStateDict, ParamsArgument } from "../optimizer.ts";

/** Options of `describeOptimizer`. */
export interface OptimizerSuiteOptions {
  /** Learning rate with which the optimizer minimizes a quadratic function within 500 steps. Default 0.05. */
  readonly lr?: number;
  /** Maximum distance from the minimum after these steps, per element. Default 0.05. */
  readonly tolerance?: number;
  /**
   * Whether every step depends on the current learning rate. Default true; false if the learning rate only sets the
   * size of the first step.
   */
  readonly followsRate?: boolean;
  /**
   * Whether the update of a parameter depends on its own gradients only. Default true; false for an optimizer that
   * computes something from all of them, such as the norm of all gradients.
   */
  readonly independent?: boolean;
  /** The number of dimensions of all parameters, if the optimizer accepts no others. Default: any. */
  readonly ndim?: number;
}

/** A function that creates the optimizer under test. */
export type CreateOptimizer = (params: ParamsArgument<BaseOptions>, options: { lr: number }) => Optimizer<BaseOptions>;

/** Makes a tensor a leaf whose gradient the suite sets directly, without autograd. */
function leaf(x: Tensor): Tensor {
  let grad: Tensor | null = null;
  // Optimizers only read `grad`, so a plain property does, and the suite does not need `@akari/autograd`.
  Object.defineProperty(x, "grad", {
    get: () => grad,
    set: (value: Tensor | null) => {
      grad = value;
    },
  });
  return x;
}

const target = [1, -2, 0.5];

/** Sets the gradient to that of `Σ (x - target)²`. */
function descend(x: Tensor): void {
  x.grad = x.sub(tensor(target, { dtype: x.dtype })).mul(2);
}

/** Returns a shape with as many elements and `ndim` dimensions, by adding ones in front or joining the last ones. */
function reshaped(shape: readonly number[], ndim: number): readonly number[] {
  const full = [...Array.from({ length: ndim - shape.length }, () => 1), ...shape];
  return [...full.slice(0, ndim - 1), full.slice(ndim - 1).reduce((a, b) => a * b)];
}

const values = (x: Tensor): number[] => Array.from(x.dataSync());

/**
 * Declares the tests of an optimizer: it minimizes a quadratic function, applies the options of each group, ignores
 * parameters without a gradient, continues from a saved state, and rejects invalid arguments.
 *
 * @example
 * describeOptimizer("Lion", (params, options) => new Lion(params, options));
 */
export function describeOptimizer(name: string, create: CreateOptimizer, options: OptimizerSuiteOptions = {}): void {
  const { lr, tolerance, followsRate, independent, ndim } = settings("describeOptimizer", options, {
    lr: 0.05,
    tolerance: 0.05,
    followsRate: true,
    independent: true,
    ndim: undefined,
  });
  const shaped = (shape: readonly number[]) => (ndim === undefined ? shape : reshaped(shape, ndim));
  /** Creates a parameter with these elements. */
  const parameter = (elements: readonly number[]): Tensor =>
    leaf(
      tensor([...elements])
        .reshape(shaped([elements.length]))
        .clone(),
    );

  describe(`${name} as an optimizer`, () => {
    it("minimizes a quadratic function", () => {
      const x = parameter([0, 0, 0]);
      const optimizer = create([x], { lr });
      for (let i = 0; i < 500; i++) {
        descend(x);
        optimizer.step();
      }
      values(x).forEach((value, i) => {
        const wanted = target[i] as number;
        const message = `element ${i} is ${value} after 500 steps with lr ${lr}; the minimum is at ${wanted}`;
        expect(Math.abs(value - wanted), message).toBeLessThan(tolerance);
      });
    });

    it("applies the learning rate of each group", () => {
      const [fast, slow, still] = [parameter([0, 0, 0]), parameter([0, 0, 0]), parameter([0, 0, 0])];
      const optimizer = create(
        [
          { params: [fast], lr: lr / 10 },
          { params: [slow], lr: lr / 1000 },
          { params: [still], lr: 0 },
        ],
        { lr },
      );
      for (const x of [fast, slow, still]) descend(x);
      optimizer.step();
      expect(Math.abs(values(fast)[0] as number)).toBeGreaterThan(Math.abs(values(slow)[0] as number));
      expect(values(slow)[0]).not.toBe(0);
      if (followsRate) expect(values(still).map(Math.abs)).toEqual([0, 0, 0]);
    });

    if (followsRate) {
      it("uses a learning rate that is changed between steps", () => {
        const x = parameter([0, 0, 0]);
        const optimizer = create([x], { lr });
        descend(x);
        optimizer.step();
        const before = values(x);
        for (const group of optimizer.paramGroups) group.lr = 0;
        descend(x);
        optimizer.step();
        expect(values(x)).toEqual(before);
      });
    }

    it("does not change parameters without a gradient", () => {
      const [x, y] = [parameter([1, 2, 3]), parameter([5])];
      const optimizer = create([x, y], { lr });
      descend(x);
      y.grad = null;
      optimizer.step();
      expect(values(y)).toEqual([5]);
      expect(values(x)).not.toEqual([1, 2, 3]);
    });

    it("writes to the memory of the parameter and increments its version", () => {
      const x = parameter([0, 0, 0]);
      const { storage } = x;
      const { version } = storage;
      const optimizer = create([x], { lr });
      descend(x);
      optimizer.step();
      expect(x.storage).toBe(storage);
      expect(storage.version).toBeGreaterThan(version);
    });

    it("continues from a saved state with the same results", () => {
      const [a, b] = [parameter([0, 0, 0]), parameter([0, 0, 0])];
      const first = create([a], { lr });
      for (let i = 0; i < 5; i++) {
        descend(a);
        first.step();
      }
      b.copy_(a);
      const second = create([b], { lr: lr * 3 });
      second.loadStateDict(first.stateDict());
      expect(second.paramGroups[0]?.lr).toBe(lr);
      for (let i = 0; i < 5; i++) {
        descend(a);
        first.step();
        descend(b);
        second.step();
      }
      expect(values(b)).toEqual(values(a));
    });

    it("rejects a state of another size, and keeps its own", () => {
      const [x, y] = [parameter([0, 0, 0]), parameter([0, 0, 0])];
      const [one, two] = [create([x], { lr }), create([x, y], { lr })];
      for (const p of [x, y]) descend(p);
      two.step();
      const before = JSON.stringify(Object.keys(one.stateDict().state));
      expect(() => one.loadStateDict(two.stateDict())).toThrow(/2 parameters/);
      expect(JSON.stringify(Object.keys(one.stateDict().state))).toBe(before);
    });

    it("rejects the state of another optimizer, and values that are not a state", () => {
      const x = parameter([0, 0, 0]);
      const optimizer = create([x], { lr });
      descend(x);
      optimizer.step();
      const { state, param_groups } = optimizer.stateDict();
      const strange = { ...state, 0: { ...state[0], unheard_of: tensor(target) } };
      expect(() => optimizer.loadStateDict({ state: strange, param_groups })).toThrow(/"unheard_of"/);
      for (const wrong of [
        null,
        {},
        { state, param_groups: [{}] },
        { state: { 0: 1 }, param_groups },
        { state: { 0: { step: "1" } }, param_groups },
      ]) {
        // safe: invalid states are what is tested
        expect(() => optimizer.loadStateDict(wrong as unknown as OptimizerStateDict)).toThrow(
          /expected an object with state and param_groups/,
        );
      }
      expect(() =>
        optimizer.loadStateDict({ state, param_groups: [{ ...param_groups[0], params: [0], lr: -1 }] }),
      ).toThrow(/lr/);
      descend(x);
      optimizer.step();
    });

    it("converts its state when a parameter changes its dtype", () => {
      const [a, b] = [parameter([0, 0, 0]), parameter([0, 0, 0])];
      const [moving, staying] = [create([a], { lr }), create([b], { lr })];
      for (let i = 0; i < 4; i++) {
        if (i === 2) a.setData(a.to("float64"));
        for (const x of [a, b]) descend(x);
        moving.step();
        staying.step();
      }
      expect(a.dtype).toBe("float64");
      values(a).forEach((value, i) => void expect(value).toBeCloseTo(values(b)[i] as number, 5));
    });

    it("rejects a gradient of another dtype before anything changes", () => {
      const [x, y] = [parameter([0, 0, 0]), parameter([0, 0, 0])];
      const optimizer = create([x, y], { lr });
      descend(x);
      y.grad = zeros(y.shape, { dtype: "float64" });
      expect(() => optimizer.step()).toThrow(/float32.*float64/);
      expect(values(x)).toEqual([0, 0, 0]);
    });

    it("counts the steps of each parameter separately", () => {
      const [x, late, fresh] = [parameter([0, 0, 0]), parameter([0, 0, 0]), parameter([0, 0, 0])];
      const [both, alone] = [create([x, late], { lr }), create([fresh], { lr })];
      for (let i = 0; i < 4; i++) {
        descend(x);
        late.grad = null;
        if (i >= 2) {
          descend(late);
          descend(fresh);
          alone.step();
        }
        both.step();
      }
      // Other parameters may change how far a step goes, but not its number.
      if (independent) expect(values(late)).toEqual(values(fresh));
      expect(both.stateDict().state[1]?.step).toEqual(alone.stateDict().state[0]?.step);
    });

    it("rejects invalid arguments", () => {
      const x = parameter([0, 0, 0]);
      expect(() => create([], { lr })).toThrow(/no parameters/);
      expect(() => create([x], { lr: -1 })).toThrow(/lr must not be negative, got -1/);
      expect(() => create([x, x], { lr })).toThrow(/already in the optimizer/);
      // safe: an unknown option is what is tested
      expect(() => create([x], { lr, learningRate: 1 } as { lr: number })).toThrow(
        /no option "learningRate"; there are lr/,
      );
      expect(() => create([tensor([1], { dtype: "int32" })], { lr })).toThrow(/int32/);
    });

    it("handles many parameters of different shapes in one step", () => {
      const wrapped = [[3], [2, 3], [4, 1, 2], [0]].map((shape) => {
        const p = leaf(randn(shaped(shape)));
        p.grad = p.mul(0).add(1);
        return p;
      });
      const before = wrapped.map(values);
      create(wrapped, { lr: lr / 100 }).step();
      wrapped.forEach((p, i) => {
        values(p).forEach((value, k) => void expect(value).toBeLessThan((before[i] as number[])[k] as number));
      });
    });
  });
}
