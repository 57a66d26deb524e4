/**
 * Transformations of functions, as in PyTorch's `torch.func`: each takes a function of tensors and returns the function
 * that computes its derivative. They can be nested: `grad(grad(f))` is the second derivative. A derivative that depends
 * on tensors that require gradients can be differentiated in turn, with respect to arguments and to tensors that the
 * function uses without receiving them, such as the parameters of a model. Inside of `noGrad`, nothing is recorded.
 *
 * @packageDocumentation
 */

import {
  ArgumentError,
  checkInteger,
  describeValue,
  expected,
  expectFunction,
  expectTensor,
  eye,
  itemsOf,
  settings,
  Tensor,
  zerosLike,
} from "@akari/tensor";
import { vmap } from "@akari/tensor/vmap";
import { directional, gradientOf, gradOrZero, separate, vectorsFor } from "./functional.ts";
import { enableGrad, isGradEnabled } from "./mode.ts";
import { leavesOf, requiresGrad, Variable } from "./variable.ts";

/** A tensor, or tensors in nested arrays and objects, such as a model's parameters by name. */
export type Tree = Tensor | readonly Tree[] | { readonly [name: string]: Tree };

/** The arguments that a transformation differentiates with respect to: one of them, or an array of several. */
export type Chosen<Args extends readonly unknown[], N> = N extends readonly number[]
  ? { -readonly [K in keyof N]: Args[N[K] & keyof Args] }
  : Args[N & keyof Args];

/** Options of the transformations. */
export interface ArgumentOptions<N extends number | readonly number[], Aux extends boolean = false> {
  /** Position of the argument to differentiate with respect to, or an array of positions. Default 0. */
  readonly argnums?: N;
  /**
   * Whether `fn` returns an array of what is differentiated and something else, such as a model's predictions, which is
   * returned as well. Default false.
   */
  readonly hasAux?: Aux;
}

/** The result of a function at new leaves, to be differentiated. */
interface Evaluated {
  readonly output: Tensor;
  readonly leaves: readonly Tensor[];
  /** Whether to record the derivative. */
  readonly createGraph: boolean;
  /** What else the function returned. */
  readonly aux: unknown;
}

/**
 * Calls `fn` at new leaves and passes on what is known then. The derivative is recorded if it depends on other tensors
 * that require gradients: on the inputs, or on what `fn` uses without receiving it.
 */
function differentiate<R>(
  operation: string,
  fn: (...leaves: Tensor[]) => unknown,
  inputs: readonly Tensor[],
  hasAux: boolean,
  derive: (evaluated: Evaluated) => R,
): R {
  const enabled = isGradEnabled();
  return enableGrad(() => {
    const leaves = separate(operation, inputs, enabled);
    const result = fn(...leaves);
    if (hasAux && !(Array.isArray(result) && result.length === 2))
      throw new ArgumentError(
        `${operation}: with hasAux, the function must return an array of a tensor and something else, got ${describeValue(result)}`,
      );
    const [output, aux] = hasAux ? (result as readonly [Tensor, unknown]) : [result as Tensor, undefined];
    expectTensor(operation, output, "a function that returns a tensor");
    const connected = (x: Tensor) => enabled && dependsOnOthers(x, leaves);
    const own = (x: Tensor) => (connected(x) ? x : x.detach());
    return derive({ output, leaves, createGraph: connected(output), aux: mapTree(aux, own, (value) => value) });
  });
}

/** Returns whether a tensor was computed from leaves other than these. */
function dependsOnOthers({ trace }: Tensor, leaves: readonly Tensor[]): boolean {
  const all = trace instanceof Variable ? [...leavesOf([trace])] : [];
  return all.some((variable) => !leaves.some((leaf) => leaf.trace === variable));
}

/** Replaces each tensor in nested arrays and objects, and everything else by what `other` returns for it. */
function mapTree(tree: unknown, map: (x: Tensor) => unknown, other: (value: unknown) => unknown): unknown {
  if (tree instanceof Tensor) return map(tree);
  if (Array.isArray(tree)) return tree.map((item) => mapTree(item, map, other));
  if (describeValue(tree) !== "an object") return other(tree);
  return Object.fromEntries(Object.entries(tree as object).map(([key, item]) => [key, mapTree(item, map, other)]));
}

/** The tensors of trees in one list, and a function that puts others in their places. */
interface Flattened {
  readonly tensors: readonly Tensor[];
  /** Returns trees of the same form that contain `values`, in the same order. */
  readonly rebuilt: (values: readonly unknown[]) => unknown[];
}

