/**
 * `compile`: a function whose kernel calls are kept and run again without its JavaScript. The work behind it is loaded
 * with its first use.
 */

/** How often a compiled function did what. */
export interface CompileCounts {
  /**
   * Calls that ran the function itself: the first one with arguments of new shapes, and all of those that cannot be
   * captured.
   */
  readonly eager: number;
  /** Calls that ran the function and kept its kernel calls. */
  readonly captured: number;
  /** Calls that ran kept kernel calls. */
  readonly replayed: number;
}

/** What a compiled function has besides what the function has. */
export interface Compiled {
  /** How often it did what, so far. */
  readonly counts: CompileCounts;
  /** The kernel calls of a call, in order, as they were kept last: the kinds, neighbours being fused. Empty before. */
  readonly kernels: readonly string[];
}

/**
 * Makes a function faster that does the same tensor operations in every call: a model, a training step, a prediction.
 * The first call runs it as it is; the second one keeps its kernel calls, drops those whose results nobody reads, fuses
 * pointwise ones with what takes their results, and plans their memory; all later calls run that list, without the
 * function. Parameters, gradients, running statistics and optimizers are changed in each call as ever; random numbers
 * are drawn anew, and learning rates are looked up. Gradients go through it: its backward pass is a list as well.
 * Fastest is a whole training step, backward pass and optimizer included.
 *
 * What differs from calling the function itself:
 *
 * - Its JavaScript runs twice for each combination of argument shapes, dtypes and values that are not tensors.
 * Counters, conditions on values and logging belong outside. (`perform` is for those who write optimizers and
 * schedulers.)
 * - Results are new tensors, without history where the function ran a backward pass itself; all other tensors made
 * inside are gone when it returns, as in `scope`.
 * - There are no second derivatives through it.
 * - A function that reads values inside, such as `loss.itemSync()`, cannot be captured; it runs as it is, and says so
 * once on the console.
 *
 * It is captured anew when a module changes its mode (`train`, `eval`), its hooks, its device or dtype, or a parameter
 * is frozen.
 *
 * https://pytorch.org/docs/stable/generated/torch.compile.html
 *
 * @param fn takes tensors on one device, numbers, text, arrays and plain objects of those, and returns tensors alone,
 * in arrays or in plain objects, or nothing. Anything else that it is given is told apart by identity.
 * @returns the function, compiled; of a module, the module, whose call is compiled. It throws an ArgumentError for an
 * asynchronous `fn` and for a result that is no tensor, and a DeviceError for arguments on several devices.
 *
 * @example
 * const model = new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 3));
 * const optimizer = new Adam(model.parameters());
 * const step = await compile((x: Tensor, y: Tensor) => {
 *   optimizer.zeroGrad();
 *   const loss = crossEntropy(model(x), y);
 *   loss.backward();
 *   optimizer.step();
 *   return loss;
 * });
 * for (let i = 0; i < 10; i++) step(randn([16, 4]), randint(3, [16]));
 *
 * const predict = await compile(model.eval());
 * for (let i = 0; i < 10; i++) predict(randn([1, 4]));
 */
export async function compile<F extends (...args: never[]) => unknown>(fn: F): Promise<F & Compiled> {
  const { compiled } = await import("./compile/compiled.ts");
  return compiled(fn);
}
