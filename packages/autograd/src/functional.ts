/**
 * Gradients as values: `grad` returns them instead of adding them to `grad` fields, and the functional derivatives are
 * made of it.
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

/** One tensor or several. */
export type Tensors = Tensor | readonly Tensor[];

/** Options of `grad`. */
export interface GradOptions {
  /** The gradient of each output; null or absent means 1, for an output of one element. */
  readonly gradOutputs?: Tensor | readonly (Tensor | null)[];
  /** Keep what the forward pass saved. Default: the value of `createGraph`. */
  readonly retainGraph?: boolean;
  /** Record the computation of the gradients, so that they can be differentiated again. Default false. */
  readonly createGraph?: boolean;
  /** Give null for an input that the outputs do not depend on, instead of an error. Default false. */
  readonly allowUnused?: boolean;
}

/** A gradient for each of several inputs, or one in a list for a single one. */
export type GradientEach<Inputs extends Tensors, Gradient = Tensor> = Inputs extends readonly Tensor[]
  ? TensorEach<Inputs, Gradient>
  : [Gradient];

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T]; // safe: what is not an array is a T
}

/** Where a backward pass begins: the variables of some tensors, and their gradients. */
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
 * The gradients of the sum of `outputs` with respect to each of `inputs`, without touching any `grad` field.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.grad.html
 *
 * @throws AutogradError when an input does not require a gradient, or is not used (unless `allowUnused`).
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
  /** The gradient of each tensor; null or absent means 1, for a tensor of one element. */
  readonly gradTensors?: Tensor | readonly (Tensor | null)[];
}

/**
 * Adds the gradients of the sum of some tensors to the `grad` of all leaves they were made from: `backward` of several
 * tensors in one pass.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.backward.html
 *
 * @throws AutogradError when a tensor does not require a gradient, or there are more or fewer gradients than tensors.
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

/** A function of tensors that returns one tensor or several. */
export type TensorFunction<Outputs extends Tensors = Tensors> = (...inputs: Tensor[]) => Outputs;

/** Whether the derivatives returned can be differentiated themselves. */
export interface DerivativeOptions {
  /** Default false. */
  readonly createGraph?: boolean;
}

function recordsGraph(operation: string, options: DerivativeOptions | undefined): boolean {
  return settings(operation, options, { createGraph: false }).createGraph;
}

/** Leaves of our own for the inputs of a functional derivative; with `createGraph` they stay tied to the caller's. */
function separate(operation: string, inputs: readonly Tensor[], createGraph: boolean): Tensor[] {
  return inputs.map((input) => {
    expectFloating(operation, input.dtype);
    if (createGraph && input.requiresGrad) return input.reshape(input.shape).clone();
    return requiresGrad(input.detach());
  });
}

/** The gradients of `output` with respect to `inputs`, zeros where it does not depend on them. */
function gradOrZero(
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
 * The Jacobian of `fn` at `inputs`: for one input and one output a tensor of shape [...output, ...input]; for several
 * of either, an array over outputs of arrays over inputs, collapsed where there is only one.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.functional.jacobian.html
 *
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
    // safe: as the overloads say
    return Array.isArray(result) ? (perOutput as Tensor[] | Tensor[][]) : (perOutput[0] as Tensor | Tensor[]);
  });
}

/** The Jacobian of one output, for each input: one backward pass per element of the output. */
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
 * The Hessian of a function with one scalar result: for one input a tensor of shape [...input, ...input], for several
 * an array of arrays.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.functional.hessian.html
 *
 * @throws ShapeError when the result has more than one element.
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

function scalarOf(operation: string, output: Tensor): Tensor {
  if (output.numel() !== 1)
    throw new ShapeError(
      `${operation}: the function must return one element, it returned shape ${showShape(output.shape)}`,
    );
  return output;
}

/**
 * A function's result, and a product with its derivative: one tensor per input of the function, or a single one for a
 * single input.
 */
export type WithProduct<P extends Tensors> = readonly [outputs: Tensor, product: P];

/**
 * The vector–Jacobian product `vᵀJ` of `fn` at `inputs`, with the function's result. `v` has the shape of the result
 * and may be left out when that has one element.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.functional.vjp.html
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
 * The Jacobian–vector product `Jv` of `fn` at `inputs`, with the function's result. `v` has the shapes of the inputs.
 * It is found by differentiating the vector–Jacobian product, which is linear in its vector.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.functional.jvp.html
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
        `jvp: input ${i} has shape ${showShape(input.shape)}, its vector ${vector ? showShape(vector.shape) : "is missing"}`,
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

/** Shared by the two products with a Hessian: the gradient of the function, recorded, at leaves of our own. */
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
 * The vector–Hessian product `vᵀH` of a function with one scalar result. `v` has the shapes of the inputs.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.functional.vhp.html
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
 * The Hessian–vector product `Hv` of a function with one scalar result; the Hessian being symmetric, it is `vhp`.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.functional.hvp.html
 */
export const hvp: typeof vhp = vhp;
