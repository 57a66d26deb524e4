/**
 * Pruning: parameters of which a mask sets elements to zero, as in PyTorch's `torch.nn.utils.prune`. The parameter is
 * learned further as `weight_orig`, and `weight` is its product with the buffer `weight_mask`, computed before each call
 * of the module. A parameter can be pruned several times; a method then sees only the elements that are left.
 *
 * @packageDocumentation
 */

import { noGrad } from "@akari/autograd";
import {
  ArgumentError,
  checkNumber,
  dimension,
  expected,
  expectShape,
  expectTensor,
  itemsOf,
  type NormOrder,
  nonzero,
  norm,
  onesLike,
  rand,
  randLike,
  ShapeError,
  settings,
  showShape,
  type Tensor,
  topk,
} from "@akari/tensor";
import { expectModule, type Module } from "./module.ts";
import type { Parameter } from "./parameter.ts";
import { parametersToVector } from "./parameter-list.ts";
import { parameterOf, reparametrize, reparametrized, restore } from "./reparametrization.ts";
import { snakeCase } from "./state-name.ts";

/** Options of the functions that score elements. */
export interface PruneOptions {
  /** Scores by which elements are kept, of the parameter's shape. Default: the parameter's values. */
  readonly importanceScores?: Tensor | null;
}

/**
 * A way of choosing the elements to prune. A method of one's own extends this class and returns a mask.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.BasePruningMethod.html
 *
 * @example
 * import { BasePruningMethod } from "@akari/nn/prune";
 * class Threshold extends BasePruningMethod {
 *   computeMask(scores: Tensor, mask: Tensor): Tensor {
 *     return mask.mul(scores.abs().gt(0.1));
 *   }
 * }
 * const layer = new Threshold().apply(new Linear(4, 3), "weight");
 */
export abstract class BasePruningMethod {
  /**
   * What the method sees of a parameter that is pruned already: the remaining elements as a vector, the channels that
   * still have elements, or everything. Default: the elements.
   */
  readonly pruningType: "unstructured" | "structured" | "global" = "unstructured";
  /** For structured methods, the dimension whose indices are the channels. Default -1. */
  readonly dim: number = -1;

  /**
   * Returns the new mask, of the shape of both arguments and the dtype of `mask`: 1 for elements to keep and 0 for others.
   *
   * @param scores Importance of the elements.
   * @param mask The present mask; not modified.
   */
  abstract computeMask(scores: Tensor, mask: Tensor): Tensor;

  /** Prunes a tensor: returns its product with the mask that this method computes, without changing anything. */
  prune(x: Tensor, options?: PruneOptions & { readonly defaultMask?: Tensor | null }): Tensor {
    const { importanceScores, defaultMask } = settings("prune", options, { importanceScores: null, defaultMask: null });
    expectTensor("prune", x);
    expectShape("prune", "tensor of scores", importanceScores, x.shape);
    expectShape("prune", "mask", defaultMask, x.shape);
    return x.mul(noGrad(() => this.computeMask((importanceScores ?? x).detach(), defaultMask ?? onesLike(x))));
  }

  /**
   * Prunes a parameter of a module: `weight` is replaced with `weight_orig` and `weight_mask` in the `stateDict`. The
   * parameter itself is kept, so that an optimizer that has it continues to update it. Returns the module.
   *
   * @throws ArgumentError, before anything is changed, when there is no such parameter.
   * @throws ShapeError when the scores or the mask have another shape than the parameter.
   */
  apply<M extends Module>(module: M, name: string, options?: PruneOptions): M {
    const { importanceScores } = settings("prune", options, { importanceScores: null });
    expectModule("prune", module);
    const [original, masked] = partsOf(name);
    const before = maskOf(module, name);
    const weight = before === undefined ? parameterOf("prune", module, name) : partOf<Parameter>(module, original);
    expectShape("prune", "tensor of scores", importanceScores, weight.shape);
    const mask = noGrad(() => {
      const scores = (importanceScores ?? (before === undefined ? weight : weight.mul(before))).detach();
      return before === undefined ? this.computeMask(scores, onesLike(scores)) : refined(this, scores, before);
    });
    expectTensor("prune: computeMask", mask);
    expectShape("prune", "mask", mask, weight.shape);
    const compute = (of: Module): Tensor => {
      const whole = partOf<Parameter>(of, original);
      return whole.mul(partOf(of, masked).to(whole.dtype));
    };
    if (before === undefined) Reflect.set(module, original, weight);
    module.registerBuffer(masked, mask.detach());
    Reflect.set(module, name, compute(module));
    if (before === undefined) reparametrize(module, name, [original, masked], compute);
    return module;
  }
}

