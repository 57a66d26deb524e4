/**
 * Transformations of functions, as in PyTorch's `torch.func`: each takes a function of tensors and returns the function
 * that computes its derivative. They can be nested: `grad(grad(f))` is the second derivative. Tensors that a function
 * uses without receiving them as arguments are constants, unless it runs inside another transformation.
 *
 * @packageDocumentation
 */

import { ArgumentError, describeValue, expectTensor, settings, stack, Tensor, zerosLike } from "@akari/tensor";
import { expectFunction } from "./argument.ts";
import { gradientOf, gradOrZero, hessian as hessianAt, jacobian, jvp as jvpAt, separate } from "./functional.ts";
import { enableGrad, isGradEnabled } from "./mode.ts";
import { requiresGrad } from "./variable.ts";

/** A tensor, or tensors in nested arrays and objects, such as a model's parameters by name. */
export type Tree = Tensor | readonly Tree[] | { readonly [name: string]: Tree };

/** The arguments that a transformation differentiates with respect to: one of them, or an array of several. */
export type Chosen<Args extends readonly unknown[], N> = N extends readonly number[]
  ? { -readonly [K in keyof N]: Args[N[K] & keyof Args] }
  : Args[N & keyof Args];

/** Options of the transformations. */
export interface ArgumentOptions<N extends number | readonly number[]> {
  /** Position of the argument to differentiate with respect to, or an array of positions. Default 0. */
  readonly argnums?: N;
}

/** The number of transformations that are being computed. */
let depth = 0;

/** Computes a derivative with gradients enabled. Inside another transformation, it can be differentiated in turn. */
function nested<R>(args: readonly unknown[], compute: (createGraph: boolean) => R): R {
  const createGraph = isGradEnabled() && (depth > 0 || tensorsIn(args).some((x) => x.requiresGrad));
  depth++;
  try {
    return enableGrad(() => compute(createGraph));
  } finally {
    depth--;
  }
}

function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(tensorsIn) : [];
}

/** Replaces each tensor in a tree. */
function mapTree(operation: string, tree: unknown, map: (x: Tensor) => Tensor): Tree {
  if (tree instanceof Tensor) return map(tree);
  if (Array.isArray(tree)) return tree.map((item) => mapTree(operation, item, map));
  const kind = describeValue(tree);
  if (kind !== "an object")
    throw new ArgumentError(`${operation}: expected tensors, alone, in arrays or in objects, got ${kind}`);
  return Object.fromEntries(Object.entries(tree as object).map(([key, item]) => [key, mapTree(operation, item, map)]));
}

/** Returns the positions of the arguments to differentiate with respect to. Throws an ArgumentError for others. */
function positionsOf(
  operation: string,
  options: ArgumentOptions<number | readonly number[]> | undefined,
  args: readonly unknown[],
): readonly number[] {
  const { argnums } = settings(operation, options, { argnums: 0 });
  const positions = Array.isArray(argnums) ? argnums : [argnums];
  for (const position of positions)
    if (!Number.isInteger(position) || !(position in args))
      throw new ArgumentError(`${operation}: there is no argument ${position} among ${args.length}`);
  return positions;
}

