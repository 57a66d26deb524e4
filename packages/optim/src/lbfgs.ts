/**
 * L-BFGS. A step evaluates the loss and the gradient several times, so it needs a closure. The vectors are stored and
 * multiplied on the host in double precision, because every decision of the line search needs their dot products. The
 * algorithm is a generator that yields the tensors it has to read: one driver reads them synchronously, the other
 * awaits them.
 */

import {
  ArgumentError,
  checkChoice,
  checkInteger,
  DeviceError,
  FileError,
  fromTypedArray,
  gradOf,
  numbersOf,
  ShapeError,
  sizeOf,
  Tensor,
  type TypedArray,
} from "@akari/tensor";
import { checkNotNegative } from "./checks.ts";
import { type Point, searchStrongWolfe } from "./line-search.ts";
import {
  type BaseOptions,
  Optimizer,
  type OptimizerStateDict,
  type ParamState,
  type ParamsArgument,
} from "./optimizer.ts";
import { addScaled, dot, joined, largest, scaled, scaledSum, total } from "./vectors.ts";

/** Options of `LBFGS`. */
export interface LBFGSOptions extends BaseOptions {
  /** Learning rate. Default 1. */
  lr: number;
  /** Maximum number of iterations per step. Default 20. */
  maxIter: number;
  /** Maximum number of calls of the closure per step; null for 1.25 times `maxIter`. Default null. */
  maxEval: number | null;
  /** A step ends when no element of the gradient exceeds this in magnitude. Default 1e-7. */
  toleranceGrad: number;
  /** A step ends when the parameters or the loss change by less than this. Default 1e-9. */
  toleranceChange: number;
  /** Number of past updates to store. Default 100. */
  historySize: number;
  /** Line search: "strong_wolfe", or null for a step length equal to the learning rate. Default null. */
  lineSearchFn: "strong_wolfe" | null;
}

/** A computation that yields tensors to read and receives their elements. */
type Reading<Result> = Generator<readonly Tensor[], Result, readonly Float64Array[]>;

/** Converts the elements read from a tensor to double precision. */
function doubles(x: Tensor, data: TypedArray): Float64Array {
  return new Float64Array(numbersOf(data, x.dtype));
}

/** State kept between iterations, with all parameters flattened into one vector. */
interface History {
  iterations: number;
  evaluations: number;
  /** Changes of the gradient, changes of the parameters, and reciprocals of their dot products; oldest first. */
  readonly gradients: Float64Array[];
  readonly moves: Float64Array[];
  readonly weights: number[];
  direction: Float64Array;
  length: number;
  scale: number;
  gradient: Float64Array;
  /** The loss before the last update. */
  loss: number;
}

/**
 * L-BFGS: a quasi-Newton method that approximates the inverse Hessian from the last changes of the gradient. Meant for
 * small deterministic problems.
 *
 * Liu & Nocedal 1989, "On the limited memory BFGS method for large scale optimization"
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.LBFGS.html
 *
 * On a device that can only be read asynchronously, use `await optimizer.stepAsync(closure)`.
 *
 * @throws ArgumentError for parameters that cannot be optimized, several groups, unknown options and invalid values.
 * @example
 * const optimizer = new LBFGS(model.parameters(), { lineSearchFn: "strong_wolfe" });
 * optimizer.step(() => {
 *   optimizer.zeroGrad();
 *   const loss = crossEntropy(model(x), y);
 *   loss.backward();
 *   return loss;
 * });
 */
export class LBFGS extends Optimizer<LBFGSOptions> {
  static override name = "LBFGS";

  #history: History | null = null;

  constructor(params: ParamsArgument<LBFGSOptions>, options: Partial<LBFGSOptions> = {}) {
    const defaults: LBFGSOptions = {
      lr: 1,
      maxIter: 20,
      maxEval: null,
      toleranceGrad: 1e-7,
      toleranceChange: 1e-9,
      historySize: 100,
      lineSearchFn: null,
    };
    super(params, defaults, options);
    if (this.paramGroups.length > 1)
      throw new ArgumentError("LBFGS: parameter groups are not supported; pass one list of parameters");
  }

  protected override check(options: Readonly<LBFGSOptions>): void {
    super.check(options);
    const { maxIter, toleranceGrad, toleranceChange, historySize, lineSearchFn } = options;
    const maxEval = options.maxEval ?? 0;
    checkNotNegative("LBFGS", { maxIter, maxEval, toleranceGrad, toleranceChange });
    checkInteger("LBFGS", "historySize", historySize, 1);
    checkChoice("LBFGS", "lineSearchFn", lineSearchFn, ["strong_wolfe", null]);
  }

  protected override update(): void {
    throw new ArgumentError("LBFGS: step needs a closure that computes the loss and the gradients");
  }

