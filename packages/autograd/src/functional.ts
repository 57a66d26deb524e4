/**
 * Functional derivatives, which return gradients instead of adding them to `grad`. `jacobian`, `hessian` and the
 * products with them are built on `grad`.
 */

import {
  AutogradError,
  type BackwardOptions,
  expectFloating,
  ShapeError,
  sameShape,
  settings,
  showShape,
  stack,
  type Tensor,
  type TensorEach,
  zerosLike,
} from "@akari/tensor";
import { runBackward } from "./engine.ts";
import { enableGrad } from "./mode.ts";
import { backwardDefaults, requiresGrad, startingGradient, type Variable, variableOf } from "./variable.ts";

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
  gradients: Tensor | readonly (Tensor | null)[] | undefined,
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
  options?: GradOptions & { readonly allowUnused?: false },
): GradientEach<Inputs>;
export function grad<const Inputs extends Tensors>(
  outputs: Tensors,
  inputs: Inputs,
  options: GradOptions,
): GradientEach<Inputs, Tensor | null>;
export function grad(outputs: Tensors, inputs: Tensors, options?: GradOptions): (Tensor | null)[] {
  const {
    createGraph,
    retainGraph = createGraph,
    allowUnused,
    gradOutputs,
  } = settings("grad", options, {
    createGraph: false,
    retainGraph: undefined,
    allowUnused: false,
    gradOutputs: undefined,
  });
  const only = listOf(inputs).map((input) => variableOf("grad", input));
  const { roots, starts } = rootsOf("grad", outputs, gradOutputs, "gradOutputs");
  const found = runBackward(roots, starts, { createGraph, retainGraph, only, capture: true });
  const unused = found.indexOf(null);
  if (unused >= 0 && !allowUnused) {
    throw new AutogradError(
      `grad: the outputs do not depend on input ${unused}; pass { allowUnused: true } to get null for it`,
    );
  }
  return found;
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
 * @throws AutogradError when a tensor does not require a gradient.
 * @throws AutogradError when `gradTensors` has the wrong length, or lacks the gradient of a tensor that does not have
 * exactly one element.
 * @throws ShapeError when the shape of a gradient in `gradTensors` is not that of its tensor.
 */
export function backward(tensors: Tensors, options?: BackwardManyOptions): void {
  const {
    createGraph,
    retainGraph = createGraph,
    inputs,
    gradTensors,
  } = settings("backward", options, {
    ...backwardDefaults,
    gradTensors: undefined,
  });
  const { roots, starts } = rootsOf("backward", tensors, gradTensors, "gradTensors");
  const only = inputs?.map((input) => variableOf("backward", input)) ?? null;
  runBackward(roots, starts, { createGraph, retainGraph, only, capture: false });
}

/** A function of tensors that returns one or more tensors. */
export type TensorFunction<Outputs extends Tensors = Tensors> = (...inputs: Tensor[]) => Outputs;

/** Options of `jacobian`, `hessian`, `vjp`, `jvp`, `vhp` and `hvp`. */
export interface DerivativeOptions {
  /** Whether the results can be differentiated in turn. Default false. */
  readonly createGraph?: boolean;
}

function recordsGraph(operation: string, options: DerivativeOptions | undefined): boolean {
  return settings(operation, options, { createGraph: false }).createGraph;
}

/**
 * Returns new tensors to differentiate with respect to: detached leaves or, with `createGraph`, copies connected to the
 * graph of the inputs.
 */
export function separate(operation: string, inputs: readonly Tensor[], createGraph: boolean): Tensor[] {
  return inputs.map((input) => {
    expectFloating(operation, input.dtype);
    if (createGraph && input.requiresGrad) return input.reshape(input.shape).clone();
    return requiresGrad(input.detach());
  });
}

/** Computes the gradients of `output` with respect to `inputs`, zeros for those that it does not depend on. */
export function gradOrZero(
  output: Tensor,
  inputs: readonly Tensor[],
  gradient: Tensor | null,
  options: { createGraph: boolean; retainGraph: boolean },
): Tensor[] {
  if (!output.requiresGrad) return inputs.map((input) => zerosLike(input));
  const found = grad(output, inputs, { ...options, gradOutputs: [gradient], allowUnused: true });
  return found.map((g, i) => g ?? zerosLike(inputs[i] as Tensor)); // safe: one gradient per input
}

/**
 * Computes the Jacobian of `fn` at `inputs`. With one input and one output, returns a tensor of shape [...output,
 * ...input]. With several inputs, returns an array over the inputs; with several outputs, an array over the outputs;
 * with several of both, an array over the outputs of arrays over the inputs.
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
  const createGraph = recordsGraph("jacobian", options);
  return enableGrad(() => {
    const leaves = separate("jacobian", listOf(inputs), createGraph);
    const result = fn(...leaves);
    const blocks = listOf<Tensor>(result).map((output) => rowsOf(output, leaves, createGraph));
    const perOutput = Array.isArray(inputs) ? blocks : blocks.map((block) => block[0] as Tensor); // safe: one input
    // safe: the overloads declare these shapes
    return Array.isArray(result) ? (perOutput as Tensor[] | Tensor[][]) : (perOutput[0] as Tensor | Tensor[]);
  });
}

/** Computes the Jacobian of one output for each input, with one backward pass per element of the output. */
function rowsOf(output: Tensor, inputs: readonly Tensor[], createGraph: boolean): Tensor[] {
  const flat = output.reshape([-1]);
  const rows: Tensor[][] = inputs.map(() => []);
  for (let i = 0; i < flat.numel(); i++) {
    const found = gradOrZero(flat.select(0, i), inputs, null, { createGraph, retainGraph: true });
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
 * ...input]; with several, an array of arrays with the block [...inputs[i], ...inputs[j]] at [i][j].
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
  const gradient = (...leaves: Tensor[]): Tensor[] => {
    const output = scalarOf("hessian", fn(...leaves));
    return gradOrZero(output, leaves, null, { createGraph: true, retainGraph: true });
  };
  const blocks = jacobian(gradient, listOf(inputs), options);
  return Array.isArray(inputs) ? blocks : ((blocks[0] as Tensor[])[0] as Tensor); // safe: one input, one block
}

export function scalarOf(operation: string, output: Tensor): Tensor {
  if (output.numel() !== 1)
    throw new ShapeError(
      `${operation}: the function must return one element, it returned shape ${showShape(output.shape)}`,
    );
  return output;
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
  const createGraph = recordsGraph("vjp", options);
  return enableGrad(() => {
    const leaves = separate("vjp", listOf(inputs), createGraph);
    const output = fn(...leaves);
    const found = gradOrZero(output, leaves, v, { createGraph, retainGraph: createGraph });
    // safe: one input
    return [createGraph ? output : output.detach(), Array.isArray(inputs) ? found : (found[0] as Tensor)] as const;
  });
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
  const createGraph = recordsGraph("jvp", options);
  const vectors = listOf(v);
  const list = listOf(inputs);
  list.forEach((input, i) => {
    const vector = vectors[i];
    if (vector === undefined || !sameShape(vector.shape, input.shape)) {
      throw new ShapeError(
        `jvp: input ${i} has shape ${showShape(input.shape)}, but its vector ${vector ? `has ${showShape(vector.shape)}` : "is missing"}`,
      );
    }
  });
  return enableGrad(() => {
    const leaves = separate("jvp", list, createGraph);
    const output = fn(...leaves);
    const weight = requiresGrad(zerosLike(output));
    const products = gradOrZero(output, leaves, weight, { createGraph: true, retainGraph: true });
    let product: Tensor | null = null;
    products.forEach((p, i) => {
      if (!p.requiresGrad) return;
      // safe: checked above
      const [part] = gradOrZero(p, [weight], vectors[i] as Tensor, { createGraph, retainGraph: true }) as [Tensor];
      product = product === null ? part : product.add(part);
    });
    return [createGraph ? output : output.detach(), product ?? zerosLike(output)] as const;
  });
}

/** Computes the gradient of the function at new leaves, recorded so that it can be differentiated again. */
function recordedGradient(
  operation: string,
  fn: TensorFunction<Tensor>,
  inputs: Tensors,
  createGraph: boolean,
): { leaves: Tensor[]; output: Tensor; gradient: Tensor[] } {
  const leaves = separate(operation, listOf(inputs), createGraph);
  const output = scalarOf(operation, fn(...leaves));
  return { leaves, output, gradient: gradOrZero(output, leaves, null, { createGraph: true, retainGraph: true }) };
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
  const createGraph = recordsGraph("vhp", options);
  return enableGrad(() => {
    const { leaves, output, gradient } = recordedGradient("vhp", fn, inputs, createGraph);
    const vectors = listOf(v);
    const products = leaves.map((leaf) => zerosLike(leaf));
    gradient.forEach((g, i) => {
      if (!g.requiresGrad) return;
      gradOrZero(g, leaves, vectors[i] as Tensor, { createGraph, retainGraph: true }).forEach((part, k) => {
        products[k] = (products[k] as Tensor).add(part); // safe: one product per leaf
      });
    });
    return [
      createGraph ? output : output.detach(),
      Array.isArray(inputs) ? products : (products[0] as Tensor),
    ] as const; // safe: one input
  });
}

/**
 * Computes the Hessian–vector product `Hv` of a scalar-valued `fn` at `inputs`. The Hessian is symmetric, so this is
 * the same function as `vhp`.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.functional.hvp.html
 */
export const hvp: typeof vhp = vhp;
