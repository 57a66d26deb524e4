/**
 * Parametrizations: parameters that are computed from others, as in PyTorch's `torch.nn.utils.parametrize` and
 * `torch.nn.utils.parametrizations`. The modules that compute them, and what they are computed from, are stored under
 * `parametrizations`. A parameter is computed whenever it is read; assigning to it changes what it is computed from.
 *
 * @packageDocumentation
 */

import { noGrad, restoring } from "@akari/autograd";
import {
  ArgumentError,
  changed,
  checkChoice,
  checkInteger,
  dimension,
  expectFunction,
  expectRank,
  expectTensor,
  isOptions,
  mv,
  normal_,
  normalize,
  ShapeError,
  sameShape,
  settings,
  showShape,
  Tensor,
} from "@akari/tensor";
import { ModuleDict } from "./container.ts";
import { ConvTransposeNd } from "./conv-transpose.ts";
import { expectModule, Module } from "./module.ts";
import { HouseholderOrthogonal, Orthogonal, type OrthogonalMap, TrivializedOrthogonal } from "./orthogonal.ts";
import { Parameter } from "./parameter.ts";
import { parameterOf } from "./reparametrization.ts";
import { snakeCase } from "./state-name.ts";
import { lengths } from "./weight-norm.ts";

/**
 * A module that computes a parameter. `forward` receives the value so far, or all tensors that `rightInverse` returned,
 * and returns a tensor of the shape of the parameter.
 */
export type Parametrization = Module & {
  forward(...originals: Tensor[]): Tensor;
  /**
   * Returns what `forward` computes a value from: one tensor or several. Without it, the parametrization starts from the
   * value itself, and the parameter cannot be assigned to.
   */
  rightInverse?(value: Tensor): Tensor | readonly Tensor[];
};

/** The parametrizations of one parameter, and what they compute it from: `original`, or `original0`, `original1`, …. */
class ParametrizationList extends Module {
  static override name = "ParametrizationList";

  constructor(originals: Parameter | readonly Parameter[]) {
    super();
    if (originals instanceof Parameter) Reflect.set(this, "original", originals);
    else originals.forEach((original, i) => void Reflect.set(this, `original${i}`, original));
  }

  /** The parametrizations, in order of application. */
  get all(): readonly Parametrization[] {
    return this.children() as Parametrization[]; // safe: `append` adds no others
  }

  /** What they compute the parameter from. */
  get originals(): readonly Parameter[] {
    return this.ownParameters().map(([, original]) => original);
  }

  append(parametrization: Parametrization): void {
    Reflect.set(this, String(this.all.length), parametrization);
  }

  /** Computes the parameter, or returns what it was computed as within `cached`. */
  current(): Tensor {
    const { computed, depth } = cache;
    const value = computed.get(this) ?? this.forward();
    if (depth > 0) computed.set(this, value);
    return value;
  }

  /** Changes the originals so that they give a value. */
  assign(name: string, value: Tensor): void {
    cache.computed.delete(this);
    checkValue(`assignment to ${name}`, "the new value is", value, this.value());
    noGrad(() => {
      const found = this.all.reduceRight((x: Tensor | readonly Tensor[], parametrization) => {
        const { rightInverse } = parametrization;
        if (rightInverse === undefined)
          throw new ArgumentError(
            `assignment to ${name}: ${parametrization} has no rightInverse, which finds what it computes a value from`,
          );
        return rightInverse.call(parametrization, x as Tensor); // safe: only the first may return several
      }, value.detach());
      const parts = found instanceof Tensor ? [found] : found;
      this.originals.forEach((original, i) => void store(original, parts[i] as Tensor)); // safe: as when it was registered
    });
  }

  /** Computes the parameter, without history. */
  value(): Tensor {
    return noGrad(() => this.forward()).detach();
  }

  forward(): Tensor {
    const [first, ...rest] = this.all as [Parametrization, ...Parametrization[]]; // safe: there is at least one
    return rest.reduce((x, next) => next.forward(x), first.forward(...this.originals));
  }
}

/** The parameters computed since `cached` was entered, and how often it has been entered. */
const cache = { computed: new Map<ParametrizationList, Tensor>(), depth: 0 };

/**
 * Runs `fn` while each parametrized parameter is computed only once, when it is first read. This saves time where a
 * module is called repeatedly without an update in between, such as a cell of a recurrent network. If `fn` returns a
 * promise, that lasts until the promise settles; without `fn`, until the guard that is returned is disposed of.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.cached.html
 *
 * @example
 * import { cached, weightNorm } from "@akari/nn/parametrize";
 * const cell = weightNorm(new Linear(3, 3));
 * const y = cached(() => cell(cell(ones([3]))));
 */