/** Lists the tensors of trees. Throws an ArgumentError for anything else in them. */
function flattened(operation: string, trees: readonly unknown[]): Flattened {
  const rejected = (value: unknown): never => {
    expected(operation, "tensors, alone, in arrays or in objects", value);
  };
  const tensors: Tensor[] = [];
  for (const tree of trees) mapTree(tree, (x) => tensors.push(x), rejected);
  const rebuilt = (values: readonly unknown[]): unknown[] => {
    let next = 0;
    return trees.map((tree) => mapTree(tree, () => values[next++], rejected));
  };
  return { tensors, rebuilt };
}

/** Returns the positions of the arguments to differentiate with respect to. Throws an ArgumentError for others. */
function positionsOf(
  operation: string,
  argnums: number | readonly number[],
  args: readonly unknown[],
): readonly number[] {
  const positions = Array.isArray(argnums) ? argnums : [argnums];
  for (const position of positions)
    if (!Number.isInteger(position) || !(position in args))
      throw new ArgumentError(`${operation}: there is no argument ${position} among ${args.length}`);
  return positions;
}

/** Returns the only element of an array unless several arguments were asked for. */
function oneOrAll<T>(argnums: number | readonly number[], all: readonly T[]): T | T[] {
  return Array.isArray(argnums) ? [...all] : (all[0] as T); // safe: one position, one result
}

/** Calls a function with some of its arguments replaced. */
function replaced(args: readonly unknown[], positions: readonly number[], by: readonly unknown[]): unknown[] {
  const all = [...args];
  positions.forEach((position, i) => {
    all[position] = by[i];
  });
  return all;
}

/**
 * Returns a function that computes the gradient of `fn` and its value. `fn` returns a tensor of one element. The
 * gradient has the form of the argument: a tensor, or tensors in arrays and objects. With `hasAux`, `fn` returns an
 * array of that tensor and anything else, and so does the new function in place of the value.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.grad_and_value.html
 *
 * @throws ArgumentError, when the new function is called, unless there is an argument of tensors at `argnums`.
 * @throws ShapeError when `fn` returns more than one element.
 * @throws DTypeError when the argument is not floating point.
 */
export function gradAndValue<Args extends readonly unknown[], Aux, const N extends number | readonly number[] = 0>(
  fn: (...args: Args) => readonly [Tensor, Aux],
  options: ArgumentOptions<N, true>,
): (...args: Args) => [gradient: Chosen<Args, N>, results: [value: Tensor, aux: Aux]];
export function gradAndValue<Args extends readonly unknown[], const N extends number | readonly number[] = 0>(
  fn: (...args: Args) => Tensor,
  options?: ArgumentOptions<N>,
): (...args: Args) => [gradient: Chosen<Args, N>, value: Tensor];
export function gradAndValue(
  fn: (...args: unknown[]) => unknown,
  options?: ArgumentOptions<number | readonly number[], boolean>,
): (...args: unknown[]) => unknown {
  return gradient(fn, options, (found, value, aux, hasAux) => [found, hasAux ? [value, aux] : value]);
}

/**
 * Returns a function that computes the gradient of `fn`, which returns a tensor of one element. The gradient has the
 * form of the argument: a tensor, or tensors in arrays and objects. With `hasAux`, `fn` returns an array of that tensor
 * and anything else, and the new function one of the gradient and that.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.grad.html
 *
 * @throws ArgumentError, when the new function is called, unless there is an argument of tensors at `argnums`.
 * @throws ShapeError when `fn` returns more than one element.
 * @throws DTypeError when the argument is not floating point.
 * @example
 * import { grad } from "@akari/autograd/func";
 * const cosine = grad((x: Tensor) => x.sin());
 * const sine = grad((x: Tensor) => cosine(x).neg());
 */
export function grad<Args extends readonly unknown[], Aux, const N extends number | readonly number[] = 0>(
  fn: (...args: Args) => readonly [Tensor, Aux],
  options: ArgumentOptions<N, true>,
): (...args: Args) => [gradient: Chosen<Args, N>, aux: Aux];
export function grad<Args extends readonly unknown[], const N extends number | readonly number[] = 0>(
  fn: (...args: Args) => Tensor,
  options?: ArgumentOptions<N>,
): (...args: Args) => Chosen<Args, N>;
export function grad(
  fn: (...args: unknown[]) => unknown,
  options?: ArgumentOptions<number | readonly number[], boolean>,
): (...args: unknown[]) => unknown {
  return gradient(fn, options, (found, _, aux, hasAux) => (hasAux ? [found, aux] : found));
}