/** Computes a mask from the elements or channels that are left, and puts it in the place of those. */
function refined(method: BasePruningMethod, scores: Tensor, mask: Tensor): Tensor {
  if (method.pruningType === "global") return method.computeMask(scores, mask);
  if (method.pruningType === "unstructured") {
    const flat = mask.flatten();
    const left = nonzero(flat).squeeze(1);
    const part = method.computeMask(scores.flatten().indexSelect(0, left), flat.indexSelect(0, left));
    return flat.indexCopy(0, left, part.to(mask.dtype)).reshape(mask.shape);
  }
  const dim = dimension("prune", method.dim, mask);
  const others = mask.shape.flatMap((_, d) => (d === dim ? [] : [d]));
  const left = nonzero(mask.sum(others)).squeeze(1);
  const part = method.computeMask(scores.indexSelect(dim, left), mask.indexSelect(dim, left));
  return mask.indexCopy(dim, left, part.to(mask.dtype));
}

const partsOf = (name: string) => [`${snakeCase(name)}_orig`, `${snakeCase(name)}_mask`] as const;

/** Returns a property that pruning has set. */
function partOf<T extends Tensor = Tensor>(module: Module, property: string): T {
  return Reflect.get(module, property) as T; // safe: set by `apply`
}

/** Returns the mask of a pruned parameter; undefined if it is not pruned. */
function maskOf(module: Module, name: string): Tensor | undefined {
  return reparametrized(module).includes(name) ? Reflect.get<object, string>(module, partsOf(name)[1]) : undefined;
}

function checkAmount(amount: number): void {
  checkNumber("prune", "amount", amount);
  if (amount > 1 && !Number.isInteger(amount))
    throw new ArgumentError(`prune: amount must be a share from 0 to 1 or a whole number of elements, got ${amount}`);
}

/** Returns the number of elements or channels to prune. Halves are rounded to even numbers, as in Python. */
function countOf(amount: number, size: number): number {
  if (Number.isInteger(amount)) {
    if (amount > size) throw new ArgumentError(`prune: cannot prune ${amount} of the ${size} that are left`);
    return amount;
  }
  const exact = amount * size;
  const low = Math.floor(exact);
  return exact - low === 0.5 ? low + (low % 2) : Math.round(exact);
}

/** Clears the mask at those elements of a vector that have the highest or the lowest scores. */
function clearedAt(scores: Tensor, mask: Tensor, count: number, largest: boolean): Tensor {
  const { indices } = topk(scores.flatten(), count, { largest });
  return mask.flatten().indexFill(0, indices, 0).reshape(mask.shape);
}

/** Clears the mask outside of some channels. */
function keptAt(mask: Tensor, dim: number, indices: Tensor): Tensor {
  const shape = mask.shape.map((size, d) => (d === dim ? size : 1));
  return mask.mul(
    mask
      .newZeros([shape[dim] as number])
      .indexFill(0, indices, 1)
      .reshape(shape),
  );
}

/**
 * A sequence of methods of which the last computes the mask, from the elements or channels that the others have left.
 * `apply` prunes a parameter that is pruned already in the same way, so a container is only needed to keep the methods
 * together.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.PruningContainer.html
 *
 * @example
 * import { L1Unstructured, PruningContainer, RandomStructured } from "@akari/nn/prune";
 * const methods = new PruningContainer(new L1Unstructured(0.3));
 * methods.addPruningMethod(new RandomStructured(1, 0));
 * const mask = methods.computeMask(rand([4, 3]), ones([4, 3]));
 */
export class PruningContainer extends BasePruningMethod implements Iterable<BasePruningMethod> {
  /** The methods decide what they see. */
  override readonly pruningType = "global";
  private readonly methods: BasePruningMethod[] = [];

  /** @throws ArgumentError for what is not a pruning method. */
  constructor(...methods: readonly BasePruningMethod[]) {
    super();
    for (const method of methods) this.addPruningMethod(method);
  }

  /**
   * Appends a method.
   *
   * @throws ArgumentError for what is not a pruning method.
   */
  addPruningMethod(method: BasePruningMethod): void {
    if (!(method instanceof BasePruningMethod)) expected("addPruningMethod", "a pruning method", method);
    this.methods.push(method);
  }

  /** Number of methods. */
  get length(): number {
    return this.methods.length;
  }

  /** Iterates over the methods in order. */
  [Symbol.iterator](): IterableIterator<BasePruningMethod> {
    return this.methods.values();
  }

  computeMask(scores: Tensor, mask: Tensor): Tensor {
    const last = this.methods.at(-1);
    return last === undefined ? mask : refined(last, scores, mask);
  }
}

/** Methods that prune a share or a number of elements or channels. */
abstract class PruningByAmount extends BasePruningMethod {
  /**
   * How much to prune of what is left: a share below 1, or a whole number of elements or channels. Unlike in Python, 1
   * is one element, since JavaScript does not tell it from 1.0.
   */
  readonly amount: number;