export function cached(): Disposable;
export function cached<T>(fn: () => T): T;
export function cached<T>(fn?: () => T): T | Disposable {
  if (fn !== undefined) expectFunction("cached", fn);
  cache.depth++;
  const end = () => {
    if (--cache.depth === 0) cache.computed.clear();
  };
  return fn === undefined ? { [Symbol.dispose]: end } : restoring(end, fn);
}

/** Returns the parametrizations of a parameter, or undefined. */
function listOf(module: Module, name: string): ParametrizationList | undefined {
  const found: unknown = Reflect.get(module, "parametrizations");
  return found instanceof ModuleDict && found.has(snakeCase(name))
    ? (found.get(snakeCase(name)) as ParametrizationList) // safe: no other modules are stored there
    : undefined;
}

/** Throws a ShapeError unless a value, which messages introduce with `what`, has the shape and dtype of a parameter. */
function checkValue(operation: string, what: string, value: Tensor, wanted: Tensor): void {
  expectTensor(operation, value);
  if (!sameShape(value.shape, wanted.shape) || value.dtype !== wanted.dtype)
    throw new ShapeError(
      `${operation}: ${what} ${value.dtype} ${showShape(value.shape)} for a parameter of ${wanted.dtype} ${showShape(wanted.shape)}`,
    );
}

/** Replaces the data of a parameter, which stays the same object, so that an optimizer that has it goes on updating it. */
function store(parameter: Parameter, value: Tensor): void {
  if (sameShape(value.shape, parameter.shape)) parameter.copy_(value);
  else parameter.setData(value);
}

const returned = "the parametrization returns";

/**
 * Computes a parameter of a module with another module: `parametrization` receives the parameter as it is learned, and
 * returns the value that the module uses. Several are applied in the order in which they are registered. Returns the
 * module.
 *
 * The parameter is computed whenever it is read. Assigning a value to it, `layer.weight = value`, changes what it is
 * computed from, if all its parametrizations have a `rightInverse`.
 *
 * The parameter becomes `parametrizations.weight.original` in the `stateDict`; if the parametrization has a
 * `rightInverse` that returns several tensors, `original0`, `original1` and so on.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.register_parametrization.html
 *
 * @throws ArgumentError when the module has no such parameter.
 * @throws ShapeError, before anything is changed, when the parametrization returns another shape or dtype.
 * @example
 * import { registerParametrization } from "@akari/nn/parametrize";
 * class Symmetric extends Module {
 *   forward(x: Tensor): Tensor {
 *     return x.triu().add(x.triu(1).t());
 *   }
 * }
 * const layer = registerParametrization(new Linear(3, 3), "weight", new Symmetric());
 */
export function registerParametrization<M extends Module>(
  module: M,
  name: string,
  parametrization: Parametrization,
): M {
  const operation = "registerParametrization";
  expectModule(operation, module);
  expectModule(operation, parametrization);
  const present = listOf(module, name);
  if (present !== undefined) {
    const value = present.value();
    checkValue(
      operation,
      returned,
      noGrad(() => parametrization.forward(value)),
      value,
    );
    present.append(parametrization);
    changed();
    return module;
  }
  const weight = parameterOf(operation, module, name);
  const list = noGrad(() => {
    const found = parametrization.rightInverse?.(weight.detach()) ?? weight.detach();
    const parts = found instanceof Tensor ? [found] : found;
    checkValue(operation, returned, parametrization.forward(...parts), weight);
    if (!(found instanceof Tensor))
      return new ParametrizationList(found.map((part) => new Parameter(part, { requiresGrad: weight.requiresGrad })));
    store(weight, found);
    return new ParametrizationList(weight);
  });
  list.append(parametrization);
  const dict: ModuleDict = Reflect.get<object, string>(module, "parametrizations") ?? new ModuleDict();
  dict.set(snakeCase(name), list);
  Reflect.set(module, "parametrizations", dict);
  // `this` is the module or a copy of it. Not enumerable, so that nothing that looks for parameters computes it.
  Object.defineProperty(module, name, {
    get(this: Module): Tensor {
      return (listOf(this, name) as ParametrizationList).current(); // safe: set above
    },
    set(this: Module, value: Tensor) {
      (listOf(this, name) as ParametrizationList).assign(name, value); // safe: set above
    },
    enumerable: false,
    configurable: true,
  });
  changed();
  return module;
}

/**
 * Returns whether a parameter of a module is computed by parametrizations, or any if no name is given.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.is_parametrized.html
 */
export function isParametrized(module: Module, name?: string): boolean {
  expectModule("isParametrized", module);
  const found: unknown = Reflect.get(module, "parametrizations");
  return found instanceof ModuleDict && (name === undefined ? found.keys().length > 0 : found.has(snakeCase(name)));
}