  /**
   * Updates the parameters, calling `closure` for the loss and the gradients as often as needed.
   *
   * @returns the result of the first call of `closure`.
   * @throws ArgumentError without a closure.
   * @throws DeviceError on a device that can only be read asynchronously; use `stepAsync` there.
   */
  override step(): void;
  override step<Loss>(closure: () => Loss): Loss;
  override step<Loss>(closure?: () => Loss): Loss | undefined {
    if (closure === undefined) {
      this.update();
      return undefined;
    }
    const later = this.#params().find(({ device }) => device.readSync === undefined);
    if (later)
      throw new DeviceError(
        `LBFGS: ${later.device.name} can only be read asynchronously; use await optimizer.stepAsync(closure)`,
      );
    this.runHooks("before");
    const run = this.#run(closure);
    let next = run.next([]);
    while (!next.done) next = run.next(next.value.map((x) => doubles(x, x.dataSync())));
    this.runHooks("after");
    return next.value;
  }

  /** Does the same as `step`, on any device. Resolves to the result of the first call of `closure`. */
  async stepAsync<Loss>(closure: () => Loss): Promise<Loss> {
    this.runHooks("before");
    const run = this.#run(closure);
    let next = run.next([]);
    while (!next.done) next = run.next(await Promise.all(next.value.map(async (x) => doubles(x, await x.data()))));
    this.runHooks("after");
    return next.value;
  }

  /** The algorithm of one step. */
  *#run<Loss>(closure: () => Loss): Reading<Loss> {
    const options = this.paramGroups[0] as LBFGSOptions; // safe: there is one group
    const { lr, maxIter, toleranceGrad, toleranceChange, lineSearchFn } = options;
    const maxEval = options.maxEval ?? Math.floor((maxIter * 5) / 4);
    const params = this.#params();
    const evaluate = function* (): Reading<{ value: Loss; loss: number; gradient: Float64Array }> {
      const value = closure();
      // safe: a loss that is not a tensor is treated as a number
      const loss = typeof value === "object" ? [(value as unknown as Tensor).detach()] : [];
      const grads = params.flatMap((param) => gradOf(param) ?? []);
      const read = [...(yield [...loss, ...grads])];
      const number = loss.length > 0 ? (read.shift()?.[0] as number) : Number(value);
      const parts = params.map((param) =>
        gradOf(param) === null ? new Float64Array(sizeOf(param.shape)) : (read.shift() as Float64Array),
      ); // safe: one array for each gradient
      return { value, loss: number, gradient: joined(parts) };
    };
    const first = yield* evaluate();
    let { loss, gradient } = first;
    let evaluations = 1;
    if (this.#history !== null) this.#history.evaluations++;
    if (largest(gradient) <= toleranceGrad) return first.value;
    for (let iteration = 1; iteration <= maxIter; iteration++) {
      const history = this.#direct(gradient, options);
      const before = loss;
      const already = evaluations;
      history.loss = loss;
      const { direction } = history;
      let length = history.iterations === 1 ? Math.min(1, 1 / total(gradient)) * lr : lr;
      const slope = dot(gradient, direction);
      if (slope > -toleranceChange) break;
      const start = joined(yield params.map((param) => param.detach()));
      if (lineSearchFn === "strong_wolfe") {
        const assign = (t: number): void => this.#assign(start, t, direction);
        const at = function* (t: number): Reading<Point> {
          assign(t);
          const found = yield* evaluate();
          return { t, loss: found.loss, gradient: found.gradient, slope: dot(found.gradient, direction) };
        };
        const found = yield* searchStrongWolfe(
          at,
          { t: 0, loss, gradient, slope },
          length,
          largest(direction),
          toleranceChange,
        );
        ({ loss, gradient, t: length } = found.point);
        evaluations += found.evaluations;
        assign(length);
      } else {
        this.#assign(start, length, direction);
        if (iteration < maxIter) {
          ({ loss, gradient } = yield* evaluate());
          evaluations++;
        }
      }
      history.length = length;
      history.evaluations += evaluations - already;
      if (iteration === maxIter || evaluations >= maxEval) break;
      if (largest(gradient) <= toleranceGrad || largest(direction) * Math.abs(length) <= toleranceChange) break;
      if (Math.abs(loss - before) < toleranceChange) break;
    }
    return first.value;
  }

