/**
 * `Optimizer`: parameter groups, forgetting gradients, and the state that is saved. What happens in a step is left to
 * the classes above; most optimizers extend `ElementwiseOptimizer` and are one formula.
 */

import {
  ArgumentError,
  checkNumber,
  FileError,
  isFloating,
  perform,
  ShapeError,
  sameShape,
  settings,
  showShape,
  Tensor,
} from "@akari/tensor";

/**
 * Some parameters and the options that hold for them. Options may be changed between steps:
 * `optimizer.paramGroups[0].lr = 0.01`.
 */
export type ParamGroup<Options> = Options & {
  /** The parameters of the group. */
  params: Tensor[];
  /** The learning rate before any scheduler changed it; there once a scheduler was made. */
  initialLr?: number;
};

/** What an optimizer is given: parameters, or groups of parameters with options of their own. */
export type ParamsArgument<Options> =
  | Iterable<Tensor>
  | Iterable<Partial<Options> & { readonly params: Tensor | Iterable<Tensor> }>;

/** The options of every optimizer. */
export interface BaseOptions {
  /** The learning rate. */
  lr: number;
}

/** What an optimizer remembers about one parameter: tensors of its shape, numbers, or nothing yet. */
export type ParamState = Record<string, Tensor | number | null>;

/**
 * The whole of an optimizer, with PyTorch's names: `state` by the parameter's number, and each group's options with the
 * numbers of its parameters.
 */
export interface OptimizerStateDict {
  /** What is remembered of each parameter, by its number as text; parameters that were never stepped have no entry. */
  readonly state: Readonly<Record<string, ParamState>>;
  /**
   * The options of each group, their names in snake case (`weight_decay`), and the numbers of its parameters, which
   * count on from group to group.
   */
  readonly param_groups: readonly (Readonly<Record<string, unknown>> & { readonly params: readonly number[] })[];
}

/** A name as PyTorch spells it: `weightDecay` is `weight_decay`. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * The base of all optimizers.
 *
 * https://pytorch.org/docs/stable/optim.html#torch.optim.Optimizer
 */
export abstract class Optimizer<Options extends BaseOptions = BaseOptions> {
  /** The groups, in the order given. */
  readonly paramGroups: ParamGroup<Options>[] = [];
  /** The options of groups that do not say otherwise. */
  readonly defaults: Readonly<Options>;
  /** What is remembered about each parameter, once it has been stepped. */
  protected readonly state: Map<Tensor, ParamState> = new Map();
  readonly #watchers = new Set<() => void>();

  /**
   * @param params parameters, or groups of them with options of their own.
   * @throws ArgumentError when there are none, when one comes twice, for unknown options and for values that make no
   * sense.
   */
  constructor(params: ParamsArgument<Options>, defaults: Options, options: Partial<Options>) {
    // safe: all of them have a default
    this.defaults = settings<object, object>(this.constructor.name, options, defaults) as Options;
    this.check(this.defaults);
    const list = [...params];
    if (list.length === 0) throw new ArgumentError(`${this.constructor.name}: got no parameters`);
    const groups = list.filter((entry) => "params" in entry);
    if (groups.length === 0)
      this.addParamGroup({ params: list as Tensor[] } as ParamGroup<Options>); // safe: none is a group
    else if (groups.length === list.length)
      for (const group of groups) this.addParamGroup(group as ParamGroup<Options>); // safe: all are groups
    else throw new ArgumentError(`${this.constructor.name}: expected either parameters or groups, got both`);
  }

  /** Throws an ArgumentError for options whose values make no sense. */
  protected check(options: Readonly<Options>): void {
    checkNumber(this.constructor.name, "lr", options.lr);
  }

  /** Adds a group: for layers that are unfrozen later, for example. */
  addParamGroup(group: Partial<Options> & { readonly params: Tensor | Iterable<Tensor> }): void {
    const name = this.constructor.name;
    // Safe: all of them have a default.
    const full = settings<object, object>(name, group, { ...this.defaults, params: [] }) as ParamGroup<Options>;
    const params = Symbol.iterator in group.params ? [...group.params] : [group.params];
    const known = new Set(this.paramGroups.flatMap((g) => g.params));
    params.forEach((param, i) => {
      if (!isFloating(param.dtype))
        throw new ArgumentError(
          `${name}: parameter ${i} is ${param.dtype}; only floating-point tensors can be optimized`,
        );
      if (!param.isLeaf)
        throw new ArgumentError(`${name}: parameter ${i} is the result of an operation; only leaves can be optimized`);
      if (known.has(param)) throw new ArgumentError(`${name}: parameter ${i} of the group is there already`);
      known.add(param);
    });
    full.params = params;
    this.check(full);
    this.paramGroups.push(full);
  }

  /** Forgets the gradients: sets them to null, or to zeros with `setToNone: false`. */
  zeroGrad(options?: { readonly setToNone?: boolean }): void {
    const { setToNone } = settings("zeroGrad", options, { setToNone: true });
    for (const { params } of this.paramGroups) {
      for (const param of params) {
        if (setToNone) param.grad = null;
        else param.grad?.zero_();
      }
    }
  }

