/**
 * Functional derivatives, which return gradients instead of adding them to `grad`. `jacobian`, `hessian` and the
 * products with them are built on `grad`.
 */

import {
  AutogradError,
  type BackwardOptions,
  batching,
  checkChoice,
  expectFloating,
  expectFunction,
  expectTensor,
  isOptions,
  ShapeError,
  sameShape,
  settings,
  shapeError,
  showShape,
  stack,
  type Tensor,
  type TensorEach,
  zerosLike,
} from "@akari/tensor";
import { runBackward } from "./engine.ts";
import { enableGrad } from "./mode.ts";
import {
  backwardDefaults,
  passOptions,
  requiresGrad,
  startingGradient,
  type Variable,
  variableOf,
} from "./variable.ts";

/** One tensor or an array of tensors. */
export type Tensors = Tensor | readonly Tensor[];

/** Options of `grad`. */
export interface GradOptions {
  /** Upstream gradient of each output. Null or absent means 1, for one-element outputs only. */
  readonly gradOutputs?: Tensor | readonly (Tensor | null)[];
  /** Whether to keep the saved tensors, so that the graph can be used again. Default: the value of `createGraph`. */
  readonly retainGraph?: boolean;
  /** Whether to record the backward pass, so that the gradients can be differentiated again. Default false. */
  readonly createGraph?: boolean;
  /** Whether to return null for inputs that the outputs do not depend on, instead of throwing. Default false. */
  readonly allowUnused?: boolean;
  /** Whether to return zeros for these inputs. Default false. */
  readonly materializeGrads?: boolean;
}

/** Upstream gradients: of the only output, or one for each. */
type Upstream = Tensor | readonly (Tensor | null)[];

/** Tells upstream gradients from options in their place. */
function split<Options>(given: Upstream | Options | undefined, options: Options | undefined) {
  // Safe: what is not an options object is rejected where upstream gradients are read.
  return isOptions(given)
    ? ([undefined, given as Options] as const)
    : ([given as Upstream | undefined, options] as const);
}

/** An array with one gradient per input; of length one for a single input. */
export type GradientEach<Inputs extends Tensors, Gradient = Tensor> = Inputs extends readonly Tensor[]
  ? TensorEach<Inputs, Gradient>
  : [Gradient];

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T]; // safe: a value that is not an array is a T
}

/** Returns the variables of the outputs and their upstream gradients, where a backward pass starts. */
function rootsOf(
  operation: string,
  outputs: Tensors,
  gradients: Upstream | undefined,
  name: string,
): { readonly roots: Variable[]; readonly starts: Tensor[] } {
  const results = listOf(outputs);
  const given = gradients === undefined ? [] : listOf<Tensor | null>(gradients);
  if (given.length > 0 && given.length !== results.length) {
    throw new AutogradError(`${operation}: got ${given.length} ${name} for ${results.length} outputs`);
  }
  const starts = results.map((output, i) => startingGradient(operation, output, given[i] ?? null));
  return { roots: results.map((output) => variableOf(operation, output)), starts };
}

/**
 * Computes and returns the gradients of the sum of `outputs` with respect to each of `inputs`, without changing `grad`.
 * `gradOutputs` may be passed before the options instead of in them.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.grad.html
 *
 * @throws AutogradError when an output or input does not require a gradient.
 * @throws AutogradError when the outputs do not depend on an input, unless `allowUnused` is set.
 * @throws AutogradError when `gradOutputs` has the wrong length, or lacks the gradient of an output that does not have
 * exactly one element.
 * @throws ShapeError when the shape of a gradient in `gradOutputs` is not that of its output.
 * @example
 * const [g] = grad(x.pow(3).sum(), [x], { createGraph: true }); // 3x²
 * const [h] = grad(g.sum(), [x]); // 6x
 */