  /** Updates the history and computes the next direction with the two-loop recursion. */
  #direct(gradient: Float64Array, { historySize }: LBFGSOptions): History {
    // In the first iteration nothing has changed or moved, so that the direction is that of the gradient.
    this.#history ??= {
      iterations: 0,
      evaluations: 1,
      gradients: [],
      moves: [],
      weights: [],
      direction: gradient,
      length: 0,
      scale: 1,
      gradient,
      loss: 0,
    };
    const known = this.#history;
    known.iterations++;
    const change = scaledSum(-1, known.gradient, gradient);
    const move = scaled(known.length, known.direction);
    const product = dot(change, move);
    if (product > 1e-10) {
      if (known.gradients.length === historySize)
        for (const list of [known.gradients, known.moves, known.weights]) list.shift();
      known.gradients.push(change);
      known.moves.push(move);
      known.weights.push(1 / product);
      known.scale = product / dot(change, change);
    }
    let direction = scaled(-1, gradient);
    const factors: number[] = [];
    for (let i = known.gradients.length - 1; i >= 0; i--) {
      const factor = dot(known.moves[i] as Float64Array, direction) * (known.weights[i] as number);
      factors[i] = factor;
      addScaled(direction, known.gradients[i] as Float64Array, -factor);
    }
    direction = scaled(known.scale, direction);
    for (let i = 0; i < known.gradients.length; i++) {
      const factor = dot(known.gradients[i] as Float64Array, direction) * (known.weights[i] as number);
      addScaled(direction, known.moves[i] as Float64Array, (factors[i] as number) - factor);
    }
    known.direction = direction;
    known.gradient = gradient;
    return known;
  }

  /**
   * Returns the state of the optimizer in PyTorch's format, except that lists of vectors are tensors of shape [vectors,
   * elements]. The dtype is float64 if the device of the parameters supports it, otherwise float32.
   */
  override stateDict(): OptimizerStateDict {
    const { param_groups } = super.stateDict();
    const history = this.#history;
    if (history === null) return { state: {}, param_groups };
    const { device } = this.#params()[0] as Tensor; // safe: there is at least one
    const stored = (numbers: ArrayLike<number>, shape: readonly number[]) =>
      fromTypedArray(Float64Array.from(numbers), shape, {
        dtype: device.supports("float64") ? "float64" : "float32",
        device,
      });
    const size = history.direction.length;
    const rows = (list: readonly Float64Array[]) => stored(joined(list), [list.length, size]);
    const state: ParamState = {
      func_evals: history.evaluations,
      n_iter: history.iterations,
      d: stored(history.direction, [size]),
      t: history.length,
      old_dirs: rows(history.gradients),
      old_stps: rows(history.moves),
      ro: stored(history.weights, [history.weights.length]),
      H_diag: history.scale,
      prev_flat_grad: stored(history.gradient, [size]),
      prev_loss: history.loss,
    };
    return { state: { 0: state }, param_groups };
  }

  /**
   * Loads a state saved by `stateDict`, or by PyTorch with lists of vectors. An error leaves the optimizer unchanged.
   *
   * @throws FileError when `saved` is not the state of an L-BFGS optimizer.
   * @throws ShapeError when the length of a vector is not the number of elements of the parameters.
   * @throws DeviceError for tensors on a device that can only be read asynchronously; `await x.prefetch()` first.
   */
  override loadStateDict(saved: OptimizerStateDict): void {
    const entries = saved?.state?.[0];
    const sound = typeof entries === "object" && entries !== null;
    const history = sound ? this.#restored(entries as Readonly<Record<string, unknown>>) : null;
    // The base class checks the groups and the structure. It sees no state: all of it is stored under the first parameter.
    const { 0: _, ...others } = saved?.state ?? {};
    super.loadStateDict(sound ? { ...saved, state: others } : saved);
    this.#history = history;
  }

  /** Converts the saved state of the first parameter to a history. */
  #restored(entries: Readonly<Record<string, unknown>>): History | null {
    if (Object.keys(entries).length === 0) return null;
    const size = this.#params().reduce((sum, param) => sum + param.numel(), 0);
    /** Returns the numbers in an entry: a number, a tensor, or a list of either. */
    const numbers = (key: string, value: unknown): Float64Array => {
      if (typeof value === "number") return Float64Array.of(value);
      if (value instanceof Tensor) return doubles(value, value.dataSync());
      if (Array.isArray(value)) return joined(value.map((part) => numbers(key, part)));
      throw new FileError(`LBFGS.loadStateDict: the state has no ${key}; was it saved by another optimizer?`);
    };
    const one = (key: string) => numbers(key, entries[key])[0] ?? 0;
    const vectors = (key: string, count = 1): Float64Array[] => {
      const all = numbers(key, entries[key]);
      if (all.length !== count * size) {
        throw new ShapeError(
          `LBFGS.loadStateDict: ${key} has ${all.length} elements; expected ${count} times ${size}, the number of elements of the parameters`,
        );
      }
      return Array.from({ length: count }, (_, i) => all.slice(i * size, (i + 1) * size));
    };
    const weights = [...numbers("ro", entries.ro)];
    return {
      iterations: one("n_iter"),
      evaluations: one("func_evals"),
      gradients: vectors("old_dirs", weights.length),
      moves: vectors("old_stps", weights.length),
      weights,
      direction: vectors("d")[0] as Float64Array,
      length: one("t"),
      scale: one("H_diag"),
      gradient: vectors("prev_flat_grad")[0] as Float64Array,
      loss: one("prev_loss"),
    };
  }

  #params(): readonly Tensor[] {
    return this.paramGroups[0]?.params ?? [];
  }

  /** Sets the parameters to `start + t · direction`. */
  #assign(start: Float64Array, t: number, direction: Float64Array): void {
    let at = 0;
    for (const param of this.#params()) {
      const end = at + param.numel();
      const values = scaledSum(t, direction.subarray(at, end), start.subarray(at, end));
      const data = param.dtype === "float64" ? values : new Float32Array(values);
      param.detach().copy_(fromTypedArray(data, param.shape, { device: param.device }));
      at = end;
    }
  }
}