/** Returns a function that computes a gradient, and returns what `arrange` makes of it. */
function gradient(
  fn: (...args: unknown[]) => unknown,
  options: ArgumentOptions<number | readonly number[], boolean> | undefined,
  arrange: (found: unknown, value: Tensor, aux: unknown, hasAux: boolean) => unknown,
): (...args: unknown[]) => unknown {
  expectFunction("grad", fn);
  const { argnums, hasAux } = settings("grad", options, { argnums: 0, hasAux: false });
  return (...args) => {
    const positions = positionsOf("grad", argnums, args);
    const { tensors, rebuilt } = flattened(
      "grad",
      positions.map((position) => args[position]),
    );
    const at = (...leaves: Tensor[]) => fn(...replaced(args, positions, rebuilt(leaves)));
    return differentiate("grad", at, tensors, hasAux, ({ output, leaves, createGraph, aux }) => {
      const found = gradientOf("grad", output, leaves, { createGraph, retainGraph: createGraph });
      return arrange(oneOrAll(argnums, rebuilt(found)), createGraph ? output : output.detach(), aux, hasAux);
    });
  };
}

/**
 * Computes the result of `fn` and returns it with a function that computes vector–Jacobian products: from a vector of
 * the shape of the result, an array with one for each argument, in its form: a tensor, or tensors in arrays and objects.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.vjp.html
 *
 * @throws DTypeError when an argument is not floating point.
 * @throws ShapeError, from the function that is returned, when the shape of the vector is not that of the result.
 */
export function vjp<const Inputs extends readonly Tree[]>(
  fn: (...inputs: Inputs) => Tensor,
  ...inputs: Inputs
): [output: Tensor, product: (vector: Tensor) => { -readonly [K in keyof Inputs]: Inputs[K] }] {
  expectFunction("vjp", fn);
  const { tensors, rebuilt } = flattened("vjp", inputs);
  const at = (...leaves: Tensor[]) => fn(...(rebuilt(leaves) as unknown as Inputs)); // safe: trees of the same form
  return differentiate("vjp", at, tensors, false, ({ output, leaves, createGraph }) => {
    const product = (vector: Tensor) => {
      const recorded = createGraph || (isGradEnabled() && vector.requiresGrad);
      const found = gradOrZero([output], leaves, [vector], { createGraph: recorded, retainGraph: true });
      const products: unknown = rebuilt(found);
      return products as { -readonly [K in keyof Inputs]: Inputs[K] }; // safe: one for each input
    };
    return [createGraph ? output : output.detach(), product];
  });
}

/**
 * Computes the result of `fn` and the Jacobian–vector product: the derivative of the result in the direction of the
 * tangents, of which there is one for each argument, with its form and shapes.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.jvp.html
 *
 * @throws ShapeError when a tangent is missing or has another shape than its argument.
 * @throws DTypeError when an argument is not floating point.
 */
export function jvp<const Inputs extends readonly Tree[]>(
  fn: (...inputs: Inputs) => Tensor,
  inputs: Inputs,
  tangents: NoInfer<Inputs>,
): [output: Tensor, product: Tensor] {
  itemsOf("jvp", inputs, "an array of arguments");
  const vectors = tangentsOf("jvp", inputs, tangents); // before `fn` runs
  const [output, along] = linearized("jvp", fn, inputs);
  return [output, along(vectors)];
}

/**
 * Computes the result of `fn` and returns it with a function that computes Jacobian–vector products at these inputs:
 * from tangents, one for each argument, the derivative of the result in their direction. It calls `fn` once, however many
 * products are computed.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.linearize.html
 *
 * @throws DTypeError when an argument is not floating point.
 * @throws ShapeError, from the function that is returned, when a tangent is missing or has another shape than its argument.
 */
export function linearize<const Inputs extends readonly Tree[]>(
  fn: (...inputs: Inputs) => Tensor,
  ...inputs: Inputs
): [output: Tensor, product: (...tangents: NoInfer<Inputs>) => Tensor] {
  const [output, along] = linearized("linearize", fn, inputs);
  return [output, (...tangents) => along(tangentsOf("linearize", inputs, tangents))];
}

/** Returns the tangent of each tensor. Throws a ShapeError unless there is one of its shape at its place. */
function tangentsOf(operation: string, inputs: readonly Tree[], tangents: readonly Tree[]): readonly Tensor[] {
  const beside = (tree: unknown, other: unknown): unknown[] =>
    tree instanceof Tensor
      ? [other instanceof Tensor ? other : undefined]
      : Object.entries(tree as object).flatMap(([key, item]) => beside(item, Object(other)[key])); // safe: not a tensor
  // Safe: `vectorsFor` rejects what is missing.
  return vectorsFor(operation, flattened(operation, inputs).tensors, beside(inputs, tangents) as Tensor[]);
}