export function grad<const Inputs extends Tensors>(
  outputs: Tensors,
  inputs: Inputs,
  options?: GradOptions & ({ readonly allowUnused?: false } | { readonly materializeGrads: true }),
): GradientEach<Inputs>;
export function grad<const Inputs extends Tensors>(
  outputs: Tensors,
  inputs: Inputs,
  options: GradOptions,
): GradientEach<Inputs, Tensor | null>;
export function grad<const Inputs extends Tensors>(
  outputs: Tensors,
  inputs: Inputs,
  gradOutputs: Tensor | readonly (Tensor | null)[] | undefined,
  options?: GradOptions & ({ readonly allowUnused?: false } | { readonly materializeGrads: true }),
): GradientEach<Inputs>;
export function grad<const Inputs extends Tensors>(
  outputs: Tensors,
  inputs: Inputs,
  gradOutputs: Tensor | readonly (Tensor | null)[] | undefined,
  options: GradOptions,
): GradientEach<Inputs, Tensor | null>;
export function grad(
  outputs: Tensors,
  inputs: Tensors,
  upstream?: Upstream | GradOptions,
  options?: GradOptions,
): (Tensor | null)[] {
  const [before, given] = split(upstream, options);
  const {
    createGraph,
    retainGraph = createGraph,
    materializeGrads,
    allowUnused,
    gradOutputs,
  } = settings("grad", given, {
    createGraph: false,
    retainGraph: undefined,
    materializeGrads: false,
    allowUnused: false,
    gradOutputs: before,
  });
  checkChoice("grad", "retainGraph", retainGraph, [true, false]);
  const only = listOf(inputs).map((input) => variableOf("grad", input));
  const { roots, starts } = rootsOf("grad", outputs, gradOutputs, "gradOutputs");
  const found = runBackward(roots, starts, { createGraph, retainGraph, only, capture: true });
  const unused = found.indexOf(null);
  if (unused >= 0 && !allowUnused && !materializeGrads) {
    throw new AutogradError(
      `grad: the outputs do not depend on input ${unused}; pass { allowUnused: true } to get null for it`,
    );
  }
  return materializeGrads ? found.map((g, i) => g ?? zerosLike(listOf(inputs)[i] as Tensor)) : found; // safe: one per input
}

/** Options of `backward`. */
export interface BackwardManyOptions extends BackwardOptions {
  /** Upstream gradient of each tensor. Null or absent means 1, for one-element tensors only. */
  readonly gradTensors?: Tensor | readonly (Tensor | null)[];
}

/**
 * Computes the gradients of the sum of `tensors` with respect to the leaves of the graph and adds them to their `grad`,
 * in one backward pass.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.backward.html
 *
 * @param gradTensors upstream gradients, as in the options. May be left out before these.
 * @throws AutogradError when a tensor does not require a gradient.
 * @throws AutogradError when `gradTensors` has the wrong length, or lacks the gradient of a tensor that does not have
 * exactly one element.
 * @throws ShapeError when the shape of a gradient in `gradTensors` is not that of its tensor.
 */
export function backward(
  tensors: Tensors,
  gradTensors?: Tensor | readonly (Tensor | null)[] | BackwardManyOptions,
  options?: BackwardManyOptions,
): void {
  const [before, given] = split(gradTensors, options);
  const all = settings("backward", given, {
    ...backwardDefaults,
    gradTensors: before,
  });
  const pass = passOptions(all);
  const { roots, starts } = rootsOf("backward", tensors, all.gradTensors, "gradTensors");
  runBackward(roots, starts, pass);
}

/** A function of tensors that returns one or more tensors. */
export type TensorFunction<Outputs extends Tensors = Tensors> = (...inputs: Tensor[]) => Outputs;

/** Options of `jacobian`, `hessian`, `vjp`, `jvp`, `vhp` and `hvp`. */
export interface DerivativeOptions {
  /** Whether the results can be differentiated in turn. Default false. */
  readonly createGraph?: boolean;
}

/**
 * Returns new tensors to differentiate with respect to: detached leaves or, with `createGraph`, copies connected to the
 * graph of the inputs.
 */
