import { type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { LBFGS, type OptimizerStateDict, type ParamState } from "../src/index.ts";

/** A parameter whose gradient is set by hand. */
const leaf = (values: number[]): Tensor =>
  Object.defineProperty(tensor(values), "grad", { value: null, writable: true });

/** Returns Rosenbrock's function, which has its minimum at (1, 1), and sets its gradient on `x`. */
function valley(x: Tensor): Tensor {
  const [a, b] = x.dataSync() as unknown as [number, number]; // safe: x has two elements
  x.grad = tensor([-400 * a * (b - a * a) - 2 * (1 - a), 200 * (b - a * a)]);
  return tensor(100 * (b - a * a) ** 2 + (1 - a) ** 2);
}

describe("LBFGS", () => {
  for (const lineSearchFn of ["strong_wolfe", null] as const) {
    it(`finds the minimum of a quadratic function ${lineSearchFn === null ? "without" : "with"} a line search`, () => {
      const x = leaf([3, -4, 5]);
      const optimizer = new LBFGS([x], { lr: lineSearchFn === null ? 0.5 : 1, lineSearchFn });
      const closure = () => {
        optimizer.zeroGrad();
        const distance = x.sub(tensor([1, 2, 3]));
        const weights = tensor([1, 10, 100]);
        x.grad = distance.mul(weights).mul(2);
        return distance.pow(2).mul(weights).sum();
      };
      const before = optimizer.step(closure).itemSync();
      for (let i = 0; i < 10; i++) optimizer.step(closure);
      expect(before).toBeGreaterThan(700);
      Array.from(x.dataSync()).forEach((value, i) => void expect(value).toBeCloseTo(i + 1, 3));
    });
  }

  it("minimizes Rosenbrock's function", () => {
    const x = leaf([-1.2, 1]);
    const optimizer = new LBFGS([x], { lineSearchFn: "strong_wolfe", maxIter: 100 });
    optimizer.step(() => valley(x));
    Array.from(x.dataSync()).forEach((value) => void expect(value).toBeCloseTo(1, 2));
  });

  it("calls hooks before and after each step", async () => {
    const x = leaf([3]);
    const optimizer = new LBFGS([x]);
    const calls: string[] = [];
    optimizer.registerStepPreHook(() => void calls.push("before"));
    optimizer.registerStepPostHook((given) => void calls.push(given === optimizer ? "after" : "wrong"));
    const closure = () => {
      calls.push("closure");
      x.grad = tensor([0]);
      return tensor(0);
    };
    optimizer.step(closure);
    await optimizer.stepAsync(closure);
    expect(calls).toEqual(["before", "closure", "after", "before", "closure", "after"]);
  });

  it("rejects invalid arguments", () => {
    expect(() => new LBFGS([leaf([1])]).step()).toThrow(/needs a closure/);
    expect(() => new LBFGS([{ params: [leaf([1])] }, { params: [leaf([2])] }])).toThrow(/groups are not supported/);
    // Safe: the test passes an invalid search on purpose.
    expect(() => new LBFGS([leaf([1])], { lineSearchFn: "armijo" as "strong_wolfe" })).toThrow(/armijo/);
    for (const historySize of [0, -1, 1.5])
      expect(() => new LBFGS([leaf([1])], { historySize })).toThrow(/^LBFGS: historySize must be a positive integer/);
  });

  describe("a saved state", () => {
    const double = (values: number[]): Tensor =>
      Object.defineProperty(tensor(values, { dtype: "float64" }), "grad", { value: null, writable: true });
    const options = { lineSearchFn: "strong_wolfe", maxIter: 4 } as const;
    const exact = (x: Tensor): Tensor => {
      const [a, b] = x.dataSync() as unknown as [number, number]; // safe: x has two elements
      x.grad = tensor([-400 * a * (b - a * a) - 2 * (1 - a), 200 * (b - a * a)], { dtype: "float64" });
      return tensor(100 * (b - a * a) ** 2 + (1 - a) ** 2, { dtype: "float64" });
    };

    it("continues with the same results", () => {
      const [whole, first] = [double([-1.2, 1]), double([-1.2, 1])];
      const [long, before] = [new LBFGS([whole], options), new LBFGS([first], options)];
      for (let i = 0; i < 3; i++) long.step(() => exact(whole));
      before.step(() => exact(first));
      const rest = double([...first.dataSync()]);
      const after = new LBFGS([rest], options);
      after.loadStateDict(before.stateDict());
      expect(Object.keys(after.stateDict().state[0] ?? {})).toEqual(Object.keys(before.stateDict().state[0] ?? {}));
      for (let i = 0; i < 2; i++) after.step(() => exact(rest));
      expect(rest.toArraySync()).toEqual(whole.toArraySync());
    });

    // The state that PyTorch 1.13 saves after four iterations from (-1.2, 1), and the values with which it continues.
    const old_dirs = [
      tensor([220.54794277635202, 92.39078879367155], { dtype: "float64" }),
      tensor([-4.699930053906451, -2.297882793524897], { dtype: "float64" }),
    ];
    const old_stps = [
      tensor([0.17546806965396744, 0.07161962026692549], { dtype: "float64" }),
      tensor([-0.003924644210202076, -0.0034321645182484456], { dtype: "float64" }),
    ];
    const fromPyTorch = {
      func_evals: 5,
      n_iter: 3,
      al: [0.002493979564109987, 0.3097553282508055],
      d: tensor([-0.00042296027573475263, -0.00268450406382054], { dtype: "float64" }),
      t: 1,
      old_dirs,
      old_stps,
      ro: [tensor(0.022067205013432754, { dtype: "float64" }), tensor(37.97622413090993, { dtype: "float64" })],
      H_diag: tensor(0.0009620987343026538, { dtype: "float64" }),
      prev_flat_grad: tensor([0.24801272244559058, 2.092906000146666], { dtype: "float64" }),
      prev_loss: 4.125586713674038,
    };
    const load = (optimizer: LBFGS, state: object) =>
      // safe: the test passes PyTorch's format on purpose
      optimizer.loadStateDict({ ...optimizer.stateDict(), state: { 0: state } } as unknown as OptimizerStateDict);

    it("has PyTorch's format, and can be loaded in it", () => {
      const x = double([-1.2, 1]);
      const own = new LBFGS([x], options);
      own.step(() => exact(x));
      const saved = own.stateDict().state[0] as ParamState;
      expect([saved.n_iter, saved.func_evals, saved.t]).toEqual([3, 5, 1]);
      for (const [i, row] of old_dirs.entries())
        expect((saved.old_dirs as Tensor).get(i).sub(row).abs().max().itemSync()).toBeLessThan(1e-6);
      const y = double([-1.0288795348319695, 1.0655029516848564]);
      const other = new LBFGS([y], options);
      load(other, fromPyTorch);
      other.step(() => exact(y));
      const [a, b] = y.dataSync() as unknown as [number, number]; // safe: y has two elements
      expect([a, b]).toEqual([expect.closeTo(-0.9431278012083242, 8), expect.closeTo(0.8529662725410918, 8)]);
      expect(other.stateDict().state[0]).toMatchObject({ n_iter: 7, func_evals: 10 });
    });

    it("that is invalid is rejected, without changing anything", () => {
      const x = double([-1.2, 1]);
      const optimizer = new LBFGS([x], options);
      load(optimizer, fromPyTorch);
      expect(() => load(optimizer, { step: 1 })).toThrow(
        /LBFGS.loadStateDict: the state has no ro; was it saved by another optimizer/,
      );
      expect(() => load(optimizer, { ...fromPyTorch, d: tensor([1, 2, 3]) })).toThrow(
        /d has 3 elements; expected 1 times 2/,
      );
      expect(() => load(optimizer, { ...fromPyTorch, old_stps: "none" })).toThrow(/the state has no old_stps/);
      // Safe: the test passes invalid states on purpose.
      expect(() => optimizer.loadStateDict(null as unknown as OptimizerStateDict)).toThrow(
        /expected an object with state and param_groups/,
      );
      expect(optimizer.stateDict().state[0]?.n_iter).toBe(3);
    });
  });
});