/** Returns the only element of an array unless several arguments were asked for. */
function oneOrAll<T>(options: ArgumentOptions<number | readonly number[]> | undefined, all: readonly T[]): T | T[] {
  return Array.isArray(options?.argnums) ? [...all] : (all[0] as T); // safe: one position, one result
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
 * gradient has the form of the argument: a tensor, or tensors in arrays and objects.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.grad_and_value.html
 *
 * @throws ArgumentError, when the new function is called, unless there is an argument of tensors at `argnums`.
 * @throws ShapeError when `fn` returns more than one element.
 * @throws DTypeError when the argument is not floating point.
 */
export function gradAndValue<Args extends readonly unknown[], const N extends number | readonly number[] = 0>(
  fn: (...args: Args) => Tensor,
  options?: ArgumentOptions<N>,
): (...args: Args) => [gradient: Chosen<Args, N>, value: Tensor] {
  expectFunction("grad", fn);
  return (...args) =>
    nested(args, (createGraph) => {
      const positions = positionsOf("grad", options, args);
      const leaves: Tensor[] = [];
      const trees = positions.map((position) =>
        mapTree("grad", args[position], (x) => {
          const [leaf] = separate("grad", [x], createGraph) as [Tensor]; // safe: one for each input
          leaves.push(leaf);
          return leaf;
        }),
      );
      // Safe: the arguments have the same types as before.
      const value = fn(...(replaced(args, positions, trees) as unknown as Args));
      const found = gradientOf("grad", value, leaves, { createGraph, retainGraph: createGraph });
      // The same tensors in the same order.
      let next = 0;
      const gradients = trees.map((tree) => mapTree("grad", tree, () => found[next++] as Tensor));
      // Safe: the gradients have the form of the arguments.
      return [oneOrAll(options, gradients) as Chosen<Args, N>, createGraph ? value : value.detach()];
    });
}

/**
 * Returns a function that computes the gradient of `fn`, which returns a tensor of one element. The gradient has the
 * form of the argument: a tensor, or tensors in arrays and objects.
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
export function grad<Args extends readonly unknown[], const N extends number | readonly number[] = 0>(
  fn: (...args: Args) => Tensor,
  options?: ArgumentOptions<N>,
): (...args: Args) => Chosen<Args, N> {
  const both = gradAndValue(fn, options);
  return (...args) => both(...args)[0];
}

/**
 * Computes the result of `fn` and returns it with a function that computes vector–Jacobian products: from a vector of
 * the shape of the result, one tensor for each argument.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.vjp.html
 *
 * @throws DTypeError when an argument is not floating point.
 * @throws ShapeError, from the function that is returned, when the shape of the vector is not that of the result.
 */
export function vjp<const Inputs extends readonly Tensor[]>(
  fn: (...inputs: Inputs) => Tensor,
  ...inputs: Inputs
): [output: Tensor, product: (vector: Tensor) => { -readonly [K in keyof Inputs]: Tensor }] {
  expectFunction("vjp", fn);
  return nested(inputs, (createGraph) => {
    const leaves = separate("vjp", inputs, createGraph);
    const output = fn(...(leaves as unknown as Inputs)); // safe: as many tensors
    const product = (vector: Tensor) =>
      gradOrZero([output], leaves, [vector], { createGraph, retainGraph: true }) as unknown as {
        -readonly [K in keyof Inputs]: Tensor;
      };
    return [createGraph ? output : output.detach(), product];
  });
}

/**
 * Computes the result of `fn` and the Jacobian–vector product: the derivative of the result in the direction of the
 * tangents, of which there is one for each argument, with its shape.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.jvp.html
 *
 * @throws ShapeError when a tangent is missing or has another shape than its argument.
 * @throws DTypeError when an argument is not floating point.
 */
export function jvp(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  tangents: readonly Tensor[],
): [output: Tensor, product: Tensor] {
  expectFunction("jvp", fn);
  return nested([inputs, tangents], (createGraph) => {
    const [output, product] = jvpAt(fn, inputs, tangents, { createGraph });
    return [output, product];
  });
}

/** Returns a function that computes a derivative with respect to some of its arguments, which are tensors. */
function derivative<Args extends readonly unknown[], N extends number | readonly number[]>(
  operation: string,
  fn: (...args: Args) => Tensor,
  options: ArgumentOptions<N> | undefined,
  compute: (fn: (...inputs: Tensor[]) => Tensor, inputs: Tensor[], createGraph: boolean) => readonly unknown[],
): (...args: Args) => unknown {
  expectFunction(operation, fn);
  return (...args) =>
    nested(args, (createGraph) => {
      const positions = positionsOf(operation, options, args);
      const inputs = positions.map((position) => {
        expectTensor(operation, args[position]);
        return args[position] as Tensor;
      });
      // Safe: the arguments have the same types as before.
      const within = (...by: Tensor[]) => fn(...(replaced(args, positions, by) as unknown as Args));
      return oneOrAll(options, compute(within, inputs, createGraph));
    });
}

/** The Jacobian with respect to one argument, or an array of those with respect to several. */
export type Jacobian<N> = N extends readonly number[] ? { -readonly [K in keyof N]: Tensor } : Tensor;

/**
 * Returns a function that computes the Jacobian of `fn`, [...output, ...argument], row by row: with one backward pass
 * for each element of the result.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.jacrev.html
 *
 * @throws ArgumentError, when the new function is called, unless there is an argument at `argnums`.
 * @throws DTypeError when the argument is not floating point.
 */
export function jacrev<Args extends readonly unknown[], const N extends number | readonly number[] = 0>(
  fn: (...args: Args) => Tensor,
  options?: ArgumentOptions<N>,
): (...args: Args) => Jacobian<N> {
  return derivative("jacrev", fn, options, (within, inputs, createGraph) =>
    jacobian(within, inputs, { createGraph }),
  ) as (...args: Args) => Jacobian<N>; // safe: one tensor for each position
}

/**
 * Returns a function that computes the Jacobian of `fn`, [...output, ...argument], column by column: with one backward
 * pass for each element of the argument, which is faster than `jacrev` if the result has more elements.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.jacfwd.html
 *
 * @throws ArgumentError, when the new function is called, unless there is an argument at `argnums`.
 * @throws DTypeError when the argument is not floating point.
 */
export function jacfwd<Args extends readonly unknown[], const N extends number | readonly number[] = 0>(
  fn: (...args: Args) => Tensor,
  options?: ArgumentOptions<N>,
): (...args: Args) => Jacobian<N> {
  return derivative("jacfwd", fn, options, (within, inputs, createGraph) => {
    const leaves = separate("jacfwd", inputs, createGraph);
    const output = within(...leaves);
    // The vector–Jacobian product is linear in its vector, so its derivatives with respect to that are the columns.
    const vector = requiresGrad(zerosLike(output));
    const products = gradOrZero([output], leaves, [vector], { createGraph: true, retainGraph: true });
    return products.map((product) => {
      const flat = product.reshape([-1]);
      const columns = Array.from(
        { length: flat.numel() },
        (_, i) => gradOrZero([flat.select(0, i)], [vector], [null], { createGraph, retainGraph: true })[0] as Tensor,
      );
      const shape = [...output.shape, ...product.shape];
      return columns.length === 0 ? output.newEmpty(shape) : stack(columns, -1).reshape(shape);
    });
  }) as (...args: Args) => Jacobian<N>; // safe: one tensor for each position
}

/** The Hessian with respect to one argument, or the blocks of that with respect to several. */
export type Hessian<N> = N extends readonly number[] ? { -readonly [K in keyof N]: Jacobian<N> } : Tensor;

/**
 * Returns a function that computes the Hessian of `fn`, [...argument, ...argument]; for several arguments an array of
 * arrays with the block of arguments i and j at [i][j]. `fn` returns a tensor of one element.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.hessian.html
 *
 * @throws ArgumentError, when the new function is called, unless there is an argument at `argnums`.
 * @throws ShapeError when `fn` returns more than one element.
 * @throws DTypeError when the argument is not floating point.
 */
export function hessian<Args extends readonly unknown[], const N extends number | readonly number[] = 0>(
  fn: (...args: Args) => Tensor,
  options?: ArgumentOptions<N>,
): (...args: Args) => Hessian<N> {
  return derivative("hessian", fn, options, (within, inputs, createGraph) => {
    const blocks = hessianAt(within, inputs, { createGraph });
    return inputs.length === 1 && !Array.isArray(options?.argnums) ? (blocks[0] as Tensor[]) : blocks;
  }) as (...args: Args) => Hessian<N>; // safe: one row of blocks for each position
}
