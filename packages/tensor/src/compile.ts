/**
 * `compile`: captures the kernel calls of a function and replays them without its JavaScript. The implementation is
 * loaded on first use.
 */

/** How often a compiled function was run in each way. */
export interface CompileCounts {
  /**
   * Calls that ran the function itself: the first call for each combination of argument shapes, and all calls of
   * functions that cannot be captured.
   */
  readonly eager: number;
  /** Calls that ran the function and captured its kernel calls. */
  readonly captured: number;
  /** Calls that replayed captured kernel calls. */
  readonly replayed: number;
}

/** The properties of a compiled function. */
export interface Compiled {
  /** How often it was run in each way so far. */
  readonly counts: CompileCounts;
  /**
   * The kinds of the most recently captured kernel calls, in order and after fusion. Empty before the first capture.
   */
  readonly kernels: readonly string[];
}

/**
 * Compiles a function that performs the same tensor operations in every call: a model, a training step, a prediction.
 * The first call runs the function as it is. The second call captures its kernel calls, removes those whose results are
 * unused, fuses pointwise calls with the calls that read their results, and plans their memory. All later calls replay
 * that list without the function. Parameters, gradients, running statistics and optimizers are updated in each call as
 * usual; random numbers and learning rates are new in each call. Gradients flow through the result: its backward pass
 * is compiled as well. Compiling a whole training step, including backward pass and optimizer, is fastest.
 *
 * Differences from calling the function itself:
 *
 * - Its JavaScript runs only twice for each combination of argument shapes, dtypes and non-tensor values, of which at
 *   most 8 are kept. Counters, conditions on values and logging belong outside it. (`perform` is for authors of
 *   optimizers and schedulers.)
 * - Results are new tensors, without history if the function ran a backward pass itself. All other tensors created
 * inside are freed when it returns, as in `scope`.
 * - Second derivatives through it are not supported.
 * - A function that reads values, for example with `loss.itemSync()`, cannot be captured. It runs as it is, and a
 * warning is printed once.
 *
 * The function is captured again when a module changes its mode (`train`, `eval`), its hooks, its device or its dtype,
 * or when a parameter is frozen.
 *
 * https://pytorch.org/docs/stable/generated/torch.compile.html
 *
 * @param fn a function of tensors on one device, numbers, strings, arrays and plain objects of these; other arguments
 * are compared by identity. It returns tensors, alone or in arrays or plain objects, or nothing.
 * @returns the compiled function; for a module, the module itself, whose call is compiled. It throws an ArgumentError
 * for an asynchronous `fn` and for results that are not tensors; and a DeviceError for arguments on several devices.
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