export function separate(operation: string, inputs: readonly Tensor[], createGraph: boolean): Tensor[] {
  return inputs.map((shared) => {
    expectTensor(operation, shared);
    expectFloating(operation, shared);
    // Inside of `vmap`, each example has a derivative of its own.
    const input = batching.by.lift?.(shared) ?? shared;
    if (createGraph && input.requiresGrad) return input.reshape(input.shape).clone();
    return requiresGrad(input.detach());
  });
}

/** Calls `fn` at new leaves and passes on what it returns, the leaves and the option `createGraph`. */
function evaluate<Outputs extends Tensors, Result>(
  operation: string,
  fn: TensorFunction<Outputs>,
  inputs: Tensors,
  options: DerivativeOptions | undefined,
  derive: (outputs: Outputs, leaves: Tensor[], createGraph: boolean) => Result,
): Result {
  const { createGraph } = settings(operation, options, { createGraph: false });
  expectFunction(operation, fn);
  return enableGrad(() => {
    const leaves = separate(operation, listOf(inputs), createGraph);
    const outputs = fn(...leaves);
    for (const output of listOf<Tensor>(outputs)) expectTensor(operation, output, "a function that returns tensors");
    return derive(outputs, leaves, createGraph);
  });
}

/**
 * Computes the gradients of `outputs` with respect to `inputs`, zeros for those that they do not depend on. Each output
 * starts with the gradient at its index.
 */
export function gradOrZero(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  gradients: readonly (Tensor | null)[],
  options: { createGraph: boolean; retainGraph: boolean },
): Tensor[] {
  const used = outputs.flatMap((output, i) =>
    output.requiresGrad ? [{ output, gradient: gradients[i] ?? null }] : [],
  );
  if (used.length === 0) return inputs.map((input) => zerosLike(input));
  return grad(
    used.map(({ output }) => output),
    inputs,
    { ...options, gradOutputs: used.map(({ gradient }) => gradient), materializeGrads: true },
  );
}

const recorded = { createGraph: true, retainGraph: true };

/** Computes the gradient of a scalar. Throws a ShapeError for any other output. */
export function gradientOf(
  operation: string,
  output: Tensor,
  leaves: readonly Tensor[],
  options: { createGraph: boolean; retainGraph: boolean } = recorded,
): Tensor[] {
  expectTensor(operation, output, "a function that returns a tensor");
  if (output.numel() !== 1) throw shapeError(operation, "a function that returns one element", output);
  return gradOrZero([output], leaves, [null], options);
}

/** Returns a tensor for one input and an array for several. */
function like(inputs: Tensors, found: Tensor[]): Tensors {
  return Array.isArray(inputs) ? found : (found[0] as Tensor); // safe: one input
}

/**
 * Computes the Jacobian of `fn` at `inputs`. With one input and one output, returns a tensor of shape [...output,
 * ...input]. With several inputs, returns an array over the inputs; with several outputs, an array over the outputs;
 * with several of both, an array over the outputs of arrays over the inputs.
 *
 * It takes a backward pass for each element of the outputs. `jacrev` of `@akari/autograd/func`, which computes all rows
 * at once, is faster.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.functional.jacobian.html
 *
 * @throws DTypeError when an input is not floating point.
 * @example
 * jacobian((x) => x.mul(x), tensor([1, 2])); // [[2, 0], [0, 4]]
 */
export function jacobian(fn: TensorFunction<Tensor>, inputs: Tensor, options?: DerivativeOptions): Tensor;
export function jacobian<const Inputs extends readonly Tensor[]>(
  fn: TensorFunction<Tensor>,
  inputs: Inputs,
  options?: DerivativeOptions,
): TensorEach<Inputs>;
export function jacobian<Outputs extends readonly Tensor[]>(
  fn: TensorFunction<Outputs>,
  inputs: Tensor,
  options?: DerivativeOptions,
): TensorEach<Outputs>;
export function jacobian<Outputs extends readonly Tensor[], const Inputs extends readonly Tensor[]>(
  fn: TensorFunction<Outputs>,
  inputs: Inputs,
  options?: DerivativeOptions,
): TensorEach<Outputs, TensorEach<Inputs>>;
export function jacobian(
  fn: TensorFunction,
  inputs: Tensors,
  options?: DerivativeOptions,
): Tensor | Tensor[] | Tensor[][] {
  return evaluate("jacobian", fn, inputs, options, (result, leaves, createGraph) => {
    const perOutput = listOf<Tensor>(result).map((output) => like(inputs, rowsOf(output, leaves, createGraph)));
    // safe: the overloads declare these shapes
    return (Array.isArray(result) ? perOutput : perOutput[0]) as Tensor | Tensor[] | Tensor[][];
  });
}