/**
 * Removes the parametrizations of a parameter, which becomes an ordinary one again: with its computed value or, with
 * `leaveParametrized: false`, with that of `original`. Returns the module.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.remove_parametrizations.html
 *
 * @param options.leaveParametrized Whether the parameter keeps its computed value. Default true.
 * @throws ArgumentError when the parameter has no parametrization, or `leaveParametrized` is false and it is computed
 * from several tensors.
 */
export function removeParametrizations<M extends Module>(
  module: M,
  name: string,
  options?: { readonly leaveParametrized?: boolean },
): M {
  const operation = "removeParametrizations";
  const { leaveParametrized } = settings(operation, options, { leaveParametrized: true });
  expectModule(operation, module);
  const list = listOf(module, name);
  if (list === undefined)
    throw new ArgumentError(`${operation}: "${name}" is not parametrized; the module is ${module}`);
  const [original, ...others] = list.originals as [Parameter, ...Parameter[]]; // safe: there is at least one
  if (!leaveParametrized && others.length > 0)
    throw new ArgumentError(
      `${operation}: "${name}" is computed from ${others.length + 1} tensors; leaveParametrized must be true`,
    );
  const computed = list.value();
  if (others.length === 0 && leaveParametrized) original.setData(computed);
  const value = others.length === 0 ? original : new Parameter(computed);
  Object.defineProperty(module, name, { value, writable: true, enumerable: true, configurable: true });
  changed();
  const dict = Reflect.get(module, "parametrizations") as ModuleDict; // safe: `list` is in it
  dict.delete(snakeCase(name));
  if (dict.keys().length === 0) Reflect.deleteProperty(module, "parametrizations");
  return module;
}

/** Computes a weight from its norms and its direction. */
class WeightNorm extends Module {
  static override name = "WeightNorm";
  readonly dim: number | null;

  constructor(dim: number | null) {
    super();
    this.dim = dim;
  }

  forward(norms: Tensor, direction: Tensor): Tensor {
    return direction.mul(norms.div(lengths(direction, this.dim)));
  }

  rightInverse(weight: Tensor): readonly Tensor[] {
    return [lengths(weight, this.dim), weight];
  }
}

/**
 * Learns the norm and the direction of a weight separately: as `parametrizations.weight.original0` and `original1`.
 * Unlike `weightNorm` of `@akari/nn`, whose parameters are called `weight_g` and `weight_v`. Returns the module.
 *
 *     w = g · v / ‖v‖
 *
 * Salimans & Kingma 2016, https://arxiv.org/abs/1602.07868
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.weight_norm.html
 *
 * @param name Name of the parameter. Default "weight".
 * @param dim Dimension along which each index has its own norm, or null for a single norm. Default 0.
 * @throws ArgumentError when there is no such parameter.
 */
export function weightNorm<M extends Module>(module: M, name = "weight", dim: number | null = 0): M {
  const weight = parameterOf("weightNorm", module, name);
  const at = dim === null ? null : dimension("weightNorm", dim, weight);
  return registerParametrization(module, name, new WeightNorm(at));
}

/** Options of `spectralNorm`. */
export interface SpectralNormOptions {
  /** Number of power iterations per call in training. Default 1. */
  readonly nPowerIterations?: number;
  /** Smallest norm that a vector is divided by. Default 1e-12. */
  readonly eps?: number;
  /** Dimension of the outputs, the rows of the matrix. Default 0; 1 for transposed convolutions. */
  readonly dim?: number;
}

/** Divides a weight by its largest singular value. */
class SpectralNorm extends Module {
  static override name = "SpectralNorm";
  readonly dim: number;
  readonly nPowerIterations: number;
  readonly eps: number;
  declare _u: Tensor;
  declare _v: Tensor;

  constructor(weight: Tensor, dim: number, nPowerIterations: number, eps: number) {
    super();
    this.dim = dim;
    this.nPowerIterations = nPowerIterations;
    this.eps = eps;
    if (weight.ndim === 1) return;
    const matrix = this.matrix(weight);
    for (const [i, name] of ["_u", "_v"].entries())
      this.registerBuffer(name, this.unit(normal_(weight.newEmpty([matrix.size(i)]))));
    // PyTorch starts with as many.
    this.iterate(matrix, 15);
  }

  forward(weight: Tensor): Tensor {
    if (weight.ndim === 1) return this.unit(weight);
    const matrix = this.matrix(weight);
    if (this.training) this.iterate(matrix.detach(), this.nPowerIterations);
    // The buffers are cloned, since a second call before the backward pass would change them.
    return weight.div(this._u.clone().dot(mv(matrix, this._v.clone())));
  }