  /** @throws ArgumentError for a negative amount, and one above 1 that is not a whole number. */
  constructor(amount: number) {
    super();
    checkAmount(amount);
    this.amount = amount;
  }
}

/**
 * Prunes the elements of the smallest magnitude.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.L1Unstructured.html
 */
export class L1Unstructured extends PruningByAmount {
  computeMask(scores: Tensor, mask: Tensor): Tensor {
    return clearedAt(scores.abs(), mask, countOf(this.amount, scores.numel()), false);
  }
}

/**
 * Prunes elements at random.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.RandomUnstructured.html
 */
export class RandomUnstructured extends PruningByAmount {
  computeMask(scores: Tensor, mask: Tensor): Tensor {
    const count = countOf(this.amount, scores.numel());
    return count === 0 ? mask : clearedAt(randLike(scores), mask, count, true);
  }
}

/** Methods that prune whole channels: all elements with the same index along a dimension. */
abstract class StructuredPruning extends PruningByAmount {
  override readonly pruningType = "structured";
  override readonly dim: number;

  /** @param dim Dimension whose indices are the channels. Default -1. */
  constructor(amount: number, dim = -1) {
    super(amount);
    this.dim = dim;
  }

  computeMask(scores: Tensor, mask: Tensor): Tensor {
    if (scores.ndim < 2)
      throw new ShapeError(`prune: only tensors of several dimensions have channels, got ${showShape(scores.shape)}`);
    const dim = dimension("prune", this.dim, scores);
    const size = scores.shape[dim] as number;
    const count = countOf(this.amount, size);
    return count === 0 ? mask : keptAt(mask, dim, topk(this.importance(scores, dim, size), size - count).indices);
  }

  /** Returns the importance of each channel. */
  protected abstract importance(scores: Tensor, dim: number, size: number): Tensor;
}

/**
 * Prunes channels at random.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.RandomStructured.html
 */
export class RandomStructured extends StructuredPruning {
  protected importance(scores: Tensor, _: number, size: number): Tensor {
    return rand([size], { device: scores.device });
  }
}

/**
 * Prunes the channels of the smallest Ln norm.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.LnStructured.html
 */
export class LnStructured extends StructuredPruning {
  /** The order of the norm. */
  readonly n: NormOrder;

  constructor(amount: number, n: NormOrder, dim = -1) {
    super(amount, dim);
    this.n = n;
  }

  protected importance(scores: Tensor, dim: number): Tensor {
    const others = scores.shape.flatMap((_, d) => (d === dim ? [] : [d]));
    return norm(scores, this.n, others);
  }
}

/**
 * Prunes the elements at which a given mask is zero.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.CustomFromMask.html
 */
export class CustomFromMask extends BasePruningMethod {
  override readonly pruningType = "global";
  /** The mask, of the parameter's shape. */
  readonly mask: Tensor;

  constructor(mask: Tensor) {
    super();
    expectTensor("prune", mask);
    this.mask = mask;
  }

  computeMask(_: Tensor, mask: Tensor): Tensor {
    expectShape("prune", "mask", this.mask, mask.shape);
    return mask.mul(this.mask.to(mask.dtype));
  }
}

/**
 * Prunes nothing, but adds a mask.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.Identity.html
 */
export class Identity extends BasePruningMethod {
  computeMask(_: Tensor, mask: Tensor): Tensor {
    return mask;
  }
}

/**
 * Adds a mask to a parameter without pruning anything. Returns the module.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.identity.html
 *
 * @throws ArgumentError when there is no such parameter.
 */
export function identity<M extends Module>(module: M, name: string): M {
  return new Identity().apply(module, name);
}

/**
 * Prunes the elements of a parameter with the smallest magnitude. Returns the module.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.l1_unstructured.html
 *
 * @param amount Share of what is left, below 1, or number of elements.
 * @throws ArgumentError when there is no such parameter, or it has fewer elements.
 * @example
 * import { l1Unstructured } from "@akari/nn/prune";
 * const layer = l1Unstructured(new Linear(20, 40), "weight", 0.3);
 * // stateDict: bias, weight_orig [40, 20], weight_mask [40, 20]
 */
export function l1Unstructured<M extends Module>(module: M, name: string, amount: number, options?: PruneOptions): M {
  return new L1Unstructured(amount).apply(module, name, options);
}

/**
 * Prunes elements of a parameter at random. Returns the module.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.random_unstructured.html
 *
 * @param amount Share of what is left, below 1, or number of elements.
 * @throws ArgumentError when there is no such parameter, or it has fewer elements.
 */
export function randomUnstructured<M extends Module>(module: M, name: string, amount: number): M {
  return new RandomUnstructured(amount).apply(module, name);
}