/** Computes the result of `fn`, and returns it with its derivative in the direction of vectors, one for each tensor. */
function linearized<Inputs extends readonly Tree[]>(
  operation: string,
  fn: (...inputs: Inputs) => Tensor,
  inputs: Inputs,
): [output: Tensor, along: (vectors: readonly Tensor[]) => Tensor] {
  expectFunction(operation, fn);
  const { tensors, rebuilt } = flattened(operation, inputs);
  const at = (...leaves: Tensor[]) => fn(...(rebuilt(leaves) as unknown as Inputs)); // safe: trees of the same form
  return differentiate(operation, at, tensors, false, ({ output, leaves, createGraph }) => {
    const along = (vectors: readonly Tensor[]) => {
      const recorded = createGraph || (isGradEnabled() && vectors.some((vector) => vector.requiresGrad));
      return directional(output, leaves, vectors, recorded);
    };
    return [createGraph ? output : output.detach(), along];
  });
}

/** Options of `jacrev`, `jacfwd` and `hessian`. */
export interface JacobianOptions<N extends number | readonly number[], Aux extends boolean = false>
  extends ArgumentOptions<N, Aux> {
  /**
   * The number of rows, or of columns for `jacfwd`, that are computed at once, which limits the memory. Default null,
   * for all.
   */
  readonly chunkSize?: number | null;
}

/**
 * Returns a function that computes a derivative with respect to some of its arguments. `compute` receives the result of
 * `fn` at new leaves, a function that returns the Jacobians of a tensor, and one that arranges values, one for each leaf,
 * like the arguments.
 */
function derivative(
  operation: string,
  fn: (...args: never[]) => unknown,
  options: JacobianOptions<number | readonly number[], boolean> | undefined,
  compute: (output: Tensor, leaves: readonly Tensor[], jacobians: Jacobians, arranged: Arranged) => unknown[],
): (...args: unknown[]) => unknown {
  expectFunction(operation, fn);
  const { argnums, chunkSize, hasAux } = settings(operation, options, { argnums: 0, chunkSize: null, hasAux: false });
  if (chunkSize !== null) checkInteger(operation, "chunkSize", chunkSize, 1);
  return (...args) => {
    const positions = positionsOf(operation, argnums, args);
    const { tensors, rebuilt } = flattened(
      operation,
      positions.map((position) => args[position]),
    );
    const arranged: Arranged = (values) => oneOrAll(argnums, rebuilt(values));
    // Safe: the arguments have the same types as before.
    const at = (...leaves: Tensor[]) => fn(...(replaced(args, positions, rebuilt(leaves)) as never[]));
    return differentiate(operation, at, tensors, hasAux, ({ output, leaves, createGraph, aux }) => {
      const jacobians: Jacobians = (of, by, record = createGraph) => jacobiansOf(of, by, record, chunkSize);
      const found = arranged(compute(output, leaves, jacobians, arranged));
      return hasAux ? [found, aux] : found;
    });
  };
}

/** Returns the Jacobian of one tensor with respect to each of others, recorded or not. */
type Jacobians = (output: Tensor, inputs: readonly Tensor[], record?: boolean) => Tensor[];

/** Arranges values, one for each leaf, like the arguments to differentiate with respect to. */
type Arranged = (values: readonly unknown[]) => unknown;

/** Computes Jacobians: the products of all unit vectors with each, in one backward pass. */
function jacobiansOf(
  output: Tensor,
  inputs: readonly Tensor[],
  createGraph: boolean,
  chunkSize: number | null,
): Tensor[] {
  const { dtype, device, shape } = output;
  const size = output.numel();
  const rows = vmap((unit: Tensor) => gradOrZero([output], inputs, [unit], { createGraph, retainGraph: true }), {
    chunkSize,
  })(eye(size, { dtype, device }).reshape([size, ...shape]));
  return rows.map((all, k) => all.reshape([...shape, ...(inputs[k] as Tensor).shape])); // safe: one for each input
}

/**
 * Returns a function that computes the Jacobian of `fn`, [...output, ...argument], by rows: with a backward pass for all
 * elements of the result at once, through `vmap`. For tensors in arrays and objects, such as a model's parameters, the
 * result has their form. With `hasAux`, `fn` returns an array of the tensor to differentiate and anything else, and the
 * new function one of the Jacobian and that.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.jacrev.html
 *
 * @throws ArgumentError, when the new function is called, unless there is an argument at `argnums`.
 * @throws DTypeError when the argument is not floating point.
 */