  /** Changes the parameters by their gradients. Parameters without a gradient stay as they are. */
  step(): void;
  /**
   * The same after a closure, which computes the loss and the gradients anew.
   *
   * @param closure what it returns is returned.
   */
  step<Loss>(closure: () => Loss): Loss;
  step<Loss>(closure?: () => Loss): Loss | undefined {
    const loss = closure?.();
    perform(() => {
      this.update();
      for (const watcher of this.#watchers) watcher();
    });
    return loss;
  }

  /** Changes the parameters by the gradients that are there. */
  protected abstract update(): void;

  /** Calls `watcher` after each step. Returns what stops that. */
  registerStepPostHook(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /**
   * Everything needed to go on later, in PyTorch's form and with its names. The tensors share the optimizer's memory.
   *
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.state_dict.html
   */
  stateDict(): OptimizerStateDict {
    const numbers = new Map<Tensor, number>();
    for (const { params } of this.paramGroups) for (const param of params) numbers.set(param, numbers.size);
    const state: Record<string, ParamState> = {};
    for (const [param, own] of this.state) {
      const number = numbers.get(param);
      if (number !== undefined) state[number] = { ...own };
    }
    const param_groups = this.paramGroups.map(({ params, ...options }) => ({
      ...Object.fromEntries(Object.entries(options).map(([name, value]) => [snakeCase(name), value])),
      params: params.map((param) => numbers.get(param) as number), // safe: all were numbered above
    }));
    return { state, param_groups };
  }

  /**
   * Goes on from a saved state. Everything is checked first: when it throws, nothing was changed.
   *
   * @throws FileError when the groups or their sizes differ. @throws ShapeError when a tensor does not fit its
   * parameter.
   */
  loadStateDict(saved: OptimizerStateDict): void {
    const name = `${this.constructor.name}.loadStateDict`;
    checkForm(name, saved);
    if (saved.param_groups.length !== this.paramGroups.length) {
      throw new FileError(
        `${name}: the state has ${saved.param_groups.length} parameter groups, the optimizer ${this.paramGroups.length}`,
      );
    }
    const places = new Map<string, { readonly param: Tensor; readonly names: ReadonlySet<string> | null }>();
    const options: Partial<ParamGroup<Options>>[] = [];
    saved.param_groups.forEach((group, g) => {
      const own = this.paramGroups[g] as ParamGroup<Options>; // safe: as many
      if (group.params.length !== own.params.length) {
        throw new FileError(
          `${name}: group ${g} of the state has ${group.params.length} parameters, the optimizer's ${own.params.length}`,
        );
      }
      const keys = Object.keys(own).filter((key) => key !== "params" && Object.hasOwn(group, snakeCase(key)));
      const started = typeof group.initial_lr === "number" ? { initialLr: group.initial_lr } : {};
      // Safe: names of options, whose values are checked next.
      const loaded = { ...Object.fromEntries(keys.map((key) => [key, group[snakeCase(key)]])), ...started } as Partial<
        ParamGroup<Options>
      >;
      this.check({ ...own, ...loaded });
      options.push(loaded);
      const names = this.stateNames({ ...own, ...loaded });
      // safe: as many
      group.params.forEach((number, i) => void places.set(String(number), { param: own.params[i] as Tensor, names }));
    });
    const loaded = new Map<Tensor, ParamState>();
    for (const [number, entries] of Object.entries(saved.state)) {
      const place = places.get(number);
      if (place === undefined)
        throw new FileError(`${name}: the state speaks of parameter ${number}, which is in no group`);
      const unknown = Object.keys(entries).find((key) => entries[key] !== null && place.names?.has(key) === false);
      if (unknown !== undefined)
        throw new FileError(
          `${name}: the state has "${unknown}"; is it that of another optimizer, or of other options?`,
        );
      loaded.set(place.param, this.#adopted(number, place.param, entries));
    }
    this.state.clear();
    for (const [param, entries] of loaded) this.state.set(param, entries);
    // safe: as many
    options.forEach((group, g) => void Object.assign(this.paramGroups[g] as ParamGroup<Options>, group));
  }

  /**
   * A saved state with tensors of our own, on the parameter's device. One-element tensors that stand for numbers become
   * numbers.
   */
  #adopted(number: string, param: Tensor, entries: ParamState): ParamState {
    // PyTorch counts no steps for some optimizers; one whose state is there has stepped.
    const own: ParamState = { step: 1 };
    for (const [key, value] of Object.entries(entries)) {
      if (value === null || typeof value === "number") own[key] = value;
      else if (sameShape(value.shape, param.shape) && !this.isNumber(key))
        own[key] = value.detach().clone().to(param.device).to(param.dtype);
      else if (value.numel() === 1) own[key] = value.itemSync();
      else {
        throw new ShapeError(
          `${this.constructor.name}.loadStateDict: ${key} of parameter ${number} is ${showShape(value.shape)}, the parameter ${showShape(param.shape)}`,
        );
      }
    }
    return own;
  }

  /**
   * The names that the state of a parameter may have with these options; null when any will do. A state with others is
   * refused.
   */
  protected stateNames(_options: Readonly<Options>): ReadonlySet<string> | null {
    return null;
  }

  /** Whether an entry of the state is a number, even if a file holds it as a tensor of one element. */
  protected isNumber(key: string): boolean {
    return key === "step";
  }
}

/** Throws a FileError for what is not at all a state, so that a damaged file is no riddle. */
function checkForm(name: string, saved: OptimizerStateDict): void {
  const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
  const sound =
    isObject(saved) &&
    isObject(saved.state) &&
    Array.isArray(saved.param_groups) &&
    saved.param_groups.every((group) => isObject(group) && Array.isArray(group.params)) &&
    Object.values(saved.state).every((entries) => {
      return (
        isObject(entries) &&
        Object.values(entries).every((value) => value === null || typeof value === "number" || value instanceof Tensor)
      );
    });
  if (!sound) throw new FileError(`${name}: expected an object with state and param_groups, as stateDict gives it`);
}