/**
 * Prunes the channels of a parameter with the smallest Ln norm. Returns the module.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.ln_structured.html
 *
 * @param amount Share of the channels that are left, below 1, or number of channels.
 * @param n Order of the norm.
 * @param dim Dimension whose indices are the channels.
 * @throws ArgumentError when there is no such parameter, or it has fewer channels.
 * @throws ShapeError for vectors and scalars.
 */
export function lnStructured<M extends Module>(
  module: M,
  name: string,
  amount: number,
  n: NormOrder,
  dim: number,
  options?: PruneOptions,
): M {
  return new LnStructured(amount, n, dim).apply(module, name, options);
}

/**
 * Prunes channels of a parameter at random. Returns the module.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.random_structured.html
 *
 * @param amount Share of the channels that are left, below 1, or number of channels.
 * @param dim Dimension whose indices are the channels.
 * @throws ArgumentError when there is no such parameter, or it has fewer channels.
 * @throws ShapeError for vectors and scalars.
 */
export function randomStructured<M extends Module>(module: M, name: string, amount: number, dim: number): M {
  return new RandomStructured(amount, dim).apply(module, name);
}

/**
 * Prunes the elements of a parameter at which a mask is zero. Returns the module.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.custom_from_mask.html
 *
 * @param mask Of the parameter's shape; bool or numbers.
 * @throws ArgumentError when there is no such parameter.
 * @throws ShapeError when the mask has another shape.
 */
export function customFromMask<M extends Module>(module: M, name: string, mask: Tensor): M {
  return new CustomFromMask(mask).apply(module, name);
}

/**
 * Prunes several parameters as if they were one: an amount is a share of all their elements together.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.global_unstructured.html
 *
 * @param parameters Pairs of a module and the name of a parameter.
 * @param method A method that sees elements, such as `new L1Unstructured(0.2)`.
 * @param options.importanceScores Scores of each parameter, or null for its values. Default: the values of all.
 * @throws ArgumentError, before anything is changed, when there is no such parameter, or the method prunes channels.
 * @example
 * import { globalUnstructured, L1Unstructured } from "@akari/nn/prune";
 * const [first, second] = [new Linear(20, 40), new Linear(40, 10)];
 * globalUnstructured([[first, "weight"], [second, "weight"]], new L1Unstructured(0.2));
 */
export function globalUnstructured(
  parameters: readonly (readonly [module: Module, name: string])[],
  method: BasePruningMethod,
  options?: { readonly importanceScores?: readonly (Tensor | null)[] | null },
): void {
  const operation = "globalUnstructured";
  const { importanceScores } = settings(operation, options, { importanceScores: null });
  if (!Array.isArray(parameters) || parameters.length === 0)
    expected(operation, "an array of pairs of a module and a name", parameters);
  if (!(method instanceof BasePruningMethod) || method.pruningType !== "unstructured")
    throw new ArgumentError(`${operation}: expected a method that prunes elements, such as new L1Unstructured(0.2)`);
  const parts = parameters.map((pair, i) => {
    const [module, name] = itemsOf<unknown>(operation, pair, "pairs of a module and a name") as [Module, string];
    expectModule(operation, module);
    const before = maskOf(module, name);
    const weight = before === undefined ? parameterOf(operation, module, name) : partOf(module, partsOf(name)[0]);
    const scores = importanceScores?.[i] ?? null;
    expectShape(operation, "tensor of scores", scores, weight.shape);
    const values = before === undefined ? weight : weight.mul(before);
    return { module, name, scores: (scores ?? values).detach(), mask: before ?? onesLike(weight) };
  });
  const mask = noGrad(() =>
    refined(
      method,
      parametersToVector(parts.map((part) => part.scores)),
      parametersToVector(parts.map((part) => part.mask)),
    ),
  );
  let start = 0;
  for (const { module, name, scores } of parts) {
    customFromMask(module, name, mask.narrow(0, start, scores.numel()).reshape(scores.shape));
    start += scores.numel();
  }
}

/**
 * Makes pruning permanent: the parameter becomes an ordinary one again, with zeros where it was pruned, and the mask is
 * removed. Returns the module.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.remove.html
 *
 * @throws ArgumentError when the parameter is not pruned.
 */
export function remove<M extends Module>(module: M, name: string): M {
  expectModule("remove", module);
  if (maskOf(module, name) === undefined)
    throw new ArgumentError(`remove: "${name}" is not pruned; the module is ${module}`);
  const weight = partOf<Parameter>(module, partsOf(name)[0]);
  restore("remove", module, name);
  weight.setData(partOf(module, name).detach());
  Reflect.set(module, name, weight);
  return module;
}

/**
 * Returns whether a parameter of a module, or of a module in it, is pruned.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.is_pruned.html
 */
export function isPruned(module: Module): boolean {
  expectModule("isPruned", module);
  return module.modules().some((each) => reparametrized(each).some((name) => maskOf(each, name) !== undefined));
}