export function jacrev<Args extends readonly unknown[], Aux, const N extends number | readonly number[] = 0>(
  fn: (...args: Args) => readonly [Tensor, Aux],
  options: JacobianOptions<N, true>,
): (...args: Args) => [jacobian: Chosen<Args, N>, aux: Aux];
export function jacrev<Args extends readonly unknown[], const N extends number | readonly number[] = 0>(
  fn: (...args: Args) => Tensor,
  options?: JacobianOptions<N>,
): (...args: Args) => Chosen<Args, N>;
export function jacrev(
  fn: (...args: unknown[]) => unknown,
  options?: JacobianOptions<number | readonly number[], boolean>,
): (...args: unknown[]) => unknown {
  return derivative("jacrev", fn, options, (output, leaves, jacobians) => jacobians(output, leaves));
}

/**
 * Returns a function that computes the Jacobian of `fn`, [...output, ...argument], by columns: with a backward pass for
 * all elements of the argument at once. It is faster than `jacrev` if the result has more elements than the argument.
 * For tensors in arrays and objects, the result has their form. With `hasAux`, `fn` returns an array of the tensor to
 * differentiate and anything else, and the new function one of the Jacobian and that.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.jacfwd.html
 *
 * @throws ArgumentError, when the new function is called, unless there is an argument at `argnums`.
 * @throws DTypeError when the argument is not floating point.
 */
export function jacfwd<Args extends readonly unknown[], Aux, const N extends number | readonly number[] = 0>(
  fn: (...args: Args) => readonly [Tensor, Aux],
  options: JacobianOptions<N, true>,
): (...args: Args) => [jacobian: Chosen<Args, N>, aux: Aux];
export function jacfwd<Args extends readonly unknown[], const N extends number | readonly number[] = 0>(
  fn: (...args: Args) => Tensor,
  options?: JacobianOptions<N>,
): (...args: Args) => Chosen<Args, N>;
export function jacfwd(
  fn: (...args: unknown[]) => unknown,
  options?: JacobianOptions<number | readonly number[], boolean>,
): (...args: unknown[]) => unknown {
  return derivative("jacfwd", fn, options, (output, leaves, jacobians) => {
    // The vector–Jacobian product is linear in its vector, so its derivatives with respect to that are the columns.
    const vector = requiresGrad(zerosLike(output));
    const products = gradOrZero([output], leaves, [vector], { createGraph: true, retainGraph: true });
    return products.map((product) => {
      const [columns] = jacobians(product, [vector]) as [Tensor]; // safe: one input
      const rows = columns.reshape([product.numel(), output.numel()]).t();
      return rows.reshape([...output.shape, ...product.shape]);
    });
  });
}

/** The form of an argument, with blocks of the Hessian in place of its tensors. */
export type Blocks<Form, Block> = Form extends Tensor ? Block : { -readonly [K in keyof Form]: Blocks<Form[K], Block> };

/** The Hessian with respect to one argument, or the blocks of that with respect to several. */
export type Hessian<Args extends readonly unknown[], N> = Blocks<Chosen<Args, N>, Chosen<Args, N>>;

/**
 * Returns a function that computes the Hessian of `fn`, [...output, ...argument, ...argument]; for several arguments an
 * array of arrays with the block of arguments i and j at [i][j], and for tensors in arrays and objects such blocks in
 * their form. With `hasAux`, `fn` returns an array of the tensor to differentiate and anything else, and the new function
 * one of the Hessian and that.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.hessian.html
 *
 * @throws ArgumentError, when the new function is called, unless there is an argument at `argnums`.
 * @throws DTypeError when the argument is not floating point.
 */
export function hessian<Args extends readonly unknown[], Aux, const N extends number | readonly number[] = 0>(
  fn: (...args: Args) => readonly [Tensor, Aux],
  options: JacobianOptions<N, true>,
): (...args: Args) => [hessian: Hessian<Args, N>, aux: Aux];
export function hessian<Args extends readonly unknown[], const N extends number | readonly number[] = 0>(
  fn: (...args: Args) => Tensor,
  options?: JacobianOptions<N>,
): (...args: Args) => Hessian<Args, N>;
export function hessian(
  fn: (...args: unknown[]) => unknown,
  options?: JacobianOptions<number | readonly number[], boolean>,
): (...args: unknown[]) => unknown {
  return derivative("hessian", fn, options, (output, leaves, jacobians, arranged) => {
    const first = output.ndim === 0 ? gradientOf("hessian", output, leaves) : jacobians(output, leaves, true);
    return first.map((jacobian) => arranged(jacobians(jacobian, leaves)));
  });
}