/** Computes the Jacobian of one output for each input, with one backward pass per element of the output. */
function rowsOf(output: Tensor, inputs: readonly Tensor[], createGraph: boolean): Tensor[] {
  const flat = output.reshape([-1]);
  const rows: Tensor[][] = inputs.map(() => []);
  for (let i = 0; i < flat.numel(); i++) {
    const found = gradOrZero([flat.select(0, i)], inputs, [null], { createGraph, retainGraph: true });
    found.forEach((g, k) => void rows[k]?.push(g));
  }
  return rows.map((list, k) => {
    const { shape } = inputs[k] as Tensor; // safe: one list per input
    if (list.length === 0) return output.newEmpty([...output.shape, ...shape]);
    return stack(list).reshape([...output.shape, ...shape]);
  });
}

/**
 * Computes the Hessian of a scalar-valued `fn` at `inputs`. With one input, returns a tensor of shape [...input,
 * ...input]; with several, an array of arrays with the block [...inputs[i], ...inputs[j]] at [i][j]. `hessian` of
 * `@akari/autograd/func`, which computes all rows at once, is faster.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.functional.hessian.html
 *
 * @throws ShapeError when the result of `fn` does not have exactly one element.
 * @throws DTypeError when an input is not floating point.
 */
export function hessian(fn: TensorFunction<Tensor>, inputs: Tensor, options?: DerivativeOptions): Tensor;
export function hessian<const Inputs extends readonly Tensor[]>(
  fn: TensorFunction<Tensor>,
  inputs: Inputs,
  options?: DerivativeOptions,
): TensorEach<Inputs, TensorEach<Inputs>>;
export function hessian(fn: TensorFunction<Tensor>, inputs: Tensors, options?: DerivativeOptions): Tensor | Tensor[][] {
  expectFunction("hessian", fn);
  const gradient = (...leaves: Tensor[]): Tensor[] => gradientOf("hessian", fn(...leaves), leaves);
  const blocks = jacobian(gradient, listOf(inputs), options);
  return Array.isArray(inputs) ? blocks : ((blocks[0] as Tensor[])[0] as Tensor); // safe: one input, one block
}

/** The result of a function and a product with its Jacobian or Hessian. */
export type WithProduct<P extends Tensors> = readonly [outputs: Tensor, product: P];

/**
 * Computes the vector–Jacobian product `vᵀJ` of `fn` at `inputs`. Returns the result of `fn` and the product, which has
 * one tensor per input.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.functional.vjp.html
 *
 * @param v the vector, of the shape of the result. May be omitted or null for a one-element result.
 * @throws ShapeError when the shape of `v` is not that of the result.
 * @throws AutogradError when `v` is omitted and the result does not have exactly one element.
 * @throws DTypeError when an input is not floating point.
 */
export function vjp(
  fn: TensorFunction<Tensor>,
  inputs: Tensor,
  v?: Tensor | null,
  options?: DerivativeOptions,
): WithProduct<Tensor>;
export function vjp<const Inputs extends readonly Tensor[]>(
  fn: TensorFunction<Tensor>,
  inputs: Inputs,
  v?: Tensor | null,
  options?: DerivativeOptions,
): WithProduct<TensorEach<Inputs>>;
export function vjp(
  fn: TensorFunction<Tensor>,
  inputs: Tensors,
  v: Tensor | null = null,
  options?: DerivativeOptions,
): WithProduct<Tensors> {
  return evaluate("vjp", fn, inputs, options, (output, leaves, createGraph) => {
    const found = gradOrZero([output], leaves, [v], { createGraph, retainGraph: createGraph });
    return [createGraph ? output : output.detach(), like(inputs, found)];
  });
}