  private matrix(weight: Tensor): Tensor {
    return weight.movedim(this.dim, 0).flatten(1);
  }

  private unit(x: Tensor): Tensor {
    return normalize(x, { dim: 0, eps: this.eps });
  }

  private iterate(matrix: Tensor, count: number): void {
    noGrad(() => {
      for (let i = 0; i < count; i++) {
        this._u.copy_(this.unit(mv(matrix, this._v)));
        this._v.copy_(this.unit(mv(matrix.t(), this._u)));
      }
    });
  }
}

/**
 * Divides a weight by its largest singular value, which each call in training estimates further by power iteration. A
 * vector is divided by its norm. Unlike with `spectralNorm` of `@akari/nn`, the parameter is called
 * `parametrizations.weight.original`. Returns the module.
 *
 * Miyato et al. 2018, https://arxiv.org/abs/1802.05957
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.spectral_norm.html
 *
 * @param name Name of the parameter. Default "weight". May be left out before options.
 * @throws ArgumentError when there is no such parameter, it is a scalar or empty, or `nPowerIterations` is not positive.
 */
export function spectralNorm<M extends Module>(
  module: M,
  name: string | SpectralNormOptions = "weight",
  options?: SpectralNormOptions,
): M {
  if (isOptions(name)) return spectralNorm(module, "weight", name);
  const operation = "spectralNorm";
  expectModule(operation, module);
  const weight = listOf(module, name)?.forward() ?? parameterOf(operation, module, name);
  const { nPowerIterations, eps, dim } = settings(operation, options, {
    nPowerIterations: 1,
    eps: 1e-12,
    dim: module instanceof ConvTransposeNd ? 1 : 0,
  });
  checkInteger(operation, "nPowerIterations", nPowerIterations, 1);
  if (weight.numel() === 0 || weight.ndim === 0)
    throw new ArgumentError(
      `${operation}: "${name}" must not be a scalar or empty, got shape ${showShape(weight.shape)}`,
    );
  const at = dimension(operation, dim, weight);
  return registerParametrization(module, name, new SpectralNorm(weight.detach(), at, nPowerIterations, eps));
}

export type { OrthogonalMap } from "./orthogonal.ts";

/** Options of `orthogonal`. */
export interface OrthogonalOptions {
  /**
   * How an orthogonal matrix is computed: as the exponential or the Cayley map `(I + A/2) (I - A/2)⁻¹` of a
   * skew-symmetric matrix A, or as a product of Householder reflections, which costs less for a matrix that is far from
   * square. Default `"matrix_exp"` for square matrices, `"householder"` for others.
   */
  readonly orthogonalMap?: OrthogonalMap;
  /**
   * Whether the computed matrix is multiplied by a fixed one, `parametrizations.weight.0.base`, so that the weight starts
   * from the present value, made orthogonal, and can be assigned to. Without it, only `"householder"` does so. Default
   * true.
   */
  readonly useTrivialization?: boolean;
}

/**
 * Computes a weight that is orthogonal: its columns, or if there are fewer rows its rows, are orthonormal. A weight of
 * more than two dimensions is a batch of matrices. The parameter is called `parametrizations.weight.original`. Returns
 * the module.
 *
 * Lezcano-Casado 2019, https://arxiv.org/abs/1909.09501
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.orthogonal.html
 *
 * @param name Name of the parameter. Default "weight".
 * @throws ArgumentError when there is no such parameter, or its columns (or rows) are linearly dependent.
 * @throws ShapeError when the weight has fewer than two dimensions.
 * @throws DeviceError on a device without synchronous reads; call `await layer.weight.prefetch()` first.
 * @example
 * import { orthogonal } from "@akari/nn/parametrize";
 * const layer = orthogonal(new Linear(20, 40));
 * layer.weight.mT.matmul(layer.weight); // the unit matrix
 */
export function orthogonal<M extends Module>(module: M, name = "weight", options?: OrthogonalOptions): M {
  const operation = "orthogonal";
  expectModule(operation, module);
  const weight = listOf(module, name)?.value() ?? parameterOf(operation, module, name);
  expectRank(operation, "a matrix or a batch of them", weight, 2, Number.POSITIVE_INFINITY);
  const { orthogonalMap, useTrivialization } = settings(operation, options, {
    orthogonalMap: weight.size(-2) === weight.size(-1) ? "matrix_exp" : "householder",
    useTrivialization: true,
  });
  checkChoice(operation, "orthogonalMap", orthogonalMap, ["matrix_exp", "cayley", "householder"]);
  const invertible = orthogonalMap === "householder" ? HouseholderOrthogonal : Orthogonal;
  return registerParametrization(
    module,
    name,
    new (useTrivialization ? TrivializedOrthogonal : invertible)(orthogonalMap),
  );
}