/** Returns the vectors as a list. Throws a ShapeError unless there is one for each input, with its shape. */
export function vectorsFor(operation: string, inputs: Tensors, v: Tensors): readonly Tensor[] {
  const vectors = listOf(v);
  listOf(inputs).forEach((input, i) => {
    expectTensor(operation, input);
    const vector = vectors[i];
    if (!vector || !sameShape(vector.shape, input.shape)) {
      throw new ShapeError(
        `${operation}: input ${i} has shape ${showShape(input.shape)}, but its vector ${vector ? `has ${showShape(vector.shape)}` : "is missing"}`,
      );
    }
  });
  return vectors;
}

/**
 * Computes the Jacobian–vector product `Jv` of `fn` at `inputs`. Returns the result of `fn` and the product, which has
 * the shape of the result. The product is found by differentiating the vector–Jacobian product, which is linear in its
 * vector.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.functional.jvp.html
 *
 * @param v one vector per input, each of the shape of its input.
 * @throws ShapeError when a vector is missing or its shape is not that of its input.
 * @throws DTypeError when an input is not floating point.
 */
export function jvp(
  fn: TensorFunction<Tensor>,
  inputs: Tensors,
  v: Tensors,
  options?: DerivativeOptions,
): WithProduct<Tensor> {
  const vectors = vectorsFor("jvp", inputs, v);
  return evaluate("jvp", fn, inputs, options, (output, leaves, createGraph) => [
    createGraph ? output : output.detach(),
    directional(output, leaves, vectors, createGraph),
  ]);
}

/** Computes the derivative of a tensor in the direction of vectors, one for each leaf. */
export function directional(
  output: Tensor,
  leaves: readonly Tensor[],
  vectors: readonly Tensor[],
  createGraph: boolean,
): Tensor {
  const weight = requiresGrad(zerosLike(output));
  const products = gradOrZero([output], leaves, [weight], recorded);
  const [product] = gradOrZero(products, [weight], vectors, { createGraph, retainGraph: true }) as [Tensor]; // safe: one input
  return product;
}

/**
 * Computes the vector–Hessian product `vᵀH` of a scalar-valued `fn` at `inputs`. Returns the result of `fn` and the
 * product, which has one tensor per input.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.functional.vhp.html
 *
 * @param v one vector per input, each of the shape of its input.
 * @throws ShapeError when the result of `fn` does not have exactly one element, or a vector has the wrong shape.
 * @throws DTypeError when an input is not floating point.
 */
export function vhp(
  fn: TensorFunction<Tensor>,
  inputs: Tensor,
  v: Tensor,
  options?: DerivativeOptions,
): WithProduct<Tensor>;
export function vhp<const Inputs extends readonly Tensor[]>(
  fn: TensorFunction<Tensor>,
  inputs: Inputs,
  v: readonly Tensor[],
  options?: DerivativeOptions,
): WithProduct<TensorEach<Inputs>>;
export function vhp(
  fn: TensorFunction<Tensor>,
  inputs: Tensors,
  v: Tensors,
  options?: DerivativeOptions,
): WithProduct<Tensors> {
  const vectors = vectorsFor("vhp", inputs, v);
  return evaluate("vhp", fn, inputs, options, (output, leaves, createGraph) => {
    const gradient = gradientOf("vhp", output, leaves);
    const products = gradOrZero(gradient, leaves, vectors, { createGraph, retainGraph: true });
    return [createGraph ? output : output.detach(), like(inputs, products)];
  });
}

/**
 * Computes the Hessian–vector product `Hv` of a scalar-valued `fn` at `inputs`. The Hessian is symmetric, so this is
 * the same function as `vhp`.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.functional.hvp.html
 */
export const hvp: typeof vhp = vhp;
